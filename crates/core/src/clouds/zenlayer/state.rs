//! The states of this cloud's instances, and which operations they allow.

use crate::model::{
    cloud::Verb,
    eligibility::{self, Eligibility},
    outcome::{DescribedInstance, Phase},
    plan::OperationSpec,
};

/// The phase of a state. The vendor's prose has `STARTING` where its list of states has `BOOTING`:
/// both are accepted.
pub(super) fn phase(state: &str) -> Phase {
    match state {
        "RUNNING" => Phase::Running,
        "STOPPED" => Phase::Stopped,
        "REBOOT" | "REBOOTING" | "STARTING" | "BOOTING" => Phase::Starting,
        "STOPPING" => Phase::Stopping,
        "RECYCLE" | "RECYCLING" => Phase::Recycled,
        "PENDING" | "DEPLOYING" | "REBUILDING" | "RELEASING" | "CREATE_FAILED" | "IMAGING"
        | "RESIZING" | "REINSTALL_FAILED" => Phase::Busy,
        _ => Phase::Unknown,
    }
}

/// An instance that is booting also accepts a forced restart (vendor documentation).
pub(super) fn eligibility(spec: &OperationSpec, instance: &DescribedInstance) -> Eligibility {
    match (spec.operation().verb, instance.phase) {
        (Verb::Reboot, Phase::Starting) if spec.is_forced() => Eligibility::Eligible,
        (verb, phase) => eligibility::by_phase(verb, phase),
    }
}
