//! The run history of this browser: a table of when, what, where, and the outcomes.

use crate::{
    components::{
        common::{
            dom::{focus, value_of},
            header::shortened,
            icon::{Icon, icon},
            page_link::use_navigation,
            pager::{Pager, page_range, use_page_size},
            untrusted_text::{escaped, untrusted_text},
        },
        review::confirm::{Confirm, Subject},
        run::{
            chip::{DISPLAY_ORDER, outcome_icon, outcome_tone},
            instances::is_failure,
        },
    },
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, history as texts, message},
    routes::PageRoute,
    services::run_history::{HistoryAction, SavedRun},
    store::{Format, Intent, Shared},
};
use relight_core::{
    clouds,
    i18n::{Locale, Text},
    model::{cloud::Verb, outcome::Outcome},
    run::Counts,
};
use yew::{
    Callback, Event, Html, InputEvent, MouseEvent, Properties, classes, component, html,
    use_effect_with, use_node_ref, use_state_eq,
};

/// Runs per page.
const PAGE: usize = 20;

/// Props of [`HistoryPage`].
#[derive(PartialEq, Properties)]
pub(crate) struct HistoryPageProps {
    /// `None` until the journal is read, or where there is no journal.
    pub(crate) saved_runs: Option<Shared<Vec<SavedRun>>>,
    /// The id of the run that this page shows.
    pub(crate) current: Option<String>,
    /// The ids of the runs that this page watches in the background.
    pub(crate) background: Vec<String>,
    /// Whether another run may replace it.
    pub(crate) is_free: bool,
}

/// Which outcomes a run has that is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum OutcomeFilter {
    #[default]
    All,
    Failures,
    Unfinished,
}

impl OutcomeFilter {
    const ALL: [OutcomeFilter; 3] =
        [OutcomeFilter::All, OutcomeFilter::Failures, OutcomeFilter::Unfinished];

    /// The public name.
    const fn as_str(self) -> &'static str {
        match self {
            OutcomeFilter::All => "all",
            OutcomeFilter::Failures => "failures",
            OutcomeFilter::Unfinished => "unfinished",
        }
    }

    const fn text(self) -> Text {
        match self {
            OutcomeFilter::All => texts::ALL_OUTCOMES,
            OutcomeFilter::Failures => texts::WITH_FAILURES,
            OutcomeFilter::Unfinished => texts::UNFINISHED,
        }
    }

    /// Whether a run is listed; not before its outcomes are read.
    fn has(self, one: &SavedRun) -> bool {
        match self {
            OutcomeFilter::All => true,
            OutcomeFilter::Failures => one.tally.is_some_and(|tally| {
                Outcome::ALL.iter().any(|one| is_failure(*one) && tally.counts.of(*one) > 0)
            }),
            OutcomeFilter::Unfinished => one.tally.is_some_and(|tally| tally.is_unfinished),
        }
    }
}

/// Which runs are listed.
#[derive(Clone, Default, PartialEq)]
struct Filter {
    /// In lower case.
    text: String,
    /// The cloud's id; empty for all.
    cloud: String,
    outcomes: OutcomeFilter,
    is_oldest_first: bool,
}

impl Filter {
    fn has(&self, one: &SavedRun, locale: Locale) -> bool {
        let Some(summary) = &one.summary else {
            return self.cloud.is_empty() && self.outcomes.has(one) && one.id.contains(&self.text);
        };
        let cloud = clouds::by_id(&summary.cloud).map_or("", |cloud| cloud.name.in_locale(locale));
        let about = &summary.about;
        let texts = [
            &about.id,
            &about.reason,
            about.person.as_deref().unwrap_or_default(),
            &about.key_id,
            &summary.region,
            &summary.operation,
            cloud,
        ];
        (self.cloud.is_empty() || self.cloud == summary.cloud)
            && self.outcomes.has(one)
            && texts.iter().any(|text| text.to_lowercase().contains(&self.text))
    }
}

