//! The table of instances, paginated.

use crate::{
    components::{
        common::{
            dom::value_of,
            pager::{Pager, page_range, use_page_size},
            untrusted_text::{escaped, untrusted_text},
        },
        errors::explanation::title_of,
        run::chip::chip,
    },
    context::use_locale,
    i18n::{self, MessageArgs, message},
    store::Shared,
};
use relight_core::{
    i18n::{Locale, Text},
    model::{
        instance_id::InstanceId,
        outcome::{Fault, Outcome},
        plan::OperationSpec,
    },
    run::{Millis, Row, Run},
};
use std::{rc::Rc, sync::Arc};
use yew::{Callback, Html, InputEvent, Properties, component, html, use_effect_with, use_state_eq};

/// As many as can be rendered several times a second without lag.
const ROWS_A_PAGE: usize = 50;

/// Which rows are shown, and which one is selected.
#[derive(PartialEq, Properties)]
pub(crate) struct InstancesProps {
    pub(crate) run: Shared<Run>,
    /// Only those with this outcome.
    pub(crate) filter: Option<Outcome>,
    /// Only those with this cause, by [`cause_key`].
    pub(crate) cause: Option<Rc<str>>,
    pub(crate) selected: Option<InstanceId>,
    pub(crate) now: Millis,
    pub(crate) on_select: Callback<InstanceId>,
}

