//! `?demo`: the clouds in the tab, with the same answers, and nothing that leaves it.

use anyhow::{Result, ensure};
use relight_e2e::{Fixture, case, suite::Case};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![case!("demo::restarts_without_a_server", restarts)]
}

async fn restarts(fixture: &mut Fixture) -> Result<()> {
    let address = format!("{}?demo", fixture.site.url());
    fixture.page.session().driver().goto(&address).await?;
    let page = &fixture.page;
    page.wait_for_no("[data-form-only]").await?;
    page.wait_for(".note.info").await?;
    let note = page.text(".note.info").await?;
    let mut words = note.split_whitespace().map(|word| word.trim_end_matches('.'));
    let secret = words.rfind(|word| word.starts_with("sandbox-")).unwrap_or_default();
    // Two are running, and a stopped one is skipped.
    page.fill("secret", secret).await?;
    page.review().await?;
    ensure!(page.text("[data-count=planned]").await?.starts_with('2'));
    page.wait_for("[data-skipped=stopped]").await?;
    page.send().await?;
    let ids = ["ins-5hdvx000", "ins-y6ook001"].map(str::to_owned);
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    // The demo's own clouds have received it, and nothing else has.
    let script = "window.arrived = null; fetch('/sandbox/calls').then(r => r.json()) \
         .then(calls => { window.arrived = calls; }); return true;";
    page.run(script, &[]).await?;
    let calls = page.wait_until("the calls", "return window.arrived;", &[]).await?;
    let calls = calls.as_array().or_else(|| calls["calls"].as_array()).cloned().unwrap_or_default();
    let reboots: Vec<_> = calls.iter().filter(|call| call["action"] == "RebootInstances").collect();
    ensure!(reboots.len() == 1 && reboots[0]["signature"] == json!("ok"), "{calls:#?}");
    ensure!(fixture.calls().is_empty() && fixture.site.proxied().is_empty());
    page.screenshot(&format!("{}-demo", page.browser())).await.map(drop)
}
