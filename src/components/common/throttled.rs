//! The countdown until a cloud that throttles by time windows accepts requests again.

use crate::{context::use_locale, i18n::MessageArgs, services::clock};
use gloo_timers::callback::Interval;
use relight_core::run::Millis;
use yew::{Html, Properties, component, html, use_effect_with, use_state_eq};

/// Props of [`Throttled`].
#[derive(PartialEq, Properties)]
pub(crate) struct ThrottledProps {
    pub(crate) until: Millis,
}

/// Why nothing happens, and for how many seconds more. Nothing once that is over.
#[component]
pub(crate) fn Throttled(props: &ThrottledProps) -> Html {
    let locale = use_locale();
    let now = use_state_eq(clock::now);
    {
        let now = now.clone();
        use_effect_with((), move |()| {
            let second = Interval::new(1_000, move || now.set(clock::now()));
            move || drop(second)
        });
    }
    let seconds = props.until.saturating_sub(*now).div_ceil(1_000);
    if seconds == 0 {
        return Html::default();
    }
    html! {
        <span data-throttled="">{ MessageArgs::NextWindow(seconds).in_locale(locale) }</span>
    }
}
