//! The form and the review, or a run.

use crate::{
    components::{
        common::{dom::focus_in, page_link::use_navigation, undo::Undo},
        form::{
            compose::Compose,
            copy_link::CopyLink,
            credential::KeySlots,
            field_error::FieldError,
            ids::render_found,
            key_details::{self, KeyDetailsProps},
            last_ids::LastIds,
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
        run::{
            notify::Notify,
            results::Results,
            run_key::{RunKey, is_key_wanted, use_had_key},
        },
    },
    context::{use_dispatch, use_locale},
    i18n::{message, page},
    routes::PageRoute,
    services::{approval::ApprovalStatus, run_history::HistoryAction, saved_form::recent_regions},
    store::{Intent, Removed, View},
};
use relight_core::{
    form::SecretStatus,
    i18n::Locale,
    model::plan::Refusal,
    run::{Run, RunStatus},
    session::{Review as Reviewed, Step},
};
use std::rc::Rc;
use yew::{
    Callback, Html, MouseEvent, NodeRef, Properties, UseStateHandle, classes, component, html,
    use_callback, use_effect_with, use_memo,
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
    let RestartStartPageProps { view, main, has_demo, notify } = props;
    let wants_key = wants_other_key(view);
    {
        let main = main.clone();
        use_effect_with(wants_key, move |wants| {
            if *wants {
                focus_in(&main, "[name=secret]");
            }
        });
    }
    let run = view.run.as_ref();
    let had_key = use_had_key(
        run.map(|run| run.about().id.clone()),
        run.is_some_and(|run| is_key_of(view, run)),
    );
    let is_form = view.run.is_none() && view.unusable.is_none();
    let class = if is_form {
        classes!("two-panes", wants_key.then_some("wants-key"))
    } else {
        classes!("alone")
    };
    html! {
        <main {class} data-step={step(view)} tabindex="-1" ref={main}>
            <h1 class="hidden">{ message::PAGE_TITLE.in_locale(locale) }</h1>
            if let Some(run) = &view.run {
                <ApprovalNotice status={view.approval.clone()} />
                { notices(view) }
                if run.can_close() { <CloseRun is_unfinished={run.is_unfinished()} /> }
                if view.no_journal.is_some() { <NoJournal /> }
                if is_key_wanted(view.key.secret, had_key, run) {
                    <RunKey run={run.clone()} key_state={view.key.clone()} wrong_key_id={view.wrong_key_id.clone()}
                        untrusted_parent={view.untrusted_parent.clone()} />
                }
                if run.status() != RunStatus::Finished { <Notify asked={notify} /> }
                <Results run={run.clone()} signed={view.signed.clone()} route={view.route.clone()} now={view.now}
                    changed={match view.approval {
                        ApprovalStatus::Changed { choice: Some(choice), number, .. } => Some((choice, number)),
                        _ => None,
                    }} />
            } else if let Some(why) = &view.unusable {
                <Unusable why={why.to_string()} />
                <Notices settings={view.settings.clone()} unusable={None::<Rc<str>>} quarantined={view.quarantined.clone()} />
            } else {
                <FormAndReview view={view.clone()} {has_demo} />
            }
        </main>
    }
}

#[derive(PartialEq, Properties)]
struct FormAndReviewProps {
    view: View,
    has_demo: bool,
}

/// The form, and next to it the list of instances, the preflight or the review.
#[component]
fn FormAndReview(props: &FormAndReviewProps) -> Html {
    let locale = use_locale();
    let FormAndReviewProps { view, has_demo } = props;
    let form = view.session.form();
    let recent =
        use_memo((form.cloud(), view.last_ids.clone()), |(cloud, _)| recent_regions(cloud));
    let ids_found = use_callback((), |parsed, ()| render_found(parsed));
    let refusal = match view.session.step() {
        Step::Compose { refusal } => refusal.as_ref().map(|refusal| FieldError {
            field: field_of(refusal),
            message: refusal.sentence(locale),
        }),
        Step::Preflight { .. } | Step::Review(_) => None,
    };
    let fields = LockedProps {
        form: form.clone(),
        locked: view.settings.locked.clone(),
        problem: refusal.clone(),
        recent,
        opened: view.advanced,
    };
    html! {
        <>
            { notices(view) }
            if let Some(link) = &view.link { <LinkNotice link={link.clone()} session={view.session.clone()} /> }
            <ApprovalNotice status={view.approval.clone()} />
            <SetAsideNotice session={view.session.clone()} />
            <Compose form={form.clone()} target={[html! { <LockedTarget ..fields.clone() /> }, html! { <LockedAdvanced ..fields /> }]}
                tools={html! { <CopyLink form={form.clone()} /> }}
                {refusal}
                reviewing={!matches!(view.session.step(), Step::Compose { .. })}
                below_ids={below_ids(view, locale)} {ids_found}
                key_slots={key_slots(view)} key_state={view.key.clone()} untrusted_parent={view.untrusted_parent.clone()} />
            { beside_form(view) }
            if let Some(saved_runs) = view.saved_runs.as_ref().filter(|saved_runs| !saved_runs.is_empty()) {
                <RecentRuns saved_runs={saved_runs.clone()} />
            } else if *has_demo {
                <p class="small whole">
                    <a class="quiet" href="?demo" data-action="demo">{ page::TRY_DEMO.in_locale(locale) }</a>
                </p>
            }
        </>
    }
}

/// The list to choose from, the preflight or the review.
fn beside_form(view: &View) -> Html {
    let form = view.session.form();
    match view.session.step() {
        Step::Compose { .. } => html! {
            <Picker list={view.instances.clone()} parsed={form.parsed().clone()} selections={view.selections.clone()}
                resolved={view.resolved.clone()} undo={view.undo.clone()} only={form.limits().selection.as_ref().map(ToString::to_string)}
                preset={view.settings.preset.selection.clone()} key_id={form.key_id().to_owned()} />
        },
        Step::Preflight { preflight } => html! {
            <PreflightProgress preflight={preflight.clone()} key_id={form.key_id().to_owned()}
                has_token={view.key.token != SecretStatus::Missing} />
        },
        Step::Review(review) => html! {
            <Review review={review.clone()} reason={form.reason().to_owned()} last_reason={view.last_reason.clone()} refusal={view.session.reason_refusal()}
                pacing={*form.pacing()} unresolved={unresolved(view, review)} route={view.route.clone()} refuses_duplicates={view.refuses_duplicates}
                checking={view.diagnostics.as_ref().is_some_and(|one| one.findings.is_none())} />
        },
    }
}

/// Below the ids: undo, and the ids of the last runs.
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

/// The parts of the key section that only the console has.
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

/// Whether the key was just refused, and everything waits for another one.
fn wants_other_key(view: &View) -> bool {
    match (&view.run, view.session.step()) {
        (Some(run), _) => matches!(run.status(), RunStatus::Paused(_)) && run.wants_key(),
        (None, Step::Preflight { preflight }) => preflight.has_wrong_key(),
        (None, Step::Compose { .. } | Step::Review(_)) => false,
    }
}

/// Whether the key in the vault is that of a run.
fn is_key_of(view: &View, run: &Run) -> bool {
    let form = view.session.form();
    view.key.secret == SecretStatus::Usable
        && form.cloud() == run.spec().target().cloud
        && form.key_id() == run.about().key_id
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
