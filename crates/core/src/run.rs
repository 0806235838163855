//! A plan being carried out, as a state machine without I/O.
//!
//! Events go in ([`Run::handle`]), commands come out, and whoever holds the machine carries them
//! out: it has no clock (the time is an argument), no network and no randomness. So a test can play
//! thousands of schedules of faults against it (`tests/simulation.rs`) and check after every step:
//!
//! 1. every instance has exactly one outcome, and the counts add up to the ids given;
//! 2. no instance is sent twice unless a person asked for it, or it is proven that nothing was done;
//! 3. `accepted` and what follows from it only after the cloud's own word;
//! 4. `unknown` is looked at, never sent again by itself;
//! 5. a call is in the journal before it goes out, so that after a crash it is known to be unknown.

mod conclude;
mod journal;
mod look;
mod pace;

pub use journal::{Broken, Record, Summary, VERSION, restore};
pub use look::{Look, LookCommand, Seen};

use crate::{
    answer::{
        self, BatchAnswer, Delivery, Described, Fault, InstanceState, LastOperation, Outcome,
        Response,
    },
    eligibility::{Eligibility, SkipReason},
    explain::Effect,
    ids::InstanceId,
    limits::Limits,
    plan::{self, Batch, Order, Plan, Refusal},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

/// The word of a [`Delivery::NotSent`] for want of a key that can sign. Such a call is not over: it
/// waits until there is a key again.
pub const NO_KEY: &str = "no-key";

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
    /// Why it was left out, or why sending it again cannot help.
    pub skipped: Option<SkipReason>,
    /// What the outcome rests on.
    pub evidence: Option<Evidence>,
    /// The last call that it travelled in, as an index into [`Run::calls`].
    pub call: Option<usize>,
    /// When that call went out.
    pub sent_at: Option<Millis>,
    /// When the outcome became final.
    pub settled_at: Option<Millis>,
    /// What was known before the call, for comparison afterwards.
    pub(crate) baseline: Option<Baseline>,
    /// Set while it is watched.
    pub(crate) watched: Option<Watched>,
}

/// What was known of an instance before its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// When it last started.
    pub(crate) started_at: Option<String>,
    /// What was last done to it.
    pub(crate) last_operation: Option<LastOperation>,
}

/// What has been seen of an instance since its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watched {
    /// Since when.
    pub(crate) since: Millis,
    /// Whether it was seen on its way.
    pub(crate) transition_seen: bool,
    /// Why it is watched.
    pub(crate) reason: WatchReason,
    /// How often it was looked at.
    pub(crate) looks: u32,
}

/// Why an instance is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WatchReason {
    /// The cloud took the call.
    Accepted,
    /// The answer was lost.
    Lost,
    /// The cloud refused it because of a state that our own first copy could have caused.
    Echo,
}

/// What `proven` and its neighbours rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The cloud names our request as the instance's last operation.
    RequestId,
    /// Our answer was lost, and since then the cloud shows a new operation of this kind.
    OperationSince,
    /// The instance was seen on its way, and then running.
    Transition,
    /// The instance's start time is later than the call.
    StartTime,
    /// A start was accepted, which only a stopped instance takes, and now it runs.
    StartAccepted,
    /// Another operation came after ours, so ours cannot be seen any more.
    Overtaken,
    /// It runs, and nothing was seen in between.
    NothingSeen,
    /// The cloud itself says that the operation failed.
    CloudSaysFailed,
}

impl Evidence {
    /// The public name: `request-id`.
    pub const fn word(self) -> &'static str {
        match self {
            Evidence::RequestId => "request-id",
            Evidence::OperationSince => "operation-since",
            Evidence::Transition => "transition",
            Evidence::StartTime => "start-time",
            Evidence::StartAccepted => "start-accepted",
            Evidence::Overtaken => "overtaken",
            Evidence::NothingSeen => "nothing-seen",
            Evidence::CloudSaysFailed => "cloud-says-failed",
        }
    }
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
    /// What stands behind it if the whole call failed in one way.
    pub fault: Option<Arc<Fault>>,
    /// How often it was proven not to have been carried out and sent again.
    pub resends: u32,
    /// Whether it is the one call of one instance that goes before the others.
    pub canary: bool,
    pub(crate) not_before: Millis,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// Not sent yet.
    Waiting,
    /// Being written to the journal and claimed, before it goes out.
    Claiming,
    /// On the way.
    Sending,
    /// Answered, lost, or proven not to have left.
    Done,
    /// Given up before it was sent, because a person stopped the run.
    Stopped,
}

impl CallState {
    /// The public name: `waiting`.
    pub const fn word(self) -> &'static str {
        match self {
            CallState::Waiting => "waiting",
            CallState::Claiming => "claiming",
            CallState::Sending => "sending",
            CallState::Done => "done",
            CallState::Stopped => "stopped",
        }
    }

    /// Whether it will go out, and has not yet.
    const fn is_to_come(self) -> bool {
        match self {
            CallState::Waiting | CallState::Claiming => true,
            CallState::Sending | CallState::Done | CallState::Stopped => false,
        }
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Several calls in a row had no usable answer.
    Unknowns,
    /// Several calls in a row were refused.
    Refusals,
    /// The canary was not accepted.
    Canary,
    /// More were refused than the person had allowed.
    TooManyRefused,
    /// The journal cannot be written, so that a crash would leave no trace of what was sent.
    NoJournal,
    /// The run was brought back from the journal; nothing goes out until somebody asks.
    Restored,
    /// The page was offline for so long that nobody may expect calls to go out now.
    WasOffline,
    /// The page slept for so long that nobody may expect calls to go out now.
    Slept,
    /// There is no key any more; neither calls nor looks go out.
    NoKey,
    /// The operator of the page does not allow the run's cloud or region now; it cannot even look.
    NotAllowed,
}

/// How a run goes about its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
// Switches that have nothing to do with each other.
#[allow(clippy::struct_excessive_bools)]
pub struct Policy {
    /// Send a call again by itself when the cloud refused it for pace or clock, or when it is proven
    /// not to have left.
    pub resend: bool,
    /// Look at accepted instances until they are back.
    pub watch: bool,
    /// This many calls in a row without an answer, or refused, pause the run.
    pub pause_after: u32,
    /// Whether the calls travel through a proxy that must say who answered.
    pub through_proxy: bool,
    /// Whether calls are written to a journal before they go out.
    pub journal: bool,
    /// Pause after this many calls; 0 for never.
    pub wave_calls: usize,
    /// How long such a pause is, in milliseconds.
    pub wave_pause_ms: u64,
    /// Pause when more than this share of the instances sent so far was refused, in percent.
    pub stop_above_refused_percent: Option<u8>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            resend: true,
            watch: true,
            pause_after: 3,
            through_proxy: true,
            journal: false,
            wave_calls: 0,
            wave_pause_ms: 0,
            stop_above_refused_percent: None,
        }
    }
}

