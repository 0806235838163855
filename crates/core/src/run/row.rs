//! One instance of a run: its outcome, and the evidence.

use super::{Millis, Run};
use crate::model::{
    eligibility::SkipReason,
    instance_id::InstanceId,
    outcome::{Fault, LastOperation, Outcome},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One instance of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The instance.
    pub id: InstanceId,
    /// What is known of it.
    pub outcome: Outcome,
    /// Its name, if a describe call returned one.
    pub name: String,
    /// Its zone, likewise.
    pub zone: String,
    /// Its address, likewise.
    pub address: String,
    /// Its state before its call, in the cloud's own word.
    pub previous_state: Option<String>,
    /// Its state when it was last seen.
    pub state: Option<String>,
    /// The error behind an outcome that is not a success.
    pub fault: Option<Arc<Fault>>,
    /// Why it was left out, or why sending it again cannot help.
    pub skipped: Option<SkipReason>,
    /// What the outcome rests on.
    pub evidence: Option<Evidence>,
    /// The last call that it travelled in, as an index into [`Run::calls`].
    pub call: Option<usize>,
    /// When that call went out.
    pub sent_at: Option<Millis>,
    /// When the outcome became final.
    pub settled_at: Option<Millis>,
    /// What was known before the call, for comparison afterwards.
    pub(crate) baseline: Option<Baseline>,
    /// Set while it is watched.
    pub(crate) watched: Option<Watched>,
}

/// What was known of an instance before its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// When it last started.
    pub(crate) started_at: Option<String>,
    /// What was last done to it.
    pub(crate) last_operation: Option<LastOperation>,
}

/// What has been seen of an instance since its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watched {
    /// Since when.
    pub(crate) since: Millis,
    /// Whether it was seen in transition.
    pub(crate) transition_seen: bool,
    /// Why it is watched.
    pub(crate) reason: WatchReason,
    /// How often it was looked at.
    #[serde(rename = "looks")]
    pub(crate) describe_calls: u32,
    /// What is seen of it from now on may be somebody else's doing, although ours was accepted.
    #[serde(default)]
    pub(crate) may_be_others: bool,
}

impl Watched {
    /// Nothing seen yet.
    pub(crate) const fn new(since: Millis, reason: WatchReason) -> Self {
        Watched { since, transition_seen: false, reason, describe_calls: 0, may_be_others: false }
    }
}

/// Why an instance is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WatchReason {
    /// The cloud took the call.
    Accepted,
    /// The answer was lost.
    Lost,
    /// The cloud refused it because of a state that our own first copy could have caused.
    Echo,
}

/// What `proven` and its neighbours rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The cloud names our request as the instance's last operation.
    RequestId,
    /// Our answer was lost, and since then the cloud shows a new operation of this kind. Older releases
    /// took that for ours; it is read in their journals, and not concluded any more.
    OperationSince,
    /// It was restarted, or started, since the check before its call; by whom is not known, nor whether
    /// a moment before the call already.
    RestartedBySomeone,
    /// The instance was seen in transition, then running.
    Transition,
    /// The instance's start time is later than the call.
    StartTime,
    /// A start was accepted, which only a stopped instance takes, and now it runs.
    StartAccepted,
    /// Another operation came after ours, so ours cannot be seen any more.
    Overtaken,
    /// It runs, and nothing was seen in between.
    NothingSeen,
    /// The cloud itself says that the operation failed.
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

/// How many instances have each outcome, in the order of [`Outcome::ALL`], which is the order in
/// which the enum has them. They always add up to the ids given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Outcome::ALL.len()]);

impl Counts {
    /// How many have this outcome.
    pub fn of(&self, outcome: Outcome) -> usize {
        self.0.get(outcome as usize).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

impl Run {
    /// How many instances have each outcome.
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
