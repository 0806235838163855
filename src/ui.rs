//! The look of the console: one component a file. Components are given values and hand back
//! [`Intent`](crate::store::Intent)s; none of them holds what is sent. What is small and has no state is a
//! function. `console` is the whole.

#[cfg(feature = "console")]
mod calls;
#[cfg(feature = "console")]
mod chip;
#[cfg(feature = "console")]
mod choices;
#[cfg(feature = "console")]
mod comparison;
mod compose;
#[cfg(feature = "console")]
mod confirm;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "console")]
mod copy;
mod credential;
#[cfg(feature = "console")]
mod diagnostics;
pub(crate) mod dom;
#[cfg(feature = "console")]
mod errors;
#[cfg(feature = "console")]
mod explain;
#[cfg(feature = "console")]
mod explanation;
#[cfg(feature = "console")]
mod page_link;
mod header;
mod icon;
mod ids;
#[cfg(feature = "console")]
mod inspector;
#[cfg(feature = "console")]
mod instances;
#[cfg(feature = "console")]
mod key_details;
#[cfg(feature = "console")]
mod saved_keys;
#[cfg(feature = "console")]
mod preflight;
#[cfg(feature = "console")]
mod notes;
mod untrusted_text;
#[cfg(feature = "console")]
mod pacing;
#[cfg(feature = "console")]
mod pager;
#[cfg(feature = "console")]
mod progress;
#[cfg(feature = "console")]
mod results;
#[cfg(feature = "console")]
mod review;
#[cfg(feature = "console")]
mod runs;
#[cfg(feature = "console")]
mod skipped;
mod select;
mod target;

#[cfg(feature = "console")]
pub use console::{Console, ConsoleProps};
#[cfg(not(feature = "console"))]
pub(crate) use {compose::Compose, header::Header};

use crate::{context::use_locale, text::Message};
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
            <div class="head"><h2 id="h-review">{ Message::NothingToReview.in_locale(locale) }</h2></div>
            <div class="body">
                <p class="muted">{ Message::NothingToReviewHint.in_locale(locale) }</p>
                <ol class="steps">
                    <li>{ Message::StepOneHint.in_locale(locale) }</li>
                    <li>{ Message::StepTwoHint.in_locale(locale) }</li>
                    <li>{ Message::StepThreeHint.in_locale(locale) }</li>
                </ol>
            </div>
        </section>
    }
}
