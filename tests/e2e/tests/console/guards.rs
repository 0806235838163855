//! Between a click and a request: nothing is sent twice, and nothing by accident.

use crate::support::{ALIBABA, TENCENT, ZENLAYER, one_arrival, send};
use anyhow::{Result, ensure};
use relight_e2e::{Stage, browser::Means, case, page::Form, suite::Case, until};
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("guards::double_click_sends_once", double_click),
        case!("guards::clicks_in_one_turn_send_once", many_clicks),
        case!("guards::enter_held_sends_once", enter_held),
        case!("guards::force_asks_for_the_count", force),
        case!("guards::erasing_asks_for_the_count", erase),
        case!("guards::a_typed_count_arms_after_a_moment", armed),
        case!("guards::erasing_several_is_refused", erase_several),
        case!("guards::dry_run_each_for_itself_is_refused", dry_run_success_first),
        case!("guards::incomplete_forms_are_refused", incomplete),
        case!("guards::a_change_leaves_the_review", change),
    ]
}

async fn double_click(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    stage.page.wait_for("[data-action=send]:not([disabled])").await?;
    let button = stage.page.element("[data-action=send]").await?;
    stage.page.session().driver().action_chain().double_click_element(&button).perform().await?;
    settled_once(stage, &ids).await
}

/// Faster than any hand: the second click comes before anything was drawn.
async fn many_clicks(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    stage.page.wait_for("[data-action=send]:not([disabled])").await?;
    let script = "const e = first('[data-action=send]'); for (let i = 0; i < 5; i++) e.click();";
    stage.page.run(script, &[]).await?;
    settled_once(stage, &ids).await
}

async fn enter_held(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    // Held from the form on: the review comes, and is not confirmed by it.
    stage.page.tab_to("[data-action=review]").await?;
    stage.page.hold_enter(12).await?;
    stage.page.wait_for_step("review").await?;
    stage.page.wait_for("[data-action=send]:not([disabled])").await?;
    ensure!(stage.power_calls().is_empty(), "Enter that was held has sent");
    // On the button itself: one press that lasts, and several in a row.
    stage.page.tab_to("[data-action=send]").await?;
    stage.page.hold_enter(12).await?;
    stage.page.press(&String::from(Key::Enter.value()).repeat(5)).await?;
    settled_once(stage, &ids).await
}

async fn settled_once(stage: &Stage, ids: &[String]) -> Result<()> {
    stage.page.wait_for_outcomes(ids, &["proven"]).await?;
    one_arrival(stage, true)?;
    ensure!(TENCENT.reboots(stage, ids)? == [1, 1]);
    Ok(())
}