/// What is written about a run beside what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct About {
    /// A name that no other run has.
    pub id: String,
    /// The reason or ticket that the person gave.
    pub reason: String,
    /// The public half of the key.
    pub key_id: String,
    /// When it was confirmed, in milliseconds since 1970.
    pub confirmed_at: Millis,
    /// Who confirmed it, if the page around the console said so: whoever opens the page later may be
    /// somebody else.
    pub person: Option<String>,
}

/// What happened outside.
#[derive(Clone, Debug)]
pub enum Event {
    /// A person confirmed; or time has passed.
    Tick,
    /// A record is in the journal. `held` are claimed ids that another page is at work on.
    Recorded {
        /// The record's number.
        number: u64,
        /// Ids that were not claimed.
        held: Vec<InstanceId>,
    },
    /// A record could not be written.
    RecordFailed {
        /// The record's number.
        number: u64,
    },
    /// A call leaves the page now: later than it was to, if the page was busy or had to wait for its
    /// turn among the tabs.
    Left {
        /// Its index in [`Run::calls`].
        call: usize,
    },
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
    /// The browser says that it is on- or offline.
    Online(bool),
    /// The page is hidden, or shown again.
    Hidden(bool),
    /// The key is gone, or can sign no more: nothing goes out until a person says so.
    KeyGone,
    /// What the operator of the page has set, as it is from now on.
    Settings {
        /// What is allowed. What is not is not sent any more: the run stops.
        limits: Arc<Limits>,
        /// As [`Policy::through_proxy`].
        through_proxy: bool,
    },
    /// The public half of the key that signs from now on.
    KeyId(String),
    /// Stop after the call that is on the way.
    Stop,
    /// Go on after a pause.
    Resume,
    /// The person is done with it: it stays in the journal, but is not brought back by itself.
    Close,
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
    /// A call that was refused because of one instance: look at each, then send those that can take
    /// it; if all can, send them in two halves.
    Narrow,
    /// Force those that are still restarting after a soft request.
    Force,
}

impl Choice {
    /// Every choice.
    pub const ALL: [Choice; 5] = [
        Choice::RetryFailed,
        Choice::SendNotStarted,
        Choice::CheckUnknown,
        Choice::Narrow,
        Choice::Force,
    ];
}

/// What to do outside.
#[derive(Clone, Debug)]
pub enum Command {
    /// Write a record to the journal, and report with [`Event::Recorded`] or
    /// [`Event::RecordFailed`].
    Record {
        /// Its number; they come in order, from 0.
        number: u64,
        /// What to write.
        record: Box<Record>,
        /// Instances to claim in the same breath: those that another living page has claimed are
        /// reported and left alone.
        claim: Vec<InstanceId>,
        /// Whether it must be on the disk before it is reported: a call goes out on its word.
        durable: bool,
    },
    /// Sign this call, send it once, and report with [`Event::Left`] and [`Event::Delivered`].
    Send {
        /// Its index in [`Run::calls`].
        call: usize,
        /// When it may leave: in a moment, so that signing it does not slow the pace.
        leave_at: Millis,
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

/// How many instances have each outcome, in the order of [`Outcome::ALL`], which is the order in
/// which the enum has them. They always add up to the ids given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Outcome::ALL.len()]);

impl Counts {
    /// How many have this outcome.
    pub fn of(&self, outcome: Outcome) -> usize {
        self.0.get(outcome as usize).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

/// How long before a call is due its record is written, so that the write does not slow the pace.
const RECORD_AHEAD_MS: u64 = 90;
/// How long before a call is due it is handed out to be signed.
const SIGN_AHEAD_MS: u64 = 30;
/// A clock that is off by less than this is not why a look was refused.
const CLOCK_NEWS_SECONDS: u64 = 30;
/// Offline or asleep for longer than this, nothing goes out by itself.
const AWAY_TOO_LONG_MS: u64 = 60_000;
/// How long a soft restart may take before force is offered.
const FORCE_OFFERED_AFTER_MS: u64 = 60_000;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    about: About,
    order: Arc<Order>,
    policy: Policy,
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

/// What a page that is opened again does not need to know.
#[derive(Clone, Debug)]
// Facts that have nothing to do with each other.
#[allow(clippy::struct_excessive_bools)]
struct Transient {
    pace: pace::Pace,
    next_record: u64,
    /// The record whose word a claiming call waits for.
    claiming: Option<(u64, usize)>,
    changed_rows: BTreeSet<usize>,
    changed_calls: BTreeSet<usize>,
    changed_state: bool,
    /// Whether the header is written.
    opened: bool,
    due: VecDeque<usize>,
    looking: bool,
    next_look_at: Option<Millis>,
    look_pause_ms: u64,
    last_looks: VecDeque<Millis>,
    narrowing: Vec<(usize, Option<Eligibility>)>,
    /// Rows of a run that was brought back whose state nobody has looked at since.
    unseen: BTreeSet<usize>,
    offline_since: Option<Millis>,
    hidden: bool,
    /// A request could not be signed, or the page says that the next one could not be.
    lacks_key: bool,
    /// When the cloud's clock was last learned.
    clock_set_at: Option<Millis>,
    woken_by: Option<Millis>,
    now: Millis,
}

impl PartialEq for Transient {
    /// Two runs are the same if what matters of them is: this is what does not.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Transient {}

impl Run {
    /// A run of a confirmed plan. `skipped` are ids that were left out with a reason; `known` is
    /// what a look before the plan has shown.
    pub fn new(
        about: About,
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
            // An id that is both planned and skipped keeps its first place.
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
                baseline: seen.map(|seen| Baseline {
                    started_at: seen.started_at.clone(),
                    last_operation: seen.last_operation.clone(),
                }),
                watched: None,
            }));
        }
        let mut calls: Vec<Call> = plan.batches.iter().cloned().map(Call::waiting).collect();
        if let [first, _, ..] = calls.as_mut_slice() {
            first.canary = plan.canary;
        }
        Run::assemble(about, Arc::clone(&plan.order), policy, rows, index, calls)
    }

    fn assemble(
        about: About,
        order: Arc<Order>,
        policy: Policy,
        rows: Vec<Arc<Row>>,
        index: HashMap<InstanceId, usize>,
        calls: Vec<Call>,
    ) -> Self {
        let calls_per_second = order.operation().calls_per_second;
        Run {
            about,
            order,
            policy,
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
                pace: pace::Pace::new(calls_per_second),
                next_record: 0,
                claiming: None,
                changed_rows: BTreeSet::new(),
                changed_calls: BTreeSet::new(),
                changed_state: false,
                opened: false,
                due: VecDeque::new(),
                looking: false,
                next_look_at: None,
                look_pause_ms: 0,
                last_looks: VecDeque::new(),
                narrowing: Vec::new(),
                unseen: BTreeSet::new(),
                offline_since: None,
                hidden: false,
                lacks_key: false,
                clock_set_at: None,
                woken_by: None,
                now: 0,
            },
        }
    }

