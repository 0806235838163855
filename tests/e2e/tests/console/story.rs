//! The way that most people go: restart some, start some, with keys of both kinds, by mouse and by
//! keyboard.

use crate::support::{ALIBABA, Account, TENCENT, ZENLAYER, listen, outcome_history, refusal, send};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, case, page::Form, suite::Case};
use serde_json::json;
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("story::alibaba_reboot_three_start_two", alibaba),
        case!("story::tencent_reboot_three_start_two", tencent),
        case!("story::zenlayer_reboot_three_start_two", zenlayer),
        case!("story::alibaba_temporary_key", alibaba_token),
        case!("story::tencent_temporary_key", tencent_token),
        case!("story::keyboard_only", keyboard),
        case!("story::reload_brings_the_run_back", reload),
    ]
}

async fn alibaba(fixture: &mut Fixture) -> Result<()> {
    reboot_and_start(fixture, ALIBABA).await
}

async fn tencent(fixture: &mut Fixture) -> Result<()> {
    reboot_and_start(fixture, TENCENT).await
}

async fn zenlayer(fixture: &mut Fixture) -> Result<()> {
    reboot_and_start(fixture, ZENLAYER).await
}

async fn reboot_and_start(fixture: &Fixture, account: Account) -> Result<()> {
    let ids = account.running(fixture, 3);
    let stopped = account.stopped(fixture, 2);
    listen(fixture).await?;
    fixture.page.compose(&account.form(&ids.join("\n"))).await?;
    ensure!(fixture.calls().is_empty(), "something was sent before it was asked for");
    fixture.page.review().await?;
    let button = fixture.page.text("[data-action=send]").await?;
    ensure!(button.contains('3'), "the count is on the button, not {button:?}");
    let review = fixture.page.all_text().await?;
    for id in &ids {
        ensure!(review.contains(id.as_str()), "{id} is not in the review");
    }
    ensure!(fixture.power_calls().is_empty(), "something was sent before it was confirmed");
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;

    let calls = fixture.power_calls();
    ensure!(calls.len() == 1, "{calls:#?}");
    ensure!(calls[0].action == "RebootInstances" && calls[0].ids == ids, "{calls:#?}");
    ensure!(calls[0].executed && calls[0].signature == "ok", "{calls:#?}");
    ensure!(account.reboots(fixture, &ids)? == [1, 1, 1]);
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        ensure!(history.first().is_some_and(|one| one == "sending"), "{history:?}");
        ensure!(history.get(1).is_some_and(|one| one == "accepted"), "{history:?}");
        ensure!(history.last().is_some_and(|one| one == "proven"), "{history:?}");
    }
    let text = fixture.page.all_text().await?;
    ensure!(text.contains(&calls[0].request_id), "the request id is not on the page");

    // The same form, with the key still held, starts others.
    fixture.page.act("new-run").await?;
    fixture.page.wait_for_step("compose").await?;
    fixture.page.choose("operation", "StartInstances").await?;
    fixture.page.paste("instanceIds", &stopped.join(", ")).await?;
    fixture.page.review().await?;
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&stopped, &["proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 2, "{calls:#?}");
    ensure!(calls[1].action == "StartInstances" && calls[1].ids == stopped && calls[1].executed);
    ensure!(account.starts(fixture, &stopped)? == [1, 1]);
    ensure!(account.reboots(fixture, &ids)? == [1, 1, 1], "the start rebooted something");
    Ok(())
}

async fn alibaba_token(fixture: &mut Fixture) -> Result<()> {
    let key = ("STS.sandboxdemo000000000002", "sandbox-alibaba-secret-0000002");
    temporary(fixture, ALIBABA, key, "sandbox/alibaba+session=token==").await
}

async fn tencent_token(fixture: &mut Fixture) -> Result<()> {
    let key = ("AKIDsandboxdemo000000000000000000002", "sandbox-tencent-secret-000000002");
    temporary(fixture, TENCENT, key, "sandbox/tencent+session=token==").await
}

async fn temporary(
    fixture: &Fixture,
    account: Account,
    (key_id, secret): (&str, &str),
    token: &str,
) -> Result<()> {
    let ids = account.running(fixture, 1);
    let form = Form { key_id, secret, token: Some(token), ..account.form(&ids[0]) };
    send(fixture, &form).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].executed && calls[0].key_id == key_id, "{calls:#?}");
    ensure!(!fixture.page.everything().await?.contains(token), "the token is in the page");
    Ok(())
}

/// What was seen is seen again after a reload, what was accepted is watched on, and nothing is sent.
async fn reload(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 3);
    fixture.fault(&refusal(&ids[2]))?;
    send(fixture, &ALIBABA.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&ids[..2], &["accepted", "in-progress"]).await?;
    fixture.page.wait_for_outcomes(&ids[2..], &["rejected"]).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("run").await?;
    fixture.page.wait_for_outcomes(&ids[2..], &["rejected"]).await?;
    ensure!(!fixture.page.everything().await?.contains(ALIBABA.secret));
    ensure!(fixture.power_calls().len() == 1, "the reload has sent something");
    ensure!(ALIBABA.reboots(fixture, &ids)? == [1, 1, 0]);
    Ok(())
}

/// A soft reboot of one, without a mouse.
async fn keyboard(fixture: &mut Fixture) -> Result<()> {
    let ids = ZENLAYER.running(fixture, 1);
    let page = &fixture.page;
    let enter = String::from(Key::Enter.value());
    // Zenlayer is chosen by its first letter, as people do in a select.
    page.tab_to("[name=cloud]").await?;
    page.press("Z").await?;
    page.wait_until("Zenlayer", "return all('[name=cloud]')[0].value === 'zenlayer';", &[]).await?;
    page.tab_to("[name=instanceIds]").await?;
    page.press(&ids[0]).await?;
    page.tab_to("[name=keyId]").await?;
    page.press(ZENLAYER.key_id).await?;
    page.tab_to("[name=secret]").await?;
    page.press(ZENLAYER.secret).await?;
    page.tab_to("[data-action=review]").await?;
    page.press(&enter).await?;
    page.wait_for("[data-action=send][data-armed]").await?;
    ensure!(fixture.power_calls().is_empty(), "Enter alone must not send");
    // Back, and on again: the focus is where it was.
    page.press(&enter).await?;
    page.wait_for_step("compose").await?;
    let focused = "return root.activeElement?.matches(a) || null;";
    page.wait_until("the focus to come back", focused, &[json!("[data-action=review]")]).await?;
    page.press(&enter).await?;
    page.wait_for("[data-action=send][data-armed]").await?;
    page.tab_to("[data-action=send]").await?;
    page.press(&enter).await?;
    page.wait_for_step("run").await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(ZENLAYER.reboots(fixture, &ids)? == [1]);
    ensure!(fixture.power_calls().len() == 1);
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    page.tab_to("[data-action=new-run]").await?;
    page.press(&enter).await?;
    page.wait_for_step("compose").await?;
    page.wait_until("the focus on what is new", focused, &[json!("main")]).await?;
    Ok(())
}
