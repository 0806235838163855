//! The run history: the runs of the journal, with their counts by outcome.

use crate::{
    i18n::OperationLabel,
    services::{
        clock,
        journal::{Journal, Unreadable},
        locks::{NoLocks, RunLock},
        saved_form, uploads,
        vault::key_store,
    },
    store::Format,
};
use relight_core::run::{Counts, Run, Summary, restore};

/// A saved run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SavedRun {
    /// The run's id.
    pub id: String,
    /// Its summary; `None` if not even that can be read.
    pub summary: Option<Summary>,
    /// Whether a page works on it or shows it now, this one included.
    pub is_active: bool,
    /// Whether the upload of its record is pending.
    pub is_upload_pending: bool,
    /// Why it cannot be read, in English, if it cannot.
    pub why: Option<String>,
    /// Its counts, once they were read.
    pub tally: Option<Tally>,
}

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The operation.
    pub label: OperationLabel,
    /// How many instances have each outcome.
    pub counts: Counts,
    /// Whether something is still to be sent or checked.
    pub is_unfinished: bool,
}

/// A choice in the run history.
#[derive(Clone, Debug)]
pub(crate) enum HistoryAction {
    /// List the runs.
    List,
    /// Read the counts of these.
    Tally(Vec<String>),
    /// Open this one.
    Open(String),
    /// Close the run that is shown, unless calls are in flight.
    Close,
    /// Download its records.
    Save(String),
    /// Download these as one file.
    Export(Vec<String>, Format),
    /// Delete these. The user has confirmed it.
    Delete(Vec<String>),
}

/// All runs, newest first. Empty if the journal cannot be read.
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

/// A run's records, or why they cannot be read.
pub(crate) async fn read(journal: &Journal, id: &str) -> Result<Run, Unreadable> {
    restore(journal.load(id).await?, clock::now()).map_err(Unreadable::Broken)
}

/// The result of a run.
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
        // Held until it is deleted, so that no page restores it meanwhile.
        match RunLock::take(id).await {
            Ok(None) => {}
            Ok(Some(_)) | Err(NoLocks) => {
                // What could not be deleted stays in the list.
                let _ = journal.delete(id).await;
            }
        }
    }
}

/// Whether this browser has something to show at once: a form, saved runs, or keys.
pub(crate) async fn has_saved() -> bool {
    if saved_form::is_saved() {
        return true;
    }
    if key_store::list().await.is_ok_and(|keys| !keys.is_empty()) {
        return true;
    }
    match Journal::open().await {
        Ok(journal) => !list(&journal, false).await.is_empty(),
        Err(_) => false,
    }
}