    /// With what a look has learned of the clocks: seconds by which the cloud's is ahead of the
    /// page's. So nothing is refused for the clock that is known to be off, neither a call nor a look.
    #[must_use]
    pub fn with_clock_skew(mut self, seconds: Option<i64>) -> Self {
        self.clock_skew_seconds = seconds.unwrap_or_default();
        self
    }

    /// What is written about it.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// What is asked.
    pub fn order(&self) -> &Arc<Order> {
        &self.order
    }

    /// How it goes about its work.
    pub fn policy(&self) -> &Policy {
        &self.policy
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
        self.transient
            .next_look_at
            .filter(|_| !self.transient.looking && !self.transient.lacks_key && self.is_watching())
    }

    /// Whether the person is done with it.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Seconds by which the cloud's clock is ahead of the page's, where that is heeded.
    pub fn clock_correction_seconds(&self) -> Option<i64> {
        (self.clock_corrected || self.clock_skew_seconds != 0).then_some(self.clock_skew_seconds)
    }

    /// How many instances have each outcome.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            if let Some(count) = counts.0.get_mut(row.outcome as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// What the run is doing.
    pub fn stage(&self) -> Stage {
        let in_state =
            |states: &[CallState]| self.calls.iter().any(|call| states.contains(&call.state));
        if in_state(&[CallState::Sending]) {
            return Stage::Sending;
        }
        let left = in_state(&[CallState::Waiting, CallState::Claiming]);
        match self.pause {
            _ if self.is_watching() && !self.may_look() => Stage::Paused(Pause::NotAllowed),
            Some(pause) if left || (pause == Pause::Restored && self.is_watching()) => {
                Stage::Paused(pause)
            }
            _ if self.transient.lacks_key && (left || self.is_watching()) => {
                Stage::Paused(Pause::NoKey)
            }
            _ if left => Stage::Sending,
            _ if self.is_watching() && self.stopped => Stage::Stopped,
            _ if self.is_watching() => Stage::Watching,
            _ => Stage::Finished,
        }
    }

    /// Whether something is still to be sent or to be found out.
    pub fn is_unfinished(&self) -> bool {
        self.stage() != Stage::Finished || self.choice_count(Choice::SendNotStarted) > 0
    }

    /// Whether another run may be shown in the place of this one, with nothing lost: it is over, or was
    /// brought back and has not been gone on with.
    pub fn may_be_put_away(&self) -> bool {
        match self.stage() {
            Stage::Finished | Stage::Paused(Pause::Restored | Pause::NotAllowed) => true,
            Stage::Sending | Stage::Watching | Stage::Paused(_) | Stage::Stopped => false,
        }
    }

    /// Whether a call is on the way, or about to be.
    pub fn is_under_way(&self) -> bool {
        self.calls.iter().any(|call| match call.state {
            CallState::Claiming | CallState::Sending => true,
            CallState::Waiting | CallState::Done | CallState::Stopped => false,
        })
    }

    /// How many instances a choice would touch, as of the last event.
    pub fn choice_count(&self, choice: Choice) -> usize {
        let now = self.transient.now;
        self.rows.iter().filter(|row| self.can_take(choice, row, now)).count()
    }

    /// The instances that a choice would touch, as of the last event.
    pub fn choice_ids(&self, choice: Choice) -> Vec<InstanceId> {
        let now = self.transient.now;
        let taken = self.rows.iter().filter(|row| self.can_take(choice, row, now));
        taken.map(|row| row.id.clone()).collect()
    }

    /// How many calls a choice would send, or at most send where that depends on a look.
    pub fn choice_calls(&self, choice: Choice) -> usize {
        let count = self.choice_count(choice);
        let most = self.order.operation().ids_max.max(1).min(self.chosen_size().max(1));
        match choice {
            Choice::CheckUnknown => 0,
            Choice::RetryFailed | Choice::SendNotStarted => {
                let first = usize::from(self.wants_canary(count));
                first + (count - first).div_ceil(most)
            }
            Choice::Narrow => count.div_ceil(most).max(2),
            Choice::Force => count.div_ceil(most),
        }
    }

    /// Why the operator of the page does not allow a choice now: the first limit that it breaks.
    /// Looking is allowed wherever the cloud and the region are.
    pub fn refusal(&self, choice: Choice) -> Option<Refusal> {
        let order = match choice {
            Choice::CheckUnknown => {
                return self.order.limits().check_target(self.order.target()).err();
            }
            Choice::RetryFailed | Choice::SendNotStarted | Choice::Narrow => {
                Arc::clone(&self.order)
            }
            // Without one there is nobody to be forced.
            Choice::Force => self.forced_order()?,
        };
        self.allows(&order, || self.choice_ids(choice)).err()
    }

    /// Why some of what a person could ask for is not allowed now; `None` if all is.
    pub fn refused(&self) -> Option<Refusal> {
        let asked = Choice::ALL.into_iter().filter(|choice| self.choice_count(*choice) > 0);
        let mut refusals = asked.filter_map(|choice| self.refusal(choice));
        refusals.next().or_else(|| {
            let target = self.order.target();
            self.is_watching().then(|| self.order.limits().check_target(target).err())?
        })
    }

    /// The order that [`Choice::Force`] sends, where the operation has a forced mode and the run was
    /// not forced already.
    pub fn forced_order(&self) -> Option<Arc<Order>> {
        let mode = self.order.operation().modes.iter().find(|mode| mode.force)?;
        (!self.order.is_forced() && !self.order.is_dry_run())
            .then(|| plan::with_mode(&self.order, mode).map(Arc::new))?
    }

