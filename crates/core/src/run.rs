//! A plan being carried out, as a state machine without I/O.
//!
//! Events go in ([`Run::handle`]), commands come out, and whoever holds the machine carries them
//! out: it has no clock (the time is an argument), no network and no randomness. So a test can play
//! thousands of schedules of faults against it and check after every step:
//!
//! 1. every instance has exactly one outcome, and the counts add up to the ids given;
//! 2. no instance is sent twice unless a person asked for it;
//! 3. `accepted` and what follows from it only after the cloud's own word;
//! 4. `unknown` is looked at, never sent again by itself.

mod evidence;
mod pace;

use crate::{
    answer::{self, Delivery, Described, Fault, InstanceState, Outcome},
    cloud::{Role, Verb},
    eligibility::{Eligibility, SkipReason},
    ids::InstanceId,
    plan::{self, Batch, Order, Plan},
};
use serde::Serialize;
use std::{collections::HashMap, sync::Arc};

/// Milliseconds since 1970, by the page's own clock.
pub type Millis = u64;

/// One instance of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The instance.
    pub id: InstanceId,
    /// What is known of it.
    pub outcome: Outcome,
    /// Its name, as far as a describe call told.
    pub name: String,
    /// Its zone, likewise.
    pub zone: String,
    /// Its address, likewise.
    pub address: String,
    /// Its state before its call, in the cloud's own word.
    pub previous_state: Option<String>,
    /// Its state when it was last seen.
    pub state: Option<String>,
    /// What stands behind an outcome that is not a success.
    pub fault: Option<Arc<Fault>>,
    /// Why it was left out.
    pub skipped: Option<SkipReason>,
    /// What the outcome rests on.
    pub evidence: Option<Evidence>,
    /// The last call that it travelled in, as an index into [`Run::calls`].
    pub call: Option<usize>,
    /// When that call went out.
    pub sent_at: Option<Millis>,
    /// When the outcome became final.
    pub settled_at: Option<Millis>,
}

/// What `proven` and its neighbours rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The cloud names our request as the instance's last operation.
    RequestId,
    /// The instance was seen on its way, and then running.
    Transition,
    /// A start was accepted, which only a stopped instance takes, and now it runs.
    StartAccepted,
    /// Another operation came after ours, so ours cannot be seen any more.
    Overtaken,
    /// It runs, and nothing was seen in between.
    NothingSeen,
    /// The cloud itself says that the operation failed.
    CloudSaysFailed,
}

/// One call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What travels in it.
    pub batch: Batch,
    /// Where it stands.
    pub state: CallState,
    /// The cloud's id of the request.
    pub request_id: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// When it went out.
    pub sent_at: Option<Millis>,
    /// When its answer, or the news that there is none, came.
    pub answered_at: Option<Millis>,
    /// What stands behind it if the whole call failed.
    pub fault: Option<Arc<Fault>>,
    /// How often it was proven not to have been carried out and sent again.
    pub resends: u32,
    not_before: Millis,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// Not sent yet.
    Waiting,
    /// On the way.
    Sending,
    /// Answered, lost, or proven not to have left.
    Done,
    /// Given up before it was sent, because a person stopped the run.
    Stopped,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Calls are going out.
    Sending,
    /// All calls are out; the instances are watched until they are back.
    Watching,
    /// It waits for a person.
    Paused(Pause),
    /// A person stopped it; what was accepted is still watched.
    Stopped,
    /// Nothing more will change by itself.
    Finished,
}

/// Why a run waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Several calls in a row had no usable answer.
    Unknowns,
    /// Several calls in a row were refused in the same way.
    Refusals,
}

/// How a run goes about its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Send a call again by itself when the cloud refused it for pace or clock, or when it is proven
    /// not to have left.
    pub resend: bool,
    /// Look at accepted instances until they are back.
    pub watch: bool,
    /// This many calls in a row without an answer, or refused alike, pause the run.
    pub pause_after: u32,
    /// Whether the calls travel through a proxy that must say who answered.
    pub through_proxy: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { resend: false, watch: true, pause_after: 3, through_proxy: true }
    }
}

