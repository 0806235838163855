//! What the page finds out about its proxy by itself.

use crate::{
    runs::{key_again, one_by_one, send_not_started},
    support::{ALIBABA, TENCENT, ZENLAYER, heard, is_chinese, listen},
};
use anyhow::{Result, ensure};
use relight_e2e::{Setting, Stage, case, suite::Case};
use relight_proxy_check::rules::Server;
use relight_sandbox::journal::Call;
use serde_json::json;
use std::collections::BTreeMap;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("diagnostics::a_good_proxy_holds", good),
        case!("diagnostics::a_real_server_holds", real)
            .dressed(|setting| Setting { server: Some(Server::Nginx), ..setting }),
        case!("diagnostics::a_real_server_refuses_second_copies", real_once)
            .dressed(|setting| Setting { server: Some(Server::Haproxy), ..setting }),
        case!("diagnostics::until_it_is_proven_the_review_says_what_may_happen_twice", unproven),
        case!("diagnostics::what_was_proven_is_remembered_for_a_while_and_a_place", remembered)
            .noisy(),
        case!("diagnostics::without_storage_it_is_known_while_the_page_is_open", unkept),
        case!("diagnostics::what_must_be_proven_is_not_sent_before", required),
        case!("diagnostics::a_run_that_comes_back_needs_the_proof_too", come_back),
        case!("diagnostics::without_a_proxy_is_marked_as_unverified", direct).noisy(),
        case!("diagnostics::each_fault_is_named_with_its_remedy", broken).noisy(),
    ]
}

/// The lines of the page, and how each stands.
pub(crate) async fn examine(stage: &Stage) -> Result<BTreeMap<String, String>> {
    let page = &stage.page;
    page.act("doctor").await?;
    // What an earlier check has found stands there until this one has begun.
    page.run("window.before = first('[data-line]'); return true;", &[]).await?;
    page.act("examine").await?;
    let fresh = "const line = first('[data-doctor=done] [data-line]'); \
         return (line && line !== window.before) || null;";
    page.wait_until("findings", fresh, &[]).await?;
    let script = "return Object.fromEntries(all('[data-line]') \
         .map(e => [e.dataset.line, e.dataset.holds]));";
    Ok(serde_json::from_value(page.run(script, &[]).await?)?)
}

fn ensure_lines(found: &BTreeMap<String, String>, wanted: &[(&str, &str)]) -> Result<()> {
    ensure!(found.len() == 9, "{found:?}");
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
        ensure_lines(&found, &[("timing", "yes"), ("once", "yes")])?;
        ensure!(found["closes"] != "no", "{found:?}");
        stage.page.act("power").await?;
        stage.page.compose(&account.form("")).await?;
        let found = examine(stage).await?;
        ensure_lines(&found, &HOLDS)?;
        ensure_lines(&found, &[("once", "yes")])?;
    }
    let (reads, probes): (Vec<Call>, Vec<Call>) =
        stage.calls().into_iter().partition(|call| call.action.starts_with("Describe"));
    ensure!(reads.len() == 6, "{reads:?}");
    ensure!(reads.iter().filter(|call| call.signature == "ok").count() == 3, "{reads:?}");
    ensure!(probes.len() == 6 && probes.iter().all(does_nothing), "{probes:?}");
    let problems = stage.page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:?}");
    stage.page.photograph(&format!("{}-doctor", stage.page.browser())).await.map(drop)
}

/// Signed by nobody, for nobody, with a key in hand as well; and refused.
fn does_nothing(call: &Call) -> bool {
    call.key_id.contains("RelightDoctor")
        && !call.executed
        && call.signature != "ok"
        && call.code.is_some()
        && call.ids.iter().all(|id| id.ends_with("00000000"))
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

async fn real_once(stage: &mut Stage) -> Result<()> {
    let found = examine(stage).await?;
    ensure_lines(&found, &HOLDS[..4])?;
    ensure_lines(&found, &[("once", "yes")])?;
    let probes = stage.power_calls();
    ensure!(probes.len() == 1 && probes.iter().all(does_nothing), "{probes:?}");
    Ok(())
}

/// To the review, whose send button is there.
async fn reviewed(stage: &Stage, ids: &[String]) -> Result<()> {
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await
}

/// Said, and how to find out, in both languages; found out by a click, and then not said any more.
async fn unproven(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    let page = &stage.page;
    listen(stage).await?;
    reviewed(stage, &ids).await?;
    page.wait_for("[data-once=unseen]").await?;
    let words = page.text("[data-once]").await?;
    ensure!(words.contains("may send this twice") && words.contains("not proven"), "{words}");
    ensure!(words.contains("made-up key"), "what the check sends is said before: {words}");
    ensure!(!page.sees("[data-action=send][aria-disabled=true]").await?, "it may be sent");
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:?}");
    page.photograph(&format!("{}-review-unproven", page.browser())).await?;
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-once]").await?));
    page.act("language").await?;
    ensure!(stage.power_calls().is_empty(), "nobody has asked for anything: {:?}", stage.calls());

    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    let probes = stage.power_calls();
    ensure!(probes.len() == 1 && probes.iter().all(does_nothing), "{probes:?}");
    page.wait_for_step("review").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(TENCENT.reboots(stage, &ids)? == [1, 1]);
    for name in ["relight-before-send", "relight-run-started"] {
        let all = heard(stage, name).await?;
        ensure!(all.len() == 1 && all[0]["onceProven"] == true, "{name}: {all:?}");
    }
    Ok(())
}

