//! The one place where the program is split. The form comes with the page; what is needed from the review
//! on is the part `rest`, fetched when the user begins to fill in the form.
//!
//! The release build splits it (`cargo xtask dist` sets `cfg(split)`). Otherwise the same sources are one
//! module, and [`load`] has nothing to wait for.

use crate::{
    api::Functions,
    app::Start,
    components::{common::undo::Undo, form::ids::render_found},
    console,
    i18n::{message, page},
    services::{run_history, saved_form},
    store::Removed,
};
use relight_core::{
    credential::Guard,
    form::{Form, FormEdit},
    i18n::{Locale, Text},
    ids::{ParsedIds, parse_ids},
    model::cloud::Cloud,
};
use std::{cell::Cell, future::Future, pin::Pin, rc::Rc, sync::Arc};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;
use yew::{Html, html};

/// What the second part of the program exports.
pub(crate) struct Rest {
    /// Renders the whole console in place of the form alone.
    pub(crate) console: fn(Rc<Start>) -> Html,
    /// Whether this browser has saved runs, keys or a form, which are shown at once.
    pub(crate) has_saved: fn() -> Pin<Box<dyn Future<Output = bool>>>,
    /// Keeps the form for the page after this one.
    pub(crate) keep_form: fn(&HtmlElement, &Form, Guard),
    /// Reads ids closely.
    pub(crate) parse_ids: fn(&str, Option<&'static Cloud>) -> ParsedIds,
    /// Puts what was probably meant in place of each near miss among them.
    pub(crate) corrected: fn(&ParsedIds, &str) -> String,
    /// Renders what was found among them.
    pub(crate) ids_found: fn(Arc<ParsedIds>) -> Html,
    /// The ids before an edit that removes some.
    pub(crate) removed_by: fn(&FormEdit, &Arc<str>) -> Option<Arc<str>>,
    /// Renders the way back to them.
    pub(crate) undo: fn(Locale) -> Html,
    /// The functions of the ES module.
    pub(crate) functions: Functions,
}

/// Why the second part could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoadError {
    /// It could not be fetched.
    Missing,
    /// It does not match the integrity manifest of this page.
    #[cfg_attr(not(split), allow(dead_code, reason = "one module is there or not"))]
    Changed,
    /// A newer version was published in the meantime.
    #[cfg_attr(not(split), allow(dead_code, reason = "one module is there or not"))]
    Replaced,
}

impl LoadError {
    /// The public name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            LoadError::Missing => "missing",
            LoadError::Changed => "changed",
            LoadError::Replaced => "replaced",
        }
    }

    /// The message on the screen.
    pub(crate) const fn text(self) -> Text {
        match self {
            LoadError::Missing => message::REST_FAILED,
            LoadError::Changed => message::REST_CHANGED,
            LoadError::Replaced => message::REST_REPLACED,
        }
    }
}

thread_local! {
    static LOADED: Cell<Option<&'static Rest>> = const { Cell::new(None) };
}

/// Loads the second part, once; after a failure it is fetched again.
pub(crate) async fn load() -> Result<&'static Rest, LoadError> {
    if let Some(rest) = LOADED.get() {
        return Ok(rest);
    }
    #[cfg(split)]
    let rest = {
        // Taken before the first `await`: a page may have loaded the program twice.
        load_for(&wasm_bindgen::exports());
        rest().await?
    };
    #[cfg(not(split))]
    let rest = std::future::ready(rest()).await?;
    LOADED.set(Some(rest));
    Ok(rest)
}

/// The second part, if it is loaded.
pub(crate) fn loaded() -> Option<&'static Rest> {
    #[cfg(split)]
    return LOADED.get();
    #[cfg(not(split))]
    rest().ok()
}

/// Loads the second part, if this browser has something for it to show at once.
pub(crate) async fn load_if_saved() -> Option<&'static Rest> {
    let has_saved = JsFuture::from(has_saved("relight")).await;
    if !has_saved.is_ok_and(|has| has.is_truthy()) {
        return None;
    }
    let rest = load().await.ok()?;
    (rest.has_saved)().await.then_some(rest)
}

/// Loads the second part, for the module's `init`.
///
/// # Errors
/// A `RelightError` of the kind `not-loaded`.
#[wasm_bindgen(js_name = loadRest, skip_typescript)]
#[allow(unreachable_pub, reason = "wasm-bindgen exports nothing else")]
pub async fn load_rest() -> Result<(), JsValue> {
    load().await.map(drop).map_err(|error| crate::api::not_loaded(error.as_str()))
}

#[cfg_attr(
    split,
    wasm_split_helpers::wasm_split(rest, fallible),
    allow(unsafe_code, reason = "the macro names the function on both sides of the cut")
)]
#[allow(clippy::unnecessary_wraps, reason = "fetching it may fail where it is cut")]
fn rest() -> Result<&'static Rest, LoadError> {
    Ok(&Rest {
        console: console::render,
        has_saved: || Box::pin(run_history::has_saved()),
        keep_form: saved_form::keep,
        parse_ids,
        corrected: ParsedIds::corrected,
        ids_found: render_found,
        removed_by: Removed::by,
        undo: |locale| html! { <Undo text={page::IDS_CHANGED.in_locale(locale)} /> },
        functions: Functions::ALL,
    })
}

#[cfg(split)]
impl From<wasm_split_helpers::SplitLoaderError> for LoadError {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        match load_failure().as_deref() {
            Some("changed") => LoadError::Changed,
            Some("replaced") => LoadError::Replaced,
            Some(_) | None => LoadError::Missing,
        }
    }
}

// The loader: it is next to the module in a release, and nowhere else.
#[cfg(split)]
#[wasm_bindgen(raw_module = "./parts.js")]
extern "C" {
    #[wasm_bindgen(js_name = loadFor)]
    fn load_for(exports: &JsValue);
    #[wasm_bindgen(js_name = loadFailure)]
    fn load_failure() -> Option<String>;
}

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = hasSaved)]
    fn has_saved(name: &str) -> js_sys::Promise;
}
