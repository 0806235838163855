//! Looking for instances in the other regions: reads only, one region after the other.

use crate::{
    answer::Delivery,
    ids::InstanceId,
    plan::Target,
    run::{Look, LookCommand, Millis},
};
use std::collections::{HashSet, VecDeque};

/// A search for instances that were not found where they were looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    through_proxy: bool,
    missing: Vec<InstanceId>,
    left: VecDeque<Target>,
    regions: usize,
    look: Option<Look>,
    found: Vec<(String, Vec<InstanceId>)>,
}

impl Elsewhere {
    /// A search in every other region that is known; `None` if there are no regions or no ids.
    pub(super) fn new(
        target: &Target,
        missing: Vec<InstanceId>,
        through_proxy: bool,
    ) -> Option<Self> {
        let left: VecDeque<Target> = target
            .cloud
            .manifest()
            .regions
            .known
            .iter()
            .filter(|region| region.id != target.region)
            .map(|region| Target { region: region.id.to_owned(), ..target.clone() })
            .collect();
        (!left.is_empty() && !missing.is_empty()).then(|| Elsewhere {
            through_proxy,
            missing,
            regions: left.len(),
            left,
            look: None,
            found: Vec::new(),
        })
    }

    /// How many of how many regions have been searched.
    pub fn progress(&self) -> (usize, usize) {
        (self.regions - self.left.len() - usize::from(self.look.is_some()), self.regions)
    }

    /// Whether it is over.
    pub fn is_done(&self) -> bool {
        self.look.is_none() && (self.left.is_empty() || self.missing.is_empty())
    }

    /// The regions in which instances were found, with them.
    pub fn found(&self) -> &[(String, Vec<InstanceId>)] {
        &self.found
    }

    /// The instances that were found in a region.
    pub(super) fn found_in(&self, region: &str) -> Vec<InstanceId> {
        self.found
            .iter()
            .filter(|(found, _)| found == region)
            .flat_map(|(_, ids)| ids.clone())
            .collect()
    }

    pub(super) fn next(&mut self, now: Millis) -> Option<(Target, i64, LookCommand)> {
        if self.is_done() {
            return None;
        }
        if self.look.is_none() {
            let target = self.left.pop_front()?;
            self.look = Some(Look::new(target, &self.missing, self.through_proxy));
        }
        let look = self.look.as_mut()?;
        let command = look.next(now);
        Some((look.target().clone(), look.clock_skew_seconds(), command))
    }

    pub(super) fn looked(&mut self, now: Millis, ids: &[InstanceId], delivery: &Delivery) {
        let Some(look) = &mut self.look else { return };
        look.looked(now, ids, delivery);
        let (done, total) = look.progress();
        // A region that refuses to be looked at (not opened, not allowed) is left out.
        if done < total && look.seen().fault.is_none() {
            return;
        }
        let here: HashSet<&str> =
            look.seen().instances.iter().map(|state| state.id.as_str()).collect();
        let found: Vec<InstanceId> =
            self.missing.iter().filter(|id| here.contains(id.as_str())).cloned().collect();
        if !found.is_empty() {
            self.found.push((look.target().region.clone(), found.clone()));
            self.missing.retain(|id| !found.contains(id));
        }
        self.look = None;
    }
}
