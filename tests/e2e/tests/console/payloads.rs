//! Text from outside that would be code, were it ever taken for markup: names, messages, answers of
//! others, what is pasted. It is shown as text, or not at all.

use crate::support::{TENCENT, send};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, suite::Case};
use relight_sandbox::{
    Cloud,
    fleet::{Fleet, State},
};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("payloads::in_names_and_messages", names_and_messages)
            .configured(|setting| Setting { fleet: named, ..setting }),
        case!("payloads::deceptive_names", lying)
            .configured(|setting| Setting { fleet: misnamed, ..setting }),
        case!("payloads::in_what_is_typed_and_in_addresses", typed),
    ]
}

/// Each sets a different member of `window.pwned`.
const PAYLOADS: [&str; 6] = [
    "<img src=x onerror=\"window.pwned=1\">",
    "<script>window.pwned=1</script>",
    "\"><svg onload=window.pwned=1>",
    "' onfocus=window.pwned=1 autofocus x='",
    "javascript:window.pwned=1",
    "{{constructor.constructor('window.pwned=1')()}}",
];

fn named() -> Fleet {
    let mut all = Fleet::standard().all().to_vec();
    for (instance, payload) in all.iter_mut().zip(PAYLOADS.iter().cycle()) {
        (*payload).clone_into(&mut instance.name);
    }
    Fleet::new(all)
}

/// Nothing ran, and nothing was made of it: no element that the console does not draw itself.
async fn harmless(fixture: &Fixture, place: &str) -> Result<()> {
    let script = "const made = all('img, script, iframe, object, embed, [onerror], [onload], \
           [onfocus], a[href^=\"javascript:\" i]').map(e => e.outerHTML); \
         return JSON.stringify([window.pwned ?? null, made]);";
    let found = fixture.page.run(script, &[]).await?;
    ensure!(found == "[null,[]]", "{place}: {found}");
    ensure!(fixture.site.violations().is_empty(), "{place}: {:?}", fixture.site.violations());
    Ok(())
}

async fn names_and_messages(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, PAYLOADS.len());
    for payload in PAYLOADS {
        fixture
            .fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
            "code": "InvalidInstanceId.NotFound", "message": payload, "times": 1 }))?;
        send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
        fixture.page.wait_for_outcomes(&ids, &["rejected"]).await?;
        let text = fixture.page.all_text().await?;
        ensure!(text.contains(payload), "the message is not shown as it came: {payload}: {text}");
        let named = PAYLOADS.iter().filter(|name| text.contains(**name)).count();
        ensure!(named > 1, "no name is shown: {text}");
        harmless(fixture, payload).await?;
        fixture.page.act("new-run").await?;
        fixture.page.wait_for_step("compose").await?;
    }
    Ok(())
}

