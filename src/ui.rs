//! The look of the console: one part a file. Parts are given values and hand back [`Intent`]s; none
//! of them holds what is sent. What needs no state is a function; see [`part`] for what does.

mod base;
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
mod copy;
mod credential;
#[cfg(feature = "console")]
mod doctor;
pub(crate) mod dom;
#[cfg(feature = "console")]
mod errors;
#[cfg(feature = "console")]
mod explain;
#[cfg(feature = "console")]
mod explanation;
#[cfg(feature = "console")]
mod go;
mod header;
mod icon;
mod ids;
#[cfg(feature = "console")]
mod inspector;
#[cfg(feature = "console")]
mod instances;
#[cfg(feature = "console")]
mod keeping;
#[cfg(feature = "console")]
mod keyring;
#[cfg(feature = "console")]
mod looking;
#[cfg(not(feature = "console"))]
pub(crate) mod light;
mod markup;
#[cfg(feature = "console")]
mod pacing;
#[cfg(feature = "console")]
mod pager;
#[cfg(feature = "console")]
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
mod target;

#[cfg(feature = "console")]
use crate::text::Tell;
#[cfg(feature = "console")]
use crate::{
    approval::Standing,
    kept::Wish,
    place::{Place, Shown},
    store::View,
};
#[cfg(not(feature = "console"))]
use crate::{frame::Stranger, front::Rest, store::KeyState};
use crate::{store::Intent, text::Say};
pub(crate) use base::Html;
use base::part;
use compose::compose;
#[cfg(feature = "console")]
use doctor::doctor;
#[cfg(feature = "console")]
use errors::errors;
#[cfg(feature = "console")]
use explain::explain;
#[cfg(feature = "console")]
use gloo_events::EventListener;
#[cfg(feature = "console")]
use go::Ways;
use header::header;
#[cfg(feature = "console")]
use looking::looking;
use markup::html;
use relight_core::words::Locale;
#[cfg(feature = "console")]
use relight_core::{
    config::{Brand, Lockable, Theme},
    form::Held,
    run::{Pause, Run, Stage},
    session::Step,
};
#[cfg(not(feature = "console"))]
use relight_core::{form::Form, plan::Refusal, request::Route};
#[cfg(feature = "console")]
use results::results;
#[cfg(feature = "console")]
use runs::runs;
use yew::Callback;
#[cfg(feature = "console")]
use yew::{
    MouseEvent, NodeRef, Properties, SubmitEvent, UseStateHandle, function_component,
    use_effect_with, use_mut_ref, use_node_ref, use_state_eq,
};

/// What the console draws, and where it says what a person wants.
#[cfg(feature = "console")]
#[derive(Properties, PartialEq)]
pub struct ConsoleProps {
    /// All that is drawn.
    pub view: View,
    /// What is shown first.
    pub place: Place,
    /// Whether the page goes by its address, which is its own.
    pub routed: bool,
    /// What a person wants.
    pub on: Callback<Intent>,
}

/// A page of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Restart and start.
    Power,
    /// Put an error in words.
    Explain,
    /// Look at the way to the cloud.
    Doctor,
}

impl Screen {
    /// The public name.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Screen::Power => "power",
            Screen::Explain => "explain",
            Screen::Doctor => "doctor",
        }
    }
}

/// What the front draws.
#[cfg(not(feature = "console"))]
pub(crate) struct Front<'a> {
    pub(crate) locale: Locale,
    pub(crate) form: &'a Form,
    pub(crate) refusal: Option<&'a Refusal>,
    pub(crate) key: KeyState,
    pub(crate) route: &'a Route,
    pub(crate) stranger: Option<&'a Stranger>,
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
                held: props.key.secret,
                brand: None,
                language_locked: false,
                on_screen,
                on,
            }) }
            <main class="two-panes" data-step="compose" tabindex="-1">
                <h1 class="hidden">{ Say::PageTitle.in_locale(locale) }</h1>
                { part("compose", compose, compose::Props {
                    locale,
                    form: props.form.clone(),
                    refusal: props.refusal.cloned(),
                    reviewing: false,
                    opening: props.rest == Rest::Awaited,
                    failed: match props.rest {
                        Rest::Failed(why) => Some((why.word(), why.in_locale(locale))),
                        Rest::Absent | Rest::Coming | Rest::Awaited => None,
                    },
                    key: props.key.clone(),
                    stranger: props.stranger.cloned(),
                    on: on.clone(),
                }) }
                { nothing_to_review(locale) }
            </main>
        </div>
    }
}

