//! The button that sends: it is armed half a second after its label appears, and works for one click.
//! Until then it can be focused, and a click does nothing.

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use relight_core::{model::plan::Plan, run::Approval};
use std::sync::Arc;
use yew::{
    Callback, Html, Properties, classes, component, html, use_effect_with, use_mut_ref,
    use_state_eq,
};

/// So that a double click, a key that is held down, and a click meant for another window or an earlier label
/// send nothing.
const ARMED_AFTER_MS: u32 = 500;

const OFFERED_AGAIN_AFTER_MS: u32 = 3_000;

/// What is confirmed, besides the label: with other instances or another operation the same label means
/// something else.
#[derive(Clone, PartialEq)]
pub(crate) enum Subject {
    Plan(Arc<Plan>),
    Approval(Approval),
    /// Something that sends nothing.
    Other,
}

/// Props of [`Confirm`].
#[derive(PartialEq, Properties)]
pub(crate) struct ConfirmProps {
    /// Verb and count.
    pub(crate) label: String,
    /// What the label refers to.
    pub(crate) subject: Subject,
    /// The public name of the button.
    pub(crate) action: &'static str,
    /// Whether data may be lost.
    pub(crate) danger: bool,
    /// Whether everything that must be typed is typed. If not, a click points to it.
    pub(crate) ready: bool,
    /// Emitted once confirmed.
    pub(crate) on_confirm: Callback<()>,
    /// Emitted by a click while something is missing.
    #[prop_or_default]
    pub(crate) on_missing: Callback<()>,
}

/// A button that sends, once.
#[component]
pub(crate) fn Confirm(props: &ConfirmProps) -> Html {
    // The label and subject for which it was armed: with others it is not.
    let armed = use_state_eq(|| None::<(String, bool, Subject)>);
    let focused_times = use_state_eq(|| 0_u32);
    let armed_for = (props.label.clone(), props.ready, props.subject.clone());
    let used = use_state_eq(|| false);
    // A second click may come before the first is rendered.
    let is_spent = use_mut_ref(|| false);
    {
        let armed = armed.clone();
        use_effect_with((armed_for.clone(), *focused_times), move |(armed_for, _)| {
            armed.set(None);
            let armed_for = armed_for.clone();
            let later = Timeout::new(ARMED_AFTER_MS, move || armed.set(Some(armed_for)));
            move || drop(later)
        });
    }
    {
        // The window may come to the front under the pointer.
        let focused_times = focused_times.clone();
        use_effect_with(*focused_times, move |times| {
            let next = times.wrapping_add(1);
            let listener = web_sys::window().map(|window| {
                EventListener::new(&window, "focus", move |_| focused_times.set(next))
            });
            move || drop(listener)
        });
    }
    {
        // If it is still mounted after that, nothing was sent: the host page may have refused.
        let (used, is_spent) = (used.clone(), is_spent.clone());
        use_effect_with(*used, move |now| {
            let again = move || {
                is_spent.replace(false);
                used.set(false);
            };
            let later = now.then(|| Timeout::new(OFFERED_AGAIN_AFTER_MS, again));
            move || drop(later)
        });
    }
    let is_armed = armed.as_ref() == Some(&armed_for);
    let onclick = {
        let used = used.clone();
        let is_armed = is_armed && !*used;
        let (ready, on_confirm, on_missing) =
            (props.ready, props.on_confirm.clone(), props.on_missing.clone());
        Callback::from(move |_| {
            if ready {
                if is_armed && !is_spent.replace(true) {
                    used.set(true);
                    on_confirm.emit(());
                }
            } else {
                on_missing.emit(());
            }
        })
    };
    let kind = if props.danger { "danger" } else { "primary" };
    html! {
        <button type="button" part="confirm" class={classes!("confirm", kind)} data-action={props.action}
            data-armed={(is_armed && !*used).then_some("")} aria-disabled={(!props.ready || !is_armed || *used).then_some("true")} {onclick}>
            { props.label.clone() }
        </button>
    }
}
