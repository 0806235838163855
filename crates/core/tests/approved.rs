//! What was approved is a set of instances and what is done to them: nothing beyond it is ever sent.

mod common;

use common::{Page, ids, plan_input, said};
use relight_core::{
    clouds,
    model::{
        cloud::Cloud,
        instance_id::InstanceId,
        outcome::Outcome,
        plan::{BatchOptions, plan_with},
    },
    run::{Choice, Event, RunStatus},
    transport::TransportResult,
};

fn tencent() -> &'static Cloud {
    clouds::by_id("tencent").unwrap()
}

fn refused() -> Event {
    let body =
        r#"{"Response":{"Error":{"Code":"ResourceInsufficient","Message":"No."},"RequestId":"e"}}"#;
    Event::Completed { call: 0, result: TransportResult::Answered(said(200, body)) }
}

fn of_call(call: usize, event: Event) -> Event {
    let Event::Completed { result, .. } = event else { panic!("{event:?}") };
    Event::Completed { call, result }
}

/// Three, one a call, of which the first was refused.
fn one_refused() -> Page {
    let batch_options = BatchOptions { size: Some(1), canary: false };
    let plan = plan_with(&plan_input(tencent(), "RebootInstances", 3), batch_options).unwrap();
    let mut page = Page::of(&plan, &[]);
    page.step(Event::Tick);
    page.pass(5);
    assert_eq!(page.outcomes(), ["sending"; 3]);
    page.step(refused());
    page
}

/// The page around the console was shown one, and thinks it over; two more are refused meanwhile.
#[test]
fn one_was_approved_and_three_are_not_sent() {
    let mut page = one_refused();
    let offer = page.run.offer(Choice::RetryFailed).unwrap();
    assert_eq!(offer.ids().len(), 1);
    for call in 1..3 {
        page.step(of_call(call, refused()));
    }
    assert_eq!(page.run.choice_count(Choice::RetryFailed), 3);
    let commands = page.step(Event::Ask(offer));
    assert_eq!((commands.calls, commands.changed), (vec![], vec![Choice::RetryFailed]));
    assert!(page.pass(100).calls.is_empty(), "sent what was not approved");
    assert_eq!(page.run.calls().len(), 3);
    // Shown anew and said yes to, they go.
    let commands = page.ask(Choice::RetryFailed);
    assert!(commands.changed.is_empty());
    assert_eq!([commands.calls, page.pass(5).calls].concat(), [3, 4, 5]);
}

/// Nor fewer: whoever has agreed to two has not agreed to one of them.
#[test]
fn an_approval_of_what_is_over_sends_nothing() {
    let mut page = one_refused();
    page.step(of_call(1, refused()));
    let offer = page.run.offer(Choice::RetryFailed).unwrap();
    assert_eq!((offer.ids().len(), offer.calls()), (2, 2));
    page.ask(Choice::RetryFailed);
    let commands = page.step(Event::Ask(offer));
    assert_eq!((commands.calls, commands.changed), (vec![], vec![Choice::RetryFailed]));
    page.pass(100);
    assert_eq!(page.run.calls().len(), 5, "each once more");
}

/// What was agreed to softly is not done by force.
#[test]
fn an_approval_is_good_for_its_own_order_only() {
    let mut page = one_refused();
    let offer = page.run.offer(Choice::RetryFailed).unwrap();
    assert!(!offer.spec().is_forced());
    assert!(page.run.covers(&offer));
    page.step(Event::Settings {
        limits: std::sync::Arc::new(relight_core::model::limits::Limits {
            instances_max: Some(9),
            ..Default::default()
        }),
        through_proxy: true,
    });
    let commands = page.step(Event::Ask(offer));
    assert_eq!((commands.calls, commands.changed), (vec![], vec![Choice::RetryFailed]));
}

/// To look changes nothing, so it is for whatever is unknown when it is asked for.
#[test]
fn a_look_needs_no_exact_approval() {
    let mut page = one_refused();
    let lost =
        Event::Completed { call: 1, result: TransportResult::Lost { word: "network".into() } };
    page.step(lost.clone());
    let offer = page.run.offer(Choice::CheckUnknown).unwrap();
    page.step(of_call(2, lost));
    assert_eq!(page.run.counts().of(Outcome::Unknown), 2);
    let commands = page.step(Event::Ask(offer));
    assert!(commands.changed.is_empty() && commands.calls.is_empty());
    assert_eq!(commands.described.len(), 2);
}

