//! The actions on a run: retry, export, start anew. Whatever sends again is confirmed first, with
//! what will be sent.

use crate::components::{
    common::{
        dom::{focus, value_of},
        icon::{Icon, icon},
        untrusted_text::shown,
    },
    errors::explanation::joined,
    review::confirm::{Confirm, Subject},
};
use crate::{
    context::{use_dispatch, use_locale},
    i18n::{MessageArgs, OperationLabel, message},
    store::{Format, Intent, Shared},
};
use relight_core::{
    i18n::Text,
    run::{Approval, Choice, Event, Pause, Run, RunStatus},
};
use yew::{
    Callback, Html, InputEvent, Properties, component, html, use_effect_with, use_node_ref,
    use_state_eq,
};

/// Props of [`Choices`].
#[derive(PartialEq, Properties)]
pub(crate) struct ChoicesProps {
    pub(crate) run: Shared<Run>,
    /// The choice that waits for confirmation.
    pub(crate) confirming: Option<Choice>,
    pub(crate) on_confirming: Callback<Option<Choice>>,
}

/// The buttons below a run.
#[component]
pub(crate) fn Choices(props: &ChoicesProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ChoicesProps { run, confirming, on_confirming } = props;
    let t = |text: Text| text.in_locale(locale);
    let close = on_confirming.reform(|()| None);
    let choice = |choice: Choice, action: &'static str, words: String, why_not: Text| {
        let counted = run.choice_count(choice) > 0;
        let refusal = if counted { run.refusal(choice) } else { None };
        let available = counted && refusal.is_none();
        let (dispatch, on_confirming, run) = (dispatch.clone(), on_confirming.clone(), run.clone());
        let onclick = Callback::from(move |_| {
            let Some(offer) = run.offer(choice).filter(|_| available) else { return };
            match choice {
                // A describe request changes nothing, so it needs no confirmation.
                Choice::CheckUnknown => dispatch.emit(Intent::Run(Event::Ask(offer))),
                Choice::RetryFailed | Choice::SendNotStarted | Choice::Isolate | Choice::Force => {
                    on_confirming.emit(Some(choice));
                }
            }
        });
        let why_not = (!available).then(|| {
            refusal.map_or_else(|| t(why_not).to_owned(), |refusal| refusal.sentence(locale))
        });
        html! {
            <button type="button" class="tiny" data-action={action} title={why_not.clone()}
                aria-disabled={(!available).then_some("true")} {onclick}>
                { words }
                if let Some(why_not) = why_not { <span class="hidden">{ ". " }{ shown(&why_not) }</span> }
            </button>
        }
    };
    let export = |format: Format, action: &'static str, text: Text| {
        let onclick = dispatch.reform(move |_| Intent::Export(format));
        html! {
            <button type="button" class="tiny" data-action={action} {onclick}>{ t(text) }</button>
        }
    };
    let over = match run.status() {
        RunStatus::Finished
        | RunStatus::Stopped
        | RunStatus::Watching
        | RunStatus::Paused(Pause::NotAllowed) => true,
        RunStatus::Sending | RunStatus::Paused(_) => false,
    };
    let count = |of| run.choice_count(of);
    let onnew = {
        let dispatch = dispatch.clone();
        Callback::from(move |_| {
            if over {
                dispatch.emit(Intent::NewRun);
            }
        })
    };
    html! {
        <div class="dock dock-run">
            if let Some(offer) = confirming.and_then(|choice| run.offer(choice)) {
                <ConfirmResend run={run.clone()} {offer} on_close={close} />
            }
            <div class="foot">
                { choice(Choice::RetryFailed, "retry-failed",
                    MessageArgs::RetryFailed(count(Choice::RetryFailed)).in_locale(locale), message::NOTHING_TO_RETRY) }
                { choice(Choice::SendNotStarted, "send-not-started",
                    MessageArgs::SendNotStarted(count(Choice::SendNotStarted)).in_locale(locale), message::NOTHING_NOT_STARTED) }
                { choice(Choice::CheckUnknown, "check-unknown",
                    MessageArgs::CheckUnknown(count(Choice::CheckUnknown)).in_locale(locale), message::NOTHING_UNKNOWN) }
                // Offered only where it applies: most runs never need it.
                if count(Choice::Isolate) > 0 {
                    { choice(Choice::Isolate, "narrow",
                        MessageArgs::Isolate(count(Choice::Isolate)).in_locale(locale), message::NOTHING_TO_RETRY) }
                }
                if count(Choice::Force) > 0 {
                    { choice(Choice::Force, "force",
                        MessageArgs::Force(count(Choice::Force)).in_locale(locale), message::NOTHING_TO_RETRY) }
                }
                <span class="grow"></span>
                { export(Format::Csv, "export-csv", message::EXPORT_CSV) }
                { export(Format::Json, "export-json", message::EXPORT_JSON) }
                // Before the end it is not what comes next.
                <button type="button" class={if run.status() == RunStatus::Finished { "primary" } else { "" }} data-action="new-run"
                    aria-disabled={(!over).then_some("true")}
                    title={(!over).then(|| t(message::STOP_RUN_FIRST))} onclick={onnew}>
                    { t(message::NEW_RUN) }
                    if !over { <span class="hidden">{ ". " }{ t(message::STOP_RUN_FIRST) }</span> }
                </button>
            </div>
        </div>
    }
}

