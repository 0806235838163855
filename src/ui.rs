//! The look of the console: one component a file. Components are given values and hand back
//! [`Intent`](crate::store::Intent)s; none of them holds what is sent. What is small and has no state is a
//! function. `console` is the whole.

mod calls;
mod chip;
mod choices;
mod comparison;
mod compose;
mod confirm;
mod console;
mod copy;
mod credential;
mod diagnostics;
pub(crate) mod dom;
mod errors;
mod explain;
mod explanation;
mod page_link;
mod header;
mod icon;
mod ids;
mod inspector;
mod instances;
mod key_details;
mod saved_keys;
mod preflight;
mod notes;
mod untrusted_text;
mod pacing;
mod pager;
mod progress;
mod results;
mod review;
mod runs;
mod skipped;
mod select;
mod target;

pub use console::{Console, ConsoleProps};
pub(crate) use {
    compose::Compose,
    credential::{AboutKey, KeySlots},
    header::Header,
};

use crate::{context::use_locale, text::message};
use yew::{Html, component, html};

/// A page of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Restart and start.
    Power,
    /// Put an error in words.
    Explain,
    /// Look at the way to the cloud.
    Diagnostics,
}

impl Screen {
    /// The public name.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Screen::Power => "power",
            Screen::Explain => "explain",
            Screen::Diagnostics => "doctor",
        }
    }
}

/// What stands beside the form until there is something to be reviewed.
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
