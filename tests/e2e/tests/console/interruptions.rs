//! Interrupted runs: by the network, sleep, a full disk, failing describes, the user. Nothing is lost,
//! and nothing unexpected is sent.

use crate::{
    integrity::own_sum,
    runs::{
        TAKEN, each_once, in_waves, key_again, one_by_one, outcome, send_not_started, set_number,
    },
    support::{ALIBABA, TENCENT, ZENLAYER, listen, outcome_history, send, wait_for_describes},
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, machine, release, suite::Case, until};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("interruptions::offline_before_the_first_call", offline_before),
        case!("interruptions::offline_for_a_while_in_the_middle", offline_between),
        case!("interruptions::asleep_between_two_calls", asleep),
        case!("interruptions::storage_full_in_the_middle", full),
        case!("interruptions::describes_that_fail", blind_for_a_while),
        case!("interruptions::stopped_in_the_middle", stopped),
        case!("interruptions::stopped_while_waiting_for_a_slot", stopped_in_the_queue),
        case!("interruptions::locked_while_waiting_for_a_slot", locked_in_the_queue),
        case!("interruptions::forbidden_while_waiting_for_a_slot", forbidden_in_the_queue),
        case!("interruptions::removed_while_waiting_for_a_slot", removed_in_the_queue),
        case!("interruptions::a_restart_by_another_after_a_lost_answer", somebody_else),
        case!("interruptions::a_new_release_in_the_middle", released),
        case!("interruptions::a_new_release_takes_over", taken_over).noisy(),
        case!("interruptions::wrong_clock_and_lost_answer_on_a_phone", at_night)
            .configured(|setting| Setting { width: 360, ..setting }),
    ]
}

/// A browser that can be set offline, and a clock that can be put forward. The drivers
/// have neither for both browsers.
async fn rigged(fixture: &Fixture) -> Result<()> {
    let script = "() => { let online = true; \
         Object.defineProperty(Navigator.prototype, 'onLine', { get: () => online }); \
         window.goOnline = is => { online = is; \
           dispatchEvent(new Event(is ? 'online' : 'offline')); return true; }; \
         const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead; }";
    fixture.page.session().before_every_page(script).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await
}

async fn go(fixture: &Fixture, online: bool) -> Result<()> {
    fixture.page.run("return window.goOnline(a);", &[json!(online)]).await.map(drop)
}

async fn put_forward(fixture: &Fixture, seconds: u32) -> Result<()> {
    fixture.page.run("window.ahead += a * 1000;", &[json!(seconds)]).await.map(drop)
}

/// Nothing is sent while the browser is offline, and the call is not lost.
async fn offline_before(fixture: &mut Fixture) -> Result<()> {
    rigged(fixture).await?;
    let ids = ALIBABA.running(fixture, 2);
    fixture.page.compose(&ALIBABA.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    go(fixture, false).await?;
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids, &["queued"]).await?;
    ensure!(fixture.power_calls().is_empty(), "something left");
    go(fixture, true).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(fixture.power_calls().len() == 1);
    each_once(fixture, ALIBABA, &ids)
}

/// Longer than a minute: what is left waits for the person.
async fn offline_between(fixture: &mut Fixture) -> Result<()> {
    rigged(fixture).await?;
    let ids = TENCENT.running(fixture, 4);
    fixture
        .fault(&json!({ "fault": "slow", "ms": 2_500, "after": 1, "action": "RebootInstances" }))?;
    in_waves(fixture, TENCENT, &ids, Some((2, 60))).await?;
    until("the second call", || async { Ok((fixture.power_calls().len() == 2).then_some(())) })
        .await?;
    go(fixture, false).await?;
    fixture.page.wait_for_outcomes(&ids[..2], TAKEN).await?;
    fixture.page.wait_for_outcomes(&ids[2..], &["queued"]).await?;
    put_forward(fixture, 70).await?;
    go(fixture, true).await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    ensure!(fixture.power_calls().len() == 2, "something left by itself");
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(fixture.power_calls().len() == 4);
    each_once(fixture, TENCENT, &ids)
}

/// The lid was closed between two calls.
async fn asleep(fixture: &mut Fixture) -> Result<()> {
    rigged(fixture).await?;
    let ids = TENCENT.running(fixture, 3);
    one_by_one(fixture, &ids, 60).await?;
    fixture.page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    put_forward(fixture, 200).await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    fixture.page.wait_for_outcomes(&ids[1..], &["queued"]).await?;
    ensure!(fixture.power_calls().len() == 1, "something left by itself");
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    each_once(fixture, TENCENT, &ids[..2])
}

