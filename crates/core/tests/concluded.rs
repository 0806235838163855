//! What a run concludes from answers that could mean more than one thing.

mod common;

use common::{Page, ids, job, said};
use relight_core::{
    answer::{Delivery, Outcome},
    cloud::{self, Cloud},
    eligibility::SkipReason,
    plan::plan,
    run::{Choice, Event},
};

fn zenlayer() -> &'static dyn Cloud {
    cloud::by_id("zenlayer").unwrap()
}

/// A reboot of two, the second of which the cloud lists as failed, in a 200 and without a reason.
fn listed() -> Page {
    let mut page = Page::of(&plan(&job(zenlayer(), "RebootInstances", 2), None).unwrap(), &[]);
    page.step(Event::Tick);
    let second = &ids(zenlayer(), 2)[1];
    let body = format!(
        r#"{{"requestId":"T1","response":{{"requestId":"T1","instanceIds":["{second}"]}}}}"#
    );
    assert!(page.answer(0, 200, &body).calls.is_empty(), "sent again");
    page
}

/// A look that shows both in this state, so much later.
fn look(page: &mut Page, later_ms: u64, state: &str) {
    page.now += later_ms;
    let all = ids(zenlayer(), 2);
    let set: Vec<String> = all
        .iter()
        .map(|id| format!(r#"{{"instanceId":"{id}","zoneId":"z","status":"{state}"}}"#))
        .collect();
    let body = format!(
        r#"{{"requestId":"T2","response":{{"requestId":"T2","totalCount":2,"dataSet":[{}]}}}}"#,
        set.join(",")
    );
    let delivery = Delivery::Answered(said(200, &body));
    assert!(page.step(Event::Looked { ids: all, delivery }).calls.is_empty());
}

/// Without a nonce a repetition by the browser or a proxy looks like this, too: the first copy is
/// being carried out, and the second is refused for the state that the first has caused.
#[test]
fn who_is_listed_as_failed_is_unknown_until_a_look_tells() {
    let mut page = listed();
    assert_eq!(page.outcomes(), ["accepted", "unknown"]);
    assert_eq!(page.run.choice_count(Choice::RetryFailed), 0, "nobody may send it again yet");
    look(&mut page, 2_000, "REBOOT");
    look(&mut page, 3_000, "RUNNING");
    assert_eq!(page.outcomes()[1], "proven", "it was our own first copy");

    let mut page = listed();
    look(&mut page, 2_000, "STOPPED");
    assert_eq!(page.outcomes()[1], "rejected", "what is off was refused for that");

    // It has been running whenever somebody looked: a restart between two looks is not excluded.
    let mut page = listed();
    for _ in 0..100 {
        look(&mut page, 2_000, "RUNNING");
    }
    let row = &page.run.rows()[1];
    assert_eq!(row.outcome, Outcome::Unknown);
    assert!(row.settled_at.is_some());
    assert_eq!(page.run.choice_count(Choice::RetryFailed), 0);
    assert_eq!(page.run.choice_count(Choice::CheckUnknown), 1);
}

/// Every cloud says in its own way that the clock is off; all of them mean that nothing was done.
#[test]
fn the_clock_is_corrected_once_for_every_cloud() {
    for (id, status, body) in [
        (
            "alibaba",
            400,
            r#"{"RequestId":"r","HostId":"h","Code":"InvalidTimeStamp.Expired","Message":"Specified time stamp or date value is expired."}"#,
        ),
        (
            "tencent",
            200,
            r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"No."},"RequestId":"r"}}"#,
        ),
        (
            "zenlayer",
            401,
            r#"{"requestId":"r","code":"AUTHFAILURE_SIGNATURE_EXPIRED","message":"The signature has expired."}"#,
        ),
    ] {
        let cloud = cloud::by_id(id).unwrap();
        let mut page = Page::of(&plan(&job(cloud, "RebootInstances", 2), None).unwrap(), &[]);
        // A quarter of an hour behind the cloud, whose `Date` is always the same here.
        page.now -= 900_000;
        assert_eq!(page.step(Event::Tick).skews, [0], "{id}");
        let told = page.answer(0, status, body);
        let skews = [told.skews, page.pass(20).skews].concat();
        assert_eq!(skews.len(), 1, "{id}: once, and by itself");
        assert!((899..=900).contains(&skews[0]), "{id}: {skews:?}");
        page.answer(0, status, body);
        assert!(page.pass(20).calls.is_empty(), "{id}: not twice");
        assert_eq!(page.outcomes(), ["rejected", "rejected"], "{id}");
    }
}

