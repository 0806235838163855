//! The journal: what a run records, the run that it restores, and the run history.

use crate::{
    console::{Console, Msg, events::report, uploads::upload_pending},
    services::{
        journal::{Journal, Unavailable, Unreadable},
        locks::{NoLocks, RunLock},
        run_history::{self, HistoryAction, SavedRun, Tally},
    },
    store::{Intent, Shared},
};
use relight_core::{
    model::instance_id::InstanceId,
    run::{Record, Run},
    text::mask::hide_secrets,
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::{Context, html::Scope};

impl Console {
    /// The journal is open, or cannot be opened.
    pub(super) fn journal_opened(
        &mut self,
        ctx: &Context<Self>,
        opened: Result<Journal, Unavailable>,
    ) -> bool {
        match opened {
            Ok(journal) => {
                restore_newest(ctx, journal.clone());
                // Without the configuration the endpoint is unknown; then reading it triggers this.
                if let Some(records) = &self.config.settings.records {
                    upload_pending(ctx, records, journal.clone());
                }
                self.journal = Some(journal);
                self.list_runs(ctx);
                false
            }
            Err(why) => {
                self.view.no_journal = Some(why.code());
                true
            }
        }
    }

    /// Reports that a run cannot be restored.
    pub(super) fn quarantine(&mut self, ctx: &Context<Self>, run_id: String, why: String) -> bool {
        report(ctx.props().host(), "journal", &format!("{run_id}: {why}"));
        self.view.quarantined = Some(Rc::new((run_id, why)));
        true
    }

    /// Writes a record, and reports whether it is written.
    pub(super) fn record(
        &self,
        ctx: &Context<Self>,
        run: &Run,
        number: u64,
        record: &Record,
        claim: &[InstanceId],
        durable: bool,
    ) {
        let about = run.about();
        let run_id = about.id.clone();
        let Some(journal) = &self.journal else {
            ctx.link().send_message(Msg::Recorded { run_id, number, conflicts: None });
            return;
        };
        let account = format!("{} {}", run.spec().target().cloud.id, about.key_id);
        let written = journal.append(&about.id, &account, record, claim, durable);
        ctx.link().send_future(async move {
            Msg::Recorded { run_id, number, conflicts: written.await.ok() }
        });
    }

    /// Releases the run's claims for other pages.
    pub(super) fn release_claims(&self) {
        if let (Some(journal), Some(run)) = (&self.journal, &self.view.run) {
            let released = journal.release(&run.about().id, None);
            // A claim that stays is taken over once this page's lock is gone.
            spawn_local(async move {
                let _ = released.await;
            });
        }
    }

    /// Lists the saved runs.
    pub(super) fn list_runs(&self, ctx: &Context<Self>) {
        let Some(journal) = self.journal.clone() else { return };
        let uploads_records = self.config.settings.records.is_some();
        ctx.link().send_future(async move {
            Msg::Runs(run_history::list(&journal, uploads_records).await)
        });
    }

    /// The list is read. Counts that are known already stay.
    pub(super) fn runs_listed(&mut self, mut runs: Vec<SavedRun>) -> bool {
        for one in &mut runs {
            let known = self.view.saved_runs.iter().flat_map(|runs| runs.iter());
            one.tally = known.filter(|known| known.id == one.id).find_map(|known| known.tally);
        }
        self.view.saved_runs = Some(Shared::new(runs));
        true
    }

    /// The counts of a run are read.
    pub(super) fn tallied(&mut self, id: &str, tally: Tally) -> bool {
        let Some(runs) = &mut self.view.saved_runs else { return false };
        for one in runs.make_mut().iter_mut().filter(|one| one.id == id) {
            one.tally = Some(tally);
        }
        true
    }

    /// A choice in the run history. None of them sends anything to a cloud.
    pub(super) fn handle_history(&mut self, ctx: &Context<Self>, action: HistoryAction) -> bool {
        let Some(journal) = self.journal.clone() else { return false };
        let link = ctx.link().clone();
        match action {
            HistoryAction::List => self.list_runs(ctx),
            HistoryAction::Tally(ids) => spawn_local(async move {
                for id in ids {
                    if let Ok(run) = run_history::read(&journal, &id).await {
                        link.send_message(Msg::Tallied(id, run_history::tally(&run)));
                    }
                }
            }),
            HistoryAction::Open(id) => spawn_local(async move {
                if let Some(run) = read_or_quarantine(&link, &journal, &id).await {
                    let to_msg = |run, lock| Msg::Opened { run, lock };
                    lock_and_restore(&link, Box::new(run), to_msg).await;
                }
                link.send_message(Msg::Intent(Intent::History(HistoryAction::List)));
            }),
            HistoryAction::Close => return self.close_run(ctx),
            HistoryAction::Save(id) => self.save_records(ctx, id),
            HistoryAction::Export(ids, format) => self.export_saved(link, journal, ids, format),
            HistoryAction::Delete(ids) => spawn_local(async move {
                run_history::delete(&journal, &ids).await;
                link.send_message(Msg::Intent(Intent::History(HistoryAction::List)));
            }),
        }
        false
    }

    /// Reads the records of a run, for a file.
    pub(super) fn save_records(&self, ctx: &Context<Self>, id: String) {
        let Some(journal) = self.journal.clone() else { return };
        let link = ctx.link().clone();
        spawn_local(async move {
            if let Ok(records) = journal.raw(&id).await {
                // Records of an older release may hold what must be redacted.
                link.send_message(Msg::Records(hide_secrets(&records)));
            }
        });
    }
}

/// A run of the journal; one that cannot be read is quarantined, and reported.
pub(super) async fn read_or_quarantine(
    link: &Scope<Console>,
    journal: &Journal,
    id: &str,
) -> Option<Run> {
    match run_history::read(journal, id).await {
        Ok(run) => Some(run),
        Err(Unreadable::Unavailable(_)) => None,
        Err(broken) => {
            let (run_id, why) = (id.to_owned(), broken.to_string());
            // The run is reported even if quarantining fails.
            let _ = journal.quarantine(id, &why).await;
            link.send_message(Msg::Quarantined { run_id, why });
            None
        }
    }
}

/// Looks in the journal for a run that a reload, a crash or another day has interrupted.
fn restore_newest(ctx: &Context<Console>, journal: Journal) {
    let link = ctx.link().clone();
    spawn_local(async move {
        loop {
            match newest_open_run(&journal).await {
                None => return,
                Some(Ok(run)) => {
                    lock_and_restore(&link, run, |run, lock| Msg::Restored { run, lock }).await;
                    return;
                }
                // An older one may be interrupted, too.
                Some(Err((run_id, why))) => {
                    let runs = journal.quarantine(&run_id, &why).await;
                    link.send_message(Msg::Quarantined { run_id, why });
                    if runs.is_err() {
                        return;
                    }
                }
            }
        }
    });
}

/// The newest unfinished run of the journal that no page works on; or its id, and why it cannot be
/// read.
async fn newest_open_run(journal: &Journal) -> Option<Result<Box<Run>, (String, String)>> {
    let contents = journal.contents().await.ok()?;
    let newest = contents.runs.into_iter().find(|run| run.is_active != Some(true))?;
    let id = newest.summary.about.id;
    match run_history::read(journal, &id).await {
        Ok(run) => (!run.is_closed()).then(|| Ok(Box::new(run))),
        Err(Unreadable::Unavailable(_)) => None,
        Err(broken @ Unreadable::Broken(_)) => Some(Err((id, broken.to_string()))),
    }
}

/// Locks a run for this page and restores it by a message, unless another page has the lock.
async fn lock_and_restore(
    link: &Scope<Console>,
    run: Box<Run>,
    to_msg: fn(Box<Run>, Option<RunLock>) -> Msg,
) {
    let lock = RunLock::take(&run.about().id).await;
    if !matches!(lock, Ok(None)) {
        link.send_message(to_msg(run, lock.unwrap_or_else(|NoLocks| None)));
    }
}