/// The whole console.
#[cfg(feature = "console")]
#[function_component]
pub fn Console(props: &ConsoleProps) -> Html {
    let place = use_state_eq(|| props.place.clone());
    let main = use_node_ref();
    let view = &props.view;
    let locale = view.session.locale();
    let routed = props.routed;
    {
        let place = place.clone();
        use_effect_with(routed, move |routed| {
            let listener = routed.then(|| follow_address(&place));
            move || drop(listener)
        });
    }
    {
        use_effect_with((routed, (*place).clone(), locale), |(routed, place, locale)| {
            if *routed {
                name_page(place, *locale);
            }
        });
    }
    let on_place = {
        let place = place.clone();
        Callback::from(move |to: Place| {
            if routed {
                dom::set_hash(&to.hash());
            }
            place.set(to);
        })
    };
    let on_screen = on_place.reform(Place::from);
    let ways = Ways { routed, on_place };
    let screen = place.screen();
    let shown = match &*place {
        Place::Errors(shown) => Some(shown.clone()),
        Place::Power | Place::Explain | Place::Doctor | Place::Runs => None,
    };
    // The index is drawn once somebody goes there. From then on it stays, with what was looked for.
    let index = use_mut_ref(|| None::<Shown>);
    if shown.is_some() {
        *index.borrow_mut() = shown;
    }
    let index = index.borrow().clone();
    let onskip = {
        let main = main.clone();
        Callback::from(move |_| dom::focus(&main))
    };
    html! {
        <div class="relight" lang={locale.tag()} data-theme={view.settings.theme.map(Theme::word)}>
            <button type="button" class="skip" onclick={onskip}>
                { Say::SkipToContent.in_locale(locale) }
            </button>
            { header(header::Props {
                locale,
                screen,
                route: &view.route,
                key_id: view.session.form().key_id(),
                held: view.key.secret,
                brand: brand(&view.settings.brand, locale),
                language_locked: view.settings.locked.contains(&Lockable::Language),
                on_screen: &on_screen,
                on: &props.on,
            }) }
            // The page that is not looked at stays mounted: nothing that was typed is lost.
            <div hidden={*place != Place::Power}>
                { power(view, &ways, &props.on, &main) }
            </div>
            if *place == Place::Runs {
                <main class="alone" tabindex="-1">
                    { remarks(view, &props.on) }
                    { no_journal(view) }
                    { part("runs", runs, runs::Props {
                        locale,
                        kept: view.kept.clone(),
                        current: view.run.as_ref().map(|run| run.about().id.clone()),
                        is_free: view.run.as_ref().is_none_or(|run| run.may_be_put_away()),
                        on_place: ways.on_place.clone(),
                        on: props.on.clone(),
                    }) }
                </main>
            }
            <div hidden={*place != Place::Explain}>
                <main class="alone" tabindex="-1">
                    { part("explain", explain, explain::Props {
                        locale,
                        ways: ways.clone(),
                        on: props.on.clone(),
                    }) }
                </main>
            </div>
            if *place == Place::Doctor {
                <main class="alone" tabindex="-1">
                    { part("doctor", doctor, doctor::Props {
                        locale,
                        route: header::route_name(&view.route, locale),
                        examination: view.examination.clone(),
                        on: props.on.clone(),
                    }) }
                </main>
            }
            if let Some(shown) = index {
                <div hidden={!matches!(*place, Place::Errors(_))}>
                    <main class="alone" tabindex="-1">
                        { part("errors", errors, errors::Props {
                            locale,
                            shown,
                            ways,
                            on: props.on.clone(),
                        }) }
                    </main>
                </div>
            }
        </div>
    }
}

