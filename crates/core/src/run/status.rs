//! The status of a run: what pauses, resumes and stops it.

use super::{Call, CallState, Choice, Millis, Run};
use crate::{explain::is_wrong_key, model::outcome::Outcome};
use serde::{Deserialize, Serialize};

/// The status of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Calls are being sent.
    Sending,
    /// All calls are sent; the instances are watched until they run.
    Watching,
    /// It waits for the user.
    Paused(Pause),
    /// The user stopped it; accepted instances are still watched.
    Stopped,
    /// Finished: nothing more changes without the user.
    Finished,
}

/// Why a run is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Several consecutive calls had no usable response.
    Unknowns,
    /// Several consecutive calls were refused.
    Refusals,
    /// The canary was not accepted.
    Canary,
    /// More were refused than the user had allowed.
    TooManyRefused,
    /// The journal cannot be written, so a crash would lose what was sent.
    NoJournal,
    /// The run was restored from the journal; nothing is sent until the user asks.
    Restored,
    /// The page was offline for so long that sending now would be a surprise.
    WasOffline,
    /// The page slept for so long that sending now would be a surprise.
    Slept,
    /// There is no key any more; neither calls nor describe calls are sent.
    NoKey,
    /// The operator does not allow the run's cloud or region now, not even describe calls.
    NotAllowed,
}

/// After being offline or asleep for longer, nothing is sent automatically.
const AWAY_MAX_MS: u64 = 60_000;

impl Run {
    /// The status of the run.
    pub fn status(&self) -> RunStatus {
        let in_state =
            |states: &[CallState]| self.calls.iter().any(|call| states.contains(&call.state));
        if in_state(&[CallState::Ready, CallState::Sending]) {
            return RunStatus::Sending;
        }
        let left = in_state(&[CallState::Waiting, CallState::Claiming]);
        match self.pause {
            _ if self.is_watching() && !self.may_describe() => RunStatus::Paused(Pause::NotAllowed),
            Some(pause) if left || (pause == Pause::Restored && self.is_watching()) => {
                RunStatus::Paused(pause)
            }
            _ if self.transient.lacks_key && (left || self.is_watching()) => {
                RunStatus::Paused(Pause::NoKey)
            }
            _ if left => RunStatus::Sending,
            _ if self.is_watching() && self.stopped => RunStatus::Stopped,
            _ if self.is_watching() => RunStatus::Watching,
            _ => RunStatus::Finished,
        }
    }

    /// Whether the user stopped it, and has not asked for more since.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Whether the next describe calls decide what is sent: bad ids are being isolated.
    pub fn is_isolating(&self) -> bool {
        !self.transient.isolating.is_empty()
    }

    /// Whether something is still to be sent or to be watched.
    pub fn is_unfinished(&self) -> bool {
        self.status() != RunStatus::Finished || self.choice_count(Choice::SendNotStarted) > 0
    }

    /// Whether the run can be replaced by another one without loss: it is over, or was restored and
    /// not resumed.
    pub fn can_close(&self) -> bool {
        match self.status() {
            RunStatus::Finished | RunStatus::Paused(Pause::Restored | Pause::NotAllowed) => true,
            RunStatus::Sending
            | RunStatus::Watching
            | RunStatus::Paused(_)
            | RunStatus::Stopped => false,
        }
    }

    /// Whether a call is in flight, or about to be.
    pub fn has_in_flight(&self) -> bool {
        self.calls.iter().any(|call| match call.state {
            CallState::Claiming | CallState::Ready | CallState::Sending => true,
            CallState::Waiting | CallState::Done | CallState::Stopped => false,
        })
    }

    /// Whether the key was refused, and no later call was answered otherwise.
    pub fn wants_key(&self) -> bool {
        let answered = |call: &&Call| call.state == CallState::Done;
        let last = self.calls.iter().filter(answered).max_by_key(|call| call.answered_at);
        last.and_then(|call| call.fault.as_deref())
            .is_some_and(|fault| is_wrong_key(self.spec.target().cloud, fault))
    }

    fn has_wrong_key(&self, index: usize) -> bool {
        let fault = self.calls.get(index).and_then(|call| call.fault.as_deref());
        fault.is_some_and(|fault| is_wrong_key(self.spec.target().cloud, fault))
    }

    /// Pauses the run if this call, or a series with it, failed.
    pub(super) fn consider_pause(&mut self, index: usize, bad: Option<Pause>) {
        let more = self.calls.iter().any(|call| call.state.is_pending());
        match bad {
            None => self.bad_calls_in_a_row = 0,
            Some(pause) => {
                self.bad_calls_in_a_row += 1;
                if self.calls.get(index).is_some_and(|call| call.canary) && more {
                    self.pause = Some(Pause::Canary);
                } else if (self.bad_calls_in_a_row >= self.policy.pause_after
                    || self.has_wrong_key(index))
                    && more
                {
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

    /// The browser went on- or offline.
    pub(super) fn online(&mut self, now: Millis, online: bool) {
        match (online, self.transient.offline_since) {
            (false, None) => self.transient.offline_since = Some(now),
            (true, Some(since)) => {
                self.transient.offline_since = None;
                if now.saturating_sub(since) > AWAY_MAX_MS {
                    self.pause_if_anything_waits(Pause::WasOffline);
                }
            }
            (true, None) | (false, Some(_)) => {}
        }
    }

    /// A page that wakes long after its timer has slept: sending now would be a surprise.
    pub(super) fn detect_sleep(&mut self, now: Millis) {
        let has_slept = self.transient.woken_by.is_some_and(|meant| now > meant + AWAY_MAX_MS);
        if has_slept {
            self.pause_if_anything_waits(Pause::Slept);
        }
    }

    fn pause_if_anything_waits(&mut self, pause: Pause) {
        let waits = self.calls.iter().any(|call| call.state.is_pending());
        if waits && self.pause.is_none() {
            self.pause = Some(pause);
            self.transient.changed_state = true;
        }
    }

    /// Stops sending until the user asks; waiting calls were not sent.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.transient.claiming = None;
        self.transient.changed_state = true;
        self.transient.isolating.clear();
        self.stop_pending_calls();
    }

    /// Gives up calls that were not sent; their instances wait for the user.
    fn stop_pending_calls(&mut self) {
        for index in 0..self.calls.len() {
            let waiting = self.calls.get(index).is_some_and(|call| call.state.is_pending());
            if waiting {
                self.change_call(index, |call| call.state = CallState::Stopped);
            }
        }
    }

    /// The user is present: clears the reasons for a pause.
    pub(super) fn clear_pause(&mut self) {
        self.closed = false;
        self.transient.lacks_key = false;
        self.pause = None;
        self.bad_calls_in_a_row = 0;
        // The page's clock may have been set meanwhile.
        self.clock_corrected = false;
        self.transient.changed_state = true;
    }
}
