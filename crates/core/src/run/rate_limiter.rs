//! The rate limiter: never faster than the cloud allows.

use super::Millis;
use std::collections::VecDeque;

const SECOND_MS: u64 = 1_000;

/// The cloud counts arrivals. A delayed call brings the next ones closer together, so a call whose
/// arrival is not known is assumed to be delayed by this much; a response proves that it arrived
/// earlier.
const IN_FLIGHT_MS: u64 = 40;

/// Times are truncated to milliseconds in several places.
const GRAIN_MS: u64 = 2;

/// When the next call may be sent: the allowed number of arrivals in any second, evenly spread.
#[derive(Clone, Debug)]
pub(super) struct RateLimiter {
    calls_per_second: usize,
    interval_ms: u64,
    /// The interval before any throttling.
    usual_interval_ms: u64,
    /// How many calls were sent since the interval last changed.
    unchanged_for: usize,
    next_at: Millis,
    /// Nothing is sent before this: a wait that was requested, or known throttling.
    refused_until: Millis,
    /// The last calls, as many as are allowed per second.
    recent: VecDeque<Recent>,
    slowed_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
struct Recent {
    call: usize,
    sent_at: Millis,
    /// When it leaves the cloud's window of a second.
    over_at: Millis,
}

impl Recent {
    const fn new(call: usize, sent_at: Millis) -> Self {
        Recent { call, sent_at, over_at: sent_at + IN_FLIGHT_MS + SECOND_MS }
    }
}

impl RateLimiter {
    pub(super) fn new(calls_per_second: u32) -> Self {
        let calls_per_second = calls_per_second.max(1);
        let usual_interval_ms = SECOND_MS.div_ceil(u64::from(calls_per_second));
        RateLimiter {
            calls_per_second: usize::try_from(calls_per_second).unwrap_or(1),
            // Rounded up: one call too many in a second is throttled.
            interval_ms: usual_interval_ms,
            usual_interval_ms,
            unchanged_for: 0,
            next_at: 0,
            refused_until: 0,
            recent: VecDeque::new(),
            slowed_at: None,
        }
    }

    pub(super) fn interval_ms(&self) -> u64 {
        self.interval_ms
    }

    pub(super) fn next_at(&self, now: Millis) -> Millis {
        if self.was_set_back(now) {
            return now;
        }
        let window = self
            .first_over()
            .filter(|_| self.recent.len() >= self.calls_per_second)
            .and_then(|place| self.recent.get(place))
            .map_or(0, |first| first.over_at);
        self.next_at.max(window).max(self.refused_until)
    }

    /// Records a call sent at a time, or about to be.
    ///
    /// A call sent slightly late, because of timers or the disk, does not delay the next ones: only
    /// the number per second is limited.
    pub(super) fn sent(&mut self, call: usize, at: Millis) {
        self.reset_if_clock_set_back(at);
        let late_ms = at.saturating_sub(self.next_at);
        let due = if late_ms <= self.interval_ms { self.next_at.min(at) } else { at };
        self.next_at = due + self.interval_ms;
        // Recovers gradually after throttling: slightly faster after every second's worth of calls.
        self.unchanged_for += 1;
        if self.unchanged_for > self.calls_per_second {
            self.unchanged_for = 0;
            self.interval_ms = (self.interval_ms * 9 / 10).max(self.usual_interval_ms);
        }
        if self.recent.len() >= self.calls_per_second
            && let Some(place) = self.first_over()
        {
            self.recent.remove(place);
        }
        self.recent.push_back(Recent::new(call, at));
    }

    /// Whether a call still has its slot.
    pub(super) fn has_slot_for(&self, call: usize) -> bool {
        self.recent.iter().any(|recent| recent.call == call)
    }

    /// A call was sent only now.
    pub(super) fn mark_sent(&mut self, call: usize, now: Millis) {
        if let Some(recent) = self.last_of(call)
            && now > recent.sent_at
        {
            *recent = Recent::new(call, now);
        }
    }

