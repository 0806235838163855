//! Sending calls: which is next and when, its record before it is sent, and what happens if it
//! cannot be sent.

use super::{Call, CallState, Command, Millis, Pause, Run};
use crate::model::{
    instance_id::InstanceId,
    outcome::{Fault, Outcome},
    plan,
};
use std::sync::Arc;

/// How long before a call is due its record is written, so that the write does not delay it.
const RECORD_AHEAD_MS: u64 = 90;

/// How long before a call is due it is signed.
const SIGN_AHEAD_MS: u64 = 30;

/// How long after a request without a nonce the same may be sent again. Its signature contains the
/// second in which it was made: within the same second the bytes would be identical, and a proxy
/// would refuse them as a second copy. It is signed shortly before it is sent.
const OTHER_BYTES_AFTER_MS: u64 = 1_000 + 2 * SIGN_AHEAD_MS;

impl Run {
    /// When a request sent at that time would have other bytes if it were sent again.
    pub(super) fn other_bytes_at(&self, sent_at: Millis) -> Millis {
        if self.spec.target().cloud.refuses_repetitions {
            sent_at
        } else {
            sent_at + OTHER_BYTES_AFTER_MS
        }
    }

    /// The call that is due, or when the next one is.
    pub(super) fn next_call(&mut self, now: Millis) -> NextCall {
        let handed_out = |call: &&Call| match call.state {
            CallState::Ready | CallState::Sending => true,
            CallState::Waiting | CallState::Claiming | CallState::Done | CallState::Stopped => {
                false
            }
        };
        let in_flight = self.calls.iter().filter(handed_out).count();
        // While a record is being written nothing else is sent.
        if self.is_blocked()
            || self.transient.claiming.is_some()
            || in_flight >= self.max_in_flight()
        {
            return NextCall::Nothing;
        }
        let canary = self.canary();
        // The claim may be older than a canary that the user asked for since.
        let is_claimed = |call: &Call| call.state == CallState::Claiming;
        let claimed = match canary {
            Some(canary) => Some(canary).filter(|&at| self.calls.get(at).is_some_and(is_claimed)),
            None => self.calls.iter().position(is_claimed),
        };
        if let Some(index) = claimed {
            let due = self.due_at(now, index);
            return prepare_by(now, index, due);
        }
        let next = canary.or_else(|| {
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
            prepare_by(now, index, due)
        }
    }

    /// How many calls may be in flight at once. Fewer than would pause the run if all were unknown;
    /// and only one where the next depends on its result.
    pub(super) fn max_in_flight(&self) -> usize {
        if self.canary().is_some() || self.policy.stop_above_refused_percent.is_some() {
            return 1;
        }
        let left = self.policy.pause_after.saturating_sub(self.bad_calls_in_a_row);
        usize::try_from(left).unwrap_or(1).max(1)
    }

    /// The canary, until it is over.
    fn canary(&self) -> Option<usize> {
        self.calls.iter().position(|call| {
            call.canary
                && match call.state {
                    CallState::Waiting
                    | CallState::Claiming
                    | CallState::Ready
                    | CallState::Sending => true,
                    CallState::Done | CallState::Stopped => false,
                }
        })
    }

    fn due_at(&self, now: Millis, index: usize) -> Millis {
        let not_before = self.calls.get(index).map_or(0, |call| call.not_before);
        self.transient.rate_limiter.next_at(now).max(not_before)
    }

    /// Writes the call to the journal and claims its instances, before it is sent.
    pub(super) fn claim(&mut self, index: usize) -> Option<Command> {
        let claim = self.calls.get(index)?.batch.ids().to_vec();
        self.change_call(index, |call| call.state = CallState::Claiming);
        let (number, record) = self.next_record();
        self.transient.claiming = Some((number, index));
        Some(Command::Record { number, record, claim, durable: true })
    }

    /// The record of the claiming call is written: instances that no other page has claimed may be
    /// sent.
    pub(super) fn recorded(&mut self, now: Millis, number: u64, conflicts: &[InstanceId]) {
        let Some((awaited, index)) = self.transient.claiming else { return };
        if awaited != number {
            return;
        }
        self.transient.claiming = None;
        let Some(call) = self.calls.get(index).filter(|call| call.state == CallState::Claiming)
        else {
            return;
        };
        if conflicts.is_empty() {
            return;
        }
        // Instances claimed by another page are removed from the call.
        let free: Vec<InstanceId> =
            call.batch.ids().iter().filter(|id| !conflicts.contains(id)).cloned().collect();
        let rest = plan::batch(&call.batch.shared_spec(), free);
        self.mark_not_sent(now, conflicts, "other-tab");
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

    /// A record could not be written.
    pub(super) fn record_failed(&mut self, now: Millis, number: u64) {
        let awaited = self.transient.claiming.filter(|(awaited, _)| *awaited == number);
        let Some((_, index)) = awaited else {
            // A record of something that happened: nothing more is sent unrecorded.
            if self.calls.iter().any(|call| call.state.is_pending()) {
                self.pause = Some(Pause::NoJournal);
            }
            return;
        };
        self.transient.claiming = None;
        let alone = self.calls.len() == 1;
        if alone {
            // A run of one call may go on without a journal; the page says so.
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
        self.mark_not_sent(now, &ids, "no-journal");
        self.pause = Some(Pause::NoJournal);
    }

    /// Sets these instances to not sent, for this reason.
    fn mark_not_sent(&mut self, now: Millis, ids: &[InstanceId], word: &'static str) {
        for id in ids {
            self.change(id, |row| {
                row.outcome = Outcome::NotSent;
                row.fault = Some(Arc::new(Fault::layer(word, "")));
                row.settled_at = Some(now);
            });
        }
    }

    /// Whether nothing may be sent now.
    pub(super) fn is_blocked(&self) -> bool {
        self.pause.is_some() || self.transient.lacks_key || self.transient.offline_since.is_some()
    }

    /// Hands a call out to be signed and to wait for its slot. It counts in the rate limiter from
    /// now on, so that the next ones can be signed meanwhile.
    pub(super) fn prepare(&mut self, index: usize, send_at: Millis) -> Option<Command> {
        let batch = self.calls.get(index)?.batch.clone();
        self.change_call(index, |call| call.state = CallState::Ready);
        self.transient.ready.insert(index);
        self.transient.rate_limiter.sent(index, send_at);
        self.calls_in_wave += 1;
        if self.policy.wave_calls > 0 && self.calls_in_wave >= self.policy.wave_calls {
            self.calls_in_wave = 0;
            self.transient.rate_limiter.not_before(send_at + self.policy.wave_pause_ms);
        }
        let clock_skew_seconds = self.clock_skew_seconds;
        Some(Command::Prepare { call: index, send_at, batch, clock_skew_seconds })
    }

    /// The slot of a call has come: it is sent now, unless it was withdrawn. Nothing can come
    /// between this and the sending.
    pub(super) fn send_ready(&mut self, now: Millis, index: usize) -> Option<Command> {
        self.withdraw_if_blocked(now);
        let call = self.calls.get(index).filter(|call| call.state == CallState::Ready)?;
        // It waited so long that it lost its slot, or another call is to go first.
        if !self.transient.rate_limiter.has_slot_for(index)
            || self.canary().is_some_and(|canary| canary != index)
        {
            self.withdraw(now, index);
            return None;
        }
        let ids = call.batch.ids().to_vec();
        self.transient.ready.remove(&index);
        self.transient.throttled_until = None;
        self.transient.rate_limiter.mark_sent(index, now);
        self.change_call(index, |call| {
            call.state = CallState::Sending;
            call.sent_at = Some(now);
        });
        self.started_at.get_or_insert(now);
        for id in &ids {
            self.change(id, |row| {
                row.outcome = Outcome::Sending;
                row.call = Some(index);
                row.sent_at = Some(now);
            });
        }
        Some(Command::Send { call: index })
    }

    /// While nothing may be sent, no call stays ready.
    pub(super) fn withdraw_if_blocked(&mut self, now: Millis) {
        if self.is_blocked() {
            self.withdraw_all(now);
        }
    }

    /// Ready calls wait again, to be signed anew.
    pub(super) fn withdraw_all(&mut self, now: Millis) {
        for index in self.transient.ready.clone() {
            if self.calls.get(index).is_some_and(|call| call.state == CallState::Ready) {
                self.withdraw(now, index);
            }
        }
    }

    /// A ready call waits again, as if its slot had not come. It leaves its wave, too.
    pub(super) fn withdraw(&mut self, now: Millis, index: usize) {
        if self.policy.wave_calls > 0 {
            self.calls_in_wave = self.calls_in_wave.checked_sub(1).unwrap_or_else(|| {
                self.transient.rate_limiter.no_pause(now);
                self.policy.wave_calls - 1
            });
        }
        self.transient.rate_limiter.answered(index, now);
        self.change_call(index, |call| call.state = CallState::Waiting);
    }

    /// Cancels the calls that were handed out, were not sent and are not ready any more.
    pub(super) fn canceled(&mut self) -> Vec<Command> {
        let calls = &self.calls;
        let mut void = Vec::new();
        self.transient.ready.retain(|&index| {
            let ready = calls.get(index).is_some_and(|call| call.state == CallState::Ready);
            if !ready {
                void.push(Command::Cancel { call: index });
            }
            ready
        });
        void
    }
}

/// What to do about the calls.
pub(super) enum NextCall {
    Nothing,
    Wait(Millis),
    Claim(usize),
    /// With the time at which it is due.
    Prepare(usize, Millis),
}

/// It is signed shortly before it is due.
fn prepare_by(now: Millis, index: usize, due: Millis) -> NextCall {
    let ahead = due.saturating_sub(SIGN_AHEAD_MS);
    if ahead <= now { NextCall::Prepare(index, due) } else { NextCall::Wait(ahead) }
}
