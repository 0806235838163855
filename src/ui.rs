//! The look of the console: one part a file. Parts are given values and hand back [`Intent`]s; none
//! of them holds what is sent. What needs no state is a function; see [`part`] for what does.

mod calls;
mod chip;
mod choices;
mod compose;
mod confirm;
mod copy;
mod credential;
mod dom;
mod explain;
mod explanation;
mod header;
mod icon;
mod ids;
mod inspector;
mod instances;
mod looking;
mod pacing;
mod pager;
mod part;
mod progress;
mod results;
mod review;
mod skipped;
mod target;

use crate::{
    store::{Intent, View},
    text::Say,
};
use compose::compose;
use explain::explain;
use header::header;
use looking::looking;
use part::part;
use relight_core::session::Step;
use results::results;
use yew::{
    Callback, Html, NodeRef, Properties, function_component, html, use_node_ref, use_state_eq,
};

/// What the console draws, and where it says what a person wants.
#[derive(Properties, PartialEq)]
pub struct ConsoleProps {
    /// All that is drawn.
    pub view: View,
    /// What a person wants.
    pub on: Callback<Intent>,
}

/// A page of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// Restart and start.
    Power,
    /// Put an error in words.
    Explain,
}

impl Screen {
    /// The public name.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Screen::Power => "power",
            Screen::Explain => "explain",
        }
    }
}

/// The whole console.
#[function_component]
pub fn Console(props: &ConsoleProps) -> Html {
    let screen = use_state_eq(|| Screen::Power);
    let main = use_node_ref();
    let view = &props.view;
    let locale = view.session.locale();
    let on_screen = {
        let screen = screen.clone();
        Callback::from(move |to| screen.set(to))
    };
    let onskip = {
        let main = main.clone();
        Callback::from(move |_| dom::focus(&main))
    };
    html! {
        <div class="relight" lang={locale.tag()}>
            <button type="button" class="skip" onclick={onskip}>
                { Say::SkipToContent.in_locale(locale) }
            </button>
            { header(view, *screen, &on_screen, &props.on) }
            // The page that is not looked at stays mounted: nothing that was typed is lost.
            <div hidden={*screen != Screen::Power}>
                { power(view, &props.on, &main) }
            </div>
            <div hidden={*screen != Screen::Explain}>
                <main class="alone" tabindex="-1">
                    { part("explain", explain, explain::Props { locale }) }
                </main>
            </div>
        </div>
    }
}

fn power(view: &View, on: &Callback<Intent>, main: &NodeRef) -> Html {
    let locale = view.session.locale();
    if let Some(run) = &view.run {
        return html! {
            <main class="alone" data-step="run" tabindex="-1" ref={main.clone()}>
                <h1 class="hidden">{ Say::PageTitle.in_locale(locale) }</h1>
                { part("results", results, results::Props {
                    locale,
                    run: run.clone(),
                    signed: view.signed.clone(),
                    route: view.route.clone(),
                    now: view.now,
                    on: on.clone(),
                }) }
            </main>
        };
    }
    let (step, review) = match view.session.step() {
        Step::Compose { .. } => ("compose", nothing_to_review(view)),
        Step::Looking { look } => {
            let props = looking::Props { locale, look: look.clone(), on: on.clone() };
            ("looking", part("looking", looking, props))
        }
        Step::Review(review) => {
            let form = view.session.form();
            let props = review::Props {
                locale,
                review: review.clone(),
                reason: form.reason().to_owned(),
                pacing: *form.pacing(),
                route: view.route.clone(),
                on: on.clone(),
            };
            ("review", part("review", review::review, props))
        }
    };
    html! {
        <main class="two-panes" data-step={step} tabindex="-1" ref={main.clone()}>
            <h1 class="hidden">{ Say::PageTitle.in_locale(locale) }</h1>
            { part("compose", compose, compose::Props {
                session: view.session.clone(),
                secret: view.secret,
                token: view.token,
                on: on.clone(),
            }) }
            { review }
        </main>
    }
}

fn nothing_to_review(view: &View) -> Html {
    let locale = view.session.locale();
    html! {
        <section class="panel empty" aria-labelledby="h-review">
            <div class="head"><h2 id="h-review">{ Say::NothingToReview.in_locale(locale) }</h2></div>
            <div class="body">
                <p class="muted">{ Say::NothingToReviewHint.in_locale(locale) }</p>
                <ol class="steps">
                    { for [Say::StepOneHint, Say::StepTwoHint, Say::StepThreeHint].map(|say| html! {
                        <li>{ say.in_locale(locale) }</li>
                    }) }
                </ol>
            </div>
        </section>
    }
}
