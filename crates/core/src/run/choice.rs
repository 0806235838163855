//! What the user can ask of a running or finished run.

use super::{Call, CallState, Command, Millis, Row, Run, conclude, preflight};
use crate::{
    model::{
        cloud::{Operation, Verb},
        eligibility::Eligibility,
        instance_id::InstanceId,
        outcome::Outcome,
        plan::{self, OperationSpec},
    },
    run::row::{WatchReason, Watched},
};
use serde::Serialize;
use std::sync::Arc;

/// What the user can ask of a running or finished run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Send refused instances again, where that can help.
    RetryFailed,
    /// Send instances whose calls were not sent.
    SendNotStarted,
    /// Describe the unknown instances again. Changes nothing.
    CheckUnknown,
    /// A call that was refused because of one instance: describe each, then send the eligible ones;
    /// if all are eligible, send two halves.
    #[serde(rename = "narrow")]
    Isolate,
    /// Force instances that are still restarting after a soft request.
    Force,
}

impl Choice {
    /// Every choice.
    pub const ALL: [Choice; 5] = [
        Choice::RetryFailed,
        Choice::SendNotStarted,
        Choice::CheckUnknown,
        Choice::Isolate,
        Choice::Force,
    ];
}

/// What a choice would send, as shown to the user and to the host page, and as approved by both:
/// the operation and a set of instances. If the choice would send anything else by then, nothing is
/// sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    choice: Choice,
    spec: Arc<OperationSpec>,
    ids: Vec<InstanceId>,
    calls: usize,
}

impl Approval {
    /// The choice.
    pub fn choice(&self) -> Choice {
        self.choice
    }

    /// The operation.
    pub fn spec(&self) -> &Arc<OperationSpec> {
        &self.spec
    }

    /// The instances.
    pub fn ids(&self) -> &[InstanceId] {
        &self.ids
    }

    /// The number of calls; the most where it depends on a describe call.
    pub fn calls(&self) -> usize {
        self.calls
    }
}

/// How long a soft restart may take before force is offered.
const FORCE_OFFERED_AFTER_MS: u64 = 60_000;

impl Run {
    /// The number of instances that a choice would send, as of the last event.
    pub fn choice_count(&self, choice: Choice) -> usize {
        let now = self.transient.now;
        self.rows.iter().filter(|row| self.can_take(choice, row, now)).count()
    }

    /// The instances that a choice would send, as of the last event.
    pub fn choice_ids(&self, choice: Choice) -> Vec<InstanceId> {
        let now = self.transient.now;
        let taken = self.rows.iter().filter(|row| self.can_take(choice, row, now));
        taken.map(|row| row.id.clone()).collect()
    }

    /// The number of calls that a choice would send, as of the last event; the most where it
    /// depends on a describe call.
    pub fn choice_calls(&self, choice: Choice) -> usize {
        let count = self.choice_count(choice);
        let most = self.spec.operation().ids_max.max(1).min(self.chosen_size().max(1));
        match choice {
            Choice::CheckUnknown => 0,
            Choice::RetryFailed | Choice::SendNotStarted => {
                let first = usize::from(self.wants_canary(count));
                first + (count - first).div_ceil(most)
            }
            Choice::Isolate => count.div_ceil(most).max(2),
            Choice::Force => count.div_ceil(most),
        }
    }

