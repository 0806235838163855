//! The form and the review, or a run.

use crate::{
    components::{
        common::{dom::focus_in, page_link::use_navigation},
        form::{
            compose::Compose,
            copy_link::CopyLink,
            credential::{self, Credential, KeySlots},
            ids::render_found,
            key_details::{self, KeyDetailsProps},
            last_ids::{LastIds, Undo},
            locked::{LockedAdvanced, LockedProps, LockedTarget},
            unusable::Unusable,
        },
        instances::picker::Picker,
        review::{
            notices::{ApprovalNotice, LinkNotice, NoJournal, Notices, SetAsideNotice},
            preflight::PreflightProgress,
            recent::RecentRuns,
            review::Review,
        },
        run::{notify::Notify, results::Results},
    },
    context::{use_dispatch, use_locale},
    i18n::{message, page},
    routes::PageRoute,
    services::{approval::ApprovalStatus, run_history::HistoryAction, saved_form::recent_regions},
    store::{Intent, Removed, View},
};
use relight_core::{
    credential::check_key,
    form::SecretStatus,
    i18n::Locale,
    model::plan::Refusal,
    run::{Pause, Run, RunStatus},
    session::{Review as Reviewed, Step},
};
use std::rc::Rc;
use yew::{
    Callback, Html, MouseEvent, NodeRef, Properties, SubmitEvent, UseStateHandle, classes,
    component, html, use_callback, use_effect_with, use_memo, use_mut_ref,
};

/// The public name of the step.
pub(crate) fn step(view: &View) -> &'static str {
    match (&view.run, view.session.step()) {
        (Some(_), _) => "run",
        (None, _) if view.unusable.is_some() => "unusable",
        (None, Step::Compose { .. }) => "compose",
        (None, Step::Preflight { .. }) => "looking",
        (None, Step::Review(_)) => "review",
    }
}

/// How many of the instances under review may have had a request already.
fn unresolved(view: &View, review: &Reviewed) -> usize {
    let ids = review.plan.iter().flat_map(|plan| plan.ids());
    ids.filter(|id| view.unresolved.contains(*id)).count()
}

