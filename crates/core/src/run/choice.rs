//! What a user can choose in a run, and what each choice does.

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

/// What a person can ask of a run that is under way or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Send those again that were refused, where it can help.
    RetryFailed,
    /// Send those whose calls never left.
    SendNotStarted,
    /// Look at the unknown ones once more. Sends nothing that changes anything.
    CheckUnknown,
    /// A call that was refused because of one instance: look at each, then send those that can take
    /// it; if all can, send them in two halves.
    #[serde(rename = "narrow")]
    Isolate,
    /// Force those that are still restarting after a soft request.
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

/// What a choice comes to, as it is shown to a person and to the page around the console, and as both
/// say yes to it. It is a set of instances and what is done to them: if the choice comes to anything
/// else by then, nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    choice: Choice,
    spec: Arc<OperationSpec>,
    ids: Vec<InstanceId>,
    calls: usize,
}

impl Approval {
    /// What was chosen.
    pub fn choice(&self) -> Choice {
        self.choice
    }

    /// What is done to the instances.
    pub fn spec(&self) -> &Arc<OperationSpec> {
        &self.spec
    }

    /// The instances.
    pub fn ids(&self) -> &[InstanceId] {
        &self.ids
    }

    /// In how many calls they are sent, or at most sent where that depends on a describe call.
    pub fn calls(&self) -> usize {
        self.calls
    }
}

/// How long a soft restart may take before force is offered.
const FORCE_OFFERED_AFTER_MS: u64 = 60_000;

impl Run {
    /// How many instances a choice would touch, as of the last event.
    pub fn choice_count(&self, choice: Choice) -> usize {
        let now = self.transient.now;
        self.rows.iter().filter(|row| self.can_take(choice, row, now)).count()
    }

    /// The instances that a choice would touch, as of the last event.
    pub fn choice_ids(&self, choice: Choice) -> Vec<InstanceId> {
        let now = self.transient.now;
        let taken = self.rows.iter().filter(|row| self.can_take(choice, row, now));
        taken.map(|row| row.id.clone()).collect()
    }

    /// How many calls a choice would send, or at most send where that depends on a describe call.
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

    /// What does this to instances of the run: its own operation, if that is of the verb, or else its
    /// cloud's. `None` if there is none.
    pub fn operation_for(&self, verb: Verb) -> Option<&'static Operation> {
        let own = Some(self.spec.operation()).filter(|operation| operation.verb == verb);
        own.or_else(|| self.spec.target().cloud.operation_for(verb))
    }

    /// The operation that [`Choice::Force`] sends, where the operation has a forced mode and the run was
    /// not forced already.
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
                // What was restarting when the page closed may be back: not before a describe call.
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

    /// What a choice comes to as of the last event; `None` if there is nothing to do.
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

    /// Whether what was approved is what would be sent as of the last event: no instance more, none
    /// less, and nothing else done to any. A describe call sends nothing, so there it does not matter.
    pub fn covers(&self, approval: &Approval) -> bool {
        approval.choice == Choice::CheckUnknown
            || self.offer(approval.choice).as_ref() == Some(approval)
    }

    /// Whether what a choice rests on was looked at so long ago that it is looked at first. Force is for
    /// what is still in transition: what has come back meanwhile would be restarted a second time. The others
    /// rest on what was answered, or look before they send.
    pub fn is_outdated(&self, choice: Choice) -> bool {
        let now = self.transient.now;
        choice == Choice::Force
            && self.rows.iter().enumerate().any(|(position, row)| {
                let described_at = self.transient.described_at.get(&position);
                self.can_take(choice, row, now)
                    && described_at.is_none_or(|at| preflight::outdated(*at, now).is_some())
            })
    }

    /// Does what a person asks for, if it is still what they were shown.
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
        // To look is not to go on: what was stopped stays so.
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

    /// Whether one instance goes before the others: if the person wanted that, and the cloud has not
    /// taken a single one yet.
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

    /// The size of calls that the person had chosen: no later call is larger than the largest that
    /// was confirmed.
    fn chosen_size(&self) -> usize {
        self.calls.iter().map(|call| call.batch.ids().len()).max().unwrap_or(1)
    }

    /// New calls for instances that a person asks to send (again).
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

    /// Once every instance of a refused call was looked at: sends those that can take it, or, if
    /// all can, sends them in halves.
    pub(super) fn isolate(&mut self) {
        if self.transient.isolating.is_empty()
            || self.transient.isolating.iter().any(|(_, verdict)| verdict.is_none())
        {
            return;
        }
        let isolating = std::mem::take(&mut self.transient.isolating);
        let mut eligible = Vec::new();
        let mut someone_left_out = false;
        for (position, verdict) in isolating {
            let Some(id) = self.rows.get(position).map(|row| row.id.clone()) else { continue };
            match verdict {
                Some(Eligibility::Eligible) => eligible.push(id),
                Some(Eligibility::Skipped(reason)) => {
                    someone_left_out = true;
                    self.change(&id, |row| row.skipped = Some(reason));
                }
                None => {}
            }
        }
        let spec = Arc::clone(&self.spec);
        if self.allows(&spec, || eligible.clone()).is_err() {
            return;
        }
        let size = if someone_left_out { self.chosen_size() } else { eligible.len().div_ceil(2) };
        self.enqueue(&spec, &eligible, size);
    }

    /// A describe call that was to narrow a refused call has shown nothing.
    pub(super) fn isolation_failed(&mut self, ids: &[InstanceId]) {
        let waiting =
            |position: usize| self.rows.get(position).is_some_and(|row| ids.contains(&row.id));
        if self.transient.isolating.iter().any(|(position, _)| waiting(*position)) {
            // Not to be narrowed without knowing; the choice stays open.
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
