//! Everything that can happen to a console.

use super::calls::Signature;
use crate::{
    approval::Standing,
    config::Config,
    journal::{Journal, Unavailable},
    locks::RunLock,
    run_history::{Kept, Tally},
    store::{Examination, Intent},
    vault::{
        Key,
        key_store::{Entry, Trouble},
    },
};
use js_sys::Function;
use relight_core::{
    answer::Delivery,
    config::Records,
    ids::InstanceId,
    plan::Plan,
    run::{Approval, Event, Run},
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
    Renewed { look: bool, instead_of_ms: Option<u64> },
    /// What the browser keeps beyond the tab, or why that cannot be read.
    Keyring {
        /// The keys.
        entries: Result<Vec<Entry>, Trouble>,
        /// How many were deleted that an older release had kept and that must not be.
        removed: usize,
    },
    /// A key that was chosen, when the vault had changed so often; `None` if it cannot be had.
    Chosen { changes: u64, found: Option<(Entry, Key)> },
    /// A key is kept now, when the vault had changed so often: under this id, or not.
    Kept { changes: u64, id: Result<String, Trouble> },
    /// The turn of a call of the run has come: it is signed, or cannot be, for this reason.
    Turn { ticket: u64, call: usize, signed: Result<Box<Signature>, &'static str> },
    /// A request that was sent has come back, or not.
    Came { ticket: u64, event: Event },
    /// A describe call before the review has come back, or not.
    Looked { ticket: u64, ids: Vec<InstanceId>, delivery: Delivery },
    /// It is time for the look to go on.
    Look,
    /// The journal is open, or cannot be.
    Journal(Result<Journal, Unavailable>),
    /// The newest run of the journal, if nobody works on it and the person was not done with it.
    Restored { run: Box<Run>, lock: Option<RunLock> },
    /// A run in the journal cannot be brought back; it is kept aside.
    SetAside { run_id: String, why: String },
    /// The records of a run, to be saved.
    Raw(String),
    /// The runs that the journal keeps.
    Runs(Vec<Kept>),
    /// What came of one of them.
    Tallied(String, Tally),
    /// One of them, to be shown.
    Opened { run: Box<Run>, lock: Option<RunLock> },
    /// This page has the run to itself, or cannot tell.
    Locked { run_id: String, lock: Option<RunLock> },
    /// A record is written, or not.
    Recorded { run_id: String, number: u64, held: Option<Vec<InstanceId>> },
    /// The page around this one has thought it over.
    Answered { number: u64, wish: Wish, said: Result<(), Standing> },
    /// The element is being taken out of the page; to be called once no call is on the way.
    Leave(Function),
    /// The operator's endpoint has not taken this run yet.
    Owed { run: Box<Run>, to: Records },
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
    Examined(Examination),
}

/// What the page around this one is asked for.
pub(crate) enum Wish {
    /// To send what is under review.
    Send(Arc<Plan>),
    /// To send some of a run again.
    Again { run_id: String, approval: Approval },
}

/// Whether something may lead to a call, and so waits for the configuration.
pub(super) fn is_early(msg: &Msg) -> bool {
    matches!(
        msg,
        Msg::Restored { .. }
            | Msg::Intent(
                Intent::Review
                    | Intent::ReviewUnseen
                    | Intent::LookElsewhere
                    | Intent::Send(_)
                    | Intent::Examine
            )
    )
}