// ---- one instance that had a whole call refused ---------------------------------------------------

fn tencent() -> &'static dyn Cloud {
    cloud::by_id("tencent").unwrap()
}

/// A call of four that the cloud has refused because of one. Which, it does not say.
fn refused_for_one() -> Page {
    let mut page = Page::of(&plan(&job(tencent(), "RebootInstances", 4), None).unwrap(), &[]);
    page.step(Event::Tick);
    let body = r#"{"Response":{"Error":{"Code":"UnsupportedOperation.InstanceStateStopped","Message":"No."},"RequestId":"r"}}"#;
    page.answer(0, 200, body);
    assert!(page.pass(50).calls.is_empty(), "sent again by itself");
    assert_eq!(page.outcomes(), ["rejected"; 4]);
    assert_eq!(page.run.choice_count(Choice::Narrow), 4);
    // Looked at first; nothing goes out before.
    let told = page.ask(Choice::Narrow);
    assert_eq!((told.calls, told.looks), (vec![], ids(tencent(), 4)));
    page
}

/// A look that shows all four, each in its state.
fn show(page: &mut Page, states: [&str; 4]) -> Vec<usize> {
    page.now += 1_000;
    let all = ids(tencent(), 4);
    let set: Vec<String> = all
        .iter()
        .zip(states)
        .map(|(id, state)| {
            format!(
                r#"{{"InstanceId":"{id}","InstanceState":"{state}","Placement":{{"Zone":"z"}},
                    "LatestOperation":"StopInstances","LatestOperationRequestId":"other",
                    "LatestOperationState":"SUCCESS"}}"#
            )
        })
        .collect();
    let body = format!(
        r#"{{"Response":{{"TotalCount":4,"InstanceSet":[{}],"RequestId":"d"}}}}"#,
        set.join(",")
    );
    let delivery = Delivery::Answered(said(200, &body));
    let told = page.step(Event::Looked { ids: all, delivery }).calls;
    [told, page.pass(5).calls].concat()
}

fn sizes(page: &Page) -> Vec<usize> {
    page.run.calls()[1..].iter().map(|call| call.batch.ids().len()).collect()
}

/// The look shows which one it was: the others go, and it keeps its reason.
#[test]
fn a_call_refused_for_one_is_narrowed_by_looking() {
    let mut page = refused_for_one();
    assert_eq!(show(&mut page, ["RUNNING", "STOPPED", "RUNNING", "RUNNING"]), [1]);
    assert_eq!(sizes(&page), [3]);
    assert_eq!(page.outcomes(), ["sending", "rejected", "sending", "sending"]);
    assert_eq!(page.run.rows()[1].skipped, Some(SkipReason::Stopped));
    assert_eq!(page.run.choice_count(Choice::RetryFailed), 0, "that one cannot be helped");
}

/// The look shows nothing: in halves, of which at most one is refused again, and so on.
#[test]
fn a_call_refused_for_nobody_can_see_whom_is_narrowed_by_halves() {
    let mut page = refused_for_one();
    assert_eq!(show(&mut page, ["RUNNING"; 4]), [1, 2]);
    assert_eq!(sizes(&page), [2, 2]);
    page.answer(1, 200, r#"{"Response":{"RequestId":"ok"}}"#);
    let body = r#"{"Response":{"Error":{"Code":"UnsupportedOperation.InstanceStateStopped","Message":"No."},"RequestId":"r"}}"#;
    page.answer(2, 200, body);
    assert_eq!(page.outcomes(), ["accepted", "accepted", "rejected", "rejected"]);
    assert_eq!(page.run.choice_count(Choice::Narrow), 2, "the half, on request");
    assert!(page.pass(50).calls.is_empty(), "and not unasked");
}

/// Without a look nothing is known, and nothing is sent.
#[test]
fn a_look_that_fails_narrows_nothing() {
    let mut page = refused_for_one();
    let delivery = Delivery::Lost { word: "network".into() };
    page.step(Event::Looked { ids: ids(tencent(), 4), delivery });
    assert!(page.pass(100).calls.is_empty());
    assert_eq!(page.outcomes(), ["rejected"; 4]);
    assert_eq!(page.run.choice_count(Choice::Narrow), 4, "it can be asked for again");
}
