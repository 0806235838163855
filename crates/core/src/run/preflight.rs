//! The preflight: reads the states of all instances, page by page, at the cloud's rate.

use super::{Millis, Reads, Turn};
use crate::{
    clouds,
    explain::is_wrong_key,
    model::{
        eligibility::{Eligibility, SkipReason},
        instance_id::InstanceId,
        outcome::{Described, DescribedInstance, Fault},
        plan::{OperationSpec, Target},
    },
    transport::{self, TransportResult},
};
use std::collections::{HashMap, VecDeque};

/// How long something may be sent after a preflight. Its states age: somebody else may restart,
/// stop, release or lock an instance, and change its last operation. Long enough to read a review
/// and to type the count.
const VALID_FOR_MS: u64 = 300_000;

/// The age of a preflight, if it is too old to send anything. Also if the clock was set back since,
/// when its real age is not known.
pub fn outdated(described_at: Millis, now: Millis) -> Option<u64> {
    Some(now.abs_diff(described_at)).filter(|age_ms| *age_ms > VALID_FOR_MS)
}

/// A preflight of many instances, as a state machine without I/O: [`Preflight::next`] says what to
/// do, [`Preflight::described`] takes the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    reads: Reads,
    remaining: VecDeque<InstanceId>,
    total: usize,
    result: PreflightResult,
}

/// The result of a preflight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreflightResult {
    /// The instances that the cloud knows.
    pub instances: Vec<DescribedInstance>,
    /// When the first of them was requested, in milliseconds since 1970: no state is older.
    pub at: Millis,
    /// The age of the outdated preflight that this one replaces.
    pub replaced_age_ms: Option<u64>,
    /// Why the preflight could not be finished.
    pub fault: Option<Fault>,
    /// Seconds by which the cloud's clock is ahead of the page's, if that caused a refusal.
    pub clock_skew_seconds: Option<i64>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreflightCommand {
    /// Describe these instances and report with [`Preflight::described`].
    Describe(Vec<InstanceId>),
    /// Call [`Preflight::next`] again at this time.
    WakeAt(Millis),
    /// A describe call is in flight.
    Wait,
    /// Finished: see [`Preflight::result`].
    Done,
}

impl Preflight {
    /// A preflight of these instances.
    pub fn new(target: Target, ids: &[InstanceId], through_proxy: bool) -> Self {
        Preflight {
            reads: Reads::new(target, through_proxy),
            remaining: ids.iter().cloned().collect(),
            total: ids.len(),
            result: PreflightResult::default(),
        }
    }

    /// The same, in place of one that was too old.
    pub(crate) fn replacing(mut self, age_ms: Option<u64>) -> Self {
        self.result.replaced_age_ms = age_ms;
        self
    }

    /// Where it reads.
    pub fn target(&self) -> &Target {
        self.reads.target()
    }

    /// How many of how many instances were described.
    pub fn progress(&self) -> (usize, usize) {
        (self.total - self.remaining.len(), self.total)
    }

    /// Seconds to add to the page's clock for the signature, as learned from the cloud's clock.
    pub fn clock_skew_seconds(&self) -> i64 {
        self.reads.clock_skew_seconds().unwrap_or_default()
    }

    /// Until when it waits because the cloud throttles its reads.
    pub fn throttled_until(&self) -> Option<Millis> {
        self.reads.throttled_until()
    }

    /// The result so far.
    pub fn result(&self) -> &PreflightResult {
        &self.result
    }

    /// Whether it failed because the key was refused.
    pub fn has_wrong_key(&self) -> bool {
        let fault = self.result.fault.as_ref();
        fault.is_some_and(|fault| is_wrong_key(self.target().cloud, fault))
    }

    /// What to do at a time.
    pub fn next(&mut self, now: Millis) -> PreflightCommand {
        if self.remaining.is_empty() {
            return PreflightCommand::Done;
        }
        match self.reads.next(now) {
            Turn::Now => {
                let page = self.target().cloud.describe_ids_max.max(1);
                PreflightCommand::Describe(self.remaining.iter().take(page).cloned().collect())
            }
            Turn::At(at) => PreflightCommand::WakeAt(at),
            Turn::Wait => PreflightCommand::Wait,
            Turn::Never => PreflightCommand::Done,
        }
    }

    /// Takes the result of a describe call.
    pub fn described(&mut self, now: Millis, ids: &[InstanceId], result: &TransportResult) {
        let (cloud, through_proxy) = (self.target().cloud, self.reads.through_proxy());
        match transport::classify_describe(cloud, result, through_proxy) {
            Described::Found { instances, .. } => {
                self.reads.succeeded();
                self.remaining.drain(..ids.len().min(self.remaining.len()));
                self.result.instances.extend(instances);
                if self.result.at == 0 {
                    self.result.at = self.reads.asked_at();
                }
            }
            Described::Failed(fault) => {
                self.reads.failed(now, fault, result);
                self.result.fault = self.reads.fault().cloned();
                self.result.clock_skew_seconds = self.reads.clock_skew_seconds();
            }
        }
    }
}

