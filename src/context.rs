//! What every component may ask for instead of being handed it from above: the language, and where to say
//! what a person wants.

use crate::store::Intent;
use relight_core::i18n::Locale;
use yew::{Callback, ContextProvider, Html, Properties, component, hook, html, use_context};

/// Says what a person wants.
pub(crate) type Dispatch = Callback<Intent>;

#[derive(PartialEq, Properties)]
pub(crate) struct SurroundingsProps {
    pub(crate) locale: Locale,
    pub(crate) dispatch: Dispatch,
    pub(crate) children: Html,
}

/// Gives language and dispatch to everything in it.
#[component]
pub(crate) fn Surroundings(props: &SurroundingsProps) -> Html {
    html! {
        <ContextProvider<Locale> context={props.locale}>
            <ContextProvider<Dispatch> context={props.dispatch.clone()}>
                { props.children.clone() }
            </ContextProvider<Dispatch>>
        </ContextProvider<Locale>>
    }
}

/// The language of the page.
#[hook]
pub(crate) fn use_locale() -> Locale {
    use_context::<Locale>().unwrap_or(Locale::En)
}

/// Where to say what a person wants.
#[hook]
pub(crate) fn use_dispatch() -> Dispatch {
    use_context::<Dispatch>().unwrap_or_default()
}
