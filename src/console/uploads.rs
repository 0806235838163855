//! Uploads of run records to the operator's endpoint: of a run that has finished, and pending ones of
//! pages that were closed earlier.

use crate::{
    console::{Console, Msg, events::report},
    services::{
        journal::{Journal, Unreadable},
        run_history, uploads,
    },
};
use relight_core::{
    config::Records,
    run::{Run, export},
};
use wasm_bindgen_futures::spawn_local;
use yew::Context;

/// Uploads the record of a run to the operator's endpoint until it is accepted.
pub(super) fn upload_record(ctx: &Context<Console>, to: &Records, run: &Run) {
    let record = export::record(run);
    let (url, run_id, host) = (to.url.clone(), run.about().id.clone(), ctx.props().host().clone());
    spawn_local(async move {
        uploads::upload(&url, &record, |message| report(&host, "records", message)).await;
        uploads::remove_pending(&run_id);
    });
}

/// Resumes the pending uploads of closed pages.
pub(super) fn upload_pending(ctx: &Context<Console>, to: &Records, journal: Journal) {
    let (link, to) = (ctx.link().clone(), to.clone());
    spawn_local(async move {
        for run_id in uploads::pending() {
            match run_history::read(&journal, &run_id).await {
                Ok(run) => {
                    link.send_message(Msg::UploadPending { run: Box::new(run), to: to.clone() });
                }
                // What cannot be read cannot be uploaded; it is quarantined in the journal.
                Err(Unreadable::Broken(_)) => uploads::remove_pending(&run_id),
                Err(Unreadable::Unavailable(_)) => return,
            }
        }
    });
}
