//! The whole console: its places, and at the first of them the form, the review and the run.

use super::{
    NothingToReview,
    compose::Compose,
    credential::{self, Credential, KeySlots},
    diagnostics::Doctor,
    dom,
    errors::Errors,
    explain::Explain,
    header::{self, Header},
    key_details::{self, KeyDetailsProps},
    notes::{ApprovalNotice, Linked, NoJournal, Remarks},
    page_link::{Navigation, PageLink, use_navigation},
    preflight::PreflightProgress,
    results::Results,
    review::Review,
    runs::Runs,
    untrusted_text::untrusted_text,
};
use crate::{
    approval::ApprovalStatus,
    context::{use_dispatch, use_locale},
    routes::{IndexFilter, PageRoute},
    run_history::HistoryAction,
    store::{Intent, View},
    text::{MessageArgs, message},
};
use gloo_events::EventListener;
use relight_core::{
    config::{Brand, Lockable, Theme},
    credential::check_key,
    form::SecretStatus,
    i18n::Locale,
    model::plan::Refusal,
    run::{Pause, Run, RunStatus},
    session::{Review as Reviewed, Step},
};
use yew::{
    Callback, ContextProvider, Html, MouseEvent, NodeRef, Properties, SubmitEvent, UseStateHandle,
    component, html, use_callback, use_effect_with, use_mut_ref, use_node_ref, use_state_eq,
};

/// What the console draws, and where it says what a person wants.
#[derive(Properties, PartialEq)]
pub struct ConsoleProps {
    /// All that is drawn.
    pub view: View,
    /// What is shown first.
    pub page_route: PageRoute,
    /// Whether the page goes by its address, which is its own.
    pub routed: bool,
}