async fn remembered(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    let page = &stage.page;
    reviewed(stage, &ids).await?;
    page.wait_for("[data-once=unseen]").await?;
    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    // The same proxy, for another page of this browser.
    stage.open().await?;
    reviewed(stage, &ids).await?;
    ensure!(!page.sees("[data-once]").await?, "it was forgotten");
    let script = "return JSON.stringify(Object.entries(localStorage) \
         .filter(([name]) => name.startsWith('relight-once')));";
    let kept = page.run(script, &[]).await?;
    let kept = kept.as_str().unwrap_or_default();
    ensure!(kept.contains("/proxy\",\"1 yes 1") && !kept.contains(TENCENT.key_id), "{kept}");

    // Under another address it is another proxy.
    let config = json!({ "proxy": "/another" });
    stage.site.replace("relight.json", config.to_string().into_bytes());
    stage.open().await?;
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.review_unseen().await?;
    page.wait_for("[data-once=unseen]").await?;

    // Eight days later, and where what is kept is another version's, or none.
    stage.site.restore();
    let keep = "const name = Object.keys(localStorage).find(n => n.startsWith('relight-once')); \
         const now = Date.now(); localStorage[name] = a.replace('NOW', now) \
           .replace('THEN', now - 8 * 86400000); return 1;";
    for (kept, is_believed) in
        [("1 yes NOW", true), ("1 yes THEN", false), ("9 yes NOW", false), ("yes", false)]
    {
        page.run(keep, &[json!(kept)]).await?;
        stage.open().await?;
        reviewed(stage, &ids).await?;
        ensure!(page.sees("[data-once]").await? != is_believed, "{kept}");
    }
    Ok(())
}

/// A frame whose page may keep nothing, or somebody's settings.
async fn unkept(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    let page = &stage.page;
    let script = "Object.defineProperty(window, 'localStorage', \
         { get() { throw new DOMException('blocked', 'SecurityError'); } }); return 1;";
    page.run(script, &[]).await?;
    reviewed(stage, &ids).await?;
    page.wait_for("[data-once=unseen]").await?;
    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    stage.open().await?;
    reviewed(stage, &ids).await?;
    page.wait_for("[data-once=unseen]").await
}

/// Serves a page that wants it proven, and opens it again.
async fn wanting(stage: &Stage) -> Result<()> {
    let config = json!({ "requireOnce": true });
    stage.site.replace("relight.json", config.to_string().into_bytes());
    stage.page.session().driver().goto(&stage.site.url()).await?;
    // What the front does not understand brings the rest.
    stage.page.wait_for_no("[data-front]").await
}

async fn required(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    wanting(stage).await?;
    stage.page.wait_for_step("compose").await?;
    let page = &stage.page;
    reviewed(stage, &ids).await?;
    page.wait_for("[data-once=unseen] [data-refusal=once-not-proven]").await?;
    let words = page.text("[data-refusal]").await?;
    ensure!(words.contains("Check the connection first"), "{words}");
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-refusal]").await?));
    page.act("language").await?;
    // Saying why, and leading to the check, is all that the button does.
    page.wait_for("[data-action=send][aria-disabled=true]").await?;
    page.act("send").await?;
    let focus =
        "return host.shadowRoot.activeElement?.dataset.action === 'check-connection' || null;";
    page.wait_until("the check to have the focus", focus, &[]).await?;
    page.wait_for_step("review").await?;
    ensure!(stage.power_calls().is_empty(), "{:?}", stage.calls());
    page.photograph(&format!("{}-review-required", page.browser())).await?;

    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    page.wait_for("[data-action=send]:not([aria-disabled])").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(TENCENT.reboots(stage, &ids)? == [1]);
    Ok(())
}

async fn come_back(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    one_by_one(stage, &ids, 3_600).await?;
    let page = &stage.page;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    wanting(stage).await?;
    page.wait_for("[data-refusal=once-not-proven]").await?;
    page.wait_for("[data-action=send-not-started][aria-disabled=true]").await?;
    page.act("send-not-started").await?;
    ensure!(!page.sees("[data-action=confirm]").await?);
    ensure!(stage.power_calls().len() == 1);
    let found = examine(stage).await?;
    ensure_lines(&found, &[("once", "yes")])?;
    page.act("power").await?;
    page.wait_for_no("[data-refusal]").await?;
    let is_ours = |call: &Call| !does_nothing(call);
    let sent = || stage.power_calls().into_iter().filter(is_ours).count();
    ensure!(sent() == 1, "to be proven is not to be sent");
    send_not_started(stage, 1).await?;
    key_again(stage, TENCENT).await?;
    page.act("resume").await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(sent() == 2 && TENCENT.reboots(stage, &ids)? == [1, 1], "{:?}", stage.calls());
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
    // Nobody is there to refuse a copy, and nothing to be found out.
    let words = stage.page.text("[data-once=unseen]").await?;
    ensure!(words.contains("without a proxy"), "{words}");
    ensure!(!stage.page.sees("[data-action=check-connection]").await?);
    let found = examine(stage).await?;
    ensure_lines(&found, &[("reachable", "no"), ("types", "unseen"), ("closes", "unseen")])?;
    ensure_lines(&found, &[("timing", "unseen"), ("once", "unseen")])?;
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
