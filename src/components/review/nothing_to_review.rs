//! The panel next to the form until there is something to review.

use crate::{
    context::{use_dispatch, use_locale},
    i18n::message,
    store::{InstancesAction, Intent},
};
use relight_core::model::query::InstanceQuery;
use yew::{Html, component, html};

/// The panel next to the form until there is something to review.
#[component]
pub(crate) fn NothingToReview() -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
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
                <p>
                    <button type="button" data-action="list-instances" onclick={dispatch.reform(|_| list_all())}>
                        { message::LIST_INSTANCES.in_locale(locale) }
                    </button>
                </p>
            </div>
        </section>
    }
}

/// The list of all instances where the form leads.
fn list_all() -> Intent {
    Intent::Instances(InstancesAction::Read(InstanceQuery::default()))
}
