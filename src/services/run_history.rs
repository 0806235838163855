//! The runs that the journal keeps, for the list of them: what each was and what came of it.

use crate::{
    i18n::OperationLabel,
    services::{
        clock,
        journal::{Journal, Unreadable},
        locks::{NoLocks, RunLock},
        uploads,
        vault::key_store,
    },
};
use relight_core::run::{Counts, Run, Summary, restore};

/// A run that is kept.
#[derive(Clone, Debug)]
pub(crate) struct SavedRun {
    /// The run's id.
    pub id: String,
    /// What it was; `None` if not even that can be read.
    pub summary: Option<Summary>,
    /// Whether a page works on it or shows it now, be it this one.
    pub is_active: bool,
    /// Whether the operator's endpoint has not taken its record yet.
    pub is_upload_pending: bool,
    /// Why it cannot be read, in English, if it cannot.
    pub why: Option<String>,
    /// What came of it, once that was read.
    pub tally: Option<Tally>,
}

/// What came of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// What was asked.
    pub label: OperationLabel,
    /// How many have each outcome.
    pub counts: Counts,
    /// Whether something is still to be sent or to be found out.
    pub is_unfinished: bool,
}

/// What a person wants of the runs that are kept.
#[derive(Clone, Debug)]
pub(crate) enum HistoryAction {
    /// To see which there are.
    List,
    /// To know what came of these.
    Tally(Vec<String>),
    /// To see this one as it was.
    Open(String),
    /// To leave the run that is shown as it is, unless it is over.
    Close,
    /// To have its records in a file.
    Save(String),
    /// To have these deleted. They have been asked whether they mean it.
    Delete(Vec<String>),
}

/// All runs, newest first. None, if the journal cannot be read.
pub(crate) async fn list(journal: &Journal, uploads_records: bool) -> Vec<SavedRun> {
    let contents = journal.contents().await.unwrap_or_default();
    let pending = if uploads_records { uploads::pending() } else { Vec::new() };
    let readable = contents.runs.into_iter().map(|run| SavedRun {
        id: run.summary.about.id.clone(),
        is_upload_pending: pending.contains(&run.summary.about.id),
        is_active: run.is_active == Some(true),
        summary: Some(run.summary),
        why: None,
        tally: None,
    });
    let quarantined = contents.quarantined.into_iter().map(|run| SavedRun {
        id: run.id,
        summary: run.summary,
        is_active: false,
        is_upload_pending: false,
        why: Some(run.why),
        tally: None,
    });
    readable.chain(quarantined).collect()
}

/// A run as it was left, or why it cannot be read.
pub(crate) async fn read(journal: &Journal, id: &str) -> Result<Run, Unreadable> {
    restore(journal.load(id).await?, clock::now()).map_err(Unreadable::Broken)
}

/// What came of a run.
pub(crate) fn tally(run: &Run) -> Tally {
    Tally {
        label: OperationLabel::of(run.spec()),
        counts: run.counts(),
        is_unfinished: run.is_unfinished(),
    }
}

/// Deletes runs that no page works on.
pub(crate) async fn delete(journal: &Journal, ids: &[String]) {
    for id in ids {
        // Held until it is gone, so that no page brings it back meanwhile.
        match RunLock::take(id).await {
            Ok(None) => {}
            Ok(Some(_)) | Err(NoLocks) => {
                // What could not be deleted is in the list that follows.
                let _ = journal.delete(id).await;
            }
        }
    }
}

/// Whether this browser has what is to be shown at once: runs, or keys.
pub(crate) async fn has_saved() -> bool {
    if key_store::list().await.is_ok_and(|keys| !keys.is_empty()) {
        return true;
    }
    match Journal::open().await {
        Ok(journal) => !list(&journal, false).await.is_empty(),
        Err(_) => false,
    }
}
