//! Leave to send, from the page around the console: at once, or later.

use crate::element;
use js_sys::{Promise, Reflect};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

/// What the page around the console says.
pub(crate) enum Leave {
    /// Go ahead: nobody has anything against it.
    Given,
    /// No: a listener has cancelled the event.
    Refused,
    /// A listener has called `detail.waitUntil` with this.
    Later(JsValue),
}

/// Where the asking stands, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is asked.
    #[default]
    Nothing,
    /// Somebody thinks it over.
    Asked,
    /// The answer was no, with these words if there were any.
    Refused(Option<String>),
}

/// Fires `relight-before-send`. Its detail gets a function `waitUntil` that takes a promise: of
/// `true` to go ahead, of anything else to leave it.
pub(crate) fn ask(host: &HtmlElement, detail: &JsValue) -> Leave {
    let later = Rc::new(RefCell::new(None));
    let wait_until = {
        let later = Rc::clone(&later);
        Closure::<dyn FnMut(JsValue)>::new(move |promise| {
            later.replace(Some(promise));
        })
    };
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(detail, &"waitUntil".into(), wait_until.as_ref());
    if !element::fire(host, "relight-before-send", detail, true) {
        return Leave::Refused;
    }
    // Called after the event it would change nothing: it is gone then, and throws.
    let _ = Reflect::delete_property(detail.unchecked_ref::<js_sys::Object>(), &"waitUntil".into());
    match later.take() {
        Some(promise) => Leave::Later(promise),
        None => Leave::Given,
    }
}

/// Waits for a later answer. Only `true` is a yes; a promise that is broken is a no with its reason.
pub(crate) async fn answer(promise: JsValue) -> Result<(), Option<String>> {
    match JsFuture::from(Promise::resolve(&promise)).await {
        Ok(said) if said == JsValue::TRUE => Ok(()),
        Ok(said) => Err(said.as_string()),
        Err(error) => {
            let words = Reflect::get(&error, &"message".into()).unwrap_or_default();
            Err(words.as_string().or_else(|| error.as_string()))
        }
    }
}