    /// Takes note of an event at a time, and says what to do next.
    pub fn handle(&mut self, now: Millis, event: Event) -> Vec<Command> {
        self.notice_sleep(now);
        self.transient.now = now;
        match event {
            Event::Tick => {}
            Event::Recorded { number, held } => self.recorded(now, number, &held),
            Event::RecordFailed { number } => self.record_failed(now, number),
            Event::Left { call } => self.left(now, call),
            Event::Delivered { call, delivery } => self.delivered(now, call, &delivery),
            Event::Looked { ids, delivery } => self.looked(now, &ids, &delivery),
            Event::Online(online) => self.online(now, online),
            Event::Hidden(hidden) => self.transient.hidden = hidden,
            Event::KeyGone => self.transient.lacks_key = true,
            Event::Settings { limits, through_proxy } => {
                self.policy.through_proxy = through_proxy;
                self.restrict(&limits);
            }
            // Written down with what is signed with it.
            Event::KeyId(key_id) => self.about.key_id = key_id,
            Event::Stop => self.stop(),
            Event::Resume => {
                self.go_on();
                self.transient.next_look_at = Some(now);
            }
            Event::Close => {
                self.stop();
                self.closed = true;
            }
            Event::Ask(choice) => self.ask(now, choice),
        }
        let mut commands = self.schedule(now);
        commands.extend(self.record_changes());
        commands
    }

    // ---- what came back ------------------------------------------------------------------------

    fn left(&mut self, now: Millis, index: usize) {
        let is_sending = |call: &Call| call.state == CallState::Sending;
        if self.calls.get(index).is_some_and(is_sending) {
            self.transient.pace.left(index, now);
            self.change_call(index, |call| call.sent_at = call.sent_at.max(Some(now)));
        }
    }

    fn delivered(&mut self, now: Millis, index: usize, delivery: &Delivery) {
        let Some(call) = self.calls.get(index).filter(|call| call.state == CallState::Sending)
        else {
            // Something that was not on the way cannot come back; to believe it would be to guess.
            return;
        };
        if lacks_key(delivery) && !self.stopped {
            self.take_back(now, index);
            return;
        }
        self.transient.pace.answered(index, now);
        let answer = answer::settle(&call.batch, delivery, self.policy.through_proxy);
        let (sent_at, resends) = (call.sent_at.unwrap_or(now), call.resends);
        if let Some(not_before) = self.resend_at(now, sent_at, resends, index, delivery, &answer) {
            self.change_call(index, |call| {
                call.state = CallState::Waiting;
                call.resends += 1;
                call.not_before = not_before;
            });
            for instance in &answer.instances {
                self.change(&instance.id, |row| {
                    row.outcome = Outcome::Queued;
                    row.sent_at = None;
                });
            }
            return;
        }
        let (shared, request_id) = (shared_fault(&answer), answer.request_id.clone());
        self.change_call(index, |call| {
            call.state = CallState::Done;
            call.answered_at = Some(now);
            call.request_id = request_id;
            call.status = match delivery {
                Delivery::Answered(response) => Some(response.status),
                Delivery::NotSent { .. } | Delivery::Lost { .. } => None,
            };
            call.fault = shared;
        });
        let bad = self.take_answer(now, answer);
        self.consider_pause(index, bad);
    }

    /// Writes an answer into the rows. Returns whether the whole call was without success, and how.
    fn take_answer(&mut self, now: Millis, answer: BatchAnswer) -> Option<Pause> {
        let all = |outcome| answer.instances.iter().all(|instance| instance.outcome == outcome);
        let bad = if all(Outcome::Unknown) {
            Some(Pause::Unknowns)
        } else if all(Outcome::Rejected) || all(Outcome::NotSent) {
            Some(Pause::Refusals)
        } else {
            None
        };
        let verb = self.order.operation().verb;
        let order = Arc::clone(&self.order);
        let watch = self.policy.watch;
        for instance in answer.instances {
            self.change(&instance.id.clone(), |row| {
                let reason = conclude::watch_reason(&order, &instance);
                row.outcome = match reason {
                    Some(WatchReason::Echo) if watch => Outcome::Unknown,
                    Some(_) | None => instance.outcome,
                };
                row.fault = instance.fault;
                row.evidence = None;
                let transition_seen = conclude::answer_shows_transition(
                    verb,
                    instance.previous_state.as_deref(),
                    instance.state.as_deref(),
                );
                if instance.previous_state.is_some() {
                    row.previous_state = instance.previous_state;
                }
                if instance.state.is_some() {
                    row.state = instance.state;
                }
                row.watched = reason.filter(|_| watch).map(|reason| Watched {
                    since: now,
                    transition_seen,
                    reason,
                    looks: 0,
                });
                row.settled_at = (row.watched.is_none()).then_some(now);
            });
        }
        if watch && self.rows.iter().any(|row| row.watched.is_some()) {
            self.look_by(now + conclude::FIRST_LOOK_AFTER_MS);
        }
        bad
    }

    fn consider_pause(&mut self, index: usize, bad: Option<Pause>) {
        let more = self.calls.iter().any(|call| call.state.is_to_come());
        match bad {
            None => self.bad_calls_in_a_row = 0,
            Some(pause) => {
                self.bad_calls_in_a_row += 1;
                if self.calls.get(index).is_some_and(|call| call.canary) && more {
                    self.pause = Some(Pause::Canary);
                } else if self.bad_calls_in_a_row >= self.policy.pause_after && more {
                    self.pause = Some(pause);
                }
            }
        }
        if let Some(percent) = self.policy.stop_above_refused_percent
            && more
            && self.pause.is_none()
        {
            let sent = self.rows.iter().filter(|row| row.sent_at.is_some()).count();
            let refused = self.rows.iter().filter(|row| row.outcome == Outcome::Rejected).count();
            if refused * 100 > sent * usize::from(percent) {
                self.pause = Some(Pause::TooManyRefused);
            }
        }
        self.transient.changed_state = true;
    }

    /// When to send a call again by itself; `None` for never: only on proof that nothing was done.
    fn resend_at(
        &mut self,
        now: Millis,
        sent_at: Millis,
        resends: u32,
        index: usize,
        delivery: &Delivery,
        answer: &BatchAnswer,
    ) -> Option<Millis> {
        if !self.policy.resend || self.stopped || self.pause.is_some() {
            return None;
        }
        let first = answer.instances.first()?;
        if answer.instances.iter().any(|instance| instance.outcome != first.outcome) {
            return None;
        }
        if first.outcome == Outcome::NotSent {
            let worth_it = match first.fault.as_deref() {
                Some(Fault::Layer { word, .. }) => conclude::may_pass_by_itself(word),
                Some(Fault::Cloud(_)) | None => false,
            };
            return (worth_it && resends < 2).then(|| now + (1_000 << (2 * resends)));
        }
        if first.outcome != Outcome::Rejected {
            return None;
        }
        let Delivery::Answered(response) = delivery else { return None };
        match conclude::effect_of(&self.order, first.fault.as_deref()?) {
            Effect::Throttled if resends < 8 => {
                let asked = answer::retry_after_ms(response);
                let pace = &mut self.transient.pace;
                Some(now + pace.throttled(now, sent_at, (index, resends), asked))
            }
            Effect::ClockSkew if !self.clock_corrected => {
                self.correct_clock(now, sent_at, response)?;
                Some(now)
            }
            // It was on the way already when another one's refusal put the clock right.
            Effect::ClockSkew
                if resends == 0 && self.transient.clock_set_at.is_some_and(|at| sent_at < at) =>
            {
                Some(now)
            }
            Effect::Throttled
            | Effect::ClockSkew
            | Effect::NothingDone
            | Effect::MaybeEcho
            | Effect::MaybeDone
            | Effect::DryRunPassed => None,
        }
    }

