//! No faster than the cloud allows.

use super::Millis;

/// When the next call may go out.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    interval_ms: u64,
    next_at: Millis,
    set_at: Millis,
}

impl Pace {
    pub(super) fn new(calls_per_second: u32) -> Self {
        let per_second = u64::from(calls_per_second.max(1));
        // Rounded up: one call too many in a second is a refusal.
        Pace { interval_ms: 1_000_u64.div_ceil(per_second), next_at: 0, set_at: 0 }
    }

    /// A clock that was set back must not stop the run for hours.
    pub(super) fn next_at(&self, now: Millis) -> Millis {
        if now < self.set_at { now } else { self.next_at }
    }

    pub(super) fn sent(&mut self, now: Millis) {
        self.set_at = now;
        self.next_at = now + self.interval_ms;
    }

    pub(super) fn not_before(&mut self, at: Millis) {
        self.next_at = self.next_at.max(at);
    }

    /// How long to wait after a refusal for pace, and slower from then on.
    pub(super) fn throttled(&mut self, call: usize, resends: u32, asked_ms: Option<u64>) -> u64 {
        self.interval_ms = (self.interval_ms * 3 / 2).min(5_000);
        let backoff = 500_u64 << resends.min(6);
        // Calls of several pages must not come back in step; the call's number will do for a spread.
        let spread = (call as u64).wrapping_mul(7_919) % (backoff / 2 + 1);
        asked_ms.unwrap_or(0).clamp(backoff, 120_000) + spread
    }
}
