//! What a run survives: the browser killed, another tab, no storage, a clock that is wrong, a key
//! that is refused, and hundreds of instances. Arrivals are counted at the sandbox.

use crate::support::{
    ALIBABA, Account, TENCENT, ZENLAYER, events_of, listen, send, send_without_preflight,
    wait_for_describes,
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, suite::Case, until};
use relight_sandbox::{
    Cloud,
    fleet::{Fleet, State},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("runs::a_watched_run_continues_in_the_background", background),
        case!("runs::isolation_is_stopped_before_the_background", isolating),
        case!("runs::time_left_is_shown_once_it_is_known", time_left),
        case!("runs::actions_stay_in_view", bar),
        case!("runs::actions_stay_in_view_on_a_phone", bar)
            .configured(|setting| Setting { width: 360, ..setting }),
        case!("runs::skipped_ones_are_started_from_the_run", skipped),
        case!("runs::a_stopped_run_stays_stopped", stopped_for_good),
        case!("runs::killed_after_the_first_answer", killed_between).configured(with_profile),
        case!("runs::killed_while_a_call_is_in_flight", killed_in_flight).configured(with_profile),
        case!("runs::killed_when_all_are_accepted", killed_watching).configured(with_profile),
        case!("runs::killed_before_a_record_is_written", killed_before_the_record)
            .configured(with_profile),
        case!("runs::killed_after_a_record_is_written", killed_after_the_record)
            .configured(with_profile),
        case!("runs::of_two_tabs_one_sends", two_tabs),
        case!("runs::a_corrupt_journal_is_quarantined", broken_journal),
        case!("runs::without_storage_several_calls_are_refused", no_storage_several),
        case!("runs::without_storage_one_call_goes_out", no_storage_one),
        case!("runs::tencent_clock_ten_minutes_off", tencent_clock),
        case!("runs::alibaba_clock_twenty_minutes_off", alibaba_clock),
        case!("runs::zenlayer_clock_fifteen_minutes_off", zenlayer_clock),
        case!("runs::a_refusal_of_the_key_pauses_at_once", key_refused),
        case!("runs::three_hundred", three_hundred).configured(crowd),
    ]
}

// ---- killed -------------------------------------------------------------------------------------

fn with_profile(setting: Setting) -> Setting {
    Setting { keep_profile: true, ..setting }
}

