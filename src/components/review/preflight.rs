//! The preflight: its progress, and why it fails.

use crate::{
    components::{
        common::{
            dom::focus,
            icon::{Icon, icon},
            throttled::Throttled,
        },
        errors::explanation::{explain_fault_of, fault_card},
    },
    context::{use_dispatch, use_locale},
    i18n::{MessageArgs, message},
    store::Intent,
};
use relight_core::{
    catalogue::SuggestedAction, clouds, explain::Known, i18n::Text, run::Preflight, session::Action,
};
use std::sync::Arc;
use yew::{Html, Properties, component, html, use_effect_with, use_node_ref};

/// Props of [`PreflightProgress`].
#[derive(PartialEq, Properties)]
pub(crate) struct PreflightProgressProps {
    pub(crate) preflight: Arc<Preflight>,
    /// The key id that it is signed with.
    pub(crate) key_id: String,
    pub(crate) has_token: bool,
}

/// The progress of the preflight.
#[component]
pub(crate) fn PreflightProgress(props: &PreflightProgressProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let preflight = &props.preflight;
    let t = |text: Text| text.in_locale(locale);
    let heading = use_node_ref();
    {
        let heading = heading.clone();
        use_effect_with((), move |()| focus(&heading));
    }
    let (done, total) = preflight.progress();
    let explanation = preflight.result().fault.as_ref().map(|fault| {
        let target = preflight.target();
        // The cloud refused the describe request, not the operation that follows.
        let read = clouds::protocol(target.cloud).describe(target, &[]);
        let action = Some(read.content().action);
        let known = Known {
            key_id: Some(&props.key_id),
            has_token: props.has_token,
            clock_ahead_seconds: (preflight.clock_skew_seconds() != 0)
                .then(|| -preflight.clock_skew_seconds()),
            region: Some(&target.region),
            ..Known::default()
        };
        (fault, explain_fault_of(target.cloud, action, fault, &known, locale))
    });
    let clock_is_off = explanation.as_ref().is_some_and(|(_, explanation)| {
        explanation.suggested_actions.contains(&SuggestedAction::CorrectClock)
    });
    let percent = (done * 100).checked_div(total).unwrap_or(100);
    html! {
        <section class="panel looking" part="panel looking" aria-labelledby="h-looking">
            <div class="head">
                <h2 id="h-looking" tabindex="-1" ref={heading}>
                    { t(if explanation.is_some() { message::PREFLIGHT_FAILED } else { message::PREFLIGHT }) }
                </h2>
                <span class="grow"></span>
                <span class="small muted">{ t(message::STEP_TWO) }</span>
            </div>
            <div class="body">
                <div class="stack tight progress">
                    <div role="progressbar" aria-label={t(message::PREFLIGHT)} aria-valuemin="0" aria-valuemax="100"
                        aria-valuenow={percent.to_string()}>
                        <svg class="bar-track" viewBox="0 0 100 8" preserveAspectRatio="none"
                            aria-hidden="true" focusable="false">
                            <rect class="busy" x="0" y="0" width={percent.to_string()} height="8" />
                        </svg>
                    </div>
                    <p class="row small muted" role="status">
                        <span>{ MessageArgs::PreflightProgress { done, total }.in_locale(locale) }</span>
                        <span>{ t(message::PREFLIGHT_HINT) }</span>
                    </p>
                    if let Some(until) = preflight.throttled_until() {
                        <p class="small muted"><Throttled {until} /></p>
                    }
                </div>
                if let Some((fault, explanation)) = &explanation {
                    { fault_card(explanation, fault, locale) }
                    <div class="note warn">
                        { icon(Icon::Warning) }
                        <p>{ t(message::SKIP_PREFLIGHT_WARNING) }</p>
                    </div>
                }
            </div>
            <div class="foot dock">
                <button type="button" data-action="cancel" onclick={dispatch.reform(|_| Intent::Form(Action::Back))}>
                    { t(message::CANCEL) }
                </button>
                <span class="grow wide"></span>
                if explanation.is_some() {
                    <button type="button" data-action="review-unseen" onclick={dispatch.reform(|_| Intent::SkipPreflight)}>
                        { t(message::SKIP_PREFLIGHT) }
                    </button>
                    <button type="button" class="primary" data-action="look-again"
                        onclick={dispatch.reform(|_| Intent::Review)}>
                        { t(if clock_is_off { message::CORRECT_CLOCK } else { message::TRY_AGAIN }) }
                    </button>
                }
            </div>
        </section>
    }
}
