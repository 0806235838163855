//! The skipped instances of a run, by reason, with what to do instead.

use crate::{
    components::{common::copy::CopyButton, errors::explanation::joined},
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, message},
    store::{Intent, Shared},
};
use relight_core::{
    model::{cloud::Verb, eligibility::SkipReason, instance_id::InstanceId, outcome::Outcome},
    run::Run,
};
use std::collections::BTreeMap;
use yew::{Callback, Html, Properties, component, html};

#[derive(PartialEq, Properties)]
pub(crate) struct SkippedRowsProps {
    pub(crate) run: Shared<Run>,
    /// Whether another run may be prepared: nothing of this one is to be sent any more.
    pub(crate) is_free: bool,
}

/// The skipped instances of a run. What they can take instead is reviewed before anything is sent.
#[component]
pub(crate) fn SkippedRows(props: &SkippedRowsProps) -> Html {
    let locale = use_locale();
    let run = &props.run;
    let mut reasons: BTreeMap<SkipReason, Vec<&InstanceId>> = BTreeMap::new();
    for row in run.rows().iter().filter(|row| row.outcome == Outcome::Skipped) {
        if let Some(reason) = row.skipped {
            reasons.entry(reason).or_default().push(&row.id);
        }
    }
    if reasons.is_empty() {
        return Html::default();
    }
    html! {
        <div class="group causes">
            <h3>{ message::SKIPPED_IN_RUN.in_locale(locale) }</h3>
            { for reasons.into_iter().map(|(reason, ids)| html! {
                <div class="row cause small" key={reason.word()} data-skipped={reason.word()}>
                    <b>{ i18n::number(locale, ids.len()) }</b>
                    <span class="grow">{ i18n::skip_reason(reason).in_locale(locale) }</span>
                    <Instead run={run.clone()} {reason} ids={ids.iter().map(|id| (*id).clone()).collect::<Vec<_>>()} is_free={props.is_free} />
                    <CopyButton text={joined(ids.into_iter())} label={message::COPY_IDS} />
                </div>
            }) }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct InsteadProps {
    run: Shared<Run>,
    reason: SkipReason,
    ids: Vec<InstanceId>,
    is_free: bool,
}

/// The operation that they can take, if there is one.
#[component]
fn Instead(props: &InsteadProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let InsteadProps { run, reason, ids, is_free } = props;
    let verb = match reason {
        SkipReason::Stopped => Verb::Start,
        SkipReason::AlreadyRunning => Verb::Reboot,
        SkipReason::NotFound
        | SkipReason::AlreadyStarting
        | SkipReason::Stopping
        | SkipReason::Locked
        | SkipReason::Expired
        | SkipReason::Recycled
        | SkipReason::Busy
        | SkipReason::NotInSelection => return Html::default(),
    };
    if verb == run.spec().operation().verb || run.operation_for(verb).is_none() {
        return Html::default();
    }
    let onclick = {
        let (ids, is_free) = (ids.clone(), *is_free);
        Callback::from(move |_| {
            if is_free {
                dispatch.emit(Intent::StartOver {
                    ids: ids.clone(),
                    verb,
                    region_search: false,
                    keep_key: true,
                });
            }
        })
    };
    let hint = if *is_free { message::REVIEWED_ANEW } else { message::STOP_RUN_FIRST };
    html! {
        <button type="button" class="tiny" data-action="instead" aria-disabled={(!is_free).then_some("true")}
            title={hint.in_locale(locale)} {onclick}>
            { MessageArgs::Instead(verb, ids.len()).in_locale(locale) }
            <span class="hidden">{ ". " }{ hint.in_locale(locale) }</span>
        </button>
    }
}
