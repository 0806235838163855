//! What the clouds answer: a part refused, keys and regions that are wrong, rehearsals, throttling.

use crate::support::{
    ALIBABA, Account, CARD, TENCENT, ZENLAYER, blind, explanation, is_chinese, listen, one_arrival,
    refusal, send, send_unseen, story_of,
};
use anyhow::{Result, ensure};
use relight_e2e::{Stage, case, page::Form, suite::Case};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("answers::alibaba_partial", alibaba_partial),
        case!("answers::zenlayer_failed_list", zenlayer_failed_list),
        case!("answers::tencent_batch_refused_by_one", tencent_batch),
        case!("answers::tencent_batch_is_narrowed_by_looking", narrowed_by_looking),
        case!("answers::tencent_batch_is_narrowed_by_halves", narrowed_by_halves),
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
        case!("answers::refused_is_sent_again_by_a_person", retried),
        case!("answers::what_cannot_take_it_is_left_out", left_out),
        case!("answers::alibaba_in_two_languages", alibaba_words),
        case!("answers::tencent_in_two_languages", tencent_words),
        case!("answers::zenlayer_in_two_languages", zenlayer_words),
    ]
}

/// SuccessFirst: each instance for itself.
async fn alibaba_partial(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 3);
    let good = [ids[0].clone(), ids[2].clone()];
    stage.fault(&refusal(&ids[1]))?;
    send(stage, &ALIBABA.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(&good, &["accepted", "in-progress", "proven"]).await?;
    stage.page.wait_for_outcomes(&ids[1..2], &["rejected"]).await?;
    ensure!(stage.page.outcomes().await?.len() == 3, "three ids, three rows");
    one_arrival(stage, true)?;
    ensure!(stage.power_calls()[0].ids == ids);
    ensure!(ALIBABA.reboots(stage, &ids)? == [1, 0, 1]);
    ensure!(explanation(stage).await?.contains("IncorrectInstanceStatus"));
    stage.page.wait_for_outcomes(&good, &["proven"]).await
}

/// Zenlayer lists the failed ones, and says nothing of the others.
async fn zenlayer_failed_list(stage: &mut Stage) -> Result<()> {
    let ids = ZENLAYER.running(stage, 3);
    let fault = json!({ "fault": "failed", "cloud": "zenlayer", "action": "RebootInstances",
        "instanceIds": [ids[1]] });
    stage.fault(&fault)?;
    send(stage, &ZENLAYER.form(&ids.join("\n"))).await?;
    // It may be the echo of a first copy of the call, so it is looked at; it never counts as done.
    stage.page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    let good = [ids[0].clone(), ids[2].clone()];
    stage.page.wait_for_outcomes(&good, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(stage, true)?;
    ensure!(ZENLAYER.reboots(stage, &ids)? == [1, 0, 1]);
    stage.page.wait_for_outcomes(&good, &["proven"]).await?;
    stage.page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    ensure!(stage.page.text("[data-action=retry-failed]").await?.contains("(0)"));
    let card = explanation(stage).await?;
    ensure!(card.contains(&ids[1]), "{card}");
    Ok(())
}

/// One bad id refuses the whole call.
async fn tencent_batch(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 3);
    stage.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "UnsupportedOperation.InstanceStateStopped", "instanceIds": [ids[1]] }))?;
    listen(stage).await?;
    send(stage, &TENCENT.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    one_arrival(stage, false)?;
    ensure!(TENCENT.reboots(stage, &ids)? == [0, 0, 0]);
    for id in &ids {
        ensure!(story_of(stage, id).await? == ["sending", "rejected"]);
    }
    let text = stage.page.all_text().await?;
    ensure!(text.contains("UnsupportedOperation.InstanceStateStopped"), "the code is shown");
    Ok(())
}

