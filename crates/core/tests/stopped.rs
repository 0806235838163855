//! Stop means stop: a call that waits for its turn has not left, and whatever stops the run takes it
//! back.

mod common;

use common::{Commands, Page, plan_input, said};
use relight_core::{
    clouds,
    model::{
        cloud::Cloud,
        limits::Limits,
        outcome::Outcome,
        plan::{BatchOptions, plan_with},
    },
    run::{CallState, Choice, Command, Event, Pause, Policy, RunStatus},
    transport::TransportResult,
};
use std::sync::Arc;

fn tencent() -> &'static Cloud {
    clouds::by_id("tencent").unwrap()
}

/// Three, one a call: all are signed, and another tab has the pace.
fn waiting() -> Page {
    let batch_options = BatchOptions { size: Some(1), canary: false };
    let plan = plan_with(&plan_input(tencent(), "RebootInstances", 3), batch_options).unwrap();
    let mut page = Page::of(&plan, &[]);
    page.holds_calls = true;
    let first = page.step(Event::Tick);
    let commands = page.pass(5);
    assert_eq!([first.ready, commands.ready].concat(), [0, 1, 2]);
    assert!(first.calls.is_empty() && commands.calls.is_empty());
    assert_eq!(page.outcomes(), ["queued"; 3], "nothing has left");
    assert_eq!(page.run.status(), RunStatus::Sending);
    page
}

fn settings(limits: Limits) -> Event {
    Event::Settings { limits: Arc::new(limits), through_proxy: true }
}

fn turn(page: &mut Page, call: usize) -> Vec<usize> {
    page.step(Event::ReadyToSend { call }).calls
}

/// None of them leaves, whenever its turn comes.
fn none_leaves(page: &mut Page) {
    for _ in 0..2 {
        for call in 0..3 {
            assert!(turn(page, call).is_empty(), "call {call} left");
        }
        assert!(page.pass(50).calls.is_empty());
    }
    assert!(page.run.rows().iter().all(|row| row.sent_at.is_none()));
    assert_eq!(page.run.counts().of(Outcome::Unknown), 0, "nothing was sent, and that is known");
}

#[test]
fn a_call_leaves_in_its_turn() {
    let mut page = waiting();
    page.now += 30_000;
    assert_eq!(turn(&mut page, 0), [0]);
    assert_eq!(page.outcomes(), ["sending", "queued", "queued"]);
    assert_eq!(page.run.rows()[0].sent_at, Some(page.now), "when it left, not when it was signed");
    assert!(turn(&mut page, 0).is_empty(), "once");
}

#[test]
fn what_stops_it_for_good_takes_back_what_waits() {
    let forbidden = Limits { dry_run_only: true, ..Limits::default() };
    for event in [Event::Stop, Event::Close, settings(forbidden), settings(Limits::nothing())] {
        let mut page = waiting();
        let commands = page.step(event.clone());
        assert_eq!(commands.canceled, [0, 1, 2], "{event:?}");
        assert!(page.run.calls().iter().all(|call| call.state == CallState::Stopped));
        none_leaves(&mut page);
        assert_eq!(page.outcomes(), ["queued"; 3], "{event:?}");
        // A page that is opened later knows as much: none of them is unknown.
        let page = page.another_page(1_000);
        assert_eq!(page.outcomes(), ["queued"; 3], "{event:?}");
        assert_eq!(page.run.choice_count(Choice::SendNotStarted), 3, "it can be asked for");
    }
}

#[test]
fn without_a_key_nothing_waits_at_the_door() {
    let mut page = waiting();
    assert_eq!(page.step(Event::KeyGone).canceled, [0, 1, 2]);
    assert_eq!(page.run.status(), RunStatus::Paused(Pause::NoKey));
    none_leaves(&mut page);
    // With a key again they are signed anew, and go.
    page.holds_calls = false;
    let commands = page.step(Event::Resume).calls;
    assert_eq!([commands, page.pass(30).calls].concat(), [0, 1, 2]);
}

#[test]
fn offline_they_wait_and_go_when_it_is_over() {
    let mut page = waiting();
    assert_eq!(page.step(Event::Online(false)).canceled, [0, 1, 2]);
    none_leaves(&mut page);
    page.holds_calls = false;
    let commands = page.step(Event::Online(true)).calls;
    assert_eq!([commands, page.pass(30).calls].concat(), [0, 1, 2]);
    // For longer than a minute nobody expects them any more.
    let mut page = waiting();
    page.step(Event::Online(false));
    page.now += 70_000;
    page.step(Event::Online(true));
    assert_eq!(page.run.status(), RunStatus::Paused(Pause::WasOffline));
    none_leaves(&mut page);
}

