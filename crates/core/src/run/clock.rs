//! The cloud's clock against the page's, as far as refusals tell of it.

use super::{Millis, Run};
use crate::answer::{self, Response};

/// A clock that is off by less than this is not why a look was refused.
const CLOCK_NEWS_SECONDS: u64 = 30;

impl Run {
    /// With what a look has learned of the clocks: seconds by which the cloud's is ahead of the
    /// page's. So nothing is refused for the clock that is known to be off, neither a call nor a look.
    #[must_use]
    pub fn with_clock_skew(mut self, seconds: Option<i64>) -> Self {
        self.clock_skew_seconds = seconds.unwrap_or_default();
        self
    }

    /// Seconds by which the cloud's clock is ahead of the page's, where that is heeded.
    pub fn clock_correction_seconds(&self) -> Option<i64> {
        (self.clock_corrected || self.clock_skew_seconds != 0).then_some(self.clock_skew_seconds)
    }

    /// What a refused look tells of the clock, as often as that is news: a look changes nothing, so
    /// the one correction that a call may have is not used up. False if it is not the clock.
    pub(super) fn learn_clock(
        &mut self,
        now: Millis,
        asked_at: Millis,
        response: &Response,
    ) -> bool {
        let (before, corrected) = (self.clock_skew_seconds, self.clock_corrected);
        if self.correct_clock(now, asked_at, response).is_none() {
            return false;
        }
        self.clock_corrected = corrected;
        before.abs_diff(self.clock_skew_seconds) >= CLOCK_NEWS_SECONDS
    }

    pub(super) fn correct_clock(
        &mut self,
        now: Millis,
        sent_at: Millis,
        response: &Response,
    ) -> Option<()> {
        let server = answer::server_unix_seconds(response)?;
        let midpoint = i64::try_from(u64::midpoint(sent_at, now) / 1_000).ok()?;
        self.clock_skew_seconds = server - midpoint;
        self.clock_corrected = true;
        self.transient.clock_set_at = Some(now);
        self.transient.changed_state = true;
        Some(())
    }
}
