//! What a run survives: the browser killed, another tab, no storage, a clock that is wrong, a key
//! that is refused, and hundreds of instances. Arrivals are counted at the sandbox.

use crate::support::{ALIBABA, Account, TENCENT, ZENLAYER, send, wait_for_looks};
use anyhow::{Result, ensure};
use relight_e2e::{Setting, Stage, case, suite::Case, until};
use relight_sandbox::{
    Cloud,
    fleet::{Fleet, State},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("runs::killed_after_the_first_answer", killed_between).dressed(kept),
        case!("runs::killed_while_a_call_is_on_the_way", killed_on_the_way).dressed(kept),
        case!("runs::killed_when_all_are_accepted", killed_watching).dressed(kept),
        case!("runs::killed_before_a_record_is_written", killed_before_the_record).dressed(kept),
        case!("runs::killed_after_a_record_is_written", killed_after_the_record).dressed(kept),
        case!("runs::of_two_tabs_one_sends", two_tabs),
        case!("runs::a_journal_that_makes_no_sense_is_kept_aside", broken_journal),
        case!("runs::without_storage_several_calls_are_refused", no_storage_several),
        case!("runs::without_storage_one_call_goes_out", no_storage_one),
        case!("runs::tencent_clock_ten_minutes_off", tencent_clock),
        case!("runs::alibaba_clock_twenty_minutes_off", alibaba_clock),
        case!("runs::zenlayer_clock_fifteen_minutes_off", zenlayer_clock),
        case!("runs::three_refusals_of_the_key_pause", three_refusals),
        case!("runs::three_hundred", three_hundred).dressed(crowd),
    ]
}

// ---- killed -------------------------------------------------------------------------------------

fn kept(setting: Setting) -> Setting {
    Setting { kept: true, ..setting }
}

