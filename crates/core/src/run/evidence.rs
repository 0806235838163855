//! Watching: what may be concluded from looking at an instance after its call.

use super::{Evidence, Millis, Row};
use crate::{
    answer::{Fault, InstanceAnswer, InstanceState, LastOperationState, Outcome, Phase},
    cloud::Verb,
    explain::{self, Effect, Retry},
    ids::InstanceId,
    plan::Order,
};
use std::collections::{BTreeMap, VecDeque};

/// How long an instance whose answer was lost is looked at before it stays unknown.
const UNKNOWN_WATCHED_FOR_MS: u64 = 120_000;
/// How long an accepted restart may show no transition before it counts as running, not proven.
const NOTHING_SEEN_AFTER_MS: u64 = 120_000;
const FIRST_LOOK_AFTER_MS: u64 = 2_000;
const LONGEST_PAUSE_MS: u64 = 20_000;

/// What is being watched, and when to look next.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    instances: BTreeMap<InstanceId, Watched>,
    due: VecDeque<InstanceId>,
    looking: bool,
    next_look_at: Option<Millis>,
    pause_ms: u64,
}

#[derive(Clone, Debug)]
struct Watched {
    since: Millis,
    transition_seen: bool,
    answer_lost: bool,
}

/// What to do next.
pub(super) enum Next {
    Nothing,
    Wait(Millis),
    Look(Vec<InstanceId>),
}

/// What a look has shown of an instance.
pub(super) struct Change {
    pub(super) outcome: Outcome,
    pub(super) evidence: Option<Evidence>,
    pub(super) fault: Option<Fault>,
    pub(super) settled: bool,
}

impl Watch {
    pub(super) fn is_active(&self) -> bool {
        !self.instances.is_empty()
    }

    pub(super) fn next_look_at(&self) -> Option<Millis> {
        if self.looking { None } else { self.next_look_at.filter(|_| self.is_active()) }
    }

    /// Begins to watch an instance, if its answer leaves something to see.
    pub(super) fn begin(&mut self, now: Millis, answer: &InstanceAnswer, verb: Verb) {
        let answer_lost = match answer.outcome {
            Outcome::Accepted => false,
            Outcome::Unknown => true,
            Outcome::Skipped
            | Outcome::Queued
            | Outcome::Sending
            | Outcome::NotSent
            | Outcome::DryRunPassed
            | Outcome::InProgress
            | Outcome::Proven
            | Outcome::RunningUnproven
            | Outcome::Rejected
            | Outcome::Overdue => return,
        };
        // The answer itself may tell of a transition: `Running` before, something else now.
        let transition_seen = match (verb, &answer.previous_state, &answer.state) {
            (Verb::Reboot, Some(previous), Some(current)) => previous != current,
            (Verb::Reboot | Verb::Start, _, _) => false,
        };
        self.instances
            .insert(answer.id.clone(), Watched { since: now, transition_seen, answer_lost });
        self.look_by(now + FIRST_LOOK_AFTER_MS);
    }

    /// Looks at an unknown instance once more, at once.
    pub(super) fn again(&mut self, now: Millis, id: &InstanceId) {
        self.instances
            .entry(id.clone())
            .and_modify(|watched| watched.since = now)
            .or_insert(Watched { since: now, transition_seen: false, answer_lost: true });
        self.look_by(now);
    }

    pub(super) fn next(&mut self, now: Millis, most: usize) -> Next {
        if self.looking || self.instances.is_empty() {
            return Next::Nothing;
        }
        let at = self.next_look_at.unwrap_or(now);
        if at > now && self.due.is_empty() {
            return Next::Wait(at);
        }
        if self.due.is_empty() {
            self.due = self.instances.keys().cloned().collect();
        }
        let count = most.max(1).min(self.due.len());
        let ids = self.due.drain(..count).filter(|id| self.instances.contains_key(id)).collect();
        self.looking = true;
        Next::Look(ids)
    }

    pub(super) fn looked(&mut self, now: Millis, _succeeded: bool) {
        self.looking = false;
        if self.due.is_empty() {
            self.pause_ms = (self.pause_ms.max(1_000) * 3 / 2).min(LONGEST_PAUSE_MS);
            self.next_look_at = Some(now + self.pause_ms);
        }
    }