/// Sent without a look, one of four is off. The look shows it, and the others go.
async fn narrowed_by_looking(stage: &mut Stage) -> Result<()> {
    let ids = [TENCENT.running(stage, 3), TENCENT.stopped(stage, 1)].concat();
    send_unseen(stage, &TENCENT.form(&ids.join("\n"))).await?;
    narrow(stage, &ids).await?;
    stage.page.wait_for_outcomes(&ids[..3], &["proven"]).await?;
    stage.page.wait_for_outcomes(&ids[3..], &["rejected"]).await?;
    let sizes: Vec<usize> = stage.power_calls().iter().map(|call| call.ids.len()).collect();
    ensure!(sizes == [4, 3], "{sizes:?}");
    ensure!(TENCENT.reboots(stage, &ids)? == [1, 1, 1, 0]);
    Ok(())
}

/// The look shows nothing wrong with any: two halves.
async fn narrowed_by_halves(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 4);
    stage.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "UnsupportedOperation.InstanceStateStopped", "instanceIds": [ids[1]] }))?;
    send(stage, &TENCENT.form(&ids.join("\n"))).await?;
    narrow(stage, &ids).await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    let sizes: Vec<usize> = stage.power_calls().iter().map(|call| call.ids.len()).collect();
    ensure!(sizes == [4, 2, 2], "{sizes:?}");
    ensure!(TENCENT.reboots(stage, &ids)? == [1; 4]);
    Ok(())
}

/// All of a call were refused; asked for, and confirmed, the bad one is left out.
async fn narrow(stage: &Stage, ids: &[String]) -> Result<()> {
    stage.page.wait_for_outcomes(ids, &["rejected"]).await?;
    ensure!(stage.power_calls().len() == 1 && !stage.power_calls()[0].executed);
    stage.page.act("narrow").await?;
    stage.page.wait_for("[data-action=confirm]").await?;
    ensure!(stage.power_calls().len() == 1, "it is confirmed first");
    stage.page.act("confirm").await
}

async fn alibaba_secret(stage: &mut Stage) -> Result<()> {
    wrong_secret(stage, ALIBABA, "SignatureDoesNotMatch").await
}

async fn tencent_secret(stage: &mut Stage) -> Result<()> {
    wrong_secret(stage, TENCENT, "AuthFailure.SignatureFailure").await
}

async fn zenlayer_secret(stage: &mut Stage) -> Result<()> {
    wrong_secret(stage, ZENLAYER, "AUTHFAILURE_SIGNATURE_FAILURE").await
}

async fn wrong_secret(stage: &Stage, account: Account, code: &str) -> Result<()> {
    let secret = "not-the-secret-of-this-key-00001";
    wrong_key(stage, account, Form { secret, ..account.form("") }, code).await?;
    ensure!(!stage.page.everything().await?.contains(secret), "the secret is in the page");
    Ok(())
}

async fn unknown_key(stage: &mut Stage) -> Result<()> {
    let key_id = "AKIDnobodyknowsthiskey00000000000001";
    let form = Form { key_id, ..TENCENT.form("") };
    wrong_key(stage, TENCENT, form, "AuthFailure.SecretIdNotFound").await
}

/// The look finds out; who goes on all the same hears it from the cloud.
async fn wrong_key(stage: &Stage, account: Account, form: Form<'_>, code: &str) -> Result<()> {
    let ids = account.running(stage, 2);
    let text = ids.join("\n");
    let page = &stage.page;
    page.compose(&Form { ids: &text, ..form }).await?;
    page.act("review").await?;
    page.wait_for("[data-action=review-unseen]").await?;
    let said = |text: &str| text.to_lowercase().contains(&code.to_lowercase());
    let text = page.all_text().await?;
    ensure!(said(&text), "{code} is not told before anything is sent: {text}");
    ensure!(stage.power_calls().is_empty());
    page.act("review-unseen").await?;
    page.wait_for_step("review").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    let calls = stage.power_calls();
    ensure!(calls.len() == 1 && !calls[0].executed && calls[0].signature != "ok", "{calls:#?}");
    ensure!(account.reboots(stage, &ids)? == [0, 0]);
    let card = explanation(stage).await?;
    ensure!(said(&card), "{code} is not in {card}");
    Ok(())
}

async fn alibaba_region(stage: &mut Stage) -> Result<()> {
    wrong_region(stage, ALIBABA, "cn-beijing", "NotFound").await
}

async fn tencent_region(stage: &mut Stage) -> Result<()> {
    wrong_region(stage, TENCENT, "ap-shanghai", "InvalidInstanceId.NotFound").await
}