/// Between two calls: nothing is unknown, and the rest is sent when a person says so.
async fn killed_between(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 4);
    one_by_one(stage, &ids, 3_600).await?;
    stage.page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    reopen(stage, 1).await?;
    let now = stage.page.outcomes().await?;
    ensure!(TAKEN.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(ids[1..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(stage, TENCENT).await?;
    stage.page.act("resume").await?;
    stage.page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    ensure!(stage.power_calls().len() == 1, "to go on is not to send");
    send_not_started(stage, 3).await?;
    // One an hour was chosen, and stays so: the next one goes out, the other two wait their turn.
    stage.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    stage.page.wait_for_outcomes(&ids[2..], &["queued"]).await?;
    each_once(stage, TENCENT, &ids[..2])
}

/// What was on the way is unknown, whatever became of it, and is looked at, not sent.
async fn killed_on_the_way(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 4);
    // The first answer comes, and the second does not before the browser is killed. The others wait
    // for their wave.
    stage.fault(
        &json!({ "fault": "slow", "ms": 60_000, "after": 1, "action": "RebootInstances" }),
    )?;
    in_waves(stage, TENCENT, &ids, Some((2, 3_600))).await?;
    until("the second call", || async { Ok((stage.power_calls().len() == 2).then_some(())) })
        .await?;
    // Long after its answer came, which is in the journal by now.
    stage.page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    stage.page.wait_for_outcomes(&ids[1..2], &["sending"]).await?;
    reopen(stage, 2).await?;
    let now = stage.page.outcomes().await?;
    ensure!(TAKEN.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(outcome(&now, &ids[1]) == "unknown", "{now:?}");
    ensure!(ids[2..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(stage, TENCENT).await?;
    stage.page.act("check-unknown").await?;
    // It was restarted, and the answer that says by whom is lost.
    stage.page.wait_for_outcomes(&ids[1..2], &["running-unproven"]).await?;
    ensure!(stage.power_calls().len() == 2, "looking has sent something");
    send_not_started(stage, 2).await?;
    stage.page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    stage.page.wait_for_outcomes(&ids[2..], &["proven"]).await?;
    each_once(stage, TENCENT, &ids)
}

/// The second call's record is being written when the browser dies: it is not in the journal, and the
/// call has not left.
async fn killed_before_the_record(stage: &mut Stage) -> Result<()> {
    // The transaction never ends: nobody commits it, and there is always one more request.
    let ids = stuck_at_the_record(
        stage,
        "Object.defineProperty(transaction, 'commit', { value() {} }); \
         const store = transaction.objectStore('records'); \
         const more = () => { store.get('none').onsuccess = more; }; \
         const add = IDBObjectStore.prototype.add; \
         IDBObjectStore.prototype.add = function (...all) { \
           if (this.transaction === transaction) { window.stuck = true; more(); } \
           return add.apply(this, all); };",
    )
    .await?;
    reopen(stage, 1).await?;
    let now = stage.page.outcomes().await?;
    // What became of the first may stand in the same record.
    let known = [TAKEN, &["unknown"]].concat();
    ensure!(known.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(ids[1..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(stage, TENCENT).await?;
    send_not_started(stage, 2).await?;
    stage.page.wait_for_outcomes(&ids[1..], &["proven"]).await?;
    each_once(stage, TENCENT, &ids)
}

/// The second call's record is written, and the call has not left: that cannot be told from one that
/// has, so it is unknown, and stays so.
async fn killed_after_the_record(stage: &mut Stage) -> Result<()> {
    // It ends, and the page does not hear of it.
    let ids = stuck_at_the_record(
        stage,
        "transaction.addEventListener('complete', () => { window.stuck = true; }); \
         Object.defineProperty(transaction, 'oncomplete', { set() {} });",
    )
    .await?;
    reopen(stage, 1).await?;
    let now = stage.page.outcomes().await?;
    // The first one's answer waits behind that record.
    let known = [TAKEN, &["unknown"]].concat();
    ensure!(known.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(outcome(&now, &ids[1]) == "unknown", "{now:?}");
    ensure!(outcome(&now, &ids[2]) == "queued", "{now:?}");
    key_again(stage, TENCENT).await?;
    stage.page.act("check-unknown").await?;
    // Without its answer, whose record had not been written, it is not known by whom it was restarted.
    stage.page.wait_for_outcomes(&ids[..1], &["proven", "running-unproven"]).await?;
    wait_for_looks(stage, stage.looks() + 2).await?;
    stage.page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    ensure!(stage.power_calls().len() == 1, "looking has sent something");
    ensure!(TENCENT.reboots(stage, &ids)? == [1, 0, 0]);
    Ok(())
}

/// Sends three, one by one, and brings the page to a stand at the record of the second.
async fn stuck_at_the_record(stage: &Stage, how: &str) -> Result<Vec<String>> {
    let script = format!(
        "() => {{ const begin = IDBDatabase.prototype.transaction; let durable = 0; \
         IDBDatabase.prototype.transaction = function (stores, mode, options) {{ \
           const transaction = begin.call(this, stores, mode, options); \
           if (options?.durability === 'strict' && ++durable === 2) {{ {how} }} \
           return transaction; }}; }}"
    );
    stage.page.session().before_every_page(&script).await?;
    stage.page.session().driver().refresh().await?;
    stage.page.wait_for_step("compose").await?;
    let ids = TENCENT.running(stage, 3);
    one_by_one(stage, &ids, 0).await?;
    stage.page.wait_until("the record", "return window.stuck ?? null;", &[]).await?;
    ensure!(stage.power_calls().len() == 1, "the second call has left");
    stage.page.wait_for_outcomes(&ids[1..], &["queued"]).await?;
    Ok(ids)
}

/// After the last answer: only the watching goes on, when a person says so.
async fn killed_watching(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 3);
    one_by_one_of(stage, ALIBABA, &ids, 0).await?;
    stage.page.wait_for_outcomes(&ids, TAKEN).await?;
    reopen(stage, 3).await?;
    let now = stage.page.outcomes().await?;
    ensure!(ids.iter().all(|id| TAKEN.contains(&outcome(&now, id))), "{now:?}");
    key_again(stage, ALIBABA).await?;
    if stage.page.sees("[data-action=resume]").await? {
        stage.page.act("resume").await?;
    }
    stage.page.wait_for_outcomes(&ids, &["proven", "running-unproven"]).await?;
    each_once(stage, ALIBABA, &ids)
}

pub(crate) async fn one_by_one(stage: &Stage, ids: &[String], pause_s: u32) -> Result<()> {
    one_by_one_of(stage, TENCENT, ids, pause_s).await
}

/// A call for each instance, with a pause after each.
async fn one_by_one_of(
    stage: &Stage,
    account: Account,
    ids: &[String],
    pause_s: u32,
) -> Result<()> {
    in_waves(stage, account, ids, (pause_s > 0).then_some((1, pause_s))).await
}

/// A call for each instance, and after so many calls a pause of so many seconds. Without a pause
/// several calls may be on the way at once.
pub(crate) async fn in_waves(
    stage: &Stage,
    account: Account,
    ids: &[String],
    wave: Option<(u32, u32)>,
) -> Result<()> {
    let page = &stage.page;
    page.compose(&account.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.click("details.pacing summary").await?;
    set_number(stage, "batchSize", 1).await?;
    if let Some((calls, pause_s)) = wave {
        set_number(stage, "waveCalls", calls).await?;
        set_number(stage, "wavePauseSeconds", pause_s).await?;
    }
    page.send().await
}

/// As typing and leaving the field does.
pub(crate) async fn set_number(stage: &Stage, name: &str, number: u32) -> Result<()> {
    let script = "const e = first(`[name=${a}]`); if (!e) return null; e.value = b; \
         e.dispatchEvent(new Event('change', { bubbles: true, composed: true })); return true;";
    let arguments = [json!(name), json!(number.to_string())];
    stage.page.wait_until(name, script, &arguments).await?;
    until(format!("{name} to be {number}"), || async {
        Ok((stage.page.value(name).await? == number.to_string()).then_some(()))
    })
    .await
}

/// Kills the browser, opens the page again, and waits until the run is there. Nothing was sent by
/// that, not even a look.
async fn reopen(stage: &mut Stage, arrivals: usize) -> Result<()> {
    stage.kill_browser().await?;
    let before = stage.calls().len();
    stage.page.session().driver().goto(&stage.site.url()).await?;
    stage.page.wait_for_step("run").await?;
    stage.page.wait_for("[data-stage=paused]").await?;
    ensure!(stage.calls().len() == before, "the reopening has sent something");
    ensure!(stage.power_calls().len() == arrivals, "{:#?}", stage.power_calls());
    let counts = counts(stage).await?;
    let sum: u64 = counts.iter().filter(|(name, _)| *name != "all").map(|(_, count)| count).sum();
    ensure!(counts.get("all") == Some(&sum), "{counts:?}");
    ensure!(counts["all"] == u64::try_from(stage.page.outcomes().await?.len())?, "{counts:?}");
    Ok(())
}

/// Asks for what never left, and confirms it.
pub(crate) async fn send_not_started(stage: &Stage, count: usize) -> Result<()> {
    let arrived = stage.power_calls().len();
    let button = stage.page.text("[data-action=send-not-started]").await?;
    ensure!(button.contains(&count.to_string()), "{button}");
    stage.page.act("send-not-started").await?;
    stage.page.wait_for("[data-action=confirm]").await?;
    ensure!(stage.power_calls().len() == arrived, "it is confirmed first");
    if stage.page.sees("[name=typedCountAgain]").await? {
        stage.page.fill("typedCountAgain", &count.to_string()).await?;
    }
    stage.page.act("confirm").await
}

/// The secret is held by nobody any more, and the run asks for it.
pub(crate) async fn key_again(stage: &Stage, account: Account) -> Result<()> {
    ensure!(!stage.page.everything().await?.contains(account.secret));
    stage.page.wait_for("[name=secret]").await?;
    ensure!(stage.page.value("keyId").await? == account.key_id);
    // Letter by letter: the field must not go away after the first.
    stage.page.fill("secret", account.secret).await?;
    stage.page.wait_for("[data-action=forget]").await
}

pub(crate) fn each_once(stage: &Stage, account: Account, ids: &[String]) -> Result<()> {
    let reboots = account.reboots(stage, ids)?;
    ensure!(reboots.iter().all(|count| *count == 1), "{reboots:?}");
    let mut arrived: Vec<String> =
        stage.power_calls().into_iter().flat_map(|call| call.ids).collect();
    let count = arrived.len();
    arrived.sort();
    arrived.dedup();
    ensure!(arrived.len() == count && count == ids.len(), "{:#?}", stage.power_calls());
    Ok(())
}

/// The counters, by their names.
pub(crate) async fn counts(stage: &Stage) -> Result<BTreeMap<String, u64>> {
    let script = "return Object.fromEntries(all('[data-filter][data-count]') \
         .map(e => [e.dataset.filter, Number(e.dataset.count)]));";
    Ok(serde_json::from_value(stage.page.run(script, &[]).await?)?)
}

pub(crate) fn outcome<'a>(now: &'a BTreeMap<String, String>, id: &str) -> &'a str {
    now.get(id).map_or("missing", String::as_str)
}

pub(crate) const TAKEN: &[&str] = &["accepted", "in-progress", "proven"];

// ---- two tabs -----------------------------------------------------------------------------------

/// Both have reviewed the same instances; the second to confirm is told, and sends only what is not
/// the other's.
async fn two_tabs(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 3);
    let (shared, own) = ids.split_at(2);
    let driver = stage.page.session().driver();
    let second = driver.window().await?;
    stage.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    stage.page.review().await?;
    let first = driver.new_window().await?;
    driver.switch_to_window(first.clone()).await?;
    stage.open().await?;
    stage.fault(&json!({ "fault": "slow", "ms": 9_000, "action": "RebootInstances" }))?;
    send(stage, &TENCENT.form(&shared.join("\n"))).await?;
    until("the first tab's call", || async { Ok((stage.power_calls().len() == 1).then_some(())) })
        .await?;
    driver.switch_to_window(second.clone()).await?;
    stage.page.send().await?;
    stage.page.wait_for_outcomes(shared, &["not-sent"]).await?;
    stage.page.wait_for_outcomes(own, &["proven"]).await?;
    let text = stage.page.all_text().await?;
    ensure!(stage.page.sees("[data-cause=other-tab]").await?, "no cause: {text}");
    let calls = stage.power_calls();
    ensure!(calls.len() == 2 && calls[0].ids == shared && calls[1].ids == own, "{calls:#?}");
    driver.switch_to_window(first).await?;
    stage.page.wait_for_outcomes(shared, &["proven"]).await?;
    each_once(stage, TENCENT, &ids)?;
    driver.close_window().await?;
    driver.switch_to_window(second).await?;
    Ok(())
}

// ---- a broken journal ---------------------------------------------------------------------------

/// Half of a record is gone: that is said, and what is left can be saved. Nothing is sent, and the
/// next run is none the worse.
async fn broken_journal(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 3);
    one_by_one(stage, &ids[..2], 3_600).await?;
    let page = &stage.page;
    page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    let script = "window.damaged = null; indexedDB.open('relight').onsuccess = event => { \
         const db = event.target.result, t = db.transaction('records', 'readwrite'); \
         t.objectStore('records').openCursor(null, 'prev').onsuccess = event => { \
           const c = event.target.result, text = JSON.stringify(c.value); \
           c.update(text.slice(0, text.length / 2)); }; \
         t.oncomplete = () => { db.close(); window.damaged = true; }; }; return true;";
    page.run(script, &[]).await?;
    page.wait_until("the damage", "return window.damaged;", &[]).await?;
    let (arrived, address) = (stage.calls().len(), stage.site.url());
    page.session().driver().goto(&address).await?;
    page.wait_for("[data-problem=journal]").await?;
    ensure!(page.text("[data-problem=journal]").await?.contains("quarantined"));
    ensure!(!page.sees("[data-step=run]").await?);
    ensure!(stage.calls().len() == arrived, "something was sent");
    page.act("save-aside").await?;
    let saved = page.downloaded("relight-records.txt").await?;
    ensure!(saved.contains(&ids[0]) && !saved.contains(TENCENT.secret), "{saved}");
    send(stage, &TENCENT.form(&ids[2])).await?;
    page.wait_for_outcomes(&ids[2..], &["proven"]).await?;
    each_once(stage, TENCENT, &[ids[0].clone(), ids[2].clone()])
}

// ---- no storage ---------------------------------------------------------------------------------

/// As a browser that blocks storage: there is an IndexedDB, and it throws.
const BLOCKED: &str = "() => { const no = () => { throw new DOMException('no', 'SecurityError'); }; \
     IDBFactory.prototype.open = no; IDBFactory.prototype.databases = no; }";

async fn block(stage: &Stage) -> Result<()> {
    stage.page.session().before_every_page(BLOCKED).await?;
    stage.page.session().driver().refresh().await?;
    stage.page.wait_for_step("compose").await
}

async fn no_storage_several(stage: &mut Stage) -> Result<()> {
    block(stage).await?;
    let ids = TENCENT.running(stage, 3);
    one_by_one(stage, &ids, 0).await?;
    stage.page.wait_for("[data-stage=paused]").await?;
    stage.page.wait_for("[data-outcome=not-sent]").await?;
    ensure!(stage.page.sees("[data-cause=no-journal]").await?, "no reason is given");
    let now = stage.page.outcomes().await?;
    let waits = |id: &String| ["not-sent", "queued"].contains(&outcome(&now, id));
    ensure!(ids.iter().all(waits), "{now:?}");
    // A person who goes on all the same is refused again, until nothing is left.
    stage.page.act("resume").await?;
    stage.page.wait_for_outcomes(&ids[..2], &["not-sent"]).await?;
    ensure!(stage.power_calls().is_empty(), "{:#?}", stage.power_calls());
    ensure!(TENCENT.reboots(stage, &ids)? == [0, 0, 0]);
    Ok(())
}

async fn no_storage_one(stage: &mut Stage) -> Result<()> {
    block(stage).await?;
    let ids = TENCENT.running(stage, 2);
    send(stage, &TENCENT.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(&ids, &["proven"]).await?;
    let notice = stage.page.text("[data-step=run] .note[role=status]").await?;
    ensure!(notice.len() > 20, "{notice}");
    ensure!(stage.power_calls().len() == 1);
    each_once(stage, TENCENT, &ids)
}

// ---- clock and key ------------------------------------------------------------------------------

async fn tencent_clock(stage: &mut Stage) -> Result<()> {
    clock(stage, TENCENT, 600).await
}

/// Alibaba allows for a quarter of an hour.
async fn alibaba_clock(stage: &mut Stage) -> Result<()> {
    clock(stage, ALIBABA, -1_200).await
}

async fn zenlayer_clock(stage: &mut Stage) -> Result<()> {
    clock(stage, ZENLAYER, 900).await
}

/// The page's clock is so many seconds behind the cloud's: refused once, corrected, accepted.
async fn clock(stage: &Stage, account: Account, seconds: i64) -> Result<()> {
    let ids = account.running(stage, 2);
    let page = &stage.page;
    page.compose(&account.form(&ids.join("\n"))).await?;
    page.review().await?;
    let cloud = account.cloud.name();
    stage.fault(&json!({ "fault": "clock-skew", "cloud": cloud, "seconds": seconds }))?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    let calls = stage.power_calls();
    ensure!(calls.len() == 2, "corrected once: {calls:#?}");
    ensure!(!calls[0].executed && calls[0].signature != "ok", "{calls:#?}");
    ensure!(calls[1].executed && calls[1].signature == "ok" && calls[1].ids == ids, "{calls:#?}");
    let text = page.text(".progress").await?;
    // A second may pass between the cloud's stamp and the page's.
    let near = (seconds - 2..=seconds + 2).any(|off| text.contains(&off.abs().to_string()));
    ensure!(text.contains("clock is off by") && near, "{text}");
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(account.reboots(stage, &ids)? == [1, 1]);
    Ok(())
}

/// A key that was taken away in the middle: nothing hammers at the door.
async fn three_refusals(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 6);
    stage.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "AuthFailure.SecretIdNotFound", "times": null }))?;
    one_by_one(stage, &ids, 0).await?;
    stage.page.wait_for("[data-stage=paused]").await?;
    stage.page.wait_for_outcomes(&ids[..3], &["rejected"]).await?;
    stage.page.wait_for_outcomes(&ids[3..], &["queued"]).await?;
    ensure!(stage.page.sees("[data-cause='AuthFailure.SecretIdNotFound']").await?);
    let calls = stage.power_calls();
    ensure!(calls.len() == 3 && calls.iter().all(|call| !call.executed), "{calls:#?}");
    stage.page.act("stop").await?;
    stage.page.wait_for("[data-stage=finished], [data-stage=stopped]").await?;
    ensure!(stage.power_calls().len() == 3);
    ensure!(stage.page.text(".progress").await?.contains("not everything was sent"));
    ensure!(stage.page.text("[data-settings]").await?.contains("at most 1 a call"));
    ensure!(TENCENT.reboots(stage, &ids)? == [0; 6]);
    Ok(())
}

// ---- many ---------------------------------------------------------------------------------------

pub(crate) const STOPPED: usize = 12;
pub(crate) const WRONG: usize = 7;

/// So many instances of Tencent's in one region, the last twelve of them switched off.
pub(crate) fn fleet_of(count: usize) -> Fleet {
    let entries: Vec<Value> = (0..count)
        .map(|place| {
            let state = if place + STOPPED < count { "RUNNING" } else { "STOPPED" };
            json!({ "cloud": "tencent", "region": "ap-guangzhou", "state": state,
                "instanceId": format!("ins-{place:08}"), "name": format!("node-{place}") })
        })
        .collect();
    Fleet::from_json(&Value::Array(entries).to_string()).unwrap_or_default()
}

/// As long as a reboot seems at this speed, the reload falls into it.
fn crowd(setting: Setting) -> Setting {
    Setting { fleet: || fleet_of(300), speed: 6.0, ..setting }
}

/// The wrong ids and states are found before any reboot, and each of the others is sent once, though
/// the page is loaded again in the middle.
async fn three_hundred(stage: &mut Stage) -> Result<()> {
    let all: Vec<String> =
        stage.instances(Cloud::Tencent, "ap-guangzhou").into_iter().map(|one| one.id).collect();
    let good = TENCENT.pick(stage, State::Running, all.len() - STOPPED);
    let wrong: Vec<String> = (0..WRONG).map(|place| format!("ins-wrong{place:03}")).collect();
    let page = &stage.page;
    page.compose(&TENCENT.form(&[&all[..], &wrong[..]].concat().join("\n"))).await?;
    page.review().await?;
    ensure!(stage.power_calls().is_empty());
    let button = page.text("[data-action=send]").await?;
    ensure!(button.contains(&good.len().to_string()), "{button}");
    for (reason, count) in [("stopped", STOPPED), ("not-found", WRONG)] {
        let words = page.text(&format!("[data-skipped={reason}] summary")).await?;
        ensure!(words.contains(&count.to_string()), "{words}");
    }
    page.click("details.pacing summary").await?;
    set_number(stage, "waveCalls", 2).await?;
    set_number(stage, "wavePauseSeconds", 3_600).await?;
    page.fill("typedCount", &good.len().to_string()).await?;
    page.send().await?;
    // One goes first, then a hundred; the other two calls are still to come.
    until("two calls", || async { Ok((stage.power_calls().len() == 2).then_some(())) }).await?;
    until("both answers", || async {
        let counts = counts(stage).await?;
        Ok((counts.get("sending").copied().unwrap_or_default() == 0).then_some(()))
    })
    .await?;
    page.session().driver().refresh().await?;
    page.wait_for_step("run").await?;
    page.wait_for("[data-stage=paused]").await?;
    let before = counts(stage).await?;
    ensure!(before["all"] == u64::try_from(all.len() + WRONG)?, "{before:?}");
    ensure!(before["skipped"] == u64::try_from(STOPPED + WRONG)?, "{before:?}");
    ensure!(before["queued"] == u64::try_from(good.len() - 101)?, "{before:?}");
    ensure!(stage.power_calls().len() == 2, "the reload has sent something");
    key_again(stage, TENCENT).await?;
    page.act("resume").await?;
    send_not_started(stage, good.len() - 101).await?;
    until("all calls", || async { Ok((stage.power_calls().len() == 4).then_some(())) }).await?;
    wait_for_looks(stage, stage.looks() + 3).await?;
    until("all back", || async {
        let counts = counts(stage).await?;
        let back = counts.get("proven").copied().unwrap_or_default();
        Ok((back == u64::try_from(good.len())?).then_some(()))
    })
    .await?;
    let sizes: Vec<usize> = stage.power_calls().iter().map(|call| call.ids.len()).collect();
    ensure!(sizes == [1, 100, 100, good.len() - 201], "{sizes:?}");
    each_once(stage, TENCENT, &good)?;
    let stray = stage.instances(Cloud::Tencent, "ap-guangzhou").into_iter();
    ensure!(stray.filter(|one| one.state == State::Stopped && one.reboots == 0).count() == STOPPED);
    let after = counts(stage).await?;
    let sum: u64 = after.iter().filter(|(name, _)| *name != "all").map(|(_, count)| count).sum();
    ensure!(after["all"] == sum && sum == before["all"], "{after:?}");
    Ok(())
}