    /// What a refused look tells of the clock, as often as that is news: a look changes nothing, so
    /// the one correction that a call may have is not used up. False if it is not the clock.
    fn learn_clock(&mut self, now: Millis, asked_at: Millis, response: &Response) -> bool {
        let (before, corrected) = (self.clock_skew_seconds, self.clock_corrected);
        if self.correct_clock(now, asked_at, response).is_none() {
            return false;
        }
        self.clock_corrected = corrected;
        before.abs_diff(self.clock_skew_seconds) >= CLOCK_NEWS_SECONDS
    }

    fn correct_clock(&mut self, now: Millis, sent_at: Millis, response: &Response) -> Option<()> {
        let server = answer::server_unix_seconds(response)?;
        let midpoint = i64::try_from(u64::midpoint(sent_at, now) / 1_000).ok()?;
        self.clock_skew_seconds = server - midpoint;
        self.clock_corrected = true;
        self.transient.clock_set_at = Some(now);
        self.transient.changed_state = true;
        Some(())
    }

    // ---- watching ------------------------------------------------------------------------------

    fn looked(&mut self, now: Millis, ids: &[InstanceId], delivery: &Delivery) {
        self.transient.looking = false;
        self.transient.lacks_key |= lacks_key(delivery);
        if self.transient.due.is_empty() {
            self.transient.look_pause_ms =
                conclude::longer(self.transient.look_pause_ms, self.transient.hidden);
            self.transient.next_look_at = Some(now + self.transient.look_pause_ms);
        }
        let described =
            answer::settle_describe(self.order.target().cloud, delivery, self.policy.through_proxy);
        let found = match described {
            Described::Found { instances, .. } => instances,
            // A look that failed shows nothing: what was unknown stays so. If it was for the clock,
            // that is put right, or nobody would ever find out.
            Described::Failed(fault) => {
                let asked_at = self.transient.last_looks.back().copied().unwrap_or(now);
                if look::is_clock_skew(self.order.target(), &fault)
                    && let Delivery::Answered(response) = delivery
                    && self.learn_clock(now, asked_at, response)
                {
                    self.look_by(now);
                } else {
                    self.narrowing_failed(ids);
                }
                return;
            }
        };
        let found: HashMap<&str, &InstanceState> =
            found.iter().map(|state| (state.id.as_str(), state)).collect();
        for id in ids {
            self.look_at(now, id, found.get(id.as_str()).copied());
        }
        self.narrow(now);
    }

    fn look_at(&mut self, now: Millis, id: &InstanceId, seen: Option<&InstanceState>) {
        let Some(position) = self.index.get(id).copied() else { return };
        self.transient.unseen.remove(&position);
        let Some(row) = self.rows.get(position) else { return };
        for (waiting, verdict) in &mut self.transient.narrowing {
            if *waiting == position {
                *verdict = Some(seen.map_or(Eligibility::Skipped(SkipReason::NotFound), |state| {
                    self.order.target().cloud.eligibility(&self.order, state)
                }));
            }
        }
        let request_id =
            row.call.and_then(|call| self.calls.get(call)).and_then(|call| call.request_id.clone());
        let change = conclude::judge(now, &self.order, row, request_id.as_deref(), seen);
        let unchanged_state = seen.is_none_or(|seen| row.state.as_ref() == Some(&seen.state));
        if change.is_none() && unchanged_state {
            return;
        }
        self.change(id, |row| {
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
            let Some(change) = change else { return };
            row.outcome = change.outcome;
            row.evidence = change.evidence;
            if let Some(fault) = change.fault {
                row.fault = Some(Arc::new(fault));
            }
            if change.settled {
                row.watched = None;
                row.settled_at = Some(now);
            } else if let Some(watched) = &mut row.watched {
                watched.looks += 1;
                watched.transition_seen |= change.transition_seen;
            }
        });
    }

    fn look_by(&mut self, at: Millis) {
        let transient = &mut self.transient;
        transient.look_pause_ms = 0;
        transient.next_look_at = Some(transient.next_look_at.map_or(at, |earlier| earlier.min(at)));
    }

    fn is_watching(&self) -> bool {
        !self.transient.narrowing.is_empty()
            || (self.policy.watch && self.rows.iter().any(|row| row.watched.is_some()))
    }

    /// The next page of instances to look at, if it is time.
    fn next_look(&mut self, now: Millis) -> NextLook {
        let resting =
            self.closed || self.pause == Some(Pause::Restored) || self.transient.lacks_key;
        if self.transient.looking || !self.is_watching() || resting || !self.may_look() {
            return NextLook::Nothing;
        }
        let at = self.transient.next_look_at.unwrap_or(now);
        if self.transient.due.is_empty() {
            if at > now {
                return NextLook::Wait(at);
            }
            let narrowing = self.transient.narrowing.iter().map(|(position, _)| *position);
            let watched = self.rows.iter().enumerate();
            let watched = watched.filter(|(_, row)| row.watched.is_some()).map(|(at, _)| at);
            let mut due = BTreeSet::new();
            // One by one: collecting sorts first, and that is much code for few numbers.
            for position in narrowing.chain(watched) {
                due.insert(position);
            }
            self.transient.due.extend(due);
        }
        let manifest = self.order.target().cloud.manifest();
        let rate = usize::try_from(manifest.describe_calls_per_second.max(1)).unwrap_or(1);
        if self.transient.last_looks.len() >= rate
            && let Some(oldest) = self.transient.last_looks.front()
            && now < oldest + 1_000
        {
            return NextLook::Wait(oldest + 1_000);
        }
        let most = manifest.describe_ids_max.max(1).min(self.transient.due.len());
        let ids: Vec<InstanceId> = self
            .transient
            .due
            .drain(..most)
            .filter_map(|position| self.rows.get(position))
            .map(|row| row.id.clone())
            .collect();
        if self.transient.last_looks.len() >= rate {
            self.transient.last_looks.pop_front();
        }
        self.transient.last_looks.push_back(now);
        self.transient.looking = true;
        NextLook::Look(ids)
    }

