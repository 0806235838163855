//! The connection check.

use crate::{
    runs::{key_again, one_by_one, send_not_started},
    support::{ALIBABA, TENCENT, ZENLAYER, events_of, is_chinese, listen},
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, suite::Case};
use relight_proxy_check::rules::Server;
use relight_sandbox::journal::Call;
use serde_json::json;
use std::collections::BTreeMap;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("diagnostics::a_good_proxy_passes", good),
        case!("diagnostics::a_real_server_passes", real)
            .configured(|setting| Setting { server: Some(Server::Nginx), ..setting }),
        case!("diagnostics::a_real_server_refuses_second_copies", real_once)
            .configured(|setting| Setting { server: Some(Server::Haproxy), ..setting }),
        case!("diagnostics::the_review_warns_until_the_proxy_is_proven", unproven),
        case!("diagnostics::a_proof_is_remembered_for_a_time_and_an_address", remembered).noisy(),
        case!("diagnostics::without_storage_a_proof_lasts_while_the_page_is_open", without_storage),
        case!("diagnostics::nothing_is_sent_before_a_required_proof", required),
        case!("diagnostics::a_restored_run_needs_the_proof_too", restored),
        case!("diagnostics::without_a_proxy_is_marked_as_unverified", direct).noisy(),
        case!("diagnostics::each_fault_is_named_with_its_remedy", broken).noisy(),
    ]
}

/// The checks on the page, and the result of each.
pub(crate) async fn check_connection(fixture: &Fixture) -> Result<BTreeMap<String, String>> {
    let page = &fixture.page;
    page.act("doctor").await?;
    // The findings of an earlier check stay until this one has begun.
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
async fn good(fixture: &mut Fixture) -> Result<()> {
    for account in [ALIBABA, TENCENT, ZENLAYER] {
        fixture.open().await?;
        fixture.page.choose("cloud", account.cloud.name()).await?;
        let found = check_connection(fixture).await?;
        ensure_lines(&found, &HOLDS[..4])?;
        ensure_lines(&found, &[("headers", "unseen"), ("clock", "yes")])?;
        ensure_lines(&found, &[("timing", "yes"), ("once", "yes")])?;
        ensure!(found["closes"] != "no", "{found:?}");
        fixture.page.act("power").await?;
        fixture.page.compose(&account.form("")).await?;
        let found = check_connection(fixture).await?;
        ensure_lines(&found, &HOLDS)?;
        ensure_lines(&found, &[("once", "yes")])?;
    }
    let (reads, probes): (Vec<Call>, Vec<Call>) =
        fixture.calls().into_iter().partition(|call| call.action.starts_with("Describe"));
    ensure!(reads.len() == 6, "{reads:?}");
    ensure!(reads.iter().filter(|call| call.signature == "ok").count() == 3, "{reads:?}");
    ensure!(probes.len() == 6 && probes.iter().all(does_nothing), "{probes:?}");
    let problems = fixture.page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:?}");
    fixture.page.screenshot(&format!("{}-doctor", fixture.page.browser())).await.map(drop)
}

/// Signed with an unknown key, even if there is a key; and refused.
fn does_nothing(call: &Call) -> bool {
    call.key_id.contains("RelightDoctor")
        && !call.executed
        && call.signature != "ok"
        && call.code.is_some()
        && call.ids.iter().all(|id| id.ends_with("00000000"))
}

/// The server of an operator, the page and its proxy from one origin.
async fn real(fixture: &mut Fixture) -> Result<()> {
    fixture.page.compose(&TENCENT.form("")).await?;
    let found = check_connection(fixture).await?;
    ensure_lines(&found, &HOLDS)?;
    // Without TLS a browser's clock may be too coarse to show a new connection.
    ensure!(found["closes"] != "no", "{found:?}");
    Ok(())
}

async fn real_once(fixture: &mut Fixture) -> Result<()> {
    let found = check_connection(fixture).await?;
    ensure_lines(&found, &HOLDS[..4])?;
    ensure_lines(&found, &[("once", "yes")])?;
    let probes = fixture.power_calls();
    ensure!(probes.len() == 1 && probes.iter().all(does_nothing), "{probes:?}");
    Ok(())
}

/// To the review, whose send button is there.
async fn reviewed(fixture: &Fixture, ids: &[String]) -> Result<()> {
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await
}

