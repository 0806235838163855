//! What a describe call proves about an instance after its call, and nothing stronger than that.
//! `proven` is only concluded for our own operation.
//!
//! The problem: other people and programs restart the same instances, most of all during an
//! incident. A describe call shows the instance, not who acted on it.
//!
//! * **Where the cloud names the request of the last operation**
//!   ([`Cloud::names_operations`](crate::model::cloud::Cloud), Tencent), that is the only proof.
//!   After a lost response there is no request id to compare: a new operation of our kind may be
//!   ours or anybody's.
//! * **Where it does not, and our request was accepted** (Alibaba, Zenlayer): these clouds accept
//!   an operation only for an instance in a stable state and change the state at once, so they
//!   accept no other before ours is over. A transition that is observed afterwards, or a start time
//!   after our request, is ours, or of somebody else after ours was over. This ends once the
//!   instance was seen running some time after the response: ours is over or has failed, and what
//!   follows is not ours. The same applies to a transition that is first seen later than that, to a
//!   start time later than ours can take, and to one in the future of the describe call. A forced
//!   restart by somebody else during ours cannot be distinguished.
//! * **An accepted start** is accepted for a stopped instance only: if it runs, ours was carried
//!   out.
//! * **After a lost response, or a refusal that may answer a second copy**, nothing of ours was
//!   observed. Whatever happened since may be somebody else's: it was restarted, by whom is not
//!   known.
//! * **Start times** are compared with the time of sending by the cloud's clock (its response's
//!   `Date`, or our time and the skew from the describe call). They must be later by more than
//!   their precision: the preflight is older, and what happened in between is not ours.

use super::{Evidence, Millis, Row, row::Watched};
use crate::{
    catalogue::{self, Effect, Retry},
    clouds,
    model::{
        cloud::Verb,
        outcome::{DescribedInstance, Fault, InstanceAnswer, LastOperationState, Outcome, Phase},
        plan::OperationSpec,
    },
    run::row::WatchReason,
    text::time,
};

/// How long an instance whose response was lost is watched before it stays unknown.
const LOST_WATCHED_FOR_MS: u64 = 180_000;
/// How long an accepted restart may show no transition before it counts as running, not proven.
const NOTHING_SEEN_AFTER_MS: u64 = 180_000;
/// An accepted request that has not changed its instance by then is over or has failed. The sandbox
/// and the vendors' pages change it at once; a describe response may be some seconds old.
const BEGINS_WITHIN_MS: u64 = 30_000;
/// A start later than this share of the overdue time is not counted as ours: in that time ours may
/// have finished unseen, followed by another.
const STARTS_WITHIN_SHARE: u64 = 2;
/// The first describe call after a call: earlier there is nothing to see.
pub(super) const FIRST_DESCRIBE_AFTER_MS: u64 = 2_000;
const LONGEST_PAUSE_MS: u64 = 15_000;
const LONGEST_PAUSE_HIDDEN_MS: u64 = 60_000;

/// What a describe call has shown of an instance.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) outcome: Outcome,
    pub(super) evidence: Option<Evidence>,
    pub(super) fault: Option<Fault>,
    pub(super) settled: bool,
    pub(super) transition_seen: bool,
    pub(super) may_be_others: bool,
}

impl Change {
    fn new(watched: &Watched, outcome: Outcome, evidence: Option<Evidence>, settled: bool) -> Self {
        Change {
            outcome,
            evidence,
            fault: None,
            settled,
            transition_seen: false,
            may_be_others: watched.may_be_others,
        }
    }
}

/// The interval until the next round of describe calls.
pub(super) fn next_interval_ms(pause_ms: u64, hidden: bool) -> u64 {
    let longest = if hidden { LONGEST_PAUSE_HIDDEN_MS } else { LONGEST_PAUSE_MS };
    let factor = if hidden { 3 } else { 1 };
    (pause_ms.max(1_500) * 5 / 4 * factor).min(longest)
}