    /// The operation with this verb: the run's own if it matches, else its cloud's. `None` if there
    /// is none.
    pub fn operation_for(&self, verb: Verb) -> Option<&'static Operation> {
        let own = Some(self.spec.operation()).filter(|operation| operation.verb == verb);
        own.or_else(|| self.spec.target().cloud.operation_for(verb))
    }

    /// The operation of [`Choice::Force`], where there is a forced mode and the run was not forced.
    pub(super) fn forced_spec(&self) -> Option<Arc<OperationSpec>> {
        let mode = self.spec.operation().modes.iter().find(|mode| mode.force)?;
        (!self.spec.is_forced() && !self.spec.is_dry_run())
            .then(|| plan::with_mode(&self.spec, mode).map(Arc::new))?
    }

    fn can_take(&self, choice: Choice, row: &Row, now: Millis) -> bool {
        let call = row.call.and_then(|call| self.calls.get(call));
        match choice {
            Choice::CheckUnknown => row.outcome == Outcome::Unknown,
            Choice::SendNotStarted => {
                row.outcome == Outcome::NotSent
                    || (row.outcome == Outcome::Queued
                        && call.is_some_and(|call| call.state == CallState::Stopped))
            }
            Choice::RetryFailed => {
                row.outcome == Outcome::Rejected
                    && row.skipped.is_none()
                    && row
                        .fault
                        .as_deref()
                        .is_some_and(|fault| conclude::retry_can_help(&self.spec, fault))
            }
            Choice::Isolate => {
                row.outcome == Outcome::Rejected
                    && row.skipped.is_none()
                    && call.is_some_and(|call| call.fault.is_some() && call.batch.ids().len() > 1)
                    && row
                        .fault
                        .as_deref()
                        .is_some_and(|fault| conclude::is_about_an_instance(&self.spec, fault))
            }
            Choice::Force => {
                let late = match row.outcome {
                    Outcome::Overdue => true,
                    Outcome::InProgress | Outcome::Accepted => {
                        row.sent_at.is_some_and(|sent| now >= sent + FORCE_OFFERED_AFTER_MS)
                    }
                    Outcome::Skipped
                    | Outcome::Queued
                    | Outcome::Sending
                    | Outcome::NotSent
                    | Outcome::DryRunPassed
                    | Outcome::Proven
                    | Outcome::RunningUnproven
                    | Outcome::Rejected
                    | Outcome::Unknown => false,
                };
                // An instance that was restarting when the page closed may run by now: describe it
                // first.
                let undescribed = self
                    .index
                    .get(&row.id)
                    .is_some_and(|at| self.transient.undescribed.contains(at));
                late && !undescribed
                    && call.is_some_and(|call| !call.batch.spec().is_forced())
                    && self.forced_spec().is_some()
            }
        }
    }

    /// What a choice would send as of the last event; `None` if nothing.
    pub fn offer(&self, choice: Choice) -> Option<Approval> {
        let spec = match choice {
            Choice::Force => self.forced_spec()?,
            Choice::RetryFailed
            | Choice::SendNotStarted
            | Choice::CheckUnknown
            | Choice::Isolate => Arc::clone(&self.spec),
        };
        let ids = self.choice_ids(choice);
        (!ids.is_empty()).then(|| Approval { choice, spec, calls: self.choice_calls(choice), ids })
    }

    /// Whether an approval is exactly what would be sent as of the last event: the same instances
    /// and operation. A describe call sends nothing, so it does not matter there.
    pub fn covers(&self, approval: &Approval) -> bool {
        approval.choice == Choice::CheckUnknown
            || self.offer(approval.choice).as_ref() == Some(approval)
    }

    /// Whether the states that a choice rests on are too old, so that they are read first. For
    /// force: an instance that runs by now would be restarted again. The other choices rest on
    /// responses, or describe before sending.
    pub fn is_outdated(&self, choice: Choice) -> bool {
        let now = self.transient.now;
        choice == Choice::Force
            && self.rows.iter().enumerate().any(|(position, row)| {
                let described_at = self.transient.described_at.get(&position);
                self.can_take(choice, row, now)
                    && described_at.is_none_or(|at| preflight::outdated(*at, now).is_some())
            })
    }

    /// Carries out a choice, if it would still send what was approved.
    pub(super) fn ask(&mut self, now: Millis, approval: &Approval) -> Option<Command> {
        let choice = approval.choice;
        if self.refusal(choice).is_some() {
            return None;
        }
        if !self.covers(approval) {
            return Some(Command::Changed(choice));
        }
        let positions: Vec<usize> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| self.can_take(choice, row, now))
            .map(|(position, _)| position)
            .collect();
        if positions.is_empty() {
            return None;
        }
        if self.is_outdated(choice) {
            for position in positions {
                if self.rows.get(position).is_some_and(|row| row.watched.is_none()) {
                    self.watch_overdue(now, position);
                }
            }
            self.describe_by(now);
            return Some(Command::Outdated(choice));
        }
        // Describing does not resume a stopped run.
        if choice != Choice::CheckUnknown {
            self.stopped = false;
        }
        self.clear_pause();
        match choice {
            Choice::CheckUnknown => {
                for id in self.ids_at(&positions) {
                    self.change(&id, |row| {
                        let transition_seen =
                            row.watched.as_ref().is_some_and(|watched| watched.transition_seen);
                        let watched = Watched::new(now, WatchReason::Lost);
                        row.watched = Some(Watched { transition_seen, ..watched });
                        row.settled_at = None;
                    });
                }
                self.describe_by(now);
            }
            Choice::Isolate => {
                self.transient.isolating =
                    positions.into_iter().map(|position| (position, None)).collect();
                self.describe_by(now);
            }
            Choice::RetryFailed | Choice::SendNotStarted => {
                let ids = &approval.ids;
                let (first, rest) = ids.split_at(usize::from(self.wants_canary(ids.len())));
                let canary = self.calls.len();
                self.enqueue(&approval.spec, first, 1);
                self.change_call(canary, |call| call.canary = !first.is_empty());
                self.enqueue(&approval.spec, rest, self.chosen_size());
            }
            Choice::Force => self.enqueue(&approval.spec, &approval.ids, self.chosen_size()),
        }
        None
    }

    /// Whether to send a canary: if the user wanted one, and the cloud has not accepted any
    /// instance yet.
    fn wants_canary(&self, instances: usize) -> bool {
        let taken = |outcome| match outcome {
            Outcome::Accepted
            | Outcome::InProgress
            | Outcome::Proven
            | Outcome::RunningUnproven
            | Outcome::Overdue
            | Outcome::DryRunPassed => true,
            Outcome::Skipped
            | Outcome::Queued
            | Outcome::Sending
            | Outcome::NotSent
            | Outcome::Rejected
            | Outcome::Unknown => false,
        };
        instances > 1
            && self.calls.iter().any(|call| call.canary)
            && !self.rows.iter().any(|row| taken(row.outcome))
    }

    /// The batch size that the user confirmed: no later call is larger than the largest confirmed
    /// one.
    fn chosen_size(&self) -> usize {
        self.calls.iter().map(|call| call.batch.ids().len()).max().unwrap_or(1)
    }

    /// Adds calls for instances that the user asks to send (again).
    fn enqueue(&mut self, spec: &Arc<OperationSpec>, ids: &[InstanceId], size: usize) {
        let most = spec.operation().ids_max.max(1).min(size.max(1));
        for chunk in ids.chunks(most) {
            let Some(batch) = plan::batch(spec, chunk.to_vec()) else { continue };
            let index = self.calls.len();
            let last =
                chunk.iter().filter_map(|id| self.rows.get(*self.index.get(id)?)?.sent_at).max();
            let not_before = last.map_or(0, |sent_at| self.other_bytes_at(sent_at));
            self.calls.push(Call { not_before, ..Call::waiting(batch) });
            self.transient.changed_calls.insert(index);
            for id in chunk {
                self.change(id, |row| {
                    row.outcome = Outcome::Queued;
                    row.call = Some(index);
                    row.fault = None;
                    row.evidence = None;
                    row.watched = None;
                    row.settled_at = None;
                });
            }
        }
    }

    /// Once every instance of a refused call was described: sends the eligible ones or, if all are,
    /// halves.
    pub(super) fn isolate(&mut self) {
        if self.transient.isolating.is_empty()
            || self.transient.isolating.iter().any(|(_, verdict)| verdict.is_none())
        {
            return;
        }
        let isolating = std::mem::take(&mut self.transient.isolating);
        let mut eligible = Vec::new();
        let mut some_ineligible = false;
        for (position, verdict) in isolating {
            let Some(id) = self.rows.get(position).map(|row| row.id.clone()) else { continue };
            match verdict {
                Some(Eligibility::Eligible) => eligible.push(id),
                Some(Eligibility::Skipped(reason)) => {
                    some_ineligible = true;
                    self.change(&id, |row| row.skipped = Some(reason));
                }
                None => {}
            }
        }
        let spec = Arc::clone(&self.spec);
        if self.allows(&spec, || eligible.clone()).is_err() {
            return;
        }
        let size = if some_ineligible { self.chosen_size() } else { eligible.len().div_ceil(2) };
        self.enqueue(&spec, &eligible, size);
    }

    /// A describe call for isolating a bad id has failed.
    pub(super) fn isolation_failed(&mut self, ids: &[InstanceId]) {
        let waiting =
            |position: usize| self.rows.get(position).is_some_and(|row| ids.contains(&row.id));
        if self.transient.isolating.iter().any(|(position, _)| waiting(*position)) {
            // Not isolated without the states; the choice remains available.
            self.transient.isolating.clear();
        }
    }

    fn ids_at(&self, positions: &[usize]) -> Vec<InstanceId> {
        positions
            .iter()
            .filter_map(|position| self.rows.get(*position))
            .map(|row| row.id.clone())
            .collect()
    }
}
