//! The run history of this browser: when, what, where, and the outcomes.

use crate::components::{
    common::{
        dom::focus,
        icon::{Icon, icon},
        page_link::use_navigation,
        pager::{Pager, page_range},
        untrusted_text::{shown, untrusted_text},
    },
    review::confirm::{Confirm, Subject},
    run::chip::{SHOWN, picture, tone},
};
use crate::{
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, message},
    routes::PageRoute,
    services::run_history::{HistoryAction, SavedRun},
    store::{Intent, Shared},
};
use relight_core::{
    clouds,
    i18n::{Locale, Text},
    model::{cloud::Verb, outcome::Outcome},
    run::Counts,
};
use yew::{
    Callback, Html, Properties, classes, component, html, use_effect_with, use_node_ref,
    use_state_eq,
};

/// Runs per page.
const PAGE: usize = 10;

/// Props of [`Runs`].
#[derive(PartialEq, Properties)]
pub(crate) struct HistoryPageProps {
    /// `None` until the journal is read, or where there is no journal.
    pub(crate) saved_runs: Option<Shared<Vec<SavedRun>>>,
    /// The id of the run that this page shows.
    pub(crate) current: Option<String>,
    /// Whether another run may replace it.
    pub(crate) is_free: bool,
}

/// The run history.
#[component]
pub(crate) fn HistoryPage(props: &HistoryPageProps) -> Html {
    let (locale, dispatch, navigation) = (use_locale(), use_dispatch(), use_navigation());
    let t = |text: Text| text.in_locale(locale);
    let page = use_state_eq(|| 0);
    let opening = use_state_eq(|| None::<String>);
    let deleting = use_state_eq(Vec::<String>::new);
    let heading = use_node_ref();
    let all: &[SavedRun] = props.saved_runs.as_deref().map_or(&[], Vec::as_slice);
    let shown = all.get(page_range(all.len(), PAGE, *page)).unwrap_or_default();
    {
        let (dispatch, heading) = (dispatch.clone(), heading.clone());
        use_effect_with((), move |()| {
            focus(&heading);
            dispatch.emit(Intent::History(HistoryAction::List));
        });
    }
    {
        let dispatch = dispatch.clone();
        let ids: Vec<String> = shown.iter().map(|one| one.id.clone()).collect();
        use_effect_with(ids, move |ids| {
            dispatch.emit(Intent::History(HistoryAction::Tally(ids.clone())));
        });
    }
    {
        let on_navigate = navigation.on_navigate.clone();
        use_effect_with((props.current.clone(), opening.clone()), move |(current, opening)| {
            if current.is_some() && **opening == *current {
                on_navigate.emit(PageRoute::RestartStart);
            }
        });
    }
    let on_open = {
        let (dispatch, opening, current) =
            (dispatch.clone(), opening.clone(), props.current.clone());
        Callback::from(move |id: String| {
            opening.set(Some(id.clone()));
            if current.as_ref() != Some(&id) {
                dispatch.emit(Intent::History(HistoryAction::Open(id)));
            }
        })
    };
    let on_forget = {
        let deleting = deleting.clone();
        Callback::from(move |ids| deleting.set(ids))
    };
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let idle: Vec<String> =
        all.iter().filter(|one| may_delete(one)).map(|one| one.id.clone()).collect();
    let on_save = dispatch.reform(|id| Intent::History(HistoryAction::Save(id)));
    let asked: Vec<&SavedRun> = all.iter().filter(|one| deleting.contains(&one.id)).collect();
    html! {
        <section class="panel" part="panel runs" aria-labelledby="h-runs" data-runs={all.len().to_string()}>
            <div class="head">
                <h1 id="h-runs" tabindex="-1" ref={heading}>{ MessageArgs::SavedRuns(all.len()).in_locale(locale) }</h1>
            </div>
            <div class="body stack">
                <p class="muted">{ i18n::SAVED_RUNS.in_locale(locale) }</p>
                if props.saved_runs.is_some() && all.is_empty() {
                    <p>{ t(message::NO_SAVED_RUNS) }</p>
                }
                if !props.is_free {
                    <p class="small hint-warn">{ icon(Icon::Warning) }<span>{ t(message::RUN_IS_SHOWN) }</span></p>
                }
                if !asked.is_empty() {
                    <Confidence ids={asked.iter().map(|one| one.id.clone()).collect::<Vec<_>>()}
                        is_unfinished={asked.iter().any(|one| one.tally.is_none_or(|tally| tally.is_unfinished))}
                        on_close={on_forget.reform(|()| Vec::new())} />
                }
                <ul class="plain stack">
                    { for shown.iter().map(|one| row(props, one, &on_open, &on_forget, &on_save, locale)) }
                </ul>
                <Pager label={t(message::SAVED_RUNS)} total={all.len()} size={PAGE} page={*page} on_page={on_page} />
                if !idle.is_empty() {
                    <div class="row">
                        <button type="button" class="tiny" data-action="forget-all"
                            onclick={on_forget.reform(move |_| idle.clone())}>
                            { t(message::DELETE_ALL_RUNS) }
                        </button>
                    </div>
                }
            </div>
        </section>
    }
}

/// Whether it may be deleted without loss: no page works on it, and the operator has its record.
fn may_delete(one: &SavedRun) -> bool {
    !one.is_active && !one.is_upload_pending
}

