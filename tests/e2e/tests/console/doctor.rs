//! What the page finds out about its proxy by itself.

use crate::support::{ALIBABA, TENCENT, ZENLAYER, is_chinese};
use anyhow::{Result, ensure};
use relight_e2e::{Setting, Stage, case, suite::Case};
use relight_proxy_check::rules::Server;
use serde_json::json;
use std::collections::BTreeMap;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("doctor::a_good_proxy_holds", good),
        case!("doctor::a_real_server_holds", real)
            .dressed(|setting| Setting { server: Some(Server::Nginx), ..setting }),
        case!("doctor::without_a_proxy_is_marked_as_unverified", direct).noisy(),
        case!("doctor::each_fault_is_named_with_its_remedy", broken).noisy(),
    ]
}

/// The lines of the page, and how each stands.
async fn examine(stage: &Stage) -> Result<BTreeMap<String, String>> {
    let page = &stage.page;
    page.act("doctor").await?;
    page.act("examine").await?;
    page.wait_for("[data-doctor=done]").await?;
    let script = "return Object.fromEntries(all('[data-line]') \
         .map(e => [e.dataset.line, e.dataset.holds]));";
    Ok(serde_json::from_value(page.run(script, &[]).await?)?)
}

fn ensure_lines(found: &BTreeMap<String, String>, wanted: &[(&str, &str)]) -> Result<()> {
    ensure!(found.len() == 7, "{found:?}");
    for (line, holds) in wanted {
        ensure!(found.get(*line).map(String::as_str) == Some(*holds), "{line}: {found:?}");
    }
    Ok(())
}

const HOLDS: [(&str, &str); 6] = [
    ("reachable", "yes"),
    ("allows", "yes"),
    ("types", "yes"),
    ("cloud", "yes"),
    ("headers", "yes"),
    ("clock", "yes"),
];

/// Without a key as far as it goes, with one to the end, for every cloud.
async fn good(stage: &mut Stage) -> Result<()> {
    for account in [ALIBABA, TENCENT, ZENLAYER] {
        stage.open().await?;
        stage.page.choose("cloud", account.cloud.name()).await?;
        let found = examine(stage).await?;
        ensure_lines(&found, &HOLDS[..4])?;
        ensure_lines(&found, &[("headers", "unseen"), ("clock", "yes")])?;
        ensure!(found["closes"] != "no", "{found:?}");
        stage.page.act("power").await?;
        stage.page.compose(&account.form("")).await?;
        let found = examine(stage).await?;
        ensure_lines(&found, &HOLDS)?;
    }
    let calls = stage.calls();
    ensure!(calls.len() == 6, "{calls:?}");
    ensure!(calls.iter().all(|call| call.action.starts_with("Describe")), "{calls:?}");
    ensure!(calls.iter().filter(|call| call.signature == "ok").count() == 3, "{calls:?}");
    let problems = stage.page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:?}");
    stage.page.photograph(&format!("{}-doctor", stage.page.browser())).await.map(drop)
}

/// The server of an operator, the page and its proxy from one origin.
async fn real(stage: &mut Stage) -> Result<()> {
    stage.page.compose(&TENCENT.form("")).await?;
    let found = examine(stage).await?;
    ensure_lines(&found, &HOLDS)?;
    // Without TLS a browser's clock may be too coarse to show a new connection.
    ensure!(found["closes"] != "no", "{found:?}");
    Ok(())
}

/// No cloud can be reached from a test, so what is seen is what a person is told before anything goes
/// out, and that the proxy is left alone.
async fn direct(stage: &mut Stage) -> Result<()> {
    stage.site.without_headers();
    let config = json!({ "proxy": "/proxy", "direct": ["alibaba"] });
    stage.site.replace("relight.json", config.to_string().into_bytes());
    stage.open().await?;
    let ids = ALIBABA.running(stage, 1);
    stage.page.compose(&ALIBABA.form(&ids[0])).await?;
    stage.page.review_unseen().await?;
    let words = stage.page.text("[data-route=direct]").await?;
    ensure!(words.contains("unverified") && words.contains("not been tried"), "{words}");
    stage.page.act("language").await?;
    let words = stage.page.text("[data-route=direct]").await?;
    ensure!(words.contains("未经验证"), "{words}");
    stage.page.act("language").await?;
    let found = examine(stage).await?;
    ensure_lines(&found, &[("reachable", "no"), ("types", "unseen"), ("closes", "unseen")])?;
    ensure!(stage.site.proxied().is_empty(), "{:?}", stage.site.proxied());
    Ok(())
}

async fn broken(stage: &mut Stage) -> Result<()> {
    // The page's own policy would forbid other origins.
    stage.site.without_headers();
    let unseen = [("headers", "unseen"), ("clock", "unseen")];

    // Nobody is there.
    let found = with_proxy(stage, "http://127.0.0.1:9/proxy").await?;
    ensure_lines(&found, &[("reachable", "no"), ("allows", "unseen"), ("cloud", "unseen")])?;
    ensure_lines(&found, &unseen)?;

    // It is there, and this page is not on its list.
    let found = with_proxy(stage, &stage.foreign_proxy()).await?;
    ensure_lines(&found, &[("reachable", "yes"), ("allows", "no"), ("cloud", "unseen")])?;
    let words = stage.page.text("[data-line=allows]").await?;
    ensure!(words.contains("(relight_origins)") && words.contains("nginx"), "{words}");
    stage.page.photograph(&format!("{}-doctor-broken", stage.page.browser())).await?;
    stage.page.act("language").await?;
    ensure!(is_chinese(&stage.page.text("[data-line=allows]").await?));
    stage.page.act("language").await?;

    // A server of files, and no proxy.
    let found = with_proxy(stage, "/files").await?;
    ensure_lines(&found, &[("reachable", "yes"), ("types", "no"), ("cloud", "no")])?;
    ensure_lines(&found, &unseen)?;

    // The cloud cannot be reached, and the proxy says so.
    stage.fault(&json!({ "fault": "dns" }))?;
    let found = with_proxy(stage, "/proxy").await?;
    ensure_lines(&found, &[("allows", "yes"), ("types", "yes"), ("cloud", "no")])?;
    ensure!(stage.page.text("[data-line=cloud]").await?.contains("dns_error"));

    // A header that is signed gets lost.
    stage.site.lose("x-acs-signature-nonce");
    let found = with_proxy(stage, "/proxy").await?;
    ensure_lines(&found, &[("cloud", "yes"), ("headers", "no")])
}

/// Opens the page with another proxy and a key, and looks.
async fn with_proxy(stage: &Stage, proxy: &str) -> Result<BTreeMap<String, String>> {
    stage.site.replace("relight.json", json!({ "proxy": proxy }).to_string().into_bytes());
    stage.open().await?;
    stage.page.compose(&ALIBABA.form("")).await?;
    examine(stage).await
}
