//! The few things that components ask of the browser.

use crate::services::vault::Typed;
use relight_core::form::SecretStatus;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, ShadowRoot};
use yew::NodeRef;

/// What is typed or chosen in the field that an event comes from.
pub(crate) fn value_of(event: &Event) -> String {
    property(event, "value").and_then(|value| value.as_string()).unwrap_or_default()
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

/// The fields that must not be shown.
const SECRETS: [&str; 2] = ["input[name=secret]", "input[name=token]"];

/// Empties the fields that must not be shown. Returns whether something stood in one.
pub(crate) fn empty_secrets(root: &ShadowRoot) -> bool {
    take_secrets(root).iter().any(|text| text.status() != SecretStatus::Missing)
}

/// What is typed in the fields that must not be shown, which are empty then.
pub(crate) fn take_secrets(root: &ShadowRoot) -> [Typed; 2] {
    SECRETS.map(|name| {
        let Ok(Some(field)) = root.query_selector(name) else {
            return Typed::new(JsValue::UNDEFINED);
        };
        let text = js_sys::Reflect::get(&field, &"value".into()).unwrap_or_default();
        // A field takes every text; there is nothing to do if it does not.
        let _ = js_sys::Reflect::set(&field, &"value".into(), &"".into());
        Typed::new(text)
    })
}

/// Puts back what was taken out, into fields that may be others by now.
pub(crate) fn put_secrets(root: &ShadowRoot, texts: &[Typed; 2]) {
    for (name, text) in SECRETS.into_iter().zip(texts) {
        if let Ok(Some(field)) = root.query_selector(name)
            && text.status() != SecretStatus::Missing
        {
            let _ = js_sys::Reflect::set(&field, &"value".into(), text.as_ref());
        }
    }
}

/// Has the fields that must not be shown give what is typed in them, as if they had been left.
pub(crate) fn settle_secrets(node: &NodeRef) {
    let Some(form) = node.cast::<Element>() else { return };
    for name in SECRETS {
        if let Ok(Some(field)) = form.query_selector(name)
            && let Ok(left) = Event::new("change")
        {
            left.init_event_with_bubbles("change", true);
            let _ = field.dispatch_event(&left);
        }
    }
}

/// Whether a text is being typed letter by letter: what is pasted, dropped or filled in is all there.
pub(crate) fn is_typing(event: &Event) -> bool {
    let kind = js_sys::Reflect::get(event.as_ref(), &"inputType".into()).ok();
    let kind = kind.and_then(|kind| kind.as_string()).unwrap_or_default();
    ["insertText", "insertCompositionText", "delete", "history"]
        .iter()
        .any(|typing| kind.starts_with(typing))
}

/// What is typed in a field that must not be shown.
pub(crate) fn typed_at(node: &NodeRef) -> Typed {
    let value = node.get().and_then(|node| js_sys::Reflect::get(&node, &"value".into()).ok());
    Typed::new(value.unwrap_or_default())
}

/// Puts the focus on an element.
pub(crate) fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Takes the focus from whatever has it inside an element's shadow root.
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
pub(crate) fn refocus(node: &NodeRef, selector: Option<&str>) {
    let root = node.cast::<Element>().map(|element| element.get_root_node());
    let root = root.and_then(|root| root.dyn_into::<ShadowRoot>().ok());
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
