//! Responses, errors and the outcome of each instance.

use super::instance_id::InstanceId;
use crate::text::mask;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An HTTP response, from the cloud or from an intermediary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers that the page can read, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl Response {
    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a header that may occur several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What is known of an instance. Exactly one at any time.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Skipped, with a reason.
    Skipped,
    /// Its call was not sent yet.
    Queued,
    /// Its call is in flight.
    Sending,
    /// Its call is proven not to have been sent; nothing happened.
    NotSent,
    /// The cloud accepted it; it is not finished.
    Accepted,
    /// A dry run passed; nothing was done.
    DryRunPassed,
    /// The operation was observed in progress.
    InProgress,
    /// This run's operation is proven to have finished.
    Proven,
    /// It runs; nothing proves that this run restarted it.
    RunningUnproven,
    /// The cloud refused it; nothing was done.
    Rejected,
    /// Sent, without a usable response: it may or may not have happened.
    Unknown,
    /// Not running after the cloud's own stated time.
    Overdue,
}

impl Outcome {
    /// Every outcome, in the order of the life cycle.
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
    /// A layer below the cloud failed, or its response was not understood.
    Layer {
        /// A word that [`crate::catalogue::layer`] explains.
        word: String,
        /// The text that arrived instead of a response, unchanged.
        text: String,
    },
}

impl Fault {
    /// A fault of a layer, with secrets hidden in `text`, of which the first
    /// [`STORED_TEXT_MAX_BYTES`] are stored.
    pub fn layer(word: impl Into<String>, text: &str) -> Self {
        // Hidden before truncation: half a secret would not be recognised.
        let begin = text.get(..text.floor_char_boundary(4 * STORED_TEXT_MAX_BYTES));
        let mut text = mask::hide_secrets(begin.unwrap_or_default());
        if text.len() > STORED_TEXT_MAX_BYTES {
            text.truncate(text.floor_char_boundary(STORED_TEXT_MAX_BYTES));
            text.shrink_to_fit();
        }
        Fault::Layer { word: word.into(), text }
    }

    /// A cloud's error, with secrets hidden in its message.
    pub fn cloud(mut report: ErrorReport) -> Self {
        report.message = mask::hide_secrets(&report.message);
        Fault::Cloud(report)
    }

    /// The same for a recorded fault: an older release may have stored a token.
    pub(crate) fn hidden(self) -> Self {
        match self {
            Fault::Cloud(report) => Fault::cloud(report),
            Fault::Layer { word, text } => Fault::layer(word, &text),
        }
    }
}

/// An error as decoded from a response.
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
    /// The cloud's request id.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The instances that the error names.
    #[serde(default)]
    pub instance_ids: Vec<String>,
    /// The missing permission, where the cloud gives more than the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<Box<Denied>>,
}

/// The missing permission, as far as the cloud describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Denied {
    /// Explicit or implicit denial.
    pub denial: Denial,
    /// The action as policies spell it: `product:RebootInstances`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The resource, in the cloud's own notation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The principal: a user's id, or a role with its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The kind of principal, in the cloud's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_kind: Option<String>,
    /// The kind of policy that decided, in the cloud's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_kind: Option<String>,
    /// An encoded message that an administrator can have decoded by the cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostic: Option<String>,
}

impl Denied {
    /// Fills what is missing from another source.
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

/// How a permission can be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denial {
    /// A policy denies it explicitly: an additional allow does not help.
    Explicit,
    /// No policy allows it: adding one is enough.
    Implicit,
    /// Not stated.
    #[default]
    Unknown,
}

/// How many bytes are stored of a text that arrived instead of a response.
pub const STORED_TEXT_MAX_BYTES: usize = 4096;

/// The outcome of a batch, decoded from a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchAnswer {
    /// The cloud's request id.
    pub request_id: Option<String>,
    /// One entry per instance of the batch, in its order.
    pub instances: Vec<InstanceAnswer>,
}

/// The outcome of one instance of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceAnswer {
    /// The instance.
    pub id: InstanceId,
    /// `accepted`, `dry-run-passed`, `rejected`, `not-sent` or `unknown`.
    pub outcome: Outcome,
    /// Its state before the operation, in the cloud's own word, if the response has it.
    pub previous_state: Option<String>,
    /// Its state now, likewise.
    pub state: Option<String>,
    /// The error behind the outcome.
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

/// The result of a describe call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Described {
    /// The requested instances that the cloud knows; the others were not found.
    Found {
        /// The cloud's request id.
        request_id: Option<String>,
        /// In no particular order.
        instances: Vec<DescribedInstance>,
    },
    /// An error, or something that is not a response of the cloud.
    Failed(Fault),
}

/// A page of a list of instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// Its instances.
    pub instances: Vec<DescribedInstance>,
    /// The cursor of the next page, in the cloud's own terms; `None` on the last page.
    pub next: Option<String>,
    /// The total number of instances, if the cloud states it.
    pub total: Option<u64>,
}

/// An instance as described by its cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribedInstance {
    /// The id.
    pub id: String,
    /// Its display name; may be empty.
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
    /// The state in terms common to all clouds.
    pub phase: Phase,
    /// Why the cloud refuses every operation, in its own word: `security`, `financial`.
    pub lock: Option<String>,
    /// When it last started, in the cloud's own form.
    pub started_at: Option<String>,
    /// The last operation that the cloud carried out on it.
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

/// The last operation that a cloud carried out on an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastOperation {
    /// Its name.
    pub name: String,
    /// The request id of that operation.
    pub request_id: String,
    /// Its state.
    pub state: LastOperationState,
}

/// The state of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastOperationState {
    /// Finished.
    Success,
    /// In progress.
    Operating,
    /// Failed.
    Failed,
    /// An unknown word.
    Other,
}

/// A state in terms common to all clouds.
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
    /// It is isolated or in the recycle bin, to be released.
    Recycled,
    /// Another state that allows no operation.
    Busy,
    /// An unknown word.
    #[default]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    /// Counts are indexed by the position of an outcome in the list.
    #[test]
    fn the_list_of_outcomes_is_in_the_order_of_the_enum() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place, "{}", outcome.word());
        }
    }
}