/// Two restarts, of Tencent and softly, that are overdue, as a look has just shown.
fn overdue() -> Page {
    let mut page = Page::of(
        &plan_with(&plan_input(tencent(), "RebootInstances", 2), BatchOptions::default()).unwrap(),
        &[],
    );
    page.step(Event::Tick);
    page.answer(0, 200, r#"{"Response":{"RequestId":"aaaaaaaa-0000-0000-0000-000000000001"}}"#);
    page.now += tencent().overdue_after_ms;
    let commands = page.step(Event::Tick);
    assert_eq!(commands.described.len(), 2);
    look(&mut page, ["REBOOTING"; 2]);
    assert_eq!(page.outcomes(), ["overdue"; 2]);
    assert_eq!(page.run.status(), RunStatus::Finished);
    page
}

fn look(page: &mut Page, states: [&str; 2]) {
    let ids = ids(tencent(), 2);
    let described = |(id, state): (&InstanceId, &str)| {
        format!(r#"{{"InstanceId":"{}","InstanceState":"{state}"}}"#, id.as_str())
    };
    let set = ids.iter().zip(states).map(described).collect::<Vec<_>>().join(",");
    let body =
        format!(r#"{{"Response":{{"TotalCount":2,"InstanceSet":[{set}],"RequestId":"d"}}}}"#);
    page.step(Event::Described { ids, result: TransportResult::Answered(said(200, &body)) });
}

/// What was overdue may be back: forced then, it would be restarted a second time.
#[test]
fn what_was_looked_at_long_ago_is_looked_at_before_it_is_forced() {
    let mut page = overdue();
    let mut sent = page.ask(Choice::Force).calls;
    sent.extend(page.pass(3).calls);
    assert_eq!(sent, [1], "as has just been seen");

    let mut page = overdue();
    page.now += 300_001;
    page.step(Event::Tick);
    for (states, left) in [(["REBOOTING"; 2], 2), (["RUNNING", "REBOOTING"], 1)] {
        page.now += 300_001;
        page.step(Event::Tick);
        assert!(page.run.is_outdated(Choice::Force));
        let commands = page.ask(Choice::Force);
        assert_eq!(commands.outdated, [Choice::Force]);
        assert_eq!((commands.calls, commands.described), (vec![], ids(tencent(), 2)));
        // To insist is of no use before the look has come back.
        assert_eq!(page.ask(Choice::Force).outdated, [Choice::Force]);
        look(&mut page, states);
        assert!(!page.run.is_outdated(Choice::Force));
        assert_eq!(page.run.choice_count(Choice::Force), left);
        assert!(page.pass(100).calls.is_empty(), "sent what was not said yes to");
    }
    let mut sent = page.ask(Choice::Force).calls;
    sent.extend(page.pass(3).calls);
    assert_eq!(sent, [1]);
    assert_eq!(page.run.calls()[1].batch.ids(), &ids(tencent(), 2)[1..]);
    assert!(page.run.calls()[1].batch.spec().is_forced());
}

/// A look that shows nothing is none.
#[test]
fn what_cannot_be_looked_at_is_not_forced() {
    let mut page = overdue();
    page.now += 300_001;
    page.step(Event::Tick);
    for _ in 0..3 {
        assert_eq!(page.ask(Choice::Force).outdated, [Choice::Force]);
        let result = TransportResult::Lost { word: "network".into() };
        page.step(Event::Described { ids: ids(tencent(), 2), result });
        assert!(page.pass(200).calls.is_empty());
    }
    assert_eq!(page.run.calls().len(), 1);
}

/// Without a nonce the same request in the same second is the same bytes, which a proxy refuses as a second
/// copy of the first.
#[test]
fn what_is_sent_again_is_a_request_of_its_own() {
    let plan =
        plan_with(&plan_input(tencent(), "RebootInstances", 1), BatchOptions::default()).unwrap();
    let begun = || {
        let mut page = Page::of(&plan, &[]);
        assert_eq!(page.step(Event::Tick).calls, [0]);
        page
    };
    let sent_at = |page: &Page, call: usize| page.run.calls()[call].sent_at.unwrap();
    let mut page = begun();
    let first = sent_at(&page, 0);
    let throttled =
        r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"No."},"RequestId":"e"}}"#;
    page.answer(0, 200, throttled);
    assert_eq!(page.pass(100).calls, [0], "by itself");
    assert!(sent_at(&page, 0) > first + 1_000);

    let mut page = begun();
    page.step(refused());
    let asked = page.ask(Choice::RetryFailed).calls;
    assert_eq!([asked, page.pass(100).calls].concat(), [1], "because a person asked");
    assert!(sent_at(&page, 1) > first + 1_000);
}
