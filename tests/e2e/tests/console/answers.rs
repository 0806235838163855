//! Responses of the clouds: partial refusals, wrong keys and regions, dry runs, throttling.

use crate::support::{
    ALIBABA, Account, CARD, TENCENT, ZENLAYER, explanation, fail_describes, is_chinese, listen,
    one_arrival, outcome_history, refusal, send, send_without_preflight,
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, case, page::Form, suite::Case};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("answers::alibaba_partial", alibaba_partial),
        case!("answers::zenlayer_failed_list", zenlayer_failed_list),
        case!("answers::tencent_batch_refused_by_one", tencent_batch),
        case!("answers::tencent_bad_id_is_isolated_by_describing", isolated_by_describing),
        case!("answers::tencent_bad_id_is_isolated_by_halving", isolated_by_halving),
        case!("answers::alibaba_wrong_secret", alibaba_secret),
        case!("answers::tencent_wrong_secret", tencent_secret),
        case!("answers::zenlayer_wrong_secret", zenlayer_secret),
        case!("answers::unknown_key", unknown_key),
        case!("answers::alibaba_wrong_region", alibaba_region),
        case!("answers::tencent_wrong_region", tencent_region),
        case!("answers::dry_run_passes", dry_run_passes),
        case!("answers::dry_run_of_one_passes", dry_run_of_one),
        case!("answers::dry_run_fails", dry_run_fails),
        case!("answers::throttled_is_sent_again_by_itself", throttled),
        case!("answers::throttled_reads_wait_for_the_minute", reads_wait),
        case!("answers::refused_is_sent_again_by_a_person", retried),
        case!("answers::ineligible_instances_are_skipped", skipped),
        case!("answers::alibaba_in_two_languages", alibaba_words),
        case!("answers::tencent_in_two_languages", tencent_words),
        case!("answers::zenlayer_in_two_languages", zenlayer_words),
    ]
}

/// SuccessFirst: each instance for itself.
async fn alibaba_partial(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 3);
    let good = [ids[0].clone(), ids[2].clone()];
    fixture.fault(&refusal(&ids[1]))?;
    send(fixture, &ALIBABA.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&good, &["accepted", "in-progress", "proven"]).await?;
    fixture.page.wait_for_outcomes(&ids[1..2], &["rejected"]).await?;
    ensure!(fixture.page.outcomes().await?.len() == 3, "three ids, three rows");
    one_arrival(fixture, true)?;
    ensure!(fixture.power_calls()[0].ids == ids);
    ensure!(ALIBABA.reboots(fixture, &ids)? == [1, 0, 1]);
    ensure!(explanation(fixture).await?.contains("IncorrectInstanceStatus"));
    fixture.page.wait_for_outcomes(&good, &["proven"]).await
}

/// Zenlayer lists the failed ones, and says nothing of the others.
async fn zenlayer_failed_list(fixture: &mut Fixture) -> Result<()> {
    let ids = ZENLAYER.running(fixture, 3);
    let fault = json!({ "fault": "failed", "cloud": "zenlayer", "action": "RebootInstances",
        "instanceIds": [ids[1]] });
    fixture.fault(&fault)?;
    send(fixture, &ZENLAYER.form(&ids.join("\n"))).await?;
    // It may be the echo of a first copy of the call, so it is checked; it never counts as done.
    fixture.page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    let good = [ids[0].clone(), ids[2].clone()];
    fixture.page.wait_for_outcomes(&good, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)?;
    ensure!(ZENLAYER.reboots(fixture, &ids)? == [1, 0, 1]);
    fixture.page.wait_for_outcomes(&good, &["proven"]).await?;
    fixture.page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    // There is nothing to retry, and the bar does not say otherwise.
    ensure!(!fixture.page.sees("[data-action=retry-failed]").await?);
    let card = explanation(fixture).await?;
    ensure!(card.contains(&ids[1]), "{card}");
    Ok(())
}

/// One bad id refuses the whole call.
async fn tencent_batch(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 3);
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "UnsupportedOperation.InstanceStateStopped", "instanceIds": [ids[1]] }))?;
    listen(fixture).await?;
    send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    one_arrival(fixture, false)?;
    ensure!(TENCENT.reboots(fixture, &ids)? == [0, 0, 0]);
    for id in &ids {
        ensure!(outcome_history(fixture, id).await? == ["sending", "rejected"]);
    }
    let text = fixture.page.all_text().await?;
    ensure!(text.contains("UnsupportedOperation.InstanceStateStopped"), "the code is shown");
    Ok(())
}

