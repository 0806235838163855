//! The look of the console: one part a file. Parts are given values and hand back
//! [`Intent`](crate::store::Intent)s; none of them holds what is sent. What needs no state is a
//! function; see `part.rs` for what does. `console` is the whole, `front` below the form
//! alone.

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
mod part;
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

use crate::text::Message;
#[cfg(not(feature = "console"))]
use crate::{
    frame::UntrustedParent,
    front::Rest,
    store::{Intent, KeyState},
};
#[cfg(not(feature = "console"))]
use compose::compose;
#[cfg(feature = "console")]
pub use console::{Console, ConsoleProps};
#[cfg(not(feature = "console"))]
use header::header;
#[cfg(not(feature = "console"))]
use part::part;
use relight_core::i18n::Locale;
#[cfg(not(feature = "console"))]
use relight_core::{form::Form, request::Route};
#[cfg(not(feature = "console"))]
use yew::Callback;
use yew::{Html, html};

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

/// What the front draws.
#[cfg(not(feature = "console"))]
pub(crate) struct Front<'a> {
    pub(crate) locale: Locale,
    pub(crate) form: &'a Form,
    pub(crate) key: KeyState,
    pub(crate) route: &'a Route,
    pub(crate) untrusted_parent: Option<&'a UntrustedParent>,
    pub(crate) rest: Rest,
}

/// The form alone, until the rest is there.
#[cfg(not(feature = "console"))]
pub(crate) fn front(
    props: &Front<'_>,
    on_screen: &Callback<Screen>,
    on: &Callback<Intent>,
) -> Html {
    let locale = props.locale;
    html! {
        <div class="relight" lang={locale.tag()} data-front={"true"}>
            { header(header::Props {
                locale,
                screen: Screen::Power,
                route: props.route,
                key_id: props.form.key_id(),
                status: props.key.secret,
                brand: None,
                language_locked: false,
                on_screen,
                on,
            }) }
            <main class="two-panes" data-step="compose" tabindex="-1">
                <h1 class="hidden">{ Message::PageTitle.in_locale(locale) }</h1>
                { part("compose", compose, compose::Props {
                    locale,
                    form: props.form.clone(),
                    reviewing: false,
                    opening: props.rest == Rest::Awaited,
                    failed: match props.rest {
                        Rest::Failed(why) => Some((why.word(), why.in_locale(locale))),
                        Rest::Absent | Rest::Coming | Rest::Awaited => None,
                    },
                    key: props.key.clone(),
                    untrusted_parent: props.untrusted_parent.cloned(),
                    on: on.clone(),
                }) }
                { nothing_to_review(locale) }
            </main>
        </div>
    }
}

fn nothing_to_review(locale: Locale) -> Html {
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
