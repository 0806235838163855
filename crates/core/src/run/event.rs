//! The events that a run handles and the commands that it returns.

use super::{Approval, Choice, Millis, Record};
use crate::{
    model::{instance_id::InstanceId, limits::Limits, plan::Batch},
    transport::TransportResult,
};
use std::sync::Arc;

/// The word of a [`TransportResult::NotSent`] without a key that can sign. Such a call is not over:
/// it waits for a key.
pub const NO_KEY: &str = "no-key";

/// Something that happened outside of the run.
#[derive(Clone, Debug)]
pub enum Event {
    /// The user confirmed, or time has passed.
    Tick,
    /// A record is in the journal. `conflicts` are ids claimed by another page.
    Recorded {
        /// The number of the record.
        number: u64,
        /// Ids that could not be claimed.
        conflicts: Vec<InstanceId>,
    },
    /// A record could not be written.
    RecordFailed {
        /// The number of the record.
        number: u64,
    },
    /// A call is signed, its slot has come, and it would be sent now. The run answers at once with
    /// [`Command::Send`] or with nothing, according to its current state.
    ReadyToSend {
        /// Its index in [`Run::calls`](super::Run::calls).
        call: usize,
    },
    /// A call has a result.
    Completed {
        /// Its index in [`Run::calls`](super::Run::calls).
        call: usize,
        /// The result.
        result: TransportResult,
    },
    /// A describe call has a result.
    Described {
        /// The requested ids.
        ids: Vec<InstanceId>,
        /// The result.
        result: TransportResult,
    },
    /// The browser went on- or offline.
    Online(bool),
    /// The page was hidden or shown.
    Hidden(bool),
    /// The key is gone or cannot sign: nothing is sent until the user resumes.
    KeyGone,
    /// The operator's current settings.
    Settings {
        /// What is allowed. A run that is not allowed any more stops.
        limits: Arc<Limits>,
        /// As [`Policy::through_proxy`](super::Policy::through_proxy).
        through_proxy: bool,
    },
    /// The public half of the key that signs from now on.
    KeyId(String),
    /// Stop after the calls in flight.
    Stop,
    /// Resume after a pause.
    Resume,
    /// The user closes the run: it stays in the run history, but is not restored automatically.
    Close,
    /// The user asks for a choice: exactly this operation on exactly these instances.
    Ask(Approval),
}

/// Something to do outside of the run.
#[derive(Clone, Debug)]
pub enum Command {
    /// Write a record to the journal, and report with [`Event::Recorded`] or
    /// [`Event::RecordFailed`].
    Record {
        /// Its number; records are numbered from 0 without gaps.
        number: u64,
        /// The record.
        record: Box<Record>,
        /// Instances to claim in the same transaction: those claimed by another living page are
        /// reported and not touched.
        claim: Vec<InstanceId>,
        /// Whether it must be durable before it is reported: a call is sent on that report.
        durable: bool,
    },
    /// Sign this call and wait for its slot, then report [`Event::ReadyToSend`]; if it cannot be
    /// signed, [`Event::Completed`].
    Prepare {
        /// Its index in [`Run::calls`](super::Run::calls).
        call: usize,
        /// Its slot: slightly later, so that signing does not delay it.
        send_at: Millis,
        /// The batch to sign.
        batch: Batch,
        /// Seconds to add to the page's clock for the signature.
        clock_skew_seconds: i64,
    },
    /// Send this call now, once, before anything else happens, and report [`Event::Completed`].
    Send {
        /// Its index in [`Run::calls`](super::Run::calls).
        call: usize,
    },
    /// Do not send this call: discard its signed request.
    Cancel {
        /// Its index in [`Run::calls`](super::Run::calls).
        call: usize,
    },
    /// Describe these instances and report [`Event::Described`].
    Describe {
        /// At most as many as one describe call takes.
        ids: Vec<InstanceId>,
        /// Seconds to add to the page's clock for the signature.
        clock_skew_seconds: i64,
    },
    /// What was approved is not what this choice would send now. Nothing was done: show it again.
    Changed(Choice),
    /// The states that this choice rests on are too old. Only a describe call was made: show what
    /// the choice would send after that.
    Outdated(Choice),
    /// Send [`Event::Tick`] at this time, or soon after.
    WakeAt(Millis),
}