/// What happened outside.
#[derive(Clone, Debug)]
pub enum Event {
    /// A person confirmed; or time has passed.
    Tick,
    /// A call came back, or not.
    Delivered {
        /// Its index in [`Run::calls`].
        call: usize,
        /// What came.
        delivery: Delivery,
    },
    /// A describe call came back, or not.
    Looked {
        /// The ids that were asked for.
        ids: Vec<InstanceId>,
        /// What came.
        delivery: Delivery,
    },
    /// Stop after the call that is on the way.
    Stop,
    /// Go on after a pause.
    Resume,
    /// A person asks for more, knowing what it means.
    Ask(Choice),
}

/// What a person can ask of a run that is under way or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Send those again that were refused, where it can help.
    RetryFailed,
    /// Send those whose calls never left.
    SendNotStarted,
    /// Look at the unknown ones once more. Sends nothing that changes anything.
    CheckUnknown,
}

/// What to do outside.
#[derive(Clone, Debug)]
pub enum Command {
    /// Sign and send this call, once, and report with [`Event::Delivered`].
    Send {
        /// Its index in [`Run::calls`].
        call: usize,
        /// What travels in it.
        batch: Batch,
        /// Seconds to add to the page's clock for the signature.
        clock_skew_seconds: i64,
    },
    /// Describe these instances and report with [`Event::Looked`].
    Look {
        /// At most as many as one describe call takes.
        ids: Vec<InstanceId>,
        /// Seconds to add to the page's clock for the signature.
        clock_skew_seconds: i64,
    },
    /// Send [`Event::Tick`] at this time, or soon after.
    WakeAt(Millis),
}

/// How many instances have each outcome. They always add up to the ids given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Outcome::ALL.len()]);

impl Counts {
    /// How many have this outcome.
    pub fn of(&self, outcome: Outcome) -> usize {
        Outcome::ALL
            .iter()
            .zip(self.0)
            .find(|(known, _)| **known == outcome)
            .map_or(0, |(_, count)| count)
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    order: Arc<Order>,
    policy: Policy,
    rows: Vec<Arc<Row>>,
    index: Arc<HashMap<InstanceId, usize>>,
    calls: Vec<Call>,
    started_at: Option<Millis>,
    stopped: bool,
    pause: Option<Pause>,
    bad_calls_in_a_row: u32,
    clock_skew_seconds: i64,
    clock_corrected: bool,
    pace: pace::Pace,
    watch: evidence::Watch,
}

impl Run {
    /// A run of a confirmed plan. `skipped` are ids that were left out with a reason; `known` is
    /// what a look before the plan has shown.
    pub fn new(
        plan: &Plan,
        skipped: &[(InstanceId, SkipReason)],
        known: &[InstanceState],
        policy: Policy,
    ) -> Self {
        let known: HashMap<&str, &InstanceState> =
            known.iter().map(|state| (state.id.as_str(), state)).collect();
        let mut rows: Vec<Arc<Row>> = Vec::with_capacity(plan.instances() + skipped.len());
        let mut index = HashMap::with_capacity(rows.capacity());
        let planned = plan.batches.iter().enumerate().flat_map(|(call, batch)| {
            batch.ids().iter().map(move |id| (id, Outcome::Queued, Some(call), None))
        });
        let left_out =
            skipped.iter().map(|(id, reason)| (id, Outcome::Skipped, None, Some(*reason)));
        for (id, outcome, call, skipped) in planned.chain(left_out) {
            // An id that is both planned and skipped, or planned twice, keeps its first place.
            if index.contains_key(id) {
                continue;
            }
            index.insert(id.clone(), rows.len());
            let seen = known.get(id.as_str());
            rows.push(Arc::new(Row {
                id: id.clone(),
                outcome,
                name: seen.map(|seen| seen.name.clone()).unwrap_or_default(),
                zone: seen.map(|seen| seen.zone.clone()).unwrap_or_default(),
                address: seen.map(|seen| seen.address.clone()).unwrap_or_default(),
                previous_state: seen.map(|seen| seen.state.clone()),
                state: seen.map(|seen| seen.state.clone()),
                fault: None,
                skipped,
                evidence: None,
                call,
                sent_at: None,
                settled_at: None,
            }));
        }
        let calls = plan.batches.iter().cloned().map(Call::waiting).collect();
        let operation = plan.order.operation();
        Run {
            order: Arc::clone(&plan.order),
            policy,
            rows,
            index: Arc::new(index),
            calls,
            started_at: None,
            stopped: false,
            pause: None,
            bad_calls_in_a_row: 0,
            clock_skew_seconds: 0,
            clock_corrected: false,
            pace: pace::Pace::new(operation.calls_per_second),
            watch: evidence::Watch::default(),
        }
    }

