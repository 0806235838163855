//! The few things that components ask of the browser.

use super::base::NodeRef;
use crate::vault::Typed;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

/// What is typed or chosen in the field that an event comes from.
pub(crate) fn value_of(event: &Event) -> String {
    property(event, "value").and_then(|value| value.as_string()).unwrap_or_default()
}

/// What is typed in a field that must not be shown.
pub(crate) fn typed_in(event: &Event) -> Typed {
    Typed::new(property(event, "value").unwrap_or_default())
}

/// Whether the box that an event comes from is ticked.
pub(crate) fn checked_of(event: &Event) -> bool {
    property(event, "checked").is_some_and(|value| value.is_truthy())
}

/// Whether the `<details>` that an event comes from is open.
pub(crate) fn open_of(event: &Event) -> bool {
    property(event, "open").is_some_and(|value| value.is_truthy())
}

/// The value of a field.
pub(crate) fn value_at(node: &NodeRef) -> Option<String> {
    js_sys::Reflect::get(node.get()?.as_ref(), &"value".into()).ok()?.as_string()
}

/// Sets the value of a field.
pub(crate) fn put_value(node: &NodeRef, value: &str) {
    if let Some(node) = node.get() {
        // A field takes every text; there is nothing to do if it does not.
        let _ = js_sys::Reflect::set(node.as_ref(), &"value".into(), &value.into());
    }
}

/// Empties the fields that must not be shown.
pub(crate) fn empty_secrets(root: &web_sys::ShadowRoot) {
    for name in ["secret", "token"] {
        if let Ok(Some(field)) = root.query_selector(&format!("input[name={name}]")) {
            // A field takes every text; there is nothing to do if it does not.
            let _ = js_sys::Reflect::set(&field, &"value".into(), &"".into());
        }
    }
}

/// Puts the focus on an element.
pub(crate) fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Takes the focus from whatever has it inside an element's shadow root.
#[cfg(feature = "console")]
pub(crate) fn leave(host: &HtmlElement) {
    let active = host.shadow_root().and_then(|root| root.active_element());
    if let Some(element) = active.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.blur();
    }
}

/// Puts the focus on the first match of a selector inside an element.
pub(crate) fn focus_in(node: &NodeRef, selector: &str) {
    let found =
        node.cast::<Element>().and_then(|root| root.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// The same, or on the element itself, if nothing has the focus.
#[cfg(feature = "console")]
pub(crate) fn refocus(node: &NodeRef, selector: Option<&str>) {
    let root = node.cast::<Element>().map(|element| element.get_root_node());
    let root = root.and_then(|root| root.dyn_into::<web_sys::ShadowRoot>().ok());
    if root.is_none_or(|root| root.active_element().is_some()) {
        return;
    }
    match selector {
        Some(selector) => focus_in(node, selector),
        None => focus(node),
    }
}

/// Brings an element into view, if it is not.
pub(crate) fn reveal(node: &NodeRef) {
    if let Some(element) = node.cast::<Element>() {
        element.scroll_into_view_with_bool(true);
    }
}

/// The part of the page's address from `#` on.
pub(crate) fn hash() -> String {
    let address = web_sys::window().and_then(|window| window.location().hash().ok());
    address.unwrap_or_default()
}

/// Goes to another such part: the browser's way back then leads here again.
pub(crate) fn set_hash(hash: &str) {
    if let Some(window) = web_sys::window() {
        // A page may always change this part of its own address.
        let _ = window.location().set_hash(hash);
    }
}

/// Whether the window is too narrow for two columns; the same width as in the style sheet.
pub(crate) fn is_narrow() -> bool {
    let width = web_sys::window().and_then(|window| window.inner_width().ok());
    width.and_then(|width| width.as_f64()).is_some_and(|width| width <= 860.0)
}

fn property(event: &Event, name: &str) -> Option<JsValue> {
    let target = event.target()?;
    js_sys::Reflect::get(target.as_ref(), &name.into()).ok()
}
