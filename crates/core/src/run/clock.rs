//! The offset between the cloud's clock and the page's, as far as refusals reveal it.

use super::{Millis, Run, reads::refused_for};
use crate::{
    catalogue::Effect,
    model::{
        outcome::{Fault, Response},
        plan::Target,
    },
    transport::{self, TransportResult},
};

/// Whether to wait for a time. One that is further ahead than any pause was set by a clock that was set
/// back since: it must not stop anything for hours.
pub(super) fn is_ahead(at: Millis, now: Millis) -> bool {
    at > now && at - now <= transport::LONGEST_PAUSE_MS
}

/// A clock that is off by less than this is not why a describe call was refused.
const CLOCK_NEWS_SECONDS: u64 = 30;

impl Run {
    /// With what a describe call has learned of the clocks: seconds by which the cloud's is ahead of the
    /// page's. So nothing is refused for a clock that is known to be off.
    #[must_use]
    pub(crate) fn with_clock_skew(mut self, seconds: Option<i64>) -> Self {
        self.clock_skew_seconds = seconds.unwrap_or_default();
        self
    }

    /// Seconds by which the cloud's clock is ahead of the page's, where that is used.
    pub fn clock_correction_seconds(&self) -> Option<i64> {
        (self.clock_corrected || self.clock_skew_seconds != 0).then_some(self.clock_skew_seconds)
    }

    /// Takes what a refused describe call tells of the clock, as often as that is news: it changes
    /// nothing, so the one correction that a call may have is not used up. False if it is none.
    pub(super) fn learn_clock(&mut self, now: Millis, skew_seconds: i64) -> bool {
        let (before, corrected) = (self.clock_skew_seconds, self.clock_corrected);
        self.correct_clock(now, skew_seconds);
        self.clock_corrected = corrected;
        before.abs_diff(self.clock_skew_seconds) >= CLOCK_NEWS_SECONDS
    }

    /// Signs from now on with the cloud's clock, which is ahead of the page's by this much.
    pub(super) fn correct_clock(&mut self, now: Millis, skew_seconds: i64) {
        self.clock_skew_seconds = skew_seconds;
        self.clock_corrected = true;
        self.transient.clock_set_at = Some(now);
        self.transient.changed_state = true;
    }
}

/// Seconds by which the cloud's clock is ahead of the page's, as an answer tells that came now to what
/// was sent then. `None` if it does not tell.
pub(super) fn skew_seconds(sent_at: Millis, now: Millis, response: &Response) -> Option<i64> {
    let theirs = transport::server_unix_seconds(response)?;
    let ours = i64::try_from(u64::midpoint(sent_at, now) / 1_000).ok()?;
    Some(theirs - ours)
}

/// The same of a read that was refused because the page's clock is off. `None` if it was not, or if the
/// refusal does not tell, or if it is nobody's: what has put it in between has a clock of its own.
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
