//! Everything that can happen to a console.

use crate::console::calls::Signature;
use crate::{
    services::{
        approval::ApprovalStatus,
        config::Config,
        journal::{Journal, Unavailable},
        locks::RunLock,
        run_history::{SavedRun, Tally},
        vault::{
            Key,
            key_store::{KeyStoreError, SavedKey},
        },
    },
    store::{Diagnostics, Intent},
};
use js_sys::Function;
use relight_core::{
    config::Records,
    model::{instance_id::InstanceId, plan::Plan},
    run::{Approval, Event, Run},
    transport::TransportResult,
};
use std::sync::Arc;

/// Everything that can happen.
pub(crate) enum Msg {
    /// An attribute of the element has changed.
    AttributesChanged,
    /// The configuration is there, with what was wrong with it.
    Configured(Box<Config>, Option<String>),
    /// A person wants something.
    Intent(Intent),
    /// The key was wiped, because nobody was there.
    KeyGone,
    /// The place that gives keys has answered, for a review with a look or without, perhaps instead of one
    /// that is so old.
    Renewed { preflight: bool, replaced_age_ms: Option<u64> },
    /// What the browser keeps beyond the tab, or why that cannot be read.
    SavedKeys {
        /// The keys.
        entries: Result<Vec<SavedKey>, KeyStoreError>,
        /// How many were deleted that an older release had kept and that must not be.
        removed: usize,
    },
    /// A key that was chosen, when the vault had changed so often; `None` if it cannot be had.
    Chosen { changes: u64, found: Option<(SavedKey, Key)> },
    /// A key is kept now, when the vault had changed so often: under this id, or not.
    KeySaved { changes: u64, id: Result<String, KeyStoreError> },
    /// The turn of a call of the run has come: it is signed, or cannot be, for this reason.
    Prepared { ticket: u64, call: usize, signed: Result<Box<Signature>, &'static str> },
    /// A request that was sent has come back, or not.
    Completed { ticket: u64, event: Event },
    /// A describe call before the review has come back, or not.
    Described { ticket: u64, ids: Vec<InstanceId>, result: TransportResult },
    /// It is time for the look to go on.
    PreflightWake,
    /// The journal is open, or cannot be.
    Journal(Result<Journal, Unavailable>),
    /// The newest run of the journal, if nobody works on it and the person was not done with it.
    Restored { run: Box<Run>, lock: Option<RunLock> },
    /// A run in the journal cannot be brought back; it is kept aside.
    Quarantined { run_id: String, why: String },
    /// The records of a run, to be saved.
    Raw(String),
    /// The runs that the journal keeps.
    Runs(Vec<SavedRun>),
    /// What came of one of them.
    Tallied(String, Tally),
    /// One of them, to be shown.
    Opened { run: Box<Run>, lock: Option<RunLock> },
    /// This page has the run to itself, or cannot tell.
    Locked { run_id: String, lock: Option<RunLock> },
    /// A record is written, or not.
    Recorded { run_id: String, number: u64, conflicts: Option<Vec<InstanceId>> },
    /// The page around this one has thought it over.
    Answered { number: u64, request: ApprovalRequest, answer: Result<(), ApprovalStatus> },
    /// The element is being taken out of the page; to be called once no call is on the way.
    Unmount(Function),
    /// The operator's endpoint has not taken this run yet.
    UploadPending { run: Box<Run>, to: Records },
    /// The browser says that it is on- or offline.
    Online(bool),
    /// The page is hidden, or shown again.
    Hidden(bool),
    /// It is time for the run to go on.
    Wake,
    /// A large run has changed a little while ago.
    Draw,
    /// A second has passed.
    Second,
    /// The doctor is done, or has to say whom it asks.
    DiagnosticsUpdated(Diagnostics),
}

/// What the page around this one is asked for.
pub(crate) enum ApprovalRequest {
    /// To send what is under review.
    Send(Arc<Plan>),
    /// To send some of a run again.
    SendAgain { run_id: String, approval: Approval },
}

/// Whether something may lead to a call, and so waits for the configuration.
pub(super) fn is_early(msg: &Msg) -> bool {
    matches!(
        msg,
        Msg::Restored { .. }
            | Msg::Intent(
                Intent::Review
                    | Intent::SkipPreflight
                    | Intent::SearchRegions
                    | Intent::Send(_)
                    | Intent::RunDiagnostics
            )
    )
}
