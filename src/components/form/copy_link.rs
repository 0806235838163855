//! A button that copies a link to this page with the form filled in. Never a key.

use crate::{
    components::{
        common::{
            icon::{Icon, icon},
            page_link::use_navigation,
        },
        review::notices::field_name,
    },
    context::{use_dispatch, use_locale},
    i18n::{
        message,
        page::{self, PageMessage},
    },
    services::link,
    store::Intent,
};
use relight_core::form::Form;
use yew::{Callback, Html, MouseEvent, Properties, component, html, use_effect_with, use_state_eq};

#[derive(PartialEq, Properties)]
pub(crate) struct CopyLinkProps {
    pub(crate) form: Form,
}

/// A button that copies the link, or says why there is none.
#[component]
pub(crate) fn CopyLink(props: &CopyLinkProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let result = use_state_eq(|| None::<Result<(), link::NoLink>>);
    {
        // The result is about the form as it was.
        let result = result.clone();
        use_effect_with(props.form.clone(), move |_| result.set(None));
    }
    if !use_navigation().routed {
        return Html::default();
    }
    let onclick = {
        let (form, result) = (props.form.clone(), result.clone());
        Callback::from(move |_: MouseEvent| {
            let made = link::to_form(&form).map(|link| dispatch.emit(Intent::Copy(link)));
            result.set(Some(made));
        })
    };
    let (picture, label) = match *result {
        Some(Ok(())) => (Icon::Check, message::COPIED),
        _ => (Icon::Copy, page::COPY_LINK),
    };
    let why = match *result {
        Some(Err(link::NoLink::Secret(field))) => {
            Some(PageMessage::SecretInLink(&field_name(field, locale)).in_locale(locale))
        }
        Some(Err(link::NoLink::TooLong)) => Some(page::LINK_TOO_LONG.in_locale(locale).to_owned()),
        Some(Ok(())) | None => None,
    };
    html! {
        <>
            <button type="button" class="tiny" data-action="copy-link" {onclick}>
                { icon(picture) }{ label.in_locale(locale) }
            </button>
            if let Some(why) = why {
                <p class="error whole-row" role="alert" data-refused-link="">{ why }</p>
            }
        </>
    }
}