/// The whole console.
#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let page_route = use_state_eq(|| props.page_route.clone());
    let main = use_node_ref();
    let view = &props.view;
    let locale = use_locale();
    let routed = props.routed;
    {
        let page_route = page_route.clone();
        use_effect_with(routed, move |routed| {
            let listener = routed.then(|| follow_address(&page_route));
            move || drop(listener)
        });
    }
    {
        use_effect_with((routed, (*page_route).clone(), locale), |(routed, page_route, locale)| {
            if *routed {
                name_page(page_route, *locale);
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
    let on_navigate = {
        let page_route = page_route.setter();
        use_callback(routed, move |to: PageRoute, routed| {
            if *routed {
                dom::set_hash(&to.hash());
            }
            page_route.set(to);
        })
    };
    let on_screen = on_navigate.reform(PageRoute::from);
    let navigation = Navigation { routed, on_navigate };
    let screen = page_route.screen();
    let shown = match &*page_route {
        PageRoute::Errors(shown) => Some(shown.clone()),
        PageRoute::Power | PageRoute::Explain | PageRoute::Diagnostics | PageRoute::Runs => None,
    };
    // The index is drawn once somebody goes there. From then on it stays, with what was looked for.
    let index = use_mut_ref(|| None::<IndexFilter>);
    if shown.is_some() {
        *index.borrow_mut() = shown;
    }
    let index = index.borrow().clone();
    let onskip = {
        let main = main.clone();
        Callback::from(move |_| dom::focus(&main))
    };
    html! {
        <ContextProvider<Navigation> context={navigation}>
            <div class="relight" lang={locale.tag()} data-theme={view.settings.theme.map(Theme::word)}>
                <button type="button" class="skip" onclick={onskip}>
                    { message::SKIP_TO_CONTENT.in_locale(locale) }
                </button>
                <Header {screen} route={(*view.route).clone()} key_id={view.session.form().key_id().to_owned()}
                    status={view.key.secret} brand={brand(&view.settings.brand, locale)}
                    language_locked={view.settings.locked.contains(&Lockable::Language)} may_lock={true} {on_screen} />
                // The page that is not looked at stays mounted: nothing that was typed is lost.
                <div hidden={*page_route != PageRoute::Power}>
                    <Power view={view.clone()} main={&main} />
                </div>
                if *page_route == PageRoute::Runs {
                    <main class="alone" tabindex="-1">
                        { remarks(view) }
                        if view.no_journal.is_some() { <NoJournal /> }
                        <Runs saved_runs={view.saved_runs.clone()} current={view.run.as_ref().map(|run| run.about().id.clone())}
                            is_free={view.run.as_ref().is_none_or(|run| run.can_close())} />
                    </main>
                }
                <div hidden={*page_route != PageRoute::Explain}>
                    <main class="alone" tabindex="-1">
                        <Explain />
                    </main>
                </div>
                if *page_route == PageRoute::Diagnostics {
                    <main class="alone" tabindex="-1">
                        <Doctor route={header::route_name(&view.route, locale)} diagnostics={view.diagnostics.clone()} />
                    </main>
                }
                if let Some(shown) = index {
                    <div hidden={!matches!(*page_route, PageRoute::Errors(_))}>
                        <main class="alone" tabindex="-1">
                            <Errors {shown} />
                        </main>
                    </div>
                }
            </div>
        </ContextProvider<Navigation>>
    }
}

/// Goes where the address of the page leads, now and whenever it changes.
fn follow_address(page_route: &UseStateHandle<PageRoute>) -> Option<EventListener> {
    let window = web_sys::window()?;
    if PageRoute::of_hash(&dom::hash()) != **page_route {
        dom::set_hash(&page_route.hash());
    }
    let page_route = page_route.setter();
    Some(EventListener::new(&window, "hashchange", move |_| {
        page_route.set(PageRoute::of_hash(&dom::hash()));
    }))
}

/// Names the page after what it shows, for the browser's history and for screen readers.
fn name_page(page_route: &PageRoute, locale: Locale) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let shown = match page_route {
        PageRoute::Power => None,
        PageRoute::Explain => Some(message::EXPLAIN_TITLE.in_locale(locale)),
        PageRoute::Diagnostics => Some(message::DIAGNOSTICS_TITLE.in_locale(locale)),
        PageRoute::Runs => Some(message::SAVED_RUNS.in_locale(locale)),
        PageRoute::Errors(IndexFilter { code: Some(code), .. }) => Some(code.as_str()),
        PageRoute::Errors(IndexFilter { code: None, .. }) => {
            Some(message::INDEX_TITLE.in_locale(locale))
        }
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
        (None, Step::Preflight { .. }) => "looking",
        (None, Step::Review(_)) => "review",
    }
}

/// How many of what is under review may have had a request already.
fn doubted(view: &View, review: &Reviewed) -> usize {
    let ids = review.plan.iter().flat_map(|plan| plan.ids());
    ids.filter(|id| view.doubted.contains(*id)).count()
}

/// What the operator says.
fn remarks(view: &View) -> Html {
    html! {
        <Remarks settings={view.settings.clone()} unusable={view.unusable.clone()} quarantined={view.quarantined.clone()} />
    }
}

#[derive(PartialEq, Properties)]
struct PowerProps {
    view: View,
    /// What the focus goes to, if to nothing in it.
    main: NodeRef,
}

/// The form and the review, or a run.
#[component]
fn Power(props: &PowerProps) -> Html {
    let locale = use_locale();
    let PowerProps { view, main } = props;
    if let Some(run) = &view.run {
        return html! {
            <main class="alone" data-step="run" tabindex="-1" ref={main.clone()}>
                <h1 class="hidden">{ message::PAGE_TITLE.in_locale(locale) }</h1>
                <ApprovalNotice status={view.approval.clone()} />
                { remarks(view) }
                if run.can_close() { <PutAway is_unfinished={run.is_unfinished()} /> }
                if view.no_journal.is_some() { <NoJournal /> }
                { run_key(view, run, locale) }
                <Results run={run.clone()} signed={view.signed.clone()} route={view.route.clone()} now={view.now}
                    changed={match view.approval {
                        ApprovalStatus::Changed { choice: Some(choice), number, .. } => Some((choice, number)),
                        _ => None,
                    }} />
            </main>
        };
    }
    let review = match view.session.step() {
        Step::Compose { .. } => html! { <NothingToReview /> },
        Step::Preflight { preflight } => {
            html! {
                <PreflightProgress preflight={preflight.clone()} key_id={view.session.form().key_id().to_owned()}
                    has_token={view.key.token != SecretStatus::Missing} />
            }
        }
        Step::Review(review) => {
            let form = view.session.form();
            html! {
                <Review review={review.clone()} reason={form.reason().to_owned()} refusal={view.session.reason_refusal()}
                    pacing={*form.pacing()} doubted={doubted(view, review)} route={view.route.clone()} once={view.once}
                    checking={view.diagnostics.as_ref().is_some_and(|one| one.findings.is_none())} />
            }
        }
    };
    html! {
        <main class="two-panes" data-step={step(view)} tabindex="-1" ref={main.clone()}>
            <h1 class="hidden">{ message::PAGE_TITLE.in_locale(locale) }</h1>
            { remarks(view) }
            if let Some(link) = &view.link { <Linked link={link.clone()} session={view.session.clone()} /> }
            <ApprovalNotice status={view.approval.clone()} />
            <Compose form={view.session.form().clone()}
                refusal={match view.session.step() {
                    Step::Compose { refusal: Some(refusal) } => Some((field_of(refusal), refusal.sentence(locale))),
                    Step::Compose { refusal: None } | Step::Preflight { .. } | Step::Review(_) => None,
                }}
                reviewing={match view.session.step() {
                    Step::Compose { .. } => false,
                    Step::Preflight { .. } | Step::Review(_) => true,
                }}
                key_slots={key_slots(view)} key_state={view.key.clone()} untrusted_parent={view.untrusted_parent.clone()} />
            { review }
            if let Some(saved_runs) = view.saved_runs.as_ref().filter(|saved_runs| !saved_runs.is_empty()) {
                <p class="small whole">
                    <PageLink to={PageRoute::Runs} class="quiet" action="runs">
                        { MessageArgs::SavedRuns(saved_runs.len()).in_locale(locale) }
                    </PageLink>
                </p>
            }
        </main>
    }
}

/// The fields for the key of a run that has none: one that was brought back, or whose key was locked.
/// Without it a run can neither look nor send.
fn run_key(view: &View, run: &Run, locale: Locale) -> Html {
    if !key_is_wanted(view.key.secret, run.status()) {
        return Html::default();
    }
    let problem = wrong_key(view, run, locale);
    let cloud = run.spec().target().cloud;
    let key_id = view.wrong_key_id.as_deref().unwrap_or(&run.about().key_id).to_owned();
    let slots = key_details::slots(&KeyDetailsProps {
        cloud,
        key_id: key_id.clone().into(),
        form: None,
        key_state: view.key.clone(),
    });
    html! {
        <form class="panel" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
            <div class="body">
                if view.key.source.is_none() {
                    <p>{ message::KEY_WANTED.in_locale(locale) }</p>
                }
                <Credential {cloud} {key_id} {slots} key_state={view.key.clone()} untrusted_parent={view.untrusted_parent.clone()} {problem} />
            </div>
        </form>
    }
}

/// What stands around the fields of the form's key.
fn key_slots(view: &View) -> KeySlots {
    let form = view.session.form();
    key_details::slots(&KeyDetailsProps {
        cloud: form.cloud(),
        key_id: form.key_id().to_owned().into(),
        form: Some(form.clone()),
        key_state: view.key.clone(),
    })
}

/// The public name of the field at which a refusal is shown.
fn field_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownOperation { .. } | Refusal::NotAllowed { .. } => "operation",
        Refusal::DryRunOnly => "dryRun",
        Refusal::ReasonMissing | Refusal::KeyInReason | Refusal::OnceNotProven => "reason",
        Refusal::NoInstances
        | Refusal::TooManyInstances { .. }
        | Refusal::InstancesNotAllowed { .. } => "instanceIds",
        Refusal::RegionMissing
        | Refusal::RegionMalformed { .. }
        | Refusal::RegionNotUsed { .. } => "region",
        Refusal::UnknownSite { .. } => "site",
        Refusal::UnknownOption { .. }
        | Refusal::OptionTwice { .. }
        | Refusal::OptionValue { .. }
        | Refusal::Exclusive { .. } => "mode",
        Refusal::DryRunProvesNothing { .. } => "batching",
        Refusal::ErasesSeveral { .. } | Refusal::ErasesElsewhere { .. } => "erase",
        Refusal::KeyIdMalformed { .. } | Refusal::KeyIdPrefix { .. } => "keyId",
        Refusal::SecretMalformed { .. } | Refusal::KeySwapped { .. } => "secret",
        Refusal::SecretInText { field } | Refusal::TokenSwapped { field, .. } => field,
        Refusal::TokenMalformed { .. } => "token",
    }
}

