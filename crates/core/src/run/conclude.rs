//! What may be concluded from looking at an instance after its call: nothing stronger than its
//! evidence.

use super::{Evidence, Millis, Row, row::WatchReason};
use crate::{
    answer::{Fault, InstanceAnswer, InstanceState, LastOperationState, Outcome, Phase},
    cloud::Verb,
    explain::{self, Effect, Retry},
    plan::Order,
};

/// How long an instance whose answer was lost is looked at before it stays unknown.
const LOST_WATCHED_FOR_MS: u64 = 180_000;
/// How long an accepted restart may show no transition before it counts as running, not proven.
const NOTHING_SEEN_AFTER_MS: u64 = 180_000;
/// The first look after a call: earlier there is nothing to see.
pub(super) const FIRST_LOOK_AFTER_MS: u64 = 2_000;
const LONGEST_PAUSE_MS: u64 = 15_000;
const LONGEST_PAUSE_HIDDEN_MS: u64 = 60_000;

/// What a look has shown of an instance.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) outcome: Outcome,
    pub(super) evidence: Option<Evidence>,
    pub(super) fault: Option<Fault>,
    pub(super) settled: bool,
    pub(super) transition_seen: bool,
}

/// The pause before the next round of looks.
pub(super) fn longer(pause_ms: u64, hidden: bool) -> u64 {
    let longest = if hidden { LONGEST_PAUSE_HIDDEN_MS } else { LONGEST_PAUSE_MS };
    let factor = if hidden { 3 } else { 1 };
    (pause_ms.max(1_500) * 5 / 4 * factor).min(longest)
}

/// Whether and why an instance must be watched after an answer.
pub(super) fn watch_reason(order: &Order, answer: &InstanceAnswer) -> Option<WatchReason> {
    match answer.outcome {
        Outcome::Accepted => Some(WatchReason::Accepted),
        Outcome::Unknown => Some(WatchReason::Lost),
        // A browser or a proxy may have repeated the request behind our back; where the cloud does
        // not tell a repetition from a new request, the refusal may be the echo of a first copy.
        Outcome::Rejected => (!order.target().cloud.manifest().refuses_repetitions
            && answer
                .fault
                .as_deref()
                .is_some_and(|fault| effect_of(order, fault) == Effect::MaybeEcho))
        .then_some(WatchReason::Echo),
        Outcome::Skipped
        | Outcome::Queued
        | Outcome::Sending
        | Outcome::NotSent
        | Outcome::DryRunPassed
        | Outcome::InProgress
        | Outcome::Proven
        | Outcome::RunningUnproven
        | Outcome::Overdue => None,
    }
}

/// Whether an answer itself tells of a transition: one state before, another now.
pub(super) fn answer_shows_transition(
    verb: Verb,
    previous: Option<&str>,
    current: Option<&str>,
) -> bool {
    match verb {
        Verb::Reboot => previous.is_some() && current.is_some() && previous != current,
        Verb::Start => false,
    }
}

/// What the state of an instance says of its operation; `None` when it is not watched.
pub(super) fn judge(
    now: Millis,
    order: &Order,
    row: &Row,
    request_id: Option<&str>,
    seen: Option<&InstanceState>,
) -> Option<Change> {
    let watched = row.watched.as_ref()?;
    let age_ms = now.saturating_sub(watched.since);
    let overdue_ms = order.target().cloud.manifest().overdue_after_ms;
    let going_on = |outcome| Change {
        outcome,
        evidence: None,
        fault: None,
        settled: false,
        transition_seen: false,
    };
    let settled = |outcome, evidence| Change {
        outcome,
        evidence,
        fault: None,
        settled: true,
        transition_seen: false,
    };
    // What happens to an instance that shows nothing new when its time is up.
    let in_time = |waiting: Change| match (watched.reason, waiting.outcome) {
        (WatchReason::Lost | WatchReason::Echo, Outcome::Unknown) => {
            if age_ms >= LOST_WATCHED_FOR_MS { settled(Outcome::Unknown, None) } else { waiting }
        }
        (WatchReason::Accepted | WatchReason::Lost | WatchReason::Echo, _) => {
            if age_ms >= overdue_ms { settled(Outcome::Overdue, None) } else { waiting }
        }
    };
    let Some(seen) = seen else { return Some(in_time(going_on(row.outcome))) };
    if let Some(change) = by_last_operation(order, row, request_id, seen) {
        return Some(if change.settled { change } else { in_time(change) });
    }
    let moved = watched.transition_seen;
    let change = match (seen.phase, watched.reason) {
        (Phase::Starting | Phase::Stopping, _) => {
            let mut change = in_time(going_on(Outcome::InProgress));
            change.transition_seen = true;
            change
        }
        (Phase::Running, _) if moved => settled(Outcome::Proven, Some(Evidence::Transition)),
        (Phase::Running, _) if started_since(row, seen) => {
            settled(Outcome::Proven, Some(Evidence::StartTime))
        }
        (Phase::Running, WatchReason::Accepted) => match order.operation().verb {
            Verb::Start => settled(Outcome::Proven, Some(Evidence::StartAccepted)),
            Verb::Reboot if age_ms >= NOTHING_SEEN_AFTER_MS => {
                settled(Outcome::RunningUnproven, Some(Evidence::NothingSeen))
            }
            Verb::Reboot => going_on(row.outcome),
        },
        // It runs: what was asked for is so, whoever did it.
        (Phase::Running, WatchReason::Lost | WatchReason::Echo)
            if order.operation().verb == Verb::Start =>
        {
            settled(Outcome::RunningUnproven, Some(Evidence::NothingSeen))
        }
        // It is off, so it was not our first copy that stood in the way.
        (Phase::Stopped | Phase::Recycled, WatchReason::Echo)
            if order.operation().verb == Verb::Reboot && !moved =>
        {
            settled(Outcome::Rejected, None)
        }
        (
            Phase::Running | Phase::Stopped | Phase::Recycled | Phase::Busy | Phase::Unknown,
            WatchReason::Accepted | WatchReason::Lost | WatchReason::Echo,
        ) => in_time(going_on(row.outcome)),
    };
    Some(change)
}

