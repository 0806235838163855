//! A run that the journal brings back, after a reload or on another day: what is known of it, what a
//! person is offered, and what each offer sends.

mod common;

use common::{Commands, Page, ids, plan_input, said};
use relight_core::{
    clouds,
    ids::parse_ids,
    model::{
        cloud::Cloud,
        limits::Limits,
        outcome::{DescribedInstance, Outcome, Phase},
        plan::{BatchOptions, Plan, PlanInput, plan_with},
    },
    run::{
        Broken, Choice, Event, NO_KEY, Pause, Policy, Record, RunStatus, VERSION, export, restore,
    },
    transport::TransportResult,
};

const DAY_MS: u64 = 86_400_000;
const ACCEPTED: &str = r#"{"Response":{"RequestId":"aaaaaaaa-0000-0000-0000-000000000001"}}"#;

fn tencent() -> &'static Cloud {
    clouds::by_id("tencent").unwrap()
}

fn error(code: &str) -> String {
    format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"No."}},"RequestId":"e"}}}}"#)
}

/// A soft reboot, one instance a call.
fn one_by_one(count: usize, canary: bool) -> Plan {
    plan_with(
        &plan_input(tencent(), "RebootInstances", count),
        BatchOptions { size: Some(1), canary },
    )
    .unwrap()
}

fn seen(at: usize, count: usize, state: &str, phase: Phase) -> DescribedInstance {
    DescribedInstance {
        id: ids(tencent(), count)[at].as_str().to_owned(),
        state: state.to_owned(),
        phase,
        ..DescribedInstance::default()
    }
}

/// Five instances: accepted, refused, unanswered, never left, and one whose turn had not come.
fn cut_off() -> Page {
    let mut page = Page::of(&one_by_one(5, false), &[]);
    page.step(Event::Tick);
    page.answer(0, 200, ACCEPTED);
    page.pass(2);
    page.answer(1, 200, &error("ResourceInsufficient"));
    page.pass(2);
    let never = TransportResult::NotSent { word: "no-random".into() };
    page.step(Event::Completed { call: 2, result: never });
    page.pass(2);
    assert_eq!(page.outcomes()[..2], ["accepted", "rejected"]);
    page
}

#[test]
fn each_choice_is_offered_for_those_it_can_help_and_sends_them_once() {
    let page = cut_off();
    assert_eq!(page.outcomes(), ["accepted", "rejected", "not-sent", "sending", "queued"]);
    // The page dies while the fourth is on the way.
    for later in [1_000, DAY_MS] {
        let mut page = page.another_page(later);
        assert_eq!(page.allow(Limits::default()), Commands::default());
        assert_eq!(page.pass(100), Commands::default(), "nothing by itself");
        assert_eq!(page.outcomes(), ["accepted", "rejected", "not-sent", "unknown", "queued"]);
        assert_eq!(page.run.status(), RunStatus::Paused(Pause::Restored));
        let counts = Choice::ALL.map(|choice| page.run.choice_count(choice));
        assert_eq!(counts, [1, 2, 1, 0, 0]);
        // Looking sends nothing, and is for all that are watched.
        let commands = page.ask(Choice::CheckUnknown);
        assert_eq!((commands.calls, commands.described.len()), (vec![], 2));
        let commands = page.ask(Choice::RetryFailed);
        assert_eq!(commands.calls, [5]);
        assert_eq!(page.run.calls()[5].batch.ids(), &ids(tencent(), 5)[1..2]);
        let mut commands = page.ask(Choice::SendNotStarted).calls;
        commands.extend(page.pass(3).calls);
        assert_eq!(commands, [6, 7]);
        assert_eq!(page.run.calls()[6].batch.ids(), &ids(tencent(), 5)[2..3]);
        assert_eq!(page.outcomes(), ["accepted", "sending", "sending", "unknown", "sending"]);
    }
}