/// Sent without a preflight, one of four is stopped. The describe shows it, and the others are sent.
async fn isolated_by_describing(fixture: &mut Fixture) -> Result<()> {
    let ids = [TENCENT.running(fixture, 3), TENCENT.stopped(fixture, 1)].concat();
    send_without_preflight(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    isolate(fixture, &ids).await?;
    fixture.page.wait_for_outcomes(&ids[..3], &["proven"]).await?;
    fixture.page.wait_for_outcomes(&ids[3..], &["rejected"]).await?;
    let sizes: Vec<usize> = fixture.power_calls().iter().map(|call| call.ids.len()).collect();
    ensure!(sizes == [4, 3], "{sizes:?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1, 1, 0]);
    Ok(())
}

/// The describe shows nothing wrong with any: two halves.
async fn isolated_by_halving(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "UnsupportedOperation.InstanceStateStopped", "instanceIds": [ids[1]] }))?;
    send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    isolate(fixture, &ids).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    let sizes: Vec<usize> = fixture.power_calls().iter().map(|call| call.ids.len()).collect();
    ensure!(sizes == [4, 2, 2], "{sizes:?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1; 4]);
    Ok(())
}

/// All of a call were refused; after a confirmed choice, the bad one is isolated.
async fn isolate(fixture: &Fixture, ids: &[String]) -> Result<()> {
    fixture.page.wait_for_outcomes(ids, &["rejected"]).await?;
    ensure!(fixture.power_calls().len() == 1 && !fixture.power_calls()[0].executed);
    fixture.page.act("narrow").await?;
    fixture.page.wait_for("[data-action=confirm]").await?;
    ensure!(fixture.power_calls().len() == 1, "it is confirmed first");
    fixture.page.act("confirm").await
}

async fn alibaba_secret(fixture: &mut Fixture) -> Result<()> {
    wrong_secret(fixture, ALIBABA, "SignatureDoesNotMatch").await
}

async fn tencent_secret(fixture: &mut Fixture) -> Result<()> {
    wrong_secret(fixture, TENCENT, "AuthFailure.SignatureFailure").await
}

async fn zenlayer_secret(fixture: &mut Fixture) -> Result<()> {
    wrong_secret(fixture, ZENLAYER, "AUTHFAILURE_SIGNATURE_FAILURE").await
}

async fn wrong_secret(fixture: &Fixture, account: Account, code: &str) -> Result<()> {
    let secret = "not-the-secret-of-this-key-00001";
    wrong_key(fixture, account, Form { secret, ..account.form("") }, code).await?;
    ensure!(!fixture.page.everything().await?.contains(secret), "the secret is in the page");
    Ok(())
}

async fn unknown_key(fixture: &mut Fixture) -> Result<()> {
    let key_id = "AKIDnobodyknowsthiskey00000000000001";
    let form = Form { key_id, ..TENCENT.form("") };
    wrong_key(fixture, TENCENT, form, "AuthFailure.SecretIdNotFound").await
}

/// The preflight finds it; without the preflight the cloud refuses it.
async fn wrong_key(fixture: &Fixture, account: Account, form: Form<'_>, code: &str) -> Result<()> {
    let ids = account.running(fixture, 2);
    let text = ids.join("\n");
    let page = &fixture.page;
    page.compose(&Form { ids: &text, ..form }).await?;
    page.act("review").await?;
    page.wait_for("[data-action=review-unseen]").await?;
    // Asked for at once, where it is typed.
    page.wait_for("[name=secret]:focus").await?;
    ensure!(fixture.describe_count() == 1, "it was tried {} times", fixture.describe_count());
    let said = |text: &str| text.to_lowercase().contains(&code.to_lowercase());
    let text = page.all_text().await?;
    ensure!(said(&text), "{code} is not shown before anything is sent: {text}");
    ensure!(fixture.power_calls().is_empty());
    page.act("review-unseen").await?;
    page.wait_for_step("review").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && !calls[0].executed && calls[0].signature != "ok", "{calls:#?}");
    ensure!(account.reboots(fixture, &ids)? == [0, 0]);
    let card = explanation(fixture).await?;
    ensure!(said(&card), "{code} is not in {card}");
    Ok(())
}

async fn alibaba_region(fixture: &mut Fixture) -> Result<()> {
    wrong_region(fixture, ALIBABA, "cn-beijing", "NotFound").await
}

async fn tencent_region(fixture: &mut Fixture) -> Result<()> {
    wrong_region(fixture, TENCENT, "ap-shanghai", "InvalidInstanceId.NotFound").await
}

