//! Estimates the remaining time of a run, from the plan's pacing and the durations of confirmed
//! instances.

use super::{Call, CallState, Millis, Run, RunStatus};
use crate::model::outcome::Outcome;

/// Fewer confirmed instances give no estimate.
const CONFIRMED_MIN: usize = 3;

impl Run {
    /// The estimated remaining time. `None` with too few confirmed instances, while the run waits
    /// for the user, and once an instance takes longer than the others did.
    pub fn time_left(&self, now: Millis) -> Option<Millis> {
        let is_at_work = match self.status() {
            RunStatus::Sending => !self.is_blocked(),
            RunStatus::Watching | RunStatus::Stopped => true,
            RunStatus::Paused(_) | RunStatus::Finished => false,
        };
        if !is_at_work || self.is_isolating() {
            return None;
        }
        let sending = self.sending_left(now)?;
        if !self.policy.watch || self.spec.is_dry_run() {
            return Some(sending);
        }
        let usual = self.usual_duration()?;
        if self.has_unanswered_calls() {
            return Some(sending + usual);
        }
        let next_describe = self.transient.next_describe_at.unwrap_or(now);
        let mut left = sending;
        for row in self.rows.iter().filter(|row| row.watched.is_some()) {
            let due = row.sent_at? + usual;
            // An instance with a lost response is watched until its time is up.
            if row.outcome == Outcome::Unknown || due + self.transient.describe_interval_ms < now {
                return None;
            }
            left = left.max(due.max(next_describe).saturating_sub(now));
        }
        Some(left)
    }

    /// How long until the last call is answered, at the pace of the plan or, if slower, of the
    /// cloud.
    fn sending_left(&self, now: Millis) -> Option<Millis> {
        if !self.has_unanswered_calls() {
            return Some(0);
        }
        let answers: Vec<Millis> = self
            .calls
            .iter()
            .filter_map(|call| Some(call.answered_at?.saturating_sub(call.sent_at?)))
            .collect();
        let answer = answers.iter().sum::<Millis>().checked_div(answers.len() as Millis)?;
        let is_waiting =
            |call: &&Call| matches!(call.state, CallState::Waiting | CallState::Claiming);
        // One call goes out at the next slot, the others follow.
        let Some(following) = self.calls.iter().filter(is_waiting).count().checked_sub(1) else {
            return Some(answer);
        };
        let limiter = &self.transient.rate_limiter;
        let next_at = limiter.next_at(now).max(self.throttled_until(now).unwrap_or(now));
        let interval = limiter.interval_ms().max(answer / self.max_in_flight() as Millis);
        let waves = (self.calls_in_wave + following).checked_div(self.policy.wave_calls);
        let paused = waves.unwrap_or(0) as Millis * self.policy.wave_pause_ms;
        Some(next_at.saturating_sub(now) + following as Millis * interval + paused + answer)
    }

    fn has_unanswered_calls(&self) -> bool {
        self.calls.iter().any(|call| call.state.is_pending() || call.state == CallState::Sending)
    }

    /// The 90th percentile of the durations of confirmed instances.
    fn usual_duration(&self) -> Option<Millis> {
        let proven = self.rows.iter().filter(|row| row.outcome == Outcome::Proven);
        let mut took: Vec<Millis> =
            proven.filter_map(|row| Some(row.settled_at?.saturating_sub(row.sent_at?))).collect();
        if took.len() < CONFIRMED_MIN {
            return None;
        }
        took.sort_unstable();
        took.get(took.len() * 9 / 10).copied()
    }
}