/// Ids of another region are not found there.
async fn wrong_region(stage: &Stage, account: Account, region: &str, code: &str) -> Result<()> {
    let ids = account.running(stage, 2);
    let text = ids.join("\n");
    let form = Form { region: Some(region), ..account.form(&text) };
    // The look finds none of them, and there is nothing to send.
    stage.page.compose(&form).await?;
    stage.page.act("review").await?;
    stage.page.wait_for_step("review").await?;
    ensure!(!stage.page.sees("[data-action=send]").await?);
    stage.page.click("[data-skipped=not-found] summary").await?;
    let review = stage.page.all_text().await?;
    for id in &ids {
        ensure!(review.contains(id.as_str()), "{id} is not in the review");
    }
    stage.page.choose("region", account.region.unwrap_or_default()).await?;
    stage.page.wait_for_step("compose").await?;
    // Without a look the cloud says it.
    send_unseen(stage, &form).await?;
    stage.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    let calls = stage.power_calls();
    ensure!(calls.len() == 1 && calls[0].region == region, "{calls:#?}");
    ensure!(account.reboots(stage, &ids)? == [0, 0]);
    let card = explanation(stage).await?;
    ensure!(card.contains(code), "{code} is not in {card}");
    Ok(())
}

/// A rehearsal that passes arrives as an error, and is none.
async fn dry_run_passes(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 2);
    let text = ids.join("\n");
    rehearse(stage, &Form { dry_run: true, ..ALIBABA.form(&text) }, &ids).await
}

async fn dry_run_of_one(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 1);
    let form = Form { dry_run: true, operation: Some("RebootInstance"), ..ALIBABA.form(&ids[0]) };
    rehearse(stage, &form, &ids).await
}

async fn rehearse(stage: &Stage, form: &Form<'_>, ids: &[String]) -> Result<()> {
    send(stage, form).await?;
    stage.page.wait_for_outcomes(ids, &["dry-run-passed"]).await?;
    one_arrival(stage, false)?;
    ensure!(ALIBABA.reboots(stage, ids)?.iter().all(|count| *count == 0));
    // Green, with a word: not by colour alone.
    stage.page.wait_for("[data-outcome=dry-run-passed] .chip.good").await?;
    let request = stage.site.proxied().concat();
    ensure!(request.contains("DryRun=true"), "{request}");
    Ok(())
}

async fn dry_run_fails(stage: &mut Stage) -> Result<()> {
    let running = ALIBABA.running(stage, 1);
    let stopped = ALIBABA.stopped(stage, 1);
    let ids = [&running[..], &stopped[..]].concat();
    let text = ids.join("\n");
    send_unseen(stage, &Form { dry_run: true, ..ALIBABA.form(&text) }).await?;
    stage.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    one_arrival(stage, false)?;
    ensure!(ALIBABA.reboots(stage, &ids)? == [0, 0]);
    Ok(())
}

/// Refused for pace: nothing was done, and it goes out again when there is room.
async fn throttled(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    listen(stage).await?;
    stage.fault(&json!({ "fault": "throttled", "action": "RebootInstances", "times": 2 }))?;
    send(stage, &TENCENT.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    let calls = stage.power_calls();
    ensure!(calls.len() == 3, "{calls:#?}");
    for (place, call) in calls.iter().enumerate() {
        ensure!(call.executed == (place == 2) && call.ids == ids, "{calls:#?}");
    }
    ensure!(calls[0].code.as_deref() == Some("RequestLimitExceeded"), "{calls:#?}");
    // It backs off: a second and more between the tries.
    ensure!(calls[1].at_ms - calls[0].at_ms >= 500, "{calls:#?}");
    ensure!(TENCENT.reboots(stage, &ids)? == [1, 1]);
    for id in &ids {
        let story = story_of(stage, id).await?;
        ensure!(!story.iter().any(|one| one == "unknown" || one == "rejected"), "{story:?}");
    }
    Ok(())
}

/// What was refused for a reason that can be mended is sent again when a person confirms it.
async fn retried(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    stage.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "UnauthorizedOperation" }))?;
    send(stage, &TENCENT.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(&ids, &["rejected"]).await?;
    one_arrival(stage, false)?;
    ensure!(explanation(stage).await?.contains("UnauthorizedOperation"));
    let button = stage.page.text("[data-action=retry-failed]").await?;
    ensure!(button.contains('2'), "{button}");
    stage.page.act("retry-failed").await?;
    stage.page.wait_for("[data-action=confirm]").await?;
    ensure!(stage.power_calls().len() == 1, "it is confirmed first");
    stage.page.act("confirm").await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    let calls = stage.power_calls();
    ensure!(calls.len() == 2 && calls[1].executed && calls[1].ids == ids, "{calls:#?}");
    ensure!(TENCENT.reboots(stage, &ids)? == [1, 1]);
    Ok(())
}

