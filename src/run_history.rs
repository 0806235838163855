//! The runs that the journal keeps, for the list of them: what each was and what came of it.

use crate::{
    clock,
    journal::{Journal, Unreadable},
    locks::{NoLocks, RunLock},
    text::Deed,
    uploads,
};
use relight_core::run::{Counts, Run, Summary, restore};

/// A run that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The run's id.
    pub id: String,
    /// What it was; `None` if not even that can be read.
    pub summary: Option<Summary>,
    /// Whether a page works on it or shows it now, be it this one.
    pub is_living: bool,
    /// Whether the operator's endpoint has not taken its record yet.
    pub is_owed: bool,
    /// Why it cannot be read, in English, if it cannot.
    pub why: Option<String>,
    /// What came of it, once that was read.
    pub tally: Option<Tally>,
}

/// What came of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What was asked.
    pub deed: Deed,
    /// How many have each outcome.
    pub counts: Counts,
    /// Whether something is still to be sent or to be found out.
    pub is_unfinished: bool,
}

/// What a person wants of the runs that are kept.
#[derive(Clone, Debug)]
pub enum Wish {
    /// To see which there are.
    List,
    /// To know what came of these.
    Tally(Vec<String>),
    /// To see this one as it was.
    Open(String),
    /// To leave the run that is shown as it is, unless it is over.
    PutAway,
    /// To have its records in a file.
    Save(String),
    /// To have these deleted. They have been asked whether they mean it.
    Forget(Vec<String>),
}

/// All runs, newest first. None, if the journal cannot be read.
pub(crate) async fn list(journal: &Journal, hands_in: bool) -> Vec<Kept> {
    let contents = journal.contents().await.unwrap_or_default();
    let owed = if hands_in { uploads::owed() } else { Vec::new() };
    let readable = contents.runs.into_iter().map(|run| Kept {
        id: run.summary.about.id.clone(),
        is_owed: owed.contains(&run.summary.about.id),
        is_living: run.is_living == Some(true),
        summary: Some(run.summary),
        why: None,
        tally: None,
    });
    let aside = contents.aside.into_iter().map(|run| Kept {
        id: run.id,
        summary: run.summary,
        is_living: false,
        is_owed: false,
        why: Some(run.why),
        tally: None,
    });
    readable.chain(aside).collect()
}

/// A run as it was left, or why it cannot be read.
pub(crate) async fn read(journal: &Journal, id: &str) -> Result<Run, Unreadable> {
    restore(journal.load(id).await?, clock::now()).map_err(Unreadable::Broken)
}

/// What came of a run.
pub(crate) fn tally(run: &Run) -> Tally {
    Tally { deed: Deed::of(run.order()), counts: run.counts(), is_unfinished: run.is_unfinished() }
}

/// Deletes runs that no page works on.
pub(crate) async fn forget(journal: &Journal, ids: &[String]) {
    for id in ids {
        // Held until it is gone, so that no page brings it back meanwhile.
        match RunLock::take(id).await {
            Ok(None) => {}
            Ok(Some(_)) | Err(NoLocks) => {
                // What could not be deleted is in the list that follows.
                let _ = journal.forget(id).await;
            }
        }
    }
}
