//! A button that brings back what was removed last.

use crate::{
    context::{use_dispatch, use_locale},
    i18n::page,
    store::Intent,
};
use yew::{Html, MouseEvent, Properties, component, html};

#[derive(PartialEq, Properties)]
pub(crate) struct UndoProps {
    pub(crate) text: &'static str,
}

/// Says what was removed, and brings it back by a click, until the next change.
#[component]
pub(crate) fn Undo(props: &UndoProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    html! {
        <div class="row small" role="status">
            <span class="muted">{ props.text }</span>
            <button type="button" class="tiny" data-action="undo" onclick={dispatch.reform(|_: MouseEvent| Intent::Undo)}>
                { page::UNDO.in_locale(locale) }
            </button>
        </div>
    }
}