/// Goes where the address of the page leads, now and whenever it changes.
#[cfg(feature = "console")]
fn follow_address(place: &UseStateHandle<Place>) -> Option<EventListener> {
    let window = web_sys::window()?;
    if Place::of_hash(&dom::hash()) != **place {
        dom::set_hash(&place.hash());
    }
    let place = place.setter();
    Some(EventListener::new(&window, "hashchange", move |_| {
        place.set(Place::of_hash(&dom::hash()));
    }))
}

/// Names the page after what it shows, for the browser's history and for screen readers.
#[cfg(feature = "console")]
fn name_page(place: &Place, locale: Locale) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let shown = match place {
        Place::Power => None,
        Place::Explain => Some(Say::ExplainTitle.in_locale(locale)),
        Place::Doctor => Some(Say::DoctorTitle.in_locale(locale)),
        Place::Runs => Some(Say::RunsKept.in_locale(locale)),
        Place::Errors(Shown { code: Some(code), .. }) => Some(code.as_str()),
        Place::Errors(Shown { code: None, .. }) => Some(Say::IndexTitle.in_locale(locale)),
    };
    document.set_title(&shown.map_or("Relight".to_owned(), |shown| format!("{shown} · Relight")));
    if let Some(root) = document.document_element() {
        // An element takes every attribute of this name.
        let _ = root.set_attribute("lang", locale.tag());
    }
}

#[cfg(feature = "console")]
fn power(view: &View, ways: &Ways, on: &Callback<Intent>, main: &NodeRef) -> Html {
    let locale = view.session.locale();
    if let Some(run) = &view.run {
        return html! {
            <main class="alone" data-step="run" tabindex="-1" ref={main.clone()}>
                <h1 class="hidden">{ Say::PageTitle.in_locale(locale) }</h1>
                { leave(view, on) }
                { remarks(view, on) }
                { put_away(run, locale, ways, on) }
                { no_journal(view) }
                // A run that was brought back has no key: without one it can neither look nor send.
                if key_is_wanted(view.key.secret, run.stage())                {
                    <form class="panel" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
                        <div class="body">
                            if view.key.source.is_none() {
                                <p>{ Say::KeyWanted.in_locale(locale) }</p>
                            }
                            { credential::credential(&credential::Props {
                                locale,
                                cloud: run.order().target().cloud,
                                key_id: &run.about().key_id,
                                form: None,
                                key: view.key.clone(),
                                stranger: view.stranger.as_ref(),
                                problem: None,
                                on,
                            }) }
                        </div>
                    </form>
                }
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
        Step::Compose { .. } => ("compose", nothing_to_review(locale)),
        Step::Looking { look } => {
            let props = looking::Props {
                locale,
                look: look.clone(),
                key_id: view.session.form().key_id().to_owned(),
                has_token: view.key.token != Held::Nothing,
                on: on.clone(),
            };
            ("looking", part("looking", looking, props))
        }
        Step::Review(review) => {
            let form = view.session.form();
            let props = review::Props {
                locale,
                review: review.clone(),
                reason: form.reason().to_owned(),
                pacing: *form.pacing(),
                doubted: review
                    .plan
                    .as_ref()
                    .map_or(0, |plan| plan.ids().filter(|id| view.doubted.contains(id)).count()),
                route: view.route.clone(),
                on: on.clone(),
            };
            ("review", part("review", review::review, props))
        }
    };
    html! {
        <main class="two-panes" data-step={step} tabindex="-1" ref={main.clone()}>
            <h1 class="hidden">{ Say::PageTitle.in_locale(locale) }</h1>
            { remarks(view, on) }
            { linked(view, on) }
            { leave(view, on) }
            { part("compose", compose, compose::Props {
                locale,
                form: view.session.form().clone(),
                refusal: match view.session.step() {
                    Step::Compose { refusal } => refusal.clone(),
                    Step::Looking { .. } | Step::Review(_) => None,
                },
                reviewing: match view.session.step() {
                    Step::Compose { .. } => false,
                    Step::Looking { .. } | Step::Review(_) => true,
                },
                opening: false,
                failed: None,
                key: view.key.clone(),
                stranger: view.stranger.clone(),
                on: on.clone(),
            }) }
            { review }
            if let Some(kept) = view.kept.as_ref().filter(|kept| !kept.is_empty()) {
                <p class="small whole">
                    { go::go(ways, Place::Runs, "quiet", "runs", false,
                        html! { { Tell::RunsKept(kept.len()).in_locale(locale) } }) }
                </p>
            }
        </main>
    }
}

/// The way from a run to the others, if nothing goes on in it.
#[cfg(feature = "console")]
fn put_away(run: &Run, locale: Locale, ways: &Ways, on: &Callback<Intent>) -> Html {
    if !run.may_be_put_away() {
        return Html::default();
    }
    let words = if run.is_unfinished() { Say::PutAway } else { Say::RunsKept };
    let onclick = {
        let (on, on_place) = (on.clone(), ways.on_place.clone());
        Callback::from(move |_: MouseEvent| {
            on.emit(Intent::Kept(Wish::PutAway));
            on_place.emit(Place::Runs);
        })
    };
    html! {
        <p class="small">
            <button type="button" class="quiet" data-action="put-away" {onclick}>
                { words.in_locale(locale) }
            </button>
        </p>
    }
}

/// What is to be said where runs cannot be written down.
#[cfg(feature = "console")]
fn no_journal(view: &View) -> Html {
    html! {
        if view.no_journal.is_some() {
            <div class="note warn" role="status">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Say::NoJournal.in_locale(view.session.locale()) }</p>
            </div>
        }
    }
}

