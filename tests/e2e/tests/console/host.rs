//! The host page: the methods of the element, and the approval to send.

use crate::support::TENCENT;
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, case, suite::Case};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("host::approval_that_comes_later", later),
        case!("host::approval_that_is_refused", refused),
        case!("host::approval_that_never_comes", never),
        case!("host::methods_of_the_element", methods),
        case!("host::approval_that_takes_too_long", too_long),
        case!("host::a_listener_that_throws_has_not_approved", throws).noisy(),
        case!("host::every_promise_has_to_approve", every),
    ]
}

/// The page answers each question later; `window.decide` does it.
const THINKS: &str = "window.asked = []; host.addEventListener('relight-before-send', event => { \
     window.asked.push(event.detail.instanceIds); event.detail.waitUntil(new Promise( \
       (yes, no) => { window.decide = yes; window.fail = no; })); }); return true;";

async fn asked(fixture: &mut Fixture) -> Result<Vec<String>> {
    let ids = TENCENT.running(fixture, 2);
    fixture.page.wait_until("the element", THINKS, &[]).await?;
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    fixture.page.act("send").await?;
    fixture.page.wait_for("[data-leave=asked]").await?;
    ensure!(fixture.page.run("return window.asked;", &[]).await? == json!([ids]));
    ensure!(fixture.power_calls().is_empty(), "sent before the answer");
    Ok(ids)
}

async fn later(fixture: &mut Fixture) -> Result<()> {
    let ids = asked(fixture).await?;
    // Asked only once.
    fixture.page.act("send").await?;
    ensure!(fixture.page.run("return window.asked.length;", &[]).await? == json!(1));
    fixture.page.run("window.decide(true); return true;", &[]).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(fixture.power_calls().len() == 1);
    Ok(())
}

/// Whatever is not `true` is a refusal; a rejected promise has the reason.
async fn refused(fixture: &mut Fixture) -> Result<()> {
    asked(fixture).await?;
    fixture.page.run("window.decide('yes'); return true;", &[]).await?;
    fixture.page.wait_for("[data-leave=refused]").await?;
    fixture.page.act("send").await?;
    fixture.page.wait_for("[data-leave=asked]").await?;
    fixture.page.run("window.fail(new Error('ticket closed')); return true;", &[]).await?;
    fixture.page.wait_for("[data-leave=refused]").await?;
    ensure!(fixture.page.text("[data-leave=refused]").await?.contains("ticket closed"));
    ensure!(fixture.page.sees("[data-step=review]").await?, "the review stays");
    ensure!(fixture.power_calls().is_empty());
    Ok(())
}

/// The user need not wait, and what was withdrawn is not sent when the answer comes.
async fn never(fixture: &mut Fixture) -> Result<()> {
    asked(fixture).await?;
    fixture.page.act("withdraw").await?;
    fixture.page.wait_for_no("[data-leave]").await?;
    fixture.page.run("window.decide(true); return true;", &[]).await?;
    // Another question, which is answered: the first answer would have come before it.
    fixture.page.act("send").await?;
    fixture.page.wait_for("[data-leave=asked]").await?;
    ensure!(fixture.power_calls().is_empty());
    fixture.page.act("cancel").await?;
    fixture.page.wait_for_step("compose").await?;
    fixture.page.run("window.decide(true); return true;", &[]).await?;
    fixture.page.wait_for_no("[data-leave]").await?;
    ensure!(fixture.power_calls().is_empty());
    Ok(())
}

/// Ten minutes are over: the page's timers are advanced.
async fn too_long(fixture: &mut Fixture) -> Result<()> {
    let hurry = "const { setTimeout } = window; window.setTimeout = (what, ms, ...more) => \
         setTimeout(what, ms === 600000 ? 50 : ms, ...more); return true;";
    fixture.page.run(hurry, &[]).await?;
    let ids = TENCENT.running(fixture, 1);
    fixture.page.wait_until("the element", THINKS, &[]).await?;
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.review().await?;
    fixture.page.act("send").await?;
    fixture.page.wait_for("[data-leave=late]").await?;
    // What comes later changes nothing.
    fixture.page.run("window.decide(true); return true;", &[]).await?;
    ensure!(fixture.page.sees("[data-step=review]").await?, "the review stays");
    ensure!(fixture.power_calls().is_empty());
    Ok(())
}

