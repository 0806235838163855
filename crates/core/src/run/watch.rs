//! Watching: describes the instances after their calls until their outcomes are final.

use super::{Millis, Pause, Run, conclude};
use crate::{
    clouds,
    model::{
        eligibility::{Eligibility, SkipReason},
        instance_id::InstanceId,
        outcome::{Described, DescribedInstance},
    },
    run::{
        clock::{is_ahead, skew_from_refusal, skew_seconds},
        conclude::CloudClock,
        reads::pause_after_refusal,
        response::lacks_key,
        row::{WatchReason, Watched},
    },
    transport::{self, TransportResult},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

impl Run {
    /// When the instances are described next; `None` if they are not, or a describe call is in
    /// flight.
    pub fn next_describe_at(&self) -> Option<Millis> {
        self.transient.next_describe_at.filter(|_| {
            !self.transient.describing && !self.transient.lacks_key && self.is_watching()
        })
    }

    /// Until when describe calls wait because the cloud throttles them.
    pub fn describes_throttled_until(&self, now: Millis) -> Option<Millis> {
        self.transient.describes_throttled_until.filter(|until| is_ahead(*until, now))
    }

    /// Whether any instance is watched.
    pub(super) fn is_watching(&self) -> bool {
        !self.transient.isolating.is_empty()
            || (self.policy.watch && self.rows.iter().any(|row| row.watched.is_some()))
    }

    /// The next page of instances to describe, if it is due.
    pub(super) fn next_describe(&mut self, now: Millis) -> NextDescribe {
        let resting =
            self.closed || self.pause == Some(Pause::Restored) || self.transient.lacks_key;
        if self.transient.describing || !self.is_watching() || resting || !self.may_describe() {
            return NextDescribe::Nothing;
        }
        if let Some(until) = self.describes_throttled_until(now) {
            return NextDescribe::Wait(until);
        }
        let at = self.transient.next_describe_at.unwrap_or(now);
        if self.transient.due.is_empty() {
            if is_ahead(at, now) {
                return NextDescribe::Wait(at);
            }
            let isolating = self.transient.isolating.iter().map(|(position, _)| *position);
            let watched = self.rows.iter().enumerate();
            let watched = watched.filter(|(_, row)| row.watched.is_some()).map(|(at, _)| at);
            let mut due = BTreeSet::new();
            // One by one: `collect` into a set sorts first, which is much code for few numbers.
            for position in isolating.chain(watched) {
                due.insert(position);
            }
            self.transient.due.extend(due);
        }
        let cloud = self.spec.target().cloud;
        let rate = usize::try_from(cloud.describe_calls_per_second.max(1)).unwrap_or(1);
        if self.transient.last_describes.len() >= rate
            && let Some(oldest) = self.transient.last_describes.front()
            && is_ahead(oldest + 1_000, now)
        {
            return NextDescribe::Wait(oldest + 1_000);
        }
        let most = cloud.describe_ids_max.max(1).min(self.transient.due.len());
        let ids: Vec<InstanceId> = self
            .transient
            .due
            .drain(..most)
            .filter_map(|position| self.rows.get(position))
            .map(|row| row.id.clone())
            .collect();
        if self.transient.last_describes.len() >= rate {
            self.transient.last_describes.pop_front();
        }
        self.transient.last_describes.push_back(now);
        self.transient.describing = true;
        NextDescribe::Describe(ids)
    }

    /// A describe call has a result.
    pub(super) fn described(&mut self, now: Millis, ids: &[InstanceId], result: &TransportResult) {
        self.transient.describing = false;
        self.transient.lacks_key |= lacks_key(result);
        if self.transient.due.is_empty() {
            self.transient.describe_interval_ms = conclude::next_interval_ms(
                self.transient.describe_interval_ms,
                self.transient.hidden,
            );
            self.transient.next_describe_at = Some(now + self.transient.describe_interval_ms);
        }
        let described = transport::classify_describe(
            self.spec.target().cloud,
            result,
            self.policy.through_proxy,
        );
        let found = match described {
            Described::Found { instances, .. } => instances,
            // A failed describe call shows nothing: unknown stays unknown. If it failed because of
            // the clock, that is corrected, or it would never succeed.
            Described::Failed(fault) => {
                let asked_at = self.transient.last_describes.back().copied().unwrap_or(now);
                let target = self.spec.target();
                let through_proxy = self.policy.through_proxy;
                let times = (asked_at, now);
                let skew = skew_from_refusal(target, times, &fault, result, through_proxy);
                let pause = pause_after_refusal(
                    target,
                    now,
                    self.clock_skew_seconds,
                    &fault,
                    result,
                    through_proxy,
                );
                if skew.is_some_and(|seconds| self.learn_clock(now, seconds)) {
                    self.describe_by(now);
                } else if let Some(pause) = pause {
                    self.transient.describes_throttled_until = Some(now + pause.ms);
                } else {
                    self.isolation_failed(ids);
                }
                return;
            }
        };
        let found: HashMap<&str, &DescribedInstance> =
            found.iter().map(|state| (state.id.as_str(), state)).collect();
        let asked_at = self.transient.last_describes.back().copied().unwrap_or(now);
        let ahead_seconds = match result {
            TransportResult::Answered(response) => skew_seconds(asked_at, now, response),
            TransportResult::NotSent { .. } | TransportResult::Lost { .. } => None,
        };
        let ahead_seconds = ahead_seconds.unwrap_or(self.clock_skew_seconds);
        for id in ids {
            if let Some(position) = self.index.get(id) {
                self.transient.described_at.insert(*position, asked_at);
            }
            self.apply_described(now, id, ahead_seconds, found.get(id.as_str()).copied());
        }
        self.isolate();
    }

    fn apply_described(
        &mut self,
        now: Millis,
        id: &InstanceId,
        ahead_seconds: i64,
        described: Option<&DescribedInstance>,
    ) {
        let Some(position) = self.index.get(id).copied() else { return };
        self.transient.undescribed.remove(&position);
        let Some(row) = self.rows.get(position) else { return };
        for (waiting, verdict) in &mut self.transient.isolating {
            if *waiting == position {
                *verdict =
                    Some(described.map_or(Eligibility::Skipped(SkipReason::NotFound), |state| {
                        clouds::decoder(self.spec.target().cloud).eligibility(&self.spec, state)
                    }));
            }
        }
        let call = row.call.and_then(|call| self.calls.get(call));
        let request_id = call.and_then(|call| call.request_id.clone());
        // The earliest time of sending by the cloud's clock: from its own response, if there was
        // one.
        let sent = row.sent_at.and_then(|at| i64::try_from(at / 1_000).ok());
        let sent = call
            .and_then(|call| call.answered_at_cloud_seconds)
            .or_else(|| Some(sent?.saturating_add(ahead_seconds)))
            .map(|seconds| seconds.saturating_add(1));
        let described_at = i64::try_from(now.div_ceil(1_000)).unwrap_or(i64::MAX);
        let clock = CloudClock { sent, described: described_at.saturating_add(ahead_seconds) };
        let change =
            conclude::conclude(now, &self.spec, row, request_id.as_deref(), clock, described);
        let unchanged_state =
            described.is_none_or(|described| row.state.as_ref() == Some(&described.state));
        if change.is_none() && unchanged_state {
            return;
        }
        self.change(id, |row| {
            if let Some(described) = described {
                row.state = Some(described.state.clone());
                for (own, other) in [
                    (&mut row.name, &described.name),
                    (&mut row.zone, &described.zone),
                    (&mut row.address, &described.address),
                ] {
                    if !other.is_empty() {
                        own.clone_from(other);
                    }
                }
            }
            let Some(change) = change else { return };
            row.outcome = change.outcome;
            row.evidence = change.evidence;
            if let Some(fault) = change.fault {
                row.fault = Some(Arc::new(fault));
            }
            if change.settled {
                row.watched = None;
                row.settled_at = Some(now);
            } else if let Some(watched) = &mut row.watched {
                watched.describe_calls += 1;
                watched.transition_seen |= change.transition_seen;
                watched.may_be_others |= change.may_be_others;
            }
        });
    }

    /// An overdue instance is not described any more. Before it can be forced it is described
    /// again: it may run. Without a response it is overdue only if a transition was observed.
    pub(super) fn watch_overdue(&mut self, now: Millis, position: usize) {
        let Some(row) = self.rows.get(position) else { return };
        let answered = row.call.and_then(|call| self.calls.get(call)?.request_id.as_ref());
        let (reason, transition_seen) = match answered {
            Some(_) => (WatchReason::Accepted, false),
            None => (WatchReason::Lost, true),
        };
        let since = row.sent_at.unwrap_or(now);
        let id = row.id.clone();
        self.change(&id, |row| {
            row.watched = Some(Watched { transition_seen, ..Watched::new(since, reason) });
            row.settled_at = None;
        });
    }

    /// Describes at this time, unless earlier.
    pub(super) fn describe_by(&mut self, at: Millis) {
        let transient = &mut self.transient;
        transient.describe_interval_ms = 0;
        transient.next_describe_at =
            Some(transient.next_describe_at.map_or(at, |earlier| earlier.min(at)));
    }
}

/// What to do about describing.
pub(super) enum NextDescribe {
    Nothing,
    Wait(Millis),
    Describe(Vec<InstanceId>),
}