/// The first thing that happens after the lid is opened may be the turn itself.
#[test]
fn asleep_means_nobody_expects_it_any_more() {
    let mut page = waiting();
    page.now += 200_000;
    let commands = page.step(Event::ReadyToSend { call: 0 });
    assert!(commands.calls.is_empty());
    assert_eq!(commands.canceled, [0, 1, 2]);
    assert_eq!(page.run.status(), RunStatus::Paused(Pause::Slept));
    none_leaves(&mut page);
    // A page that is awake may wait for its turn as long as it takes.
    let mut page = waiting();
    page.pass(2_000);
    assert_eq!(turn(&mut page, 0), [0]);
}

/// The one before it had no answer when the page fell asleep, so there was no turn to come, either.
#[test]
fn asleep_behind_an_answer_is_asleep_too() {
    let batch_options = BatchOptions { size: Some(1), canary: true };
    let plan = plan_with(&plan_input(tencent(), "RebootInstances", 3), batch_options).unwrap();
    let mut page = Page::of(&plan, &[]);
    assert_eq!(page.step(Event::Tick).calls, [0]);
    page.pass(10);
    page.now += 300_000;
    let accepted = r#"{"Response":{"RequestId":"aaaaaaaa-0000-0000-0000-000000000001"}}"#;
    assert!(page.answer(0, 200, accepted).calls.is_empty());
    assert!(page.pass(30).calls.is_empty(), "it went on by itself after five minutes of sleep");
    assert_eq!(page.run.status(), RunStatus::Paused(Pause::Slept));
}

/// Whatever pauses the run pauses those that are signed already.
#[test]
fn a_pause_takes_back_what_waits() {
    let batch_options = BatchOptions { size: Some(1), canary: false };
    let plan = plan_with(&plan_input(tencent(), "RebootInstances", 4), batch_options).unwrap();
    let policy = Policy { pause_after: 2, ..Policy::default() };
    let mut page = Page::with(&plan, &[], policy);
    page.holds_calls = true;
    page.step(Event::Tick);
    page.pass(5);
    assert_eq!(turn(&mut page, 0), [0]);
    // It cannot be written down any more, while the second is signed.
    assert_eq!(page.run.calls()[1].state, CallState::Ready);
    let commands = page.step(Event::RecordFailed { number: 999 });
    assert_eq!(commands.canceled, [1]);
    assert_eq!(page.run.status(), RunStatus::Sending, "the first is on its way");
    assert!(turn(&mut page, 1).is_empty());
}

/// What leaves goes by the settings of today, and is signed with the key of today.
#[test]
fn other_settings_and_another_key_prepare_anew() {
    for event in [settings(Limits::default()), Event::KeyId("AKIDANOTHER".into())] {
        let mut page = waiting();
        let commands = page.step(event);
        assert_eq!(commands.canceled, [0, 1, 2]);
        assert_eq!([commands.ready, page.pass(30).ready].concat(), [0, 1, 2], "and again");
        assert_eq!(page.outcomes(), ["queued"; 3]);
        assert_eq!(turn(&mut page, 1), [1]);
    }
}

/// A crash between the record and the leaving cannot be told from one after it.
#[test]
fn a_page_that_dies_while_one_waits_leaves_it_unknown() {
    let page = waiting().another_page(1_000);
    assert_eq!(page.outcomes(), ["unknown"; 3]);
}

/// It could not be signed: that is known never to have left.
#[test]
fn what_cannot_be_signed_is_not_sent() {
    let mut page = waiting();
    let never = TransportResult::NotSent { word: "no-random".into() };
    page.step(Event::Completed { call: 0, result: never });
    assert_eq!(page.outcomes()[0], "not-sent");
    // But nothing comes back of what has not left.
    let body = r#"{"Response":{"RequestId":"aaaaaaaa-0000-0000-0000-000000000001"}}"#;
    for result in [
        TransportResult::Answered(said(200, body)),
        TransportResult::Lost { word: "network".into() },
    ] {
        assert_eq!(page.step(Event::Completed { call: 1, result }), Commands::default());
        assert_eq!(page.outcomes()[1], "queued");
    }
}

const ACCEPTED: &str = r#"{"Response":{"RequestId":"aaaaaaaa-0000-0000-0000-000000000001"}}"#;
const REFUSED: &str =
    r#"{"Response":{"Error":{"Code":"ResourceInsufficient","Message":"No."},"RequestId":"e"}}"#;

