//! Deterministic simulation: random schedules of faults against the run, with a virtual clock and a
//! model of each cloud. After every step the run is compared with what the model really did.
//!
//! `SIMULATION_SEEDS=100000 cargo test --release -p relight-core --test simulation` plays more;
//! `SIMULATION_SEED=17` plays one and prints every step.

mod model;
mod voices;
mod world;

use std::env;

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
    let mut seen = world::Seen::default();
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
    // Schedules in which nothing goes wrong would prove nothing.
    assert!(seen.is_varied(), "the schedules are too tame: {seen}");
}
