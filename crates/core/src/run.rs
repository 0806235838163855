//! The execution of a plan, as a state machine without I/O.
//!
//! [`Run::handle`] takes events and returns commands, which the caller carries out. There is no
//! clock (the time is an argument), no network and no randomness, so a test can simulate thousands
//! of schedules with faults (`tests/simulation`) and check these invariants after every step:
//!
//! 1. every instance has exactly one outcome, and the counts add up to the number of ids;
//! 2. no instance is sent twice, unless the user asked for it or nothing was provably done;
//! 3. `accepted` and what follows from it only on the cloud's own response;
//! 4. `unknown` is described, never sent again automatically;
//! 5. a call is in the journal before it is sent, so that after a crash it is known to be unknown;
//! 6. whatever stops the run withdraws what was not sent, and is checked last before sending;
//! 7. only what was shown and confirmed is sent or sent again;
//! 8. a throttled call waits for the cloud's next window, once the page knows of it.
//!
//! `handle` is the only entry. The files of this module each contain the events of one part of the
//! state, in the order of a call's life.

pub mod export;

mod policy;
mod row;
mod call;
mod event;
mod status;
mod send;
mod rate_limiter;
mod response;
mod clock;
mod watch;
mod conclude;
mod estimate;
mod choice;
mod allowed;
mod journal;
mod preflight;
mod reads;

pub use call::{Call, CallState};
pub use choice::{Approval, Choice};
pub use event::{Command, Event, NO_KEY};
pub use journal::{Broken, Record, Summary, VERSION, reads_version, restore};
pub use policy::{About, Policy, RefusedEntry};
pub use preflight::{Preflight, PreflightCommand, PreflightResult, outdated, partition_eligible};
pub use reads::{Reads, Turn};
pub use row::{Counts, Evidence, Row};
pub use status::{Pause, RunStatus};

use crate::{
    ids::IdProblem,
    model::{
        eligibility::{Eligibility, SkipReason},
        instance_id::InstanceId,
        outcome::{DescribedInstance, Outcome},
        plan::{OperationSpec, Plan},
    },
};
use row::Baseline;
use send::NextCall;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};
use watch::NextDescribe;

/// With something to send, the longest time between two events of a page that is awake.
const AWAKE_EVERY_MS: u64 = 20_000;

/// Milliseconds since 1970, by the page's clock.
pub type Millis = u64;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    about: About,
    spec: Arc<OperationSpec>,
    policy: Policy,
    refused_entries: Arc<[RefusedEntry]>,
    rows: Vec<Arc<Row>>,
    index: Arc<HashMap<InstanceId, usize>>,
    calls: Vec<Call>,
    started_at: Option<Millis>,
    stopped: bool,
    closed: bool,
    pause: Option<Pause>,
    bad_calls_in_a_row: u32,
    calls_in_wave: usize,
    clock_skew_seconds: i64,
    clock_corrected: bool,
    transient: Transient,
}

/// State that is not restored from the journal.
#[derive(Clone, Debug)]
// Independent facts.
#[allow(clippy::struct_excessive_bools)]
struct Transient {
    rate_limiter: rate_limiter::RateLimiter,
    next_record: u64,
    /// Calls that were handed out for signing and are not sent, as far as the page knows.
    ready: BTreeSet<usize>,
    /// The record that a claiming call waits for.
    claiming: Option<(u64, usize)>,
    changed_rows: BTreeSet<usize>,
    changed_calls: BTreeSet<usize>,
    changed_state: bool,
    /// Whether the header record is written.
    opened: bool,
    due: VecDeque<usize>,
    describing: bool,
    next_describe_at: Option<Millis>,
    describe_interval_ms: u64,
    last_describes: VecDeque<Millis>,
    isolating: Vec<(usize, Option<Eligibility>)>,
    /// Rows of a restored run that were not described since.
    undescribed: BTreeSet<usize>,
    /// When each row was last described by this page.
    described_at: HashMap<usize, Millis>,
    offline_since: Option<Millis>,
    hidden: bool,
    /// A request could not be signed, or the page reports that the next one could not be.
    lacks_key: bool,
    /// When the clock skew was last learned.
    clock_set_at: Option<Millis>,
    /// Until when the cloud throttles operations.
    throttled_until: Option<Millis>,
    /// Until when it throttles describe calls, which it counts separately.
    describes_throttled_until: Option<Millis>,
    woken_by: Option<Millis>,
    now: Millis,
}

