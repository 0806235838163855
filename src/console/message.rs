//! The messages of the console.

use crate::{
    console::calls::Signature,
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
use std::{rc::Rc, sync::Arc};

/// The messages of the console.
pub(crate) enum Msg {
    /// An attribute of the element has changed.
    AttributesChanged,
    /// The configuration was read, with its problems.
    Configured(Box<Config>, Option<String>),
    /// A user intent.
    Intent(Intent),
    /// The key was wiped, because the page was idle.
    KeyGone,
    /// The source of keys has answered, for a review with or without preflight, perhaps in place of an
    /// expired review.
    Renewed { preflight: bool, replaced_age_ms: Option<u64> },
    /// The saved keys are listed, or cannot be read.
    SavedKeys {
        /// The keys.
        entries: Result<Vec<SavedKey>, KeyStoreError>,
        /// How many were deleted that an older release should not have saved.
        removed: usize,
    },
    /// A saved key, with the vault's revision when it was chosen; `None` if it cannot be loaded.
    Chosen { changes: u64, found: Option<(SavedKey, Key)> },
    /// A key was saved under this id, or not; with the vault's revision at that time.
    KeySaved { changes: u64, id: Result<String, KeyStoreError> },
    /// The slot of a call of the run has come: it is signed, or cannot be, for this reason.
    Prepared { ticket: u64, call: usize, signed: Result<Box<Signature>, &'static str> },
    /// The result of a request.
    Completed { ticket: u64, run_id: Rc<str>, event: Event },
    /// The result of a describe request of the preflight.
    Described { ticket: u64, ids: Vec<InstanceId>, result: TransportResult },
    /// It is time for the next step of the preflight.
    PreflightWake,
    /// The result of a request for a page of the list, from this cursor on.
    Listed { ticket: u64, cursor: Option<String>, result: TransportResult },
    /// It is time for the next step of the list.
    ListWake,
    /// The journal is open, or cannot be opened.
    Journal(Result<Journal, Unavailable>),
    /// The newest unfinished run of the journal that no other page works on.
    Restored { run: Box<Run>, lock: Option<RunLock> },
    /// A run of the journal cannot be restored; it is quarantined.
    Quarantined { run_id: String, why: String },
    /// The records of a run, for a download.
    Records(String),
    /// The saved runs.
    Runs(Vec<SavedRun>),
    /// The counts of a saved run.
    Tallied(String, Tally),
    /// A saved run, to be shown.
    Opened { run: Box<Run>, lock: Option<RunLock> },
    /// This page has locked the run, or there are no locks.
    Locked { run_id: String, lock: Option<RunLock> },
    /// A record was written, or not.
    Recorded { run_id: String, number: u64, conflicts: Option<Vec<InstanceId>> },
    /// The host page has answered.
    Answered { number: u64, request: ApprovalRequest, answer: Result<(), ApprovalStatus> },
    /// The element is being unmounted; to be called once no call is in flight.
    Unmount(Function),
    /// The operator's endpoint has not accepted the record of this run yet.
    UploadPending { run: Box<Run>, to: Records },
    /// The browser has gone on- or offline.
    Online(bool),
    /// The page was hidden, or shown again.
    Hidden(bool),
    /// It is time for the next step of the run with this id.
    Wake(Rc<str>),
    /// A large run has changed since it was last rendered.
    Render,
    /// A second has passed.
    Second,
    /// The connection check has findings, or the host that it asks.
    DiagnosticsUpdated(Diagnostics),
}

/// What the host page is asked to approve.
pub(crate) enum ApprovalRequest {
    /// To send what is under review.
    Send(Arc<Plan>),
    /// To send some of a run again.
    SendAgain { run_id: String, approval: Approval },
}

/// Whether it may lead to a call, and so waits for the configuration.
pub(super) fn waits_for_configuration(msg: &Msg) -> bool {
    matches!(
        msg,
        Msg::Restored { .. }
            | Msg::Intent(
                Intent::Review
                    | Intent::SkipPreflight
                    | Intent::SearchRegions
                    | Intent::Instances(_)
                    | Intent::Send(_)
                    | Intent::RunDiagnostics
            )
    )
}
