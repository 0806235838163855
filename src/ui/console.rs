//! The whole console: its places, and at the first of them the form, the review and the run.

use super::markup::html;
use super::{
    base::{Html, part},
    compose::{self, compose},
    credential,
    diagnostics::{self, doctor},
    dom,
    errors::{self, errors},
    explain::{self, explain},
    header::{self, header},
    notes::{leave, linked, no_journal, remarks},
    nothing_to_review,
    page_link::{self, Ways},
    preflight::{self, looking},
    results::{self, results},
    review,
    runs::{self, runs},
    untrusted_text::outside,
};
use crate::{
    approval::Standing,
    routes::{Place, Shown},
    run_history::Wish,
    store::{Intent, View},
    text::{Say, Tell},
};
use gloo_events::EventListener;
use relight_core::{
    config::{Brand, Lockable, Theme},
    credential::check_key,
    form::Held,
    i18n::Locale,
    run::{Pause, Run, Stage},
    session::{Review, Step},
};
use yew::{
    Callback, MouseEvent, NodeRef, Properties, SubmitEvent, UseStateHandle, function_component,
    use_effect_with, use_mut_ref, use_node_ref, use_state_eq,
};

/// What the console draws, and where it says what a person wants.
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

/// The whole console.
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
    {
        // What had the focus is gone with its screen: whoever goes by keyboard does not begin at the top.
        let step = step(view);
        let before = use_mut_ref(|| step);
        let main = main.clone();
        use_effect_with(step, move |step| match (before.replace(*step), *step) {
            ("looking" | "review", "compose") => dom::refocus(&main, Some("[data-action=review]")),
            ("run", "compose") => dom::refocus(&main, None),
            _ => {}
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
                    { part("doctor", doctor, diagnostics::Props {
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

/// The public name of the step.
fn step(view: &View) -> &'static str {
    match (&view.run, view.session.step()) {
        (Some(_), _) => "run",
        (None, Step::Compose { .. }) => "compose",
        (None, Step::Looking { .. }) => "looking",
        (None, Step::Review(_)) => "review",
    }
}

/// How many of what is under review may have had a request already.
fn doubted(view: &View, review: &Review) -> usize {
    let ids = review.plan.iter().flat_map(|plan| plan.ids());
    ids.filter(|id| view.doubted.contains(*id)).count()
}

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
                { run_key(view, run, on) }
                { part("results", results, results::Props {
                    locale,
                    run: run.clone(),
                    signed: view.signed.clone(),
                    route: view.route.clone(),
                    now: view.now,
                    changed: match view.leave {
                        Standing::Changed { choice: Some(choice), number, .. } => Some((choice, number)),
                        _ => None,
                    },
                    on: on.clone(),
                }) }
            </main>
        };
    }
    let review = match view.session.step() {
        Step::Compose { .. } => nothing_to_review(locale),
        Step::Looking { look } => {
            let props = preflight::Props {
                locale,
                look: look.clone(),
                key_id: view.session.form().key_id().to_owned(),
                has_token: view.key.token != Held::Nothing,
                on: on.clone(),
            };
            part("looking", looking, props)
        }
        Step::Review(review) => {
            let form = view.session.form();
            let props = review::Props {
                locale,
                review: review.clone(),
                reason: form.reason().to_owned(),
                refusal: view.session.reason_refusal(),
                pacing: *form.pacing(),
                doubted: doubted(view, review),
                route: view.route.clone(),
                once: view.once,
                checking: view.examination.as_ref().is_some_and(|one| one.findings.is_none()),
                on: on.clone(),
            };
            part("review", review::review, props)
        }
    };
    html! {
        <main class="two-panes" data-step={step(view)} tabindex="-1" ref={main.clone()}>
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
                    { page_link::go(ways, Place::Runs, "quiet", "runs", false,
                        html! { { Tell::RunsKept(kept.len()).in_locale(locale) } }) }
                </p>
            }
        </main>
    }
}

/// The fields for the key of a run that has none: one that was brought back, or whose key was locked.
/// Without it a run can neither look nor send.
fn run_key(view: &View, run: &Run, on: &Callback<Intent>) -> Html {
    let locale = view.session.locale();
    if !key_is_wanted(view.key.secret, run.stage()) {
        return Html::default();
    }
    let problem = wrong_key(view, run, locale);
    html! {
        <form class="panel" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
            <div class="body">
                if view.key.source.is_none() {
                    <p>{ Say::KeyWanted.in_locale(locale) }</p>
                }
                { credential::credential(&credential::Props {
                    locale,
                    cloud: run.order().target().cloud,
                    key_id: view.wrong_key_id.as_deref().unwrap_or(&run.about().key_id),
                    form: None,
                    key: view.key.clone(),
                    stranger: view.stranger.as_ref(),
                    problem: problem.as_ref(),
                    on,
                }) }
            </div>
        </form>
    }
}

/// What is wrong with the key id that a run is given.
fn wrong_key(view: &View, run: &Run, locale: Locale) -> Option<credential::Field> {
    let key_id = view.wrong_key_id.as_ref()?;
    let refusal = check_key(run.order().target().cloud, key_id, view.key.guard).err()?;
    Some(("keyId", refusal.sentence(locale)))
}

/// Whether a run asks for a key, or has just been given one: while it waits the field stays, since the
/// first letter of a secret is one already.
fn key_is_wanted(secret: Held, stage: Stage) -> bool {
    match stage {
        Stage::Paused(Pause::Restored | Pause::NoKey) => true,
        Stage::Paused(_) | Stage::Sending | Stage::Watching | Stage::Stopped => {
            secret != Held::Usable
        }
        Stage::Finished => false,
    }
}

/// The way from a run to the others, if nothing goes on in it.
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
        <p class="small way">
            <button type="button" class="quiet" data-action="put-away" {onclick}>
                { words.in_locale(locale) }
            </button>
        </p>
    }
}

/// The operator's name and picture, if they have set one.
fn brand(brand: &Brand, locale: Locale) -> Option<Html> {
    (brand.title.is_some() || brand.logo.is_some()).then(|| {
        let title = brand.title.as_ref().map_or("Relight", |title| title.in_locale(locale));
        html! {
            <>
                if let Some(logo) = &brand.logo {
                    <img src={logo.clone()} alt="" class="mark" />
                }
                <span>{ outside(title) }</span>
            </>
        }
    })
}