    /// What is asked.
    pub fn order(&self) -> &Arc<Order> {
        &self.order
    }

    /// The instances, in the order of the ids given, the skipped ones last.
    pub fn rows(&self) -> &[Arc<Row>] {
        &self.rows
    }

    /// The calls, in the order in which they go out.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// When the first call went out.
    pub fn started_at(&self) -> Option<Millis> {
        self.started_at
    }

    /// When the states will be looked at next; `None` if they will not be, or are being.
    pub fn next_look_at(&self) -> Option<Millis> {
        self.watch.next_look_at()
    }

    /// Seconds by which the cloud's clock is ahead of the page's, once that was corrected.
    pub fn clock_correction_seconds(&self) -> Option<i64> {
        self.clock_corrected.then_some(self.clock_skew_seconds)
    }

    /// How many instances have each outcome.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            for (known, count) in Outcome::ALL.iter().zip(&mut counts.0) {
                if *known == row.outcome {
                    *count += 1;
                }
            }
        }
        counts
    }

    /// What the run is doing.
    pub fn stage(&self) -> Stage {
        let sending = self.calls.iter().any(|call| call.state == CallState::Sending);
        let waiting = self.calls.iter().any(|call| call.state == CallState::Waiting);
        match (sending, waiting, self.pause) {
            (true, _, _) => Stage::Sending,
            (false, true, Some(pause)) => Stage::Paused(pause),
            (false, true, None) => Stage::Sending,
            (false, false, _) if self.is_watching() => {
                if self.stopped {
                    Stage::Stopped
                } else {
                    Stage::Watching
                }
            }
            (false, false, _) => Stage::Finished,
        }
    }

    /// How many instances a choice would touch now.
    pub fn choice_count(&self, choice: Choice) -> usize {
        self.rows.iter().filter(|row| self.can_take(choice, row)).count()
    }

    /// Takes note of an event at a time, and says what to do next.
    pub fn handle(&mut self, now: Millis, event: Event) -> Vec<Command> {
        match event {
            Event::Tick => {}
            Event::Delivered { call, delivery } => self.delivered(now, call, &delivery),
            Event::Looked { ids, delivery } => self.looked(now, &ids, &delivery),
            Event::Stop => self.stop(),
            Event::Resume => {
                self.pause = None;
                self.bad_calls_in_a_row = 0;
            }
            Event::Ask(choice) => self.ask(now, choice),
        }
        self.schedule(now)
    }

    fn delivered(&mut self, now: Millis, index: usize, delivery: &Delivery) {
        let Some(call) = self.calls.get(index).filter(|call| call.state == CallState::Sending)
        else {
            // Something that was not on the way cannot come back; to believe it would be to guess.
            return;
        };
        let answer = answer::settle(&call.batch, delivery, self.policy.through_proxy);
        let sent_at = call.sent_at.unwrap_or(now);
        let resends = call.resends;
        if let Some(not_before) = self.resend_at(now, sent_at, resends, index, delivery, &answer) {
            if let Some(call) = self.calls.get_mut(index) {
                call.state = CallState::Waiting;
                call.resends += 1;
                call.not_before = not_before;
            }
            for instance in &answer.instances {
                self.update(&instance.id, |row| row.outcome = Outcome::Queued);
            }
            return;
        }
        let shared = shared_fault(&answer);
        if let Some(call) = self.calls.get_mut(index) {
            call.state = CallState::Done;
            call.answered_at = Some(now);
            call.request_id.clone_from(&answer.request_id);
            call.status = match delivery {
                Delivery::Answered(response) => Some(response.status),
                Delivery::NotSent { .. } | Delivery::Lost { .. } => None,
            };
            call.fault = shared;
        }
        self.count_bad_calls(&answer);
        for instance in answer.instances {
            let verb = self.order.operation().verb;
            self.update(&instance.id, |row| {
                row.outcome = instance.outcome;
                row.fault.clone_from(&instance.fault);
                if let Some(previous) = &instance.previous_state {
                    row.previous_state = Some(previous.clone());
                }
                if let Some(state) = &instance.state {
                    row.state = Some(state.clone());
                }
                row.evidence = None;
                row.settled_at = is_final_at_once(instance.outcome).then_some(now);
            });
            if self.policy.watch {
                self.watch.begin(now, &instance, verb);
            }
        }
    }

    /// When to send a call again by itself; `None` for never: only on proof that nothing was done.
    fn resend_at(
        &mut self,
        now: Millis,
        sent_at: Millis,
        resends: u32,
        index: usize,
        delivery: &Delivery,
        answer: &answer::BatchAnswer,
    ) -> Option<Millis> {
        if !self.policy.resend || self.stopped {
            return None;
        }
        let uniform = answer.instances.first().map(|first| first.outcome).filter(|outcome| {
            answer.instances.iter().all(|instance| instance.outcome == *outcome)
        })?;
        match uniform {
            Outcome::NotSent => (resends < 2).then(|| now + 1_000 * (1 << (2 * resends))),
            Outcome::Rejected => {
                let Delivery::Answered(response) = delivery else { return None };
                let fault = answer.instances.first()?.fault.as_deref()?;
                match evidence::effect_of(&self.order, fault) {
                    crate::explain::Effect::Throttled if resends < 6 => {
                        let asked = answer::retry_after_ms(response);
                        let wait = self.pace.throttled(index, resends, asked);
                        Some(now + wait)
                    }
                    crate::explain::Effect::ClockSkew if !self.clock_corrected => {
                        let server = answer::server_unix_seconds(response)?;
                        let midpoint = i64::try_from(u64::midpoint(sent_at, now) / 1000).ok()?;
                        self.clock_skew_seconds = server - midpoint;
                        self.clock_corrected = true;
                        Some(now)
                    }
                    crate::explain::Effect::Throttled
                    | crate::explain::Effect::ClockSkew
                    | crate::explain::Effect::NothingDone
                    | crate::explain::Effect::MaybeEcho
                    | crate::explain::Effect::MaybeDone
                    | crate::explain::Effect::DryRunPassed => None,
                }
            }
            Outcome::Skipped
            | Outcome::Queued
            | Outcome::Sending
            | Outcome::Accepted
            | Outcome::DryRunPassed
            | Outcome::InProgress
            | Outcome::Proven
            | Outcome::RunningUnproven
            | Outcome::Unknown
            | Outcome::Overdue => None,
        }
    }

    fn count_bad_calls(&mut self, answer: &answer::BatchAnswer) {
        let all = |outcome| answer.instances.iter().all(|instance| instance.outcome == outcome);
        let pause = if all(Outcome::Unknown) {
            Some(Pause::Unknowns)
        } else if all(Outcome::Rejected) || all(Outcome::NotSent) {
            Some(Pause::Refusals)
        } else {
            None
        };
        match pause {
            None => self.bad_calls_in_a_row = 0,
            Some(pause) => {
                self.bad_calls_in_a_row += 1;
                if self.bad_calls_in_a_row >= self.policy.pause_after {
                    self.pause = Some(pause);
                }
            }
        }
    }

    fn looked(&mut self, now: Millis, ids: &[InstanceId], delivery: &Delivery) {
        let described =
            answer::settle_describe(self.order.target().cloud, delivery, self.policy.through_proxy);
        let found = match described {
            Described::Found { instances, .. } => instances,
            Described::Failed(_) => {
                self.watch.looked(now, false);
                return;
            }
        };
        self.watch.looked(now, true);
        let found: HashMap<&str, &InstanceState> =
            found.iter().map(|state| (state.id.as_str(), state)).collect();
        for id in ids {
            let Some(row) = self.index.get(id).and_then(|index| self.rows.get(*index)) else {
                continue;
            };
            let call = row.call.and_then(|call| self.calls.get(call));
            let request_id = call.and_then(|call| call.request_id.clone());
            let Some(change) = self.watch.judge(
                now,
                &self.order,
                row,
                request_id.as_deref(),
                found.get(id.as_str()).copied(),
            ) else {
                continue;
            };
            let seen = found.get(id.as_str()).copied();
            self.update(id, |row| {
                if let Some(seen) = seen {
                    row.state = Some(seen.state.clone());
                    for (own, other) in [
                        (&mut row.name, &seen.name),
                        (&mut row.zone, &seen.zone),
                        (&mut row.address, &seen.address),
                    ] {
                        if !other.is_empty() {
                            own.clone_from(other);
                        }
                    }
                }
                row.outcome = change.outcome;
                row.evidence = change.evidence;
                if let Some(fault) = change.fault {
                    row.fault = Some(Arc::new(fault));
                }
                row.settled_at = change.settled.then_some(now);
            });
        }
    }

    fn stop(&mut self) {
        self.stopped = true;
        for call in self.calls.iter_mut().filter(|call| call.state == CallState::Waiting) {
            call.state = CallState::Stopped;
        }
    }

    fn ask(&mut self, now: Millis, choice: Choice) {
        let ids: Vec<InstanceId> = self
            .rows
            .iter()
            .filter(|row| self.can_take(choice, row))
            .map(|row| row.id.clone())
            .collect();
        match choice {
            Choice::CheckUnknown => {
                for id in &ids {
                    self.watch.again(now, id);
                }
            }
            Choice::RetryFailed | Choice::SendNotStarted => {
                self.stopped = false;
                self.pause = None;
                self.bad_calls_in_a_row = 0;
                for call in self.calls.iter_mut().filter(|call| call.state == CallState::Waiting) {
                    call.state = CallState::Stopped;
                }
                for chunk in ids.chunks(self.order.operation().ids_max.max(1)) {
                    let Some(batch) = plan::batch(&self.order, chunk.to_vec()) else { continue };
                    let index = self.calls.len();
                    self.calls.push(Call::waiting(batch));
                    for id in chunk {
                        self.update(id, |row| {
                            row.outcome = Outcome::Queued;
                            row.call = Some(index);
                            row.fault = None;
                            row.settled_at = None;
                        });
                    }
                }
            }
        }
    }

    fn can_take(&self, choice: Choice, row: &Row) -> bool {
        match choice {
            Choice::CheckUnknown => row.outcome == Outcome::Unknown,
            Choice::SendNotStarted => {
                row.outcome == Outcome::NotSent
                    || (row.outcome == Outcome::Queued
                        && row
                            .call
                            .and_then(|call| self.calls.get(call))
                            .is_some_and(|call| call.state == CallState::Stopped))
            }
            Choice::RetryFailed => {
                row.outcome == Outcome::Rejected
                    && row
                        .fault
                        .as_deref()
                        .is_some_and(|fault| evidence::retry_can_help(&self.order, fault))
            }
        }
    }

    /// One thing at a time: the next call if one is due, a look if one is due, and when to wake.
    fn schedule(&mut self, now: Millis) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut wake: Option<Millis> = None;
        let mut wake_at = |at: Millis| wake = Some(wake.map_or(at, |earlier| earlier.min(at)));

        let on_the_way = self.calls.iter().any(|call| call.state == CallState::Sending);
        if !on_the_way && self.pause.is_none() {
            let next = self
                .calls
                .iter()
                .enumerate()
                .filter(|(_, call)| call.state == CallState::Waiting)
                .min_by_key(|(index, call)| (call.not_before.max(now), *index))
                .map(|(index, call)| (index, call.not_before));
            if let Some((index, not_before)) = next {
                let due = self.pace.next_at(now).max(not_before);
                if due <= now {
                    commands.extend(self.send(now, index));
                } else {
                    wake_at(due);
                }
            }
        }
        if self.policy.watch {
            let most = self.order.target().cloud.manifest().describe_ids_max;
            match self.watch.next(now, most) {
                evidence::Next::Nothing => {}
                evidence::Next::Wait(until) => wake_at(until),
                evidence::Next::Look(ids) => commands
                    .push(Command::Look { ids, clock_skew_seconds: self.clock_skew_seconds }),
            }
        }
        commands.extend(wake.map(Command::WakeAt));
        commands
    }

    fn send(&mut self, now: Millis, index: usize) -> Option<Command> {
        let call = self.calls.get_mut(index)?;
        call.state = CallState::Sending;
        call.sent_at = Some(now);
        let batch = call.batch.clone();
        self.started_at.get_or_insert(now);
        self.pace.sent(now);
        for id in batch.ids() {
            self.update(id, |row| {
                row.outcome = Outcome::Sending;
                row.call = Some(index);
                row.sent_at = Some(now);
            });
        }
        Some(Command::Send { call: index, batch, clock_skew_seconds: self.clock_skew_seconds })
    }

    fn update(&mut self, id: &InstanceId, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.index.get(id).and_then(|index| self.rows.get_mut(*index)) {
            change(Arc::make_mut(row));
        }
    }

    fn is_watching(&self) -> bool {
        self.policy.watch && self.watch.is_active()
    }
}

