//! The header: pages, the route of calls, and the key in use.

use crate::{
    components::common::{
        icon::{Icon, icon, mark},
        untrusted_text::escaped,
    },
    context::{use_dispatch, use_locale},
    i18n::message,
    routes::Screen,
    store::Intent,
};
use relight_core::{form::SecretStatus, i18n::Locale, model::route::Route};
use yew::{AttrValue, Callback, Html, Properties, component, html};

/// Props of [`Header`].
#[derive(PartialEq, Properties)]
pub(crate) struct HeaderProps {
    pub(crate) screen: Screen,
    pub(crate) route: Route,
    pub(crate) key_id: AttrValue,
    /// Whether there is a secret.
    pub(crate) status: SecretStatus,
    /// The operator's brand name, in place of ours.
    #[prop_or_default]
    pub(crate) brand: Option<Html>,
    /// Whether the operator has fixed the language.
    #[prop_or_default]
    pub(crate) language_locked: bool,
    /// Whether the key can be locked. Not while it is being entered: it would only have to be entered again.
    #[prop_or_default]
    pub(crate) may_lock: bool,
    /// How many runs this browser has saved.
    #[prop_or_default]
    pub(crate) runs: usize,
    /// How far the run is.
    #[prop_or_default]
    pub(crate) progress: Html,
    /// What is known of the route, in place of its name.
    #[prop_or_default]
    pub(crate) connection: Option<Html>,
    pub(crate) on_screen: Callback<Screen>,
}

/// The header: pages, the route of calls, and the key in use.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let HeaderProps { screen, route, key_id, on_screen, .. } = props;
    let other = match locale {
        Locale::En => Locale::Zh,
        Locale::Zh => Locale::En,
    };
    let onlanguage = dispatch.reform(move |_| Intent::Locale(other));
    let tab = |to: Screen, words: &'static str| {
        let onclick = on_screen.reform(move |_| to);
        let current = (*screen == to).then_some("page");
        html! {
            <button type="button" class="tab" data-action={to.as_str()} aria-current={current} {onclick}>
                { words }
                if to == Screen::History && props.runs > 0 { { " " }{ props.runs } }
            </button>
        }
    };
    let has_key = props.status == SecretStatus::Usable && !key_id.is_empty();
    let onlock = dispatch.reform(|_| Intent::LockKey);
    html! {
        <header class="bar" part="header">
            <div class="brand">
                if let Some(brand) = &props.brand {
                    { brand.clone() }
                } else {
                    { mark() }<span>{ "Relight" }</span>
                }
            </div>
            <nav aria-label={message::PAGES.in_locale(locale)}>
                { tab(Screen::RestartStart, message::POWER.in_locale(locale)) }
                { tab(Screen::Explain, message::EXPLAIN_AN_ERROR.in_locale(locale)) }
                { tab(Screen::Diagnostics, message::CONNECTION.in_locale(locale)) }
                { tab(Screen::History, message::HISTORY.in_locale(locale)) }
            </nav>
            { props.progress.clone() }
            <span class="grow"></span>
            if let Some(connection) = &props.connection {
                { connection.clone() }
            } else {
                <span class="pill wide">
                    <span class="hidden">{ message::ROUTE_LABEL.in_locale(locale) }{ " " }</span>
                    { escaped(&route_name(route, locale)) }
                </span>
            }
            if has_key {
                <span class="pill wide">
                    { icon(Icon::Key) }
                    <span class="hidden">{ message::KEY_LABEL.in_locale(locale) }{ " " }</span>
                    <span class="id">{ escaped(&shortened(key_id)) }</span>
                </span>
                if props.may_lock {
                    <button type="button" class="quiet" data-action="lock" title={message::LOCK_NOW.in_locale(locale)} onclick={onlock}>
                        { icon(Icon::Lock) }
                        <span class="unless-narrow">{ message::LOCK_NOW.in_locale(locale) }</span>
                    </button>
                }
            }
            if !props.language_locked {
                <button type="button" class="quiet" data-action="language" lang={other.tag()}
                    onclick={onlanguage}>
                    { message::OTHER_LANGUAGE.in_locale(locale) }
                </button>
            }
        </header>
    }
}

/// A short name of a route: the proxy's host, or its path on this page's origin.
pub(crate) fn route_name(route: &Route, locale: Locale) -> String {
    match route {
        Route::Direct => message::DIRECT.in_locale(locale).into(),
        // After `https:` or without a scheme: `//` may name another host in either case.
        Route::Proxy { base } => {
            match base.split_once('/').and_then(|(_, rest)| rest.strip_prefix('/')) {
                Some(rest) => rest.trim_end_matches('/').to_owned(),
                None => format!("{} · {base}", message::OWN_PROXY.in_locale(locale)),
            }
        }
    }
}

/// Beginning and end of a key id: enough to tell two keys apart.
pub(crate) fn shortened(key_id: &str) -> String {
    let count = key_id.chars().count();
    if count <= 12 {
        return key_id.to_owned();
    }
    let (beginning, end) = (key_id.chars().take(4), key_id.chars().skip(count - 4));
    beginning.chain(['…']).chain(end).collect()
}