    /// A call is answered or lost: it arrived before now, if at all.
    pub(super) fn answered(&mut self, call: usize, now: Millis) {
        if let Some(recent) = self.last_of(call) {
            recent.over_at = recent.over_at.min(now.max(recent.sent_at) + SECOND_MS + GRAIN_MS);
        }
    }

    fn last_of(&mut self, call: usize) -> Option<&mut Recent> {
        self.recent.iter_mut().rev().find(|recent| recent.call == call)
    }

    /// The index of the call that leaves the cloud's window first.
    fn first_over(&self) -> Option<usize> {
        let places = self.recent.iter().enumerate();
        places.min_by_key(|(_, recent)| recent.over_at).map(|(place, _)| place)
    }

    /// A clock that was set back must not block the run for hours.
    fn was_set_back(&self, now: Millis) -> bool {
        self.recent.back().is_some_and(|last| now + SECOND_MS < last.sent_at)
    }

    /// Times of the previous clock are meaningless.
    fn reset_if_clock_set_back(&mut self, now: Millis) {
        if self.was_set_back(now) {
            self.recent.clear();
            self.next_at = now;
            self.refused_until = 0;
        }
    }

    pub(super) fn not_before(&mut self, at: Millis) {
        self.next_at = self.next_at.max(at);
    }

    /// Cancels a requested pause.
    pub(super) fn no_pause(&mut self, now: Millis) {
        self.next_at = self.next_at.min(now + self.interval_ms);
    }