/// Said, and how to find out, in both languages; found out by a click, and then not said any more.
async fn unproven(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let page = &fixture.page;
    listen(fixture).await?;
    reviewed(fixture, &ids).await?;
    page.wait_for("[data-once=unseen]").await?;
    let words = page.text("[data-once]").await?;
    ensure!(words.contains("may send this twice") && words.contains("not proven"), "{words}");
    ensure!(words.contains("made-up key"), "what the check sends is said before: {words}");
    // It may be sent.
    page.wait_for("[data-action=send][data-armed]:not([aria-disabled])").await?;
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:?}");
    page.screenshot(&format!("{}-review-unproven", page.browser())).await?;
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-once]").await?));
    page.act("language").await?;
    ensure!(
        fixture.power_calls().is_empty(),
        "nobody has asked for anything: {:?}",
        fixture.calls()
    );

    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    let probes = fixture.power_calls();
    ensure!(probes.len() == 1 && probes.iter().all(does_nothing), "{probes:?}");
    page.wait_for_step("review").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1]);
    for name in ["relight-before-send", "relight-run-started"] {
        let all = events_of(fixture, name).await?;
        ensure!(all.len() == 1 && all[0]["onceProven"] == true, "{name}: {all:?}");
    }
    Ok(())
}

async fn remembered(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let page = &fixture.page;
    reviewed(fixture, &ids).await?;
    page.wait_for("[data-once=unseen]").await?;
    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    // The same proxy, for another page of this browser.
    fixture.open().await?;
    reviewed(fixture, &ids).await?;
    ensure!(!page.sees("[data-once]").await?, "it was forgotten");
    let script = "return JSON.stringify(Object.entries(localStorage) \
         .filter(([name]) => name.startsWith('relight-once')));";
    let stored = page.run(script, &[]).await?;
    let stored = stored.as_str().unwrap_or_default();
    ensure!(stored.contains("/proxy\",\"1 yes 1") && !stored.contains(TENCENT.key_id), "{stored}");

    // Under another address it is another proxy.
    let config = json!({ "proxy": "/another" });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    fixture.open().await?;
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.review_without_preflight().await?;
    page.wait_for("[data-once=unseen]").await?;

    // Eight days later, and where the stored result is of another version, or missing.
    fixture.site.restore();
    let put = "const name = Object.keys(localStorage).find(n => n.startsWith('relight-once')); \
         const now = Date.now(); localStorage[name] = a.replace('NOW', now) \
           .replace('THEN', now - 8 * 86400000); return 1;";
    for (stored, is_believed) in
        [("1 yes NOW", true), ("1 yes THEN", false), ("9 yes NOW", false), ("yes", false)]
    {
        page.run(put, &[json!(stored)]).await?;
        fixture.open().await?;
        reviewed(fixture, &ids).await?;
        ensure!(page.sees("[data-once]").await? != is_believed, "{stored}");
    }
    Ok(())
}

/// A frame without storage, or whose settings are another's.
async fn without_storage(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let page = &fixture.page;
    let script = "Object.defineProperty(window, 'localStorage', \
         { get() { throw new DOMException('blocked', 'SecurityError'); } }); return 1;";
    page.run(script, &[]).await?;
    reviewed(fixture, &ids).await?;
    page.wait_for("[data-once=unseen]").await?;
    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    fixture.open().await?;
    reviewed(fixture, &ids).await?;
    page.wait_for("[data-once=unseen]").await
}

/// Serves a page that wants it proven, and opens it again.
async fn wanting(fixture: &Fixture) -> Result<()> {
    let config = json!({ "requireOnce": true });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    fixture.page.session().driver().goto(&fixture.site.url()).await?;
    // What the form cannot judge loads the console.
    fixture.page.wait_for_no("[data-form-only]").await
}

async fn required(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    wanting(fixture).await?;
    fixture.page.wait_for_step("compose").await?;
    let page = &fixture.page;
    reviewed(fixture, &ids).await?;
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
    ensure!(fixture.power_calls().is_empty(), "{:?}", fixture.calls());
    page.screenshot(&format!("{}-review-required", page.browser())).await?;

    page.act("check-connection").await?;
    page.wait_for_no("[data-once]").await?;
    page.wait_for("[data-action=send]:not([aria-disabled])").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(TENCENT.reboots(fixture, &ids)? == [1]);
    Ok(())
}