async fn throws(fixture: &mut Fixture) -> Result<()> {
    // A listener of the page's own: of one that a driver puts in no browser says what it has thrown.
    let portal = "<!doctype html><title>portal</title><relight-console></relight-console><script>\
         document.addEventListener('relight-before-send', () => { \
           if (!window.mended) throw new Error('the ticket system is down'); });</script>\
         <script type=\"module\">import init from './relight.js'; await init();</script>";
    fixture.site.replace("portal.html", portal.into());
    fixture.page.open(&format!("{}portal.html", fixture.site.url())).await?;
    let ids = TENCENT.running(fixture, 1);
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.review().await?;
    fixture.page.act("send").await?;
    let words = fixture.page.text("[data-leave=refused]").await?;
    ensure!(words.contains("the ticket system is down"), "{words}");
    ensure!(fixture.power_calls().is_empty());
    fixture.page.run("window.mended = true; return true;", &[]).await?;
    fixture.page.act("send").await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(fixture.power_calls().len() == 1);
    Ok(())
}

/// One refusal decides, whatever the others answer and in whichever order.
async fn every(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let script = "window.answers = []; host.addEventListener('relight-before-send', event => { \
         for (const answer of window.answers) event.detail.waitUntil(answer()); }); return true;";
    fixture.page.wait_until("the element", script, &[]).await?;
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.review().await?;
    let no = "async () => false";
    let broken = "async () => { throw new Error('no ticket'); }";
    let (yes, slow) = ("async () => true", "() => new Promise(() => {})");
    for answers in [[no, yes], [yes, no], [broken, yes], [slow, no]] {
        fixture.page.run(&format!("window.answers = [{}];", answers.join(", ")), &[]).await?;
        fixture.page.act("send").await?;
        fixture.page.wait_for("[data-leave=refused]").await?;
        // Removed and attached again: the next refusal is another question.
        fixture.page.act("cancel").await?;
        fixture.page.wait_for_step("compose").await?;
        fixture.page.review().await?;
    }
    ensure!(fixture.power_calls().is_empty());
    fixture.page.run(&format!("window.answers = [{yes}, {yes}];"), &[]).await?;
    fixture.page.act("send").await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(fixture.power_calls().len() == 1);
    Ok(())
}

async fn methods(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let page = &fixture.page;
    let values = json!({ "cloud": "tencent", "region": "ap-guangzhou", "operation": "reboot",
        "keyId": TENCENT.key_id, "instanceIds": ids, "reason": "from the portal" });
    page.wait_until("the element", "host.prefill(b); return true;", &[json!(""), values]).await?;
    page.wait_until(
        "the ids",
        "return first('[name=instanceIds]')?.value.includes('\\n') || null;",
        &[],
    )
    .await?;
    ensure!(page.value("region").await? == "ap-guangzhou");
    // Never a secret, and nothing of an invalid configuration.
    let script = "try { host.prefill({ region: 'ap-shanghai', secret: 's' }); return 'taken'; } \
         catch (error) { return `${error.name} ${error.kind} ${error.message}`; }";
    let error = page.run(script, &[]).await?;
    let error = error.as_str().unwrap_or_default();
    ensure!(
        error.starts_with("RelightError invalid-argument") && error.contains("`secret`"),
        "{error}"
    );
    ensure!(page.value("region").await? == "ap-guangzhou");
    page.fill("secret", TENCENT.secret).await?;
    page.wait_for("[data-action=forget]").await?;
    page.run("host.lock(); return true;", &[]).await?;
    page.wait_for_no("[data-action=forget]").await?;
    page.wait_for("[name=secret]").await?;
    page.fill("secret", TENCENT.secret).await?;
    page.review().await?;
    page.click("details.pacing summary").await?;
    crate::runs::set_number(fixture, "batchSize", 1).await?;
    crate::runs::set_number(fixture, "waveCalls", 1).await?;
    crate::runs::set_number(fixture, "wavePauseSeconds", 3_600).await?;
    page.send().await?;
    page.wait_for_outcomes(&ids[..1], &["accepted", "in-progress", "proven"]).await?;
    page.run("host.stop(); return true;", &[]).await?;
    page.wait_for_no("[data-stage=sending]").await?;
    ensure!(fixture.power_calls().len() == 1);
    Ok(())
}
