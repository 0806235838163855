//! A button that copies a text to the clipboard and confirms it.

use crate::{
    components::common::icon::{Icon, icon},
    context::{use_dispatch, use_locale},
    i18n::{MessageArgs, message},
    store::Intent,
};
use gloo_timers::callback::Timeout;
use relight_core::i18n::Text;
use yew::{AttrValue, Callback, Html, Properties, component, html, use_effect_with, use_state_eq};

#[derive(PartialEq, Properties)]
pub(crate) struct CopyButtonProps {
    pub(crate) text: AttrValue,
    pub(crate) label: Text,
    /// What is copied, for screen readers, where the button's label is not enough.
    #[prop_or_default]
    pub(crate) what: Option<AttrValue>,
}

/// A button that copies a text to the clipboard.
#[component]
pub(crate) fn CopyButton(props: &CopyButtonProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let copied = use_state_eq(|| false);
    {
        let copied = copied.clone();
        use_effect_with(*copied, move |now| {
            let later = now.then(|| Timeout::new(1_600, move || copied.set(false)));
            move || drop(later)
        });
    }
    let onclick = {
        let (text, copied) = (props.text.clone(), copied.clone());
        Callback::from(move |_| {
            dispatch.emit(Intent::Copy(text.to_string()));
            copied.set(true);
        })
    };
    let (picture, label) =
        if *copied { (Icon::Check, message::COPIED) } else { (Icon::Copy, props.label) };
    let what = props.what.as_deref().filter(|_| !*copied);
    html! {
        <button type="button" class="tiny" data-action="copy"
            aria-label={what.map(|what| MessageArgs::CopyWhat(what).in_locale(locale))} {onclick}>
            { icon(picture) }
            { label.in_locale(locale) }
        </button>
    }
}
