//! The states of this cloud's instances, and which operations they allow.

use crate::model::{
    eligibility::{self, Eligibility, SkipReason},
    outcome::{DescribedInstance, Phase},
    plan::OperationSpec,
};

/// The phase of a state. During a restart both `Stopping` and `Starting` occur: the vendor's pages
/// disagree on which.
pub(super) fn phase(state: &str) -> Phase {
    match state {
        "Running" => Phase::Running,
        "Stopped" => Phase::Stopped,
        "Starting" => Phase::Starting,
        "Stopping" => Phase::Stopping,
        "Pending" => Phase::Busy,
        _ => Phase::Unknown,
    }
}

/// A lock refuses every operation, whatever the state.
pub(super) fn eligibility(spec: &OperationSpec, instance: &DescribedInstance) -> Eligibility {
    match instance.lock.as_deref() {
        None => eligibility::by_phase(spec.operation().verb, instance.phase),
        Some("financial" | "dedicatedhostfinancial" | "refunded") => {
            Eligibility::Skipped(SkipReason::Expired)
        }
        Some("Recycling" | "recycling") => Eligibility::Skipped(SkipReason::Recycled),
        Some(_) => Eligibility::Skipped(SkipReason::Locked),
    }
}