impl Call {
    fn waiting(batch: Batch) -> Self {
        Call {
            batch,
            state: CallState::Waiting,
            request_id: None,
            status: None,
            sent_at: None,
            answered_at: None,
            fault: None,
            resends: 0,
            not_before: 0,
        }
    }
}

/// Parts the instances that can take an order from those that cannot, with the reasons. Ids that
/// the look did not bring are not found.
pub fn sort_out(
    order: &Order,
    ids: &[InstanceId],
    seen: &[InstanceState],
) -> (Vec<InstanceId>, Vec<(InstanceId, SkipReason)>) {
    let seen: HashMap<&str, &InstanceState> =
        seen.iter().map(|state| (state.id.as_str(), state)).collect();
    let mut eligible = Vec::new();
    let mut skipped = Vec::new();
    for id in ids {
        let verdict =
            seen.get(id.as_str()).map_or(Eligibility::Skipped(SkipReason::NotFound), |state| {
                order.target().cloud.eligibility(order, state)
            });
        match verdict {
            Eligibility::Eligible => eligible.push(id.clone()),
            Eligibility::Skipped(reason) => skipped.push((id.clone(), reason)),
        }
    }
    (eligible, skipped)
}

fn shared_fault(answer: &answer::BatchAnswer) -> Option<Arc<Fault>> {
    let first = answer.instances.first()?.fault.as_ref()?;
    answer
        .instances
        .iter()
        .all(|instance| instance.fault.as_ref() == Some(first))
        .then(|| Arc::clone(first))
}

/// Whether an outcome that an answer brings will not change by itself.
fn is_final_at_once(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Skipped
        | Outcome::NotSent
        | Outcome::DryRunPassed
        | Outcome::Rejected
        | Outcome::Proven
        | Outcome::RunningUnproven
        | Outcome::Overdue => true,
        Outcome::Queued
        | Outcome::Sending
        | Outcome::Accepted
        | Outcome::InProgress
        | Outcome::Unknown => false,
    }
}

/// The verb of an order, and whether it is forced: what the words on the screen depend on.
pub fn verb_and_force(order: &Order) -> (Verb, bool) {
    (order.operation().verb, order.is_forced())
}

/// Whether an order leaves the choice between all or nothing and each for itself.
pub fn has_batching(order: &Order) -> bool {
    order.operation().parameter_for(Role::Batching).is_some()
}