/// Whether the page around this one lets it send, while that is a question.
#[cfg(feature = "console")]
fn leave(view: &View, on: &Callback<Intent>) -> Html {
    let locale = view.session.locale();
    let withdraw = on.reform(|_| Intent::Withdraw);
    match &view.leave {
        Standing::Nothing => Html::default(),
        Standing::Asked => html! {
            <div class="note info whole" role="status" data-leave="asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ Say::LeaveAsked.in_locale(locale) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { Say::Cancel.in_locale(locale) }
                </button>
            </div>
        },
        Standing::KeyAsked(source) => html! {
            <div class="note info whole" role="status" data-leave="key-asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ Tell::KeyAsked(source).in_locale(locale) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { Say::Cancel.in_locale(locale) }
                </button>
            </div>
        },
        Standing::Late => html! {
            <div class="note bad whole" role="alert" data-leave="late">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Say::LeaveLate.in_locale(locale) }</p>
            </div>
        },
        Standing::Refused(words) => html! {
            <div class="note bad whole" role="alert" data-leave="refused">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Say::LeaveRefused.in_locale(locale) }{ " " }{ words.clone().unwrap_or_default() }</p>
            </div>
        },
    }
}

/// The operator's name and picture, if they have set one.
#[cfg(feature = "console")]
fn brand(brand: &Brand, locale: Locale) -> Option<Html> {
    (brand.title.is_some() || brand.logo.is_some()).then(|| {
        let title = brand.title.as_ref().map_or("Relight", |title| title.in_locale(locale));
        html! {
            <>
                if let Some(logo) = &brand.logo {
                    <img src={logo.clone()} alt="" class="mark" />
                }
                <span>{ title.to_owned() }</span>
            </>
        }
    })
}