    // ---- what the operator allows --------------------------------------------------------------

    /// From now on these limits hold, for whatever has not gone out.
    fn restrict(&mut self, limits: &Arc<Limits>) {
        if self.order.limits() == limits {
            return;
        }
        self.order = Arc::new(self.order.under(limits));
        let over = |call: &Call| match call.state {
            CallState::Waiting | CallState::Claiming | CallState::Sending => false,
            CallState::Done | CallState::Stopped => true,
        };
        let refused = self
            .calls
            .iter()
            .filter(|call| !over(call))
            .any(|call| self.allows(call.batch.order(), || call.batch.ids().to_vec()).is_err());
        if refused {
            self.stop();
        }
    }

    /// Whether an order may be sent to these instances of the run. Their number is the run's: it is
    /// runs that are limited, and not their parts.
    fn allows(&self, order: &Order, ids: impl Fn() -> Vec<InstanceId>) -> Result<(), Refusal> {
        let limits = self.order.limits();
        if **limits == Limits::default() {
            return Ok(());
        }
        limits.check(order, &ids())?;
        let asked = self.rows.iter().filter(|row| row.outcome != Outcome::Skipped).count();
        if let Some(most) = limits.instances_max.filter(|most| asked > *most) {
            return Err(Refusal::TooManyInstances { instances: asked, most });
        }
        if limits.allows_reason(&self.about.reason) { Ok(()) } else { Err(Refusal::ReasonMissing) }
    }

    /// Whether the states may be asked for.
    fn may_look(&self) -> bool {
        self.order.limits().check_target(self.order.target()).is_ok()
    }

    // ---- what people ask -----------------------------------------------------------------------

    fn stop(&mut self) {
        self.stopped = true;
        self.transient.claiming = None;
        self.transient.changed_state = true;
        self.transient.narrowing.clear();
        self.shelve_waiting_calls();
    }

    /// Calls that have not gone out are given up; their instances wait for somebody to ask.
    fn shelve_waiting_calls(&mut self) {
        for index in 0..self.calls.len() {
            let waiting = self.calls.get(index).is_some_and(|call| call.state.is_to_come());
            if waiting {
                self.change_call(index, |call| call.state = CallState::Stopped);
            }
        }
    }