async fn restored(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    one_by_one(fixture, &ids, 3_600).await?;
    let page = &fixture.page;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    wanting(fixture).await?;
    page.wait_for("[data-refusal=once-not-proven]").await?;
    page.wait_for("[data-action=send-not-started][aria-disabled=true]").await?;
    page.act("send-not-started").await?;
    ensure!(!page.sees("[data-action=confirm]").await?);
    ensure!(fixture.power_calls().len() == 1);
    let found = check_connection(fixture).await?;
    ensure_lines(&found, &[("once", "yes")])?;
    page.act("power").await?;
    page.wait_for_no("[data-refusal]").await?;
    let is_ours = |call: &Call| !does_nothing(call);
    let sent = || fixture.power_calls().into_iter().filter(is_ours).count();
    ensure!(sent() == 1, "to be proven is not to be sent");
    send_not_started(fixture, 1).await?;
    key_again(fixture, TENCENT).await?;
    page.act("resume").await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(sent() == 2 && TENCENT.reboots(fixture, &ids)? == [1, 1], "{:?}", fixture.calls());
    Ok(())
}

/// No cloud can be reached from a test, so what is checked is the text before anything is sent, and
/// out, and that the proxy is left alone.
async fn direct(fixture: &mut Fixture) -> Result<()> {
    fixture.site.without_headers();
    let config = json!({ "proxy": "/proxy", "direct": ["alibaba"] });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    fixture.open().await?;
    let ids = ALIBABA.running(fixture, 1);
    fixture.page.compose(&ALIBABA.form(&ids[0])).await?;
    fixture.page.review_without_preflight().await?;
    let words = fixture.page.text("[data-route=direct]").await?;
    ensure!(words.contains("unverified") && words.contains("not been tried"), "{words}");
    fixture.page.act("language").await?;
    let words = fixture.page.text("[data-route=direct]").await?;
    ensure!(words.contains("未经验证"), "{words}");
    fixture.page.act("language").await?;
    // There is no proxy to refuse a copy, and nothing to be found out.
    let words = fixture.page.text("[data-once=unseen]").await?;
    ensure!(words.contains("without a proxy"), "{words}");
    ensure!(!fixture.page.sees("[data-action=check-connection]").await?);
    let found = check_connection(fixture).await?;
    ensure_lines(&found, &[("reachable", "no"), ("types", "unseen"), ("closes", "unseen")])?;
    ensure_lines(&found, &[("timing", "unseen"), ("once", "unseen")])?;
    ensure!(fixture.site.proxied().is_empty(), "{:?}", fixture.site.proxied());
    Ok(())
}

async fn broken(fixture: &mut Fixture) -> Result<()> {
    // The page's own policy would forbid other origins.
    fixture.site.without_headers();
    let unseen = [("headers", "unseen"), ("clock", "unseen")];

    // Nothing listens there.
    let found = with_proxy(fixture, "http://127.0.0.1:9/proxy").await?;
    ensure_lines(&found, &[("reachable", "no"), ("allows", "unseen"), ("cloud", "unseen")])?;
    ensure_lines(&found, &unseen)?;

    // It is there, and this page is not on its list.
    let found = with_proxy(fixture, &fixture.foreign_proxy()).await?;
    ensure_lines(&found, &[("reachable", "yes"), ("allows", "no"), ("cloud", "unseen")])?;
    let words = fixture.page.text("[data-line=allows]").await?;
    ensure!(words.contains("(relight_origins)") && words.contains("nginx"), "{words}");
    fixture.page.screenshot(&format!("{}-doctor-broken", fixture.page.browser())).await?;
    fixture.page.act("language").await?;
    ensure!(is_chinese(&fixture.page.text("[data-line=allows]").await?));
    fixture.page.act("language").await?;

    // A server of files, and no proxy.
    let found = with_proxy(fixture, "/files").await?;
    ensure_lines(&found, &[("reachable", "yes"), ("types", "no"), ("cloud", "no")])?;
    ensure_lines(&found, &unseen)?;

    // The cloud cannot be reached, and the proxy reports it.
    fixture.fault(&json!({ "fault": "dns" }))?;
    let found = with_proxy(fixture, "/proxy").await?;
    ensure_lines(&found, &[("allows", "yes"), ("types", "yes"), ("cloud", "no")])?;
    ensure!(fixture.page.text("[data-line=cloud]").await?.contains("dns_error"));

    // A signed header is removed.
    fixture.site.lose("x-acs-signature-nonce");
    let found = with_proxy(fixture, "/proxy").await?;
    ensure_lines(&found, &[("cloud", "yes"), ("headers", "no")])
}

/// Opens the page with another proxy and a key, and checks the connection.
async fn with_proxy(fixture: &Fixture, proxy: &str) -> Result<BTreeMap<String, String>> {
    fixture.site.replace("relight.json", json!({ "proxy": proxy }).to_string().into_bytes());
    fixture.open().await?;
    fixture.page.compose(&ALIBABA.form("")).await?;
    check_connection(fixture).await
}