/// What the address has filled in, for as long as it stands there; and what of it did not do.
#[cfg(feature = "console")]
fn linked(view: &View, on: &Callback<Intent>) -> Html {
    let Some(link) = &view.link else { return Html::default() };
    let locale = view.session.locale();
    let between = match locale {
        Locale::En => ", ",
        Locale::Zh => "、",
    };
    let standing: Vec<&str> = link.standing(&view.session).collect();
    let taken: Vec<String> = standing.iter().map(|name| field_name(name, locale)).collect();
    let left = link.left.iter().map(|(name, value)| {
        let short: String = value.chars().take(60).collect();
        format!("{} ({short})", field_name(name, locale))
    });
    let left = left.collect::<Vec<_>>().join(between);
    let refused = link.refused_names().collect::<Vec<_>>().join(between);
    html! {
        <>
            if !refused.is_empty() {
                <div class="note bad whole" role="alert" data-link="refused">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Tell::LinkRefused(&refused).in_locale(locale) }</p>
                </div>
            }
            if !taken.is_empty() {
                <div class="note warn whole" role="status" data-link="taken" data-fields={standing.join(" ")}>
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Tell::LinkTaken(&taken.join(between)).in_locale(locale) }</p>
                    <button type="button" class="tiny" data-action="empty-link"
                        onclick={on.reform(|_| Intent::DropLink)}>
                        { Say::LinkEmpty.in_locale(locale) }
                    </button>
                </div>
            }
            if !left.is_empty() {
                <div class="note info whole" role="status" data-link="left">
                    { icon::icon(icon::Icon::Dash) }
                    <p>{ Tell::LinkLeft(&left).in_locale(locale) }</p>
                </div>
            }
        </>
    }
}

/// What the form calls a field.
#[cfg(feature = "console")]
fn field_name(name: &str, locale: Locale) -> String {
    let say = match name {
        "cloud" => Say::Cloud,
        "site" => Say::Site,
        "region" => Say::Region,
        "operation" => Say::Operation,
        "mode" => Say::How,
        "instanceIds" => Say::Instances,
        "reason" => Say::Reason,
        // The clouds have their own words for it.
        _ => return name.to_owned(),
    };
    say.in_locale(locale).to_owned()
}

/// What the operator says above the form, or why there is no operator's word.
#[cfg(feature = "console")]
fn remarks(view: &View, on: &Callback<Intent>) -> Html {
    let locale = view.session.locale();
    let note = view.settings.brand.note.as_ref().map(|note| note.in_locale(locale));
    html! {
        <>
            if let Some(why) = &view.unusable {
                <div class="note bad whole" role="alert" data-problem="configuration">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Say::ConfigurationUnusable.in_locale(locale) }{ " " }<code>{ why.to_string() }</code></p>
                </div>
            }
            if let Some(aside) = &view.aside {
                <div class="note warn whole" role="status" data-problem="journal">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Say::RunAside.in_locale(locale) }{ " " }<code>{ format!("{}: {}", aside.0, aside.1) }</code></p>
                    <button type="button" class="tiny" data-action="save-aside"
                        onclick={on.reform(|_| Intent::SaveAside)}>
                        { Say::SaveRecords.in_locale(locale) }
                    </button>
                </div>
            }
            if let Some(note) = note {
                <div class="note info whole">{ icon::icon(icon::Icon::Dash) }<p>{ note.to_owned() }</p></div>
            }
        </>
    }
}

/// Whether a run asks for a key, or has just been given one: while it waits the field stays, since the
/// first letter of a secret is one already.
#[cfg(feature = "console")]
fn key_is_wanted(secret: Held, stage: Stage) -> bool {
    match stage {
        Stage::Paused(Pause::Restored | Pause::NoKey) => true,
        Stage::Paused(_) | Stage::Sending | Stage::Watching | Stage::Stopped => {
            secret != Held::Usable
        }
        Stage::Finished => false,
    }
}

fn nothing_to_review(locale: Locale) -> Html {
    html! {
        <section class="panel empty" part="panel" aria-labelledby="h-review">
            <div class="head"><h2 id="h-review">{ Say::NothingToReview.in_locale(locale) }</h2></div>
            <div class="body">
                <p class="muted">{ Say::NothingToReviewHint.in_locale(locale) }</p>
                <ol class="steps">
                    <li>{ Say::StepOneHint.in_locale(locale) }</li>
                    <li>{ Say::StepTwoHint.in_locale(locale) }</li>
                    <li>{ Say::StepThreeHint.in_locale(locale) }</li>
                </ol>
            </div>
        </section>
    }
}