/// Ids of another region are not found there.
async fn wrong_region(fixture: &Fixture, account: Account, region: &str, code: &str) -> Result<()> {
    let ids = account.running(fixture, 2);
    let text = ids.join("\n");
    let form = Form { region: Some(region), ..account.form(&text) };
    // The preflight finds none of them, and there is nothing to send.
    fixture.page.compose(&form).await?;
    fixture.page.act("review").await?;
    fixture.page.wait_for_step("review").await?;
    ensure!(!fixture.page.sees("[data-action=send]").await?);
    fixture.page.click("[data-skipped=not-found] summary").await?;
    let review = fixture.page.all_text().await?;
    for id in &ids {
        ensure!(review.contains(id.as_str()), "{id} is not in the review");
    }
    fixture.page.choose("region", account.region.unwrap_or_default()).await?;
    fixture.page.wait_for_step("compose").await?;
    // Without a preflight the cloud refuses it.
    send_without_preflight(fixture, &form).await?;
    fixture.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].region == region, "{calls:#?}");
    ensure!(account.reboots(fixture, &ids)? == [0, 0]);
    let card = explanation(fixture).await?;
    ensure!(card.contains(code), "{code} is not in {card}");
    Ok(())
}

/// A dry run that passes arrives as an error, and is none.
async fn dry_run_passes(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 2);
    let text = ids.join("\n");
    dry_run(fixture, &Form { dry_run: true, ..ALIBABA.form(&text) }, &ids).await
}

async fn dry_run_of_one(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 1);
    let form = Form { dry_run: true, operation: Some("RebootInstance"), ..ALIBABA.form(&ids[0]) };
    dry_run(fixture, &form, &ids).await
}

async fn dry_run(fixture: &Fixture, form: &Form<'_>, ids: &[String]) -> Result<()> {
    send(fixture, form).await?;
    fixture.page.wait_for_outcomes(ids, &["dry-run-passed"]).await?;
    one_arrival(fixture, false)?;
    ensure!(ALIBABA.reboots(fixture, ids)?.iter().all(|count| *count == 0));
    // Green, with a word: not by colour alone.
    fixture.page.wait_for("[data-outcome=dry-run-passed] .chip.good").await?;
    let request = fixture.site.proxied().concat();
    ensure!(request.contains("DryRun=true"), "{request}");
    Ok(())
}

async fn dry_run_fails(fixture: &mut Fixture) -> Result<()> {
    let running = ALIBABA.running(fixture, 1);
    let stopped = ALIBABA.stopped(fixture, 1);
    let ids = [&running[..], &stopped[..]].concat();
    let text = ids.join("\n");
    send_without_preflight(fixture, &Form { dry_run: true, ..ALIBABA.form(&text) }).await?;
    fixture.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    one_arrival(fixture, false)?;
    ensure!(ALIBABA.reboots(fixture, &ids)? == [0, 0]);
    Ok(())
}

/// Throttled: nothing was executed, and it is sent again within the rate limit.
async fn throttled(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    listen(fixture).await?;
    fixture.fault(&json!({ "fault": "throttled", "action": "RebootInstances", "times": 2 }))?;
    send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 3, "{calls:#?}");
    for (place, call) in calls.iter().enumerate() {
        ensure!(call.executed == (place == 2) && call.ids == ids, "{calls:#?}");
    }
    ensure!(calls[0].code.as_deref() == Some("RequestLimitExceeded"), "{calls:#?}");
    // It backs off: a second and more between the tries.
    ensure!(calls[1].at_ms - calls[0].at_ms >= 500, "{calls:#?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1]);
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        ensure!(!history.iter().any(|one| one == "unknown" || one == "rejected"), "{history:?}");
    }
    Ok(())
}

/// A cloud that counts by the minute counts reads, too: the check and the list wait for the next one,
/// and say so.
async fn reads_wait(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 1);
    let page = &fixture.page;
    page.compose(&ALIBABA.form(&ids[0])).await?;
    for action in ["review", "list-instances"] {
        fixture.fault(&json!({ "fault": "throttled", "cloud": "alibaba", "times": 1 }))?;
        let before = fixture.describe_count();
        page.act(action).await?;
        let shown = "return Number(first('[data-throttled]')?.textContent.match(/(\\d+) s$/)?.[1]) || null;";
        let first = page.wait_until("the seconds", shown, &[]).await?.as_u64().unwrap_or_default();
        page.screenshot(&format!("{}-throttled-{action}", page.browser())).await?;
        // Near the end of a minute there is nothing to see.
        if first > 8 {
            let later =
                format!("{} || null", shown.replace(" || null;", &format!(" < {}", first - 4)));
            page.wait_until("four seconds less", &later, &[]).await?;
            ensure!(fixture.describe_count() == before + 1, "read again in the refused minute");
        }
        page.act(if action == "review" { "cancel" } else { "stop-list" }).await?;
        page.wait_for_no("[data-throttled]").await?;
        page.wait_for_step("compose").await?;
    }
    Ok(())
}