fn row(
    props: &HistoryPageProps,
    one: &SavedRun,
    on_open: &Callback<String>,
    on_forget: &Callback<Vec<String>>,
    on_save: &Callback<String>,
    locale: Locale,
) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let is_current = props.current.as_ref() == Some(&one.id);
    let summary = one.summary.as_ref();
    let when = summary.map_or_else(
        || one.id.clone(),
        |summary| i18n::time_of_day(locale, summary.about.confirmed_at),
    );
    let manifest = summary.and_then(|summary| clouds::by_id(&summary.cloud));
    let what = match (summary, one.tally) {
        (Some(summary), Some(tally)) => {
            let (label, count) =
                (tally.label, summary.instances - tally.counts.of(Outcome::Skipped));
            MessageArgs::RunTitle { label, count, active: false }.in_locale(locale)
        }
        (Some(summary), None) => format!("{} · {}", summary.operation, summary.instances),
        (None, _) => String::new(),
    };
    // The full text for screen readers.
    let of = format!(" {when}");
    let button = |action: &'static str, text: Text, id: &str, may: bool, on: &Callback<String>| {
        let id = id.to_owned();
        html! {
            <button type="button" class="tiny" data-action={action} disabled={!may}
                onclick={on.reform(move |_| id.clone())}>
                { t(text) }<span class="hidden">{ shown(&of) }</span>
            </button>
        }
    };
    let may_open = one.why.is_none() && (is_current || (props.is_free && !one.is_active));
    let remark = match (&one.why, is_current, one.is_active, one.is_upload_pending) {
        (Some(_), ..) => Some(message::RUN_UNREADABLE),
        (None, true, ..) => Some(message::RUN_HERE),
        (None, false, true, _) => Some(message::RUN_ELSEWHERE),
        (None, false, false, true) => Some(message::UPLOAD_PENDING),
        (None, false, false, false) => None,
    };
    let is_unfinished = one.tally.is_some_and(|tally| tally.is_unfinished);
    html! {
        <li class="group" key={&*one.id} data-run={one.id.clone()}
            data-unfinished={one.tally.map(|tally| tally.is_unfinished.to_string())}>
            <div class="row">
                <strong>{ shown(&when) }</strong>
                <span>{ shown(&what) }</span>
                if let (Some(summary), Some(manifest)) = (summary, manifest) {
                    <span class="small muted">
                        { manifest.name.in_locale(locale) }
                        if !summary.region.is_empty() { { " · " }{ shown(&summary.region) } }
                        if !summary.about.reason.is_empty() { { " · " }{ untrusted_text(&summary.about.reason) } }
                    </span>
                }
                <span class="grow"></span>
                if is_unfinished {
                    <span class="chip warn">{ icon(Icon::Pause) }{ t(message::UNFINISHED) }</span>
                }
            </div>
            if let Some(tally) = one.tally {
                <div class="row">{ chips(&tally.counts, tally.label.verb, locale) }</div>
            }
            if let Some(remark) = remark {
                <p class="small muted">
                    { t(remark) }
                    if let Some(why) = &one.why { { " " }<code>{ shown(why) }</code> }
                </p>
            }
            <div class="row">
                { button("open-run", message::OPEN_RUN, &one.id, may_open, on_open) }
                { button("save-run", message::SAVE_RECORDS, &one.id, true, on_save) }
                { button("forget-run", message::DELETE_RUN, &one.id, may_delete(one), &on_forget.reform(|id| vec![id])) }
            </div>
        </li>
    }
}

fn chips(counts: &Counts, verb: Verb, locale: Locale) -> Html {
    let some = SHOWN.iter().filter(|one| counts.of(**one) > 0);
    some.map(|one| {
        html! {
            <span class={classes!("chip", tone(*one).class())} data-outcome={one.word()}>
                { icon(picture(*one)) }
                { i18n::number(locale, counts.of(*one)) }{ " " }
                { i18n::outcome_counter(*one, verb).in_locale(locale) }
            </span>
        }
    })
    .collect()
}

/// The confirmation before runs are deleted.
#[derive(PartialEq, Properties)]
struct ConfirmDeleteProps {
    ids: Vec<String>,
    is_unfinished: bool,
    on_close: Callback<()>,
}

#[component]
fn Confidence(props: &ConfirmDeleteProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ConfirmDeleteProps { ids, is_unfinished, on_close } = props;
    let cancel = use_node_ref();
    {
        let cancel = cancel.clone();
        use_effect_with(ids.clone(), move |_| focus(&cancel));
    }
    let on_confirm = {
        let (on_close, ids) = (on_close.clone(), ids.clone());
        Callback::from(move |()| {
            dispatch.emit(Intent::History(HistoryAction::Delete(ids.clone())));
            on_close.emit(());
        })
    };
    html! {
        <div class="again note warn" role="group" aria-labelledby="h-forget">
            { icon(Icon::Warning) }
            <div class="stack">
                <p id="h-forget">
                    { MessageArgs::DeleteWarning(ids.len()).in_locale(locale) }
                    if *is_unfinished { { " " }{ message::DELETE_UNFINISHED.in_locale(locale) } }
                </p>
                <div class="row">
                    <button type="button" ref={cancel} data-action="cancel"
                        onclick={on_close.reform(|_| ())}>
                        { message::CANCEL.in_locale(locale) }
                    </button>
                    <Confirm action="confirm" subject={Subject::Other} label={MessageArgs::DeleteRuns(ids.len()).in_locale(locale)}
                        danger={true} ready={true} {on_confirm} />
                </div>
            </div>
        </div>
    }
}
