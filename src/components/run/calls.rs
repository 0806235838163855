//! The calls of a run, with what vendor support asks for.

use crate::{
    components::{
        common::{
            copy::CopyButton,
            pager::{Pager, page_range, use_page_size},
            untrusted_text::escaped,
        },
        errors::explanation::title_of,
    },
    context::use_locale,
    i18n::{self, MessageArgs, message},
    store::Shared,
};
use relight_core::{
    i18n::{Locale, Text},
    model::outcome::Outcome,
    run::{Call, CallState, Run},
};
use std::ops::Range;
use yew::{Callback, Html, Properties, component, html, use_state_eq};

const CALLS_A_PAGE: usize = 25;

/// The calls, and which one is inspected.
#[derive(PartialEq, Properties)]
pub(crate) struct CallsProps {
    pub(crate) run: Shared<Run>,
    pub(crate) inspected: Option<usize>,
    pub(crate) on_inspect: Callback<usize>,
}

/// The table of calls.
#[component]
pub(crate) fn Calls(props: &CallsProps) -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let (page, size) = (use_state_eq(|| 0_usize), use_page_size(CALLS_A_PAGE));
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let calls = props.run.calls();
    let shown = page_range(calls.len(), size, *page);
    let first = shown.start;
    let tallies = tallies(&props.run, &shown);
    html! {
        <div class="calls">
            <div class="scroll" tabindex="0" role="group" aria-label={t(message::CALLS)}>
                <table>
                    <thead><tr>
                        <th scope="col" class="number">{ t(message::CALL_COLUMN) }</th>
                        <th scope="col" class="aux spare">{ t(message::OPERATION_COLUMN) }</th>
                        <th scope="col" class="number">{ t(message::IDS) }</th>
                        <th scope="col" class="aux">{ t(message::REQUEST_COLUMN) }</th>
                        <th scope="col" class="number aux spare">{ t(message::STATUS) }</th>
                        <th scope="col" class="number aux">{ t(message::TIME) }</th>
                        <th scope="col">{ t(message::CALL_OUTCOME) }</th>
                        <th scope="col"><span class="hidden">{ t(message::INSPECT) }</span></th>
                    </tr></thead>
                    <tbody>
                        { for calls.get(shown).unwrap_or_default().iter().enumerate()
                            .zip(&tallies)
                            .map(|((index, call), tally)| row(props, first + index, call, tally, locale)) }
                    </tbody>
                </table>
            </div>
            <Pager label={t(message::CALLS)} total={calls.len()} {size} page={*page} {on_page} />
        </div>
    }
}

fn row(
    props: &CallsProps,
    index: usize,
    call: &Call,
    tally: &OutcomeCounts,
    locale: Locale,
) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let number = index + 1;
    let open = props.inspected == Some(index);
    let took = call.sent_at.zip(call.answered_at).map(|(from, to)| to.saturating_sub(from));
    html! {
        <tr key={number} data-call={number.to_string()} data-call-state={state_name(call.state)}
            aria-current={open.then_some("true")}>
            <td class="number">{ i18n::number(locale, number) }</td>
            <td class="aux spare"><code>{ call.batch.spec().operation().name }</code></td>
            <td class="number">{ i18n::number(locale, call.batch.ids().len()) }</td>
            <td class="aux">
                if let Some(id) = &call.request_id {
                    <span class="row nowrap">
                        <code class="request-id">{ escaped(id) }</code>
                        <CopyButton text={id.clone()} label={message::COPY} what={t(message::REQUEST_COLUMN)} />
                    </span>
                }
            </td>
            <td class="number aux spare">{ call.status.map(|status| status.to_string()) }</td>
            <td class="number aux muted">{ took.map(|ms| MessageArgs::Ms(ms).in_locale(locale)) }</td>
            <td>
                { summary(&props.run, call, tally, locale) }
                if let Some(id) = &call.request_id {
                    <code class="narrow request-id muted">{ escaped(id) }</code>
                }
            </td>
            <td class="number">
                // What the run may still send must not be copied and sent by hand.
                if call.sent_at.is_some() || call.state == CallState::Stopped {
                    <button type="button" class="tiny" data-action="inspect"
                        aria-expanded={open.to_string()}
                        aria-label={MessageArgs::InspectCall(number).in_locale(locale)}
                        onclick={props.on_inspect.reform(move |_| index)}>
                        { t(message::INSPECT) }
                    </button>
                }
            </td>
        </tr>
    }
}

/// The public name of a call's status.
const fn state_name(state: CallState) -> &'static str {
    match state {
        CallState::Waiting => "waiting",
        CallState::Claiming => "claiming",
        CallState::Ready => "ready",
        CallState::Sending => "sending",
        CallState::Done => "done",
        CallState::Stopped => "stopped",
    }
}

/// The outcomes of a call's instances, or the call's status.
fn summary(run: &Run, call: &Call, tally: &OutcomeCounts, locale: Locale) -> Html {
    let words = match (call.state, call.fault.as_deref()) {
        (
            CallState::Waiting
            | CallState::Claiming
            | CallState::Ready
            | CallState::Sending
            | CallState::Stopped,
            _,
        ) => i18n::call_state(call.state).in_locale(locale).to_owned(),
        (CallState::Done, Some(fault)) => title_of(run.spec(), fault, locale),
        (CallState::Done, None) => by_outcome(run, tally, locale),
    };
    html! {
        <>
            { escaped(&words) }
            if call.resends > 0 {
                <span class="muted small">{ " · " }{ MessageArgs::Resent(call.resends).in_locale(locale) }</span>
            }
        </>
    }
}

/// The number of instances of a call by outcome, in the order of [`Outcome::ALL`].
type OutcomeCounts = [usize; Outcome::ALL.len()];

/// The counts of these calls, in one pass over the rows: there may be ten thousand.
fn tallies(run: &Run, calls: &Range<usize>) -> Vec<OutcomeCounts> {
    let mut tallies = vec![OutcomeCounts::default(); calls.len()];
    for row in run.rows() {
        let index = row.call.and_then(|call| call.checked_sub(calls.start));
        if let Some(count) = index
            .and_then(|index| tallies.get_mut(index))
            .and_then(|tally| tally.get_mut(row.outcome as usize))
        {
            *count += 1;
        }
    }
    tallies
}

fn by_outcome(run: &Run, tally: &OutcomeCounts, locale: Locale) -> String {
    let verb = run.spec().operation().verb;
    let parts: Vec<String> = Outcome::ALL
        .iter()
        .zip(tally)
        .filter(|(_, count)| **count > 0)
        .map(|(outcome, count)| {
            let words = i18n::outcome_counter(*outcome, verb).in_locale(locale);
            [i18n::number(locale, *count).as_str(), words].join(" ")
        })
        .collect();
    parts.join(" · ")
}
