//! A button that copies a text and says so.

use super::icon::{Icon, icon};
use crate::{store::Intent, text::Say};
use gloo_timers::callback::Timeout;
use relight_core::words::Locale;
use yew::{
    AttrValue, Callback, Html, Properties, function_component, html, use_effect_with, use_state,
};

/// What is copied.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) locale: Locale,
    /// The text.
    pub(crate) text: AttrValue,
    /// The words on the button.
    pub(crate) label: AttrValue,
    /// What screen readers say, where the words on the button are not enough.
    #[prop_or_default]
    pub(crate) aria_label: Option<AttrValue>,
    pub(crate) on: Callback<Intent>,
}

/// A button that copies a text.
#[function_component]
pub(crate) fn CopyButton(props: &Props) -> Html {
    let copied = use_state(|| false);
    {
        let copied = copied.clone();
        use_effect_with(*copied, move |now| {
            let later = now.then(|| Timeout::new(1_600, move || copied.set(false)));
            move || drop(later)
        });
    }
    let onclick = {
        let (on, text, copied) = (props.on.clone(), props.text.clone(), copied.clone());
        Callback::from(move |_| {
            on.emit(Intent::Copy(text.to_string()));
            copied.set(true);
        })
    };
    let label =
        if *copied { Say::Copied.in_locale(props.locale).into() } else { props.label.clone() };
    let aria_label = if *copied { None } else { props.aria_label.clone() };
    html! {
        <button type="button" class="tiny" data-action="copy" aria-label={aria_label} {onclick}>
            { icon(if *copied { Icon::Check } else { Icon::Copy }) }
            { label }
        </button>
    }
}
