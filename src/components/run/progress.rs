//! The progress of a run: one bar, and milestones for screen readers.

use crate::{
    components::{
        common::{
            throttled::Throttled,
            untrusted_text::{escaped, untrusted_text},
        },
        run::chip::{DISPLAY_ORDER, outcome_tone},
    },
    context::use_locale,
    i18n::{self, MessageArgs, message},
    store::Shared,
};
use relight_core::{
    i18n::Locale,
    model::outcome::Outcome,
    run::{Counts, Millis, Run, RunStatus},
};
use yew::{Callback, Html, Properties, classes, component, html};

/// Units of the bar's width.
const WIDTH: usize = 10_000;

#[derive(PartialEq, Properties)]
pub(crate) struct ProgressProps {
    pub(crate) run: Shared<Run>,
    pub(crate) now: Millis,
}

/// The bar, a line about the rate, and the live region.
#[component]
pub(crate) fn Progress(props: &ProgressProps) -> Html {
    let locale = use_locale();
    let ProgressProps { run, now } = props;
    let counts = run.counts();
    let total = counts.total();
    let settled = total - unsettled(&counts);
    let percent = (settled * 100).checked_div(total).unwrap_or(100);
    let status = run.status();
    let calls = run.calls();
    let answered = calls.iter().filter(|call| call.is_answered()).count();
    let next_describe = run.next_describe_at().filter(|_| status != RunStatus::Finished);
    let settings = i18n::settings(locale, run);
    let reason = run.about().reason.trim();
    let queued = counts.of(Outcome::Queued);
    let status_names: String = if run.is_stopped() {
        MessageArgs::StoppedAt { not_sent: queued }.in_locale(locale)
    } else if status == RunStatus::Finished && queued > 0 {
        i18n::ENDED_EARLY.in_locale(locale).into()
    } else {
        i18n::status(status).in_locale(locale).into()
    };
    let calls_wait = run.throttled_until(*now).filter(|_| status == RunStatus::Sending);
    let throttled = calls_wait.or_else(|| run.describes_throttled_until(*now));
    let finished_at = run.rows().iter().filter_map(|row| row.settled_at).max();
    let took = run.started_at().zip(finished_at).filter(|_| status == RunStatus::Finished);
    let elapsed = run.started_at().filter(|_| status != RunStatus::Finished);
    html! {
        <div class="stack progress">
            <div role="progressbar" aria-label={i18n::status(status).in_locale(locale)}
                aria-valuenow={percent.to_string()} aria-valuemin="0" aria-valuemax="100">
                <svg class="bar-track" viewBox={format!("0 0 {WIDTH} 8")} preserveAspectRatio="none"
                    aria-hidden="true" focusable="false">
                    { segments(&counts) }
                </svg>
            </div>
            <p class="row small muted">
                <b data-status="">{ status_names }</b>
                <span>{ MessageArgs::CallOf { done: answered, total: calls.len() }.in_locale(locale) }</span>
                if status == RunStatus::Sending {
                    <span class="wide">
                        { MessageArgs::Pace(run.spec().operation().calls_per_second).in_locale(locale) }
                    </span>
                }
                if let Some(until) = throttled {
                    <Throttled {until} />
                } else if let Some(at) = next_describe {
                    <span>{ MessageArgs::NextDescribe(at.saturating_sub(*now).div_ceil(1_000)).in_locale(locale) }</span>
                }
                if let Some(seconds) = run.clock_correction_seconds() {
                    <span>{ MessageArgs::ClockCorrected(seconds).in_locale(locale) }</span>
                }
                <span class="grow"></span>
                if let Some(left) = run.time_left(*now) {
                    <span data-time-left="">{ MessageArgs::TimeLeft(left).in_locale(locale) }</span>
                }
                if let Some(since) = elapsed {
                    <span data-elapsed="">
                        { MessageArgs::Elapsed(&i18n::duration(locale, now.saturating_sub(since))).in_locale(locale) }
                    </span>
                }
                if let Some((since, at)) = took {
                    <span data-took="">
                        { MessageArgs::Took {
                            at: &i18n::time_of_day(locale, at),
                            span: &i18n::duration(locale, at.saturating_sub(since)),
                        }.in_locale(locale) }
                    </span>
                }
            </p>
            if !(settings.is_empty() && reason.is_empty()) {
                <p class="small muted" data-settings="">
                    { escaped(&settings) }
                    if !(settings.is_empty() || reason.is_empty()) { { " · " } }
                    if !reason.is_empty() { { i18n::REASON.in_locale(locale) }{ untrusted_text(reason) } }
                </p>
            }
            <p class="hidden" role="status" aria-live="polite">{ milestone(run, &counts, answered, locale) }</p>
        </div>
    }
}

