//! Whether an instance can take an operation, decided before the request.

use crate::model::{cloud::Verb, outcome::Phase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether an instance can take the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Eligibility {
    /// It can.
    Eligible,
    /// It is skipped.
    Skipped(SkipReason),
}

/// Why an instance is skipped.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// The cloud does not know it in this region.
    NotFound,
    /// It is off; it could be started instead.
    Stopped,
    /// It already runs; it could be restarted instead.
    AlreadyRunning,
    /// It is already being restarted or started.
    AlreadyStarting,
    /// It is being stopped.
    Stopping,
    /// Locked by the vendor for security reasons.
    Locked,
    /// Locked or isolated: expired, or payment overdue.
    Expired,
    /// In the recycle bin.
    Recycled,
    /// In another state that allows no operation.
    Busy,
    /// Outside of the selection that the operator of the page allows.
    NotInSelection,
}

impl SkipReason {
    /// The public name: `already-running`.
    pub const fn word(self) -> &'static str {
        match self {
            SkipReason::NotFound => "not-found",
            SkipReason::Stopped => "stopped",
            SkipReason::AlreadyRunning => "already-running",
            SkipReason::AlreadyStarting => "already-starting",
            SkipReason::Stopping => "stopping",
            SkipReason::Locked => "locked",
            SkipReason::Expired => "expired",
            SkipReason::Recycled => "recycled",
            SkipReason::Busy => "busy",
            SkipReason::NotInSelection => "not-in-selection",
        }
    }
}

/// Decides by phase alone: a restart needs a running instance, a start a stopped one. An unknown
/// state is not eligible: one refused instance can fail the whole call.
pub(crate) fn by_phase(verb: Verb, phase: Phase) -> Eligibility {
    match (verb, phase) {
        (Verb::Reboot, Phase::Running) | (Verb::Start, Phase::Stopped) => Eligibility::Eligible,
        (Verb::Reboot, Phase::Stopped) => Eligibility::Skipped(SkipReason::Stopped),
        (Verb::Start, Phase::Running) => Eligibility::Skipped(SkipReason::AlreadyRunning),
        (Verb::Reboot | Verb::Start, Phase::Starting) => {
            Eligibility::Skipped(SkipReason::AlreadyStarting)
        }
        (Verb::Reboot | Verb::Start, Phase::Stopping) => Eligibility::Skipped(SkipReason::Stopping),
        (Verb::Reboot | Verb::Start, Phase::Recycled) => Eligibility::Skipped(SkipReason::Recycled),
        (Verb::Reboot | Verb::Start, Phase::Busy | Phase::Unknown) => {
            Eligibility::Skipped(SkipReason::Busy)
        }
    }
}
