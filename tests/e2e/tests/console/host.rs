//! The page around the console: its methods, and its leave to send.

use crate::support::TENCENT;
use anyhow::{Result, ensure};
use relight_e2e::{Stage, case, suite::Case};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("host::leave_that_comes_later", later),
        case!("host::leave_that_is_refused", refused),
        case!("host::leave_that_never_comes", never),
        case!("host::methods_of_the_element", methods),
        case!("host::leave_that_takes_too_long", too_long),
        case!("host::a_listener_that_throws_has_not_agreed", throws).noisy(),
        case!("host::every_promise_has_to_agree", every),
    ]
}

/// The page thinks every wish over; `window.decide` is then the way to answer.
const THINKS: &str = "window.asked = []; host.addEventListener('relight-before-send', event => { \
     window.asked.push(event.detail.instanceIds); event.detail.waitUntil(new Promise( \
       (yes, no) => { window.decide = yes; window.fail = no; })); }); return true;";

async fn asked(stage: &mut Stage) -> Result<Vec<String>> {
    let ids = TENCENT.running(stage, 2);
    stage.page.wait_until("the element", THINKS, &[]).await?;
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    stage.page.act("send").await?;
    stage.page.wait_for("[data-leave=asked]").await?;
    ensure!(stage.page.run("return window.asked;", &[]).await? == json!([ids]));
    ensure!(stage.power_calls().is_empty(), "sent before the answer");
    Ok(ids)
}

async fn later(stage: &mut Stage) -> Result<()> {
    let ids = asked(stage).await?;
    // Asked once is enough.
    stage.page.act("send").await?;
    ensure!(stage.page.run("return window.asked.length;", &[]).await? == json!(1));
    stage.page.run("window.decide(true); return true;", &[]).await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(stage.power_calls().len() == 1);
    Ok(())
}

/// Whatever is not `true` is a no; a broken promise says why.
async fn refused(stage: &mut Stage) -> Result<()> {
    asked(stage).await?;
    stage.page.run("window.decide('yes'); return true;", &[]).await?;
    stage.page.wait_for("[data-leave=refused]").await?;
    stage.page.act("send").await?;
    stage.page.wait_for("[data-leave=asked]").await?;
    stage.page.run("window.fail(new Error('ticket closed')); return true;", &[]).await?;
    stage.page.wait_for("[data-leave=refused]").await?;
    ensure!(stage.page.text("[data-leave=refused]").await?.contains("ticket closed"));
    ensure!(stage.page.sees("[data-step=review]").await?, "the review stays");
    ensure!(stage.power_calls().is_empty());
    Ok(())
}

/// A person need not wait for ever, and what was withdrawn is not sent when the answer comes.
async fn never(stage: &mut Stage) -> Result<()> {
    asked(stage).await?;
    stage.page.act("withdraw").await?;
    stage.page.wait_for_no("[data-leave]").await?;
    stage.page.run("window.decide(true); return true;", &[]).await?;
    // Another question, which is answered: the first answer would have come before it.
    stage.page.act("send").await?;
    stage.page.wait_for("[data-leave=asked]").await?;
    ensure!(stage.power_calls().is_empty());
    stage.page.act("cancel").await?;
    stage.page.wait_for_step("compose").await?;
    stage.page.run("window.decide(true); return true;", &[]).await?;
    stage.page.wait_for_no("[data-leave]").await?;
    ensure!(stage.power_calls().is_empty());
    Ok(())
}

/// Ten minutes are up: the page's timers are told so.
async fn too_long(stage: &mut Stage) -> Result<()> {
    let hurry = "const { setTimeout } = window; window.setTimeout = (what, ms, ...more) => \
         setTimeout(what, ms === 600000 ? 50 : ms, ...more); return true;";
    stage.page.run(hurry, &[]).await?;
    let ids = TENCENT.running(stage, 1);
    stage.page.wait_until("the element", THINKS, &[]).await?;
    stage.page.compose(&TENCENT.form(&ids[0])).await?;
    stage.page.review().await?;
    stage.page.act("send").await?;
    stage.page.wait_for("[data-leave=late]").await?;
    // What comes later changes nothing.
    stage.page.run("window.decide(true); return true;", &[]).await?;
    ensure!(stage.page.sees("[data-step=review]").await?, "the review stays");
    ensure!(stage.power_calls().is_empty());
    Ok(())
}

async fn throws(stage: &mut Stage) -> Result<()> {
    // A listener of the page's own: of one that a driver puts in no browser says what it has thrown.
    let portal = "<!doctype html><title>portal</title><relight-console></relight-console><script>\
         document.addEventListener('relight-before-send', () => { \
           if (!window.mended) throw new Error('the ticket system is down'); });</script>\
         <script type=\"module\">import init from './relight.js'; await init();</script>";
    stage.site.replace("portal.html", portal.into());
    stage.page.open(&format!("{}portal.html", stage.site.url())).await?;
    let ids = TENCENT.running(stage, 1);
    stage.page.compose(&TENCENT.form(&ids[0])).await?;
    stage.page.review().await?;
    stage.page.act("send").await?;
    let words = stage.page.text("[data-leave=refused]").await?;
    ensure!(words.contains("the ticket system is down"), "{words}");
    ensure!(stage.power_calls().is_empty());
    stage.page.run("window.mended = true; return true;", &[]).await?;
    stage.page.act("send").await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(stage.power_calls().len() == 1);
    Ok(())
}

/// One no is a no, whatever the others say and in whichever order; nobody's yes stands for all.
async fn every(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    let script = "window.answers = []; host.addEventListener('relight-before-send', event => { \
         for (const answer of window.answers) event.detail.waitUntil(answer()); }); return true;";
    stage.page.wait_until("the element", script, &[]).await?;
    stage.page.compose(&TENCENT.form(&ids[0])).await?;
    stage.page.review().await?;
    let no = "async () => false";
    let broken = "async () => { throw new Error('no ticket'); }";
    let (yes, slow) = ("async () => true", "() => new Promise(() => {})");
    for answers in [[no, yes], [yes, no], [broken, yes], [slow, no]] {
        stage.page.run(&format!("window.answers = [{}];", answers.join(", ")), &[]).await?;
        stage.page.act("send").await?;
        stage.page.wait_for("[data-leave=refused]").await?;
        // Away and back: what is refused next is another wish.
        stage.page.act("cancel").await?;
        stage.page.wait_for_step("compose").await?;
        stage.page.review().await?;
    }
    ensure!(stage.power_calls().is_empty());
    stage.page.run(&format!("window.answers = [{yes}, {yes}];"), &[]).await?;
    stage.page.act("send").await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(stage.power_calls().len() == 1);
    Ok(())
}

async fn methods(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    let page = &stage.page;
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
    // Never a secret, and nothing of an order that has a mistake.
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
    crate::runs::set_number(stage, "batchSize", 1).await?;
    crate::runs::set_number(stage, "waveCalls", 1).await?;
    crate::runs::set_number(stage, "wavePauseSeconds", 3_600).await?;
    page.send().await?;
    page.wait_for_outcomes(&ids[..1], &["accepted", "in-progress", "proven"]).await?;
    page.run("host.stop(); return true;", &[]).await?;
    page.wait_for_no("[data-stage=sending]").await?;
    ensure!(stage.power_calls().len() == 1);
    Ok(())
}