/// Between two calls: nothing is unknown, and the rest is sent when the user confirms it.
async fn killed_between(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    one_by_one(fixture, &ids, 3_600).await?;
    fixture.page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    reopen(fixture, 1).await?;
    let now = fixture.page.outcomes().await?;
    ensure!(TAKEN.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(ids[1..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(fixture, TENCENT).await?;
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    ensure!(fixture.power_calls().len() == 1, "to go on is not to send");
    send_not_started(fixture, 3).await?;
    // One an hour was chosen, and stays so: the next one goes out, the other two wait their turn.
    fixture.page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    fixture.page.wait_for_outcomes(&ids[2..], &["queued"]).await?;
    each_once(fixture, TENCENT, &ids[..2])
}

/// What was in flight is unknown, whatever happened to it, and is described, not sent.
async fn killed_in_flight(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    // The first answer comes, and the second does not before the browser is killed. The others wait
    // for their wave.
    fixture.fault(
        &json!({ "fault": "slow", "ms": 60_000, "after": 1, "action": "RebootInstances" }),
    )?;
    in_waves(fixture, TENCENT, &ids, Some((2, 3_600))).await?;
    until("the second call", || async { Ok((fixture.power_calls().len() == 2).then_some(())) })
        .await?;
    // Long after its answer came, which is in the journal by now.
    fixture.page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    fixture.page.wait_for_outcomes(&ids[1..2], &["sending"]).await?;
    reopen(fixture, 2).await?;
    let now = fixture.page.outcomes().await?;
    ensure!(TAKEN.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(outcome(&now, &ids[1]) == "unknown", "{now:?}");
    ensure!(ids[2..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(fixture, TENCENT).await?;
    fixture.page.act("check-unknown").await?;
    // It was restarted, and the answer that says by whom is lost.
    fixture.page.wait_for_outcomes(&ids[1..2], &["running-unproven"]).await?;
    ensure!(fixture.power_calls().len() == 2, "looking has sent something");
    send_not_started(fixture, 2).await?;
    fixture.page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    fixture.page.wait_for_outcomes(&ids[2..], &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)
}

/// The second call's record is being written when the browser dies: it is not in the journal, and the
/// call has not left.
async fn killed_before_the_record(fixture: &mut Fixture) -> Result<()> {
    // The transaction never completes: there is always one more request.
    let ids = stuck_at_the_record(
        fixture,
        "Object.defineProperty(transaction, 'commit', { value() {} }); \
         const store = transaction.objectStore('records'); \
         const more = () => { store.get('none').onsuccess = more; }; \
         const add = IDBObjectStore.prototype.add; \
         IDBObjectStore.prototype.add = function (...all) { \
           if (this.transaction === transaction) { window.stuck = true; more(); } \
           return add.apply(this, all); };",
    )
    .await?;
    reopen(fixture, 1).await?;
    let now = fixture.page.outcomes().await?;
    // The outcome of the first may be in the same record.
    let known = [TAKEN, &["unknown"]].concat();
    ensure!(known.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(ids[1..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    key_again(fixture, TENCENT).await?;
    send_not_started(fixture, 2).await?;
    fixture.page.wait_for_outcomes(&ids[1..], &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)
}

/// The second call's record is written, and the call was not sent: that cannot be distinguished from one
/// that was, so it is unknown, and stays so.
async fn killed_after_the_record(fixture: &mut Fixture) -> Result<()> {
    // It ends, and the page does not hear of it.
    let ids = stuck_at_the_record(
        fixture,
        "transaction.addEventListener('complete', () => { window.stuck = true; }); \
         Object.defineProperty(transaction, 'oncomplete', { set() {} });",
    )
    .await?;
    reopen(fixture, 1).await?;
    let now = fixture.page.outcomes().await?;
    // The first one's answer waits behind that record.
    let known = [TAKEN, &["unknown"]].concat();
    ensure!(known.contains(&outcome(&now, &ids[0])), "{now:?}");
    ensure!(outcome(&now, &ids[1]) == "unknown", "{now:?}");
    ensure!(outcome(&now, &ids[2]) == "queued", "{now:?}");
    key_again(fixture, TENCENT).await?;
    fixture.page.act("check-unknown").await?;
    // Without its answer, whose record had not been written, it is not known by whom it was restarted.
    fixture.page.wait_for_outcomes(&ids[..1], &["proven", "running-unproven"]).await?;
    wait_for_describes(fixture, fixture.describe_count() + 2).await?;
    fixture.page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    ensure!(fixture.power_calls().len() == 1, "looking has sent something");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 0, 0]);
    Ok(())
}

/// Sends three, one by one, and blocks the page at the record of the second.
async fn stuck_at_the_record(fixture: &Fixture, how: &str) -> Result<Vec<String>> {
    let script = format!(
        "() => {{ const begin = IDBDatabase.prototype.transaction; let durable = 0; \
         IDBDatabase.prototype.transaction = function (stores, mode, options) {{ \
           const transaction = begin.call(this, stores, mode, options); \
           if (options?.durability === 'strict' && ++durable === 2) {{ {how} }} \
           return transaction; }}; }}"
    );
    fixture.page.session().before_every_page(&script).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await?;
    let ids = TENCENT.running(fixture, 3);
    one_by_one(fixture, &ids, 0).await?;
    fixture.page.wait_until("the record", "return window.stuck ?? null;", &[]).await?;
    ensure!(fixture.power_calls().len() == 1, "the second call has left");
    fixture.page.wait_for_outcomes(&ids[1..], &["queued"]).await?;
    Ok(ids)
}

/// After the last response: only the describing continues, when the user asks for it.
async fn killed_watching(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 3);
    one_by_one_of(fixture, ALIBABA, &ids, 0).await?;
    fixture.page.wait_for_outcomes(&ids, TAKEN).await?;
    reopen(fixture, 3).await?;
    let now = fixture.page.outcomes().await?;
    ensure!(ids.iter().all(|id| TAKEN.contains(&outcome(&now, id))), "{now:?}");
    key_again(fixture, ALIBABA).await?;
    if fixture.page.sees("[data-action=resume]").await? {
        fixture.page.act("resume").await?;
    }
    fixture.page.wait_for_outcomes(&ids, &["proven", "running-unproven"]).await?;
    each_once(fixture, ALIBABA, &ids)
}

pub(crate) async fn one_by_one(fixture: &Fixture, ids: &[String], pause_s: u32) -> Result<()> {
    one_by_one_of(fixture, TENCENT, ids, pause_s).await
}

/// A call for each instance, with a pause after each.
async fn one_by_one_of(
    fixture: &Fixture,
    account: Account,
    ids: &[String],
    pause_s: u32,
) -> Result<()> {
    in_waves(fixture, account, ids, (pause_s > 0).then_some((1, pause_s))).await
}

/// A call for each instance, and after so many calls a pause of so many seconds. Without a pause
/// several calls may be in flight at once.
pub(crate) async fn in_waves(
    fixture: &Fixture,
    account: Account,
    ids: &[String],
    wave: Option<(u32, u32)>,
) -> Result<()> {
    let page = &fixture.page;
    page.compose(&account.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.click("details.pacing summary").await?;
    set_number(fixture, "batchSize", 1).await?;
    if let Some((calls, pause_s)) = wave {
        set_number(fixture, "waveCalls", calls).await?;
        set_number(fixture, "wavePauseSeconds", pause_s).await?;
    }
    page.send().await
}

/// As typing and leaving the field does.
pub(crate) async fn set_number(fixture: &Fixture, name: &str, number: u32) -> Result<()> {
    let script = "const e = first(`[name=${a}]`); if (!e) return null; e.value = b; \
         e.dispatchEvent(new Event('change', { bubbles: true, composed: true })); return true;";
    let arguments = [json!(name), json!(number.to_string())];
    fixture.page.wait_until(name, script, &arguments).await?;
    until(format!("{name} to be {number}"), || async {
        Ok((fixture.page.value(name).await? == number.to_string()).then_some(()))
    })
    .await
}

/// Kills the browser, opens the page again, and waits until the run is there. Nothing was sent by
/// that, not even a describe.
async fn reopen(fixture: &mut Fixture, arrivals: usize) -> Result<()> {
    fixture.kill_browser().await?;
    let before = fixture.calls().len();
    fixture.page.session().driver().goto(&fixture.site.url()).await?;
    fixture.page.wait_for_step("run").await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    ensure!(fixture.calls().len() == before, "the reopening has sent something");
    ensure!(fixture.power_calls().len() == arrivals, "{:#?}", fixture.power_calls());
    let counts = counts(fixture).await?;
    let sum: u64 = counts.iter().filter(|(name, _)| *name != "all").map(|(_, count)| count).sum();
    ensure!(counts.get("all") == Some(&sum), "{counts:?}");
    ensure!(counts["all"] == u64::try_from(fixture.page.outcomes().await?.len())?, "{counts:?}");
    Ok(())
}

/// Asks for what never left, and confirms it.
pub(crate) async fn send_not_started(fixture: &Fixture, count: usize) -> Result<()> {
    let arrived = fixture.power_calls().len();
    let button = fixture.page.text("[data-action=send-not-started]").await?;
    ensure!(button.contains(&count.to_string()), "{button}");
    fixture.page.act("send-not-started").await?;
    fixture.page.wait_for("[data-action=confirm]").await?;
    ensure!(fixture.power_calls().len() == arrived, "it is confirmed first");
    if fixture.page.sees("[name=typedCountAgain]").await? {
        fixture.page.fill("typedCountAgain", &count.to_string()).await?;
    }
    fixture.page.act("confirm").await
}

/// The secret is gone, and the run asks for it.
pub(crate) async fn key_again(fixture: &Fixture, account: Account) -> Result<()> {
    ensure!(!fixture.page.everything().await?.contains(account.secret));
    fixture.page.wait_for("[name=secret]").await?;
    ensure!(fixture.page.value("keyId").await? == account.key_id);
    // Letter by letter: the field must not go away after the first.
    fixture.page.fill("secret", account.secret).await?;
    fixture.page.wait_for("[data-action=forget]").await
}

pub(crate) fn each_once(fixture: &Fixture, account: Account, ids: &[String]) -> Result<()> {
    let reboots = account.reboots(fixture, ids)?;
    ensure!(reboots.iter().all(|count| *count == 1), "{reboots:?}");
    let mut arrived: Vec<String> =
        fixture.power_calls().into_iter().flat_map(|call| call.ids).collect();
    let count = arrived.len();
    arrived.sort();
    arrived.dedup();
    ensure!(arrived.len() == count && count == ids.len(), "{:#?}", fixture.power_calls());
    Ok(())
}

/// The counters, by their names.
pub(crate) async fn counts(fixture: &Fixture) -> Result<BTreeMap<String, u64>> {
    let script = "return Object.fromEntries(all('[data-filter][data-count]') \
         .map(e => [e.dataset.filter, Number(e.dataset.count)]));";
    Ok(serde_json::from_value(fixture.page.run(script, &[]).await?)?)
}

pub(crate) fn outcome<'a>(now: &'a BTreeMap<String, String>, id: &str) -> &'a str {
    now.get(id).map_or("missing", String::as_str)
}

pub(crate) const TAKEN: &[&str] = &["accepted", "in-progress", "proven"];

// ---- two tabs -----------------------------------------------------------------------------------

/// Both have reviewed the same instances; the second to confirm is warned, and sends only what is not
/// the other's.
async fn two_tabs(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 3);
    let (shared, own) = ids.split_at(2);
    let driver = fixture.page.session().driver();
    let second = driver.window().await?;
    fixture.page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.review().await?;
    let first = driver.new_window().await?;
    driver.switch_to_window(first.clone()).await?;
    fixture.open().await?;
    fixture.fault(&json!({ "fault": "slow", "ms": 9_000, "action": "RebootInstances" }))?;
    send(fixture, &TENCENT.form(&shared.join("\n"))).await?;
    until("the first tab's call", || async {
        Ok((fixture.power_calls().len() == 1).then_some(()))
    })
    .await?;
    driver.switch_to_window(second.clone()).await?;
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(shared, &["not-sent"]).await?;
    fixture.page.wait_for_outcomes(own, &["proven"]).await?;
    let text = fixture.page.all_text().await?;
    ensure!(fixture.page.sees("[data-cause=other-tab]").await?, "no cause: {text}");
    let calls = fixture.power_calls();
    ensure!(calls.len() == 2 && calls[0].ids == shared && calls[1].ids == own, "{calls:#?}");
    driver.switch_to_window(first).await?;
    fixture.page.wait_for_outcomes(shared, &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)?;
    driver.close_window().await?;
    driver.switch_to_window(second).await?;
    Ok(())
}

// ---- a broken journal ---------------------------------------------------------------------------

/// Half of a record is gone: that is reported, and what is left can be downloaded. Nothing is sent, and the
/// next run is none the worse.
async fn broken_journal(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 3);
    one_by_one(fixture, &ids[..2], 3_600).await?;
    let page = &fixture.page;
    page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    let script = "window.damaged = null; indexedDB.open('relight').onsuccess = event => { \
         const db = event.target.result, t = db.transaction('records', 'readwrite'); \
         t.objectStore('records').openCursor(null, 'prev').onsuccess = event => { \
           const c = event.target.result, text = JSON.stringify(c.value); \
           c.update(text.slice(0, text.length / 2)); }; \
         t.oncomplete = () => { db.close(); window.damaged = true; }; }; return true;";
    page.run(script, &[]).await?;
    page.wait_until("the damage", "return window.damaged;", &[]).await?;
    let (arrived, address) = (fixture.calls().len(), fixture.site.url());
    page.session().driver().goto(&address).await?;
    page.wait_for("[data-problem=journal]").await?;
    ensure!(page.text("[data-problem=journal]").await?.contains("quarantined"));
    ensure!(!page.sees("[data-step=run]").await?);
    ensure!(fixture.calls().len() == arrived, "something was sent");
    page.act("save-aside").await?;
    let saved = page.downloaded("relight-records.txt").await?;
    ensure!(saved.contains(&ids[0]) && !saved.contains(TENCENT.secret), "{saved}");
    send(fixture, &TENCENT.form(&ids[2])).await?;
    page.wait_for_outcomes(&ids[2..], &["proven"]).await?;
    each_once(fixture, TENCENT, &[ids[0].clone(), ids[2].clone()])
}

// ---- no storage ---------------------------------------------------------------------------------

/// As a browser that blocks storage: there is an IndexedDB, and it throws.
const BLOCKED: &str = "() => { const no = () => { throw new DOMException('no', 'SecurityError'); }; \
     IDBFactory.prototype.open = no; IDBFactory.prototype.databases = no; }";

async fn block(fixture: &Fixture) -> Result<()> {
    fixture.page.session().before_every_page(BLOCKED).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await
}

async fn no_storage_several(fixture: &mut Fixture) -> Result<()> {
    block(fixture).await?;
    let ids = TENCENT.running(fixture, 3);
    one_by_one(fixture, &ids, 0).await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    fixture.page.wait_for("[data-outcome=not-sent]").await?;
    ensure!(fixture.page.sees("[data-cause=no-journal]").await?, "no reason is given");
    let now = fixture.page.outcomes().await?;
    let waits = |id: &String| ["not-sent", "queued"].contains(&outcome(&now, id));
    ensure!(ids.iter().all(waits), "{now:?}");
    // A user who goes on all the same is refused again, until nothing is left.
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids[..2], &["not-sent"]).await?;
    ensure!(fixture.power_calls().is_empty(), "{:#?}", fixture.power_calls());
    ensure!(TENCENT.reboots(fixture, &ids)? == [0, 0, 0]);
    Ok(())
}

async fn no_storage_one(fixture: &mut Fixture) -> Result<()> {
    block(fixture).await?;
    let ids = TENCENT.running(fixture, 2);
    send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    let notice = fixture.page.text("[data-step=run] .note[role=status]").await?;
    ensure!(notice.len() > 20, "{notice}");
    ensure!(fixture.power_calls().len() == 1);
    each_once(fixture, TENCENT, &ids)
}

// ---- clock and key ------------------------------------------------------------------------------

async fn tencent_clock(fixture: &mut Fixture) -> Result<()> {
    clock(fixture, TENCENT, 600).await
}

/// Alibaba allows for a quarter of an hour.
async fn alibaba_clock(fixture: &mut Fixture) -> Result<()> {
    clock(fixture, ALIBABA, -1_200).await
}

async fn zenlayer_clock(fixture: &mut Fixture) -> Result<()> {
    clock(fixture, ZENLAYER, 900).await
}

/// The page's clock is so many seconds behind the cloud's: refused once, corrected, accepted.
async fn clock(fixture: &Fixture, account: Account, seconds: i64) -> Result<()> {
    let ids = account.running(fixture, 2);
    let page = &fixture.page;
    page.compose(&account.form(&ids.join("\n"))).await?;
    page.review().await?;
    let cloud = account.cloud.name();
    fixture.fault(&json!({ "fault": "clock-skew", "cloud": cloud, "seconds": seconds }))?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 2, "corrected once: {calls:#?}");
    ensure!(!calls[0].executed && calls[0].signature != "ok", "{calls:#?}");
    ensure!(calls[1].executed && calls[1].signature == "ok" && calls[1].ids == ids, "{calls:#?}");
    let text = page.text(".progress").await?;
    // A second may pass between the cloud's stamp and the page's.
    let near = (seconds - 2..=seconds + 2).any(|off| text.contains(&off.abs().to_string()));
    ensure!(text.contains("clock is off by") && near, "{text}");
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(account.reboots(fixture, &ids)? == [1, 1]);
    Ok(())
}

/// A key that was taken away in the middle: nothing hammers at the door.
async fn key_refused(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 6);
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "AuthFailure.SecretIdNotFound", "times": null }))?;
    one_by_one(fixture, &ids, 5).await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    fixture.page.wait_for_outcomes(&ids[..1], &["rejected"]).await?;
    fixture.page.wait_for_outcomes(&ids[1..], &["queued"]).await?;
    fixture.page.wait_for("[name=secret]:focus").await?;
    ensure!(fixture.page.sees("[data-cause='AuthFailure.SecretIdNotFound']").await?);
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls.iter().all(|call| !call.executed), "{calls:#?}");
    fixture.page.act("stop").await?;
    fixture.page.wait_for("[data-stage=finished], [data-stage=stopped]").await?;
    ensure!(fixture.power_calls().len() == 1);
    ensure!(fixture.page.text(".progress").await?.contains("5 not sent"));
    ensure!(fixture.page.text("[data-settings]").await?.contains("at most 1 a call"));
    ensure!(TENCENT.reboots(fixture, &ids)? == [0; 6]);
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
async fn three_hundred(fixture: &mut Fixture) -> Result<()> {
    let all: Vec<String> =
        fixture.instances(Cloud::Tencent, "ap-guangzhou").into_iter().map(|one| one.id).collect();
    let good = TENCENT.pick(fixture, State::Running, all.len() - STOPPED);
    let wrong: Vec<String> = (0..WRONG).map(|place| format!("ins-wrong{place:03}")).collect();
    let page = &fixture.page;
    page.compose(&TENCENT.form(&[&all[..], &wrong[..]].concat().join("\n"))).await?;
    page.review().await?;
    ensure!(fixture.power_calls().is_empty());
    let button = page.text("[data-action=send]").await?;
    ensure!(button.contains(&good.len().to_string()), "{button}");
    for (reason, count) in [("stopped", STOPPED), ("not-found", WRONG)] {
        let words = page.text(&format!("[data-skipped={reason}] summary")).await?;
        ensure!(words.contains(&count.to_string()), "{words}");
    }
    page.click("details.pacing summary").await?;
    set_number(fixture, "waveCalls", 2).await?;
    set_number(fixture, "wavePauseSeconds", 3_600).await?;
    page.fill("typedCount", &good.len().to_string()).await?;
    page.send().await?;
    // One goes first, then a hundred; the other two calls are still to come.
    until("two calls", || async { Ok((fixture.power_calls().len() == 2).then_some(())) }).await?;
    until("both answers", || async {
        let counts = counts(fixture).await?;
        Ok((counts.get("sending").copied().unwrap_or_default() == 0).then_some(()))
    })
    .await?;
    page.session().driver().refresh().await?;
    page.wait_for_step("run").await?;
    page.wait_for("[data-stage=paused]").await?;
    let before = counts(fixture).await?;
    ensure!(before["all"] == u64::try_from(all.len() + WRONG)?, "{before:?}");
    ensure!(before["skipped"] == u64::try_from(STOPPED + WRONG)?, "{before:?}");
    ensure!(before["queued"] == u64::try_from(good.len() - 101)?, "{before:?}");
    ensure!(fixture.power_calls().len() == 2, "the reload has sent something");
    key_again(fixture, TENCENT).await?;
    page.act("resume").await?;
    send_not_started(fixture, good.len() - 101).await?;
    until("all calls", || async { Ok((fixture.power_calls().len() == 4).then_some(())) }).await?;
    wait_for_describes(fixture, fixture.describe_count() + 3).await?;
    until("all back", || async {
        let counts = counts(fixture).await?;
        let back = counts.get("proven").copied().unwrap_or_default();
        Ok((back == u64::try_from(good.len())?).then_some(()))
    })
    .await?;
    let sizes: Vec<usize> = fixture.power_calls().iter().map(|call| call.ids.len()).collect();
    ensure!(sizes == [1, 100, 100, good.len() - 201], "{sizes:?}");
    each_once(fixture, TENCENT, &good)?;
    let stray = fixture.instances(Cloud::Tencent, "ap-guangzhou").into_iter();
    ensure!(stray.filter(|one| one.state == State::Stopped && one.reboots == 0).count() == STOPPED);
    let after = counts(fixture).await?;
    let sum: u64 = after.iter().filter(|(name, _)| *name != "all").map(|(_, count)| count).sum();
    ensure!(after["all"] == sum && sum == before["all"], "{after:?}");
    Ok(())
}

