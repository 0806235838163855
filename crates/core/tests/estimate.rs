//! How much longer a run takes: nothing is said before enough is known.

mod common;

use common::{Page, described, ids, plan_input};
use relight_core::{
    clouds,
    model::{
        cloud::Cloud,
        plan::{BatchOptions, plan_with},
    },
    run::{Choice, Event, Millis, Policy, RunStatus},
    transport::TransportResult,
};

fn tencent() -> &'static Cloud {
    clouds::by_id("tencent").unwrap()
}

/// So many, one a call.
fn run_of(count: usize, policy: Policy) -> Page {
    let batch_options = BatchOptions { size: Some(1), canary: false };
    let plan = plan_with(&plan_input(tencent(), "RebootInstances", count), batch_options).unwrap();
    let mut page = Page::with(&plan, &[], policy);
    page.step(Event::Tick);
    page
}

fn request_id(call: usize) -> String {
    format!("aaaaaaaa-0000-0000-0000-{call:012}")
}

fn accept(page: &mut Page, call: usize) {
    page.answer(call, 200, &format!(r#"{{"Response":{{"RequestId":"{}"}}}}"#, request_id(call)));
}

/// Each is answered half a second after it was sent.
fn accept_all(page: &mut Page, count: usize) {
    for call in 0..count {
        while page.run.calls()[call].sent_at.is_none() {
            page.pass(1);
        }
        page.pass(5);
        accept(page, call);
    }
}

/// A describe call that shows these as restarted by us, and the others on their way.
fn describe(page: &mut Page, count: usize, proven: &[usize]) {
    page.step(described(ids(tencent(), count), |at| {
        let (state, result) =
            if proven.contains(&at) { ("RUNNING", "SUCCESS") } else { ("REBOOTING", "OPERATING") };
        [state.into(), request_id(at), result.into()]
    }));
}

fn seconds_left(page: &Page) -> Option<Millis> {
    page.run.time_left(page.now).map(|left| left / 1_000)
}

#[test]
fn nothing_is_said_before_three_are_proven() {
    // Three, and three more after a while.
    let pause = Policy { wave_calls: 3, wave_pause_ms: 20_000, ..Policy::default() };
    let mut page = run_of(6, pause);
    assert_eq!(seconds_left(&page), None, "nothing is sent");
    accept_all(&mut page, 6);
    assert_eq!(page.run.status(), RunStatus::Watching);
    page.now = page.run.rows()[0].sent_at.unwrap() + 40_000;
    describe(&mut page, 6, &[0, 1]);
    assert_eq!(page.outcomes()[..3], ["proven", "proven", "in-progress"]);
    assert_eq!(seconds_left(&page), None, "two are too few");
    describe(&mut page, 6, &[0, 1, 2]);
    let last_sent = page.run.rows()[5].sent_at.unwrap();
    let slowest = page.run.rows()[0].settled_at.unwrap() - page.run.rows()[0].sent_at.unwrap();
    let left = page.run.time_left(page.now).unwrap();
    assert_eq!(
        left,
        last_sent + slowest - page.now,
        "the last one takes as long as the slowest did"
    );
    page.now += 1_000;
    assert_eq!(page.run.time_left(page.now), Some(left - 1_000), "and then it is less");
    // Once it takes longer than any other did, nobody knows.
    page.now += 60_000;
    assert_eq!(seconds_left(&page), None);
    describe(&mut page, 6, &[0, 1, 2, 3, 4, 5]);
    assert_eq!(page.run.status(), RunStatus::Finished);
    assert_eq!(seconds_left(&page), None, "it is over");
}

#[test]
fn what_is_still_to_be_sent_comes_first_and_its_pauses_count() {
    let minute = Policy { wave_calls: 4, wave_pause_ms: 60_000, ..Policy::default() };
    let mut page = run_of(12, minute);
    accept_all(&mut page, 4);
    page.now = page.run.rows()[0].sent_at.unwrap() + 20_000;
    describe(&mut page, 12, &[0, 1, 2]);
    assert_eq!(page.run.status(), RunStatus::Sending);
    // 41 s of this pause, one more, eight calls, and 20 s for the last to come back.
    let left = seconds_left(&page).unwrap();
    assert!((119..=126).contains(&left), "{left}");
    // Nobody knows how long a person takes.
    page.step(Event::Online(false));
    assert_eq!(seconds_left(&page), None, "offline");
    page.step(Event::Online(true));
    page.step(Event::KeyGone);
    assert!(matches!(page.run.status(), RunStatus::Paused(_)));
    assert_eq!(seconds_left(&page), None, "paused");
    page.step(Event::Resume);
    // What is stopped is not sent any more, and the rest is watched.
    page.step(Event::Stop);
    let left = seconds_left(&page).unwrap();
    assert!(left <= 20, "{left}");
}

#[test]
fn what_was_lost_has_no_end_that_is_known() {
    let mut page = run_of(4, Policy::default());
    accept_all(&mut page, 3);
    page.pass(5);
    let result = TransportResult::Lost { word: "network".into() };
    page.step(Event::Completed { call: 3, result });
    page.now += 10_000;
    describe(&mut page, 3, &[0, 1, 2]);
    assert_eq!(page.outcomes(), ["proven", "proven", "proven", "unknown"]);
    assert_eq!(seconds_left(&page), None);
    assert_eq!(page.run.choice_count(Choice::CheckUnknown), 1);
}

#[test]
fn a_run_that_watches_nothing_is_as_long_as_its_calls() {
    let mut page = run_of(30, Policy { watch: false, ..Policy::default() });
    assert_eq!(seconds_left(&page), None, "nobody has answered");
    page.pass(5);
    accept(&mut page, 0);
    // Three at a time, each for half a second.
    let left = seconds_left(&page).unwrap();
    assert!((4..=6).contains(&left), "{left}");
}
