//! What the operator currently allows a run to do.

use super::{Call, CallState, Choice, Run};
use crate::model::{
    instance_id::InstanceId,
    limits::Limits,
    outcome::Outcome,
    plan::{OperationSpec, Refusal},
};
use std::sync::Arc;

impl Run {
    /// Why the operator does not allow a choice now: the first limit that is exceeded. Describe
    /// calls are allowed wherever the cloud and the region are.
    pub fn refusal(&self, choice: Choice) -> Option<Refusal> {
        let spec = match choice {
            Choice::CheckUnknown => {
                return self.spec.limits().check_target(self.spec.target()).err();
            }
            Choice::RetryFailed | Choice::SendNotStarted | Choice::Isolate => {
                Arc::clone(&self.spec)
            }
            // Without a forced operation there is nothing to allow.
            Choice::Force => self.forced_spec()?,
        };
        self.allows(&spec, || self.choice_ids(choice)).err()
    }

    /// Why a choice is not allowed now; `None` if all are allowed.
    pub fn refused(&self) -> Option<Refusal> {
        let asked = Choice::ALL.into_iter().filter(|choice| self.choice_count(*choice) > 0);
        let mut refusals = asked.filter_map(|choice| self.refusal(choice));
        refusals.next().or_else(|| {
            let target = self.spec.target();
            self.is_watching().then(|| self.spec.limits().check_target(target).err())?
        })
    }

    /// Applies new limits to everything that was not sent.
    pub(super) fn restrict(&mut self, limits: &Arc<Limits>) {
        if self.spec.limits() == limits {
            return;
        }
        self.spec = Arc::new(self.spec.under(limits));
        let over = |call: &Call| match call.state {
            CallState::Waiting | CallState::Claiming | CallState::Ready | CallState::Sending => {
                false
            }
            CallState::Done | CallState::Stopped => true,
        };
        let refused = self
            .calls
            .iter()
            .filter(|call| !over(call))
            .any(|call| self.allows(call.batch.spec(), || call.batch.ids().to_vec()).is_err());
        if refused {
            self.stop();
        }
    }

    /// Whether an operation may be sent to these instances of the run. The number of instances is
    /// that of the run: limits apply to runs, not to their parts.
    pub(super) fn allows(
        &self,
        spec: &OperationSpec,
        ids: impl Fn() -> Vec<InstanceId>,
    ) -> Result<(), Refusal> {
        let limits = self.spec.limits();
        if **limits == Limits::default() {
            return Ok(());
        }
        limits.check(spec, &ids())?;
        limits.check_once(spec)?;
        // The known states were not read under this selection.
        let selection = limits.selection.as_ref().map(ToString::to_string);
        if let Some(selection) = selection.filter(|one| self.about.selection.as_ref() != Some(one))
        {
            return Err(Refusal::NotSelected { selection });
        }
        let asked = self.rows.iter().filter(|row| row.outcome != Outcome::Skipped).count();
        if let Some(most) = limits.instances_max.filter(|most| asked > *most) {
            return Err(Refusal::TooManyInstances { instances: asked, most });
        }
        if limits.allows_reason(&self.about.reason) { Ok(()) } else { Err(Refusal::ReasonMissing) }
    }

    /// Whether describe calls are allowed.
    pub(super) fn may_describe(&self) -> bool {
        self.spec.limits().check_target(self.spec.target()).is_ok()
    }
}
