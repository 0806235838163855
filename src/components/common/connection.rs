//! The route of calls as a dot, with what the last request has shown of it. It leads to the connection
//! check.

use crate::{
    components::common::{header::route_name, untrusted_text::escaped},
    context::use_locale,
    i18n::{
        message,
        page::{self, PageMessage},
    },
    services::connection::Connection,
};
use relight_core::model::route::Route;
use yew::{Callback, Html, MouseEvent, Properties, component, html};

#[derive(PartialEq, Properties)]
pub(crate) struct ConnectionDotProps {
    pub(crate) route: Route,
    pub(crate) connection: Option<Connection>,
    /// Whether the check is what is shown.
    pub(crate) is_current: bool,
    pub(crate) onclick: Callback<MouseEvent>,
}

/// The dot, and what it means in words.
#[component]
pub(crate) fn ConnectionDot(props: &ConnectionDotProps) -> Html {
    let locale = use_locale();
    let (word, text) = match props.connection {
        None => ("unknown", page::CONNECTION_UNKNOWN.in_locale(locale).to_owned()),
        Some(Connection::Failed) => ("failed", page::CONNECTION_FAILED.in_locale(locale).into()),
        Some(Connection::Answered { ms }) => {
            ("ok", PageMessage::ConnectionOk(ms).in_locale(locale))
        }
    };
    let route = route_name(&props.route, locale);
    html! {
        <button type="button" class="pill connection" data-action="connection" data-connection={word} aria-current={props.is_current.then_some("page")}
            title={format!("{} {}", message::ROUTE_LABEL.in_locale(locale), escaped(&route))} onclick={props.onclick.clone()}>
            <span class="dot" aria-hidden="true"></span>
            <span class="unless-narrow">{ text }</span>
        </button>
    }
}