#[test]
fn another_run_takes_the_place_of_one_that_is_over_or_was_only_brought_back() {
    let page = cut_off();
    assert!(page.run.has_in_flight() && page.run.is_unfinished() && !page.run.can_close());
    // Brought back it can wait as it is. Gone on with it is at work again.
    let mut page = page.another_page(DAY_MS);
    page.allow(Limits::default());
    assert!(!page.run.has_in_flight() && page.run.is_unfinished() && page.run.can_close());
    page.step(Event::Resume);
    assert!(!page.run.can_close());
    // One that is over is finished only when nothing waits to be asked for.
    let mut page =
        Page::with(&one_by_one(2, false), &[], Policy { watch: false, ..Policy::default() });
    page.step(Event::Tick);
    page.step(Event::Stop);
    page.answer(0, 200, ACCEPTED);
    assert_eq!(page.run.status(), RunStatus::Finished);
    assert!(page.run.can_close() && page.run.is_unfinished());
    page.ask(Choice::SendNotStarted);
    page.pass(5);
    page.answer(2, 200, ACCEPTED);
    assert!(page.run.can_close() && !page.run.is_unfinished());
}

#[test]
fn what_had_not_gone_out_waits_to_be_asked_for() {
    let plan = one_by_one(3, false);
    let mut page = Page::of(&plan, &[]);
    page.step(Event::Tick);
    page.step(Event::Stop);
    page.answer(0, 200, ACCEPTED);
    let mut page = page.another_page(DAY_MS);
    page.allow(Limits::default());
    assert_eq!(page.run.choice_count(Choice::SendNotStarted), 2);
    assert!(page.step(Event::Resume).calls.is_empty(), "to go on is not to send");
    page.ask(Choice::SendNotStarted);
    page.pass(5);
    assert_eq!(page.outcomes()[1..], ["sending", "sending"]);
}

/// Yesterday's `in progress` says nothing about today.
#[test]
fn nobody_is_forced_before_a_look_has_shown_that_it_still_restarts() {
    let plan = one_by_one(2, false);
    for overdue in [false, true] {
        let mut page = Page::of(&plan, &[]);
        page.step(Event::Tick);
        page.pass(2);
        for call in 0..2 {
            page.answer(call, 200, ACCEPTED);
        }
        let look = |page: &mut Page, back: usize| {
            let found = (0..2).map(|at| {
                let (state, phase) = if at < back {
                    ("RUNNING", Phase::Running)
                } else {
                    ("REBOOTING", Phase::Starting)
                };
                let one = seen(at, 2, state, phase);
                format!(
                    r#"{{"InstanceId":"{}","InstanceState":"{}","Placement":{{}}}}"#,
                    one.id, one.state
                )
            });
            let found: Vec<String> = found.collect();
            let body = format!(
                r#"{{"Response":{{"TotalCount":2,"InstanceSet":[{}],"RequestId":"d"}}}}"#,
                found.join(",")
            );
            let result = TransportResult::Answered(said(200, &body));
            page.step(Event::Described { ids: ids(tencent(), 2), result })
        };
        look(&mut page, 0);
        if overdue {
            page.now += tencent().overdue_after_ms;
            look(&mut page, 0);
            assert_eq!(page.outcomes(), ["overdue", "overdue"]);
        } else {
            page.now += 120_000;
            page.step(Event::Tick);
        }
        assert_eq!(page.run.choice_count(Choice::Force), 2, "in the page that has seen it");
        let mut page = page.another_page(DAY_MS);
        page.allow(Limits::default());
        assert_eq!(page.run.choice_count(Choice::Force), 0, "overdue: {overdue}");
        assert_eq!(page.run.status(), RunStatus::Paused(Pause::Restored));
        let commands = page.step(Event::Resume);
        assert_eq!((commands.calls, commands.described), (vec![], ids(tencent(), 2)));
        look(&mut page, 1);
        assert_eq!(page.run.choice_count(Choice::Force), 1, "the one that still restarts");
        assert_ne!(page.outcomes()[0], "overdue");
        let commands = page.ask(Choice::Force);
        let mut sent = commands.calls;
        sent.extend(page.pass(3).calls);
        assert_eq!(sent, [2]);
        assert_eq!(page.run.calls()[2].batch.ids(), &ids(tencent(), 2)[1..]);
        assert!(page.run.calls()[2].batch.spec().is_forced());
        // And the forced call is the forced one in the page after that, too.
        let page = page.another_page(1_000);
        assert!(page.run.calls()[2].batch.spec().is_forced());
        assert!(!page.run.calls()[1].batch.spec().is_forced());
    }
}

