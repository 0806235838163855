//! Deterministic simulation: random schedules of faults against the run, with a virtual clock and a
//! model of each cloud. After every step the run is compared with what the model really did.
//!
//! `SIMULATION_SEEDS=100000 cargo test --release -p relight-core --test simulation` plays more;
//! `SIMULATION_SEED=17` plays one and prints every step.

mod model;
mod record;
mod mock_responses;
mod world;

use relight_core::{
    clouds,
    ids::parse_ids,
    model::{
        outcome::Outcome,
        plan::{BatchOptions, PlanInput, plan_with},
    },
    run::{About, Command, Event, Policy, Run},
    transport::TransportResult,
};
use std::{env, sync::Arc};

/// Plays this many schedules, unless the environment asks for another number.
const SCHEDULES: u64 = 10_000;

#[test]
fn no_schedule_breaks_an_invariant() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("SIMULATION_SEED") {
        world::play(seed, true).unwrap();
        return;
    }
    let schedules = number("SIMULATION_SEEDS").unwrap_or(SCHEDULES);
    let mut seen = world::Coverage::default();
    let mut violations = Vec::new();
    for seed in 0..schedules {
        match world::play(seed, false) {
            Ok(of_this_one) => seen.add(&of_this_one),
            Err(violation) => violations.push(format!("seed {seed}: {violation}")),
        }
        if violations.len() >= 5 {
            break;
        }
    }
    println!("{schedules} schedules, {} violations; {seen}", violations.len());
    assert!(violations.is_empty(), "{}", violations.join("\n"));
    // Schedules in which nothing goes wrong would prove nothing. A few do not have everything in them.
    assert!(schedules < SCHEDULES || seen.is_varied(), "the schedules are too tame: {seen}");
}

/// All of them left by the wrong clock, so the one correction is theirs too; and no second one.
#[test]
fn calls_that_are_refused_together_for_the_clock_all_go_again_once() {
    let cloud = clouds::by_id("tencent").unwrap();
    let ids = parse_ids("ins-r8hr2up0 ins-r8hr2up1 ins-r8hr2up2", Some(cloud)).ids;
    let input = PlanInput {
        cloud,
        site: None,
        region: "ap-guangzhou".into(),
        operation: "RebootInstances".into(),
        ids: ids.into_iter().map(|parsed| parsed.id).collect(),
        options: Vec::new(),
        limits: Arc::default(),
    };
    let plan = plan_with(&input, BatchOptions { size: Some(1), canary: false }).unwrap();
    let mut run = Run::new(About::default(), &plan, &[], &[], Policy::default());
    // The cloud is ten minutes ahead of this.
    let start = 1_714_550_400_000;
    let refused = |call| {
        let cloud_seconds = start / 1_000 + 600;
        let request = "00000000-0000-0000-0000-000000000001";
        let said = mock_responses::service_error(
            "tencent",
            mock_responses::ServiceError::ClockSkew,
            request,
            cloud_seconds,
        );
        Event::Completed { call, result: TransportResult::Answered(said) }
    };
    let sent = |run: &mut Run, now, event| {
        let mut skews = Vec::new();
        for command in run.handle(now, event) {
            if let Command::Prepare { call, clock_skew_seconds, .. } = command {
                let left = run.handle(now, Event::ReadyToSend { call });
                assert!(left.iter().any(|one| matches!(one, Command::Send { .. })));
                skews.push((call, clock_skew_seconds));
            }
        }
        skews
    };
    let mut first = Vec::new();
    for tenth in 0..4 {
        first.extend(sent(&mut run, start + tenth * 110, Event::Tick));
    }
    assert_eq!(first, [(0, 0), (1, 0), (2, 0)], "all on the way");
    let mut again = Vec::new();
    for call in 0..3 {
        again.extend(sent(&mut run, start + 500, refused(call)));
    }
    for tenth in 1..20 {
        again.extend(sent(&mut run, start + 500 + tenth * 110, Event::Tick));
    }
    again.sort_unstable();
    assert_eq!(again.iter().map(|(call, _)| *call).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(again.iter().all(|(_, skew)| (590..=610).contains(skew)), "{again:?}");
    for call in 0..3 {
        assert_eq!(sent(&mut run, start + 3_000, refused(call)), []);
    }
    assert!(run.rows().iter().all(|row| row.outcome == Outcome::Rejected));
}