async fn force(stage: &mut Stage) -> Result<()> {
    let ids = ZENLAYER.running(stage, 2);
    let text = ids.join("\n");
    stage.page.compose(&Form { mode: Some("force"), ..ZENLAYER.form(&text) }).await?;
    stage.page.review().await?;
    typed_count(stage, "2").await?;
    stage.page.wait_for_outcomes(&ids, ACCEPTED).await?;
    one_arrival(stage, true)?;
    let request = stage.site.proxied().concat();
    ensure!(request.contains(r#""forceReboot":true"#), "{request}");
    Ok(())
}

async fn erase(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.stopped(stage, 1);
    let form = Form { operation: Some("StartInstance"), ..ALIBABA.form(&ids[0]) };
    stage.page.compose(&form).await?;
    stage.page.tick("erase", true).await?;
    stage.page.review().await?;
    typed_count(stage, "1").await?;
    stage.page.wait_for_outcomes(&ids, ACCEPTED).await?;
    one_arrival(stage, true)?;
    let request = stage.site.proxied().concat();
    ensure!(request.contains("InitLocalDisk=true"), "{request}");
    Ok(())
}

/// Nothing goes out before the right number is typed.
async fn typed_count(stage: &Stage, count: &str) -> Result<()> {
    let page = &stage.page;
    page.wait_for("[name=typedCount]").await?;
    page.act("send").await?;
    page.wait_for("[name=typedCount][aria-invalid=true]").await?;
    page.fill("typedCount", "7").await?;
    page.act("send").await?;
    page.wait_for("[name=typedCount][aria-invalid=true]").await?;
    ensure!(stage.power_calls().is_empty(), "sent without the count");
    page.fill("typedCount", count).await?;
    page.wait_for("[data-action=send]:not([aria-disabled])").await?;
    page.send().await
}

/// Whoever types the count and clicks in the same breath has not read what it says now; the same goes
/// for a window that has just come to the front.
async fn armed(stage: &mut Stage) -> Result<()> {
    stage.page.session().needs(Means::QuickFrames)?;
    let ids = ZENLAYER.running(stage, 1);
    stage.page.compose(&Form { mode: Some("force"), ..ZENLAYER.form(&ids[0]) }).await?;
    stage.page.review().await?;
    stage.page.wait_for("[data-action=send]:not([disabled])").await?;
    stage.page.fill("typedCount", "").await?;
    let script = "const field = first('[name=typedCount]'); field.value = '1'; \
         field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true })); \
         const button = first('[data-action=send]'); window.tries = 0; \
         const go = () => { if (!button.hasAttribute('aria-disabled') && button.disabled) { \
           window.tries += 1; button.click(); } if (window.tries < 5) requestAnimationFrame(go); }; \
         requestAnimationFrame(go);";
    stage.page.run(script, &[]).await?;
    stage.page.wait_until("five early clicks", "return window.tries === 5;", &[]).await?;
    stage.page.wait_for("[data-action=send]:not([disabled])").await?;
    let script = "window.dispatchEvent(new FocusEvent('focus')); const button = first('[data-action=send]'); \
         return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => { \
           const early = button.disabled; button.click(); done(early); })));";
    ensure!(stage.page.run(script, &[]).await? == true, "armed at once in a window brought up");
    ensure!(stage.power_calls().is_empty(), "an early click has sent");
    stage.page.send().await?;
    stage.page.wait_for_outcomes(&ids, ACCEPTED).await?;
    one_arrival(stage, true)
}

async fn erase_several(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.stopped(stage, 2).join("\n");
    let form = Form { operation: Some("StartInstance"), ..ALIBABA.form(&ids) };
    stage.page.compose(&form).await?;
    stage.page.tick("erase", true).await?;
    refused(stage, "#e-erase").await
}

async fn dry_run_success_first(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 2).join("\n");
    stage.page.compose(&Form { dry_run: true, ..ALIBABA.form(&ids) }).await?;
    // A rehearsal is set to all together by itself, since each for itself proves nothing.
    ensure!(stage.page.value("batching").await? == "AllTogether");
    stage.page.choose("batching", "SuccessFirst").await?;
    refused(stage, "#e-batching").await
}

async fn refused(stage: &Stage, sentence: &str) -> Result<()> {
    stage.page.act("review").await?;
    let words = stage.page.text(sentence).await?;
    ensure!(words.len() > 20, "{words}");
    ensure!(!stage.page.sees("[data-step=review]").await?);
    ensure!(stage.calls().is_empty());
    Ok(())
}

/// The first thing that is missing is said at its field, which gets the focus.
async fn incomplete(stage: &mut Stage) -> Result<()> {
    let page = &stage.page;
    let id = &TENCENT.running(stage, 1)[0];
    page.choose("cloud", "tencent").await?;
    let steps = [
        ("region", TENCENT.region.unwrap_or_default()),
        ("instanceIds", id.as_str()),
        ("keyId", TENCENT.key_id),
        ("secret", TENCENT.secret),
    ];
    for (name, value) in steps {
        page.act("review").await?;
        page.wait_for(&format!("[name={name}][aria-invalid=true]")).await?;
        until(format!("the focus on {name}"), || async {
            let script = "return root.activeElement?.name === a;";
            let is_there = page.run(script, &[serde_json::json!(name)]).await?;
            Ok((is_there == serde_json::Value::Bool(true)).then_some(()))
        })
        .await?;
        match name {
            "region" => page.choose(name, value).await?,
            "secret" => page.fill(name, value).await?,
            _ => page.paste(name, value).await?,
        }
    }
    page.review().await?;
    ensure!(stage.power_calls().is_empty());
    Ok(())
}

/// What is reviewed is what was filled in: to change that is to leave the review.
async fn change(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    let page = &stage.page;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.choose("mode", "hard").await?;
    page.wait_for_step("compose").await?;
    page.wait_for_no("[data-action=send]").await?;
    page.choose("mode", "soft").await?;
    page.review().await?;
    page.act("cancel").await?;
    page.wait_for_step("compose").await?;
    ensure!(stage.power_calls().is_empty());
    // And in the end exactly what is shown goes out.
    send(stage, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(&ids[..1], ACCEPTED).await?;
    ensure!(stage.power_calls()[0].ids == ids[..1]);
    Ok(())
}

const ACCEPTED: &[&str] = &["accepted", "in-progress", "proven"];
