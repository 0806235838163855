//! Faults between the page and the cloud, and the outcome of each. In every case: one arrival at most, and
//! nothing is called accepted that the cloud did not accept.

use crate::support::{
    ALIBABA, Account, CARD, TENCENT, ZENLAYER, listen, outcome_history, send, wait_for_describes,
};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, case, suite::Case};
use relight_sandbox::fleet::State;
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("faults::lost_answer_is_reconciled_by_describing", lost),
        case!("faults::cut_off_body_is_unknown", cut_off),
        case!("faults::cut_off_head_is_unknown", cut_head),
        case!("faults::too_long_an_answer_is_unknown", too_long_an_answer),
        case!("faults::silence_until_the_deadline_is_unknown", silence),
        case!("faults::garbage_is_unknown", garbage),
        case!("faults::web_page_is_unknown", web_page),
        case!("faults::empty_answer_is_unknown", empty),
        case!("faults::server_error_is_unknown", server_error),
        case!("faults::bad_gateway_without_type_is_unknown", untyped),
        case!("faults::foreign_404_is_unknown", foreign),
        case!("faults::login_redirect_is_unknown", login),
        case!("faults::answer_without_proxy_status_is_unknown", nobody),
        case!("faults::upstream_lost_is_unknown", upstream),
        case!("faults::nonce_used_is_unknown", nonce),
        case!("faults::operation_in_progress_is_unknown", in_progress),
        case!("faults::stuck_while_stopping_is_skipped", stuck),
        case!("faults::cut_before_is_unknown", cut_before),
        case!("faults::unreachable_is_not_sent", unreachable),
        case!("faults::no_such_name_is_not_sent", no_name),
        case!("faults::a_host_that_does_not_connect_is_not_sent", black_hole),
        case!("faults::bad_certificate_is_not_sent", certificate),
        case!("faults::too_long_for_the_proxy_is_not_sent", too_long),
        case!("faults::dead_proxy_is_never_accepted", dead_proxy),
        case!("faults::the_form_survives_a_failed_send", nothing_lost),
    ]
}

/// The operation was executed, and the response lost: describing finds out, without a second call.
async fn lost(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 2);
    listen(fixture).await?;
    fixture.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    send(fixture, &ALIBABA.form(&ids.join(" "))).await?;
    fixture.page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    ensure!(fixture.page.all_text().await?.contains("restarted, unknown by whom"));
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
        ensure!(!history.iter().any(|one| one == "accepted"), "{history:?}");
    }
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].executed, "{calls:#?}");
    ensure!(ALIBABA.reboots(fixture, &ids)? == [1, 1]);
    ensure!(fixture.describe_count() > 0);
    Ok(())
}

async fn cut_off(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, TENCENT, json!({ "fault": "cut-off-body" }), Some(true)).await
}

async fn cut_head(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ALIBABA, json!({ "fault": "cut-head" }), Some(true)).await
}

/// Longer than is read: a describe fails before anything is sent, a change stays unknown.
async fn too_long_an_answer(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 1);
    let page = &fixture.page;
    let titles = [("en", "The response is too long"), ("zh", "应答过长")];
    let is_said = async |place: &str| {
        for (language, title) in titles {
            page.wait_for(&format!(".relight[lang^={language}]")).await?;
            let text = page.text(place).await?;
            ensure!(text.contains(title) && text.contains("answer-too-long"), "{language}: {text}");
            ensure!(text.contains("4 MiB"), "{language}: {text}");
            page.act("language").await?;
        }
        page.wait_for(".relight[lang^=en]").await
    };
    fixture
        .fault(&json!({ "fault": "long-answer", "action": "DescribeInstances", "times": null }))?;
    page.compose(&ALIBABA.form(&ids[0])).await?;
    page.act("review").await?;
    page.wait_for("[data-action=review-unseen]").await?;
    is_said(".looking").await?;
    page.act("cancel").await?;
    page.wait_for_step("compose").await?;
    ensure!(fixture.power_calls().is_empty());
    fixture.clear_faults();
    unknown(fixture, ALIBABA, json!({ "fault": "long-answer", "executed": false }), Some(false))
        .await?;
    page.wait_for(CARD).await?;
    is_said(CARD).await
}

