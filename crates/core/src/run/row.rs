//! An instance of a run: its outcome and the evidence for it.

use super::{Millis, Run};
use crate::model::{
    eligibility::SkipReason,
    instance_id::InstanceId,
    outcome::{Fault, LastOperation, Outcome},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An instance of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The instance.
    pub id: InstanceId,
    /// Its outcome.
    pub outcome: Outcome,
    /// Its name, if a describe call returned it.
    pub name: String,
    /// Its zone, likewise.
    pub zone: String,
    /// Its address, likewise.
    pub address: String,
    /// Its state before its call, in the cloud's own word.
    pub previous_state: Option<String>,
    /// Its state when last described.
    pub state: Option<String>,
    /// The error behind an outcome that is not a success.
    pub fault: Option<Arc<Fault>>,
    /// Why it was skipped, or why a retry cannot help.
    pub skipped: Option<SkipReason>,
    /// The evidence for the outcome.
    pub evidence: Option<Evidence>,
    /// The last call that contained it, as an index into [`Run::calls`].
    pub call: Option<usize>,
    /// When that call was sent.
    pub sent_at: Option<Millis>,
    /// When the outcome became final.
    pub settled_at: Option<Millis>,
    /// Its description before the call, for comparison.
    pub(crate) baseline: Option<Baseline>,
    /// Set while it is watched.
    pub(crate) watched: Option<Watched>,
}

/// The description of an instance before its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// When it last started.
    pub(crate) started_at: Option<String>,
    /// The last operation before the call.
    pub(crate) last_operation: Option<LastOperation>,
}

/// The observations of an instance since its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watched {
    /// The beginning of watching.
    pub(crate) since: Millis,
    /// Whether a transition was observed.
    pub(crate) transition_seen: bool,
    /// Why it is watched.
    pub(crate) reason: WatchReason,
    /// The number of describe calls.
    #[serde(rename = "looks")]
    pub(crate) describe_calls: u32,
    /// What is observed from now on may be somebody else's operation, although ours was accepted.
    #[serde(default)]
    pub(crate) may_be_others: bool,
}

impl Watched {
    /// Nothing observed yet.
    pub(crate) const fn new(since: Millis, reason: WatchReason) -> Self {
        Watched { since, transition_seen: false, reason, describe_calls: 0, may_be_others: false }
    }
}

/// Why an instance is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WatchReason {
    /// The cloud accepted the call.
    Accepted,
    /// The response was lost.
    Lost,
    /// The cloud refused it because of a state that a first copy of ours may have caused.
    Echo,
}

/// The evidence for an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The cloud names our request as the instance's last operation.
    RequestId,
    /// Our response was lost, and the cloud shows a new operation of this kind. Older releases took
    /// it for ours; still read from journals, no longer concluded.
    OperationSince,
    /// It was restarted or started since the preflight; by whom is not known, nor whether shortly
    /// before the call.
    RestartedBySomeone,
    /// The instance was observed in transition, and then running.
    Transition,
    /// The instance's start time is later than the call.
    StartTime,
    /// A start was accepted, which needs a stopped instance, and it runs.
    StartAccepted,
    /// Another operation followed ours, so the result of ours is not visible.
    Overtaken,
    /// It runs, and nothing was observed in between.
    NothingSeen,
    /// The cloud reports the operation as failed.
    CloudSaysFailed,
}

impl Evidence {
    /// The public name: `request-id`.
    pub const fn word(self) -> &'static str {
        match self {
            Evidence::RequestId => "request-id",
            Evidence::OperationSince => "operation-since",
            Evidence::RestartedBySomeone => "restarted-by-someone",
            Evidence::Transition => "transition",
            Evidence::StartTime => "start-time",
            Evidence::StartAccepted => "start-accepted",
            Evidence::Overtaken => "overtaken",
            Evidence::NothingSeen => "nothing-seen",
            Evidence::CloudSaysFailed => "cloud-says-failed",
        }
    }
}

/// The number of instances with each outcome, indexed in the order of [`Outcome::ALL`]. The sum is
/// always the number of ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Outcome::ALL.len()]);

impl Counts {
    /// The number with this outcome.
    pub fn of(&self, outcome: Outcome) -> usize {
        self.0.get(outcome as usize).copied().unwrap_or_default()
    }

    /// The sum.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

impl Run {
    /// The number of instances with each outcome.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            if let Some(count) = counts.0.get_mut(row.outcome as usize) {
                *count += 1;
            }
        }
        counts
    }
}