/// What is wrong with the key id that a run is given.
fn wrong_key(view: &View, run: &Run, locale: Locale) -> Option<credential::Field> {
    let key_id = view.wrong_key_id.as_ref()?;
    let refusal = check_key(run.spec().target().cloud, key_id, view.key.guard).err()?;
    let field = if let Refusal::TokenSwapped { field, .. } = refusal { field } else { "keyId" };
    Some((field, refusal.sentence(locale)))
}

/// Whether a run asks for a key, or has just been given one: while it waits the field stays, since the
/// first letter of a secret is one already.
fn key_is_wanted(secret: SecretStatus, status: RunStatus) -> bool {
    match status {
        RunStatus::Paused(Pause::Restored | Pause::NoKey) => true,
        RunStatus::Paused(_) | RunStatus::Sending | RunStatus::Watching | RunStatus::Stopped => {
            secret != SecretStatus::Usable
        }
        RunStatus::Finished => false,
    }
}

#[derive(PartialEq, Properties)]
struct PutAwayProps {
    is_unfinished: bool,
}

/// The way from a run to the others, if nothing goes on in it.
#[component]
fn PutAway(props: &PutAwayProps) -> Html {
    let (locale, dispatch, navigation) = (use_locale(), use_dispatch(), use_navigation());
    let words = if props.is_unfinished { message::PUT_AWAY } else { message::SAVED_RUNS };
    let onclick = Callback::from(move |_: MouseEvent| {
        dispatch.emit(Intent::History(HistoryAction::Close));
        navigation.on_navigate.emit(PageRoute::Runs);
    });
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
                <span>{ untrusted_text(title) }</span>
            </>
        }
    })
}
