//! The skipped instances of a review, by reason, with what to do instead.

use crate::{
    components::{
        common::{
            copy::CopyButton,
            icon::{Icon, icon},
            pager::use_page_size,
            throttled::Throttled,
            untrusted_text::escaped,
        },
        errors::explanation::joined,
        run::chip::Tone,
    },
    context::{use_dispatch, use_locale},
    i18n::{self, FormMessage, MessageArgs, message},
    store::Intent,
};
use relight_core::{
    i18n::Text,
    model::{cloud::Verb, eligibility::SkipReason, instance_id::InstanceId},
    session::{Action, Review},
};
use std::{collections::BTreeMap, sync::Arc};
use yew::{Html, Properties, classes, component, html};

/// The maximum number of ids listed for a reason on the screen; all of them can be copied, and are printed.
const LISTED: usize = 50;

#[derive(PartialEq, Properties)]
pub(crate) struct SkippedProps {
    pub(crate) review: Arc<Review>,
}

/// The skipped instances.
#[component]
pub(crate) fn Skipped(props: &SkippedProps) -> Html {
    let locale = use_locale();
    let review = &props.review;
    let mut reasons: BTreeMap<SkipReason, Vec<InstanceId>> = BTreeMap::new();
    for (id, reason) in review.skipped.iter() {
        reasons.entry(*reason).or_default().push(id.clone());
    }
    html! {
        <div class="group skipped">
            <h3>{ message::SKIPPED_TITLE.in_locale(locale) }</h3>
            { for reasons.into_iter().map(|(reason, ids)| html! {
                <Reason key={reason.word()} review={review.clone()} {reason} {ids} />
            }) }
            <SearchProgress review={review.clone()} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct ReasonProps {
    review: Arc<Review>,
    reason: SkipReason,
    ids: Vec<InstanceId>,
}

/// The instances that are skipped for a reason.
#[component]
fn Reason(props: &ReasonProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ReasonProps { review, reason, ids } = props;
    let listed = use_page_size(LISTED);
    let (tone, picture) = tone_and_icon(*reason);
    html! {
        <div class="row small cause" data-skipped={reason.word()}>
            <details class="grow bare" open={listed > LISTED}>
                <summary>
                    <span class={classes!("chip", tone.class())}>
                        { icon(picture) }
                        { i18n::number(locale, ids.len()) }{ " " }{ i18n::skip_reason(*reason).in_locale(locale) }
                    </span>
                </summary>
                <ul class="plain">
                    { for ids.iter().take(listed).map(|id| html! {
                        <li><code>{ id.as_str().to_owned() }</code></li>
                    }) }
                    if ids.len() > listed {
                        <li class="muted">{ FormMessage::AndMore(ids.len() - listed).in_locale(locale) }</li>
                    }
                </ul>
                <CopyButton text={joined(ids.iter())} label={message::COPY_IDS} />
            </details>
            if let Some((action, text, intent)) = alternative(review, *reason) {
                <button type="button" class="tiny" data-action={action} onclick={dispatch.reform(move |_| intent.clone())}>
                    { text.in_locale(locale) }
                </button>
            }
        </div>
    }
}

/// What to do instead with the instances that are skipped for a reason: the public name, the text, and the
/// intent.
fn alternative(review: &Review, reason: SkipReason) -> Option<(&'static str, Text, Intent)> {
    let instead = |verb| Intent::Form(Action::Instead { reason, verb });
    let can_search = review.spec.target().cloud.regions.required && review.region_search.is_none();
    match (reason, review.spec.operation().verb) {
        (SkipReason::Stopped, Verb::Reboot) => {
            Some(("instead", message::START_INSTEAD, instead(Verb::Start)))
        }
        (SkipReason::AlreadyRunning, Verb::Start) => {
            Some(("instead", message::RESTART_INSTEAD, instead(Verb::Reboot)))
        }
        (SkipReason::NotFound, _) if can_search => {
            Some(("look-elsewhere", message::SEARCH_REGIONS, Intent::SearchRegions))
        }
        _ => None,
    }
}

#[derive(PartialEq, Properties)]
struct SearchProgressProps {
    review: Arc<Review>,
}

/// The progress of the search in other regions, and what it has found.
#[component]
fn SearchProgress(props: &SearchProgressProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let Some(region_search) = &props.review.region_search else { return Html::default() };
    let (done, total) = region_search.progress();
    let nothing = region_search.is_done() && region_search.found().is_empty();
    html! {
        <div class="stack tight small" data-elsewhere={if region_search.is_done() { "done" } else { "searching" }}>
            <p class="muted" role="status">
                if nothing {
                    { message::NOT_FOUND_ANYWHERE.in_locale(locale) }
                } else {
                    { MessageArgs::Searched { done, total }.in_locale(locale) }
                }
            </p>
            if let Some(until) = region_search.throttled_until() {
                <p class="muted"><Throttled {until} /></p>
            }
            { for region_search.found().iter().map(|(region, ids)| {
                let to = region.clone();
                let onclick = dispatch.reform(move |_| Intent::Form(Action::GoTo { region: to.clone() }));
                html! {
                    <div class="row" key={region.clone()}>
                        <span class="grow">{ escaped(&MessageArgs::FoundIn { region, count: ids.len() }.in_locale(locale)) }</span>
                        <button type="button" class="tiny" data-action="go-to" data-region={region.clone()} {onclick}>
                            { message::GO_THERE.in_locale(locale) }
                        </button>
                    </div>
                }
            }) }
        </div>
    }
}

const fn tone_and_icon(reason: SkipReason) -> (Tone, Icon) {
    match reason {
        SkipReason::NotFound => (Tone::Warn, Icon::Question),
        SkipReason::Stopped => (Tone::Idle, Icon::Dash),
        SkipReason::AlreadyRunning => (Tone::Good, Icon::Check),
        SkipReason::AlreadyStarting | SkipReason::Stopping => (Tone::Busy, Icon::Ring),
        SkipReason::Locked
        | SkipReason::Expired
        | SkipReason::Recycled
        | SkipReason::NotInSelection => (Tone::Bad, Icon::Cross),
        SkipReason::Busy => (Tone::Warn, Icon::Warning),
    }
}
