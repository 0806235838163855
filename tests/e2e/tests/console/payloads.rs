//! Text from outside that would be code, were it ever taken for markup: names, messages, answers of
//! others, what is pasted. It is shown as text, or not at all.

use crate::support::{TENCENT, send};
use anyhow::{Result, ensure};
use relight_e2e::{Setting, Stage, case, suite::Case};
use relight_sandbox::fleet::Fleet;
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("payloads::in_names_and_messages", names_and_messages)
            .dressed(|setting| Setting { fleet: named, ..setting }),
        case!("payloads::in_what_is_typed_and_in_addresses", typed),
    ]
}

/// Each sets `window.pwned` in a place of its own.
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
async fn harmless(stage: &Stage, place: &str) -> Result<()> {
    let script = "const made = all('img, script, iframe, object, embed, [onerror], [onload], \
           [onfocus], a[href^=\"javascript:\" i]').map(e => e.outerHTML); \
         return JSON.stringify([window.pwned ?? null, made]);";
    let found = stage.page.run(script, &[]).await?;
    ensure!(found == "[null,[]]", "{place}: {found}");
    ensure!(stage.site.violations().is_empty(), "{place}: {:?}", stage.site.violations());
    Ok(())
}

async fn names_and_messages(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, PAYLOADS.len());
    for payload in PAYLOADS {
        stage.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
            "code": "InvalidInstanceId.NotFound", "message": payload, "times": 1 }))?;
        send(stage, &TENCENT.form(&ids.join("\n"))).await?;
        stage.page.wait_for_outcomes(&ids, &["rejected"]).await?;
        let text = stage.page.all_text().await?;
        ensure!(text.contains(payload), "the message is not shown as it came: {payload}: {text}");
        let named = PAYLOADS.iter().filter(|name| text.contains(**name)).count();
        ensure!(named > 1, "no name is shown: {text}");
        harmless(stage, payload).await?;
        stage.page.act("new-run").await?;
        stage.page.wait_for_step("compose").await?;
    }
    Ok(())
}

async fn typed(stage: &mut Stage) -> Result<()> {
    let all = PAYLOADS.join("\n");
    let page = &stage.page;
    page.compose(&TENCENT.form(&all)).await?;
    page.fill("keyId", PAYLOADS[0]).await?;
    page.wait_for("[data-problem]").await?;
    page.act("review").await?;
    harmless(stage, "the form").await?;
    page.act("explain").await?;
    page.paste("errorText", &all).await?;
    harmless(stage, "the page of errors").await?;
    for payload in PAYLOADS {
        let url = format!("{}?{payload}#/errors/{payload}/{payload}", stage.site.url());
        page.session().driver().goto("about:blank").await?;
        page.session().driver().goto(&url).await?;
        page.wait_for("[data-action=power]").await?;
        harmless(stage, &url).await?;
    }
    Ok(())
}