impl PartialEq for Transient {
    /// Always equal: two runs are compared without their transient state.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Transient {}

impl Run {
    /// A run of a confirmed plan. `skipped` are ids that were skipped, with the reasons; `known`
    /// are the instances as described by the preflight.
    pub fn new(
        about: About,
        plan: &Plan,
        skipped: &[(InstanceId, SkipReason)],
        known: &[DescribedInstance],
        policy: Policy,
    ) -> Self {
        let known: HashMap<&str, &DescribedInstance> =
            known.iter().map(|state| (state.id.as_str(), state)).collect();
        let mut rows: Vec<Arc<Row>> = Vec::with_capacity(plan.instances() + skipped.len());
        let mut index = HashMap::with_capacity(rows.capacity());
        let planned = plan.batches.iter().enumerate().flat_map(|(call, batch)| {
            batch.ids().iter().map(move |id| (id, Outcome::Queued, Some(call), None))
        });
        let skipped_rows =
            skipped.iter().map(|(id, reason)| (id, Outcome::Skipped, None, Some(*reason)));
        for (id, outcome, call, skipped) in planned.chain(skipped_rows) {
            // An id that is both planned and skipped keeps its first position.
            if index.contains_key(id) {
                continue;
            }
            index.insert(id.clone(), rows.len());
            let described = known.get(id.as_str());
            rows.push(Arc::new(Row {
                id: id.clone(),
                outcome,
                name: described.map(|described| described.name.clone()).unwrap_or_default(),
                zone: described.map(|described| described.zone.clone()).unwrap_or_default(),
                address: described.map(|described| described.address.clone()).unwrap_or_default(),
                previous_state: described.map(|described| described.state.clone()),
                state: described.map(|described| described.state.clone()),
                fault: None,
                skipped,
                evidence: None,
                call,
                sent_at: None,
                settled_at: None,
                baseline: described.map(|described| Baseline {
                    started_at: described.started_at.clone(),
                    last_operation: described.last_operation.clone(),
                }),
                watched: None,
            }));
        }
        let mut calls: Vec<Call> = plan.batches.iter().cloned().map(Call::waiting).collect();
        if let [first, _, ..] = calls.as_mut_slice() {
            first.canary = plan.canary;
        }
        Run::assemble(about, Arc::clone(&plan.spec), policy, rows, index, calls)
    }

    fn assemble(
        about: About,
        spec: Arc<OperationSpec>,
        policy: Policy,
        rows: Vec<Arc<Row>>,
        index: HashMap<InstanceId, usize>,
        calls: Vec<Call>,
    ) -> Self {
        let calls_per_second = spec.operation().calls_per_second;
        Run {
            about,
            spec,
            policy,
            refused_entries: Arc::default(),
            rows,
            index: Arc::new(index),
            calls,
            started_at: None,
            stopped: false,
            closed: false,
            pause: None,
            bad_calls_in_a_row: 0,
            calls_in_wave: 0,
            clock_skew_seconds: 0,
            clock_corrected: false,
            transient: Transient {
                rate_limiter: rate_limiter::RateLimiter::new(calls_per_second),
                next_record: 0,
                ready: BTreeSet::new(),
                claiming: None,
                changed_rows: BTreeSet::new(),
                changed_calls: BTreeSet::new(),
                changed_state: false,
                opened: false,
                due: VecDeque::new(),
                describing: false,
                next_describe_at: None,
                describe_interval_ms: 0,
                last_describes: VecDeque::new(),
                isolating: Vec::new(),
                undescribed: BTreeSet::new(),
                described_at: HashMap::new(),
                offline_since: None,
                hidden: false,
                lacks_key: false,
                clock_set_at: None,
                throttled_until: None,
                describes_throttled_until: None,
                woken_by: None,
                now: 0,
            },
        }
    }

    /// Adds the entries of the ids field that are not sent.
    pub(crate) fn with_problems(mut self, problems: &[IdProblem]) -> Self {
        self.refused_entries = problems.iter().map(RefusedEntry::of).collect();
        self
    }