/// What was refused for a reason that can be mended is sent again when a person confirms it.
async fn retried(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "UnauthorizedOperation" }))?;
    send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    one_arrival(fixture, false)?;
    ensure!(explanation(fixture).await?.contains("UnauthorizedOperation"));
    let button = fixture.page.text("[data-action=retry-failed]").await?;
    ensure!(button.contains('2'), "{button}");
    fixture.page.act("retry-failed").await?;
    fixture.page.wait_for("[data-action=confirm]").await?;
    ensure!(fixture.power_calls().len() == 1, "it is confirmed first");
    fixture.page.act("confirm").await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 2 && calls[1].executed && calls[1].ids == ids, "{calls:#?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1]);
    Ok(())
}

/// The wrong state and the unknown id are found before anything is sent, and do not stop the others.
async fn skipped(fixture: &mut Fixture) -> Result<()> {
    let good = TENCENT.running(fixture, 2);
    let stopped = TENCENT.stopped(fixture, 1);
    let bad = [stopped[0].clone(), UNKNOWN_TENCENT.to_owned()];
    let ids = [&good[..1], &bad[..], &good[1..]].concat();
    let page = &fixture.page;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    ensure!(page.text("[data-action=send]").await?.contains('2'), "two can take it");
    for reason in ["stopped", "not-found"] {
        page.click(&format!("[data-skipped={reason}] summary")).await?;
    }
    let english = page.text("[data-step=review]").await?;
    for id in &ids {
        ensure!(english.contains(id.as_str()), "{id} is not in the review: {english}");
    }
    ensure!(english.contains("stopped") && english.contains("not found"), "{english}");
    page.act("language").await?;
    page.wait_for(".relight[lang^=zh]").await?;
    let chinese = page.text("[data-step=review]").await?;
    ensure!(chinese.contains("已停止") && chinese.contains("不存在"), "{chinese}");
    page.act("language").await?;
    page.send().await?;
    page.wait_for_outcomes(&good, &["proven"]).await?;
    page.wait_for_outcomes(&bad, &["skipped"]).await?;
    one_arrival(fixture, true)?;
    ensure!(fixture.power_calls()[0].ids == good);
    ensure!(TENCENT.reboots(fixture, &good)? == [1, 1]);
    Ok(())
}

/// Of the right shape, and of no instance.
const UNKNOWN_ALIBABA: &str = "i-bp1zzzzzzzzzzzzzzzzz";
const UNKNOWN_TENCENT: &str = "ins-zzzzzzzz";
const UNKNOWN_ZENLAYER: &str = "1699999999999999999";

async fn alibaba_words(fixture: &mut Fixture) -> Result<()> {
    two_languages(fixture, ALIBABA, UNKNOWN_ALIBABA).await
}

async fn tencent_words(fixture: &mut Fixture) -> Result<()> {
    two_languages(fixture, TENCENT, UNKNOWN_TENCENT).await
}

async fn zenlayer_words(fixture: &mut Fixture) -> Result<()> {
    two_languages(fixture, ZENLAYER, UNKNOWN_ZENLAYER).await
}

/// A wrong state and an unknown id, each in the user's language, with the cloud's own message.
async fn two_languages(fixture: &Fixture, account: Account, unknown: &str) -> Result<()> {
    let page = &fixture.page;
    for (place, id) in
        [account.stopped(fixture, 1)[0].clone(), unknown.to_owned()].iter().enumerate()
    {
        // Without a preflight, so that the cloud refuses it.
        if place == 0 {
            send_without_preflight(fixture, &account.form(id)).await?;
        } else {
            page.act("new-run").await?;
            page.wait_for_step("compose").await?;
            page.paste("instanceIds", id).await?;
            fixture.fault(&fail_describes(3))?;
            page.review_without_preflight().await?;
            page.send().await?;
        }
        page.wait_for_outcomes(std::slice::from_ref(id), &["rejected"]).await?;
        let card = explanation(fixture).await?;
        let title = page.text(&format!("{CARD} h2")).await?;
        ensure!(!is_chinese(&title) && title.len() > 8, "English: {title}");
        let own_words = page.text(&format!("{CARD} .original")).await?;
        ensure!(!own_words.is_empty() && card.contains(&own_words));
        let request_id = &fixture.power_calls().last().map(|call| call.request_id.clone());
        ensure!(request_id.as_ref().is_some_and(|id| card.contains(id)), "no request id: {card}");
        page.act("language").await?;
        page.wait_for(".relight[lang^=zh]").await?;
        let chinese = page.text(&format!("{CARD} h2")).await?;
        ensure!(is_chinese(&chinese) && chinese != title, "Chinese: {chinese}");
        ensure!(
            page.text(&format!("{CARD} .original")).await? == own_words,
            "the cloud's own message is shown"
        );
        page.act("language").await?;
        page.wait_for(".relight[lang^=en]").await?;
    }
    ensure!(fixture.power_calls().iter().all(|call| call.ids.len() == 1));
    ensure!(account.reboots(fixture, &account.stopped(fixture, 1))? == [0]);
    Ok(())
}
