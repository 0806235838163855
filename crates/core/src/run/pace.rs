//! No faster than the cloud allows.

use super::Millis;
use std::collections::VecDeque;

/// What a second of the cloud's is taken for: calls that leave a second apart may arrive closer, by as
/// much as a page or a network holds one of them up.
const SECOND_MS: u64 = 1_040;

/// When the next call may go out: so many in any second, evenly spread over it.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    calls_per_second: usize,
    interval_ms: u64,
    /// What it was before anything was refused for it.
    usual_interval_ms: u64,
    /// How many calls have gone out since the pace was last changed.
    unchanged_for: usize,
    next_at: Millis,
    /// When the last calls went out, as many as a second allows.
    recent: VecDeque<Millis>,
    slowed_at: Option<Millis>,
}

impl Pace {
    pub(super) fn new(calls_per_second: u32) -> Self {
        let calls_per_second = calls_per_second.max(1);
        let usual_interval_ms = SECOND_MS.div_ceil(u64::from(calls_per_second));
        Pace {
            calls_per_second: usize::try_from(calls_per_second).unwrap_or(1),
            // Rounded up: one call too many in a second is a refusal.
            interval_ms: usual_interval_ms,
            usual_interval_ms,
            unchanged_for: 0,
            next_at: 0,
            recent: VecDeque::new(),
            slowed_at: None,
        }
    }

    pub(super) fn next_at(&self, now: Millis) -> Millis {
        // A clock that was set back must not stop the run for hours.
        if self.recent.back().is_some_and(|last| now < *last) {
            return now;
        }
        let window = self
            .recent
            .front()
            .filter(|_| self.recent.len() >= self.calls_per_second)
            .map_or(0, |oldest| oldest + SECOND_MS);
        self.next_at.max(window)
    }

    /// A call that leaves a little late, as timers and disks have it, does not delay those after it:
    /// only the number in a second is the cloud's limit.
    pub(super) fn sent(&mut self, now: Millis) {
        let was_set_back = self.recent.back().is_some_and(|last| now < *last);
        if was_set_back {
            self.recent.clear();
            self.next_at = now;
        }
        let late_ms = now.saturating_sub(self.next_at);
        let due = if late_ms <= self.interval_ms { self.next_at.min(now) } else { now };
        self.next_at = due + self.interval_ms;
        // What was too fast for a moment need not be too fast for ever: a little faster after every
        // second's worth of calls, until the next refusal.
        self.unchanged_for += 1;
        if self.unchanged_for > self.calls_per_second {
            self.unchanged_for = 0;
            self.interval_ms = (self.interval_ms * 9 / 10).max(self.usual_interval_ms);
        }
        if self.recent.len() >= self.calls_per_second {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
    }

    pub(super) fn not_before(&mut self, at: Millis) {
        self.next_at = self.next_at.max(at);
    }

    /// A pause that was asked for is not needed after all.
    pub(super) fn no_pause(&mut self, now: Millis) {
        self.next_at = self.next_at.min(now + self.interval_ms);
    }

    /// How long to wait after a refusal for pace, and slower from then on. Calls that were on the way
    /// together are refused together: that slows it once.
    pub(super) fn throttled(
        &mut self,
        now: Millis,
        sent_at: Millis,
        (call, resends): (usize, u32),
        asked_ms: Option<u64>,
    ) -> u64 {
        if self.slowed_at.is_none_or(|slowed_at| sent_at >= slowed_at) {
            self.interval_ms = (self.interval_ms * 3 / 2).min(5_000);
            self.unchanged_for = 0;
            self.slowed_at = Some(now);
        }
        let asked_ms = asked_ms.unwrap_or(0).min(120_000);
        // Who asks for a pause means every call.
        self.not_before(now + asked_ms);
        let backoff = 500_u64 << resends.min(6);
        // Calls of several pages must not come back in step; the call's number will do for a spread.
        let spread = (call as u64).wrapping_mul(7_919) % (backoff / 2 + 1);
        asked_ms.max(backoff) + spread
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    /// The times at which calls go out, each late by as much as the list says.
    fn times(mut pace: Pace, late_ms: &[u64]) -> Vec<u64> {
        let mut now = 1_000_000;
        late_ms
            .iter()
            .map(|late| {
                now = now.max(pace.next_at(now)) + late;
                pace.sent(now);
                now
            })
            .collect()
    }

    #[test]
    fn no_second_has_too_many_and_lateness_does_not_add_up() {
        let late: Vec<u64> = (0..200).map(|call| [0, 9, 3, 6, 1, 12, 2][call % 7]).collect();
        let times = times(Pace::new(10), &late);
        for eleven in times.windows(11) {
            assert!(eleven[10] - eleven[0] > 1_000, "{eleven:?}");
        }
        let took = times[199] - times[0];
        assert!(took < 199 * 106, "{took} ms for 199 pauses of 100 ms");
    }

    #[test]
    fn a_long_pause_is_not_made_up_for() {
        let mut pace = Pace::new(10);
        pace.sent(1_000_000);
        assert_eq!(pace.next_at(1_000_000), 1_000_104);
        pace.sent(1_009_000);
        assert_eq!(pace.next_at(1_009_000), 1_009_104);
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing() {
        let mut pace = Pace::new(1);
        pace.sent(9_000_000);
        assert_eq!(pace.next_at(1_000_000), 1_000_000);
        pace.sent(1_000_000);
        assert_eq!(pace.next_at(1_000_001), 1_001_040);
    }

    #[test]
    fn refusals_of_one_time_slow_it_once() {
        let mut pace = Pace::new(10);
        for at in [0, 104, 208] {
            pace.sent(1_000_000 + at);
        }
        for sent_at in [0, 104, 208] {
            pace.throttled(1_000_300, 1_000_000 + sent_at, (0, 0), None);
        }
        pace.sent(1_000_312);
        assert_eq!(pace.next_at(1_000_312), 1_000_312 + 156);
    }

    #[test]
    fn after_a_refusal_it_becomes_as_fast_again_in_time() {
        let mut pace = Pace::new(10);
        let mut now = 1_000_000;
        pace.sent(now);
        pace.throttled(now, now, (0, 0), None);
        let mut pauses = Vec::new();
        for _ in 0..60 {
            let next = pace.next_at(now).max(now);
            pauses.push(next - now);
            now = next;
            pace.sent(now);
        }
        assert!(pauses[2] >= 150, "{pauses:?}");
        assert!(pauses.windows(2).skip(1).all(|pair| pair[1] <= pair[0]), "{pauses:?}");
        assert_eq!(pauses[59], 104, "{pauses:?}");
    }
}