/// Whether and why to watch an instance after a response.
pub(super) fn watch_reason(spec: &OperationSpec, answer: &InstanceAnswer) -> Option<WatchReason> {
    match answer.outcome {
        Outcome::Accepted => Some(WatchReason::Accepted),
        Outcome::Unknown => Some(WatchReason::Lost),
        // A browser or a proxy may have repeated the request unnoticed; where the cloud does not
        // detect a repetition, the refusal may be the response to a second copy.
        Outcome::Rejected => (!spec.target().cloud.refuses_repetitions
            && answer
                .fault
                .as_deref()
                .is_some_and(|fault| effect_of(spec, fault) == Effect::MaybeEcho))
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

/// Whether a response itself shows a transition: the state before differs from the state now.
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

/// What the state of an instance says about its operation; `None` if it is not watched.
pub(super) fn conclude(
    now: Millis,
    spec: &OperationSpec,
    row: &Row,
    request_id: Option<&str>,
    clock: CloudClock,
    described: Option<&DescribedInstance>,
) -> Option<Change> {
    let watched = row.watched.as_ref()?;
    let age_ms = now.saturating_sub(watched.since);
    let overdue_ms = spec.target().cloud.overdue_after_ms;
    let unsettled = |outcome| Change::new(watched, outcome, None, false);
    let settled = |outcome, evidence| Change::new(watched, outcome, evidence, true);
    // The change, or the final outcome once the time is up.
    let or_timed_out = |waiting: Change| match (watched.reason, waiting.outcome) {
        (WatchReason::Lost | WatchReason::Echo, Outcome::Unknown) => {
            if age_ms >= LOST_WATCHED_FOR_MS { settled(Outcome::Unknown, None) } else { waiting }
        }
        (WatchReason::Accepted | WatchReason::Lost | WatchReason::Echo, _) => {
            if age_ms >= overdue_ms { settled(Outcome::Overdue, None) } else { waiting }
        }
    };
    let Some(described) = described else { return Some(or_timed_out(unsettled(row.outcome))) };
    if let Some(change) = by_last_operation(spec, row, request_id, described) {
        return Some(if change.settled { change } else { or_timed_out(change) });
    }
    let moved = watched.transition_seen;
    let names_operations = spec.target().cloud.names_operations;
    let ours = |evidence| match watched.reason {
        WatchReason::Accepted if !watched.may_be_others && !names_operations => {
            settled(Outcome::Proven, Some(evidence))
        }
        WatchReason::Accepted | WatchReason::Lost | WatchReason::Echo => {
            settled(Outcome::RunningUnproven, Some(Evidence::RestartedBySomeone))
        }
    };
    let started = started_since(clock, row, described, overdue_ms);
    let change = match (described.phase, watched.reason) {
        (Phase::Starting | Phase::Stopping, _) => {
            let mut change = or_timed_out(unsettled(Outcome::InProgress));
            change.may_be_others |= !moved && age_ms >= BEGINS_WITHIN_MS;
            change.transition_seen = true;
            change
        }
        // The cloud may still name it.
        (Phase::Running, WatchReason::Accepted)
            if names_operations && age_ms < NOTHING_SEEN_AFTER_MS =>
        {
            unsettled(row.outcome)
        }
        (Phase::Running, _) if moved => ours(Evidence::Transition),
        (Phase::Running, _) if started == Some(Started::InTime) => ours(Evidence::StartTime),
        (Phase::Running, _) if started == Some(Started::Late) => {
            settled(Outcome::RunningUnproven, Some(Evidence::RestartedBySomeone))
        }
        (Phase::Running, WatchReason::Accepted) => match spec.operation().verb {
            Verb::Start if !names_operations => {
                settled(Outcome::Proven, Some(Evidence::StartAccepted))
            }
            Verb::Start | Verb::Reboot if age_ms >= NOTHING_SEEN_AFTER_MS => {
                settled(Outcome::RunningUnproven, Some(Evidence::NothingSeen))
            }
            Verb::Start | Verb::Reboot => {
                let mut change = unsettled(row.outcome);
                change.may_be_others |= age_ms >= BEGINS_WITHIN_MS;
                change
            }
        },
        // It runs, as requested, whoever started it.
        (Phase::Running, WatchReason::Lost | WatchReason::Echo)
            if spec.operation().verb == Verb::Start =>
        {
            settled(Outcome::RunningUnproven, Some(Evidence::NothingSeen))
        }
        // It is off, so it was not a first copy of ours that caused the refusal.
        (Phase::Stopped | Phase::Recycled, WatchReason::Echo)
            if spec.operation().verb == Verb::Reboot && !moved =>
        {
            settled(Outcome::Rejected, None)
        }
        (
            Phase::Running | Phase::Stopped | Phase::Recycled | Phase::Busy | Phase::Unknown,
            WatchReason::Accepted | WatchReason::Lost | WatchReason::Echo,
        ) => or_timed_out(unsettled(row.outcome)),
    };
    Some(change)
}

/// By the cloud's name of the last operation, where it gives one: the best evidence.
fn by_last_operation(
    spec: &OperationSpec,
    row: &Row,
    request_id: Option<&str>,
    described: &DescribedInstance,
) -> Option<Change> {
    let last = described.last_operation.as_ref()?;
    let watched = row.watched.as_ref()?;
    let change =
        |outcome, evidence, settled| Some(Change::new(watched, outcome, evidence, settled));
    let before = row.baseline.as_ref().and_then(|baseline| baseline.last_operation.as_ref());
    let is_ours = request_id.is_some_and(|ours| ours == last.request_id);
    let is_new = before.is_some_and(|before| before.request_id != last.request_id)
        || (row.baseline.is_some() && before.is_none());
    let is_same_kind = last.name == spec.operation().name;
    match watched.reason {
        WatchReason::Accepted if is_ours => {}
        // Ours is not the last operation any more, so its result is not visible.
        WatchReason::Accepted if is_new && !is_ours => {
            return match last.state {
                LastOperationState::Operating => change(Outcome::InProgress, None, false),
                LastOperationState::Success
                | LastOperationState::Failed
                | LastOperationState::Other => match described.phase {
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
        // It may be ours or anybody's.
        WatchReason::Lost | WatchReason::Echo if is_new && is_same_kind => {
            return match (last.state, described.phase) {
                (LastOperationState::Success, Phase::Running) => {
                    change(Outcome::RunningUnproven, Some(Evidence::RestartedBySomeone), true)
                }
                (LastOperationState::Operating, _) => change(Outcome::InProgress, None, false),
                // A failed operation may be another's: it does not prove that nothing was done.
                (
                    LastOperationState::Success
                    | LastOperationState::Failed
                    | LastOperationState::Other,
                    _,
                ) => None,
            };
        }
        // The last operation is unchanged since the preflight, so the refusal was final.
        WatchReason::Echo if before == Some(last) && watched.describe_calls >= 1 => {
            return change(Outcome::Rejected, None, true);
        }
        WatchReason::Accepted | WatchReason::Lost | WatchReason::Echo => return None,
    }
    match last.state {
        LastOperationState::Success => change(Outcome::Proven, Some(Evidence::RequestId), true),
        LastOperationState::Operating | LastOperationState::Other => {
            change(Outcome::InProgress, None, false)
        }
        LastOperationState::Failed => Some(Change {
            fault: Some(Fault::layer("operation-failed", &last.name)),
            ..Change::new(watched, Outcome::Rejected, Some(Evidence::CloudSaysFailed), true)
        }),
    }
}

/// Times by the cloud's clock, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct CloudClock {
    /// The earliest time at which the call was sent.
    pub(super) sent: Option<i64>,
    /// The earliest time at which the describe call was answered.
    pub(super) described: i64,
}

/// A start after the call was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Started {
    /// When ours can have caused it.
    InTime,
    /// Later than that, or in the future.
    Late,
}

/// Whether the instance has started after its call was sent, by the cloud's clock and by more than
/// the precision of its start time.
fn started_since(
    clock: CloudClock,
    row: &Row,
    described: &DescribedInstance,
    overdue_ms: u64,
) -> Option<Started> {
    let sent = clock.sent?;
    let (started, rounded_to) = described.started_at.as_deref().and_then(time::start_time)?;
    if started < sent.saturating_add(rounded_to) {
        return None;
    }
    if started > clock.described {
        // A clock that is ahead was ahead before, too: an unchanged start time is no start.
        let before = row.baseline.as_ref().and_then(|before| before.started_at.as_ref());
        return (before != described.started_at.as_ref()).then_some(Started::Late);
    }
    let within = i64::try_from(overdue_ms / STARTS_WITHIN_SHARE / 1_000).unwrap_or(i64::MAX);
    let is_in_time = started.saturating_add(rounded_to) <= sent.saturating_add(within);
    Some(if is_in_time { Started::InTime } else { Started::Late })
}

/// What a fault proves about the request.
pub(super) fn effect_of(spec: &OperationSpec, fault: &Fault) -> Effect {
    match fault {
        Fault::Cloud(report) => clouds::effect_on(spec, report),
        Fault::Layer { word, .. } => {
            catalogue::layer(word).map_or(Effect::MaybeDone, |entry| entry.effect)
        }
    }
}

/// Whether a retry can have another result: not for what is not found or malformed.
pub(super) fn retry_can_help(spec: &OperationSpec, fault: &Fault) -> bool {
    let retry = match fault {
        Fault::Cloud(report) => {
            let errors = clouds::catalogue(spec.target().cloud).errors;
            catalogue::find(errors, report, Some(spec.operation().name))
                .map_or(Retry::AfterFix, |found| found.entry.retry)
        }
        Fault::Layer { word, .. } => {
            catalogue::layer(word).map_or(Retry::CheckFirst, |entry| entry.retry)
        }
    };
    match retry {
        Retry::Later | Retry::AfterFix => true,
        Retry::Never | Retry::CheckFirst => false,
    }
}

/// Whether a refusal is about an instance, so that removing it may help the others.
pub(super) fn is_about_an_instance(spec: &OperationSpec, fault: &Fault) -> bool {
    match fault {
        Fault::Cloud(report) => {
            effect_of(spec, fault) == Effect::MaybeEcho
                || report.code.to_ascii_lowercase().contains("instance")
        }
        Fault::Layer { .. } => false,
    }
}

/// Whether a fault that prevented sending may resolve without any action.
pub(super) fn may_pass_by_itself(word: &str) -> bool {
    catalogue::layer(word).is_some_and(|entry| match entry.retry {
        Retry::Later => true,
        Retry::Never | Retry::AfterFix | Retry::CheckFirst => false,
    })
}