    /// What the state of an instance says of its operation; `None` when it is not watched. Nothing
    /// stronger than its evidence.
    pub(super) fn judge(
        &mut self,
        now: Millis,
        order: &Order,
        row: &Row,
        request_id: Option<&str>,
        seen: Option<&InstanceState>,
    ) -> Option<Change> {
        let watched = self.instances.get_mut(&row.id)?;
        let overdue_ms = order.target().cloud.manifest().overdue_after_ms;
        let change =
            conclude(watched, now, order.operation().verb, overdue_ms, request_id, row, seen);
        if change.settled {
            self.instances.remove(&row.id);
        }
        Some(change)
    }

    fn look_by(&mut self, at: Millis) {
        self.pause_ms = 0;
        self.next_look_at = Some(self.next_look_at.map_or(at, |earlier| earlier.min(at)));
    }
}

fn conclude(
    watched: &mut Watched,
    now: Millis,
    verb: Verb,
    overdue_ms: u64,
    request_id: Option<&str>,
    row: &Row,
    seen: Option<&InstanceState>,
) -> Change {
    let age_ms = now.saturating_sub(watched.since);
    let going_on = |outcome| Change { outcome, evidence: None, fault: None, settled: false };
    let settled = |outcome, evidence| Change { outcome, evidence, fault: None, settled: true };
    let late = |waiting: Change| {
        if watched.answer_lost && row.outcome == Outcome::Unknown {
            if age_ms >= UNKNOWN_WATCHED_FOR_MS { settled(Outcome::Unknown, None) } else { waiting }
        } else if age_ms >= overdue_ms {
            settled(Outcome::Overdue, None)
        } else {
            waiting
        }
    };
    let Some(seen) = seen else {
        return late(going_on(row.outcome));
    };
    if let (Some(ours), Some(last)) = (request_id, &seen.last_operation) {
        if last.request_id == ours {
            return match last.state {
                LastOperationState::Success => settled(Outcome::Proven, Some(Evidence::RequestId)),
                LastOperationState::Operating | LastOperationState::Other => {
                    late(going_on(Outcome::InProgress))
                }
                LastOperationState::Failed => Change {
                    outcome: Outcome::Rejected,
                    evidence: Some(Evidence::CloudSaysFailed),
                    fault: Some(Fault::layer("operation-failed", last.name.clone())),
                    settled: true,
                },
            };
        }
        if seen.phase == Phase::Running && age_ms >= NOTHING_SEEN_AFTER_MS {
            return settled(Outcome::RunningUnproven, Some(Evidence::Overtaken));
        }
        return late(going_on(if is_moving(seen.phase) {
            Outcome::InProgress
        } else {
            row.outcome
        }));
    }
    match seen.phase {
        Phase::Starting | Phase::Stopping => {
            watched.transition_seen = true;
            late(going_on(Outcome::InProgress))
        }
        Phase::Running if watched.transition_seen => {
            settled(Outcome::Proven, Some(Evidence::Transition))
        }
        Phase::Running if verb == Verb::Start && !watched.answer_lost => {
            settled(Outcome::Proven, Some(Evidence::StartAccepted))
        }
        Phase::Running if !watched.answer_lost && age_ms >= NOTHING_SEEN_AFTER_MS => {
            settled(Outcome::RunningUnproven, Some(Evidence::NothingSeen))
        }
        Phase::Running | Phase::Stopped | Phase::Recycled | Phase::Busy | Phase::Unknown => {
            late(going_on(row.outcome))
        }
    }
}

fn is_moving(phase: Phase) -> bool {
    match phase {
        Phase::Starting | Phase::Stopping => true,
        Phase::Running | Phase::Stopped | Phase::Recycled | Phase::Busy | Phase::Unknown => false,
    }
}

/// What a fault proves about the request.
pub(super) fn effect_of(order: &Order, fault: &Fault) -> Effect {
    match fault {
        Fault::Cloud(report) => explain::effect(
            order.target().cloud.manifest().errors,
            report,
            Some(order.operation().name),
        ),
        Fault::Layer { word, .. } => {
            explain::layer(word).map_or(Effect::MaybeDone, |entry| entry.effect)
        }
    }
}

/// Whether sending again could end differently: not for what cannot be found or is malformed.
pub(super) fn retry_can_help(order: &Order, fault: &Fault) -> bool {
    let retry = match fault {
        Fault::Cloud(report) => {
            let errors = order.target().cloud.manifest().errors;
            explain::find(errors, report, Some(order.operation().name))
                .map_or(Retry::AfterFix, |found| found.entry.retry)
        }
        Fault::Layer { word, .. } => {
            explain::layer(word).map_or(Retry::CheckFirst, |entry| entry.retry)
        }
    };
    match retry {
        Retry::Later | Retry::AfterFix => true,
        Retry::Never | Retry::CheckFirst => false,
    }
}
