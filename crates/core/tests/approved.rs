//! What was approved is a set of instances and what is done to them: nothing beyond it is ever sent.

mod common;

use common::{Page, job, said};
use relight_core::{
    answer::{Delivery, Outcome},
    cloud::{self, Cloud},
    plan::{Cut, plan_cut},
    run::{Choice, Event},
};

fn tencent() -> &'static dyn Cloud {
    cloud::by_id("tencent").unwrap()
}

fn refused() -> Event {
    let body =
        r#"{"Response":{"Error":{"Code":"ResourceInsufficient","Message":"No."},"RequestId":"e"}}"#;
    Event::Delivered { call: 0, delivery: Delivery::Answered(said(200, body)) }
}

fn of_call(call: usize, event: Event) -> Event {
    let Event::Delivered { delivery, .. } = event else { panic!("{event:?}") };
    Event::Delivered { call, delivery }
}

/// Three, one a call, of which the first was refused.
fn one_refused() -> Page {
    let cut = Cut { size: Some(1), canary: false };
    let plan = plan_cut(&job(tencent(), "RebootInstances", 3), cut).unwrap();
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
    let told = page.step(Event::Ask(offer));
    assert_eq!((told.calls, told.changed), (vec![], vec![Choice::RetryFailed]));
    assert!(page.pass(100).calls.is_empty(), "sent what was not approved");
    assert_eq!(page.run.calls().len(), 3);
    // Shown anew and said yes to, they go.
    let told = page.ask(Choice::RetryFailed);
    assert!(told.changed.is_empty());
    assert_eq!([told.calls, page.pass(5).calls].concat(), [3, 4, 5]);
}

/// Nor fewer: whoever has agreed to two has not agreed to one of them.
#[test]
fn an_approval_of_what_is_over_sends_nothing() {
    let mut page = one_refused();
    page.step(of_call(1, refused()));
    let offer = page.run.offer(Choice::RetryFailed).unwrap();
    assert_eq!((offer.ids().len(), offer.calls()), (2, 2));
    page.ask(Choice::RetryFailed);
    let told = page.step(Event::Ask(offer));
    assert_eq!((told.calls, told.changed), (vec![], vec![Choice::RetryFailed]));
    page.pass(100);
    assert_eq!(page.run.calls().len(), 5, "each once more");
}

/// What was agreed to softly is not done by force.
#[test]
fn an_approval_is_good_for_its_own_order_only() {
    let mut page = one_refused();
    let offer = page.run.offer(Choice::RetryFailed).unwrap();
    assert!(!offer.order().is_forced());
    assert!(page.run.covers(&offer));
    page.step(Event::Settings {
        limits: std::sync::Arc::new(relight_core::limits::Limits {
            instances_max: Some(9),
            ..Default::default()
        }),
        through_proxy: true,
    });
    let told = page.step(Event::Ask(offer));
    assert_eq!((told.calls, told.changed), (vec![], vec![Choice::RetryFailed]));
}

/// To look changes nothing, so it is for whatever is unknown when it is asked for.
#[test]
fn a_look_needs_no_exact_approval() {
    let mut page = one_refused();
    let lost = Event::Delivered { call: 1, delivery: Delivery::Lost { word: "network".into() } };
    page.step(lost.clone());
    let offer = page.run.offer(Choice::CheckUnknown).unwrap();
    page.step(of_call(2, lost));
    assert_eq!(page.run.counts().of(Outcome::Unknown), 2);
    let told = page.step(Event::Ask(offer));
    assert!(told.changed.is_empty() && told.calls.is_empty());
    assert_eq!(told.looks.len(), 2);
}
