//! A button that copies a text and says so.

use super::{
    icon::{Icon, icon},
    part::part,
};
use crate::{
    store::Intent,
    text::{Message, MessageArgs},
};
use gloo_timers::callback::Timeout;
use relight_core::i18n::Locale;
use yew::{
    Callback, Html, functional::Hook, functional::HookContext, html, use_effect_with, use_state_eq,
};

/// What is copied.
#[derive(PartialEq)]
struct Props {
    locale: Locale,
    text: String,
    label: &'static str,
    aria_label: Option<String>,
    on: Callback<Intent>,
}

/// A button that copies a text. `what` is for screen readers, where the words on the button are not
/// enough.
pub(crate) fn copy_button(
    locale: Locale,
    text: String,
    label: Message,
    what: Option<&str>,
    on: &Callback<Intent>,
) -> Html {
    let label = label.in_locale(locale);
    let aria_label = what.map(|what| MessageArgs::CopyWhat(what).in_locale(locale));
    part(label, draw, Props { locale, text, label, aria_label, on: on.clone() })
}

fn draw(props: &Props, hooks: &mut HookContext) -> Html {
    let copied = use_state_eq(|| false).run(hooks);
    {
        let copied = copied.clone();
        use_effect_with(*copied, move |now| {
            let later = now.then(|| Timeout::new(1_600, move || copied.set(false)));
            move || drop(later)
        })
        .run(hooks);
    }
    let onclick = {
        let (on, text, copied) = (props.on.clone(), props.text.clone(), copied.clone());
        Callback::from(move |_| {
            on.emit(Intent::Copy(text.clone()));
            copied.set(true);
        })
    };
    let label = if *copied { Message::Copied.in_locale(props.locale) } else { props.label };
    let aria_label = if *copied { None } else { props.aria_label.clone() };
    html! {
        <button type="button" class="tiny" data-action="copy" aria-label={aria_label} {onclick}>
            { icon(if *copied { Icon::Check } else { Icon::Copy }) }
            { label }
        </button>
    }
}