/// Nobody has entered the key yet: the call that could not be signed has not begun its wave.
#[test]
fn a_call_that_waited_for_the_key_is_none_of_its_wave() {
    let plan = one_by_one(3, false);
    let policy = Policy { wave_calls: 1, wave_pause_ms: 3_600_000, ..Policy::default() };
    let mut page = Page::with(&plan, &[], policy);
    assert_eq!(page.step(Event::Tick).calls, [0]);
    page.answer(0, 200, ACCEPTED);
    let mut page = page.another_page(1_000);
    page.allow(Limits::default());
    page.holds_calls = true;
    let commands = page.ask(Choice::SendNotStarted).ready;
    assert_eq!([commands, page.pass(3).ready].concat(), [3]);
    page.holds_calls = false;
    let no_key = TransportResult::NotSent { word: NO_KEY.into() };
    page.step(Event::Completed { call: 3, result: no_key });
    assert_eq!(page.run.status(), RunStatus::Paused(Pause::NoKey));
    let commands = page.step(Event::Resume).calls;
    assert_eq!([commands, page.pass(20).calls].concat(), [3], "and then its pause");
}

/// One instance goes before the others until the cloud has taken one.
#[test]
fn the_first_one_goes_alone_again_if_it_was_never_taken() {
    let plan = plan_with(
        &plan_input(tencent(), "RebootInstances", 12),
        BatchOptions { size: None, canary: true },
    );
    for taken in [false, true] {
        let mut page = Page::of(plan.as_ref().unwrap(), &[]);
        assert_eq!(page.step(Event::Tick).calls, [0]);
        let code = error("ResourceInsufficient");
        page.answer(0, 200, if taken { ACCEPTED } else { &code });
        page.step(Event::Stop);
        let mut page = page.another_page(DAY_MS);
        page.allow(Limits::default());
        assert_eq!(page.run.choice_calls(Choice::SendNotStarted), if taken { 1 } else { 2 });
        page.ask(Choice::SendNotStarted);
        let sizes: Vec<usize> =
            page.run.calls()[2..].iter().map(|call| call.batch.ids().len()).collect();
        assert_eq!(sizes, if taken { vec![11] } else { vec![1, 10] });
        if !taken {
            page.pass(20);
            assert_eq!(page.outcomes().iter().filter(|word| **word == "sending").count(), 1);
        }
    }
}

/// The page's clock was off, was corrected for, and was set right overnight.
#[test]
fn the_clock_is_corrected_once_more_when_a_person_asks_again() {
    let mut page = Page::of(&one_by_one(2, false), &[]);
    let skewed = error("AuthFailure.SignatureExpire");
    // Ten minutes behind the cloud, whose `Date` is always the same here.
    page.now = Page::START - 600_000;
    assert_eq!(page.step(Event::Tick).skews, [0]);
    let commands = page.answer(0, 200, &skewed);
    assert_eq!([commands.skews, page.pass(2).skews].concat()[0], 600);
    assert!(page.answer(0, 200, &skewed).calls.is_empty(), "once");
    page.step(Event::Stop);
    assert_eq!(page.outcomes()[0], "rejected");
    let mut page = page.another_page(0);
    page.now = Page::START;
    page.allow(Limits::default());
    assert_eq!(page.ask(Choice::RetryFailed).skews, [600]);
    let commands = page.answer(2, 200, &skewed);
    assert_eq!([commands.skews, page.pass(2).skews].concat(), [0]);
    assert!(page.answer(2, 200, &skewed).calls.is_empty(), "once");
}

/// A temporary key is another one the next day.
#[test]
fn another_key_id_signs_and_is_written_down() {
    let mut page = cut_off().another_page(DAY_MS);
    page.allow(Limits::default());
    page.step(Event::KeyId("AKIDTOMORROW".into()));
    page.ask(Choice::SendNotStarted);
    assert_eq!(page.run.about().key_id, "AKIDTOMORROW");
    assert_eq!(page.another_page(1).run.about().key_id, "AKIDTOMORROW");
}

/// Somebody was done with it, and takes it up again.
#[test]
fn a_run_that_was_put_away_is_watched_again_once_somebody_asks() {
    let mut page = cut_off();
    page.step(Event::Close);
    let mut page = page.another_page(DAY_MS);
    assert!(page.run.is_closed());
    page.allow(Limits::default());
    assert_eq!(page.pass(50), Commands::default());
    let commands = page.step(Event::Resume);
    assert!(!page.run.is_closed());
    assert!(commands.calls.is_empty() && !commands.described.is_empty());
    let unknown = page.run.counts().of(Outcome::Unknown);
    assert_eq!(page.run.choice_count(Choice::CheckUnknown), unknown);
}