/// The journal takes no more: nothing goes out unrecorded.
async fn full(fixture: &mut Fixture) -> Result<()> {
    let script = "() => { const begin = IDBDatabase.prototype.transaction; let durable = 0; \
         const add = IDBObjectStore.prototype.add; \
         IDBDatabase.prototype.transaction = function (stores, mode, options) { \
           if (options?.durability === 'strict') durable += 1; \
           return begin.call(this, stores, mode, options); }; \
         IDBObjectStore.prototype.add = function (...all) { \
           if (durable > 1) throw new DOMException('full', 'QuotaExceededError'); \
           return add.apply(this, all); }; }";
    fixture.page.session().before_every_page(script).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await?;
    let ids = TENCENT.running(fixture, 3);
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    fixture.page.click("details.pacing summary").await?;
    set_number(fixture, "batchSize", 1).await?;
    // With a limit on refusals no call is prepared while another is in flight: a pause takes back what
    // has not left, and the first has.
    set_number(fixture, "stopAboveRefusedPercent", 100).await?;
    fixture.page.send().await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    fixture.page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    fixture.page.wait_for_outcomes(&ids[1..2], &["not-sent"]).await?;
    fixture.page.wait_for_outcomes(&ids[2..], &["queued"]).await?;
    ensure!(fixture.page.sees("[data-cause=no-journal]").await?, "no reason is given");
    ensure!(fixture.power_calls().len() == 1);
    each_once(fixture, TENCENT, &ids[..1])
}

/// The response was lost, and the first describes fail: unknown stays unknown until one succeeds.
async fn blind_for_a_while(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 1);
    listen(fixture).await?;
    fixture.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    // The preflight passes.
    fixture.fault(&json!({ "fault": "status", "status": 503, "after": 1, "times": 2,
        "action": "DescribeInstances" }))?;
    send(fixture, &ALIBABA.form(&ids[0])).await?;
    wait_for_describes(fixture, 3).await?;
    fixture.page.wait_for_outcomes(&ids, &["unknown"]).await?;
    // By then it may be running again, and the restart was not observed: the outcome is unknown.
    wait_for_describes(fixture, 4).await?;
    fixture.page.wait_for_outcomes(&ids, &["unknown", "in-progress", "running-unproven"]).await?;
    let history = outcome_history(fixture, &ids[0]).await?;
    ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
    ensure!(fixture.describe_count() >= 4 && fixture.power_calls().len() == 1);
    each_once(fixture, ALIBABA, &ids)
}

/// Stop: the call in flight cannot be recalled, the rest stays, and can be sent later.
async fn stopped(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    fixture
        .fault(&json!({ "fault": "slow", "ms": 2_000, "after": 1, "action": "RebootInstances" }))?;
    in_waves(fixture, TENCENT, &ids, Some((2, 20))).await?;
    until("the second call", || async { Ok((fixture.power_calls().len() == 2).then_some(())) })
        .await?;
    fixture.page.act("stop").await?;
    fixture.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    let now = fixture.page.outcomes().await?;
    ensure!(ids[2..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    ensure!(fixture.power_calls().len() == 2, "it did not stop");
    let status = fixture.page.text("[data-status]").await?;
    ensure!(status.contains("Stopped") && status.contains("2 not sent"), "{status}");
    send_not_started(fixture, 2).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)
}

/// Another tab has used up the rate: a call is signed and waits for its slot.
async fn in_the_queue(fixture: &Fixture) -> Result<Vec<String>> {
    let script = "() => { window.releases = []; window.holdPace = async (name, turns) => { \
         for (let turn = 0; turn < turns; turn += 1) await new Promise(held => \
           navigator.locks.request(`relight-pace-${name} ${turn}`, () => { held(); \
             return new Promise(release => window.releases.push(release)); })); return true; }; }";
    fixture.page.session().before_every_page(script).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await?;
    let ids = TENCENT.running(fixture, 2);
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    let hold = "return window.holdPace('tencent ap-guangzhou RebootInstances', 10);";
    ensure!(fixture.page.run(hold, &[]).await? == true, "the pace is not held");
    fixture.page.send().await?;
    fixture.page.wait_for("[data-call-state=ready]").await?;
    fixture.page.wait_for_outcomes(&ids, &["queued"]).await?;
    Ok(ids)
}

/// The other tab is done, and a request for the same slot after the page's call has got it: the call
/// has had its turn, too, if it still wanted one.
async fn let_the_queue_go(fixture: &Fixture) -> Result<()> {
    let script = "window.releases.forEach(release => release()); \
         for (let turn = 0; turn < 10; turn += 1) await navigator.locks.request( \
           `relight-pace-tencent ap-guangzhou RebootInstances ${turn}`, () => true); \
         await new Promise(done => setTimeout(done)); return true;";
    let script = format!("return (async () => {{ {script} }})();");
    // Not by way of the element, which may be gone.
    let done = fixture.page.session().driver().execute(script, Vec::new()).await?;
    ensure!(done.json() == &json!(true));
    ensure!(fixture.power_calls().is_empty(), "it left: {:#?}", fixture.power_calls());
    Ok(())
}

async fn stopped_in_the_queue(fixture: &mut Fixture) -> Result<()> {
    let ids = in_the_queue(fixture).await?;
    fixture.page.act("stop").await?;
    fixture.page.wait_for("[data-call-state=stopped]").await?;
    let_the_queue_go(fixture).await?;
    fixture.page.wait_for_outcomes(&ids, &["queued"]).await?;
    send_not_started(fixture, 2).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)
}

