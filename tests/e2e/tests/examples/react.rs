//! `examples/react-locked`: what docs/embedding.md leads to.

use crate::support::{reboots, running};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, until};
use relight_sandbox::Cloud;
use serde_json::{Value, json};

const PAGE: &str = "react-locked/index.html";
const KEYS: &str = "react-locked/keys";

/// Locked, Chinese, in the page's colour, and signed with a temporary key that was not typed.
pub(crate) async fn locked(fixture: &mut Fixture) -> Result<()> {
    let ids = running(fixture, 2);
    let key = fixture.issue_key(Cloud::Tencent, 900)?;
    fixture.site.replace(KEYS, key.to_string().into_bytes());
    fixture.page.open(&format!("{}{PAGE}", fixture.site.url())).await?;
    let page = &fixture.page;
    page.wait_for("[data-source]").await?;
    ensure!(!page.sees("[name=secret]").await?, "there is a key to type");
    for (name, value) in [
        ("cloud", "tencent"),
        ("region", "ap-guangzhou"),
        ("operation", "RebootInstances"),
        ("mode", "soft"),
    ] {
        ensure!(others(fixture, name, value).await?.is_empty(), "{name} has others");
        ensure!(page.value(name).await? == value, "{name}: {}", page.value(name).await?);
    }
    ensure!(!page.sees("[data-action=language]").await?, "there is another language");
    let text = page.all_text().await?;
    ensure!(text.contains("广州 (ap-guangzhou)") && text.contains("重启"), "{text}");
    ensure!(is_in_colour(fixture, "[data-action=review]").await?, "it has another colour");

    // None of the page's own style applies but what is meant to.
    let script = "const s = document.body.style; s.textAlign = 'center'; s.letterSpacing = '5px'; \
         s.textTransform = 'uppercase'; s.font = 'italic 40px serif'; s.whiteSpace = 'pre'; \
         s.color = 'red'; const is = getComputedStyle(first('h2')); \
         return [is.textAlign, is.textTransform, is.whiteSpace, is.fontStyle, is.color].join(' ');";
    let look = page.run(script, &[]).await?;
    ensure!(look == "start none normal normal rgb(20, 24, 31)", "{look}");

    // Another region, by the page's script and by hand, is refused before anything is requested.
    page.paste("instanceIds", &ids.join("\n")).await?;
    page.run(&by_hand("region", "ap-shanghai"), &[]).await?;
    page.act("review").await?;
    let refusal = "return root.textContent.includes('不允许') || null;";
    page.wait_until("a refusal", refusal, &[]).await?;
    ensure!(fixture.calls().is_empty(), "{:#?}", fixture.calls());
    page.choose("region", "ap-guangzhou").await?;
    // Another cloud, operation and mode, and other attributes, are nothing.
    for (name, value) in [("operation", "StartInstances"), ("cloud", "zenlayer"), ("mode", "hard")]
    {
        page.run(&by_hand(name, value), &[]).await?;
    }
    let script = "for (const [name, value] of [['lang', 'en'], ['theme', 'dark'], \
         ['proxy', '/elsewhere']]) host.setAttribute(name, value); return true;";
    page.run(script, &[]).await?;
    page.review().await?;
    ensure!(page.text("h2").await?.contains("操作"), "another language was let in");
    page.screenshot(&format!("{}-example-react-locked", page.browser())).await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && reboots(fixture).len() == 1, "{calls:#?}");
    let call = &calls[0];
    ensure!(call.ids == ids && call.region == "ap-guangzhou" && call.executed, "{call:?}");
    ensure!(call.signature == "ok" && Some(call.key_id.as_str()) == key["keyId"].as_str());
    let theme = "return getComputedStyle(first('.relight')).colorScheme;";
    ensure!(page.run(theme, &[]).await? == "light");
    let secret = key["secret"].as_str().context("a secret")?;
    ensure!(!page.everything().await?.contains(secret), "the secret is in the page");
    Ok(())
}

/// A script that sets a field as the page's own scripts can, and as a user can in the markup.
fn by_hand(name: &str, value: &str) -> String {
    format!(
        "host.prefill({{ {name}: '{value}' }}); const s = first('select[name={name}]'); \
         if (s) {{ const o = document.createElement('option'); o.value = '{value}'; s.append(o); \
         s.value = o.value; s.dispatchEvent(new Event('change', {{ bubbles: true }})); }} return true;"
    )
}

/// Values of a field beside the one that is locked.
async fn others(fixture: &Fixture, name: &str, value: &str) -> Result<Vec<Value>> {
    let script = "return all(`select[name=${a}] option, input[type=radio][name=${a}]`) \
         .map(one => one.value).filter(one => one && one !== b);";
    let found = fixture.page.run(script, &[json!(name), json!(value)]).await?;
    Ok(found.as_array().cloned().unwrap_or_default())
}

/// Whether it has the page's accent colour.
async fn is_in_colour(fixture: &Fixture, selector: &str) -> Result<bool> {
    let script = "const e = first(a); if (!e) return false; const s = getComputedStyle(e); \
         return [s.color, s.backgroundColor, s.borderTopColor].includes('rgb(154, 42, 94)');";
    Ok(fixture.page.run(script, &[json!(selector)]).await? == Value::Bool(true))
}

/// What a worker of a page has signed, verified by the sandbox's own code. Without the strict policy,
/// under which `new Worker` takes no text for an address (`require-trusted-types-for`).
pub(crate) async fn browser_worker(fixture: &mut Fixture) -> Result<()> {
    fixture.site.without_headers();
    let driver = fixture.page.session().driver();
    driver.goto(format!("{}browser-worker/index.html", fixture.site.url())).await?;
    let text = until("a signature", || async {
        let text =
            driver.execute("return document.querySelector('pre').textContent;", vec![]).await?;
        Ok(text.json().as_str().filter(|text| !text.is_empty()).map(str::to_owned))
    })
    .await?;
    crate::support::verify(&serde_json::from_str(&text)?)
}
