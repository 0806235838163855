//! The button that sends: armed after half a second, and good for one click.

use super::markup::{class, html};
use gloo_timers::callback::Timeout;
use yew::{
    Callback, Html,
    functional::{Hook, HookContext},
    use_effect_with, use_state_eq,
};

/// So that the second click of a double click, or a key that is held down, sends nothing.
const ARMED_AFTER_MS: u32 = 500;

const OFFERED_AGAIN_AFTER_MS: u32 = 3_000;

/// What is confirmed.
#[derive(PartialEq)]
pub(crate) struct Props {
    /// Verb and count.
    pub(crate) label: String,
    /// The public name of the button.
    pub(crate) action: &'static str,
    /// Whether data may be lost.
    pub(crate) danger: bool,
    /// Whether everything that must be typed is typed. If not, a click asks for it.
    pub(crate) ready: bool,
    /// Carry it out.
    pub(crate) on_confirm: Callback<()>,
    /// Clicked while something is missing.
    pub(crate) on_missing: Callback<()>,
}

/// A button that sends, once.
pub(crate) fn confirm(props: &Props, hooks: &mut HookContext) -> Html {
    let armed = use_state_eq(|| false).run(hooks);
    let used = use_state_eq(|| false).run(hooks);
    {
        let armed = armed.clone();
        use_effect_with((), move |()| {
            let later = Timeout::new(ARMED_AFTER_MS, move || armed.set(true));
            move || drop(later)
        })
        .run(hooks);
    }
    {
        // If it is still here then, nothing was sent: a page around the console may refuse it.
        let used = used.clone();
        use_effect_with(*used, move |now| {
            let later = now.then(|| Timeout::new(OFFERED_AGAIN_AFTER_MS, move || used.set(false)));
            move || drop(later)
        })
        .run(hooks);
    }
    let onclick = {
        let used = used.clone();
        let (ready, on_confirm, on_missing) =
            (props.ready, props.on_confirm.clone(), props.on_missing.clone());
        Callback::from(move |_| {
            if ready {
                used.set(true);
                on_confirm.emit(());
            } else {
                on_missing.emit(());
            }
        })
    };
    let kind = if props.danger { "danger" } else { "primary" };
    html! {
        <button type="button" class={class(&["confirm", kind])} data-action={props.action}
            disabled={!*armed || *used} aria-disabled={(!props.ready).then_some("true")} {onclick}>
            { props.label.clone() }
        </button>
    }
}