/// The confirmation before something is sent again.
#[derive(PartialEq, Properties)]
struct ConfirmResendProps {
    run: Shared<Run>,
    /// What is shown is all that is sent.
    offer: Approval,
    on_close: Callback<()>,
}

#[component]
fn ConfirmResend(props: &ConfirmResendProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ConfirmResendProps { run, offer, .. } = props;
    let choice = offer.choice();
    let cancel = use_node_ref();
    let typed_field = use_node_ref();
    let typed = use_state_eq(String::new);
    {
        let cancel = cancel.clone();
        use_effect_with(choice, move |_| focus(&cancel));
    }
    {
        // A count that was typed holds for that set of instances only.
        let typed = typed.clone();
        use_effect_with(offer.clone(), move |_| typed.set(String::new()));
    }
    let label = match choice {
        Choice::Force => OperationLabel { forced: true, ..OperationLabel::of(run.spec()) },
        Choice::RetryFailed | Choice::SendNotStarted | Choice::CheckUnknown | Choice::Isolate => {
            OperationLabel::of(run.spec())
        }
    };
    let count = offer.ids().len();
    let warning = match choice {
        Choice::RetryFailed => MessageArgs::RetryWarning { label, count },
        Choice::Isolate => MessageArgs::NarrowWarning(count),
        Choice::Force => MessageArgs::ForceWarning(count),
        Choice::SendNotStarted | Choice::CheckUnknown => {
            MessageArgs::SendNotStartedWarning { label, count }
        }
    };
    // As in the review: the count must be typed for what may lose data and for many instances.
    let spec = run.spec();
    let danger = !spec.is_dry_run() && (label.forced || spec.erases());
    let counted = danger || spec.needs_typed_count(count);
    let ready = !counted || typed.trim() == count.to_string();
    let ontyped = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| typed.set(value_of(&event)))
    };
    let on_confirm = {
        let (on_close, offer) = (props.on_close.clone(), offer.clone());
        Callback::from(move |()| {
            dispatch.emit(Intent::Run(Event::Ask(offer.clone())));
            on_close.emit(());
        })
    };
    let on_missing = {
        let typed_field = typed_field.clone();
        Callback::from(move |()| focus(&typed_field))
    };
    html! {
        <div class="again note warn" role="group" aria-labelledby="h-again">
            { icon(Icon::Warning) }
            <div class="stack">
                <p id="h-again">{ warning.in_locale(locale) }</p>
                <pre class="original" tabindex="0" data-asked={count.to_string()}>{ joined(offer.ids().iter()) }</pre>
                if counted {
                    <label class="field">
                        { MessageArgs::TypeToConfirm(count).in_locale(locale) }
                        <input ref={typed_field} name="typedCountAgain" type="text" inputmode="numeric"
                            autocomplete="off" value={(*typed).clone()} oninput={ontyped} />
                    </label>
                }
                <div class="row">
                    <button type="button" ref={cancel} data-action="cancel"
                        onclick={props.on_close.reform(|_| ())}>
                        { message::CANCEL.in_locale(locale) }
                    </button>
                    <Confirm action="confirm" subject={Subject::Approval(offer.clone())}
                        label={MessageArgs::Confirm(label, count).in_locale(locale)}
                        {danger} {ready} {on_confirm} {on_missing} />
                </div>
            </div>
        </div>
    }
}
