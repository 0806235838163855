//! A run: its progress, the outcome of each instance, and the actions.

use crate::{
    components::{
        common::{
            copy::CopyButton,
            dom::{focus, is_narrow, reveal},
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        errors::explanation::{ExplanationCard, explain_fault, joined},
        run::{
            calls::Calls,
            chip::outcome_tone,
            choices::{Choices, is_free},
            inspector::Inspector,
            instances::{Instances, cause_key, is_failure, rank},
            progress::{Counters, Progress},
            skipped::SkippedRows,
        },
    },
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, OperationLabel, message},
    store::{Intent, Shared},
};
use relight_core::{
    explain::ServerSignature,
    i18n::{Locale, Text},
    model::{instance_id::InstanceId, outcome::Outcome, route::Route},
    run::{Choice, Event, Millis, Pause, Row, Run, RunStatus},
    signing::request::{Request, Signed},
};
use std::{collections::BTreeMap, rc::Rc, sync::Arc};
use yew::{
    AttrValue, Callback, Html, Properties, component, html, use_callback, use_effect_with,
    use_memo, use_node_ref, use_state_eq,
};

/// The run, and its requests as they were sent.
#[derive(PartialEq, Properties)]
pub(crate) struct ResultsProps {
    pub(crate) run: Shared<Run>,
    pub(crate) signed: Shared<Vec<Option<Rc<Request<Signed>>>>>,
    pub(crate) route: Shared<Route>,
    pub(crate) now: Millis,
    /// A confirmed choice that has changed since; and the number of that change.
    pub(crate) changed: Option<(Choice, u64)>,
}