async fn locked_in_the_queue(fixture: &mut Fixture) -> Result<()> {
    let ids = in_the_queue(fixture).await?;
    fixture.page.act("lock").await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    let_the_queue_go(fixture).await?;
    fixture.page.wait_for_outcomes(&ids, &["queued"]).await?;
    key_again(fixture, TENCENT).await?;
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)
}

async fn forbidden_in_the_queue(fixture: &mut Fixture) -> Result<()> {
    let ids = in_the_queue(fixture).await?;
    fixture.page.run("host.config = { allow: { operations: ['start'] } };", &[]).await?;
    fixture.page.wait_for("[data-call-state=stopped]").await?;
    let_the_queue_go(fixture).await?;
    fixture.page.wait_for_outcomes(&ids, &["queued"]).await
}

async fn removed_in_the_queue(fixture: &mut Fixture) -> Result<()> {
    in_the_queue(fixture).await?;
    fixture.page.run("window.taken = host; host.remove();", &[]).await?;
    let_the_queue_go(fixture).await
}

/// The response was lost, the request was never executed, and the instance is restarted from outside: that
/// is no proof of ours.
async fn somebody_else(fixture: &mut Fixture) -> Result<()> {
    let ids = ZENLAYER.running(fixture, 1);
    listen(fixture).await?;
    fixture.fault(&json!({ "fault": "cut-before", "action": "RebootInstances" }))?;
    send(fixture, &ZENLAYER.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["unknown"]).await?;
    ensure!(fixture.restart_from_outside(ZENLAYER.cloud, &ids[0])?, "it does not run");
    fixture.page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    let history = outcome_history(fixture, &ids[0]).await?;
    ensure!(!history.iter().any(|one| one == "proven"), "{history:?}");
    ensure!(fixture.page.all_text().await?.contains("restarted, unknown by whom"));
    ensure!(fixture.power_calls().iter().all(|call| !call.executed));
    Ok(())
}

/// The host has a new release while a page of the old one is open: the run finishes with
/// what the page has.
async fn released(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    let asked = fixture.site.asked();
    for name in &asked {
        fixture.site.replace(name, b"another release".to_vec());
    }
    ensure!(asked.iter().any(|name| name.contains("_bg.wasm")), "{asked:?}");
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(fixture.site.asked().len() == asked.len(), "{:?}", fixture.site.asked());
    each_once(fixture, TENCENT, &ids)
}

/// In the middle of a run the page is reloaded, and it is another release that comes: the run is
/// there as it was, nothing is sent by itself, and what is left is sent when the user confirms it.
async fn taken_over(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    // What became of the first two stays open, however long the next release takes: a run with nothing
    // open asks for no key.
    fixture.fault(
        &json!({ "fault": "status", "status": 503, "after": 1, "times": null, "action": "DescribeInstances" }),
    )?;
    in_waves(fixture, TENCENT, &ids, Some((2, 3_600))).await?;
    fixture.page.wait_for_outcomes(&ids[..2], TAKEN).await?;
    let old = own_sum(fixture).await?;
    fixture.site.publish(release::next(&machine::dist())?);
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("run").await?;
    fixture.clear_faults();
    ensure!(own_sum(fixture).await? != old, "it is the old release");
    let now = fixture.page.outcomes().await?;
    ensure!(ids[..2].iter().all(|id| TAKEN.contains(&outcome(&now, id))), "{now:?}");
    ensure!(ids[2..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(fixture, TENCENT).await?;
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    ensure!(fixture.power_calls().len() == 2, "something left by itself");
    send_not_started(fixture, 2).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)
}

/// On call, at three, on a phone whose clock is wrong: three instances that hang, few taps, the
/// answer lost. "Unknown, checking", and then the truth; one arrival.
async fn at_night(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 3);
    let page = &fixture.page;
    listen(fixture).await?;
    // Ten minutes; the preflight has found it out already.
    fixture.fault(&json!({ "fault": "clock-skew", "cloud": "tencent", "seconds": 600 }))?;
    fixture.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    // Once, so that it can be read before the truth is there.
    fixture.fault(
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
        let history = outcome_history(fixture, id).await?;
        ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
        ensure!(!history.iter().any(|one| one == "accepted" || one == "rejected"), "{history:?}");
    }
    ensure!(page.overflow().await? <= 0, "too wide");
    let text = page.all_text().await?;
    ensure!(!text.contains("AuthFailure"), "the clock reached the person as an error: {text}");
    ensure!(fixture.power_calls().len() == 1, "{:#?}", fixture.power_calls());
    each_once(fixture, TENCENT, &ids)
}
