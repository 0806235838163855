//! The way to another place of the page: a link where places have addresses, else a button.

use crate::routes::PageRoute;
use yew::{Callback, Html, classes, html};

/// How places are gone to.
#[derive(Clone, PartialEq)]
pub(crate) struct Navigation {
    /// Whether the page goes by its address: a place then has one of its own.
    pub(crate) routed: bool,
    pub(crate) on_navigate: Callback<PageRoute>,
}

/// The way to a place. `kind` is its class, `action` its public name.
pub(crate) fn page_link(
    navigation: &Navigation,
    page_route: PageRoute,
    kind: &'static str,
    action: &'static str,
    is_here: bool,
    words: Html,
) -> Html {
    let kind = classes!("go", kind);
    let current = is_here.then_some("true");
    if navigation.routed {
        html! {
            <a class={kind} href={page_route.hash()} data-action={action} aria-current={current}>{ words }</a>
        }
    } else {
        let onclick = navigation.on_navigate.reform(move |_| page_route.clone());
        html! {
            <button type="button" class={kind} data-action={action} aria-current={current} {onclick}>
                { words }
            </button>
        }
    }
}