    fn ask(&mut self, now: Millis, choice: Choice) {
        let positions: Vec<usize> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| self.can_take(choice, row, now))
            .map(|(position, _)| position)
            .collect();
        if positions.is_empty() || self.refusal(choice).is_some() {
            return;
        }
        self.stopped = false;
        self.go_on();
        match choice {
            Choice::CheckUnknown => {
                for id in self.ids_at(&positions) {
                    self.change(&id, |row| {
                        let transition_seen =
                            row.watched.as_ref().is_some_and(|watched| watched.transition_seen);
                        let reason = WatchReason::Lost;
                        row.watched =
                            Some(Watched { since: now, transition_seen, reason, looks: 0 });
                        row.settled_at = None;
                    });
                }
                self.look_by(now);
            }
            Choice::Narrow => {
                self.transient.narrowing =
                    positions.into_iter().map(|position| (position, None)).collect();
                self.look_by(now);
            }
            Choice::RetryFailed | Choice::SendNotStarted => {
                let order = Arc::clone(&self.order);
                let ids = self.ids_at(&positions);
                let (first, rest) = ids.split_at(usize::from(self.wants_canary(ids.len())));
                let canary = self.calls.len();
                self.enqueue(&order, first, 1);
                self.change_call(canary, |call| call.canary = !first.is_empty());
                self.enqueue(&order, rest, self.chosen_size());
            }
            Choice::Force => {
                if let Some(order) = self.forced_order() {
                    self.enqueue(&order, &self.ids_at(&positions), self.chosen_size());
                }
            }
        }
    }

    /// A person is there: what had held the run up is over.
    fn go_on(&mut self) {
        self.closed = false;
        self.transient.lacks_key = false;
        self.pause = None;
        self.bad_calls_in_a_row = 0;
        // Somebody may have set the page's clock meanwhile.
        self.clock_corrected = false;
        self.transient.changed_state = true;
    }

    /// Whether one instance goes before the others: if the person wanted that, and the cloud has not
    /// taken a single one yet.
    fn wants_canary(&self, instances: usize) -> bool {
        let taken = |outcome| match outcome {
            Outcome::Accepted
            | Outcome::InProgress
            | Outcome::Proven
            | Outcome::RunningUnproven
            | Outcome::Overdue
            | Outcome::DryRunPassed => true,
            Outcome::Skipped
            | Outcome::Queued
            | Outcome::Sending
            | Outcome::NotSent
            | Outcome::Rejected
            | Outcome::Unknown => false,
        };
        instances > 1
            && self.calls.iter().any(|call| call.canary)
            && !self.rows.iter().any(|row| taken(row.outcome))
    }

    /// The size of calls that the person had chosen: no later call is larger than the largest that
    /// was confirmed.
    fn chosen_size(&self) -> usize {
        self.calls.iter().map(|call| call.batch.ids().len()).max().unwrap_or(1)
    }

    /// New calls for instances that a person asks to send (again).
    fn enqueue(&mut self, order: &Arc<Order>, ids: &[InstanceId], size: usize) {
        let most = order.operation().ids_max.max(1).min(size.max(1));
        for chunk in ids.chunks(most) {
            let Some(batch) = plan::batch(order, chunk.to_vec()) else { continue };
            let index = self.calls.len();
            self.calls.push(Call::waiting(batch));
            self.transient.changed_calls.insert(index);
            for id in chunk {
                self.change(id, |row| {
                    row.outcome = Outcome::Queued;
                    row.call = Some(index);
                    row.fault = None;
                    row.evidence = None;
                    row.watched = None;
                    row.settled_at = None;
                });
            }
        }
    }

    fn can_take(&self, choice: Choice, row: &Row, now: Millis) -> bool {
        let call = row.call.and_then(|call| self.calls.get(call));
        match choice {
            Choice::CheckUnknown => row.outcome == Outcome::Unknown,
            Choice::SendNotStarted => {
                row.outcome == Outcome::NotSent
                    || (row.outcome == Outcome::Queued
                        && call.is_some_and(|call| call.state == CallState::Stopped))
            }
            Choice::RetryFailed => {
                row.outcome == Outcome::Rejected
                    && row.skipped.is_none()
                    && row
                        .fault
                        .as_deref()
                        .is_some_and(|fault| conclude::retry_can_help(&self.order, fault))
            }
            Choice::Narrow => {
                row.outcome == Outcome::Rejected
                    && row.skipped.is_none()
                    && call.is_some_and(|call| call.fault.is_some() && call.batch.ids().len() > 1)
                    && row
                        .fault
                        .as_deref()
                        .is_some_and(|fault| conclude::speaks_of_an_instance(&self.order, fault))
            }
            Choice::Force => {
                let late = match row.outcome {
                    Outcome::Overdue => true,
                    Outcome::InProgress | Outcome::Accepted => {
                        row.sent_at.is_some_and(|sent| now >= sent + FORCE_OFFERED_AFTER_MS)
                    }
                    Outcome::Skipped
                    | Outcome::Queued
                    | Outcome::Sending
                    | Outcome::NotSent
                    | Outcome::DryRunPassed
                    | Outcome::Proven
                    | Outcome::RunningUnproven
                    | Outcome::Rejected
                    | Outcome::Unknown => false,
                };
                // What was restarting when the page closed may be back: not before a look.
                let unseen =
                    self.index.get(&row.id).is_some_and(|at| self.transient.unseen.contains(at));
                late && !unseen
                    && call.is_some_and(|call| !call.batch.order().is_forced())
                    && self.forced_order().is_some()
            }
        }
    }

    /// Once every instance of a refused call was looked at: sends those that can take it, or, if
    /// all can, sends them in halves.
    fn narrow(&mut self, _now: Millis) {
        if self.transient.narrowing.is_empty()
            || self.transient.narrowing.iter().any(|(_, verdict)| verdict.is_none())
        {
            return;
        }
        let narrowing = std::mem::take(&mut self.transient.narrowing);
        let mut eligible = Vec::new();
        let mut someone_left_out = false;
        for (position, verdict) in narrowing {
            let Some(id) = self.rows.get(position).map(|row| row.id.clone()) else { continue };
            match verdict {
                Some(Eligibility::Eligible) => eligible.push(id),
                Some(Eligibility::Skipped(reason)) => {
                    someone_left_out = true;
                    self.change(&id, |row| row.skipped = Some(reason));
                }
                None => {}
            }
        }
        let order = Arc::clone(&self.order);
        if self.allows(&order, || eligible.clone()).is_err() {
            return;
        }
        let size = if someone_left_out { self.chosen_size() } else { eligible.len().div_ceil(2) };
        self.enqueue(&order, &eligible, size);
    }

    fn narrowing_failed(&mut self, ids: &[InstanceId]) {
        let waiting =
            |position: usize| self.rows.get(position).is_some_and(|row| ids.contains(&row.id));
        if self.transient.narrowing.iter().any(|(position, _)| waiting(*position)) {
            // Not to be narrowed without knowing; the choice stays open.
            self.transient.narrowing.clear();
        }
    }

    fn ids_at(&self, positions: &[usize]) -> Vec<InstanceId> {
        positions
            .iter()
            .filter_map(|position| self.rows.get(*position))
            .map(|row| row.id.clone())
            .collect()
    }

    // ---- sending -------------------------------------------------------------------------------

    /// The calls that are due, a look if one is due, and when to wake.
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
                NextCall::Send(index, due) => commands.extend(self.send(index, due.max(now))),
            }
        }
        match self.next_look(now) {
            NextLook::Nothing => {}
            NextLook::Wait(until) => wake_at(until),
            NextLook::Look(ids) => {
                commands.push(Command::Look { ids, clock_skew_seconds: self.clock_skew_seconds });
            }
        }
        self.transient.woken_by = wake;
        commands.extend(wake.map(Command::WakeAt));
        commands
    }

    fn next_call(&mut self, now: Millis) -> NextCall {
        let on_the_way = self.calls.iter().filter(|call| call.state == CallState::Sending).count();
        let may_not = self.pause.is_some()
            || self.transient.lacks_key
            || self.transient.offline_since.is_some();
        // While the record's word is awaited there is nothing else to do.
        if may_not || self.transient.claiming.is_some() || on_the_way >= self.most_on_the_way() {
            return NextCall::Nothing;
        }
        if let Some(index) = self.calls.iter().position(|call| call.state == CallState::Claiming) {
            let due = self.due_at(now, index);
            return send_by(now, index, due);
        }
        let next = self.canary().or_else(|| {
            self.calls
                .iter()
                .enumerate()
                .filter(|(_, call)| call.state == CallState::Waiting)
                .min_by_key(|(index, call)| (call.not_before.max(now), *index))
                .map(|(index, _)| index)
        });
        let Some(index) = next else { return NextCall::Nothing };
        let due = self.due_at(now, index);
        if self.policy.journal {
            let ahead = due.saturating_sub(RECORD_AHEAD_MS);
            if ahead <= now { NextCall::Claim(index) } else { NextCall::Wait(ahead) }
        } else {
            send_by(now, index, due)
        }
    }

    /// How many calls may be on the way at once. Never so many that, if none of them were answered,
    /// more would be unknown than it takes to pause the run; and only one where the next depends on
    /// the last.
    fn most_on_the_way(&self) -> usize {
        if self.canary().is_some() || self.policy.stop_above_refused_percent.is_some() {
            return 1;
        }
        let left = self.policy.pause_after.saturating_sub(self.bad_calls_in_a_row);
        usize::try_from(left).unwrap_or(1).max(1)
    }

    /// The one call that goes before the others, until it is over.
    fn canary(&self) -> Option<usize> {
        self.calls.iter().position(|call| {
            call.canary
                && match call.state {
                    CallState::Waiting | CallState::Claiming | CallState::Sending => true,
                    CallState::Done | CallState::Stopped => false,
                }
        })
    }

    fn due_at(&self, now: Millis, index: usize) -> Millis {
        let not_before = self.calls.get(index).map_or(0, |call| call.not_before);
        self.transient.pace.next_at(now).max(not_before)
    }

    /// Writes the call to the journal and claims its instances, before it goes out.
    fn claim(&mut self, index: usize) -> Option<Command> {
        let claim = self.calls.get(index)?.batch.ids().to_vec();
        self.change_call(index, |call| call.state = CallState::Claiming);
        let (number, record) = self.next_record();
        self.transient.claiming = Some((number, index));
        Some(Command::Record { number, record, claim, durable: true })
    }

    fn recorded(&mut self, now: Millis, number: u64, held: &[InstanceId]) {
        let Some((awaited, index)) = self.transient.claiming else { return };
        if awaited != number {
            return;
        }
        self.transient.claiming = None;
        let Some(call) = self.calls.get(index).filter(|call| call.state == CallState::Claiming)
        else {
            return;
        };
        if held.is_empty() {
            return;
        }
        // Another page is at work on some of them: those stay out of this call.
        let free: Vec<InstanceId> =
            call.batch.ids().iter().filter(|id| !held.contains(id)).cloned().collect();
        let rest = plan::batch(&call.batch.shared_order(), free);
        for id in held {
            self.change(id, |row| {
                row.outcome = Outcome::NotSent;
                row.fault = Some(Arc::new(Fault::layer("other-tab", "")));
                row.settled_at = Some(now);
            });
        }
        self.change_call(index, |call| {
            if let Some(batch) = rest {
                call.batch = batch;
            } else {
                call.state = CallState::Done;
                call.answered_at = Some(now);
                call.fault = Some(Arc::new(Fault::layer("other-tab", "")));
            }
        });
    }

    fn record_failed(&mut self, now: Millis, number: u64) {
        let awaited = self.transient.claiming.filter(|(awaited, _)| *awaited == number);
        let Some((_, index)) = awaited else {
            // A record of something that has happened: nothing more may go out unrecorded.
            if self.calls.iter().any(|call| call.state == CallState::Waiting) {
                self.pause = Some(Pause::NoJournal);
            }
            return;
        };
        self.transient.claiming = None;
        let alone = self.calls.len() == 1;
        if alone {
            // One call can be kept in mind without a journal; the page says so.
            self.policy.journal = false;
            self.change_call(index, |call| call.state = CallState::Waiting);
            return;
        }
        let ids = self.calls.get(index).map(|call| call.batch.ids().to_vec()).unwrap_or_default();
        self.change_call(index, |call| {
            call.state = CallState::Done;
            call.answered_at = Some(now);
            call.fault = Some(Arc::new(Fault::layer("no-journal", "")));
        });
        for id in ids {
            self.change(&id, |row| {
                row.outcome = Outcome::NotSent;
                row.fault = Some(Arc::new(Fault::layer("no-journal", "")));
                row.settled_at = Some(now);
            });
        }
        self.pause = Some(Pause::NoJournal);
    }

    fn send(&mut self, index: usize, leave_at: Millis) -> Option<Command> {
        let batch = self.calls.get(index)?.batch.clone();
        self.change_call(index, |call| {
            call.state = CallState::Sending;
            call.sent_at = Some(leave_at);
        });
        self.started_at.get_or_insert(leave_at);
        self.transient.pace.sent(index, leave_at);
        self.calls_in_wave += 1;
        if self.policy.wave_calls > 0 && self.calls_in_wave >= self.policy.wave_calls {
            self.calls_in_wave = 0;
            self.transient.pace.not_before(leave_at + self.policy.wave_pause_ms);
        }
        for id in batch.ids() {
            self.change(id, |row| {
                row.outcome = Outcome::Sending;
                row.call = Some(index);
                row.sent_at = Some(leave_at);
            });
        }
        let clock_skew_seconds = self.clock_skew_seconds;
        Some(Command::Send { call: index, leave_at, batch, clock_skew_seconds })
    }

    // ---- without a key -------------------------------------------------------------------------

    /// A call that could not be signed waits again, as if its turn had not come. It was none of its
    /// wave, either.
    fn take_back(&mut self, now: Millis, index: usize) {
        if self.policy.wave_calls > 0 {
            self.calls_in_wave = self.calls_in_wave.checked_sub(1).unwrap_or_else(|| {
                self.transient.pace.no_pause(now);
                self.policy.wave_calls - 1
            });
        }
        let ids = self.calls.get(index).map(|call| call.batch.ids().to_vec()).unwrap_or_default();
        self.change_call(index, |call| {
            call.state = CallState::Waiting;
            call.sent_at = None;
        });
        for id in ids {
            self.change(&id, |row| {
                row.outcome = Outcome::Queued;
                row.sent_at = None;
            });
        }
        self.transient.lacks_key = true;
    }

    // ---- being away ----------------------------------------------------------------------------

    fn online(&mut self, now: Millis, online: bool) {
        match (online, self.transient.offline_since) {
            (false, None) => self.transient.offline_since = Some(now),
            (true, Some(since)) => {
                self.transient.offline_since = None;
                if now.saturating_sub(since) > AWAY_TOO_LONG_MS {
                    self.pause_if_anything_waits(Pause::WasOffline);
                }
            }
            (true, None) | (false, Some(_)) => {}
        }
    }

    /// A page that wakes long after it meant to has slept: nobody may expect calls to go out now.
    fn notice_sleep(&mut self, now: Millis) {
        let overslept = self.transient.woken_by.is_some_and(|meant| now > meant + AWAY_TOO_LONG_MS);
        if overslept {
            self.pause_if_anything_waits(Pause::Slept);
        }
    }

    fn pause_if_anything_waits(&mut self, pause: Pause) {
        let waits = self.calls.iter().any(|call| call.state.is_to_come());
        if waits && self.pause.is_none() {
            self.pause = Some(pause);
            self.transient.changed_state = true;
        }
    }

    // ---- changing ------------------------------------------------------------------------------

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

