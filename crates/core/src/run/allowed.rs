//! What the operator allows a run now.

use super::{Call, CallState, Choice, Run};
use crate::model::{
    instance_id::InstanceId,
    limits::Limits,
    outcome::Outcome,
    plan::{OperationSpec, Refusal},
};
use std::sync::Arc;

impl Run {
    /// Why the operator of the page does not allow a choice now: the first limit that it breaks.
    /// Looking is allowed wherever the cloud and the region are.
    pub fn refusal(&self, choice: Choice) -> Option<Refusal> {
        let spec = match choice {
            Choice::CheckUnknown => {
                return self.spec.limits().check_target(self.spec.target()).err();
            }
            Choice::RetryFailed | Choice::SendNotStarted | Choice::Isolate => {
                Arc::clone(&self.spec)
            }
            // Without one there is nobody to be forced.
            Choice::Force => self.forced_spec()?,
        };
        self.allows(&spec, || self.choice_ids(choice)).err()
    }

    /// Why some of what a person could ask for is not allowed now; `None` if all is.
    pub fn refused(&self) -> Option<Refusal> {
        let asked = Choice::ALL.into_iter().filter(|choice| self.choice_count(*choice) > 0);
        let mut refusals = asked.filter_map(|choice| self.refusal(choice));
        refusals.next().or_else(|| {
            let target = self.spec.target();
            self.is_watching().then(|| self.spec.limits().check_target(target).err())?
        })
    }

    /// From now on these limits hold, for whatever has not gone out.
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

    /// Whether an operation may be sent to these instances of the run. Their number is the run's: it is
    /// runs that are limited, and not their parts.
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
        // What is known of them now was read by nobody under this selection.
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

    /// Whether the states may be asked for.
    pub(super) fn may_describe(&self) -> bool {
        self.spec.limits().check_target(self.spec.target()).is_ok()
    }
}