/// The request was received, the connection stays open, and nothing comes: the page gives up at its
/// deadline, whose length alone is simulated, and describes.
async fn silence(fixture: &mut Fixture) -> Result<()> {
    let script = "() => { const later = window.setTimeout; window.deadlines = 0; \
         window.setTimeout = (then, ms, ...more) => { \
           const is_deadline = ms === 35000; window.deadlines += is_deadline; \
           return later(then, is_deadline ? 3000 : ms, ...more); }; }";
    fixture.page.session().before_every_page(script).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await?;
    unknown(fixture, TENCENT, json!({ "fault": "silent" }), Some(true)).await?;
    let deadlines = fixture.page.run("return window.deadlines;", &[]).await?;
    ensure!(deadlines.as_u64() >= Some(2), "the deadline was not the page's: {deadlines}");
    Ok(())
}

async fn garbage(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ZENLAYER, json!({ "fault": "garbage" }), Some(true)).await
}

async fn web_page(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ALIBABA, json!({ "fault": "html" }), Some(true)).await
}

async fn empty(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, TENCENT, json!({ "fault": "empty-200" }), Some(true)).await
}

async fn server_error(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ZENLAYER, json!({ "fault": "status", "status": 503 }), Some(false)).await
}

async fn untyped(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ALIBABA, json!({ "fault": "untyped-502" }), Some(false)).await
}

async fn foreign(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, TENCENT, json!({ "fault": "foreign-404" }), None).await
}

async fn login(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ZENLAYER, json!({ "fault": "login-redirect" }), None).await
}

async fn nobody(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ALIBABA, json!({ "fault": "no-proxy-status" }), Some(true)).await
}

async fn upstream(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, TENCENT, json!({ "fault": "upstream-cut" }), Some(true)).await
}

/// It may be the echo of our own first copy.
async fn nonce(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ALIBABA, json!({ "fault": "nonce-used" }), Some(true)).await
}

/// It may be our own first copy that is in progress.
async fn in_progress(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    listen(fixture).await?;
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "OperationDenied.InstanceOperationInProgress" }))?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    // The instance runs as before: that proves nothing, and it stays unknown.
    wait_for_describes(fixture, fixture.describe_count() + 2).await?;
    fixture.page.wait_for_outcomes(&ids, &["unknown"]).await?;
    let history = outcome_history(fixture, &ids[0]).await?;
    ensure!(history == ["sending", "unknown"], "{history:?}");
    ensure!(fixture.power_calls().len() == 1 && TENCENT.reboots(fixture, &ids)? == [0]);
    // A retry is possible, with a warning.
    fixture.page.act("new-run").await?;
    fixture.page.act("bring-back-ids").await?;
    fixture.page.wait_for_value("instanceIds", &ids[0]).await?;
    fixture.page.review().await?;
    let words = fixture.page.text("[data-doubted='1']").await?;
    ensure!(words.contains("second time"), "{words}");
    ensure!(fixture.power_calls().len() == 1);
    Ok(())
}

/// An instance that stops for ever is found before anything is sent, and does not hold up another.
async fn stuck(fixture: &mut Fixture) -> Result<()> {
    let all = fixture.instances(TENCENT.cloud, "ap-guangzhou");
    let stuck = all.iter().find(|one| one.state == State::Stopping);
    let stuck = stuck.map(|one| one.id.clone()).context("an instance that is stuck")?;
    let ids = [TENCENT.running(fixture, 1), vec![stuck.clone()]].concat();
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    fixture.page.wait_for("[data-skipped=stopping]").await?;
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    fixture.page.wait_for_outcomes(&ids[1..], &["skipped"]).await?;
    ensure!(fixture.power_calls().iter().all(|call| call.ids == ids[..1]));
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 0]);
    Ok(())
}

async fn cut_before(fixture: &mut Fixture) -> Result<()> {
    unknown(fixture, ZENLAYER, json!({ "fault": "cut-before" }), Some(false)).await
}

async fn unreachable(fixture: &mut Fixture) -> Result<()> {
    not_sent(fixture, ALIBABA, "unreachable").await
}

async fn no_name(fixture: &mut Fixture) -> Result<()> {
    not_sent(fixture, TENCENT, "dns").await
}

async fn black_hole(fixture: &mut Fixture) -> Result<()> {
    not_sent(fixture, ZENLAYER, "timeout").await
}

async fn certificate(fixture: &mut Fixture) -> Result<()> {
    not_sent(fixture, TENCENT, "tls").await
}