/// The table of instances.
#[component]
pub(crate) fn Instances(props: &InstancesProps) -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let (page, size) = (use_state_eq(|| 0_usize), use_page_size(ROWS_A_PAGE));
    let wanted = use_state_eq(String::new);
    let failures_first = use_state_eq(|| true);
    {
        let page = page.clone();
        use_effect_with((props.filter, props.cause.clone()), move |_| page.set(0));
    }
    let onfind = {
        let (wanted, page) = (wanted.clone(), page.clone());
        Callback::from(move |event: InputEvent| {
            page.set(0);
            wanted.set(value_of(&event).trim().to_lowercase());
        })
    };
    let onorder = {
        let failures_first = failures_first.clone();
        Callback::from(move |_| failures_first.set(!*failures_first))
    };
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let run = &props.run;
    let mut found: Vec<&Arc<Row>> = run
        .rows()
        .iter()
        .filter(|row| props.filter.is_none_or(|outcome| row.outcome == outcome))
        .filter(|row| {
            let Some(cause) = &props.cause else { return true };
            cause_key(row).is_some_and(|key| key == **cause)
        })
        .filter(|row| {
            wanted.is_empty()
                || row.id.as_str().contains(wanted.as_str())
                || row.name.to_lowercase().contains(wanted.as_str())
        })
        .collect();
    if *failures_first {
        found.sort_by_key(|row| rank(row.outcome));
    }
    let shown = page_range(found.len(), size, *page);
    let named = run.rows().iter().any(|row| !row.name.is_empty());
    html! {
        <div class="instances">
            <div class="row tools">
                <button type="button" class="tiny" data-action="failures-first"
                    aria-pressed={failures_first.to_string()} onclick={onorder}>
                    { t(message::FAILURES_FIRST) }
                </button>
                <span class="grow"></span>
                <input class="find" type="search" name="find" autocomplete="off" spellcheck="false"
                    aria-label={t(message::FIND_INSTANCE)} placeholder={t(message::FIND_INSTANCE)} oninput={onfind} />
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label={t(message::ENTER_TO_FOCUS_TABLE)}>
                <table class="outcomes">
                    <thead><tr>
                        <th scope="col">{ t(message::INSTANCE) }</th>
                        if named { <th scope="col" class="aux">{ t(message::NAME) }</th> }
                        <th scope="col">{ t(message::OUTCOME_COLUMN) }</th>
                        <th scope="col" class="aux">{ t(message::DETAIL) }</th>
                        <th scope="col" class="number aux">{ t(message::CALL_COLUMN) }</th>
                    </tr></thead>
                    <tbody>
                        { for found.get(shown).unwrap_or_default().iter().map(|row| {
                            html! {
                                <InstanceRow key={row.id.as_str()} spec={run.spec().clone()} row={(*row).clone()} {named}
                                    selected={props.selected.as_ref() == Some(&row.id)}
                                    // The clock shows whole seconds.
                                    now={is_moving(row.outcome).then_some(props.now / 1_000 * 1_000)}
                                    on_select={&props.on_select} />
                            }
                        }) }
                    </tbody>
                </table>
                if found.is_empty() {
                    <p class="nothing muted">
                        { t(if run.rows().is_empty() { message::NO_INSTANCES_YET } else { message::NOTHING_MATCHES }) }
                    </p>
                }
            </div>
            <Pager label={t(message::INSTANCES)} total={found.len()} {size} page={*page} {on_page} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct InstanceRowProps {
    spec: Arc<OperationSpec>,
    row: Arc<Row>,
    named: bool,
    selected: bool,
    /// The current time, for a row that shows a duration.
    now: Option<Millis>,
    on_select: Callback<InstanceId>,
}

#[component]
fn InstanceRow(props: &InstanceRowProps) -> Html {
    let locale = use_locale();
    let InstanceRowProps { spec, row, .. } = props;
    let verb = spec.operation().verb;
    let onclick = {
        let id = row.id.clone();
        props.on_select.reform(move |_| id.clone())
    };
    let detail = detail(locale, spec, row, props.now);
    html! {
        <tr data-instance-id={row.id.as_str().to_owned()} data-outcome={row.outcome.word()}
            aria-current={props.selected.then_some("true")} {onclick}>
            <td>
                <button type="button" class="link id" aria-pressed={props.selected.to_string()}>
                    { row.id.as_str().to_owned() }
                </button>
                <span class="narrow small muted">{ untrusted_text(&row.name) }</span>
            </td>
            if props.named { <td class="name aux">{ untrusted_text(&row.name) }</td> }
            <td>
                { chip(locale, row.outcome, verb, row.settled_at.is_some()) }
                <span class="narrow small muted detail">{ escaped(&detail) }</span>
            </td>
            <td class="muted aux detail">{ escaped(&detail) }</td>
            <td class="muted aux number">{ row.call.map(|call| i18n::number(locale, call + 1)) }</td>
        </tr>
    }
}

/// The detail next to an outcome, in few words.
fn detail(locale: Locale, spec: &OperationSpec, row: &Row, now: Option<Millis>) -> String {
    // A fault that a later outcome replaced is history.
    if let Some(fault) = row.fault.as_ref().filter(|_| is_failure(row.outcome)) {
        return title_of(spec, fault, locale);
    }
    if let Some(reason) = row.skipped {
        return i18n::skip_reason(reason).in_locale(locale).into();
    }
    let mut words: Vec<String> = Vec::new();
    match (row.outcome, &row.previous_state, &row.state) {
        (Outcome::Accepted | Outcome::InProgress | Outcome::Overdue, Some(from), Some(to))
            if from != to =>
        {
            words.push(MessageArgs::FromTo(from, to).in_locale(locale));
        }
        (Outcome::Accepted | Outcome::InProgress | Outcome::Overdue, _, Some(state)) => {
            words.push(state.clone());
        }
        _ => {}
    }
    if let Some(evidence) = row.evidence {
        words.push(i18n::evidence(evidence, spec.operation().verb).in_locale(locale).into());
    }
    match (row.sent_at, row.settled_at, now) {
        (Some(sent), Some(settled), _) if row.outcome == Outcome::Proven => {
            words.push(MessageArgs::BackAfter(settled.saturating_sub(sent)).in_locale(locale));
        }
        (Some(sent), None, Some(now)) => {
            words.push(MessageArgs::Since(now.saturating_sub(sent)).in_locale(locale));
        }
        _ => {}
    }
    words.join(" · ")
}

/// The key that rows with the same cause share; `None` without a cause.
pub(crate) fn cause_key(row: &Row) -> Option<String> {
    let (kind, word) = match row.fault.as_deref()? {
        Fault::Cloud(report) => ("cloud", report.code.as_str()),
        Fault::Layer { word, .. } => ("layer", word.as_str()),
    };
    Some([row.outcome.word(), kind, word].join(" "))
}

/// Failures first, then in progress, then queued, then done.
pub(crate) const fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Rejected => 0,
        Outcome::Overdue => 1,
        Outcome::Unknown => 2,
        Outcome::NotSent => 3,
        Outcome::InProgress => 4,
        Outcome::Sending => 5,
        Outcome::Accepted => 6,
        Outcome::RunningUnproven => 7,
        Outcome::Proven => 8,
        Outcome::DryRunPassed => 9,
        Outcome::Queued => 10,
        Outcome::Skipped => 11,
    }
}

/// Whether something failed, or may have.
pub(crate) const fn is_failure(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Rejected | Outcome::NotSent | Outcome::Unknown | Outcome::Overdue => true,
        Outcome::Skipped
        | Outcome::Queued
        | Outcome::Sending
        | Outcome::Accepted
        | Outcome::DryRunPassed
        | Outcome::InProgress
        | Outcome::Proven
        | Outcome::RunningUnproven => false,
    }
}

const fn is_moving(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Accepted | Outcome::InProgress => true,
        Outcome::Sending
        | Outcome::Unknown
        | Outcome::Rejected
        | Outcome::Overdue
        | Outcome::NotSent
        | Outcome::RunningUnproven
        | Outcome::Proven
        | Outcome::DryRunPassed
        | Outcome::Queued
        | Outcome::Skipped => false,
    }
}
