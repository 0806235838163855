//! The runs that are watched in the background: how far they are, and the way back to them.

use crate::{
    components::{
        common::{icon, page_link::use_navigation, untrusted_text::escaped},
        run::chip::DISPLAY_ORDER,
    },
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, OperationLabel, message},
    routes::PageRoute,
    store::{Intent, Shared},
};
use relight_core::run::{Run, RunStatus};
use std::rc::Rc;
use yew::{Callback, Html, MouseEvent, Properties, component, html};

/// Props of [`BackgroundRuns`].
#[derive(PartialEq, Properties)]
pub(crate) struct BackgroundRunsProps {
    pub(crate) runs: Vec<Shared<Run>>,
    /// Whether one may be opened: not while another sends.
    pub(crate) is_free: bool,
}

/// A line for each of them, on every page.
#[component]
pub(crate) fn BackgroundRuns(props: &BackgroundRunsProps) -> Html {
    let (locale, dispatch, navigation) = (use_locale(), use_dispatch(), use_navigation());
    let line = |run: &Shared<Run>| {
        let id: Rc<str> = run.about().id.as_str().into();
        let is_over = run.status() == RunStatus::Finished;
        let (spec, counts) = (run.spec(), run.counts());
        let label = OperationLabel::of(spec);
        let title = MessageArgs::RunTitle { label, count: counts.total(), active: !is_over };
        let verb = spec.operation().verb;
        let parts: Vec<String> = DISPLAY_ORDER
            .iter()
            .filter(|outcome| counts.of(**outcome) > 0)
            .map(|outcome| {
                let words = i18n::outcome_counter(*outcome, verb).in_locale(locale);
                format!("{} {words}", i18n::number(locale, counts.of(*outcome)))
            })
            .collect();
        let onopen = {
            let (dispatch, navigation, id) = (dispatch.clone(), navigation.clone(), id.clone());
            let is_free = props.is_free;
            Callback::from(move |_: MouseEvent| {
                if is_free {
                    dispatch.emit(Intent::OpenBackground(id.clone()));
                    navigation.on_navigate.emit(PageRoute::RestartStart);
                }
            })
        };
        let ondismiss = {
            let id = id.clone();
            dispatch.reform(move |_: MouseEvent| Intent::DismissBackground(id.clone()))
        };
        html! {
            <div class="row small" key={&*id} data-background-run={id.to_string()}
                data-stage={if is_over { "finished" } else { "watching" }}>
                { icon::icon(if is_over { icon::Icon::Check } else { icon::Icon::Ring }) }
                <b>{ title.in_locale(locale) }</b>
                <span class="muted">{ escaped(&parts.join(" · ")) }</span>
                <span class="grow"></span>
                <button type="button" class="tiny" data-action="open-background"
                    aria-disabled={(!props.is_free).then_some("true")} onclick={onopen}>
                    { message::OPEN_RUN.in_locale(locale) }
                </button>
                if is_over {
                    <button type="button" class="tiny" data-action="dismiss-background" onclick={ondismiss}>
                        { message::DISMISS.in_locale(locale) }
                    </button>
                }
            </div>
        }
    };
    if props.runs.is_empty() {
        return Html::default();
    }
    html! {
        <div class="background-runs" role="region" aria-label={message::BACKGROUND_RUNS.in_locale(locale)}>
            { for props.runs.iter().map(line) }
        </div>
    }
}
