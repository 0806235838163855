//! Consecutive reads at the cloud's rate. A read may be repeated: a throttled or lost one is
//! retried up to twice, one with a wrong key is not. Throttling with a window waits for the next
//! window.

use super::{
    Millis,
    clock::{is_ahead, skew_from_refusal},
};
use crate::{
    catalogue::Effect,
    clouds,
    explain::is_wrong_key,
    model::{
        outcome::{Fault, Response},
        plan::Target,
    },
    transport::{self, Pause, TransportResult},
};

/// Consecutive reads of a target, as a state machine without I/O.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reads {
    target: Target,
    through_proxy: bool,
    in_flight: bool,
    next_at: Millis,
    throttled_until: Option<Millis>,
    tries: u32,
    asked_at: Millis,
    clock_skew_seconds: Option<i64>,
    fault: Option<Fault>,
}

/// Whether the next read may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now; it counts as in flight.
    Now,
    /// Not before this time.
    At(Millis),
    /// After the one in flight.
    Wait,
    /// Never: a read failed for good.
    Never,
}

impl Reads {
    /// Reads of a target, through a proxy or not.
    pub fn new(target: Target, through_proxy: bool) -> Self {
        Reads {
            target,
            through_proxy,
            in_flight: false,
            next_at: 0,
            throttled_until: None,
            tries: 0,
            asked_at: 0,
            clock_skew_seconds: None,
            fault: None,
        }
    }

    /// The target.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Whether a proxy must say who responded.
    pub fn through_proxy(&self) -> bool {
        self.through_proxy
    }

    /// When the read in flight, or the last one, was sent.
    pub fn asked_at(&self) -> Millis {
        self.asked_at
    }

    /// Seconds to add to the page's clock for the signature, if the cloud's clock said so.
    pub fn clock_skew_seconds(&self) -> Option<i64> {
        self.clock_skew_seconds
    }

    /// Why they could not be finished.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Until when they wait because the cloud throttles reads.
    pub fn throttled_until(&self) -> Option<Millis> {
        self.throttled_until
    }

    /// Whether the next read may be sent.
    pub fn next(&mut self, now: Millis) -> Turn {
        if self.in_flight {
            return Turn::Wait;
        }
        if self.fault.is_some() {
            return Turn::Never;
        }
        if is_ahead(self.next_at, now) {
            return Turn::At(self.next_at);
        }
        let per_second = u64::from(self.target.cloud.describe_calls_per_second.max(1));
        self.next_at = now + 1_000_u64.div_ceil(per_second);
        self.in_flight = true;
        self.throttled_until = None;
        self.asked_at = now;
        Turn::Now
    }

    /// The read in flight succeeded.
    pub fn succeeded(&mut self) {
        self.in_flight = false;
        self.tries = 0;
    }

    /// The read in flight failed. It is retried unless [`Reads::fault`] is set.
    pub fn failed(&mut self, now: Millis, fault: Fault, result: &TransportResult) {
        self.in_flight = false;
        if self.corrects_clock(now, &fault, result) {
            self.next_at = now;
            return;
        }
        self.tries += 1;
        if self.tries > 2 || is_wrong_key(self.target.cloud, &fault) {
            self.fault = Some(fault);
        } else {
            let skew_seconds = self.clock_skew_seconds.unwrap_or_default();
            let pause = pause_after_refusal(
                &self.target,
                now,
                skew_seconds,
                &fault,
                result,
                self.through_proxy,
            );
            self.next_at = now + pause.map_or(0, |pause| pause.ms).max(500 << self.tries);
            self.throttled_until = pause.filter(|pause| pause.is_window).map(|_| self.next_at);
        }
    }

    /// Corrects the clock once from a refusal, before it is reported as an error.
    fn corrects_clock(&mut self, now: Millis, fault: &Fault, result: &TransportResult) -> bool {
        if self.clock_skew_seconds.is_some() {
            return false;
        }
        let times = (self.asked_at, now);
        self.clock_skew_seconds =
            skew_from_refusal(&self.target, times, fault, result, self.through_proxy);
        self.clock_skew_seconds.is_some()
    }
}

/// How long to wait after a throttled read. `None` if it was not throttled, if no wait is known, or
/// if the response is not the cloud's.
pub(super) fn pause_after_refusal(
    target: &Target,
    now: Millis,
    clock_skew_seconds: i64,
    fault: &Fault,
    result: &TransportResult,
    through_proxy: bool,
) -> Option<Pause> {
    let response = refused_for(Effect::Throttled, target, fault, result, through_proxy)?;
    let ours = now.saturating_add_signed(clock_skew_seconds * 1_000);
    transport::pause_after(target.cloud, response, ours)
}

/// The cloud's response to a read, if it was refused with this effect.
pub(super) fn refused_for<'a>(
    why: Effect,
    target: &Target,
    fault: &Fault,
    result: &'a TransportResult,
    through_proxy: bool,
) -> Option<&'a Response> {
    let (Fault::Cloud(report), TransportResult::Answered(response)) = (fault, result) else {
        return None;
    };
    let errors = clouds::catalogue(target.cloud).errors;
    (transport::is_from_cloud(response, through_proxy)
        && clouds::effect(errors, report, None) == why)
        .then_some(response)
}
