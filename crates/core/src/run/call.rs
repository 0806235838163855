//! One call of a run, and its status.

use super::Millis;
use crate::model::{outcome::Fault, plan::Batch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its instances and their operation.
    pub batch: Batch,
    /// Its status.
    pub state: CallState,
    /// The cloud's id of the request.
    pub request_id: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// When it went out.
    pub sent_at: Option<Millis>,
    /// When its answer, or the news that there is none, came.
    pub answered_at: Option<Millis>,
    /// The error, if the whole call failed in one way.
    pub fault: Option<Arc<Fault>>,
    /// How often it was proven not to have been carried out and sent again.
    pub resends: u32,
    /// Whether it is the one call of one instance that goes before the others.
    pub canary: bool,
    pub(crate) not_before: Millis,
    /// The cloud's own time of its answer.
    pub(crate) answered_at_cloud_seconds: Option<i64>,
}

impl Call {
    /// Whether somebody answered it, the cloud or the proxy. A lost answer is none.
    pub fn is_answered(&self) -> bool {
        self.state == CallState::Done && self.status.is_some()
    }

    pub(crate) fn waiting(batch: Batch) -> Self {
        Call {
            batch,
            state: CallState::Waiting,
            request_id: None,
            status: None,
            sent_at: None,
            answered_at: None,
            fault: None,
            resends: 0,
            canary: false,
            not_before: 0,
            answered_at_cloud_seconds: None,
        }
    }
}

/// The status of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// Not sent yet.
    Waiting,
    /// Being written to the journal and claimed, before it goes out.
    Claiming,
    /// Handed out to be signed, and waiting for its turn. It has not left, and can be taken back.
    Ready,
    /// In flight.
    Sending,
    /// Answered, lost, or proven not to have left.
    Done,
    /// Given up before it was sent, because a person stopped the run.
    Stopped,
}

impl CallState {
    /// The public name: `waiting`.
    pub const fn word(self) -> &'static str {
        match self {
            CallState::Waiting => "waiting",
            CallState::Claiming => "claiming",
            CallState::Ready => "ready",
            CallState::Sending => "sending",
            CallState::Done => "done",
            CallState::Stopped => "stopped",
        }
    }

    /// Whether it will go out, and has not yet.
    pub(super) const fn is_pending(self) -> bool {
        match self {
            CallState::Waiting | CallState::Claiming | CallState::Ready => true,
            CallState::Sending | CallState::Done | CallState::Stopped => false,
        }
    }
}