/// Separates the instances that can take an operation from those that cannot, with the reasons. Ids
/// without a description were not found.
pub fn partition_eligible(
    spec: &OperationSpec,
    ids: &[InstanceId],
    described: &[DescribedInstance],
) -> (Vec<InstanceId>, Vec<(InstanceId, SkipReason)>) {
    let described: HashMap<&str, &DescribedInstance> =
        described.iter().map(|state| (state.id.as_str(), state)).collect();
    let mut eligible = Vec::new();
    let mut skipped = Vec::new();
    for id in ids {
        let verdict = described.get(id.as_str()).map_or(
            Eligibility::Skipped(SkipReason::NotFound),
            |state| {
                if spec.limits().selects(state) {
                    clouds::decoder(spec.target().cloud).eligibility(spec, state)
                } else {
                    Eligibility::Skipped(SkipReason::NotInSelection)
                }
            },
        );
        match verdict {
            Eligibility::Eligible => eligible.push(id.clone()),
            Eligibility::Skipped(reason) => skipped.push((id.clone(), reason)),
        }
    }
    (eligible, skipped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clouds, ids::parse_ids, model::outcome::Response};

    /// A refusal for the clock, with these headers.
    fn refused(headers: &[(&str, &str)]) -> TransportResult {
        TransportResult::Answered(Response {
            status: 200,
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            body: r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"expired"},"RequestId":"8f1e5c1a-0000-0000-0000-000000000001"}}"#.into(),
        })
    }

    fn preflight_of_one() -> (Preflight, Vec<InstanceId>) {
        let cloud = clouds::by_id("tencent").unwrap();
        let target = Target::new(cloud, None, "ap-guangzhou").unwrap();
        let ids: Vec<InstanceId> =
            parse_ids("ins-r8hr2upy", Some(cloud)).ids.into_iter().map(|one| one.id).collect();
        (Preflight::new(target, &ids, true), ids)
    }

    const FROM_CLOUD: (&str, &str) = ("proxy-status", "relight-proxy; received-status=200");
    const DATE: (&str, &str) = ("date", "Wed, 01 May 2024 08:10:00 GMT");

    #[test]
    fn clock_skew_is_corrected_once() {
        let (mut preflight, ids) = preflight_of_one();
        let refused = refused(&[FROM_CLOUD, DATE]);
        let now = 1_714_550_400_000;
        assert!(matches!(preflight.next(now), PreflightCommand::Describe(_)));
        preflight.described(now, &ids, &refused);
        assert_eq!(preflight.clock_skew_seconds(), 600);
        assert_eq!(preflight.result().clock_skew_seconds, Some(600));
        assert!(matches!(preflight.next(now), PreflightCommand::Describe(_)));
        // The same refusal again has another cause than the clock.
        preflight.described(now, &ids, &refused);
        assert!(matches!(preflight.next(now), PreflightCommand::WakeAt(_)));
    }

    /// A cloud with rate limit windows throttles reads until the next window.
    #[test]
    fn a_throttled_window_is_waited_for() {
        let cloud = clouds::by_id("alibaba").unwrap();
        let target = Target::new(cloud, None, "cn-hangzhou").unwrap();
        let ids: Vec<InstanceId> = parse_ids("i-bp1g6zv0ce8oghu7k2m4", Some(cloud))
            .ids
            .into_iter()
            .map(|one| one.id)
            .collect();
        let refused = |headers: &[(&str, &str)]| {
            TransportResult::Answered(Response {
                status: 400,
                headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
                body: r#"{"RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E","HostId":"h","Code":"Throttling.User","Message":"Request was denied due to user flow control."}"#.into(),
            })
        };
        let from_cloud = ("proxy-status", "relight-proxy; received-status=400");
        let date = ("date", "Wed, 01 May 2024 08:00:41 GMT");
        // By the cloud's clock the next minute begins in 19 s; 2 s are added, since its seconds are
        // truncated.
        for (headers, wait_ms, is_window) in [
            (&[from_cloud, date][..], 21_000, true),
            (&[from_cloud, date, ("x-acs-retry-after", "3000")], 3_000, false),
            // Not marked by the proxy: proves nothing, and is retried like other faults.
            (&[date], 1_000, false),
        ] {
            let mut preflight = Preflight::new(target.clone(), &ids, true);
            let now = 1_714_550_441_000;
            assert!(matches!(preflight.next(now), PreflightCommand::Describe(_)));
            preflight.described(now, &ids, &refused(headers));
            assert_eq!(preflight.next(now), PreflightCommand::WakeAt(now + wait_ms), "{headers:?}");
            let until = is_window.then_some(now + wait_ms);
            assert_eq!(preflight.throttled_until(), until, "{headers:?}");
            assert!(matches!(preflight.next(now + wait_ms), PreflightCommand::Describe(_)));
            assert_eq!(preflight.throttled_until(), None, "{headers:?}");
        }
    }

    #[test]
    fn a_clock_set_back_does_not_stop_reads() {
        let (mut preflight, ids) = preflight_of_one();
        let now = 1_714_550_400_000;
        assert!(matches!(preflight.next(now), PreflightCommand::Describe(_)));
        preflight.described(now, &ids, &refused(&[]));
        assert_eq!(preflight.next(now), PreflightCommand::WakeAt(now + 1_000));
        assert!(matches!(preflight.next(now - 3_600_000), PreflightCommand::Describe(_)));
    }

    #[test]
    fn only_the_clouds_own_date_sets_the_clock() {
        let other = ("date", "Wed, 01 May 2024 08:20:00 GMT");
        for headers in [
            &[FROM_CLOUD][..],
            &[FROM_CLOUD, DATE, ("age", "600")],
            &[FROM_CLOUD, DATE, ("age", "0")],
            &[FROM_CLOUD, DATE, other],
            // From an unknown sender or an intermediary.
            &[DATE],
            &[("proxy-status", "another; received-status=200"), DATE],
        ] {
            let (mut preflight, ids) = preflight_of_one();
            let now = 1_714_550_400_000;
            assert!(matches!(preflight.next(now), PreflightCommand::Describe(_)));
            preflight.described(now, &ids, &refused(headers));
            assert_eq!(preflight.clock_skew_seconds(), 0, "{headers:?}");
            assert_eq!(preflight.result().clock_skew_seconds, None, "{headers:?}");
        }
    }
}
