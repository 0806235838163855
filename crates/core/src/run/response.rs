//! Results of calls: written into the rows, or a retry on proof that nothing was done.

use super::{CallState, Millis, NO_KEY, Pause, Run, clock::skew_seconds, conclude};
use crate::{
    catalogue::Effect,
    model::outcome::{BatchAnswer, Fault, InstanceAnswer, Outcome},
    run::row::{WatchReason, Watched},
    transport::{self, TransportResult},
};
use std::sync::Arc;

impl Run {
    /// A call has a result.
    pub(super) fn completed(&mut self, now: Millis, index: usize, result: &TransportResult) {
        let not_sent = match result {
            TransportResult::NotSent { .. } => true,
            TransportResult::Lost { .. } | TransportResult::Answered(_) => false,
        };
        let Some(call) = self.calls.get(index).filter(|call| match call.state {
            CallState::Sending => true,
            // It could not be signed.
            CallState::Ready => not_sent,
            CallState::Waiting | CallState::Claiming | CallState::Done | CallState::Stopped => {
                false
            }
        }) else {
            // A call that was not in flight cannot have a result.
            return;
        };
        if lacks_key(result) && call.state == CallState::Ready {
            self.withdraw(now, index);
            self.transient.lacks_key = true;
            return;
        }
        self.transient.rate_limiter.answered(index, now);
        let answer = transport::classify(&call.batch, result, self.policy.through_proxy);
        let (sent_at, resends) = (call.sent_at.unwrap_or(now), call.resends);
        if let Some(not_before) = self.resend_at(now, sent_at, resends, index, result, &answer) {
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
            call.status = match result {
                TransportResult::Answered(response) => Some(response.status),
                TransportResult::NotSent { .. } | TransportResult::Lost { .. } => None,
            };
            call.fault = shared;
            call.answered_at_cloud_seconds = match result {
                TransportResult::Answered(response) => transport::server_unix_seconds(response),
                TransportResult::NotSent { .. } | TransportResult::Lost { .. } => None,
            };
        });
        let bad = self.apply_answer(now, answer);
        self.consider_pause(index, bad);
    }

    /// Writes an answer into the rows. Returns the outcome if the whole call failed.
    fn apply_answer(&mut self, now: Millis, answer: BatchAnswer) -> Option<Pause> {
        let all = |outcome| answer.instances.iter().all(|instance| instance.outcome == outcome);
        let bad = if all(Outcome::Unknown) {
            Some(Pause::Unknowns)
        } else if all(Outcome::Rejected) || all(Outcome::NotSent) {
            Some(Pause::Refusals)
        } else {
            None
        };
        let verb = self.spec.operation().verb;
        let spec = Arc::clone(&self.spec);
        let watch = self.policy.watch;
        for instance in answer.instances {
            self.change(&instance.id.clone(), |row| {
                let reason = conclude::watch_reason(&spec, &instance);
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
                row.watched = reason
                    .filter(|_| watch)
                    .map(|reason| Watched { transition_seen, ..Watched::new(now, reason) });
                row.settled_at = (row.watched.is_none()).then_some(now);
            });
        }
        if watch && self.rows.iter().any(|row| row.watched.is_some()) {
            self.describe_by(now + conclude::FIRST_DESCRIBE_AFTER_MS);
        }
        bad
    }

    /// When to retry a call automatically; `None` for never: only on proof that nothing was done.
    fn resend_at(
        &mut self,
        now: Millis,
        sent_at: Millis,
        resends: u32,
        index: usize,
        result: &TransportResult,
        answer: &BatchAnswer,
    ) -> Option<Millis> {
        let first = answer.instances.first()?;
        if answer.instances.iter().any(|instance| instance.outcome != first.outcome) {
            return None;
        }
        let throttled = self.throttled(now, sent_at, (index, resends), result, first);
        if !self.policy.resend || self.stopped || self.pause.is_some() {
            return None;
        }
        if let Some(at) = throttled {
            return (resends < 8).then_some(at.max(self.other_bytes_at(sent_at)));
        }
        if first.outcome == Outcome::NotSent {
            let can_help = match first.fault.as_deref() {
                Some(Fault::Layer { word, .. }) => conclude::may_pass_by_itself(word),
                Some(Fault::Cloud(_)) | None => false,
            };
            let at = (now + (1_000 << (2 * resends))).max(self.other_bytes_at(sent_at));
            return (can_help && resends < 2).then_some(at);
        }
        if first.outcome != Outcome::Rejected {
            return None;
        }
        let TransportResult::Answered(response) = result else { return None };
        match conclude::effect_of(&self.spec, first.fault.as_deref()?) {
            Effect::ClockSkew if !self.clock_corrected => {
                self.correct_clock(now, skew_seconds(sent_at, now, response)?);
                Some(now)
            }
            // It was in flight when another refusal corrected the clock.
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
}

impl Run {
    /// When a throttled call may be sent again; `None` if it was not throttled. The wait applies to
    /// all calls in any case: ready ones wait as well.
    fn throttled(
        &mut self,
        now: Millis,
        sent_at: Millis,
        (index, resends): (usize, u32),
        result: &TransportResult,
        first: &InstanceAnswer,
    ) -> Option<Millis> {
        let (Outcome::Rejected, TransportResult::Answered(response)) = (first.outcome, result)
        else {
            return None;
        };
        if conclude::effect_of(&self.spec, first.fault.as_deref()?) != Effect::Throttled {
            return None;
        }
        let ours = now.saturating_add_signed(self.clock_skew_seconds * 1_000);
        let pause = transport::pause_after(self.spec.target().cloud, response, ours);
        let asked_ms = pause.map(|pause| pause.ms);
        let rate_limiter = &mut self.transient.rate_limiter;
        let at = now + rate_limiter.throttled(now, sent_at, (index, resends), asked_ms);
        if let Some(pause) = pause {
            if pause.is_window {
                self.transient.throttled_until = Some(at);
                self.transient.changed_state = true;
            }
            self.withdraw_all(now);
        }
        Some(at)
    }

    /// Until when nothing is sent because the cloud throttles calls of this kind, from any client.
    pub fn throttled_until(&self, now: Millis) -> Option<Millis> {
        self.transient.throttled_until.filter(|until| *until > now)
    }
}

/// Whether a request could not be signed, and so was not sent.
pub(super) fn lacks_key(result: &TransportResult) -> bool {
    match result {
        TransportResult::NotSent { word } => word == NO_KEY,
        TransportResult::Lost { .. } | TransportResult::Answered(_) => false,
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
