//! A run that is interrupted: by the network, by sleep, by a full disk, by looks that fail, by the
//! person. Nothing is lost, and nothing goes out that nobody expects any more.

use crate::{
    integrity::own_sum,
    runs::{
        TAKEN, each_once, in_waves, key_again, one_by_one, outcome, send_not_started, set_number,
    },
    support::{ALIBABA, TENCENT, ZENLAYER, listen, send, story_of, wait_for_looks},
};
use anyhow::{Result, ensure};
use relight_e2e::{Setting, Stage, case, machine, release, suite::Case, until};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("interruptions::offline_before_the_first_call", offline_before),
        case!("interruptions::offline_for_a_while_in_the_middle", offline_between),
        case!("interruptions::asleep_between_two_calls", asleep),
        case!("interruptions::storage_full_in_the_middle", full),
        case!("interruptions::looks_that_fail", blind_for_a_while),
        case!("interruptions::stopped_in_the_middle", stopped),
        case!("interruptions::stopped_while_it_waits_for_its_turn", stopped_in_the_queue),
        case!("interruptions::locked_while_it_waits_for_its_turn", locked_in_the_queue),
        case!("interruptions::forbidden_while_it_waits_for_its_turn", forbidden_in_the_queue),
        case!("interruptions::removed_while_it_waits_for_its_turn", removed_in_the_queue),
        case!("interruptions::somebody_else_restarts_what_was_lost", somebody_else),
        case!("interruptions::a_new_release_in_the_middle", released),
        case!("interruptions::a_new_release_takes_over", taken_over).noisy(),
        case!("interruptions::three_at_night_on_a_phone", at_night)
            .dressed(|setting| Setting { width: 360, ..setting }),
    ]
}

/// A browser that can be told that it is offline, and a clock that can be put forward. The drivers
/// have neither for both browsers.
async fn rigged(stage: &Stage) -> Result<()> {
    let script = "() => { let online = true; \
         Object.defineProperty(Navigator.prototype, 'onLine', { get: () => online }); \
         window.goOnline = is => { online = is; \
           dispatchEvent(new Event(is ? 'online' : 'offline')); return true; }; \
         const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead; }";
    stage.page.session().before_every_page(script).await?;
    stage.page.session().driver().refresh().await?;
    stage.page.wait_for_step("compose").await
}

async fn go(stage: &Stage, online: bool) -> Result<()> {
    stage.page.run("return window.goOnline(a);", &[json!(online)]).await.map(drop)
}

async fn put_forward(stage: &Stage, seconds: u32) -> Result<()> {
    stage.page.run("window.ahead += a * 1000;", &[json!(seconds)]).await.map(drop)
}