/// A new run does not end the watch of the last one: it is seen on every page, proven to its end, and can be
/// gone back to. Nothing is sent again for it.
async fn background(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let page = &fixture.page;
    listen(fixture).await?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(&ids[..1], TAKEN).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    page.wait_for("[data-background-run]").await?;
    page.wait_for("[data-background-run][data-stage=finished]").await?;
    ensure!(events_of(fixture, "relight-run-finished").await?.len() == 1);
    // Another one meanwhile, and back to the first.
    page.fill("instanceIds", &ids[1]).await?;
    page.review().await?;
    ensure!(page.sees("[data-background-run]").await?);
    page.send().await?;
    page.wait_for_outcomes(&ids[1..], TAKEN).await?;
    page.act("open-background").await?;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    // The second is in the background now, and is watched to its end.
    page.wait_for("[data-background-run][data-stage=finished]").await?;
    page.act("dismiss-background").await?;
    page.wait_for_no("[data-background-run]").await?;
    each_once(fixture, TENCENT, &ids)
}

/// While the bad id of a refused call is looked for, a new run is begun: what was found would have been sent
/// in the background, and is not.
async fn isolating(fixture: &mut Fixture) -> Result<()> {
    let ids = [TENCENT.running(fixture, 3), TENCENT.stopped(fixture, 1)].concat();
    let page = &fixture.page;
    send_without_preflight(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    fixture.clear_faults();
    fixture.fault(&json!({ "fault": "slow", "ms": 1_500, "action": "DescribeInstances" }))?;
    let described = fixture.describe_count();
    page.act("narrow").await?;
    page.act("confirm").await?;
    wait_for_describes(fixture, described + 1).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    // The answer has come, and another run to its end.
    let other = TENCENT.running(fixture, 4).split_off(3);
    page.fill("instanceIds", &other[0]).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&other, &["proven"]).await?;
    page.wait_for("[data-background-run][data-stage=finished]").await?;
    let sizes: Vec<usize> = fixture.power_calls().iter().map(|call| call.ids.len()).collect();
    ensure!(sizes == [4, 1], "sent in the background: {sizes:?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [0; 4]);
    // There it can be asked for again.
    page.act("open-background").await?;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    page.wait_for("[data-action=narrow]").await
}

/// Three come back, and the fourth waits for an hour: that is said then, and not before.
async fn time_left(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    let page = &fixture.page;
    // The third is not seen to be back before it is looked at.
    fixture.fault(&json!({ "fault": "status", "status": 503, "after": 1, "times": null,
        "action": "DescribeInstances" }))?;
    in_waves(fixture, TENCENT, &ids, Some((3, 3_600))).await?;
    page.wait_for_outcomes(&ids[..3], TAKEN).await?;
    page.wait_for("[data-elapsed]").await?;
    ensure!(!page.sees("[data-time-left]").await?, "nothing is known yet");
    fixture.clear_faults();
    page.wait_for_outcomes(&ids[..3], &["proven"]).await?;
    page.wait_for("[data-time-left]").await?;
    let words = page.text("[data-time-left]").await?;
    ensure!(["about 60 min left", "about 59 min left"].contains(&words.as_str()), "{words}");
    ensure!(page.text("[data-elapsed]").await?.contains("elapsed"));
    page.act("stop").await?;
    page.wait_for("[data-stage=finished]").await?;
    ensure!(!page.sees("[data-time-left], [data-elapsed]").await?);
    let words = page.text("[data-took]").await?;
    ensure!(words.contains("finished at") && words.contains("took"), "{words}");
    Ok(())
}

/// Whether the top of an element is on the screen, with nothing over it.
const IN_VIEW: &str = "const e = first(a); if (!e) return null; const r = e.getBoundingClientRect(); \
     const at = root.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); \
     return (r.top >= 0 && r.bottom <= innerHeight && (e === at || e.contains(at))) || null;";

/// One is unknown and two are not sent: both can be done from wherever one has scrolled to, and what cannot
/// be done says why elsewhere.
async fn bar(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    let page = &fixture.page;
    fixture.fault(&json!({ "fault": "lost-answer", "after": 1, "action": "RebootInstances" }))?;
    in_waves(fixture, TENCENT, &ids, Some((2, 3_600))).await?;
    page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    // It stays unknown.
    fixture.fault(&json!({ "fault": "status", "status": 503, "times": null,
        "action": "DescribeInstances" }))?;
    page.act("stop").await?;
    let wanted = ["check-unknown", "send-not-started"].map(|one| format!("[data-action={one}]"));
    for position in ["0", "document.documentElement.scrollHeight / 2", "1e9"] {
        page.run(&format!("window.scrollTo(0, {position}); return true;"), &[]).await?;
        for button in &wanted {
            let what = format!("{button} in view at {position}");
            page.wait_until(&what, IN_VIEW, &[json!(button)]).await?;
        }
    }
    ensure!(page.overflow().await? <= 0, "too wide");
    page.screenshot(&format!("{}-{}-bar", page.browser(), fixture.setting.width)).await?;
    // What has nothing to do is not there, and says why.
    ensure!(!page.sees("[data-action=retry-failed], [data-action=force]").await?);
    page.click("details:has([data-not-offered]) summary").await?;
    let words = page.text("[data-not-offered=retry-failed]").await?;
    ensure!(words.contains("Retry failed (0)") && words.contains("Nothing was refused"), "{words}");
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:#?}");
    // Asked for by the keyboard: the question is in view, and Cancel has the focus.
    page.run(
        "window.scrollTo(0, 0); first('[data-action=send-not-started]').focus(); return true;",
        &[],
    )
    .await?;
    page.press("\u{e007}").await?;
    page.wait_for("[data-action=cancel]:focus").await?;
    for button in ["[data-action=cancel]", "[data-action=confirm]"] {
        page.wait_until(&format!("{button} in view"), IN_VIEW, &[json!(button)]).await?;
    }
    page.screenshot(&format!("{}-{}-bar-asks", page.browser(), fixture.setting.width)).await?;
    page.act("cancel").await?;
    ensure!(fixture.power_calls().len() == 2);
    Ok(())
}

/// Skipped instances are reviewed again with the operation that they can take; the run continues meanwhile.
async fn skipped(fixture: &mut Fixture) -> Result<()> {
    let (running, stopped) = (TENCENT.running(fixture, 2), TENCENT.stopped(fixture, 2));
    let page = &fixture.page;
    fixture.fault(&json!({ "fault": "slow", "ms": 1_500, "action": "RebootInstances" }))?;
    // Not before the second review is there.
    send(fixture, &TENCENT.form(&[&running[..], &stopped].concat().join("\n"))).await?;
    let button = "[data-skipped=stopped] [data-action=instead]";
    page.wait_for(&format!("{button}[aria-disabled=true]")).await?;
    page.click(button).await?;
    page.wait_for_outcomes(&running, TAKEN).await?;
    page.wait_for_step("run").await?;
    page.wait_for(&format!("{button}:not([aria-disabled])")).await?;
    let words = page.text(button).await?;
    ensure!(words.contains("Start these 2"), "{words}");
    ensure!(page.sees("[data-skipped=stopped] [data-action=copy]").await?);
    page.screenshot(&format!("{}-run-skipped", page.browser())).await?;
    page.click(button).await?;
    page.wait_for_step("review").await?;
    ensure!(page.text("[data-count=planned]").await?.starts_with('2'));
    ensure!(page.value("operation").await? == "StartInstances");
    ensure!(fixture.power_calls().len() == 1, "a click has sent something");
    page.wait_for("[data-background-run][data-stage=finished]").await?;
    page.send().await?;
    page.wait_for_outcomes(&stopped, &["proven", "running-unproven"]).await?;
    ensure!(TENCENT.starts(fixture, &stopped)? == [1, 1]);
    ensure!(TENCENT.reboots(fixture, &running)? == [1, 1]);
    ensure!(fixture.power_calls().len() == 2);
    Ok(())
}

/// Stopped, then looked at for what is unknown, then loaded anew: what is not sent is said all the while, in
/// the title and on the page.
async fn stopped_for_good(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    let page = &fixture.page;
    fixture.fault(&json!({ "fault": "lost-answer", "after": 1, "action": "RebootInstances" }))?;
    // What was lost stays unknown until it is asked for.
    fixture.fault(&json!({ "fault": "status", "status": 503, "after": 1, "times": null,
        "action": "DescribeInstances" }))?;
    in_waves(fixture, TENCENT, &ids, Some((2, 3_600))).await?;
    page.wait_for_outcomes(&ids[1..2], &["unknown"]).await?;
    page.act("stop").await?;
    is_stopped(fixture, "1 unknown · Stopped · 2 not sent").await?;
    let described = fixture.describe_count();
    page.act("check-unknown").await?;
    wait_for_describes(fixture, described + 1).await?;
    is_stopped(fixture, "1 unknown · Stopped · 2 not sent").await?;
    fixture.clear_faults();
    page.wait_for_outcomes(&ids[1..2], &["running-unproven"]).await?;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    is_stopped(fixture, "Stopped · 2 not sent").await?;
    page.session().driver().refresh().await?;
    page.wait_for_step("run").await?;
    is_stopped(fixture, "Stopped · 2 not sent").await?;
    send_not_started(fixture, 2).await?;
    key_again(fixture, TENCENT).await?;
    page.act("resume").await?;
    page.wait_for_outcomes(&ids[2..3], &["proven"]).await?;
    ensure!(!page.text("[data-status]").await?.contains("Stopped"));
    Ok(())
}

async fn is_stopped(fixture: &Fixture, headline: &str) -> Result<()> {
    let page = &fixture.page;
    let is_open = headline.contains("unknown");
    let percent = page.run("return first('.run [role=progressbar]').ariaValueNow;", &[]).await?;
    ensure!(percent == if is_open { "0" } else { "50" }, "{percent}");
    until(format!("the title {headline}"), || async {
        let title = page.session().driver().title().await?;
        Ok((title == format!("{headline} · Relight")).then_some(()))
    })
    .await?;
    let status = page.text("[data-status]").await?;
    ensure!(status.contains("Stopped") && status.contains("2 not sent"), "{status}");
    Ok(())
}
