//! The events that a run takes, and the commands that it returns.

use super::{Approval, Choice, Millis, Record};
use crate::{
    model::{instance_id::InstanceId, limits::Limits, plan::Batch},
    transport::TransportResult,
};
use std::sync::Arc;

/// The word of a [`TransportResult::NotSent`] for want of a key that can sign. Such a call is not over: it
/// waits until there is a key again.
pub const NO_KEY: &str = "no-key";

/// What happened outside.
#[derive(Clone, Debug)]
pub enum Event {
    /// A person confirmed; or time has passed.
    Tick,
    /// A record is in the journal. `conflicts` are claimed ids that another page is at work on.
    Recorded {
        /// The record's number.
        number: u64,
        /// Ids that were not claimed.
        conflicts: Vec<InstanceId>,
    },
    /// A record could not be written.
    RecordFailed {
        /// The record's number.
        number: u64,
    },
    /// A call is signed, its turn has come, and it would leave now. Whether it may is said at once, by
    /// [`Command::Send`] or by nothing: whatever has happened since it was handed out counts.
    ReadyToSend {
        /// Its index in [`Run::calls`].
        call: usize,
    },
    /// A call came back, or not.
    Completed {
        /// Its index in [`Run::calls`].
        call: usize,
        /// What came.
        result: TransportResult,
    },
    /// A describe call came back, or not.
    Described {
        /// The ids that were asked for.
        ids: Vec<InstanceId>,
        /// What came.
        result: TransportResult,
    },
    /// The browser says that it is on- or offline.
    Online(bool),
    /// The page is hidden, or shown again.
    Hidden(bool),
    /// The key is gone, or can sign no more: nothing goes out until a person says so.
    KeyGone,
    /// What the operator of the page has set, as it is from now on.
    Settings {
        /// What is allowed. What is not is not sent any more: the run stops.
        limits: Arc<Limits>,
        /// As [`Policy::through_proxy`].
        through_proxy: bool,
    },
    /// The public half of the key that signs from now on.
    KeyId(String),
    /// Stop after the call that is in flight.
    Stop,
    /// Go on after a pause.
    Resume,
    /// The person is done with it: it stays in the journal, but is not brought back by itself.
    Close,
    /// A person asks for more, knowing what it means: for exactly this, and for nothing beyond it.
    Ask(Approval),
}

/// What to do outside.
#[derive(Clone, Debug)]
pub enum Command {
    /// Write a record to the journal, and report with [`Event::Recorded`] or
    /// [`Event::RecordFailed`].
    Record {
        /// Its number; they come in order, from 0.
        number: u64,
        /// What to write.
        record: Box<Record>,
        /// Instances to claim in the same breath: those that another living page has claimed are
        /// reported and left alone.
        claim: Vec<InstanceId>,
        /// Whether it must be on the disk before it is reported: a call goes out on its word.
        durable: bool,
    },
    /// Sign this call and have it wait for its turn. Then [`Event::ReadyToSend`] asks whether it may leave;
    /// if it cannot be signed, that is an [`Event::Completed`].
    Prepare {
        /// Its index in [`Run::calls`].
        call: usize,
        /// When it may leave: in a moment, so that signing it does not slow the pace.
        send_at: Millis,
        /// What travels in it.
        batch: Batch,
        /// Seconds to add to the page's clock for the signature.
        clock_skew_seconds: i64,
    },
    /// This call leaves: send it now, before anything else happens, once, and report with
    /// [`Event::Completed`].
    Send {
        /// Its index in [`Run::calls`].
        call: usize,
    },
    /// This call does not leave after all: what was prepared of it is void.
    Cancel {
        /// Its index in [`Run::calls`].
        call: usize,
    },
    /// Describe these instances and report with [`Event::Described`].
    Describe {
        /// At most as many as one describe call takes.
        ids: Vec<InstanceId>,
        /// Seconds to add to the page's clock for the signature.
        clock_skew_seconds: i64,
    },
    /// What was approved is not what this choice comes to now, so nothing was done: it is to be shown
    /// anew.
    Changed(Choice),
    /// The describe calls that this choice rests on are too old, so nothing was done but to look again: what it
    /// comes to then is to be shown.
    Outdated(Choice),
    /// Send [`Event::Tick`] at this time, or soon after.
    WakeAt(Millis),
}