/// A run.
#[component]
pub(crate) fn Results(props: &ResultsProps) -> Html {
    let locale = use_locale();
    let run = &props.run;
    let t = |text: Text| text.in_locale(locale);
    let filter = use_state_eq(|| None::<Outcome>);
    let cause = use_state_eq(|| None::<Rc<str>>);
    let selected = use_state_eq(|| None::<InstanceId>);
    let inspected = use_state_eq(|| None::<usize>);
    let confirming = use_state_eq(|| None::<Choice>);
    let aside = use_node_ref();
    let causes = use_memo((run.clone(), locale), |(run, locale)| causes(run, *locale));
    let on_filter = {
        let (filter, cause) = (filter.clone(), cause.clone());
        Callback::from(move |to| {
            filter.set(to);
            cause.set(None);
        })
    };
    let on_cause = {
        let (filter, cause) = (filter.clone(), cause.clone());
        Callback::from(move |to: Rc<str>| {
            filter.set(None);
            cause.set(if *cause == Some(to.clone()) { None } else { Some(to) });
        })
    };
    let on_select = {
        let (selected, aside) = (selected.setter(), aside.clone());
        // Stable across renders, so that unchanged rows are not rendered again.
        use_callback((), move |id, ()| {
            selected.set(Some(id));
            if is_narrow() {
                reveal(&aside);
            }
        })
    };
    let on_inspect = {
        let inspected = inspected.clone();
        Callback::from(move |call| inspected.set(Some(call)))
    };
    let on_close = {
        let inspected = inspected.clone();
        Callback::from(move |()| inspected.set(None))
    };
    let on_confirming = {
        let confirming = confirming.clone();
        Callback::from(move |choice| confirming.set(choice))
    };
    {
        let confirming = confirming.clone();
        use_effect_with(props.changed, move |changed| {
            if let Some((choice, _)) = changed {
                confirming.set(Some(*choice));
            }
        });
    }
    let row = chosen(run, (*selected).as_ref(), cause.as_ref());
    html! {
        <section class="panel run" part="panel run" aria-labelledby="h-run" data-stage={status_name(run.status())}>
            <Head run={run.clone()} />
            <div class="body">
                <Progress run={run.clone()} now={props.now} />
                { notices(run, locale) }
                <Counters run={run.clone()} filter={*filter} {on_filter} />
                <Causes {causes} pressed={(*cause).clone()} {on_cause} />
                <SkippedRows run={run.clone()} is_free={is_free(run)} />
            </div>
            <div class="split">
                <Instances run={run.clone()} filter={*filter} cause={(*cause).clone()}
                    selected={row.map(|row| row.id.clone())} now={props.now} {on_select} />
                <aside ref={aside} part="explanation" aria-label={t(message::WHAT_HAPPENED)}>
                    if let Some(row) = row {
                        <ExplanationCard run={run.clone()} row={row.clone()}
                            signed={row.call.and_then(|call| props.signed.get(call)?.clone())}
                            on_inspect={&on_inspect} on_confirming={&on_confirming} />
                    } else {
                        <p class="muted">{ t(message::NOTHING_SELECTED) }</p>
                    }
                </aside>
            </div>
            <section class="calls-section" aria-labelledby="h-calls">
                <div class="head"><h2 id="h-calls">{ t(message::CALLS) }</h2>
                    <span class="small muted">{ t(message::CALLS_HINT) }</span></div>
                <div class={if inspected.is_some() { "split wide-aside" } else { "" }}>
                    <Calls run={run.clone()} inspected={*inspected} {on_inspect} />
                    if let Some((call, of)) = inspected.and_then(|call| Some((call, run.calls().get(call)?))) {
                        <Inspector {call} batch={of.batch.clone()} sent={of.sent_at.is_some()} signed={props.signed.get(call).cloned().flatten()}
                            server={server_signature(run, call, locale)} route={props.route.clone()} {on_close} />
                    }
                </div>
            </section>
            <Choices run={run.clone()} confirming={*confirming} {on_confirming} />
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct HeadProps {
    run: Shared<Run>,
}

/// What the run does, and the buttons that stop and resume it. It has the focus once it is shown.
#[component]
fn Head(props: &HeadProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let run = &props.run;
    let heading = use_node_ref();
    {
        let heading = heading.clone();
        use_effect_with((), move |()| focus(&heading));
    }
    let t = |text: Text| text.in_locale(locale);
    let (status, spec) = (run.status(), run.spec());
    let target = spec.target();
    let active = match status {
        RunStatus::Sending | RunStatus::Watching | RunStatus::Paused(_) => true,
        RunStatus::Stopped | RunStatus::Finished => false,
    };
    html! {
        <div class="head">
            <h2 id="h-run" tabindex="-1" ref={heading}>
                { MessageArgs::RunTitle { label: OperationLabel::of(spec), count: asked(run), active }.in_locale(locale) }
            </h2>
            <span class="small muted">
                { target.cloud.name.in_locale(locale) }
                if !target.region.is_empty() { { " · " }{ escaped(&target.region) } }
            </span>
            <span class="grow"></span>
            if matches!(status, RunStatus::Paused(pause) if pause != Pause::NotAllowed) {
                <button type="button" class="primary" data-action="resume"
                    onclick={dispatch.reform(|_| Intent::Run(Event::Resume))}>
                    { t(message::RESUME) }
                </button>
            }
            if active && status != RunStatus::Watching {
                <button type="button" data-action="stop" onclick={dispatch.reform(|_| Intent::Run(Event::Stop))}>
                    { t(if status == RunStatus::Sending { message::STOP } else { message::STOP_NOW }) }
                </button>
            }
        </div>
    }
}

/// Why the run is paused, refused or stopped.
fn notices(run: &Run, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let status = run.status();
    html! {
        <>
            if let RunStatus::Paused(pause) = status {
                <div class="note warn">
                    { icon(Icon::Pause) }
                    <p>
                        <strong>{ i18n::pause(pause).0.in_locale(locale) }</strong>
                        { i18n::pause(pause).1.in_locale(locale) }
                    </p>
                </div>
            }
            if let Some(refusal) = run.refused() {
                <div class="note bad" role="status" data-refusal={refusal.kind()}>
                    { icon(Icon::Warning) }
                    <p><strong>{ t(message::RUN_REFUSED) }</strong>{ " " }{ escaped(&refusal.sentence(locale)) }</p>
                </div>
            }
            if status == RunStatus::Stopped {
                <div class="note info">
                    { icon(Icon::Pause) }
                    <p>{ MessageArgs::CannotRecall(in_progress(run)).in_locale(locale) }</p>
                </div>
            }
        </>
    }
}

/// A cause of failures.
#[derive(PartialEq)]
struct Cause {
    key: Rc<str>,
    title: String,
    code: String,
    outcome: Outcome,
    count: usize,
    /// Joined for the clipboard.
    ids: AttrValue,
}

#[derive(PartialEq, Properties)]
struct CausesProps {
    causes: Rc<Vec<Cause>>,
    /// The key of the cause that the table is filtered by, if any.
    pressed: Option<Rc<str>>,
    on_cause: Callback<Rc<str>>,
}

/// The causes of failures, each of which filters the table.
#[component]
fn Causes(props: &CausesProps) -> Html {
    let locale = use_locale();
    if props.causes.is_empty() {
        return Html::default();
    }
    html! {
        <div class="group causes">
            <h3>{ message::CAUSES.in_locale(locale) }</h3>
            { for props.causes.iter().map(|cause| {
                let key = cause.key.clone();
                let onclick = props.on_cause.reform(move |_| key.clone());
                let is_pressed = props.pressed.as_ref() == Some(&cause.key);
                html! {
                    <div class="row cause small" key={&*cause.key} data-cause={cause.code.clone()}>
                        <b class={outcome_tone(cause.outcome).class()}>{ i18n::number(locale, cause.count) }</b>
                        <span class="grow">{ escaped(&cause.title) }{ " " }<code class="muted">{ escaped(&cause.code) }</code></span>
                        <button type="button" class="tiny" data-action="show-cause" aria-pressed={is_pressed.to_string()} {onclick}>
                            { MessageArgs::ShowOnly(cause.count).in_locale(locale) }
                        </button>
                        <CopyButton text={cause.ids.clone()} label={message::COPY_IDS} />
                    </div>
                }
            }) }
        </div>
    }
}

/// The failures by cause, the most frequent first.
fn causes(run: &Run, locale: Locale) -> Vec<Cause> {
    let mut groups: BTreeMap<String, Vec<&Arc<Row>>> = BTreeMap::new();
    for row in run.rows().iter().filter(|row| is_failure(row.outcome)) {
        if let Some(key) = cause_key(row) {
            groups.entry(key).or_default().push(row);
        }
    }
    let mut causes: Vec<Cause> = groups
        .into_iter()
        .filter_map(|(key, rows)| {
            let first = rows.first()?;
            let explanation = explain_fault(run.spec(), first.fault.as_deref()?, locale);
            Some(Cause {
                key: key.into(),
                title: explanation.title,
                code: explanation.code.unwrap_or_default(),
                outcome: first.outcome,
                count: rows.len(),
                ids: joined(rows.iter().map(|row| &row.id)).into(),
            })
        })
        .collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
    causes
}

/// The selected row; before a selection the worst one, if something failed.
fn chosen<'a>(
    run: &'a Run,
    selected: Option<&InstanceId>,
    cause: Option<&Rc<str>>,
) -> Option<&'a Arc<Row>> {
    let in_cause =
        |row: &Arc<Row>| cause.is_none_or(|cause| cause_key(row).is_some_and(|key| key == **cause));
    selected
        .and_then(|id| run.rows().iter().find(|row| row.id == *id))
        .filter(|row| in_cause(row))
        .or_else(|| {
            run.rows()
                .iter()
                .filter(|row| is_failure(row.outcome) && in_cause(row))
                .min_by_key(|row| rank(row.outcome))
        })
        .or_else(|| run.rows().iter().find(|row| row.outcome == Outcome::DryRunPassed))
}

/// The public name of a phase.
const fn status_name(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Sending => "sending",
        RunStatus::Watching => "watching",
        RunStatus::Paused(_) => "paused",
        RunStatus::Stopped => "stopped",
        RunStatus::Finished => "finished",
    }
}

/// What the cloud says it signed, if it refused a call for its signature and reports it.
fn server_signature(run: &Run, call: usize, locale: Locale) -> Option<ServerSignature> {
    let row = run.rows().iter().find(|row| row.call == Some(call) && row.fault.is_some())?;
    explain_fault(run.spec(), row.fault.as_deref()?, locale).signature
}

fn in_progress(run: &Run) -> usize {
    let counts = run.counts();
    counts.of(Outcome::Accepted) + counts.of(Outcome::InProgress)
}

/// How many instances the run is for; skipped ones do not count.
fn asked(run: &Run) -> usize {
    run.rows().len() - run.counts().of(Outcome::Skipped)
}
