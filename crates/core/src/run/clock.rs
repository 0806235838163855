//! The cloud's clock against the page's, as learned from refusals.

use super::{Millis, Run, reads::refused_for};
use crate::{
    catalogue::Effect,
    model::{
        outcome::{Fault, Response},
        plan::Target,
    },
    transport::{self, TransportResult},
};

/// Whether to wait for a time. One further ahead than any wait was set before the clock was set
/// back, and must not block anything for hours.
pub(super) fn is_ahead(at: Millis, now: Millis) -> bool {
    at > now && at - now <= transport::LONGEST_PAUSE_MS
}

/// A smaller skew is not why a describe call was refused.
const SKEW_MIN_SECONDS: u64 = 30;

impl Run {
    /// Applies the skew learned by the preflight: seconds by which the cloud's clock is ahead. Then
    /// no call is refused for a known skew.
    #[must_use]
    pub(crate) fn with_clock_skew(mut self, seconds: Option<i64>) -> Self {
        self.clock_skew_seconds = seconds.unwrap_or_default();
        self
    }

    /// Seconds by which the cloud's clock is ahead of the page's, where a correction is in use.
    pub fn clock_correction_seconds(&self) -> Option<i64> {
        (self.clock_corrected || self.clock_skew_seconds != 0).then_some(self.clock_skew_seconds)
    }

    /// Learns the skew from a refused describe call, as often as it is news: it changes nothing, so
    /// it does not use up the one correction of a call. False if it is no news.
    pub(super) fn learn_clock(&mut self, now: Millis, skew_seconds: i64) -> bool {
        let (before, corrected) = (self.clock_skew_seconds, self.clock_corrected);
        self.correct_clock(now, skew_seconds);
        self.clock_corrected = corrected;
        before.abs_diff(self.clock_skew_seconds) >= SKEW_MIN_SECONDS
    }

    /// Signs with the cloud's clock from now on, which is ahead of the page's by this much.
    pub(super) fn correct_clock(&mut self, now: Millis, skew_seconds: i64) {
        self.clock_skew_seconds = skew_seconds;
        self.clock_corrected = true;
        self.transient.clock_set_at = Some(now);
        self.transient.changed_state = true;
    }
}

/// Seconds by which the cloud's clock is ahead of the page's, from a response that arrived now to a
/// request sent then. `None` if the response does not tell.
pub(super) fn skew_seconds(sent_at: Millis, now: Millis, response: &Response) -> Option<i64> {
    let theirs = transport::server_unix_seconds(response)?;
    let ours = i64::try_from(u64::midpoint(sent_at, now) / 1_000).ok()?;
    Some(theirs - ours)
}

/// The same from a read that was refused for its time. `None` if it was not, if the refusal does
/// not tell, or if it is not the cloud's: an intermediary has a clock of its own.
pub(super) fn skew_from_refusal(
    target: &Target,
    (sent_at, now): (Millis, Millis),
    fault: &Fault,
    result: &TransportResult,
    through_proxy: bool,
) -> Option<i64> {
    let response = refused_for(Effect::ClockSkew, target, fault, result, through_proxy)?;
    skew_seconds(sent_at, now, response)
}
