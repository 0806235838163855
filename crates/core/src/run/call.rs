//! A call of a run and its state.

use super::Millis;
use crate::model::{outcome::Fault, plan::Batch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The batch that it sends.
    pub batch: Batch,
    /// Its state.
    pub state: CallState,
    /// The cloud's request id.
    pub request_id: Option<String>,
    /// The HTTP status of the response.
    pub status: Option<u16>,
    /// When it was sent.
    pub sent_at: Option<Millis>,
    /// When its response arrived, or it was known to be lost.
    pub answered_at: Option<Millis>,
    /// The error, if the whole call failed in one way.
    pub fault: Option<Arc<Fault>>,
    /// How often it was proven not to have been carried out, and sent again.
    pub resends: u32,
    /// Whether it is the canary: one instance before the others.
    pub canary: bool,
    pub(crate) not_before: Millis,
    /// The cloud's time of its response.
    pub(crate) answered_at_cloud_seconds: Option<i64>,
}

impl Call {
    /// Whether it has a response, of the cloud or of the proxy. A lost call has none.
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

/// The state of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// Not sent yet.
    Waiting,
    /// Being recorded in the journal and claimed, before it is sent.
    Claiming,
    /// Signed, or being signed, and waiting for its slot. Not sent; can be withdrawn.
    Ready,
    /// In flight.
    Sending,
    /// Answered, lost, or proven not sent.
    Done,
    /// Given up unsent, because the user stopped the run.
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

    /// Whether it will be sent.
    pub(super) const fn is_pending(self) -> bool {
        match self {
            CallState::Waiting | CallState::Claiming | CallState::Ready => true,
            CallState::Sending | CallState::Done | CallState::Stopped => false,
        }
    }
}
