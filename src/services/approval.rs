//! Approval of sending by the host page: at once, or later.

use crate::{element, services::clock};
use futures_util::future::try_join_all;
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Promise, Reflect};
use relight_core::run::Choice;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

/// The response of the host page.
pub(crate) enum ApprovalResponse {
    /// Approved: no listener has objected.
    Given,
    /// Refused: a listener has cancelled the event, or thrown this. A listener that fails has not
    /// approved.
    Refused(Option<String>),
    /// Listeners have called `detail.waitUntil` with these: all of them have to approve.
    Later(Vec<JsValue>),
}

/// The status of the question, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ApprovalStatus {
    /// Nothing is asked.
    #[default]
    Nothing,
    /// The host page is asked.
    Asked,
    /// The source of this name is asked for a key.
    KeyAsked(String),
    /// No answer came in time.
    Late,
    /// Refused, with this reason if one was given.
    Refused(Option<String>),
    /// What was confirmed is not what would be sent now.
    Changed {
        /// In a run, the choice to be confirmed again.
        choice: Option<Choice>,
        /// Distinguishes repeated changes.
        number: u64,
        /// Whether the only change is that the states are too old.
        outdated: bool,
    },
}

/// Dispatches `relight-before-send`. Its detail has a function `waitUntil` that takes a promise: `true`
/// approves, anything else refuses. Of several promises each has to be `true`.
pub(crate) fn ask(host: &HtmlElement, detail: &JsValue) -> ApprovalResponse {
    let later = Rc::new(RefCell::new(Vec::new()));
    let wait_until = {
        let later = Rc::clone(&later);
        Closure::<dyn FnMut(JsValue)>::new(move |promise| later.borrow_mut().push(promise))
    };
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(detail, &"waitUntil".into(), wait_until.as_ref());
    let thrown = Rc::new(RefCell::new(None));
    // What a listener throws is reported to the window at once, and to nobody else. With capture, Firefox calls
    // us before listeners that may stop the propagation of errors; Chromium goes by order of registration.
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
    // It has no effect after the event: calling it throws then.
    let _ = Reflect::delete_property(detail.unchecked_ref::<js_sys::Object>(), &"waitUntil".into());
    let later = later.take();
    if later.is_empty() { ApprovalResponse::Given } else { ApprovalResponse::Later(later) }
}

/// How long the host page may take: another person may have to approve.
pub(crate) const DEADLINE_MS: u32 = 600_000;

/// Waits for later answers and combines them: the first refusal decides. Only `true` approves; a rejected
/// promise is a refusal with its reason, and so is no answer within [`DEADLINE_MS`].
pub(crate) async fn answer(promises: Vec<JsValue>) -> Result<(), ApprovalStatus> {
    let answers = promises.into_iter().map(|promise| async move {
        approval_of(JsFuture::from(Promise::resolve(&promise)).await)
    });
    match clock::within(DEADLINE_MS, try_join_all(answers)).await {
        Some(answers) => answers.map(drop).map_err(ApprovalStatus::Refused),
        None => Err(ApprovalStatus::Late),
    }
}

fn approval_of(answer: Result<JsValue, JsValue>) -> Result<(), Option<String>> {
    match answer {
        Ok(answer) if answer == JsValue::TRUE => Ok(()),
        Ok(answer) => Err(answer.as_string()),
        Err(error) => {
            let message = Reflect::get(&error, &"message".into()).unwrap_or_default();
            Err(message.as_string().or_else(|| error.as_string()))
        }
    }
}
