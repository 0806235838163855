//! The actions on a run: retry, export, new run. What sends again is confirmed first, with the list of
//! instances.

use crate::{
    components::{
        common::{
            dom::{focus, refocus, value_of},
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        errors::explanation::joined,
        review::confirm::{Confirm, Subject},
    },
    context::{use_dispatch, use_locale},
    i18n::{MessageArgs, OperationLabel, message},
    store::{Format, Intent, Shared},
};
use relight_core::{
    i18n::Text,
    run::{Approval, Choice, Event, Pause, Run, RunStatus},
};
use yew::{
    Callback, Html, InputEvent, Properties, classes, component, html, use_effect_with, use_mut_ref,
    use_node_ref, use_state_eq,
};

/// Props of [`Choices`].
#[derive(PartialEq, Properties)]
pub(crate) struct ChoicesProps {
    pub(crate) run: Shared<Run>,
    /// The choice that waits for confirmation.
    pub(crate) confirming: Option<Choice>,
    pub(crate) on_confirming: Callback<Option<Choice>>,
}

/// The choices in the order in which they are offered: the public name, and why there is nothing to do.
const CHOICES: [(Choice, &str, Text); Choice::ALL.len()] = [
    (Choice::RetryFailed, "retry-failed", message::NOTHING_TO_RETRY),
    (Choice::SendNotStarted, "send-not-started", message::NOTHING_NOT_STARTED),
    (Choice::CheckUnknown, "check-unknown", message::NOTHING_UNKNOWN),
    (Choice::Isolate, "narrow", message::NOTHING_TO_RETRY),
    (Choice::Force, "force", message::NOTHING_TO_FORCE),
];

/// Whether another run may be prepared: nothing of this one is about to be sent.
pub(crate) fn is_free(run: &Run) -> bool {
    match run.status() {
        RunStatus::Finished
        | RunStatus::Stopped
        | RunStatus::Watching
        | RunStatus::Paused(Pause::NotAllowed) => true,
        RunStatus::Sending | RunStatus::Paused(_) => false,
    }
}

/// The actions on a run: those with something to do in a bar that stays on the screen, and before it why the
/// others have nothing.
#[component]
pub(crate) fn Choices(props: &ChoicesProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ChoicesProps { run, confirming, on_confirming } = props;
    let t = |text: Text| text.in_locale(locale);
    let close = on_confirming.reform(|()| None);
    let bar = use_node_ref();
    let words = |choice: Choice| {
        let count = run.choice_count(choice);
        match choice {
            Choice::RetryFailed => MessageArgs::RetryFailed(count),
            Choice::SendNotStarted => MessageArgs::SendNotStarted(count),
            Choice::CheckUnknown => MessageArgs::CheckUnknown(count),
            Choice::Isolate => MessageArgs::Isolate(count),
            Choice::Force => MessageArgs::Force(count),
        }
        .in_locale(locale)
    };
    let (offered, others): (Vec<_>, Vec<_>) =
        CHOICES.into_iter().partition(|(choice, ..)| run.choice_count(*choice) > 0);
    {
        let bar = bar.clone();
        let offered: Vec<Choice> = offered.iter().map(|(choice, ..)| *choice).collect();
        let before = use_mut_ref(Vec::new);
        use_effect_with(offered, move |offered| {
            // The button that was pressed is unmounted: the focus stays in the bar.
            let before = before.replace(offered.clone());
            if before.iter().any(|one| !offered.contains(one)) {
                refocus(&bar, None);
            }
        });
    }
    let button = |(choice, action, _): (Choice, &'static str, Text)| {
        let refusal = run.refusal(choice).map(|refusal| refusal.sentence(locale));
        let is_refused = refusal.is_some();
        let (dispatch, on_confirming, run) = (dispatch.clone(), on_confirming.clone(), run.clone());
        let onclick = Callback::from(move |_| {
            let Some(offer) = run.offer(choice).filter(|_| !is_refused) else { return };
            match choice {
                // A describe request changes nothing, so it needs no confirmation.
                Choice::CheckUnknown => dispatch.emit(Intent::Run(Event::Ask(offer))),
                Choice::RetryFailed | Choice::SendNotStarted | Choice::Isolate | Choice::Force => {
                    on_confirming.emit(Some(choice));
                }
            }
        });
        html! {
            <button type="button" class="tiny" key={action} data-action={action} title={refusal.clone()}
                aria-disabled={is_refused.then_some("true")} {onclick}>
                { words(choice) }
                if let Some(refusal) = refusal { <span class="hidden">{ ". " }{ escaped(&refusal) }</span> }
            </button>
        }
    };
    let export = |format: Format, action: &'static str, text: Text| {
        let onclick = dispatch.reform(move |_| Intent::Export(format));
        html! {
            <button type="button" class="tiny" data-action={action} {onclick}>{ t(text) }</button>
        }
    };
    let is_free = is_free(run);
    let onnew = {
        let dispatch = dispatch.clone();
        Callback::from(move |_| {
            if is_free {
                dispatch.emit(Intent::NewRun);
            }
        })
    };
    html! {
        <>
            <div class="foot">
                <details class="bare grow small">
                    <summary>{ t(message::NOT_OFFERED) }</summary>
                    <ul class="plain muted">
                        { for others.into_iter().filter(|(choice, ..)| may_come(run, *choice)).map(|(choice, action, why)| html! {
                            <li key={action} data-not-offered={action}>{ words(choice) }{ ": " }{ t(why) }</li>
                        }) }
                    </ul>
                </details>
                { export(Format::Csv, "export-csv", message::EXPORT_CSV) }
                { export(Format::Json, "export-json", message::EXPORT_JSON) }
            </div>
            // It stays in view while there is something to do.
            <div class={classes!("dock-run", (is_free || !offered.is_empty()).then_some("dock"))} tabindex="-1" ref={bar}>
                if let Some(offer) = confirming.and_then(|choice| run.offer(choice)) {
                    <ConfirmResend run={run.clone()} {offer} on_close={close} />
                }
                <div class="foot">
                    { for offered.into_iter().map(button) }
                    <span class="grow"></span>
                    // Before the end it is not what comes next.
                    <button type="button" class={if run.status() == RunStatus::Finished { "primary" } else { "" }} data-action="new-run"
                        aria-disabled={(!is_free).then_some("true")}
                        title={(!is_free).then(|| t(message::STOP_RUN_FIRST))} onclick={onnew}>
                        { t(message::NEW_RUN) }
                        if !is_free { <span class="hidden">{ ". " }{ t(message::STOP_RUN_FIRST) }</span> }
                    </button>
                </div>
            </div>
        </>
    }
}

/// Whether a choice that has nothing to do now may have something later.
fn may_come(run: &Run, choice: Choice) -> bool {
    let spec = run.spec();
    match choice {
        Choice::RetryFailed | Choice::SendNotStarted | Choice::CheckUnknown => true,
        // Most runs never need it.
        Choice::Isolate => false,
        Choice::Force => {
            let has_force = spec.operation().modes.iter().any(|mode| mode.force);
            has_force && !spec.is_forced() && !spec.is_dry_run()
        }
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
