//! Export: files and the clipboard.

use crate::console::Console;
use crate::store::Format;
use gloo_timers::callback::Timeout;
use relight_core::run::export;
use wasm_bindgen::JsValue;

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
        && js_sys::Reflect::get(&window.navigator(), &"clipboard".into())
            .is_ok_and(|clipboard| clipboard.is_object())
    {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

/// Downloads a text as a file.
pub(super) fn save(name: &str, kind: &str, text: &str) {
    use wasm_bindgen::JsCast;
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&text.into());
    let saved = (|| -> Result<(), JsValue> {
        let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
        let url = web_sys::Url::create_object_url_with_blob(&blob)?;
        let document = web_sys::window().and_then(|window| window.document()).ok_or("no page")?;
        let link = document.create_element("a")?.dyn_into::<web_sys::HtmlAnchorElement>()?;
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // The download holds the content itself; the URL may be revoked once it has begun.
        Timeout::new(10_000, move || {
            let _ = web_sys::Url::revoke_object_url(&url);
        })
        .forget();
        Ok(())
    })();
    // A refused download leaves the results on the screen.
    drop(saved);
}