/// The run history.
#[component]
pub(crate) fn HistoryPage(props: &HistoryPageProps) -> Html {
    let (locale, dispatch, navigation) = (use_locale(), use_dispatch(), use_navigation());
    let HistoryPageProps { saved_runs, current, background, is_free } = props;
    let opening = use_state_eq(|| None::<String>);
    let deleting = use_state_eq(Vec::<String>::new);
    let heading = use_node_ref();
    {
        let (dispatch, heading) = (dispatch.clone(), heading.clone());
        use_effect_with((), move |()| {
            focus(&heading);
            dispatch.emit(Intent::History(HistoryAction::List));
        });
    }
    {
        let on_navigate = navigation.on_navigate.clone();
        use_effect_with((current.clone(), opening.clone()), move |(current, opening)| {
            if current.is_some() && **opening == *current {
                on_navigate.emit(PageRoute::RestartStart);
            }
        });
    }
    let on_action = {
        let (deleting, current) = (deleting.clone(), current.clone());
        Callback::from(move |action: HistoryAction| match action {
            HistoryAction::Delete(ids) => deleting.set(ids),
            HistoryAction::Open(id) if current.as_ref() == Some(&id) => {
                opening.set(current.clone());
            }
            HistoryAction::Open(id) => {
                opening.set(Some(id.clone()));
                dispatch.emit(Intent::History(HistoryAction::Open(id)));
            }
            other => dispatch.emit(Intent::History(other)),
        })
    };
    let all: &[SavedRun] = saved_runs.as_deref().map_or(&[], Vec::as_slice);
    let asked: Vec<&SavedRun> = all.iter().filter(|one| deleting.contains(&one.id)).collect();
    html! {
        <section class="panel history" part="panel runs" aria-labelledby="h-runs" data-runs={all.len().to_string()}>
            <div class="head">
                <h1 id="h-runs" tabindex="-1" ref={heading}>{ MessageArgs::SavedRuns(all.len()).in_locale(locale) }</h1>
            </div>
            <div class="body stack">
                <p class="muted">{ i18n::SAVED_RUNS.in_locale(locale) }</p>
                if saved_runs.is_some() && all.is_empty() {
                    <p>{ message::NO_SAVED_RUNS.in_locale(locale) }</p>
                }
                if !is_free {
                    <p class="small hint-warn">{ icon(Icon::Warning) }<span>{ message::RUN_IS_SHOWN.in_locale(locale) }</span></p>
                }
                if !asked.is_empty() {
                    <ConfirmDelete ids={asked.iter().map(|one| one.id.clone()).collect::<Vec<_>>()}
                        is_unfinished={asked.iter().any(|one| one.tally.is_none_or(|tally| tally.is_unfinished))}
                        on_close={on_action.reform(|()| HistoryAction::Delete(Vec::new()))} />
                }
            </div>
            if let Some(saved_runs) = saved_runs.as_ref().filter(|saved_runs| !saved_runs.is_empty()) {
                <RunTable saved_runs={saved_runs.clone()} current={current.clone()} background={background.clone()}
                    {is_free} {on_action} />
            }
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct RunTableProps {
    saved_runs: Shared<Vec<SavedRun>>,
    current: Option<String>,
    background: Vec<String>,
    is_free: bool,
    on_action: Callback<HistoryAction>,
}

/// The runs, filtered and paginated.
#[component]
fn RunTable(props: &RunTableProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let RunTableProps { saved_runs, current, background, is_free, on_action } = props;
    let t = |text: Text| text.in_locale(locale);
    let (page, size) = (use_state_eq(|| 0), use_page_size(PAGE));
    let filter = use_state_eq(Filter::default);
    let mut found: Vec<&SavedRun> =
        saved_runs.iter().filter(|one| filter.has(one, locale)).collect();
    if filter.is_oldest_first {
        found.reverse();
    }
    let listed = found.get(page_range(found.len(), size, *page)).unwrap_or_default();
    // Counts are read of what is on the screen, unless the filter depends on those of all.
    let ids: Vec<String> = match filter.outcomes {
        OutcomeFilter::All => listed.iter().map(|one| one.id.clone()).collect(),
        OutcomeFilter::Failures | OutcomeFilter::Unfinished => {
            saved_runs.iter().map(|one| one.id.clone()).collect()
        }
    };
    use_effect_with(ids, move |ids| {
        dispatch.emit(Intent::History(HistoryAction::Tally(ids.clone())));
    });
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let on_filter = {
        let (filter, page) = (filter.clone(), page.clone());
        Callback::from(move |to| {
            page.set(0);
            filter.set(to);
        })
    };
    // What is in flight on another page is not in the records.
    let may_export = |one: &SavedRun| {
        let is_here = current.iter().chain(background).any(|id| *id == one.id);
        one.why.is_none() && (is_here || !one.is_active)
    };
    let ids_of = |may: &dyn Fn(&SavedRun) -> bool| -> Vec<String> {
        found.iter().filter(|one| may(one)).map(|one| one.id.clone()).collect()
    };
    let is_reading = filter.outcomes != OutcomeFilter::All
        && saved_runs.iter().any(|one| one.why.is_none() && one.tally.is_none());
    let has_persons = saved_runs
        .iter()
        .any(|one| one.summary.as_ref().is_some_and(|summary| summary.about.person.is_some()));
    html! {
        <>
            <Filters filter={(*filter).clone()} on_filter={on_filter.clone()} />
            <div class="scroll" tabindex="0" role="region" aria-label={t(message::SAVED_RUNS)}>
                <table>
                    <Headings filter={(*filter).clone()} {on_filter} {has_persons} />
                    <tbody>
                        { for listed.iter().map(|one| html! {
                            <Row key={&*one.id} run={(*one).clone()} is_current={current.as_ref() == Some(&one.id)}
                                {is_free} may_export={may_export(one)} {has_persons} {on_action} />
                        }) }
                    </tbody>
                </table>
                if is_reading {
                    <p class="nothing muted" role="status">{ t(texts::READING) }</p>
                } else if found.is_empty() {
                    <p class="nothing muted">{ t(message::NOTHING_MATCHES) }</p>
                }
            </div>
            <Pager label={t(message::SAVED_RUNS)} total={found.len()} {size} page={*page} {on_page} />
            <Footer exported={ids_of(&may_export)} deleted={ids_of(&may_delete)} {on_action} />
        </>
    }
}

/// What is done with all runs that were found.
#[derive(PartialEq, Properties)]
struct FooterProps {
    /// The ids of those that can be exported.
    exported: Vec<String>,
    /// The ids of those that may be deleted.
    deleted: Vec<String>,
    on_action: Callback<HistoryAction>,
}

#[component]
fn Footer(props: &FooterProps) -> Html {
    let locale = use_locale();
    let FooterProps { exported, deleted, on_action } = props;
    let export = |format: Format, action: &'static str, name: &str| {
        let ids = exported.clone();
        let onclick =
            on_action.reform(move |_: MouseEvent| HistoryAction::Export(ids.clone(), format));
        html! {
            <button type="button" class="tiny" data-action={action} disabled={exported.is_empty()} {onclick}>
                { texts::export_all(locale, exported.len(), name) }
            </button>
        }
    };
    let ondelete = {
        let ids = deleted.clone();
        on_action.reform(move |_: MouseEvent| HistoryAction::Delete(ids.clone()))
    };
    html! {
        <div class="row tools">
            { export(Format::Csv, "export-runs-csv", "CSV") }
            { export(Format::Json, "export-runs-json", "JSON") }
            <span class="grow"></span>
            if !deleted.is_empty() {
                <button type="button" class="tiny" data-action="forget-all" onclick={ondelete}>
                    { message::DELETE_ALL_RUNS.in_locale(locale) }
                </button>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct FiltersProps {
    filter: Filter,
    on_filter: Callback<Filter>,
}

#[component]
fn Filters(props: &FiltersProps) -> Html {
    let locale = use_locale();
    let FiltersProps { filter, on_filter } = props;
    let t = |text: Text| text.in_locale(locale);
    let onfind = {
        let filter = filter.clone();
        on_filter.reform(move |event: InputEvent| Filter {
            text: value_of(&event).trim().to_lowercase(),
            ..filter.clone()
        })
    };
    let oncloud = {
        let filter = filter.clone();
        on_filter.reform(move |event: Event| Filter { cloud: value_of(&event), ..filter.clone() })
    };
    let onoutcomes = {
        let filter = filter.clone();
        on_filter.reform(move |event: Event| {
            let word = value_of(&event);
            let outcomes = OutcomeFilter::ALL.into_iter().find(|one| one.as_str() == word);
            Filter { outcomes: outcomes.unwrap_or_default(), ..filter.clone() }
        })
    };
    html! {
        <div class="row tools">
            <input class="find grow" type="search" name="findRuns" autocomplete="off" spellcheck="false"
                aria-label={t(texts::FIND)} placeholder={t(texts::FIND_EXAMPLE)} oninput={onfind} />
            <select name="runsOfCloud" aria-label={t(message::CLOUD)} onchange={oncloud}>
                <option value="" selected={filter.cloud.is_empty()}>{ t(texts::ALL_CLOUDS) }</option>
                { for clouds::ALL.iter().map(|cloud| html! {
                    <option value={cloud.id} selected={filter.cloud == cloud.id}>{ t(cloud.name) }</option>
                }) }
            </select>
            <select name="runsWith" aria-label={t(texts::OUTCOMES)} onchange={onoutcomes}>
                { for OutcomeFilter::ALL.into_iter().map(|one| html! {
                    <option value={one.as_str()} selected={filter.outcomes == one}>{ t(one.text()) }</option>
                }) }
            </select>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct HeadingsProps {
    filter: Filter,
    on_filter: Callback<Filter>,
    has_persons: bool,
}

#[component]
fn Headings(props: &HeadingsProps) -> Html {
    let locale = use_locale();
    let HeadingsProps { filter, on_filter, has_persons } = props;
    let t = |text: Text| text.in_locale(locale);
    let is_oldest_first = filter.is_oldest_first;
    let onsort = {
        let filter = filter.clone();
        on_filter.reform(move |_: MouseEvent| Filter {
            is_oldest_first: !is_oldest_first,
            ..filter.clone()
        })
    };
    html! {
        <thead><tr>
            <th scope="col" aria-sort={if is_oldest_first { "ascending" } else { "descending" }}>
                <button type="button" class="sort" data-sort="time" onclick={onsort}>
                    { t(texts::WHEN) }
                    <span aria-hidden="true">{ if is_oldest_first { " ▴" } else { " ▾" } }</span>
                </button>
            </th>
            <th scope="col">{ t(message::OPERATION) }</th>
            <th scope="col">{ t(texts::CLOUD_AND_REGION) }</th>
            <th scope="col">{ t(texts::OUTCOMES) }</th>
            <th scope="col">{ t(message::REASON) }</th>
            if *has_persons { <th scope="col">{ t(texts::PERSON) }</th> }
            <th scope="col">{ t(texts::KEY_ID) }</th>
            <th scope="col">{ t(texts::ACTIONS) }</th>
        </tr></thead>
    }
}

/// Whether it may be deleted without loss: no page works on it, and the operator has its record.
fn may_delete(one: &SavedRun) -> bool {
    !one.is_active && !one.is_upload_pending
}

#[derive(PartialEq, Properties)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
struct RowProps {
    run: SavedRun,
    /// Whether this page shows it.
    is_current: bool,
    /// Whether it may replace the run that this page shows.
    is_free: bool,
    may_export: bool,
    has_persons: bool,
    on_action: Callback<HistoryAction>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let locale = use_locale();
    let RowProps { run: one, is_current, is_free, may_export, has_persons, on_action } = props;
    let (is_current, may_export) = (*is_current, *may_export);
    let t = |text: Text| text.in_locale(locale);
    let summary = one.summary.as_ref();
    let about = summary.map(|summary| &summary.about);
    let when =
        about.map_or_else(|| one.id.clone(), |about| i18n::time_of_day(locale, about.confirmed_at));
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
    let button = |name: &'static str, text: &'static str, may: bool, action: HistoryAction| {
        html! {
            <button type="button" class="tiny" data-action={name} disabled={!may}
                onclick={on_action.reform(move |_: MouseEvent| action.clone())}>
                { text }<span class="hidden">{ escaped(&of) }</span>
            </button>
        }
    };
    let id = || one.id.clone();
    let export = |format| HistoryAction::Export(vec![id()], format);
    let may_open = one.why.is_none() && (is_current || (*is_free && !one.is_active));
    let remark = match (&one.why, is_current, one.is_active, one.is_upload_pending) {
        (Some(_), ..) => Some(message::RUN_UNREADABLE),
        (None, true, ..) => Some(message::RUN_HERE),
        (None, false, true, _) => Some(message::RUN_ELSEWHERE),
        (None, false, false, true) => Some(message::UPLOAD_PENDING),
        (None, false, false, false) => None,
    };
    html! {
        <tr data-run={one.id.clone()}
            data-unfinished={one.tally.map(|tally| tally.is_unfinished.to_string())}>
            <td>
                <strong>{ escaped(&when) }</strong>
                if let Some(remark) = remark {
                    <p class="small muted">
                        { t(remark) }
                        if let Some(why) = &one.why { { " " }<code>{ escaped(why) }</code> }
                    </p>
                }
            </td>
            <td>{ escaped(&what) }</td>
            <td class="muted">
                if let (Some(summary), Some(manifest)) = (summary, manifest) {
                    { t(manifest.name) }
                    if !summary.region.is_empty() { { " · " }{ escaped(&summary.region) } }
                }
            </td>
            <td>
                <div class="row">
                    if let Some(tally) = one.tally {
                        <Chips counts={tally.counts} verb={tally.label.verb} />
                        if tally.is_unfinished {
                            <span class="chip warn">{ icon(Icon::Pause) }{ t(message::UNFINISHED) }</span>
                        }
                    }
                </div>
            </td>
            <td>
                { about.filter(|about| !about.reason.is_empty()).map(|about| untrusted_text(&about.reason)) }
            </td>
            if *has_persons {
                <td>{ about.and_then(|about| about.person.as_deref()).map(untrusted_text) }</td>
            }
            <td class="muted id" title={about.map(|about| escaped(&about.key_id))}>
                { about.map(|about| escaped(&shortened(&about.key_id))) }
            </td>
            <td>
                <div class="row">
                    { button("open-run", t(message::OPEN_RUN), may_open, HistoryAction::Open(id())) }
                    { button("export-run-csv", "CSV", may_export, export(Format::Csv)) }
                    { button("export-run-json", "JSON", may_export, export(Format::Json)) }
                    { button("save-run", t(texts::RECORDS), true, HistoryAction::Save(id())) }
                    { button("forget-run", t(message::DELETE_RUN), may_delete(one), HistoryAction::Delete(vec![id()])) }
                </div>
            </td>
        </tr>
    }
}

#[derive(PartialEq, Properties)]
struct ChipsProps {
    counts: Counts,
    verb: Verb,
}

#[component]
fn Chips(ChipsProps { counts, verb }: &ChipsProps) -> Html {
    let locale = use_locale();
    let some = DISPLAY_ORDER.iter().filter(|one| counts.of(**one) > 0);
    some.map(|one| {
        html! {
            <span key={one.word()} class={classes!("chip", outcome_tone(*one).class())} data-outcome={one.word()}>
                { icon(outcome_icon(*one)) }
                { i18n::number(locale, counts.of(*one)) }{ " " }
                { i18n::outcome_counter(*one, *verb).in_locale(locale) }
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
fn ConfirmDelete(props: &ConfirmDeleteProps) -> Html {
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
