//! The states of this cloud's instances, and which operations they allow.

use crate::model::{
    eligibility::{self, Eligibility, SkipReason},
    outcome::{DescribedInstance, Phase},
    plan::OperationSpec,
};

/// The phase of a state. `SHUTDOWN` is not "switched off": it is isolated, to be released.
pub(super) fn phase(state: &str) -> Phase {
    match state {
        "RUNNING" => Phase::Running,
        "STOPPED" => Phase::Stopped,
        "STARTING" | "REBOOTING" => Phase::Starting,
        "STOPPING" => Phase::Stopping,
        "SHUTDOWN" => Phase::Recycled,
        "PENDING"
        | "LAUNCH_FAILED"
        | "TERMINATING"
        | "ENTER_RESCUE_MODE"
        | "RESCUE_MODE"
        | "EXIT_RESCUE_MODE"
        | "ENTER_SERVICE_LIVE_MIGRATE"
        | "SERVICE_LIVE_MIGRATE"
        | "EXIT_SERVICE_LIVE_MIGRATE"
        | "FREEZING"
        | "BANNING" => Phase::Busy,
        _ => Phase::Unknown,
    }
}

/// The state first: an isolated instance is in the recycle bin, which is more specific than
/// expired.
pub(super) fn eligibility(spec: &OperationSpec, instance: &DescribedInstance) -> Eligibility {
    match (instance.phase, instance.lock.as_deref()) {
        (Phase::Recycled, _) => Eligibility::Skipped(SkipReason::Recycled),
        _ if matches!(instance.state.as_str(), "BANNING" | "FREEZING") => {
            Eligibility::Skipped(SkipReason::Locked)
        }
        (_, None) => eligibility::by_phase(spec.operation().verb, instance.phase),
        (_, Some("EXPIRED" | "PROTECTIVELY_ISOLATED")) => Eligibility::Skipped(SkipReason::Expired),
        (_, Some(_)) => Eligibility::Skipped(SkipReason::Locked),
    }
}