    /// The entries of the ids field that are not sent.
    pub fn refused_entries(&self) -> &[RefusedEntry] {
        &self.refused_entries
    }

    /// Reason, key id, person and time of the confirmation.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The operation.
    pub fn spec(&self) -> &Arc<OperationSpec> {
        &self.spec
    }

    /// Retries, watching and pacing.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The instances in the order of the given ids, the skipped ones last.
    pub fn rows(&self) -> &[Arc<Row>] {
        &self.rows
    }

    /// The calls in sending order.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// When the first call was sent.
    pub fn started_at(&self) -> Option<Millis> {
        self.started_at
    }

    /// Whether the user has closed it.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Handles an event at a time and returns the commands to carry out.
    pub fn handle(&mut self, now: Millis, event: Event) -> Vec<Command> {
        self.detect_sleep(now);
        self.transient.now = now;
        let mut commands = Vec::new();
        match event {
            Event::Tick => {}
            Event::Recorded { number, conflicts } => self.recorded(now, number, &conflicts),
            Event::RecordFailed { number } => self.record_failed(now, number),
            Event::ReadyToSend { call } => commands.extend(self.send_ready(now, call)),
            Event::Completed { call, result } => self.completed(now, call, &result),
            Event::Described { ids, result } => self.described(now, &ids, &result),
            Event::Online(online) => self.online(now, online),
            Event::Hidden(hidden) => self.transient.hidden = hidden,
            Event::KeyGone => self.transient.lacks_key = true,
            Event::Settings { limits, through_proxy } => {
                self.policy.through_proxy = through_proxy;
                self.restrict(&limits);
                // What was signed for the old settings is withdrawn.
                self.withdraw_all(now);
            }
            // Recorded together with what it signs.
            Event::KeyId(key_id) => {
                if self.about.key_id != key_id {
                    self.withdraw_all(now);
                }
                self.about.key_id = key_id;
            }
            Event::Stop => self.stop(),
            Event::Resume => {
                self.clear_pause();
                self.transient.next_describe_at = Some(now);
            }
            Event::Close => {
                self.stop();
                self.closed = true;
            }
            Event::Ask(approval) => commands.extend(self.ask(now, &approval)),
        }
        self.withdraw_if_blocked(now);
        commands.extend(self.canceled());
        commands.extend(self.schedule(now));
        commands.extend(self.record_changes());
        commands
    }

    /// The calls that are due, a describe call if one is due, and when to wake.
    fn schedule(&mut self, now: Millis) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut wake: Option<Millis> = None;
        let mut wake_at = |at: Millis| wake = Some(wake.map_or(at, |earlier| earlier.min(at)));
        loop {
            match self.next_call(now) {
                NextCall::Nothing => break,
                NextCall::Wait(until) => {
                    wake_at(until);
                    break;
                }
                NextCall::Claim(index) => commands.extend(self.claim(index)),
                NextCall::Prepare(index, due) => {
                    commands.extend(self.prepare(index, due.max(now)));
                }
            }
        }
        match self.next_describe(now) {
            NextDescribe::Nothing => {}
            NextDescribe::Wait(until) => wake_at(until),
            NextDescribe::Describe(ids) => {
                commands
                    .push(Command::Describe { ids, clock_skew_seconds: self.clock_skew_seconds });
            }
        }
        // Wakes regularly while a call waits, so that a sleep of the page is noticed.
        if !self.is_blocked() && self.calls.iter().any(|call| call.state.is_pending()) {
            wake_at(now + AWAKE_EVERY_MS);
        }
        self.transient.woken_by = wake;
        commands.extend(wake.map(Command::WakeAt));
        commands
    }

    fn change(&mut self, id: &InstanceId, change: impl FnOnce(&mut Row)) {
        let Some(position) = self.index.get(id).copied() else { return };
        if let Some(row) = self.rows.get_mut(position) {
            change(Arc::make_mut(row));
            self.transient.changed_rows.insert(position);
        }
    }

    fn change_call(&mut self, index: usize, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.calls.get_mut(index) {
            change(call);
            self.transient.changed_calls.insert(index);
        }
    }
}
