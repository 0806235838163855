//! The way to another place of the page: a link where places have addresses, else a button.

use super::markup::{class, html};
use crate::routes::Place;
use yew::{Callback, Html};

/// How places are gone to.
#[derive(Clone, PartialEq)]
pub(crate) struct Ways {
    /// Whether the page goes by its address: a place then has one of its own.
    pub(crate) routed: bool,
    pub(crate) on_place: Callback<Place>,
}

/// The way to a place. `look` is its class, `action` its public name.
pub(crate) fn go(
    ways: &Ways,
    place: Place,
    look: &'static str,
    action: &'static str,
    is_here: bool,
    words: Html,
) -> Html {
    let look = class(&["go", look]);
    let current = is_here.then_some("true");
    if ways.routed {
        html! {
            <a class={look} href={place.hash()} data-action={action} aria-current={current}>{ words }</a>
        }
    } else {
        let onclick = ways.on_place.reform(move |_| place.clone());
        html! {
            <button type="button" class={look} data-action={action} aria-current={current} {onclick}>
                { words }
            </button>
        }
    }
}
