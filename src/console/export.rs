//! Export: files and the clipboard.

use crate::{
    console::{Console, Msg, journal::read_or_quarantine},
    services::{clock, journal::Journal, run_history::HistoryAction},
    store::{Format, Intent},
};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Reflect};
use relight_core::run::{Run, export};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};
use yew::html::Scope;

impl Console {
    /// Downloads the run that is shown.
    pub(super) fn export(&self, format: Format) {
        let Some(run) = &self.view.run else { return };
        let text = match format {
            Format::Csv => export::csv([&**run]),
            Format::Json => export::json(run),
        };
        save_as(&export::file_stem(run), format, &text);
    }

    /// Downloads saved runs as one file. What this page holds of a run is newer than its records.
    pub(super) fn export_saved(
        &self,
        link: Scope<Console>,
        journal: Journal,
        ids: Vec<String>,
        format: Format,
    ) {
        let here: Vec<_> = self.view.run.iter().chain(&self.view.background).cloned().collect();
        spawn_local(async move {
            let mut runs: Vec<Run> = Vec::with_capacity(ids.len());
            for id in &ids {
                match here.iter().find(|run| run.about().id == *id) {
                    Some(run) => runs.push(Run::clone(run)),
                    None => runs.extend(read_or_quarantine(&link, &journal, id).await),
                }
            }
            if runs.len() < ids.len() {
                link.send_message(Msg::Intent(Intent::History(HistoryAction::List)));
            }
            let stem = match runs.as_slice() {
                [] => return,
                [run] => export::file_stem(run),
                _ => export::file_stem_at(clock::now(), &format!("{}-runs", runs.len())),
            };
            let text = match (format, runs.as_slice()) {
                (Format::Csv, runs) => export::csv(runs),
                (Format::Json, [run]) => export::json(run),
                (Format::Json, runs) => export::json_of_all(runs),
            };
            save_as(&stem, format, &text);
        });
    }
}

/// Downloads an export.
pub(super) fn save_as(stem: &str, format: Format, text: &str) {
    let (ending, kind) = match format {
        Format::Csv => (".csv", "text/csv;charset=utf-8"),
        Format::Json => (".json", "application/json"),
    };
    save(&[stem, ending].concat(), kind, text);
}

/// Copies a text to the clipboard, where there is one.
pub(super) fn copy(text: &str) {
    if let Some(window) = web_sys::window()
        // Outside secure contexts there is no clipboard, and the typed getter would hide that.
        && Reflect::get(&window.navigator(), &"clipboard".into())
            .is_ok_and(|clipboard| clipboard.is_object())
    {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

/// Downloads a text as a file. If that fails, the results are still on the screen.
pub(super) fn save(name: &str, kind: &str, text: &str) {
    let _ = download(name, kind, text);
}

fn download(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let document = web_sys::window().and_then(|window| window.document()).ok_or("no page")?;
    let link = document.create_element("a")?.dyn_into::<HtmlAnchorElement>()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The download holds the content itself; the URL may be revoked once it has begun.
    Timeout::new(10_000, move || {
        let _ = Url::revoke_object_url(&url);
    })
    .forget();
    Ok(())
}