/// Nothing leaves while the browser is offline, and the call is not lost.
async fn offline_before(stage: &mut Stage) -> Result<()> {
    rigged(stage).await?;
    let ids = ALIBABA.running(stage, 2);
    stage.page.compose(&ALIBABA.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    go(stage, false).await?;
    stage.page.send().await?;
    stage.page.wait_for_outcomes(&ids, &["queued"]).await?;
    ensure!(stage.power_calls().is_empty(), "something left");
    go(stage, true).await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(stage.power_calls().len() == 1);
    each_once(stage, ALIBABA, &ids)
}

/// Longer than a minute: what is left waits for the person.
async fn offline_between(stage: &mut Stage) -> Result<()> {
    rigged(stage).await?;
    let ids = TENCENT.running(stage, 4);
    stage
        .fault(&json!({ "fault": "slow", "ms": 2_500, "after": 1, "action": "RebootInstances" }))?;
    in_waves(stage, TENCENT, &ids, Some((2, 60))).await?;
    until("the second call", || async { Ok((stage.power_calls().len() == 2).then_some(())) })
        .await?;
    go(stage, false).await?;
    stage.page.wait_for_outcomes(&ids[..2], TAKEN).await?;
    stage.page.wait_for_outcomes(&ids[2..], &["queued"]).await?;
    put_forward(stage, 70).await?;
    go(stage, true).await?;
    stage.page.wait_for("[data-stage=paused]").await?;
    ensure!(stage.power_calls().len() == 2, "something left by itself");
    stage.page.act("resume").await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(stage.power_calls().len() == 4);
    each_once(stage, TENCENT, &ids)
}

/// The lid was closed between two calls.
async fn asleep(stage: &mut Stage) -> Result<()> {
    rigged(stage).await?;
    let ids = TENCENT.running(stage, 3);
    one_by_one(stage, &ids, 60).await?;
    stage.page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    put_forward(stage, 200).await?;
    stage.page.wait_for("[data-stage=paused]").await?;
    stage.page.wait_for_outcomes(&ids[1..], &["queued"]).await?;
    ensure!(stage.power_calls().len() == 1, "something left by itself");
    stage.page.act("resume").await?;
    stage.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    each_once(stage, TENCENT, &ids[..2])
}

/// The journal takes no more: nothing goes out unrecorded.
async fn full(stage: &mut Stage) -> Result<()> {
    let script = "() => { const begin = IDBDatabase.prototype.transaction; let durable = 0; \
         const add = IDBObjectStore.prototype.add; \
         IDBDatabase.prototype.transaction = function (stores, mode, options) { \
           if (options?.durability === 'strict') durable += 1; \
           return begin.call(this, stores, mode, options); }; \
         IDBObjectStore.prototype.add = function (...all) { \
           if (durable > 1) throw new DOMException('full', 'QuotaExceededError'); \
           return add.apply(this, all); }; }";
    stage.page.session().before_every_page(script).await?;
    stage.page.session().driver().refresh().await?;
    stage.page.wait_for_step("compose").await?;
    let ids = TENCENT.running(stage, 3);
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    stage.page.click("details.pacing summary").await?;
    set_number(stage, "batchSize", 1).await?;
    // With a limit on refusals no call is prepared while another is on the way: a pause takes back what
    // has not left, and the first has.
    set_number(stage, "stopAboveRefusedPercent", 100).await?;
    stage.page.send().await?;
    stage.page.wait_for("[data-stage=paused]").await?;
    stage.page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    stage.page.wait_for_outcomes(&ids[1..2], &["not-sent"]).await?;
    stage.page.wait_for_outcomes(&ids[2..], &["queued"]).await?;
    ensure!(stage.page.sees("[data-cause=no-journal]").await?, "no reason is given");
    ensure!(stage.power_calls().len() == 1);
    each_once(stage, TENCENT, &ids[..1])
}

/// The answer was lost, and the first looks fail: unknown stays unknown until one succeeds.
async fn blind_for_a_while(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 1);
    listen(stage).await?;
    stage.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    // The look before the review is let pass.
    stage.fault(&json!({ "fault": "status", "status": 503, "after": 1, "times": 2,
        "action": "DescribeInstances" }))?;
    send(stage, &ALIBABA.form(&ids[0])).await?;
    wait_for_looks(stage, 3).await?;
    stage.page.wait_for_outcomes(&ids, &["unknown"]).await?;
    // By then it may be back, and nobody saw it go: as far as anybody knows it is unknown.
    wait_for_looks(stage, 4).await?;
    stage.page.wait_for_outcomes(&ids, &["unknown", "in-progress", "running-unproven"]).await?;
    let story = story_of(stage, &ids[0]).await?;
    ensure!(story[..2] == ["sending", "unknown"], "{story:?}");
    ensure!(stage.looks() >= 4 && stage.power_calls().len() == 1);
    each_once(stage, ALIBABA, &ids)
}