/// Names that look like others, or reach beyond their place: with what must be shown of each.
const LIES: [(&str, &str); 6] = [
    ("web\u{202e}10-bew", "web⟨U+202E⟩10-bew"),
    ("\u{2067}db-01\u{2069} stopped", "⟨U+2067⟩db-01⟨U+2069⟩ stopped"),
    ("web\u{200b}-\u{feff}01", "web⟨U+200B⟩-⟨U+FEFF⟩01"),
    ("a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "a\u{301}\u{301}⟨U+0301⟩"),
    ("\u{3164}", "⟨U+3164⟩"),
    ("שרת-01", "שרת-01"),
];

/// Characters that must not appear on the screen or in a file.
const UNSEEN: [char; 7] =
    ['\u{202e}', '\u{2067}', '\u{2069}', '\u{200b}', '\u{feff}', '\u{3164}', '\u{2066}'];

pub(crate) fn misnamed() -> Fleet {
    let mut all = Fleet::standard().all().to_vec();
    let long = "n".repeat(256);
    let names = LIES.iter().map(|(name, _)| *name).chain([long.as_str()]).collect::<Vec<_>>();
    let ours = all.iter_mut().filter(|one| {
        one.cloud == Cloud::Tencent && one.region == "ap-guangzhou" && one.state == State::Running
    });
    for (instance, name) in ours.zip(names.iter().cycle()) {
        (*name).clone_into(&mut instance.name);
        instance.error_code = None;
    }
    Fleet::new(all)
}

/// In the review, in the run, in its details, in both files and in the record.
async fn lying(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, LIES.len() + 1);
    let page = &fixture.page;
    let message = "no\u{202e}ton si ti";
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "InvalidInstanceId.NotFound", "message": message, "times": 1 }))?;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    truthful(fixture, "the review", 4.0).await?;
    page.screenshot(&format!("{}-names-that-lie", page.browser())).await?;
    page.fill("reason", "T-1\u{202e}").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    truthful(fixture, "the run", 4.0).await?;
    // A message is shown without invisible characters.
    ensure!(page.all_text().await?.contains("noton si ti"), "the message");
    for (action, file) in [("export-csv", ".csv"), ("export-json", ".json")] {
        page.act(action).await?;
        let text = page.exported(file).await?.1;
        ensure!(!text.contains(UNSEEN), "{file}");
        ensure!(
            text.contains("web⟨U+202E⟩10-bew") && text.contains(&"n".repeat(256)),
            "{file}: {text}"
        );
    }
    Ok(())
}

/// Each name is shown as it is, invisible characters are escaped, a long one is truncated with the whole in
/// its title, and no row is higher than others by more than this for what is piled up in it.
pub(crate) async fn truthful(fixture: &Fixture, place: &str, higher: f64) -> Result<()> {
    let page = &fixture.page;
    page.wait_until("the names", "return all('tr bdi').length > 5 || null;", &[]).await?;
    let text = page.all_text().await?;
    ensure!(!text.contains(UNSEEN), "{place}: {text}");
    for (_, shown) in LIES {
        ensure!(text.contains(shown), "{place}: {shown}: {text}");
    }
    ensure!(!text.contains(&"n".repeat(70)), "{place}: a long name is not cut");
    let script = "const cut = all('tr bdi').filter(e => e.title === 'n'.repeat(256)); \
         const tall = all('tbody tr').map(e => e.getBoundingClientRect().height); \
         const beyond = all('tr bdi').filter(e => { const box = e.getBoundingClientRect(); \
           const cell = e.closest('td').getBoundingClientRect(); \
           return box.height > cell.height || box.right > cell.right + 1; }); \
         const mixed = all('tr bdi').filter(e => getComputedStyle(e).unicodeBidi !== 'isolate'); \
         return [cut.length, Math.max(...tall) - Math.min(...tall), beyond.length, mixed.length];";
    let found = page.run(script, &[]).await?;
    let number = |at: usize| found[at].as_f64().unwrap_or(f64::NAN);
    ensure!(number(0) >= 1.0, "{place}: the whole name is nowhere: {found}");
    ensure!(number(1) <= higher, "{place}: rows differ in height: {found}");
    ensure!(number(2) < 1.0 && number(3) < 1.0, "{place}: {found}");
    Ok(())
}

async fn typed(fixture: &mut Fixture) -> Result<()> {
    let all = PAYLOADS.join("\n");
    let page = &fixture.page;
    page.compose(&TENCENT.form(&all)).await?;
    page.fill("keyId", PAYLOADS[0]).await?;
    page.wait_for("[data-problem]").await?;
    page.act("review").await?;
    harmless(fixture, "the form").await?;
    page.act("explain").await?;
    page.paste("errorText", &all).await?;
    harmless(fixture, "the page of errors").await?;
    for payload in PAYLOADS {
        let url = format!("{}?{payload}#/errors/{payload}/{payload}", fixture.site.url());
        page.session().driver().goto("about:blank").await?;
        page.session().driver().goto(&url).await?;
        page.wait_for("[data-action=power]").await?;
        harmless(fixture, &url).await?;
    }
    Ok(())
}
