//! What every component can ask for instead of getting it as a prop: language and dispatch.

use crate::store::Intent;
use relight_core::i18n::Locale;
use yew::{Callback, ContextProvider, Html, Properties, component, hook, html, use_context};

/// Emits user intents.
pub(crate) type Dispatch = Callback<Intent>;

#[derive(PartialEq, Properties)]
pub(crate) struct ContextProvidersProps {
    pub(crate) locale: Locale,
    pub(crate) dispatch: Dispatch,
    pub(crate) children: Html,
}

/// Provides language and dispatch to its children.
#[component]
pub(crate) fn ContextProviders(props: &ContextProvidersProps) -> Html {
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

/// The dispatch of user intents.
#[hook]
pub(crate) fn use_dispatch() -> Dispatch {
    use_context::<Dispatch>().unwrap_or_default()
}
