//! The status of a run: what makes it pause, go on, and stop.

use super::{Call, CallState, Choice, Millis, Run};
use crate::{explain::is_wrong_key, model::outcome::Outcome};
use serde::{Deserialize, Serialize};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
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

/// Offline or asleep for longer than this, nothing goes out by itself.
const AWAY_TOO_LONG_MS: u64 = 60_000;

impl Run {
    /// What the run is doing.
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

    /// Whether a person stopped it, and has not asked for more since.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Whether what is described next decides what is sent: bad ids are being isolated.
    pub fn is_isolating(&self) -> bool {
        !self.transient.isolating.is_empty()
    }

    /// Whether something is still to be sent or to be found out.
    pub fn is_unfinished(&self) -> bool {
        self.status() != RunStatus::Finished || self.choice_count(Choice::SendNotStarted) > 0
    }

    /// Whether another run may be shown in the place of this one, with nothing lost: it is over, or was
    /// brought back and has not been gone on with.
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

    /// Whether the key was refused, and no call was answered otherwise since.
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

    /// Pauses the run if this call, or those before it, came to nothing.
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

    /// The browser says that it is on- or offline.
    pub(super) fn online(&mut self, now: Millis, online: bool) {
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
    pub(super) fn detect_sleep(&mut self, now: Millis) {
        let overslept = self.transient.woken_by.is_some_and(|meant| now > meant + AWAY_TOO_LONG_MS);
        if overslept {
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

    /// Nothing more goes out until somebody asks; what waits for its turn has not gone out.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.transient.claiming = None;
        self.transient.changed_state = true;
        self.transient.isolating.clear();
        self.stop_pending_calls();
    }

    /// Calls that have not gone out are given up; their instances wait for somebody to ask.
    fn stop_pending_calls(&mut self) {
        for index in 0..self.calls.len() {
            let waiting = self.calls.get(index).is_some_and(|call| call.state.is_pending());
            if waiting {
                self.change_call(index, |call| call.state = CallState::Stopped);
            }
        }
    }

    /// A person is there: what had held the run up is over.
    pub(super) fn clear_pause(&mut self) {
        self.closed = false;
        self.transient.lacks_key = false;
        self.pause = None;
        self.bad_calls_in_a_row = 0;
        // Somebody may have set the page's clock meanwhile.
        self.clock_corrected = false;
        self.transient.changed_state = true;
    }
}
