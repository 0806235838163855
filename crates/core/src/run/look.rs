//! Looking before anything is asked: the states of all instances, page by page, at the cloud's pace.

use super::Millis;
use crate::{
    answer::{self, Delivery, Described, Fault, InstanceState},
    ids::InstanceId,
    plan::Target,
};
use std::collections::VecDeque;

/// A look at many instances, as a state machine without I/O: [`Look::next`] says what to do,
/// [`Look::looked`] takes what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    target: Target,
    through_proxy: bool,
    left: VecDeque<InstanceId>,
    total: usize,
    looking: bool,
    next_at: Millis,
    tries: u32,
    seen: Seen,
}

/// What a look has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The instances that the cloud knows.
    pub instances: Vec<InstanceState>,
    /// When the last of them came, in milliseconds since 1970.
    pub at: Millis,
    /// Why the look could not be finished.
    pub fault: Option<Fault>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookCommand {
    /// Describe these instances and report with [`Look::looked`].
    Describe(Vec<InstanceId>),
    /// Ask again at this time.
    WakeAt(Millis),
    /// An answer is on the way.
    Wait,
    /// It is over: [`Look::seen`] has the result.
    Done,
}

impl Look {
    /// A look at these instances.
    pub fn new(target: Target, ids: &[InstanceId], through_proxy: bool) -> Self {
        Look {
            target,
            through_proxy,
            left: ids.iter().cloned().collect(),
            total: ids.len(),
            looking: false,
            next_at: 0,
            tries: 0,
            seen: Seen::default(),
        }
    }

    /// Where it looks.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// How many of how many instances have been looked at.
    pub fn progress(&self) -> (usize, usize) {
        (self.total - self.left.len(), self.total)
    }

    /// What it has brought so far.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// What to do at a time.
    pub fn next(&mut self, now: Millis) -> LookCommand {
        if self.looking {
            return LookCommand::Wait;
        }
        if self.left.is_empty() || self.seen.fault.is_some() {
            return LookCommand::Done;
        }
        if now < self.next_at {
            return LookCommand::WakeAt(self.next_at);
        }
        let manifest = self.target.cloud.manifest();
        self.next_at =
            now + 1_000_u64.div_ceil(u64::from(manifest.describe_calls_per_second.max(1)));
        self.looking = true;
        let page = manifest.describe_ids_max.max(1);
        LookCommand::Describe(self.left.iter().take(page).cloned().collect())
    }

    /// Takes what a describe call has brought. Reads may be repeated: a page that was refused for
    /// pace, or lost, is asked for again, twice at most.
    pub fn looked(&mut self, now: Millis, ids: &[InstanceId], delivery: &Delivery) {
        self.looking = false;
        match answer::settle_describe(self.target.cloud, delivery, self.through_proxy) {
            Described::Found { instances, .. } => {
                self.tries = 0;
                self.left.drain(..ids.len().min(self.left.len()));
                self.seen.instances.extend(instances);
                self.seen.at = now;
            }
            Described::Failed(fault) => {
                self.tries += 1;
                if self.tries > 2 {
                    self.seen.fault = Some(fault);
                    self.seen.at = now;
                } else {
                    self.next_at = now + (500 << self.tries);
                }
            }
        }
    }
}
