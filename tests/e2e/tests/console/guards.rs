//! Between a click and a request: nothing is sent twice, and nothing by accident.

use crate::support::{ALIBABA, TENCENT, ZENLAYER, one_arrival, send};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, browser::Capability, case, page::Form, suite::Case, until};
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("guards::double_click_sends_once", double_click),
        case!("guards::clicks_in_one_turn_send_once", many_clicks),
        case!("guards::enter_held_sends_once", enter_held),
        case!("guards::force_asks_for_the_count", force),
        case!("guards::initialising_a_disk_asks_for_the_count", erase),
        case!("guards::a_typed_count_arms_after_a_moment", armed),
        case!("guards::an_early_press_is_ignored_and_a_later_one_counts", early_press),
        case!("guards::initialising_several_disks_is_refused", erase_several),
        case!("guards::dry_run_with_single_operations_is_refused", dry_run_success_first),
        case!("guards::incomplete_forms_are_refused", incomplete),
        case!("guards::a_change_leaves_the_review", change),
    ]
}

async fn double_click(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    fixture.page.wait_for("[data-action=send][data-armed]").await?;
    let button = fixture.page.element("[data-action=send]").await?;
    fixture.page.session().driver().action_chain().double_click_element(&button).perform().await?;
    settled_once(fixture, &ids).await
}

/// Faster than any user: the second click comes before anything was rendered.
async fn many_clicks(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    fixture.page.wait_for("[data-action=send][data-armed]").await?;
    let script = "const e = first('[data-action=send]'); for (let i = 0; i < 5; i++) e.click();";
    fixture.page.run(script, &[]).await?;
    settled_once(fixture, &ids).await
}

async fn enter_held(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    // Held from the form on: the review comes, and is not confirmed by it.
    fixture.page.tab_to("[data-action=review]").await?;
    fixture.page.hold_enter(12).await?;
    fixture.page.wait_for_step("review").await?;
    fixture.page.wait_for("[data-action=send][data-armed]").await?;
    ensure!(fixture.power_calls().is_empty(), "Enter that was held has sent");
    // On the button itself: one press that lasts, and several in a row.
    fixture.page.tab_to("[data-action=send]").await?;
    fixture.page.hold_enter(12).await?;
    fixture.page.press(&String::from(Key::Enter.value()).repeat(5)).await?;
    settled_once(fixture, &ids).await
}

async fn settled_once(fixture: &Fixture, ids: &[String]) -> Result<()> {
    fixture.page.wait_for_outcomes(ids, &["proven"]).await?;
    one_arrival(fixture, true)?;
    ensure!(TENCENT.reboots(fixture, ids)? == [1, 1]);
    Ok(())
}

async fn force(fixture: &mut Fixture) -> Result<()> {
    let ids = ZENLAYER.running(fixture, 2);
    let text = ids.join("\n");
    fixture.page.compose(&Form { mode: Some("force"), ..ZENLAYER.form(&text) }).await?;
    fixture.page.review().await?;
    typed_count(fixture, "2").await?;
    fixture.page.wait_for_outcomes(&ids, ACCEPTED).await?;
    one_arrival(fixture, true)?;
    let request = fixture.site.proxied().concat();
    ensure!(request.contains(r#""forceReboot":true"#), "{request}");
    Ok(())
}

async fn erase(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.stopped(fixture, 1);
    let form = Form { operation: Some("StartInstance"), ..ALIBABA.form(&ids[0]) };
    fixture.page.compose(&form).await?;
    fixture.page.tick("erase", true).await?;
    fixture.page.review().await?;
    typed_count(fixture, "1").await?;
    fixture.page.wait_for_outcomes(&ids, ACCEPTED).await?;
    one_arrival(fixture, true)?;
    let request = fixture.site.proxied().concat();
    ensure!(request.contains("InitLocalDisk=true"), "{request}");
    Ok(())
}

/// Nothing goes out before the right number is typed.
async fn typed_count(fixture: &Fixture, count: &str) -> Result<()> {
    let page = &fixture.page;
    page.wait_for("[name=typedCount]").await?;
    page.act("send").await?;
    page.wait_for("[name=typedCount][aria-invalid=true]").await?;
    page.fill("typedCount", "7").await?;
    page.act("send").await?;
    page.wait_for("[name=typedCount][aria-invalid=true]").await?;
    ensure!(fixture.power_calls().is_empty(), "sent without the count");
    page.fill("typedCount", count).await?;
    page.wait_for("[data-action=send]:not([aria-disabled])").await?;
    page.send().await
}

/// Typing the count and clicking at once is too fast to have read the label; the same goes for a window
/// that was just focused.
async fn armed(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::QuickFrames)?;
    let ids = ZENLAYER.running(fixture, 1);
    fixture.page.compose(&Form { mode: Some("force"), ..ZENLAYER.form(&ids[0]) }).await?;
    fixture.page.review().await?;
    fixture.page.wait_for("[data-action=send][data-armed]").await?;
    fixture.page.fill("typedCount", "").await?;
    let script = "const field = first('[name=typedCount]'); field.value = '1'; \
         field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true })); \
         const button = first('[data-action=send]'); window.tries = 0; \
         const go = () => { if (button.dataset.armed === undefined) { \
           window.tries += 1; button.click(); } if (window.tries < 5) requestAnimationFrame(go); }; \
         requestAnimationFrame(go);";
    fixture.page.run(script, &[]).await?;
    fixture.page.wait_until("five early clicks", "return window.tries === 5;", &[]).await?;
    fixture.page.wait_for("[data-action=send][data-armed]").await?;
    let script = "window.dispatchEvent(new FocusEvent('focus')); const button = first('[data-action=send]'); \
         return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => { \
           const early = button.dataset.armed === undefined; button.click(); done(early); })));";
    ensure!(fixture.page.run(script, &[]).await? == true, "armed at once in a window brought up");
    ensure!(fixture.power_calls().is_empty(), "an early click has sent");
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids, ACCEPTED).await?;
    one_arrival(fixture, true)
}

