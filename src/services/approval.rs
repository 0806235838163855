//! Leave to send, from the page around the console: at once, or later.

use crate::{element, services::clock};
use futures_util::future::try_join_all;
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Promise, Reflect};
use relight_core::run::Choice;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

/// What the page around the console says.
pub(crate) enum ApprovalResponse {
    /// Go ahead: nobody has anything against it.
    Given,
    /// No: a listener has cancelled the event, or one has thrown this. Whoever wanted to look and could
    /// not has not agreed.
    Refused(Option<String>),
    /// Listeners have called `detail.waitUntil` with these: all of them have to agree.
    Later(Vec<JsValue>),
}

/// Where the asking stands, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ApprovalStatus {
    /// Nothing is asked.
    #[default]
    Nothing,
    /// Somebody thinks it over.
    Asked,
    /// The place of this name is asked for a key.
    KeyAsked(String),
    /// No answer came in time.
    Late,
    /// The answer was no, with these words if there were any.
    Refused(Option<String>),
    /// What was confirmed is not what would be sent now.
    Changed {
        /// Of a run it is this choice, which is to be shown anew.
        choice: Option<Choice>,
        /// Tells one time from the next.
        number: u64,
        /// Whether it is only that it was looked at too long ago.
        outdated: bool,
    },
}

/// Fires `relight-before-send`. Its detail gets a function `waitUntil` that takes a promise: of
/// `true` to go ahead, of anything else to leave it. Of several promises each has to be one of `true`.
pub(crate) fn ask(host: &HtmlElement, detail: &JsValue) -> ApprovalResponse {
    let later = Rc::new(RefCell::new(Vec::new()));
    let wait_until = {
        let later = Rc::clone(&later);
        Closure::<dyn FnMut(JsValue)>::new(move |promise| later.borrow_mut().push(promise))
    };
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(detail, &"waitUntil".into(), wait_until.as_ref());
    let thrown = Rc::new(RefCell::new(None));
    // What a listener throws is reported to the window at once, and to nobody else. Captured, Firefox tells us
    // of it before those who may keep others from hearing of errors; Chromium goes by who came first.
    let listener = web_sys::window().map(|window| {
        let thrown = Rc::clone(&thrown);
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, "error", options, move |event| {
            let message = Reflect::get(event, &"message".into()).unwrap_or_default();
            thrown.replace(message.as_string());
        })
    });
    let is_allowed = element::fire(host, "relight-before-send", detail, true);
    drop(listener);
    let thrown = thrown.take();
    if !is_allowed || thrown.is_some() {
        return ApprovalResponse::Refused(thrown);
    }
    // Called after the event it would change nothing: it is gone then, and throws.
    let _ = Reflect::delete_property(detail.unchecked_ref::<js_sys::Object>(), &"waitUntil".into());
    let later = later.take();
    if later.is_empty() { ApprovalResponse::Given } else { ApprovalResponse::Later(later) }
}

/// How long the page around the console may think it over: somebody else may have to look at it.
pub(crate) const DEADLINE_MS: u32 = 600_000;

/// Waits for later answers, and says where that leaves the asking: the first no is one. Only `true` is a
/// yes; a promise that is broken is a no with its reason, and so is none at all after [`DEADLINE_MS`].
pub(crate) async fn answer(promises: Vec<JsValue>) -> Result<(), ApprovalStatus> {
    let answers = promises
        .into_iter()
        .map(|promise| async move { said(JsFuture::from(Promise::resolve(&promise)).await) });
    match clock::within(DEADLINE_MS, try_join_all(answers)).await {
        Some(answers) => answers.map(drop).map_err(ApprovalStatus::Refused),
        None => Err(ApprovalStatus::Late),
    }
}

fn said(answer: Result<JsValue, JsValue>) -> Result<(), Option<String>> {
    match answer {
        Ok(said) if said == JsValue::TRUE => Ok(()),
        Ok(said) => Err(said.as_string()),
        Err(error) => {
            let words = Reflect::get(&error, &"message".into()).unwrap_or_default();
            Err(words.as_string().or_else(|| error.as_string()))
        }
    }
}
