//! The last runs, below the form.

use crate::{
    components::common::{
        page_link::PageLink,
        untrusted_text::{escaped, untrusted_text},
    },
    context::{use_dispatch, use_locale},
    i18n::{
        MessageArgs,
        page::{self, PageMessage},
        time_of_day,
    },
    routes::PageRoute,
    services::run_history::{HistoryAction, SavedRun},
    store::{Intent, Shared},
};
use relight_core::clouds;
use yew::{Callback, Html, MouseEvent, Properties, component, html};

/// How many of the last runs are shown.
const RECENT: usize = 3;

#[derive(PartialEq, Properties)]
pub(crate) struct RecentRunsProps {
    /// The saved runs, the newest first.
    pub(crate) saved_runs: Shared<Vec<SavedRun>>,
}

/// The last runs, each of which is opened by a click, and the way to all of them.
#[component]
pub(crate) fn RecentRuns(props: &RecentRunsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let readable = props.saved_runs.iter().filter(|one| one.why.is_none() && !one.is_active);
    let row = |one: &SavedRun| {
        let summary = one.summary.as_ref()?;
        let cloud = clouds::by_id(&summary.cloud)?;
        let onclick = {
            let (dispatch, id) = (dispatch.clone(), one.id.clone());
            Callback::from(move |_: MouseEvent| {
                dispatch.emit(Intent::History(HistoryAction::Open(id.clone())));
            })
        };
        let text = PageMessage::LastIds {
            count: summary.instances,
            cloud: cloud.name.in_locale(locale),
            region: &summary.region,
        };
        Some(html! {
            <li class="row small" key={one.id.clone()}>
                <button type="button" class="tiny" data-action="open-recent" {onclick}>
                    { time_of_day(locale, summary.about.confirmed_at) }
                </button>
                <span>{ &summary.operation }{ " · " }{ escaped(&text.in_locale(locale)) }</span>
                if !summary.about.reason.is_empty() {
                    <span class="muted">{ untrusted_text(&summary.about.reason) }</span>
                }
            </li>
        })
    };
    html! {
        <section class="whole recent" aria-labelledby="h-recent">
            <h2 id="h-recent" class="small">{ page::RECENT_RUNS.in_locale(locale) }</h2>
            <ul class="plain">{ for readable.take(RECENT).filter_map(row) }</ul>
            <p class="small">
                <PageLink to={PageRoute::History} class="quiet" action="runs">
                    { MessageArgs::SavedRuns(props.saved_runs.len()).in_locale(locale) }
                </PageLink>
            </p>
        </section>
    }
}