/// The button can be focused from the start: what is pressed too early does nothing, and takes nothing away.
async fn early_press(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::QuickFrames)?;
    let ids = TENCENT.running(fixture, 1);
    let page = &fixture.page;
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.review().await?;
    let script = "const button = first('[data-action=send]'); window.dispatchEvent(new FocusEvent('focus')); \
         return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => { \
           button.focus(); const early = button.dataset.armed === undefined; button.click(); \
           requestAnimationFrame(() => done(early && button.matches(':focus'))); })));";
    ensure!(page.run(script, &[]).await? == true, "it was armed, or the focus has moved");
    page.wait_for("[data-action=send][data-armed]:focus").await?;
    ensure!(fixture.power_calls().is_empty(), "an early press has sent");
    page.press(&String::from(Key::Enter.value())).await?;
    page.wait_for_outcomes(&ids, ACCEPTED).await?;
    one_arrival(fixture, true)
}

async fn erase_several(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.stopped(fixture, 2).join("\n");
    let form = Form { operation: Some("StartInstance"), ..ALIBABA.form(&ids) };
    fixture.page.compose(&form).await?;
    fixture.page.tick("erase", true).await?;
    refused(fixture, "#e-erase").await
}

async fn dry_run_success_first(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 2).join("\n");
    fixture.page.compose(&Form { dry_run: true, ..ALIBABA.form(&ids) }).await?;
    // A dry run sets the batch mode to all-or-none by itself, since each alone proves nothing.
    ensure!(fixture.page.value("batching").await? == "AllTogether");
    fixture.page.choose("batching", "SuccessFirst").await?;
    refused(fixture, "#e-batching").await?;
    // In the words of the buttons.
    let words = fixture.page.text("#e-batching").await?;
    let chosen = fixture.page.shown("batching").await?;
    ensure!(words.contains(&chosen) && !words.contains("SuccessFirst"), "{words}");
    Ok(())
}

async fn refused(fixture: &Fixture, sentence: &str) -> Result<()> {
    fixture.page.act("review").await?;
    let words = fixture.page.text(sentence).await?;
    ensure!(words.len() > 20, "{words}");
    ensure!(!fixture.page.sees("[data-step=review]").await?);
    ensure!(fixture.calls().is_empty());
    Ok(())
}

/// The first missing value is reported at its field, which gets the focus.
async fn incomplete(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let id = &TENCENT.running(fixture, 1)[0];
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
    ensure!(fixture.power_calls().is_empty());
    Ok(())
}

/// The review is of what was filled in: a change leaves the review.
async fn change(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let page = &fixture.page;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.choose("mode", "hard").await?;
    page.wait_for_step("compose").await?;
    page.wait_for_no("[data-action=send]").await?;
    page.choose("mode", "soft").await?;
    page.review().await?;
    page.act("cancel").await?;
    page.wait_for_step("compose").await?;
    ensure!(fixture.power_calls().is_empty());
    // And in the end exactly what is shown goes out.
    send(fixture, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(&ids[..1], ACCEPTED).await?;
    ensure!(fixture.power_calls()[0].ids == ids[..1]);
    Ok(())
}

const ACCEPTED: &[&str] = &["accepted", "in-progress", "proven"];