/// The proxy takes no body of that length. Sent again it would not be shorter.
async fn too_long(fixture: &mut Fixture) -> Result<()> {
    not_sent(fixture, ALIBABA, "too-long").await?;
    ensure!(fixture.undelivered() == 1, "sent again in vain");
    Ok(())
}

/// A fault of the reboot itself; the describes pass. `executed` is whether the cloud executed
/// it out, none if it never got there.
async fn unknown(
    fixture: &Fixture,
    account: Account,
    mut fault: Value,
    executed: Option<bool>,
) -> Result<()> {
    let ids = account.running(fixture, 1);
    listen(fixture).await?;
    fault["action"] = json!("RebootInstances");
    fixture.fault(&fault)?;
    send(fixture, &account.form(&ids[0])).await?;
    if executed == Some(true) {
        fixture.page.wait_for_outcomes(&ids, &["in-progress", "running-unproven"]).await?;
    } else {
        // The instance runs as before: that proves nothing, and it stays unknown.
        wait_for_describes(fixture, fixture.describe_count() + 2).await?;
        fixture.page.wait_for_outcomes(&ids, &["unknown"]).await?;
    }
    let history = outcome_history(fixture, &ids[0]).await?;
    ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
    ensure!(!history.iter().any(|one| one == "accepted"), "{history:?}");
    let calls = fixture.power_calls();
    ensure!(calls.len() == usize::from(executed.is_some()), "{calls:#?}");
    ensure!(calls.iter().all(|call| Some(call.executed) == executed), "{calls:#?}");
    let reboots = u32::from(executed == Some(true));
    ensure!(account.reboots(fixture, &ids)? == [reboots]);
    ensure!(fixture.undelivered() == usize::from(executed.is_none()));
    Ok(())
}

/// The proxy says, in a way that only it can, that nothing left it.
async fn not_sent(fixture: &Fixture, account: Account, fault: &str) -> Result<()> {
    let ids = account.running(fixture, 2);
    listen(fixture).await?;
    fixture.fault(&json!({ "fault": fault, "action": "RebootInstances", "times": null }))?;
    send(fixture, &account.form(&ids.join(","))).await?;
    fixture.page.wait_for_outcomes(&ids, &["not-sent"]).await?;
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        let odd = |one: &String| ["accepted", "unknown", "in-progress"].contains(&one.as_str());
        ensure!(!history.iter().any(odd), "{history:?}");
    }
    ensure!(fixture.power_calls().is_empty());
    ensure!(fixture.undelivered() > 0);
    Ok(())
}

/// The port is closed after the page has loaded: a browser cannot tell that from a lost answer.
async fn dead_proxy(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    listen(fixture).await?;
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    let before = fixture.calls().len();
    fixture.site.close();
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids, &["unknown", "not-sent"]).await?;
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        let good = |one: &String| ["accepted", "in-progress", "proven"].contains(&one.as_str());
        ensure!(!history.iter().any(good), "{history:?}");
    }
    ensure!(fixture.calls().len() == before);
    Ok(())
}

/// After a send that failed, the form is as it was.
async fn nothing_lost(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let text = format!("{}\n  nonsense!,{}", ids[0], ids[1]);
    fixture
        .fault(&json!({ "fault": "unreachable", "action": "RebootInstances", "times": null }))?;
    let form = TENCENT.form(&text);
    let form = relight_e2e::page::Form { mode: Some("soft"), ..form };
    send(fixture, &form).await?;
    fixture.page.wait_for_outcomes(&ids, &["not-sent"]).await?;
    fixture.page.act("new-run").await?;
    // The ids of another run are not sent by mistake: they come back by a click.
    fixture.page.wait_for_value("instanceIds", "").await?;
    fixture.page.act("bring-back-ids").await?;
    let text = ids.join("\n");
    fixture.page.wait_for_value("instanceIds", &text).await?;
    for (name, value) in [
        ("cloud", "tencent"),
        ("region", "ap-guangzhou"),
        ("operation", "RebootInstances"),
        ("mode", "soft"),
        ("keyId", TENCENT.key_id),
        ("instanceIds", text.as_str()),
    ] {
        let now = fixture.page.value(name).await?;
        ensure!(now == value, "{name} is {now:?} and was {value:?}");
    }
    // The secret is not on the page, but it is still there: the same again can be sent at once.
    fixture.page.review().await?;
    Ok(())
}
