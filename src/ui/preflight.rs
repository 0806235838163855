//! The look before the review: how far it is, and what stands in its way.

use super::markup::html;
use super::{
    dom::focus,
    errors::vendor_page,
    explanation::{badge, explain_fault_of, facts, hints, permission},
    icon::{Icon, icon},
};
use crate::{
    store::Intent,
    text::{Say, Tell},
};
use relight_core::{
    explain::{Help, Known},
    i18n::Locale,
    run::Look,
    session::Action,
};
use std::sync::Arc;
use yew::{
    Callback, Html,
    functional::{Hook, HookContext},
    use_effect_with, use_node_ref,
};

/// The look that is under way.
#[derive(PartialEq)]
pub(crate) struct Props {
    pub(crate) locale: Locale,
    pub(crate) look: Arc<Look>,
    /// The key that it is signed with.
    pub(crate) key_id: String,
    pub(crate) has_token: bool,
    pub(crate) on: Callback<Intent>,
}

/// How far the look is.
pub(crate) fn looking(props: &Props, hooks: &mut HookContext) -> Html {
    let Props { locale, look, on, .. } = props;
    let locale = *locale;
    let t = |say: Say| say.in_locale(locale);
    let heading = use_node_ref().run(hooks);
    {
        let heading = heading.clone();
        use_effect_with((), move |()| focus(&heading)).run(hooks);
    }
    let (done, total) = look.progress();
    let told = look.seen().fault.as_ref().map(|fault| {
        let target = look.target();
        // What the cloud refused is the read, not the operation that is to follow.
        let read = target.cloud.describe(target, &[]);
        let action = Some(read.content().action);
        let known = Known {
            key_id: Some(&props.key_id),
            has_token: props.has_token,
            clock_ahead_seconds: (look.clock_skew_seconds() != 0)
                .then(|| -look.clock_skew_seconds()),
            region: Some(&target.region),
            ..Known::default()
        };
        (fault, explain_fault_of(target.cloud, action, fault, &known, locale))
    });
    let clock_is_off =
        told.as_ref().is_some_and(|(_, told)| told.helps.contains(&Help::CorrectClock));
    let percent = (done * 100).checked_div(total).unwrap_or(100);
    html! {
        <section class="panel looking" part="panel looking" aria-labelledby="h-looking">
            <div class="head">
                <h2 id="h-looking" tabindex="-1" ref={heading}>
                    { t(if told.is_some() { Say::LookFailed } else { Say::Looking }) }
                </h2>
                <span class="grow"></span>
                <span class="small muted">{ t(Say::StepTwo) }</span>
            </div>
            <div class="body">
                <div class="stack tight progress">
                    <div role="progressbar" aria-label={t(Say::Looking)} aria-valuemin="0" aria-valuemax="100"
                        aria-valuenow={percent.to_string()}>
                        <svg class="bar-track" viewBox="0 0 100 8" preserveAspectRatio="none"
                            aria-hidden="true" focusable="false">
                            <rect class="busy" x="0" y="0" width={percent.to_string()} height="8" />
                        </svg>
                    </div>
                    <p class="row small muted" role="status">
                        <span>{ Tell::LookingAt { done, total }.in_locale(locale) }</span>
                        <span>{ t(Say::LookingHint) }</span>
                    </p>
                </div>
                if let Some((fault, told)) = &told {
                    <div class="group card">
                        <div class="row">
                            <h3 class="grow">{ told.title.clone() }</h3>
                            { badge(told.retry, locale) }
                        </div>
                        <p>{ told.meaning.clone() }</p>
                        <p>{ told.remedy.clone() }</p>
                        { hints(told) }
                        { permission(told, locale, on) }
                        <dl class="kv">
                            { facts(told, Some(*fault), locale) }
                            if let Some(id) = &told.request_id {
                                <dt>{ t(Say::Request) }</dt><dd><code>{ id.clone() }</code></dd>
                            }
                        </dl>
                        { vendor_page(told, locale) }
                    </div>
                    <div class="note warn">
                        { icon(Icon::Warning) }
                        <p>{ t(Say::UnseenWarning) }</p>
                    </div>
                }
            </div>
            <div class="foot dock">
                <button type="button" data-action="cancel" onclick={on.reform(|_| Intent::Form(Action::Back))}>
                    { t(Say::Cancel) }
                </button>
                <span class="grow wide"></span>
                if told.is_some() {
                    <button type="button" data-action="review-unseen" onclick={on.reform(|_| Intent::ReviewUnseen)}>
                        { t(Say::GoOnUnseen) }
                    </button>
                    <button type="button" class="primary" data-action="look-again"
                        onclick={on.reform(|_| Intent::Review)}>
                        { t(if clock_is_off { Say::CorrectClock } else { Say::TryAgain }) }
                    </button>
                }
            </div>
        </section>
    }
}
