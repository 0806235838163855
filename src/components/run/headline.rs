//! A run in a few words, for the title of the tab and for the header.

use crate::i18n::page::{self, PageMessage};
use relight_core::{
    i18n::Locale,
    model::outcome::Outcome,
    run::{Run, RunStatus},
};

/// How far the run is; what is unknown comes first. Nothing is said to be done that may still change.
pub(crate) fn headline(run: &Run, locale: Locale) -> String {
    let counts = run.counts();
    let sum = |outcomes: &[Outcome]| outcomes.iter().map(|one| counts.of(*one)).sum::<usize>();
    let total = counts.total() - counts.of(Outcome::Skipped);
    let unknown = counts.of(Outcome::Unknown);
    let open = sum(&[Outcome::Queued, Outcome::Sending, Outcome::Accepted, Outcome::InProgress]);
    let done = total - open - unknown;
    let not_sent = sum(&[Outcome::Queued, Outcome::NotSent]);
    let failed = sum(&[Outcome::Rejected, Outcome::Overdue]);
    let of_total = || PageMessage::Done { done, total }.in_locale(locale);
    let is_over = run.status() == RunStatus::Finished;
    let mut parts = Vec::new();
    if unknown > 0 {
        parts.push(PageMessage::Unknown(unknown).in_locale(locale));
    }
    if run.is_stopped() || (is_over && not_sent > 0) {
        parts.push(page::STOPPED.in_locale(locale).into());
        parts.push(PageMessage::NotSent(not_sent).in_locale(locale));
    } else {
        match run.status() {
            RunStatus::Paused(_) => parts.push(page::PAUSED.in_locale(locale).into()),
            RunStatus::Finished => parts.push(page::FINISHED.in_locale(locale).into()),
            RunStatus::Sending | RunStatus::Watching | RunStatus::Stopped => {}
        }
        parts.push(of_total());
    }
    if failed > 0 {
        parts.push(PageMessage::Failed(failed).in_locale(locale));
    }
    parts.join(" · ")
}