/// Stop: the call that is on the way cannot be recalled, the rest stays, and can be sent later.
async fn stopped(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 4);
    stage
        .fault(&json!({ "fault": "slow", "ms": 2_000, "after": 1, "action": "RebootInstances" }))?;
    in_waves(stage, TENCENT, &ids, Some((2, 20))).await?;
    until("the second call", || async { Ok((stage.power_calls().len() == 2).then_some(())) })
        .await?;
    stage.page.act("stop").await?;
    stage.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    let now = stage.page.outcomes().await?;
    ensure!(ids[2..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    ensure!(stage.power_calls().len() == 2, "it did not stop");
    send_not_started(stage, 2).await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(stage, TENCENT, &ids)
}

/// Another tab has the whole pace: a call is signed for and waits for its turn.
async fn in_the_queue(stage: &Stage) -> Result<Vec<String>> {
    let script = "() => { window.releases = []; window.holdPace = async (name, turns) => { \
         for (let turn = 0; turn < turns; turn += 1) await new Promise(held => \
           navigator.locks.request(`relight-pace-${name} ${turn}`, () => { held(); \
             return new Promise(release => window.releases.push(release)); })); return true; }; }";
    stage.page.session().before_every_page(script).await?;
    stage.page.session().driver().refresh().await?;
    stage.page.wait_for_step("compose").await?;
    let ids = TENCENT.running(stage, 2);
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    let hold = "return window.holdPace('tencent ap-guangzhou RebootInstances', 10);";
    ensure!(stage.page.run(hold, &[]).await? == true, "the pace is not held");
    stage.page.send().await?;
    stage.page.wait_for("[data-call-state=ready]").await?;
    stage.page.wait_for_outcomes(&ids, &["queued"]).await?;
    Ok(ids)
}

/// The other tab is done, and whoever asks for the same turn after the page's call has had it: the call
/// has had its turn, too, if it still wanted one.
async fn let_the_queue_go(stage: &Stage) -> Result<()> {
    let script = "window.releases.forEach(release => release()); \
         for (let turn = 0; turn < 10; turn += 1) await navigator.locks.request( \
           `relight-pace-tencent ap-guangzhou RebootInstances ${turn}`, () => true); \
         await new Promise(done => setTimeout(done)); return true;";
    let script = format!("return (async () => {{ {script} }})();");
    // Not by way of the element, which may be gone.
    let done = stage.page.session().driver().execute(script, Vec::new()).await?;
    ensure!(done.json() == &json!(true));
    ensure!(stage.power_calls().is_empty(), "it left: {:#?}", stage.power_calls());
    Ok(())
}

async fn stopped_in_the_queue(stage: &mut Stage) -> Result<()> {
    let ids = in_the_queue(stage).await?;
    stage.page.act("stop").await?;
    stage.page.wait_for("[data-call-state=stopped]").await?;
    let_the_queue_go(stage).await?;
    stage.page.wait_for_outcomes(&ids, &["queued"]).await?;
    send_not_started(stage, 2).await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(stage, TENCENT, &ids)
}

async fn locked_in_the_queue(stage: &mut Stage) -> Result<()> {
    let ids = in_the_queue(stage).await?;
    stage.page.act("lock").await?;
    stage.page.wait_for("[data-stage=paused]").await?;
    let_the_queue_go(stage).await?;
    stage.page.wait_for_outcomes(&ids, &["queued"]).await?;
    key_again(stage, TENCENT).await?;
    stage.page.act("resume").await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(stage, TENCENT, &ids)
}

async fn forbidden_in_the_queue(stage: &mut Stage) -> Result<()> {
    let ids = in_the_queue(stage).await?;
    stage.page.run("host.config = { allow: { operations: ['start'] } };", &[]).await?;
    stage.page.wait_for("[data-call-state=stopped]").await?;
    let_the_queue_go(stage).await?;
    stage.page.wait_for_outcomes(&ids, &["queued"]).await
}

async fn removed_in_the_queue(stage: &mut Stage) -> Result<()> {
    in_the_queue(stage).await?;
    stage.page.run("window.taken = host; host.remove();", &[]).await?;
    let_the_queue_go(stage).await
}

/// The answer was lost, the request was never carried out, and somebody else restarts the instance: that
/// is no proof of ours.
async fn somebody_else(stage: &mut Stage) -> Result<()> {
    let ids = ZENLAYER.running(stage, 1);
    listen(stage).await?;
    stage.fault(&json!({ "fault": "cut-before", "action": "RebootInstances" }))?;
    send(stage, &ZENLAYER.form(&ids[0])).await?;
    stage.page.wait_for_outcomes(&ids, &["unknown"]).await?;
    ensure!(stage.restart_by_somebody(ZENLAYER.cloud, &ids[0])?, "it does not run");
    stage.page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    let story = story_of(stage, &ids[0]).await?;
    ensure!(!story.iter().any(|one| one == "proven"), "{story:?}");
    ensure!(stage.page.all_text().await?.contains("restarted, unknown by whom"));
    ensure!(stage.power_calls().iter().all(|call| !call.executed));
    Ok(())
}

/// A new release lies on the host while a page of the old one is open: the run goes to its end with
/// what the page has.
async fn released(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 2);
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    let asked = stage.site.asked();
    for name in &asked {
        stage.site.replace(name, b"another release".to_vec());
    }
    ensure!(asked.iter().any(|name| name.contains("_bg.wasm")), "{asked:?}");
    stage.page.send().await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(stage.site.asked().len() == asked.len(), "{:?}", stage.site.asked());
    each_once(stage, TENCENT, &ids)
}

