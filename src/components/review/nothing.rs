//! The panel next to the form until there is something to review.

use crate::{context::use_locale, i18n::message};
use yew::{Html, component, html};

/// The panel next to the form until there is something to review.
#[component]
pub(crate) fn NothingToReview() -> Html {
    let locale = use_locale();
    html! {
        <section class="panel empty" part="panel" aria-labelledby="h-review">
            <div class="head"><h2 id="h-review">{ message::NOTHING_TO_REVIEW.in_locale(locale) }</h2></div>
            <div class="body">
                <p class="muted">{ message::NOTHING_TO_REVIEW_HINT.in_locale(locale) }</p>
                <ol class="steps">
                    <li>{ message::STEP_ONE_HINT.in_locale(locale) }</li>
                    <li>{ message::STEP_TWO_HINT.in_locale(locale) }</li>
                    <li>{ message::STEP_THREE_HINT.in_locale(locale) }</li>
                </ol>
            </div>
        </section>
    }
}
