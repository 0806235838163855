//! Pagination of long lists: at most one page of rows is mounted.

use crate::{
    context::use_locale,
    i18n::{MessageArgs, message},
};
use gloo_events::EventListener;
use std::ops::Range;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::{Callback, Html, Properties, component, hook, html, use_effect_with, use_state_eq};

/// Props of [`Pager`].
#[derive(PartialEq, Properties)]
pub(crate) struct PagerProps {
    /// The name of the list, for screen readers.
    pub(crate) label: &'static str,
    /// The number of rows.
    pub(crate) total: usize,
    /// Rows a page.
    pub(crate) size: usize,
    /// The current page, from 0.
    pub(crate) page: usize,
    /// Emitted to change the page.
    pub(crate) on_page: Callback<usize>,
}

/// The current range of the list, and the buttons to the other pages.
#[component]
pub(crate) fn Pager(props: &PagerProps) -> Html {
    let locale = use_locale();
    let PagerProps { label, total, size, .. } = *props;
    if total <= size {
        return Html::default();
    }
    let shown = page_range(total, size, props.page);
    let page = shown.start / size;
    let go = |to: usize| {
        let on_page = props.on_page.clone();
        Callback::from(move |_| on_page.emit(to))
    };
    html! {
        <nav class="row small muted pager" aria-label={label}>
            <span>{ MessageArgs::Range { from: shown.start + 1, to: shown.end, total }.in_locale(locale) }</span>
            <span class="grow"></span>
            <button type="button" class="tiny" data-action="previous" disabled={page == 0}
                onclick={go(page.saturating_sub(1))}>
                { message::PREVIOUS.in_locale(locale) }
            </button>
            <button type="button" class="tiny" data-action="next" disabled={shown.end >= total}
                onclick={go(page + 1)}>
                { message::NEXT.in_locale(locale) }
            </button>
        </nav>
    }
}

/// How many rows a page has: while the page is printed, all of them.
#[hook]
pub(crate) fn use_page_size(size: usize) -> usize {
    let printing = use_state_eq(|| false);
    {
        let printing = printing.setter();
        use_effect_with((), move |()| {
            let window = web_sys::window();
            let media = window.as_ref().and_then(|one| one.match_media("print").ok().flatten());
            // Some browsers dispatch both, some only one of them in time.
            let events = window.as_ref().map(|window| {
                [("beforeprint", true), ("afterprint", false)].map(|(name, begins)| {
                    let printing = printing.clone();
                    EventListener::new(window, name, move |_| printing.set(begins))
                })
            });
            // Firefox copies the page in `beforeprint`, which is too late to render; the key press comes before it,
            // and `afterprint` follows all the same.
            let key = window.map(|window| {
                let printing = printing.clone();
                EventListener::new(&window, "keydown", move |event| {
                    if event.dyn_ref().is_some_and(is_print) {
                        printing.set(true);
                    }
                })
            });
            let changed = media.map(|media| {
                let now = media.clone();
                EventListener::new(&media, "change", move |_| printing.set(now.matches()))
            });
            let listeners = (events, key, changed);
            move || drop(listeners)
        });
    }
    if *printing { usize::MAX } else { size }
}

/// Whether it prints: not if the host page has handled the key.
fn is_print(event: &KeyboardEvent) -> bool {
    (event.ctrl_key() || event.meta_key()) && event.key() == "p" && !event.default_prevented()
}

/// The range of rows of a page; of the last page if the list has become too short.
pub(crate) fn page_range(total: usize, size: usize, page: usize) -> Range<usize> {
    let last = total.saturating_sub(1) / size.max(1);
    let start = page.min(last) * size;
    start..(start + size).min(total)
}