fn segments(counts: &Counts) -> Html {
    let total = counts.total().max(1);
    let mut before = 0;
    DISPLAY_ORDER
        .iter()
        .filter(|outcome| **outcome != Outcome::Queued)
        .map(|outcome| {
            let count = counts.of(*outcome);
            let (from, to) = (before * WIDTH / total, (before + count) * WIDTH / total);
            before += count;
            // What may still change is drawn thinner: the bar is full when nothing is open.
            let (y, height) = if is_open(*outcome) { ("3", "2") } else { ("0", "8") };
            html! {
                <rect class={classes!(outcome_tone(*outcome).class(), if *outcome == Outcome::RunningUnproven { "half" } else { "" })}
                    x={from.to_string()} {y} width={(to - from).to_string()} {height} />
            }
        })
        .collect()
}

/// How many are open.
fn unsettled(counts: &Counts) -> usize {
    Outcome::ALL.into_iter().filter(|one| is_open(*one)).map(|one| counts.of(one)).sum()
}

/// Whether it may still change, or may be something else than it looks.
const fn is_open(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Queued
        | Outcome::Sending
        | Outcome::Accepted
        | Outcome::InProgress
        | Outcome::Unknown => true,
        Outcome::Skipped
        | Outcome::NotSent
        | Outcome::DryRunPassed
        | Outcome::Proven
        | Outcome::RunningUnproven
        | Outcome::Rejected
        | Outcome::Overdue => false,
    }
}

/// What the live region announces: every tenth, pauses and the end, not each row.
fn milestone(run: &Run, counts: &Counts, answered: usize, locale: Locale) -> String {
    let total = run.calls().len();
    match run.status() {
        RunStatus::Paused(pause) => i18n::pause(pause).0.in_locale(locale).into(),
        RunStatus::Finished => {
            let of = |outcomes: &[Outcome]| outcomes.iter().map(|one| counts.of(*one)).sum();
            MessageArgs::Finished {
                good: of(&[Outcome::Proven, Outcome::RunningUnproven, Outcome::DryRunPassed]),
                bad: of(&[
                    Outcome::Rejected,
                    Outcome::NotSent,
                    Outcome::Overdue,
                    Outcome::Skipped,
                    Outcome::Queued,
                ]),
                unknown: counts.of(Outcome::Unknown),
                total: counts.total(),
            }
            .in_locale(locale)
        }
        RunStatus::Sending => {
            let step = total.div_ceil(10).max(1);
            MessageArgs::Sent { calls: answered / step * step, total }.in_locale(locale)
        }
        RunStatus::Watching | RunStatus::Stopped => {
            i18n::status(run.status()).in_locale(locale).into()
        }
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct CountersProps {
    pub(crate) run: Shared<Run>,
    /// The outcome that the table is filtered by, if any.
    pub(crate) filter: Option<Outcome>,
    pub(crate) on_filter: Callback<Option<Outcome>>,
}

/// The counters, each of which filters the table by its outcome.
#[component]
pub(crate) fn Counters(props: &CountersProps) -> Html {
    let locale = use_locale();
    let CountersProps { run, filter, on_filter } = props;
    let counts = run.counts();
    let verb = run.spec().operation().verb;
    let counter = |wanted: Option<Outcome>, count: usize, words: &'static str| {
        let onclick = on_filter.reform(move |_| wanted);
        html! {
            <button type="button" key={wanted.map_or("all", Outcome::word)} class={classes!("count", wanted.map_or("", |outcome| outcome_tone(outcome).class()))}
                data-filter={wanted.map_or("all", Outcome::word)} data-count={count.to_string()}
                aria-pressed={(*filter == wanted).to_string()} {onclick}>
                <b>{ i18n::number(locale, count) }</b>{ words }
            </button>
        }
    };
    html! {
        <div class="counts" role="group" aria-label={message::OUTCOME_COLUMN.in_locale(locale)}>
            { counter(None, counts.total(), message::ALL.in_locale(locale)) }
            { for DISPLAY_ORDER.iter().filter(|one| counts.of(**one) > 0 || *filter == Some(**one)).map(|one| {
                counter(Some(*one), counts.of(*one), i18n::outcome_counter(*one, verb).in_locale(locale))
            }) }
        </div>
    }
}
