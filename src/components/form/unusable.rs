//! Replaces the form where the configuration cannot be used, since it may forbid anything.

use crate::{
    components::common::{
        icon::{Icon, icon},
        page_link::PageLink,
        untrusted_text::escaped,
    },
    context::use_locale,
    i18n::{message, page},
    routes::PageRoute,
};
use yew::{AttrValue, Html, Properties, component, html};

#[derive(PartialEq, Properties)]
pub(crate) struct UnusableProps {
    pub(crate) why: AttrValue,
}

/// Who can fix it, and what works without it.
#[component]
pub(crate) fn Unusable(props: &UnusableProps) -> Html {
    let locale = use_locale();
    html! {
        <section class="panel" aria-labelledby="h-unusable">
            <div class="head"><h2 id="h-unusable">{ page::UNUSABLE.in_locale(locale) }</h2></div>
            <div class="body">
                <div class="note bad" role="alert" data-problem="configuration">
                    { icon(Icon::Warning) }
                    <div class="stack">
                        <p>{ message::CONFIGURATION_UNUSABLE.in_locale(locale) }</p>
                        <details class="bare">
                            <summary>{ message::FOR_THE_ADMINISTRATOR.in_locale(locale) }</summary>
                            <code>{ escaped(&props.why) }</code>
                        </details>
                    </div>
                </div>
                <p>{ page::STILL_USABLE.in_locale(locale) }</p>
                <div class="row">
                    <PageLink to={PageRoute::Explain} class="tiny" action="explain">
                        { message::EXPLAIN_TITLE.in_locale(locale) }
                    </PageLink>
                    <PageLink to={PageRoute::History} class="tiny" action="runs">
                        { message::SAVED_RUNS.in_locale(locale) }
                    </PageLink>
                </div>
            </div>
        </section>
    }
}