enum NextCall {
    Nothing,
    Wait(Millis),
    Claim(usize),
    /// And when it is due.
    Send(usize, Millis),
}

/// It is signed a moment before it is due.
fn send_by(now: Millis, index: usize, due: Millis) -> NextCall {
    let ahead = due.saturating_sub(SIGN_AHEAD_MS);
    if ahead <= now { NextCall::Send(index, due) } else { NextCall::Wait(ahead) }
}

enum NextLook {
    Nothing,
    Wait(Millis),
    Look(Vec<InstanceId>),
}

impl Call {
    pub(crate) fn waiting(batch: Batch) -> Self {
        Call {
            batch,
            state: CallState::Waiting,
            request_id: None,
            status: None,
            sent_at: None,
            answered_at: None,
            fault: None,
            resends: 0,
            canary: false,
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

/// Whether a request could not be signed, and so never left.
fn lacks_key(delivery: &Delivery) -> bool {
    match delivery {
        Delivery::NotSent { word } => word == NO_KEY,
        Delivery::Lost { .. } | Delivery::Answered(_) => false,
    }
}

/// The fault that all instances of an answer share.
fn shared_fault(answer: &BatchAnswer) -> Option<Arc<Fault>> {
    let first = answer.instances.first()?.fault.as_ref()?;
    answer
        .instances
        .iter()
        .all(|instance| instance.fault.as_ref() == Some(first))
        .then(|| Arc::clone(first))
}