/// In the middle of a run the page is reloaded, and it is another release that comes: the run is
/// there as it was, nothing goes out by itself, and what is left is sent when a person says so.
async fn taken_over(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 4);
    // What became of the first two stays open, however long the next release takes: a run with nothing
    // open asks for no key.
    stage.fault(
        &json!({ "fault": "status", "status": 503, "after": 1, "action": "DescribeInstances" }),
    )?;
    in_waves(stage, TENCENT, &ids, Some((2, 3_600))).await?;
    stage.page.wait_for_outcomes(&ids[..2], TAKEN).await?;
    let old = own_sum(stage).await?;
    stage.site.publish(release::next(&machine::dist())?);
    stage.page.session().driver().refresh().await?;
    stage.page.wait_for_step("run").await?;
    stage.clear_faults();
    ensure!(own_sum(stage).await? != old, "it is the old release");
    let now = stage.page.outcomes().await?;
    ensure!(ids[..2].iter().all(|id| TAKEN.contains(&outcome(&now, id))), "{now:?}");
    ensure!(ids[2..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(stage, TENCENT).await?;
    stage.page.act("resume").await?;
    stage.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    ensure!(stage.power_calls().len() == 2, "something left by itself");
    send_not_started(stage, 2).await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(stage, TENCENT, &ids)
}

/// On call, at three, on a phone whose clock is wrong: three instances that hang, few taps, the
/// answer lost. "Unknown, checking", and then the truth; one arrival.
async fn at_night(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 3);
    let page = &stage.page;
    listen(stage).await?;
    // Ten minutes; the look before the review has learned it already.
    stage.fault(&json!({ "fault": "clock-skew", "cloud": "tencent", "seconds": 600 }))?;
    stage.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    // Once, so that it can be read before the truth is there.
    stage.fault(
        &json!({ "fault": "slow", "ms": 1_500, "after": 2, "action": "DescribeInstances" }),
    )?;
    page.compose(&TENCENT.form(&ids.join(" "))).await?;
    ensure!(page.value("mode").await? == "soft", "soft is preselected");
    page.review().await?;
    // Nothing to type for so few, and the button is where the thumb is.
    ensure!(!page.sees("[name=typedCount]").await?);
    let script = "const r = first('[data-action=send]').getBoundingClientRect(); \
         return r.top >= 0 && r.bottom <= innerHeight && r.height >= 24;";
    ensure!(page.run(script, &[]).await? == true, "the button is not on screen");
    page.send().await?;
    page.wait_until(
        "the words",
        "return root.querySelector('.relight').innerText.includes('Unknown, checking');",
        &[],
    )
    .await?;
    page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    for id in &ids {
        let story = story_of(stage, id).await?;
        ensure!(story[..2] == ["sending", "unknown"], "{story:?}");
        ensure!(!story.iter().any(|one| one == "accepted" || one == "rejected"), "{story:?}");
    }
    ensure!(page.overflow().await? <= 0, "too wide");
    let text = page.all_text().await?;
    ensure!(!text.contains("AuthFailure"), "the clock reached the person as an error: {text}");
    ensure!(stage.power_calls().len() == 1, "{:#?}", stage.power_calls());
    each_once(stage, TENCENT, &ids)
}
