//! The search for instances in other regions: reads only, one region after the other.

use crate::{
    model::{instance_id::InstanceId, plan::Target},
    run::{Millis, Preflight, PreflightCommand},
    transport::TransportResult,
};
use std::collections::{HashSet, VecDeque};

/// A search for instances that were not found in their region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionSearch {
    through_proxy: bool,
    missing: Vec<InstanceId>,
    remaining: VecDeque<Target>,
    regions: usize,
    preflight: Option<Preflight>,
    found: Vec<(String, Vec<InstanceId>)>,
}

impl RegionSearch {
    /// A search of every other known region; `None` without regions or ids.
    pub(super) fn new(
        target: &Target,
        missing: Vec<InstanceId>,
        through_proxy: bool,
    ) -> Option<Self> {
        let remaining: VecDeque<Target> = target
            .cloud
            .regions
            .known
            .iter()
            .filter(|region| region.id != target.region)
            .map(|region| Target { region: region.id.to_owned(), ..target.clone() })
            .collect();
        (!remaining.is_empty() && !missing.is_empty()).then(|| RegionSearch {
            through_proxy,
            missing,
            regions: remaining.len(),
            remaining,
            preflight: None,
            found: Vec::new(),
        })
    }

    /// How many of how many regions have been searched.
    pub fn progress(&self) -> (usize, usize) {
        (self.regions - self.remaining.len() - usize::from(self.preflight.is_some()), self.regions)
    }

    /// Until when it waits because the cloud throttles its reads.
    pub fn throttled_until(&self) -> Option<Millis> {
        self.preflight.as_ref()?.throttled_until()
    }

    /// Whether it is finished.
    pub fn is_done(&self) -> bool {
        self.preflight.is_none() && (self.remaining.is_empty() || self.missing.is_empty())
    }

    /// The regions with the instances found there.
    pub fn found(&self) -> &[(String, Vec<InstanceId>)] {
        &self.found
    }

    /// The instances found in a region.
    pub(super) fn found_in(&self, region: &str) -> Vec<InstanceId> {
        self.found
            .iter()
            .filter(|(found, _)| found == region)
            .flat_map(|(_, ids)| ids.clone())
            .collect()
    }

    pub(super) fn next(&mut self, now: Millis) -> Option<(Target, i64, PreflightCommand)> {
        if self.is_done() {
            return None;
        }
        if self.preflight.is_none() {
            let target = self.remaining.pop_front()?;
            self.preflight = Some(Preflight::new(target, &self.missing, self.through_proxy));
        }
        let preflight = self.preflight.as_mut()?;
        let command = preflight.next(now);
        Some((preflight.target().clone(), preflight.clock_skew_seconds(), command))
    }

    pub(super) fn described(&mut self, now: Millis, ids: &[InstanceId], result: &TransportResult) {
        let Some(preflight) = &mut self.preflight else { return };
        preflight.described(now, ids, result);
        let (done, total) = preflight.progress();
        // A region that cannot be read (not enabled, not allowed) is skipped.
        if done < total && preflight.result().fault.is_none() {
            return;
        }
        let here: HashSet<&str> =
            preflight.result().instances.iter().map(|state| state.id.as_str()).collect();
        let found: Vec<InstanceId> =
            self.missing.iter().filter(|id| here.contains(id.as_str())).cloned().collect();
        if !found.is_empty() {
            self.found.push((preflight.target().region.clone(), found.clone()));
            self.missing.retain(|id| !found.contains(id));
        }
        self.preflight = None;
    }
}