    /// How long to wait after throttling; slows down from then on. Calls in flight together are
    /// throttled together, which slows down once.
    pub(super) fn throttled(
        &mut self,
        now: Millis,
        sent_at: Millis,
        (call, resends): (usize, u32),
        asked_ms: Option<u64>,
    ) -> u64 {
        self.reset_if_clock_set_back(now);
        if self.slowed_at.is_none_or(|slowed_at| sent_at >= slowed_at) {
            self.interval_ms = (self.interval_ms * 5 / 4).min(5_000);
            self.unchanged_for = 0;
            self.slowed_at = Some(now);
        }
        let asked_ms = asked_ms.unwrap_or(0);
        // A requested wait applies to every call.
        self.refused_until = self.refused_until.max(now + asked_ms);
        let backoff = 500_u64 << resends.min(6);
        // Jitter, so that several pages do not retry in step: derived from the call's number.
        let spread = (call as u64).wrapping_mul(7_919) % (backoff / 2 + 1);
        asked_ms.max(backoff) + spread
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimiter;

    /// The times at which calls are sent, each late by the given delay and answered after so many
    /// milliseconds, or not within a second.
    fn times(mut limiter: RateLimiter, late_ms: &[u64], answer_ms: Option<u64>) -> Vec<u64> {
        let mut now = 1_000_000;
        let mut sent: Vec<u64> = Vec::new();
        for late in late_ms {
            let mut due = now.max(limiter.next_at(now));
            // A response meanwhile may bring the next slot forward.
            for (call, sent_at) in sent.iter().enumerate() {
                let Some(answered_at) = answer_ms.map(|ms| sent_at + ms) else { continue };
                if (now..=due).contains(&answered_at) {
                    limiter.answered(call, answered_at);
                    due = answered_at.max(limiter.next_at(answered_at));
                }
            }
            now = due;
            limiter.sent(sent.len(), now);
            now += late;
            limiter.mark_sent(sent.len(), now);
            sent.push(now);
        }
        sent
    }

    const LATE_MS: [u64; 7] = [0, 9, 3, 6, 1, 12, 2];

    #[test]
    fn the_rate_holds_and_delays_do_not_add_up() {
        let late: Vec<u64> = (0..200).map(|call| LATE_MS[call % 7]).collect();
        for (answer_ms, most_ms) in [(None, 106), (Some(200), 106), (Some(15), 103)] {
            let times = times(RateLimiter::new(10), &late, answer_ms);
            for eleven in times.windows(11) {
                assert!(eleven[10] - eleven[0] > 1_000, "{answer_ms:?} {eleven:?}");
            }
            let took = times[199] - times[0];
            assert!(took < 199 * most_ms, "{answer_ms:?}: {took} ms for 199 pauses of 100 ms");
        }
    }

    #[test]
    fn a_call_counts_from_its_earliest_arrival() {
        let mut limiter = RateLimiter::new(1);
        limiter.sent(0, 1_000_000);
        assert_eq!(limiter.next_at(1_000_000), 1_001_040, "nobody knows when it arrived");
        limiter.mark_sent(0, 1_000_300);
        assert_eq!(limiter.next_at(1_000_300), 1_001_340, "it was held up in the page");
        limiter.answered(0, 1_000_310);
        assert_eq!(limiter.next_at(1_000_310), 1_001_312, "it arrived before its answer");
        limiter.answered(0, 1_000_900);
        limiter.mark_sent(0, 1_000_200);
        assert_eq!(limiter.next_at(1_000_900), 1_001_312, "what comes later knows no better");
    }

    #[test]
    fn a_slow_response_changes_no_interval() {
        let mut limiter = RateLimiter::new(1);
        limiter.sent(0, 1_000_000);
        limiter.answered(0, 1_000_700);
        assert_eq!(limiter.next_at(1_000_700), 1_001_040);
    }

    #[test]
    fn no_burst_after_a_long_pause() {
        let mut limiter = RateLimiter::new(10);
        limiter.sent(0, 1_000_000);
        assert_eq!(limiter.next_at(1_000_000), 1_000_100);
        limiter.sent(1, 1_009_000);
        assert_eq!(limiter.next_at(1_009_000), 1_009_100);
    }

    #[test]
    fn a_clock_set_back_does_not_stop_calls() {
        let mut limiter = RateLimiter::new(1);
        limiter.sent(0, 9_000_000);
        assert_eq!(limiter.next_at(1_000_000), 1_000_000);
        limiter.sent(1, 1_000_000);
        assert_eq!(limiter.next_at(1_000_001), 1_001_040);
    }

    #[test]
    fn throttling_after_a_clock_set_back_still_waits() {
        let mut limiter = RateLimiter::new(1);
        limiter.sent(0, 9_000_000);
        limiter.throttled(1_000_000, 9_000_000, (0, 0), Some(60_000));
        assert_eq!(limiter.next_at(1_000_000), 1_060_000);
    }

    #[test]
    fn simultaneous_throttling_slows_down_once() {
        let mut limiter = RateLimiter::new(10);
        for (call, at) in [0, 100, 200].into_iter().enumerate() {
            limiter.sent(call, 1_000_000 + at);
        }
        for at in [0, 100, 200] {
            limiter.throttled(1_000_300, 1_000_000 + at, (0, 0), None);
        }
        limiter.sent(3, 1_000_300);
        assert_eq!(limiter.next_at(1_000_300), 1_000_300 + 125);
    }

    #[test]
    fn the_rate_recovers_after_throttling() {
        let mut limiter = RateLimiter::new(10);
        let mut now = 1_000_000;
        limiter.sent(0, now);
        limiter.throttled(now, now, (0, 0), None);
        let mut pauses = Vec::new();
        for call in 1..61 {
            let next = limiter.next_at(now).max(now);
            pauses.push(next - now);
            now = next;
            limiter.sent(call, now);
            limiter.answered(call, now);
        }
        assert!(pauses[2] >= 125, "{pauses:?}");
        assert!(pauses.windows(2).skip(1).all(|pair| pair[1] <= pair[0] + 2), "{pauses:?}");
        assert!(pauses[50..].iter().all(|pause| (100..=102).contains(pause)), "{pauses:?}");
    }
}