/// The operator's notice.
pub(crate) fn notices(view: &View) -> Html {
    html! {
        <Notices settings={view.settings.clone()} unusable={view.unusable.clone()} quarantined={view.quarantined.clone()} />
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct RestartStartPageProps {
    pub(crate) view: View,
    /// The element that gets the focus, unless something in it has it.
    pub(crate) main: NodeRef,
    /// Whether the page has simulated clouds.
    pub(crate) has_demo: bool,
    /// Whether a notification is asked for.
    pub(crate) notify: UseStateHandle<bool>,
}

/// The form and the review, or a run.
#[component]
pub(crate) fn RestartStartPage(props: &RestartStartPageProps) -> Html {
    let locale = use_locale();
    let RestartStartPageProps { view, main, .. } = props;
    let cloud = view.session.form().cloud();
    let recent = use_memo((cloud, view.last_ids.clone()), |(cloud, _)| recent_regions(cloud));
    let ids_found = use_callback((), |parsed, ()| render_found(parsed));
    let wants_key = wants_other_key(view);
    {
        let main = main.clone();
        use_effect_with(wants_key, move |wants| {
            if *wants {
                focus_in(&main, "[name=secret]");
            }
        });
    }
    // The key of a run that is opened again may be held; one that is typed for it is not, letter by letter.
    let held = use_mut_ref(|| (None, false));
    let had_key = {
        let (before, had_key) = &mut *held.borrow_mut();
        let run_id = view.run.as_ref().map(|run| run.about().id.clone());
        let has_key = view.run.as_ref().is_some_and(|run| has_its_key(view, run));
        *had_key = has_key && (*had_key || *before != run_id);
        *before = run_id;
        *had_key
    };
    if let Some(run) = &view.run {
        return html! {
            <main class="alone" data-step="run" tabindex="-1" ref={main.clone()}>
                <h1 class="hidden">{ message::PAGE_TITLE.in_locale(locale) }</h1>
                <ApprovalNotice status={view.approval.clone()} />
                { notices(view) }
                if run.can_close() { <CloseRun is_unfinished={run.is_unfinished()} /> }
                if view.no_journal.is_some() { <NoJournal /> }
                { run_key(view, run, had_key, locale) }
                if run.status() != RunStatus::Finished { <Notify asked={props.notify.clone()} /> }
                <Results run={run.clone()} signed={view.signed.clone()} route={view.route.clone()} now={view.now}
                    changed={match view.approval {
                        ApprovalStatus::Changed { choice: Some(choice), number, .. } => Some((choice, number)),
                        _ => None,
                    }} />
            </main>
        };
    }
    if let Some(why) = &view.unusable {
        return html! {
            <main class="alone" data-step="unusable" tabindex="-1" ref={main.clone()}>
                <h1 class="hidden">{ message::PAGE_TITLE.in_locale(locale) }</h1>
                <Unusable why={why.to_string()} />
                <Notices settings={view.settings.clone()} unusable={None::<Rc<str>>} quarantined={view.quarantined.clone()} />
            </main>
        };
    }
    let review = match view.session.step() {
        Step::Compose { .. } => picker(view),
        Step::Preflight { preflight } => {
            html! {
                <PreflightProgress preflight={preflight.clone()} key_id={view.session.form().key_id().to_owned()}
                    has_token={view.key.token != SecretStatus::Missing} />
            }
        }
        Step::Review(review) => {
            let form = view.session.form();
            html! {
                <Review review={review.clone()} reason={form.reason().to_owned()} last_reason={view.last_reason.clone()} refusal={view.session.reason_refusal()}
                    pacing={*form.pacing()} unresolved={unresolved(view, review)} route={view.route.clone()} refuses_duplicates={view.refuses_duplicates}
                    checking={view.diagnostics.as_ref().is_some_and(|one| one.findings.is_none())} />
            }
        }
    };
    let refusal = match view.session.step() {
        Step::Compose { refusal: Some(refusal) } => {
            Some((field_of(refusal), refusal.sentence(locale)))
        }
        Step::Compose { refusal: None } | Step::Preflight { .. } | Step::Review(_) => None,
    };
    let fields = LockedProps {
        form: view.session.form().clone(),
        locked: view.settings.locked.clone(),
        problem: refusal.clone(),
        recent,
        opened: view.advanced,
    };
    html! {
        <main class={classes!("two-panes", wants_key.then_some("wants-key"))} data-step={step(view)}
            tabindex="-1" ref={main.clone()}>
            <h1 class="hidden">{ message::PAGE_TITLE.in_locale(locale) }</h1>
            { notices(view) }
            if let Some(link) = &view.link { <LinkNotice link={link.clone()} session={view.session.clone()} /> }
            <ApprovalNotice status={view.approval.clone()} />
            <SetAsideNotice session={view.session.clone()} />
            <Compose form={view.session.form().clone()} target={[html! { <LockedTarget ..fields.clone() /> }, html! { <LockedAdvanced ..fields /> }]}
                tools={html! { <CopyLink form={view.session.form().clone()} /> }}
                {refusal}
                reviewing={match view.session.step() {
                    Step::Compose { .. } => false,
                    Step::Preflight { .. } | Step::Review(_) => true,
                }}
                below_ids={below_ids(view, locale)} {ids_found}
                key_slots={key_slots(view)} key_state={view.key.clone()} untrusted_parent={view.untrusted_parent.clone()} />
            { review }
            if let Some(saved_runs) = view.saved_runs.as_ref().filter(|saved_runs| !saved_runs.is_empty()) {
                <RecentRuns saved_runs={saved_runs.clone()} />
            } else if props.has_demo {
                <p class="small whole">
                    <a class="quiet" href="?demo" data-action="demo">{ page::TRY_DEMO.in_locale(locale) }</a>
                </p>
            }
        </main>
    }
}

/// What the form alone does not have below its ids.
fn below_ids(view: &View, locale: Locale) -> Html {
    html! {
        <>
            if let Some(Removed::Ids(..)) = view.undo.as_deref() {
                <Undo text={page::IDS_CHANGED.in_locale(locale)} />
            }
            <LastIds form={view.session.form().clone()} last_ids={view.last_ids.clone()} />
        </>
    }
}

/// The list to choose from, next to the form.
fn picker(view: &View) -> Html {
    let form = view.session.form();
    html! {
        <Picker list={view.instances.clone()} parsed={form.parsed().clone()} selections={view.selections.clone()}
            resolved={view.resolved.clone()} undo={view.undo.clone()} only={form.limits().selection.as_ref().map(ToString::to_string)}
            preset={view.settings.preset.selection.clone()} key_id={form.key_id().to_owned()} />
    }
}

/// The fields for the key of a run without one: restored, or its key was locked. A run without a key
/// neither describes nor sends.
fn run_key(view: &View, run: &Run, had_key: bool, locale: Locale) -> Html {
    if !key_is_wanted(view.key.secret, had_key, run) {
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
                    <p>{ message::KEY_REQUIRED.in_locale(locale) }</p>
                }
                <Credential {cloud} {key_id} {slots} key_state={view.key.clone()} untrusted_parent={view.untrusted_parent.clone()} {problem} />
            </div>
        </form>
    }
}

/// What is rendered around the fields of the form's key.
fn key_slots(view: &View) -> KeySlots {
    let form = view.session.form();
    key_details::slots(&KeyDetailsProps {
        cloud: form.cloud(),
        key_id: form.key_id().to_owned().into(),
        form: Some(form.clone()),
        key_state: view.key.clone(),
    })
}

/// The public name of the field that a refusal is shown at.
fn field_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownOperation { .. } | Refusal::NotAllowed { .. } => "operation",
        Refusal::DryRunOnly => "dryRun",
        Refusal::ReasonMissing | Refusal::KeyInReason | Refusal::OnceNotProven => "reason",
        Refusal::NoInstances
        | Refusal::TooManyInstances { .. }
        | Refusal::InstancesNotAllowed { .. }
        | Refusal::NotSelected { .. } => "instanceIds",
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

/// What is wrong with a run's key id.
fn wrong_key(view: &View, run: &Run, locale: Locale) -> Option<credential::Field> {
    let key_id = view.wrong_key_id.as_ref()?;
    let refusal = check_key(run.spec().target().cloud, key_id, view.key.guard).err()?;
    let field = if let Refusal::TokenSwapped { field, .. } = refusal { field } else { "keyId" };
    Some((field, refusal.sentence(locale)))
}

/// Whether the key was just refused, and everything waits for another one.
fn wants_other_key(view: &View) -> bool {
    match (&view.run, view.session.step()) {
        (Some(run), _) => matches!(run.status(), RunStatus::Paused(_)) && run.wants_key(),
        (None, Step::Preflight { preflight }) => preflight.has_wrong_key(),
        (None, Step::Compose { .. } | Step::Review(_)) => false,
    }
}

/// Whether the key that is held is the one of a run.
fn has_its_key(view: &View, run: &Run) -> bool {
    let form = view.session.form();
    view.key.secret == SecretStatus::Usable
        && form.cloud() == run.spec().target().cloud
        && form.key_id() == run.about().key_id
}

/// Whether a run needs a key, or has just been given one: the field stays while the run waits, since
/// the first letter of a secret is a key already.
fn key_is_wanted(secret: SecretStatus, had_key: bool, run: &Run) -> bool {
    match run.status() {
        RunStatus::Paused(Pause::Restored) => !had_key,
        RunStatus::Paused(Pause::NoKey) => true,
        RunStatus::Paused(_) if run.wants_key() => true,
        RunStatus::Paused(_) | RunStatus::Sending | RunStatus::Watching | RunStatus::Stopped => {
            secret != SecretStatus::Usable
        }
        RunStatus::Finished => false,
    }
}

#[derive(PartialEq, Properties)]
struct CloseRunProps {
    is_unfinished: bool,
}

/// Leads from an idle run to the others.
#[component]
fn CloseRun(props: &CloseRunProps) -> Html {
    let (locale, dispatch, navigation) = (use_locale(), use_dispatch(), use_navigation());
    let words = if props.is_unfinished { message::CONTINUE_LATER } else { message::SAVED_RUNS };
    let onclick = Callback::from(move |_: MouseEvent| {
        dispatch.emit(Intent::History(HistoryAction::Close));
        navigation.on_navigate.emit(PageRoute::History);
    });
    html! {
        <p class="small way">
            <button type="button" class="quiet" data-action="put-away" {onclick}>
                { words.in_locale(locale) }
            </button>
        </p>
    }
}
