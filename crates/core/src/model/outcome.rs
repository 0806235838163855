//! Responses, and the outcome of each instance.

use super::instance_id::InstanceId;
use crate::text::mask;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An HTTP answer, from the cloud or from whatever was in between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers that the page may read, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, bytes that are not UTF-8 replaced.
    pub body: String,
}

impl Response {
    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of a header that may be there more than once.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The one thing that is known of an instance.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Left out of the run, with a reason.
    Skipped,
    /// Waiting for its call.
    Queued,
    /// Its request is in flight.
    Sending,
    /// Its call is proven not to have left; nothing happened.
    NotSent,
    /// The cloud took it; it is not done.
    Accepted,
    /// The cloud checked it and would do it; nothing was done.
    DryRunPassed,
    /// It is seen to be going through the operation.
    InProgress,
    /// This run's operation is seen to have finished.
    Proven,
    /// It runs; nothing proves that it was restarted.
    RunningUnproven,
    /// The cloud refused it; nothing was done.
    Rejected,
    /// Sent, and no usable answer: it may or may not have happened.
    Unknown,
    /// Still not back after the cloud's own stated time.
    Overdue,
}

impl Outcome {
    /// Every outcome, in the order of an instance's life.
    pub const ALL: [Outcome; 12] = [
        Outcome::Skipped,
        Outcome::Queued,
        Outcome::Sending,
        Outcome::NotSent,
        Outcome::Accepted,
        Outcome::DryRunPassed,
        Outcome::InProgress,
        Outcome::Proven,
        Outcome::RunningUnproven,
        Outcome::Rejected,
        Outcome::Unknown,
        Outcome::Overdue,
    ];

    /// The public name: `running-unproven`.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Skipped => "skipped",
            Outcome::Queued => "queued",
            Outcome::Sending => "sending",
            Outcome::NotSent => "not-sent",
            Outcome::Accepted => "accepted",
            Outcome::DryRunPassed => "dry-run-passed",
            Outcome::InProgress => "in-progress",
            Outcome::Proven => "proven",
            Outcome::RunningUnproven => "running-unproven",
            Outcome::Rejected => "rejected",
            Outcome::Unknown => "unknown",
            Outcome::Overdue => "overdue",
        }
    }
}

/// The error behind an outcome that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The cloud answered with an error.
    Cloud(ErrorReport),
    /// A layer below the cloud failed, or its answer was not understood.
    Layer {
        /// The word that [`crate::catalogue::layer`] explains.
        word: String,
        /// The text that came instead of an answer, unchanged.
        text: String,
    },
}

impl Fault {
    /// A fault of a layer, without what looks like a secret. Of a long text only the first
    /// [`STORED_TEXT_MAX_BYTES`] are kept.
    pub fn layer(word: impl Into<String>, text: &str) -> Self {
        // Hidden before it is cut: half a secret would not be known for one.
        let begin = text.get(..text.floor_char_boundary(4 * STORED_TEXT_MAX_BYTES));
        let mut text = mask::hide_secrets(begin.unwrap_or_default());
        if text.len() > STORED_TEXT_MAX_BYTES {
            text.truncate(text.floor_char_boundary(STORED_TEXT_MAX_BYTES));
            text.shrink_to_fit();
        }
        Fault::Layer { word: word.into(), text }
    }

    /// A cloud's error, without what looks like a secret in its message.
    pub fn cloud(mut report: ErrorReport) -> Self {
        report.message = mask::hide_secrets(&report.message);
        Fault::Cloud(report)
    }

    /// The same for a stored error: an older release may have stored a token.
    pub(crate) fn hidden(self) -> Self {
        match self {
            Fault::Cloud(report) => Fault::cloud(report),
            Fault::Layer { word, text } => Fault::layer(word, &text),
        }
    }
}

/// An error as a decoder found it in an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReport {
    /// The cloud's code.
    pub code: String,
    /// The cloud's message; may be empty.
    pub message: String,
    /// The HTTP status, where there was one.
    #[serde(default)]
    pub status: Option<u16>,
    /// The cloud's id of the request.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The instances that the error names.
    #[serde(default)]
    pub instance_ids: Vec<String>,
    /// What the cloud says of the permission that is missing, where it says more than the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<Box<Denied>>,
}

/// What a cloud says of a permission that is missing, as far as it says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Denied {
    /// Whether something forbids it, or nothing allows it.
    pub denial: Denial,
    /// The action as policies spell it: `product:RebootInstances`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The resource, in the cloud's own notation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Who asked: a user's id, or a role with its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// What kind of identity that is, in the cloud's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_kind: Option<String>,
    /// What kind of policy decided, in the cloud's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_kind: Option<String>,
    /// A text that an administrator can have decoded by the cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostic: Option<String>,
}

