//! Keyboard shortcuts, and the list of them. None of them sends anything.

use crate::{
    components::common::{dom::call, page_link::use_navigation},
    context::use_locale,
    i18n::page,
    routes::PageRoute,
    services::clock,
};
use gloo_events::{EventListener, EventListenerOptions};
use relight_core::i18n::Text;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, ShadowRoot};
use yew::{Callback, Html, NodeRef, Properties, component, html, use_effect_with, use_node_ref};

/// Where the text to find is typed, or else the ids; the first of them that is on the screen.
const FIELDS: [&str; 4] = [
    ".picker:has([data-listed-id]) [name=findInstances]",
    "[name=instanceIds]",
    "input[type=search]",
    "[name=errorText]",
];

/// In these a letter is a letter.
const TYPING: &str = "input, textarea, select, [contenteditable]";

/// How long the second key of two may take, in milliseconds.
const SECOND_KEY_MS: u64 = 1_500;

const LIST: [(&[&str], Text); 5] = [
    (&["/"], page::SHORTCUT_FIND),
    (&["Ctrl", "Enter"], page::SHORTCUT_CHECK),
    (&["g", "r"], page::SHORTCUT_RESTART),
    (&["g", "h"], page::SHORTCUT_HISTORY),
    (&["?"], page::SHORTCUT_LIST),
];

#[derive(PartialEq, Properties)]
pub(crate) struct ShortcutsProps {
    /// Whether the page is the console's own.
    pub(crate) routed: bool,
}

/// Listens to the keys, and has the list of them, which `?` or its button opens.
#[component]
pub(crate) fn Shortcuts(props: &ShortcutsProps) -> Html {
    let (locale, navigation) = (use_locale(), use_navigation());
    let dialog = use_node_ref();
    {
        let (dialog, on_navigate) = (dialog.clone(), navigation.on_navigate.clone());
        use_effect_with((props.routed, on_navigate), move |(routed, on_navigate)| {
            let (routed, on_navigate) = (*routed, on_navigate.clone());
            let last_g = Rc::new(Cell::new(0));
            let options = EventListenerOptions::enable_prevent_default();
            let listener = web_sys::window().map(|window| {
                EventListener::new_with_options(&window, "keydown", options, move |event| {
                    if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                        handle(event, routed, &dialog, &last_g, &on_navigate);
                    }
                })
            });
            move || drop(listener)
        });
    }
    let on = |method: &'static str| {
        let dialog = dialog.clone();
        Callback::from(move |_| call(&dialog, method))
    };
    html! {
        <footer class="about small muted">
            <a href={concat!(env!("CARGO_PKG_REPOSITORY"), "#readme")} target="_blank" rel="noopener noreferrer"
                data-action="help">{ page::HELP.in_locale(locale) }</a>
            <button type="button" class="link" data-action="shortcuts" onclick={on("showModal")}>
                { page::SHORTCUTS.in_locale(locale) }
            </button>
            <span data-version={env!("CARGO_PKG_VERSION")}>{ concat!("Relight ", env!("CARGO_PKG_VERSION")) }</span>
            <dialog ref={&dialog} class="shortcuts" aria-labelledby="h-shortcuts">
                <h2 id="h-shortcuts">{ page::SHORTCUTS.in_locale(locale) }</h2>
                <dl class="kv">
                    { for LIST.iter().map(|(keys, text)| html! {
                        <>
                            <dt>{ for keys.iter().map(|key| html! { <><kbd>{ *key }</kbd>{ " " }</> }) }</dt>
                            <dd>{ text.in_locale(locale) }</dd>
                        </>
                    }) }
                </dl>
                <button type="button" data-action="close-shortcuts" onclick={on("close")}>
                    { page::CLOSE.in_locale(locale) }
                </button>
            </dialog>
        </footer>
    }
}

fn handle(
    event: &KeyboardEvent,
    routed: bool,
    dialog: &NodeRef,
    last_g: &Cell<u64>,
    on_navigate: &Callback<PageRoute>,
) {
    let key = event.key();
    let is_open = dialog.cast::<Element>().is_some_and(|dialog| dialog.has_attribute("open"));
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    let Some(root) = root_of(dialog) else { return };
    if has_modifier || is_open || event.default_prevented() || !is_ours(event, &root, routed) {
        return;
    }
    let is_second = clock::now().saturating_sub(last_g.replace(0)) < SECOND_KEY_MS;
    match key.as_str() {
        "/" => {
            if let Some(field) = FIELDS.iter().find_map(|selector| visible(&root, selector)) {
                let _ = field.focus();
                event.prevent_default();
            }
        }
        "?" => {
            call(dialog, "showModal");
            event.prevent_default();
        }
        "g" => last_g.set(clock::now()),
        "h" if is_second => on_navigate.emit(PageRoute::History),
        "r" if is_second => on_navigate.emit(PageRoute::RestartStart),
        _ => {}
    }
}

/// Whether a key is meant for the console: on a page of its own, or inside the element; and not typed
/// into a field.
fn is_ours(event: &Event, root: &ShadowRoot, routed: bool) -> bool {
    let Ok(target) = event.composed_path().get(0).dyn_into::<Element>() else { return routed };
    let is_inside = target.get_root_node() == ***root;
    let is_typed = target.closest(TYPING).is_ok_and(|field| field.is_some());
    (is_inside || routed) && !is_typed
}

fn root_of(node: &NodeRef) -> Option<ShadowRoot> {
    node.cast::<Element>()?.get_root_node().dyn_into().ok()
}

fn visible(root: &ShadowRoot, selector: &str) -> Option<HtmlElement> {
    let found = root.query_selector_all(selector).ok()?;
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into::<HtmlElement>().ok())
        .find(|element| element.offset_parent().is_some())
}
