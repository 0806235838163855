//! The few DOM helpers that components need.

use crate::services::vault::SecretInput;
use relight_core::form::SecretStatus;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, ShadowRoot, UrlSearchParams};
use yew::NodeRef;

/// The value of the field that an event comes from.
pub(crate) fn value_of(event: &Event) -> String {
    property(event, "value").and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether the checkbox that an event comes from is checked.
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
pub(crate) fn set_value(node: &NodeRef, value: &str) {
    if let Some(node) = node.get() {
        // Setting a value does not fail; there is nothing to handle if it does.
        let _ = js_sys::Reflect::set(node.as_ref(), &"value".into(), &value.into());
    }
}

/// Updates an uncontrolled field if its value differs from the state.
pub(crate) fn sync_value(node: &NodeRef, wanted: &str) {
    if value_at(node).is_some_and(|value| value != wanted) {
        set_value(node, wanted);
    }
}

/// Chooses a value of the first match inside an element, as a user does.
pub(crate) fn choose_in(node: &NodeRef, selector: &str, value: &str) {
    let found =
        node.cast::<Element>().and_then(|root| root.query_selector(selector).ok().flatten());
    if let Some(field) = found
        && let Ok(change) = Event::new("change")
    {
        let _ = js_sys::Reflect::set(&field, &"value".into(), &value.into());
        change.init_event_with_bubbles("change", true);
        let _ = field.dispatch_event(&change);
    }
}

/// Selector of the secret fields.
const SECRETS: [&str; 2] = ["input[name=secret]", "input[name=token]"];

/// Empties the secret fields. Returns whether one had a value.
pub(crate) fn empty_secrets(root: &ShadowRoot) -> bool {
    take_secrets(root).iter().any(|text| text.status() != SecretStatus::Missing)
}

/// Takes the values out of the secret fields, which are empty afterwards.
pub(crate) fn take_secrets(root: &ShadowRoot) -> [SecretInput; 2] {
    SECRETS.map(|name| {
        let Ok(Some(field)) = root.query_selector(name) else {
            return SecretInput::new(JsValue::UNDEFINED);
        };
        let text = js_sys::Reflect::get(&field, &"value".into()).unwrap_or_default();
        // Setting a value does not fail; there is nothing to handle if it does.
        let _ = js_sys::Reflect::set(&field, &"value".into(), &"".into());
        SecretInput::new(text)
    })
}

/// Puts the values back, into fields that may have been re-rendered since.
pub(crate) fn restore_secrets(root: &ShadowRoot, texts: &[SecretInput; 2]) {
    for (name, text) in SECRETS.into_iter().zip(texts) {
        if let Ok(Some(field)) = root.query_selector(name)
            && text.status() != SecretStatus::Missing
        {
            let _ = js_sys::Reflect::set(&field, &"value".into(), text.as_ref());
        }
    }
}

/// The name of the field that has the focus, and the ends of what is selected in it.
pub(crate) struct Focus {
    name: String,
    selection: [JsValue; 2],
}

const SELECTION: [&str; 2] = ["selectionStart", "selectionEnd"];

/// The field that has the focus in a shadow root.
pub(crate) fn focused(root: &ShadowRoot) -> Option<Focus> {
    let field = root.active_element()?;
    let name = field.get_attribute("name")?;
    let end = |end: &str| js_sys::Reflect::get(&field, &end.into()).unwrap_or_default();
    Some(Focus { name, selection: SELECTION.map(end) })
}

/// Gives the focus to the field that has replaced it.
pub(crate) fn restore_focus(root: &ShadowRoot, focus: &Focus) {
    let Ok(Some(field)) = root.query_selector(&["[name=", &focus.name, "]"].concat()) else {
        return;
    };
    let _ = field.unchecked_ref::<HtmlElement>().focus();
    for (end, place) in SELECTION.into_iter().zip(&focus.selection) {
        // Null where a field has none.
        if !place.is_null() {
            let _ = js_sys::Reflect::set(&field, &end.into(), place);
        }
    }
}

/// Makes the secret fields commit what is typed in them, as if they had lost the focus.
pub(crate) fn commit_secrets(node: &NodeRef) {
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

/// Whether a text is being typed letter by letter; pasted, dropped or autofilled text arrives whole.
pub(crate) fn is_typing(event: &Event) -> bool {
    let kind = js_sys::Reflect::get(event.as_ref(), &"inputType".into()).ok();
    let kind = kind.and_then(|kind| kind.as_string()).unwrap_or_default();
    ["insertText", "insertCompositionText", "delete", "history"]
        .iter()
        .any(|typing| kind.starts_with(typing))
}

/// The current value of a secret field.
pub(crate) fn secret_value(node: &NodeRef) -> SecretInput {
    let value = node.get().and_then(|node| js_sys::Reflect::get(&node, &"value".into()).ok());
    SecretInput::new(value.unwrap_or_default())
}

/// Focuses an element.
pub(crate) fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Removes the focus from the active element inside a shadow root.
pub(crate) fn blur(host: &HtmlElement) {
    let active = host.shadow_root().and_then(|root| root.active_element());
    if let Some(element) = active.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.blur();
    }
}

/// Calls a method of an element that needs no arguments.
pub(crate) fn call(node: &NodeRef, method: &str) {
    if let Some(node) = node.get()
        && let Ok(method) = js_sys::Reflect::get(&node, &method.into())
        && let Ok(method) = method.dyn_into::<js_sys::Function>()
    {
        // A dialog that is open cannot be opened; there is nothing to handle.
        let _ = method.call0(&node);
    }
}

/// Focuses the first match of a selector inside an element.
pub(crate) fn focus_in(node: &NodeRef, selector: &str) {
    let found =
        node.cast::<Element>().and_then(|root| root.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // What is folded away cannot have the focus.
        if let Ok(Some(details)) = element.closest("details") {
            let _ = details.set_attribute("open", "");
        }
        let _ = element.focus();
    }
}

/// Focuses the first match, or the element itself, unless something has the focus already.
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

/// Scrolls an element into view if it is outside.
pub(crate) fn reveal(node: &NodeRef) {
    if let Some(element) = node.cast::<Element>() {
        element.scroll_into_view_with_bool(true);
    }
}

/// Scrolls to the beginning of an element if that is above the window.
pub(crate) fn to_top(node: &NodeRef) {
    if let Some(element) = node.cast::<Element>()
        && element.get_bounding_client_rect().top() < 0.0
    {
        element.scroll_into_view();
    }
}

/// The fragment of the page's address, from `#` on.
pub(crate) fn hash() -> String {
    let address = web_sys::window().and_then(|window| window.location().hash().ok());
    address.unwrap_or_default()
}

/// Whether the clouds of this page are simulated: its address says so.
pub(crate) fn is_demo() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok());
    search
        .and_then(|search| UrlSearchParams::new_with_str(&search).ok())
        .is_some_and(|parameters| parameters.has("demo"))
}

/// Navigates to a fragment: the browser's back button then returns here.
pub(crate) fn set_hash(hash: &str) {
    if let Some(window) = web_sys::window() {
        // A page may always change its own fragment.
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