/// The way may have changed since: what is no answer of a proxy's is none where there is a proxy now.
#[test]
fn answers_are_judged_by_the_way_of_today() {
    for (through_proxy, outcome) in [(true, Outcome::Unknown), (false, Outcome::Accepted)] {
        let mut page = Page::of(&one_by_one(2, false), &[]);
        page.step(Event::Tick);
        page.step(Event::Stop);
        page.answer(0, 200, ACCEPTED);
        let mut page = page.another_page(DAY_MS);
        let limits = std::sync::Arc::default();
        page.step(Event::Settings { limits, through_proxy });
        let mut commands = page.ask(Choice::SendNotStarted).calls;
        commands.extend(page.pass(3).calls);
        let mut bare = said(200, ACCEPTED);
        bare.headers.retain(|(name, _)| name != "proxy-status");
        page.step(Event::Completed { call: commands[0], result: TransportResult::Answered(bare) });
        assert_eq!(page.run.rows()[1].outcome, outcome);
    }
}

/// An older release may have kept a token in the text of a fault: it is hidden as soon as it is read,
/// and so in every export.
#[test]
fn a_token_in_an_older_journal_is_hidden_when_it_is_read() {
    const TOKEN: &str = "CAIS8gF1q6Ft5B2yfSjIr7bHtPMhLpK1WWX6Eg3cwX9tmhKzNjjz2IHBMdnJpBeEYs";
    let page = cut_off();
    let written = page.written();
    assert!(written.contains("\"No.\""));
    for kept in [format!("\"x-acs-security-token: {TOKEN}\""), format!("\"What {TOKEN} says.\"")] {
        let records = serde_json::from_str(&written.replace("\"No.\"", &kept)).unwrap();
        let run = restore(records, page.now + DAY_MS).unwrap();
        for text in [export::json(&run), export::csv([&run])] {
            assert!(text.contains("•••") && !text.contains(&TOKEN[..12]), "{text}");
        }
        assert!(!format!("{:?}", run.rows()).contains(&TOKEN[..12]));
    }
}

/// What was an id when it went out is one when the journal is read, each by itself: two numbers that
/// would look like the halves of one are none.
#[test]
fn ids_are_read_again_as_they_were_written() {
    let zenlayer = clouds::by_id("zenlayer").unwrap();
    let written = ["1234567890", "123456789", "vm-web01"];
    let ids = written.iter().flat_map(|id| parse_ids(id, Some(zenlayer)).ids.into_iter());
    let ids = ids.map(|parsed| parsed.id).collect();
    let input = PlanInput { ids, ..plan_input(zenlayer, "RebootInstances", 1) };
    let mut page = Page::of(&plan_with(&input, BatchOptions::default()).unwrap(), &[]);
    page.step(Event::Tick);
    let records: Vec<Record> = serde_json::from_str(&page.written()).unwrap();
    let run = restore(records, page.now).unwrap();
    let ids: Vec<_> = run.rows().iter().map(|row| row.id.to_string()).collect();
    assert_eq!(ids, written);
}

/// A journal of another release: an older one is read and goes on in records of this one; a newer one
/// is refused with its version, whatever is in it.
#[test]
fn older_journals_are_read_and_newer_ones_refused() {
    let page = cut_off();
    let written = page.written();
    let version = format!(r#""version":{VERSION}"#);
    assert!(written.contains(&version));
    let of = |other: u32| -> Vec<Record> {
        serde_json::from_str(&written.replace(&version, &format!(r#""version":{other}"#))).unwrap()
    };
    let same = restore(of(VERSION), page.now).unwrap();
    let older = restore(of(1), page.now).unwrap();
    assert_eq!(older, same);
    for other in [0, VERSION + 1, 99] {
        assert_eq!(restore(of(other), page.now), Err(Broken::Version(other)));
    }
    // One that a newer release went on with is not half read.
    let mut mixed = of(1);
    mixed.truncate(2);
    mixed.extend(of(VERSION + 1).into_iter().skip(2));
    assert_eq!(restore(mixed, page.now), Err(Broken::Version(VERSION + 1)));
    let mut mixed = of(1);
    mixed.truncate(2);
    mixed.extend(of(VERSION).into_iter().skip(2));
    assert_eq!(restore(mixed, page.now), Ok(same));
}
