//! The journal and the locks, in a real browser. `cargo xtask test wasm` runs this in two.
//!
//! Tests share one database, as runs do, and distinguish their runs by their ids.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, Object, Promise, Reflect};
use relight::services::{
    journal::{Journal, Unavailable, Unreadable},
    locks::{self, NoLocks, RunLock},
};
use relight_core::{
    clouds,
    i18n::Locale,
    ids::parse_ids,
    model::{
        instance_id::InstanceId,
        outcome::{Outcome, Response},
        plan::{PlanInput, plan},
    },
    run::{About, Broken, Command, Event, Millis, Policy, Record, Run, Summary, restore},
    signing::{Secret, Signer},
    transport::TransportResult,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const ACCOUNT: &str = "tencent AKIDEXAMPLE";
const NOW: Millis = 1_790_000_000_000;

// ---- records -------------------------------------------------------------------------------------

#[wasm_bindgen_test]
async fn records_are_read_in_the_order_of_writing() {
    let journal = opened().await;
    let played = RecordedRun::new("order", 30, 7, NOW);
    assert!(played.records.len() > 5, "only {} records", played.records.len());
    // All in the queue before any is written; the last one is awaited first.
    let mut appends: Vec<_> = played
        .records
        .iter()
        .map(|record| journal.append("order", ACCOUNT, &record.0, &record.1, record.2))
        .collect();
    assert_eq!(appends.pop().unwrap().await, Ok(Vec::new()));
    let records = journal.load("order").await.unwrap();
    let given: Vec<Record> = played.records.iter().map(|record| record.0.clone()).collect();
    assert_eq!(records, given);

    let restored = restore(records, NOW + 1).unwrap();
    assert_eq!(outcomes(&restored), outcomes(&played.run));
    assert_eq!(restored.about(), played.run.about());
    assert!(outcomes(&restored).iter().all(|(_, outcome)| *outcome == Outcome::Accepted));
}

#[wasm_bindgen_test]
async fn leaving_the_queue_does_not_block_others() {
    let journal = opened().await;
    let played = RecordedRun::new("queue", 1, 1, NOW);
    let [first, second, ..] = played.records.as_slice() else { panic!("two records") };
    // The first one asks which pages live before it writes; the last one would not have to.
    let slow = journal.append("queue", "queue", &first.0, &first.1, true);
    drop(journal.release("queue", None));
    let quick = journal.append("queue", "queue", &second.0, &[], false);
    assert_eq!(quick.await, Ok(Vec::new()));
    assert_eq!(slow.await, Ok(Vec::new()));
    assert_eq!(claims_of("queue").await, 1, "a release that nobody waited for is none");
}

#[wasm_bindgen_test]
async fn a_durable_record_is_reported_when_it_is_on_the_disk() {
    let journal = opened().await;
    let played = RecordedRun::new("durable", 1, 1, NOW);
    let [first, second, ..] = played.records.as_slice() else { panic!("two records") };
    let spy = Spy::on(
        "IDBDatabase.prototype",
        "transaction",
        "
        const transaction = real.apply(this, given);
        const seen = [given[2]?.durability, transaction.durability, false];
        log.push(seen);
        transaction.addEventListener('complete', () => { seen[2] = true; });
        return transaction;",
    );
    journal.append("durable", ACCOUNT, &first.0, &[], true).await.unwrap();
    assert_eq!(spy.said(), r#"[["strict","strict",true]]"#);
    journal.append("durable", ACCOUNT, &second.0, &[], false).await.unwrap();
    assert_eq!(spy.said(), r#"[["strict","strict",true],["relaxed","relaxed",true]]"#);
}

#[wasm_bindgen_test]
async fn a_record_that_found_no_space_goes_with_the_next_one() {
    let journal = opened().await;
    let played = RecordedRun::new("full", 1, 1, NOW);
    let [first, second, ..] = played.records.as_slice() else { panic!("two records") };
    let spy = Spy::on(
        "IDBObjectStore.prototype",
        "add",
        "
        throw new DOMException('no space', 'QuotaExceededError');",
    );
    let failed = journal.append("full", ACCOUNT, &first.0, &first.1, true).await;
    assert_eq!(failed, Err(Unavailable::Full));
    assert_eq!(Unavailable::Full.code(), "no-journal");
    drop(spy);
    assert_eq!(journal.load("full").await, Ok(Vec::new()));
    assert_eq!(claims_of("full").await, 0, "the claim went with the record");

    journal.append("full", ACCOUNT, &second.0, &[], true).await.unwrap();
    let stored = journal.load("full").await.unwrap();
    assert_eq!(stored, [first.0.clone(), second.0.clone()]);
    assert!(
        journal.contents().await.unwrap().runs.iter().any(|run| run.summary.about.id == "full")
    );
}

#[wasm_bindgen_test]
async fn what_the_browser_rolls_back_was_not_written() {
    let journal = opened().await;
    let played = RecordedRun::new("aborted", 1, 1, NOW);
    let [first, second, ..] = played.records.as_slice() else { panic!("two records") };
    let spy = Spy::on("IDBTransaction.prototype", "commit", "this.abort();");
    let failed = journal.append("aborted", ACCOUNT, &first.0, &first.1, true).await;
    assert!(matches!(failed, Err(Unavailable::Failed(_))), "{failed:?}");
    drop(spy);
    assert_eq!(journal.load("aborted").await, Ok(Vec::new()));
    assert_eq!(claims_of("aborted").await, 0, "the claim went with the record");
    journal.append("aborted", ACCOUNT, &second.0, &[], true).await.unwrap();
    assert_eq!(journal.load("aborted").await.unwrap().len(), 2);
}

#[wasm_bindgen_test]
async fn two_pages_cannot_both_resume_a_run() {
    let (one, other) = (opened().await, opened().await);
    let played = RecordedRun::new("twice", 1, 1, NOW);
    let [first, second, ..] = played.records.as_slice() else { panic!("two records") };
    one.append("twice", ACCOUNT, &first.0, &[], true).await.unwrap();
    one.append("twice", ACCOUNT, &second.0, &[], true).await.unwrap();
    let late = other.append("twice", ACCOUNT, &second.0, &[], true).await;
    assert_eq!(late, Err(Unavailable::Taken));
    assert_eq!(Unavailable::Taken.code(), "other-tab");
}

#[wasm_bindgen_test]
async fn runs_are_listed_newest_first_with_their_liveness() {
    let journal = opened().await;
    for (id, at) in [("list-old", 1), ("list-new", 3), ("list-middle", 2)] {
        journal.keep(&RecordedRun::new(id, 3, 3, NOW + at)).await;
    }
    let lock = RunLock::take("list-middle").await.unwrap().unwrap();
    let listed = || async {
        let runs = journal.contents().await.unwrap().runs.into_iter();
        let ours = runs.filter(|run| run.summary.about.id.starts_with("list-"));
        ours.map(|run| (run.summary.about.id, run.is_active)).collect::<Vec<_>>()
    };
    let expected = |active| {
        [("list-new", false), ("list-middle", active), ("list-old", false)]
            .map(|(id, active)| (id.to_owned(), Some(active)))
    };
    assert_eq!(listed().await, expected(true));
    drop(lock);
    free("list-middle").await;
    assert_eq!(listed().await, expected(false));

    let contents = journal.contents().await.unwrap();
    let stored = contents.runs.iter().find(|run| run.summary.about.id == "list-new").unwrap();
    assert_eq!(stored.summary.about.reason, "OPS-1");
    assert_eq!(stored.summary.about.confirmed_at, NOW + 3);
    let (cloud, region) = (stored.summary.cloud.as_str(), stored.summary.region.as_str());
    assert_eq!((cloud, region), ("tencent", "ap-guangzhou"));
    assert_eq!(stored.summary.operation, "RebootInstances");
    assert_eq!(stored.summary.instances, 3);

    journal.delete("list-old").await.unwrap();
    assert!(!listed().await.iter().any(|(id, _)| id == "list-old"));
    assert_eq!(journal.load("list-old").await, Ok(Vec::new()));
    assert_eq!(journal.load("list-new").await.unwrap().len(), 2, "another run's records stay");
}

#[wasm_bindgen_test]
async fn what_cannot_be_read_is_quarantined_unchanged() {
    let journal = opened().await;
    journal.keep(&RecordedRun::new("garbled", 2, 2, NOW)).await;
    let before = journal.raw("garbled").await.unwrap();
    edit("put('{\"version\":1,\"num', ['garbled', 1])").await;
    let broken = journal.load("garbled").await.unwrap_err();
    assert_eq!(broken, Unreadable::Broken(Broken::Corrupt("a record cannot be read")));

    journal.quarantine("garbled", "corrupt").await.unwrap();
    let contents = journal.contents().await.unwrap();
    assert!(!contents.runs.iter().any(|run| run.summary.about.id == "garbled"));
    let quarantined =
        contents.quarantined.iter().find(|quarantined| quarantined.id == "garbled").unwrap();
    assert_eq!(quarantined.why, "corrupt");
    assert_eq!(quarantined.summary.as_ref().unwrap().instances, 2);
    let mut lines: Vec<&str> = before.lines().collect();
    lines[1] = r#"{"version":1,"num"#;
    assert_eq!(journal.raw("garbled").await.unwrap(), lines.join("\n"));
}

#[wasm_bindgen_test]
async fn an_older_journal_says_its_version_whatever_its_shape() {
    let journal = opened().await;
    journal.keep(&RecordedRun::new("older", 2, 1, NOW)).await;
    edit("put('{\"version\":0,\"steps\":[]}', ['older', 0])").await;
    let broken = journal.load("older").await.unwrap_err();
    assert_eq!(broken, Unreadable::Broken(Broken::Version(0)));
    // What is no text at all is shown as far as it can be.
    edit("put({ not: 'ours' }, ['older', 1])").await;
    let raw = journal.raw("older").await.unwrap();
    assert!(raw.starts_with("{\"version\":0,\"steps\":[]}\n{\"not\":\"ours\"}"), "{raw}");
    edit("delete(['older', 0])").await;
    edit("delete(['older', 1])").await;
    let rest = journal.load("older").await.unwrap();
    let broken = restore(rest, NOW).unwrap_err();
    assert_eq!(broken, Broken::Corrupt("the first record has no header"));
}

#[wasm_bindgen_test]
async fn a_run_of_the_release_before_is_read_and_it_reads_ours() {
    let journal = opened().await;
    let played = RecordedRun::new("texts", 3, 1, NOW);
    journal.keep(&played).await;
    let given: Vec<Record> = played.records.iter().map(|record| record.0.clone()).collect();
    // It reads a record as JSON, whether it is a text or not, and a summary as a text.
    let raw = journal.raw("texts").await.unwrap();
    let read: Vec<Record> = raw.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, given);
    let known =
        past_the_journal("say(transaction.objectStore('runs').get(argument))", "texts").await;
    let summary = Reflect::get(&Array::from(&known).get(0), &"summary".into()).unwrap();
    assert!(serde_json::from_str::<Summary>(&summary.as_string().unwrap()).is_ok());

    // It wrote texts.
    let records = past_the_journal(
        "const store = transaction.objectStore('records');
         const keys = IDBKeyRange.bound([argument], [argument, []]);
         store.openCursor(keys).onsuccess = ({ target: { result } }) => {
           if (!result) return;
           out.push(typeof result.value);
           result.update(JSON.stringify(result.value));
           result.continue();
         }",
        "texts",
    );
    let kinds = Array::from(&records.await);
    assert!(kinds.iter().all(|kind| kind == "object") && kinds.length() as usize == given.len());
    assert_eq!(journal.load("texts").await.unwrap(), given);
    assert_eq!(journal.raw("texts").await.unwrap(), raw);
    let restored = restore(journal.load("texts").await.unwrap(), NOW + 1).unwrap();
    assert_eq!(outcomes(&restored), outcomes(&played.run));
}

#[wasm_bindgen_test]
async fn a_journal_that_cannot_be_opened_says_why() {
    let throwing = Spy::on(
        "IDBFactory.prototype",
        "open",
        "
        throw new DOMException('blocked by the person', 'SecurityError');",
    );
    assert_eq!(Journal::open().await.err(), Some(Unavailable::Refused));
    drop(throwing);
    // The real error event of a database that is newer.
    let newer = Spy::on(
        "IDBFactory.prototype",
        "open",
        "
        const request = new EventTarget();
        Object.defineProperties(request, {
          error: { value: new DOMException('newer', 'VersionError') },
          onerror: { set(handler) { queueMicrotask(() => handler(new Event('error'))); } },
        });
        return request;",
    );
    assert_eq!(Journal::open().await.err(), Some(Unavailable::Newer));
    drop(newer);
    // Another page has an older version open.
    let blocked = Spy::on(
        "IDBFactory.prototype",
        "open",
        "
        const request = new EventTarget();
        Object.defineProperty(request, 'onblocked', {
          set(handler) { queueMicrotask(() => handler(new Event('blocked'))); },
        });
        return request;",
    );
    assert_eq!(Journal::open().await.err(), Some(Unavailable::Blocked));
    drop(blocked);
    let missing = Without::property("window", "indexedDB");
    assert_eq!(Journal::open().await.err(), Some(Unavailable::Missing));
    drop(missing);
    assert!(Journal::open().await.is_ok());
}

#[wasm_bindgen_test]
async fn no_secret_is_in_any_store() {
    const MARKER: &str = "SecretMarker0123456789abcdefghij";
    const TOKEN: &str = "TokenMarker0123456789";
    let journal = opened().await;
    let cloud = clouds::by_id("tencent").unwrap();
    let plan = plan(&input(ids(3)), None).unwrap();
    let with = Signer {
        key_id: "AKIDEXAMPLE".to_owned(),
        token: Some(TOKEN.to_owned()),
        unix_seconds: 1_790_000_000,
        nonce: "0123456789abcdef0123456789abcdef".to_owned(),
        sign_action: true,
        locale: Locale::En,
    };
    let batch = plan.batches.first().unwrap();
    let signed = clouds::protocol(cloud)
        .prepare(&clouds::request(batch), &with)
        .finish_with(&Secret::new(MARKER.into()));
    assert!(signed.headers().iter().any(|(_, value)| value.contains(TOKEN)));
    let played = RecordedRun::new("secret", 3, 1, NOW);
    journal.keep(&played).await;
    let all = dump().await;
    assert!(all.contains("AKIDEXAMPLE") && all.contains("ins-00000001"), "the search finds things");
    let signature = signed
        .headers()
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        .unwrap();
    let signature = signature.1.rsplit('=').next().unwrap();
    for secret in [MARKER, TOKEN, signature] {
        assert!(!all.contains(secret), "{secret} is in the journal");
    }
}

// ---- claims --------------------------------------------------------------------------------------

#[wasm_bindgen_test]
async fn an_instance_belongs_to_one_living_run() {
    let (ours, theirs) = (opened().await, opened().await);
    let frame = Frame::open();
    frame.holds("claim-theirs").await;
    let [theirs_plays, ours_plays] =
        ["claim-theirs", "claim-ours"].map(|id| RecordedRun::new(id, 4, 1, NOW));
    let ids = ids(4);
    let [a, b, c, ..] = ids.as_slice() else { panic!("four") };
    let first = [a.clone(), b.clone()];
    let conflicts =
        theirs.append("claim-theirs", "claims", &theirs_plays.records[0].0, &first, true);
    assert_eq!(conflicts.await, Ok(Vec::new()));

    // The same instance under another account is another one.
    let _lock = RunLock::take("claim-ours").await.unwrap().unwrap();
    let record = |number: usize| &ours_plays.records[number].0;
    let conflicts = ours.append("claim-ours", "claims elsewhere", record(0), &first, true).await;
    assert_eq!(conflicts, Ok(Vec::new()));
    let wanted = [b.clone(), c.clone()];
    let conflicts = ours.append("claim-ours", "claims", record(1), &wanted, true).await;
    assert_eq!(conflicts, Ok(vec![b.clone()]), "theirs lives");
    assert_eq!(
        ours.load("claim-ours").await.unwrap().len(),
        2,
        "the record is written all the same"
    );

    frame.close();
    free("claim-theirs").await;
    let conflicts = ours.append("claim-ours", "claims", record(2), &wanted, true).await;
    assert_eq!(conflicts, Ok(Vec::new()), "a page that ended holds nothing");
    // What the dead page had claimed, and no other page wants, is still in its name.
    assert_eq!((claims_of("claim-theirs").await, claims_of("claim-ours").await), (1, 4));

    ours.release("claim-ours", Some(std::slice::from_ref(c))).await.unwrap();
    assert_eq!(claims_of("claim-ours").await, 3);
    ours.release("claim-ours", None).await.unwrap();
    assert_eq!((claims_of("claim-theirs").await, claims_of("claim-ours").await), (1, 0));
}

#[wasm_bindgen_test]
async fn a_run_restored_meanwhile_keeps_its_claims() {
    let (ours, theirs) = (opened().await, opened().await);
    let theirs_plays = Rc::new(RecordedRun::new("back-theirs", 2, 2, NOW));
    let ours_plays = RecordedRun::new("back-ours", 2, 2, NOW);
    let one = vec![ids(1).remove(0)];
    theirs.append("back-theirs", "back", &theirs_plays.records[0].0, &one, true).await.unwrap();
    // No page holds it. But right after we have asked which pages live, its page comes back and claims anew.
    let frame = Rc::new(Frame::open());
    let back = {
        let (frame, one) = (Rc::clone(&frame), one.clone());
        Closure::<dyn FnMut() -> Promise>::new(move || {
            let (frame, one) = (Rc::clone(&frame), one.clone());
            let (theirs, plays) = (theirs.clone(), Rc::clone(&theirs_plays));
            future_to_promise(async move {
                frame.holds("back-theirs").await;
                let record = &plays.records[1].0;
                let append = theirs.append("back-theirs", "back", record, &one, true);
                assert_eq!(append.await, Ok(Vec::new()));
                Ok(JsValue::UNDEFINED)
            })
        })
    };
    Reflect::set(&js_sys::global(), &"comeBack".into(), back.as_ref()).unwrap();
    // The first read finds the dead claim; the second one is out of date at once.
    let spy = Spy::on(
        "LockManager.prototype",
        "query",
        "
        log.push('query');
        const snapshot = real.apply(this, given);
        return log.length === 2
          ? snapshot.then(async (snapshot) => { await comeBack(); return snapshot; })
          : snapshot;",
    );
    let _lock = RunLock::take("back-ours").await.unwrap().unwrap();
    let conflicts = ours.append("back-ours", "back", &ours_plays.records[0].0, &one, true).await;
    assert_eq!(conflicts, Ok(one), "asked after {}", spy.said());
    assert_eq!((claims_of("back-theirs").await, claims_of("back-ours").await), (1, 0));
    drop(spy);
    frame.close();
}

#[wasm_bindgen_test]
async fn without_locks_the_page_works_alone_and_reports_it() {
    let journal = opened().await;
    let _without = Without::property("navigator", "locks");
    assert_eq!(locks::active().await, Err(NoLocks));
    assert_eq!(RunLock::take("alone").await.err(), Some(NoLocks));
    assert_eq!(locks::rate_limit("alone", 1, 1_000_000).await, Err(NoLocks));
    journal.keep(&RecordedRun::new("alone", 1, 1, NOW)).await;
    let contents = journal.contents().await.unwrap();
    let stored = contents.runs.iter().find(|run| run.summary.about.id == "alone").unwrap();
    assert_eq!(stored.is_active, None);
}

// ---- locks ---------------------------------------------------------------------------------------

#[wasm_bindgen_test]
async fn a_run_is_taken_once() {
    let lock = RunLock::take("lock").await.unwrap().unwrap();
    assert!(RunLock::take("lock").await.unwrap().is_none());
    assert!(RunLock::take("another lock").await.unwrap().is_some());
    assert!(locks::active().await.unwrap().contains("lock"));
    drop(lock);
    free("lock").await;
    assert!(!locks::active().await.unwrap().contains("lock"));
    assert!(RunLock::take("lock").await.unwrap().is_some());
}

#[wasm_bindgen_test]
async fn all_tabs_together_respect_the_rate() {
    const WINDOW_MS: u32 = 60;
    let times = Rc::new(RefCell::new(Vec::new()));
    let tabs = ["first", "second"].map(|tab| {
        let times = Rc::clone(&times);
        future_to_promise(async move {
            for _ in 0..4 {
                locks::rate_limit("tencent|ap-guangzhou|reboot", 2, WINDOW_MS).await.unwrap();
                times.borrow_mut().push((tab, now_ms()));
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    JsFuture::from(Promise::all(&Array::from_iter(&tabs))).await.unwrap();
    let times = times.borrow();
    assert_eq!(times.len(), 8);
    let of_first = times.iter().take(4).filter(|(tab, _)| *tab == "first").count();
    assert_eq!(of_first, 2, "nobody comes short: {times:?}");
    // Two at once, and never a third.
    for three in times.windows(3) {
        let apart = three[2].1 - three[0].1;
        // Browsers round both clocks, by a millisecond at most.
        assert!(apart >= f64::from(WINDOW_MS) - 2.0, "{apart} ms apart: {times:?}");
    }
}

#[wasm_bindgen_test]
async fn a_cancelled_slot_is_released() {
    const LONG_MS: u32 = 1_000_000_000;
    let frame = Frame::open();
    frame.holds_lock("relight-pace-given-up 0").await;
    {
        let mut waiting = Box::pin(locks::rate_limit("given-up", 1, LONG_MS));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
    }
    frame.close();
    // Another name's turn is not waited for; this one's comes, or the test never ends.
    locks::rate_limit("given-up elsewhere", 1, LONG_MS).await.unwrap();
    locks::rate_limit("given-up", 1, 0).await.unwrap();
}

// ---- size ----------------------------------------------------------------------------------------

#[wasm_bindgen_test]
async fn ten_thousand_instances_fit() {
    let journal = opened().await;
    let played = RecordedRun::new("size", 10_000, 100, NOW);
    let _lock = RunLock::take("size").await.unwrap().unwrap();
    let mut times = Vec::new();
    for (record, claim, durable) in &played.records {
        let start = now_ms();
        let conflicts = journal.append("size", "size", record, claim, *durable);
        let queued = now_ms();
        assert_eq!(conflicts.await, Ok(Vec::new()));
        times.push((*durable, now_ms() - start, queued - start));
    }
    let first = times.remove(0);
    console_log!("10,000 rows in one record: {:.1} ms, {:.1} of them at once", first.1, first.2);
    for (durable, what) in [(true, "strict, with claims"), (false, "relaxed")] {
        let mut kind: Vec<f64> =
            times.iter().filter(|time| time.0 == durable).map(|time| time.1).collect();
        kind.sort_by(f64::total_cmp);
        let at = |percent: usize| kind[(kind.len() - 1) * percent / 100];
        let (half, most) = (at(50), at(95));
        console_log!("{} records {what}: median {half:.1} ms, 95 % {most:.1} ms", kind.len());
    }
    let start = now_ms();
    let records = journal.load("size").await.unwrap();
    console_log!("load: {:.1} ms", now_ms() - start);
    assert_eq!(records.len(), played.records.len());
    let start = now_ms();
    let restored = restore(records, NOW + 1).unwrap();
    console_log!("restore: {:.1} ms", now_ms() - start);
    assert_eq!(outcomes(&restored), outcomes(&played.run));
    let start = now_ms();
    let contents = journal.contents().await.unwrap();
    console_log!("contents: {:.1} ms", now_ms() - start);
    let stored = contents.runs.iter().find(|run| run.summary.about.id == "size").unwrap();
    assert_eq!(stored.summary.instances, 10_000);
    assert_eq!(claims_of("size").await, 10_000);
    let start = now_ms();
    journal.release("size", None).await.unwrap();
    console_log!("release: {:.1} ms", now_ms() - start);
    assert_eq!(claims_of("size").await, 0);
}

// ---- helpers -------------------------------------------------------------------------------------

/// A run that was executed, and the records that it asked for.
struct RecordedRun {
    run: Run,
    records: Vec<(Record, Vec<InstanceId>, bool)>,
}

impl RecordedRun {
    /// Every call is accepted.
    fn new(id: &str, instances: usize, batch: usize, confirmed_at: Millis) -> Self {
        let about = About {
            id: id.to_owned(),
            reason: "OPS-1".to_owned(),
            key_id: "AKIDEXAMPLE".to_owned(),
            confirmed_at,
            person: None,
            selection: None,
        };
        let plan = plan(&input(ids(instances)), Some(batch)).unwrap();
        let policy =
            Policy { journal: true, watch: false, through_proxy: false, ..Policy::default() };
        let run = Run::new(about, &plan, &[], &[], policy);
        let mut played = RecordedRun { run, records: Vec::new() };
        let mut now = confirmed_at;
        let mut wake = Some(now);
        let mut events = Vec::new();
        while let Some(at) = wake.take() {
            now = now.max(at);
            events.push(Event::Tick);
            while let Some(event) = events.pop() {
                for command in played.run.handle(now, event) {
                    match command {
                        Command::Record { number, record, claim, durable } => {
                            assert_eq!(record.number(), number);
                            played.records.push((*record, claim, durable));
                            events.insert(0, Event::Recorded { number, conflicts: Vec::new() });
                        }
                        Command::Prepare { call, .. } => {
                            events.insert(0, Event::ReadyToSend { call });
                        }
                        Command::Send { call } => {
                            let result = TransportResult::Answered(Response {
                                status: 200,
                                headers: Vec::new(),
                                body: format!(r#"{{"Response":{{"RequestId":"{id}-{call}"}}}}"#),
                            });
                            events.insert(0, Event::Completed { call, result });
                        }
                        Command::Describe { .. } => panic!("nothing is watched"),
                        Command::Cancel { .. } | Command::Changed(_) | Command::Outdated(_) => {
                            panic!("nobody stops it or asks for more")
                        }
                        Command::WakeAt(at) => wake = Some(at),
                    }
                }
            }
        }
        played
    }
}

/// Writes all records of a run.
trait Keep {
    async fn keep(&self, played: &RecordedRun);
}

impl Keep for Journal {
    async fn keep(&self, played: &RecordedRun) {
        let id = &played.run.about().id;
        for (record, claim, durable) in &played.records {
            // Each run has another account, or their claims would conflict.
            assert_eq!(self.append(id, id, record, claim, *durable).await, Ok(Vec::new()));
        }
    }
}

async fn opened() -> Journal {
    Journal::open().await.unwrap_or_else(|error| panic!("{error:?}"))
}

fn ids(count: usize) -> Vec<InstanceId> {
    let text: Vec<String> = (1..=count).map(|number| format!("ins-{number:08}")).collect();
    let parsed = parse_ids(&text.join("\n"), clouds::by_id("tencent"));
    parsed.ids.into_iter().map(|parsed| parsed.id).collect()
}

fn input(ids: Vec<InstanceId>) -> PlanInput {
    PlanInput {
        cloud: clouds::by_id("tencent").unwrap(),
        site: None,
        region: "ap-guangzhou".to_owned(),
        operation: "RebootInstances".to_owned(),
        ids,
        options: Vec::new(),
        limits: std::sync::Arc::default(),
    }
}

fn outcomes(run: &Run) -> Vec<(InstanceId, Outcome)> {
    run.rows().iter().map(|row| (row.id.clone(), row.outcome)).collect()
}

fn now_ms() -> f64 {
    web_sys::window().unwrap().performance().unwrap().now()
}

/// Runs a script with one argument, and waits for what it returns.
async fn script(body: &str, argument: &JsValue) -> JsValue {
    let function = Function::new_with_args("argument", body);
    let value = function.call1(&JsValue::UNDEFINED, argument).unwrap();
    JsFuture::from(Promise::resolve(&value)).await.unwrap()
}

/// Opens the database past the journal, does something, and waits for its end.
async fn past_the_journal(what: &str, argument: &str) -> JsValue {
    let body = format!(
        "return new Promise((resolve, reject) => {{
           const open = indexedDB.open('relight');
           open.onerror = () => reject(open.error);
           open.onsuccess = () => {{
             const transaction = open.result.transaction(['runs', 'records', 'claims'], 'readwrite');
             const out = [];
             const say = (request) => {{ request.onsuccess = () => out.push(request.result); }};
             {what};
             transaction.oncomplete = () => {{ open.result.close(); resolve(out); }};
             transaction.onabort = () => reject(transaction.error);
           }};
         }});"
    );
    script(&body, &argument.into()).await
}

/// Changes the records behind the journal's back.
async fn edit(what: &str) {
    past_the_journal(&format!("transaction.objectStore('records').{what}"), "").await;
}

/// How many claims a run has.
async fn claims_of(run: &str) -> usize {
    let count = past_the_journal(
        "say(transaction.objectStore('claims').index('run').count(argument))",
        run,
    )
    .await;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = Array::from(&count).get(0).as_f64().unwrap() as usize;
    count
}

/// Everything in the database, as text.
async fn dump() -> String {
    let all = past_the_journal(
        "for (const store of transaction.objectStoreNames) {
           say(transaction.objectStore(store).getAll());
           say(transaction.objectStore(store).getAllKeys());
         }",
        "",
    )
    .await;
    js_sys::JSON::stringify(&all).unwrap().into()
}

/// Waits until no page holds a run: releasing a lock takes the browser a moment.
async fn free(run: &str) {
    script("return navigator.locks.request(argument, () => {})", &lock_name(run).into()).await;
}

fn lock_name(run: &str) -> String {
    format!("relight-run-{run}")
}

/// Another page of this origin, that can end without a word.
struct Frame(JsValue);

impl Frame {
    fn open() -> Self {
        let body = "return document.body.appendChild(document.createElement('iframe'))";
        Frame(Function::new_no_args(body).call0(&JsValue::UNDEFINED).unwrap())
    }

    async fn holds(&self, run: &str) {
        self.holds_lock(&lock_name(run)).await;
    }

    async fn holds_lock(&self, name: &str) {
        let argument = Array::of2(&self.0, &name.into());
        let body = "const [frame, name] = argument;
                    return new Promise((held) => {
                      frame.contentWindow.navigator.locks.request(name, () => {
                        held();
                        return new Promise(() => {});
                      });
                    });";
        script(body, &argument).await;
    }

    fn close(&self) {
        Function::new_with_args("frame", "frame.remove()")
            .call1(&JsValue::UNDEFINED, &self.0)
            .unwrap();
    }
}

/// Replaces a method of the browser, until it is dropped.
struct Spy {
    log: Array,
    restore: Function,
}

impl Spy {
    /// The body of the replacement sees `real`, `given` and `log`.
    fn on(owner: &str, method: &str, body: &str) -> Self {
        let log = Array::new();
        let set = Function::new_with_args(
            "log",
            &format!(
                "const owner = {owner};
                 const real = owner.{method};
                 owner.{method} = function (...given) {{ {body} }};
                 return () => {{ owner.{method} = real; }};"
            ),
        );
        let restore = set.call1(&JsValue::UNDEFINED, &log).unwrap().unchecked_into();
        Spy { log, restore }
    }

    fn said(&self) -> String {
        js_sys::JSON::stringify(&self.log).unwrap().into()
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        self.restore.call0(&JsValue::UNDEFINED).unwrap();
    }
}

/// Takes a property of the browser away, until it is dropped.
struct Without {
    owner: Object,
    property: JsValue,
    before: JsValue,
}

impl Without {
    fn property(owner: &str, property: &str) -> Self {
        let owner = Function::new_no_args(&format!("return {owner}"));
        let owner: Object = owner.call0(&JsValue::UNDEFINED).unwrap().unchecked_into();
        let before = Object::get_own_property_descriptor(&owner, &property.into());
        let description = Object::new();
        Reflect::set(&description, &"configurable".into(), &true.into()).unwrap();
        Reflect::set(&description, &"value".into(), &JsValue::UNDEFINED).unwrap();
        Object::define_property(&owner, &property.into(), &description);
        Without { owner, property: property.into(), before }
    }
}

impl Drop for Without {
    fn drop(&mut self) {
        // If it has none of its own, the real one is its prototype's.
        Reflect::delete_property(&self.owner, &self.property).unwrap();
        if self.before.is_object() {
            Object::define_property(&self.owner, &self.property, self.before.unchecked_ref());
        }
    }
}