/// The wrong state and the unknown id are found before anything is sent, and stop nobody else.
async fn left_out(stage: &mut Stage) -> Result<()> {
    let good = TENCENT.running(stage, 2);
    let stopped = TENCENT.stopped(stage, 1);
    let bad = [stopped[0].clone(), UNKNOWN_TENCENT.to_owned()];
    let ids = [&good[..1], &bad[..], &good[1..]].concat();
    let page = &stage.page;
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
    one_arrival(stage, true)?;
    ensure!(stage.power_calls()[0].ids == good);
    ensure!(TENCENT.reboots(stage, &good)? == [1, 1]);
    Ok(())
}

/// Of the right shape, and of no instance.
const UNKNOWN_ALIBABA: &str = "i-bp1zzzzzzzzzzzzzzzzz";
const UNKNOWN_TENCENT: &str = "ins-zzzzzzzz";
const UNKNOWN_ZENLAYER: &str = "1699999999999999999";

async fn alibaba_words(stage: &mut Stage) -> Result<()> {
    two_languages(stage, ALIBABA, UNKNOWN_ALIBABA).await
}

async fn tencent_words(stage: &mut Stage) -> Result<()> {
    two_languages(stage, TENCENT, UNKNOWN_TENCENT).await
}

async fn zenlayer_words(stage: &mut Stage) -> Result<()> {
    two_languages(stage, ZENLAYER, UNKNOWN_ZENLAYER).await
}

/// A wrong state and an unknown id, each in the person's language, with the cloud's own words.
async fn two_languages(stage: &Stage, account: Account, unknown: &str) -> Result<()> {
    let page = &stage.page;
    for (place, id) in [account.stopped(stage, 1)[0].clone(), unknown.to_owned()].iter().enumerate()
    {
        // Without a look, so that the cloud itself says it.
        if place == 0 {
            send_unseen(stage, &account.form(id)).await?;
        } else {
            page.act("new-run").await?;
            page.wait_for_step("compose").await?;
            page.paste("instanceIds", id).await?;
            stage.fault(&blind(3))?;
            page.review_unseen().await?;
            page.send().await?;
        }
        page.wait_for_outcomes(std::slice::from_ref(id), &["rejected"]).await?;
        let card = explanation(stage).await?;
        let title = page.text(&format!("{CARD} h2")).await?;
        ensure!(!is_chinese(&title) && title.len() > 8, "English: {title}");
        let own_words = page.text(&format!("{CARD} .original")).await?;
        ensure!(!own_words.is_empty() && card.contains(&own_words));
        let request_id = &stage.power_calls().last().map(|call| call.request_id.clone());
        ensure!(request_id.as_ref().is_some_and(|id| card.contains(id)), "no request id: {card}");
        page.act("language").await?;
        page.wait_for(".relight[lang^=zh]").await?;
        let chinese = page.text(&format!("{CARD} h2")).await?;
        ensure!(is_chinese(&chinese) && chinese != title, "Chinese: {chinese}");
        ensure!(
            page.text(&format!("{CARD} .original")).await? == own_words,
            "the cloud's own words are kept"
        );
        page.act("language").await?;
        page.wait_for(".relight[lang^=en]").await?;
    }
    ensure!(stage.power_calls().iter().all(|call| call.ids.len() == 1));
    ensure!(account.reboots(stage, &account.stopped(stage, 1))? == [0]);
    Ok(())
}