/// One that waits while so many others leave has lost its place: to let it go at once would be one call
/// too many in that second.
#[test]
fn what_has_waited_too_long_waits_for_another_place() {
    let operation = tencent().operations[0].name;
    let most = usize::try_from(tencent().operations[0].calls_per_second).unwrap();
    let batch_options = BatchOptions { size: Some(1), canary: false };
    let plan = plan_with(&plan_input(tencent(), operation, most * 2), batch_options).unwrap();
    let mut page = Page::of(&plan, &[]);
    page.holds_calls = true;
    let mut ready = page.step(Event::Tick).ready;
    assert_eq!(ready, [0]);
    let mut left_at = Vec::new();
    let mut was_taken_back = false;
    while left_at.len() < most * 2 {
        ready.extend(page.pass(1).ready);
        for call in std::mem::take(&mut ready) {
            if call == 0 && !was_taken_back {
                continue;
            }
            let commands = page.step(Event::ReadyToSend { call });
            ready.extend(&commands.ready);
            assert_eq!(commands.calls, [call]);
            left_at.push(page.now);
            ready.extend(page.answer(call, 200, ACCEPTED).ready);
        }
        if left_at.len() >= most && !was_taken_back {
            let commands = page.step(Event::ReadyToSend { call: 0 });
            assert_eq!((commands.calls, commands.canceled), (vec![], vec![0]));
            was_taken_back = true;
            ready.extend(commands.ready);
        }
        assert!(page.now < Page::START + 60_000, "it never leaves: {left_at:?}");
    }
    assert!(was_taken_back);
    for window in left_at.windows(most + 1) {
        assert!(window[most] - window[0] >= 1_000, "{window:?}");
    }
}

/// The one that goes first, and one more, were refused; the third is signed.
fn canary_refused() -> Page {
    let batch_options = BatchOptions { size: Some(1), canary: true };
    let plan = plan_with(&plan_input(tencent(), "RebootInstances", 4), batch_options).unwrap();
    let mut page = Page::of(&plan, &[]);
    page.holds_calls = true;
    assert_eq!(page.step(Event::Tick).ready, [0]);
    assert_eq!(turn(&mut page, 0), [0]);
    page.answer(0, 200, REFUSED);
    assert_eq!(page.run.status(), RunStatus::Paused(Pause::Canary));
    page.now += 2_000;
    assert_eq!(page.step(Event::Resume).ready, [1]);
    assert_eq!(turn(&mut page, 1), [1]);
    page
}

/// Asked to send both again, one goes first once more: before what was signed earlier, too.
#[test]
fn nothing_signed_earlier_overtakes_the_one_that_goes_first() {
    let mut page = canary_refused();
    assert_eq!(page.pass(2).ready, [2, 3]);
    page.answer(1, 200, REFUSED);
    page.ask(Choice::RetryFailed);
    assert!(page.run.calls()[4].canary);
    for call in [2, 3] {
        let commands = page.step(Event::ReadyToSend { call });
        assert_eq!((commands.calls, commands.canceled), (vec![], vec![call]));
    }
    page.holds_calls = false;
    assert_eq!(page.pass(10).calls, [4]);
    let mut rest = page.answer(4, 200, ACCEPTED).calls;
    rest.extend(page.pass(10).calls);
    rest.sort_unstable();
    assert_eq!(rest, [2, 3, 5]);
}

/// Nor what was only written down.
#[test]
fn nothing_claimed_earlier_overtakes_the_one_that_goes_first() {
    let mut page = canary_refused();
    page.answer(1, 200, REFUSED);
    page.now += 20;
    let claim =
        page.run.handle(page.now, Event::Tick).into_iter().find_map(|command| match command {
            Command::Record { number, claim, .. } if !claim.is_empty() => Some(number),
            _ => None,
        });
    // The key goes while the disk writes.
    page.run.handle(page.now, Event::KeyGone);
    page.run.handle(page.now, Event::Recorded { number: claim.unwrap(), conflicts: Vec::new() });
    assert_eq!(page.run.calls()[2].state, CallState::Claiming);
    let commands = page.ask(Choice::RetryFailed);
    assert_eq!([commands.ready, page.pass(10).ready].concat(), [4]);
    page.holds_calls = false;
    assert_eq!(turn(&mut page, 4), [4]);
    let mut rest = page.answer(4, 200, ACCEPTED).calls;
    rest.extend(page.pass(10).calls);
    rest.sort_unstable();
    assert_eq!(rest, [2, 3, 5]);
}