impl Denied {
    /// With what another says, where this one says nothing.
    pub(crate) fn or(self, other: Denied) -> Denied {
        Denied {
            denial: match self.denial {
                Denial::Unknown => other.denial,
                Denial::Explicit | Denial::Implicit => self.denial,
            },
            action: self.action.or(other.action),
            resource: self.resource.or(other.resource),
            principal: self.principal.or(other.principal),
            principal_kind: self.principal_kind.or(other.principal_kind),
            policy_kind: self.policy_kind.or(other.policy_kind),
            diagnostic: self.diagnostic.or(other.diagnostic),
        }
    }
}

/// The two ways in which a permission can be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denial {
    /// A policy forbids it: no other policy that allows it helps.
    Explicit,
    /// No policy allows it: one that does is all that is missing.
    Implicit,
    /// The cloud does not say.
    #[default]
    Unknown,
}

/// The most that is kept of a text that came instead of an answer, in bytes.
pub const STORED_TEXT_MAX_BYTES: usize = 4096;

/// What an answer says of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchAnswer {
    /// The cloud's id of the request.
    pub request_id: Option<String>,
    /// One entry for each instance of the batch, in its order.
    pub instances: Vec<InstanceAnswer>,
}

/// What an answer says of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceAnswer {
    /// The instance.
    pub id: InstanceId,
    /// `accepted`, `dry-run-passed`, `rejected`, `not-sent` or `unknown`.
    pub outcome: Outcome,
    /// Its state before the operation, in the cloud's own word, where the answer tells.
    pub previous_state: Option<String>,
    /// Its state now, likewise.
    pub state: Option<String>,
    /// The error behind it.
    pub fault: Option<Arc<Fault>>,
}

impl BatchAnswer {
    /// The same outcome and fault for every instance.
    pub(crate) fn uniform(
        ids: &[InstanceId],
        request_id: Option<String>,
        outcome: Outcome,
        fault: Option<Fault>,
    ) -> Self {
        let fault = fault.map(Arc::new);
        let instances = ids
            .iter()
            .map(|id| InstanceAnswer {
                id: id.clone(),
                outcome,
                previous_state: None,
                state: None,
                fault: fault.clone(),
            })
            .collect();
        BatchAnswer { request_id, instances }
    }
}

/// What a describe call brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Described {
    /// The instances that the cloud knows among those asked for; the others were not found.
    Found {
        /// The cloud's id of the request.
        request_id: Option<String>,
        /// In no particular order.
        instances: Vec<DescribedInstance>,
    },
    /// An error, or something that is not an answer.
    Failed(Fault),
}

/// A page of a list of instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// Its instances.
    pub instances: Vec<DescribedInstance>,
    /// Where the next page begins, in the cloud's own terms; `None` on the last.
    pub next: Option<String>,
    /// How many instances the list has, as far as the cloud says so.
    pub total: Option<u64>,
}

/// An instance as a describe call shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribedInstance {
    /// The id.
    pub id: String,
    /// The name that people gave it; may be empty.
    pub name: String,
    /// The zone; may be empty.
    pub zone: String,
    /// An address, private before public; may be empty.
    pub address: String,
    /// All of its addresses, private before public. Not recorded.
    #[serde(skip)]
    pub addresses: Vec<String>,
    /// Its tags. Not recorded.
    #[serde(skip)]
    pub tags: Vec<Tag>,
    /// The state, in the cloud's own word.
    pub state: String,
    /// The state as far as all clouds agree.
    pub phase: Phase,
    /// Why every operation is refused, in the cloud's own word: `security`, `financial`.
    pub lock: Option<String>,
    /// When it last started, in the cloud's own form.
    pub started_at: Option<String>,
    /// The operation that the cloud last carried out on it.
    pub last_operation: Option<LastOperation>,
}

/// A tag of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value; may be empty.
    pub value: String,
}

/// The operation that a cloud last carried out on an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastOperation {
    /// Its name.
    pub name: String,
    /// The id of the request that asked for it.
    pub request_id: String,
    /// How it went.
    pub state: LastOperationState,
}

/// How an operation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastOperationState {
    /// Finished.
    Success,
    /// Going on.
    Operating,
    /// Failed.
    Failed,
    /// A word that is not known.
    Other,
}

/// A state as far as all clouds agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It runs.
    Running,
    /// It is off and can be started.
    Stopped,
    /// It is being restarted or started.
    Starting,
    /// It is being stopped.
    Stopping,
    /// It is isolated or in the recycle bin, awaiting destruction.
    Recycled,
    /// Something else that takes no operations.
    Busy,
    /// A word that is not known.
    #[default]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    /// Counts are kept by the place of an outcome in the list.
    #[test]
    fn the_list_of_outcomes_is_in_the_order_of_the_enum() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place, "{}", outcome.word());
        }
    }
}