/// Where the cloud names the last operation of an instance, that is the best evidence.
fn by_last_operation(
    order: &Order,
    row: &Row,
    request_id: Option<&str>,
    seen: &InstanceState,
) -> Option<Change> {
    let last = seen.last_operation.as_ref()?;
    let watched = row.watched.as_ref()?;
    let change = |outcome, evidence, settled| {
        Some(Change { outcome, evidence, fault: None, settled, transition_seen: false })
    };
    let before = row.baseline.as_ref().and_then(|baseline| baseline.last_operation.as_ref());
    let is_ours = request_id.is_some_and(|ours| ours == last.request_id);
    let is_new = before.is_some_and(|before| before.request_id != last.request_id)
        || (row.baseline.is_some() && before.is_none());
    let is_alike = last.name == order.operation().name;
    let evidence = match watched.reason {
        WatchReason::Accepted if is_ours => Evidence::RequestId,
        // Ours is not the last any more: what became of it can no longer be seen.
        WatchReason::Accepted if is_new && !is_ours => {
            return match last.state {
                LastOperationState::Operating => change(Outcome::InProgress, None, false),
                LastOperationState::Success
                | LastOperationState::Failed
                | LastOperationState::Other => match seen.phase {
                    Phase::Running => {
                        change(Outcome::RunningUnproven, Some(Evidence::Overtaken), true)
                    }
                    Phase::Stopped
                    | Phase::Starting
                    | Phase::Stopping
                    | Phase::Recycled
                    | Phase::Busy
                    | Phase::Unknown => change(row.outcome, Some(Evidence::Overtaken), false),
                },
            };
        }
        WatchReason::Lost | WatchReason::Echo if is_new && is_alike => Evidence::OperationSince,
        // Nothing has been done to it since it was last seen, so the refusal was a refusal.
        WatchReason::Echo if before == Some(last) && watched.looks >= 1 => {
            return change(Outcome::Rejected, None, true);
        }
        WatchReason::Accepted | WatchReason::Lost | WatchReason::Echo => return None,
    };
    match last.state {
        LastOperationState::Success => change(Outcome::Proven, Some(evidence), true),
        LastOperationState::Operating | LastOperationState::Other => {
            change(Outcome::InProgress, None, false)
        }
        LastOperationState::Failed => Some(Change {
            outcome: Outcome::Rejected,
            evidence: Some(Evidence::CloudSaysFailed),
            fault: Some(Fault::layer("operation-failed", &last.name)),
            settled: true,
            transition_seen: false,
        }),
    }
}

/// Whether the instance's start time has changed since it was last seen before the call.
fn started_since(row: &Row, seen: &InstanceState) -> bool {
    let before = row.baseline.as_ref().and_then(|baseline| baseline.started_at.as_ref());
    match (before, &seen.started_at) {
        (Some(before), Some(now)) => now > before,
        (Some(_) | None, _) => false,
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

/// Whether a refusal is about an instance, so that leaving that one out may help the others.
pub(super) fn speaks_of_an_instance(order: &Order, fault: &Fault) -> bool {
    match fault {
        Fault::Cloud(report) => {
            effect_of(order, fault) == Effect::MaybeEcho
                || report.code.to_ascii_lowercase().contains("instance")
        }
        Fault::Layer { .. } => false,
    }
}

/// Whether a fault that kept a call from leaving may pass without anybody's doing.
pub(super) fn may_pass_by_itself(word: &str) -> bool {
    explain::layer(word).is_some_and(|entry| match entry.retry {
        Retry::Later => true,
        Retry::Never | Retry::AfterFix | Retry::CheckFirst => false,
    })
}
