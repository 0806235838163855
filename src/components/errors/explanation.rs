//! What happened to an instance and why: the panel next to the table.

use crate::{
    components::{
        common::{
            copy::CopyButton,
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        run::{
            chip::chip,
            inspector::tokens,
            instances::{cause_key, is_failure},
        },
    },
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, message},
    pages::errors::vendor_page,
    store::{Intent, Shared},
};
use relight_core::{
    catalogue::{self, Retry, SuggestedAction},
    clouds,
    explain::{self, Explanation, Known},
    i18n::{Locale, Text},
    model::{
        cloud::{Cloud, Verb},
        instance_id::InstanceId,
        outcome::{Denial, Fault, Outcome},
        plan::OperationSpec,
    },
    run::{Approval, Choice, Event, Row, Run, RunStatus},
    signing::request::{Request, Signed},
};
use std::{rc::Rc, sync::Arc};
use yew::{Callback, Html, MouseEvent, Properties, classes, component, html};

/// The maximum number of instances that a policy names.
const NAMED_MAX: usize = 20;

/// A vendor's text longer than this may need a scroll bar.
const SCROLLED_BYTES: usize = 160;

/// Props of [`ExplanationCard`]: the instance that is explained.
#[derive(Clone, Properties)]
pub(crate) struct ExplanationCardProps {
    pub(crate) run: Shared<Run>,
    pub(crate) row: Arc<Row>,
    /// The call that had the instance, as it was sent; `None` if this page has not sent it.
    pub(crate) signed: Option<Rc<Request<Signed>>>,
    /// Emitted to show the request of a call.
    pub(crate) on_inspect: Callback<usize>,
    /// Emitted to ask for something, after confirmation.
    pub(crate) on_confirming: Callback<Option<Choice>>,
}

impl PartialEq for ExplanationCardProps {
    fn eq(&self, other: &Self) -> bool {
        // A call is signed once, so its index is enough.
        self.run == other.run
            && Arc::ptr_eq(&self.row, &other.row)
            && self.signed.is_some() == other.signed.is_some()
            && self.on_inspect == other.on_inspect
            && self.on_confirming == other.on_confirming
    }
}

/// The explanation of an instance's outcome.
#[component]
pub(crate) fn ExplanationCard(props: &ExplanationCardProps) -> Html {
    let locale = use_locale();
    let (run, row) = (&*props.run, &*props.row);
    let t = |text: Text| text.in_locale(locale);
    let spec = run.spec();
    let verb = spec.operation().verb;
    let explanation = row
        .fault
        .as_deref()
        .filter(|_| is_failure(row.outcome) || row.outcome == Outcome::DryRunPassed)
        .map(|fault| {
            let ids = of_same_cause(run, row);
            // A policy that would name more instances than one can read covers the region instead.
            let ids = if ids.len() > NAMED_MAX { Vec::new() } else { ids };
            let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
            let known = Known { instance_ids: &ids, ..known(props) };
            explain_fault_of(
                spec.target().cloud,
                Some(spec.operation().name),
                fault,
                &known,
                locale,
            )
        });
    let (title, meaning, remedy) = match (&explanation, row.outcome) {
        // The entry explains an error; a dry run that passed is none.
        (_, Outcome::DryRunPassed) => (
            t(message::PASSED_DRY_RUN).to_owned(),
            t(message::PASSED_DRY_RUN_MEANING).to_owned(),
            t(message::PASSED_DRY_RUN_REMEDY).to_owned(),
        ),
        (Some(explanation), _) => {
            (explanation.title.clone(), explanation.meaning.clone(), explanation.remedy.clone())
        }
        (None, outcome) => {
            let (meaning, remedy) = i18n::outcome_meaning(outcome);
            (
                i18n::outcome(outcome, verb).in_locale(locale).to_owned(),
                meaning.in_locale(locale).to_owned(),
                remedy.in_locale(locale).to_owned(),
            )
        }
    };
    let error = explanation.as_ref().filter(|_| row.outcome != Outcome::DryRunPassed);
    let of_call = row.call.and_then(|call| run.calls().get(call)?.request_id.as_deref());
    let request_id =
        explanation.as_ref().and_then(|explanation| explanation.request_id.as_deref()).or(of_call);
    let for_support = for_support(props, &title, explanation.as_ref(), request_id, locale);
    let good = row.outcome == Outcome::DryRunPassed;
    html! {
        <div class={classes!("card", if good { "good-card" } else { "" })} data-explanation={row.id.as_str().to_owned()}>
            <div class="row">
                { chip(locale, row.outcome, verb, row.settled_at.is_some()) }
                <span class="grow"></span>
                if let Some(explanation) = error { { badge(explanation.retry, locale) } }
            </div>
            <h2>{ escaped(&title) }</h2>
            <p>{ escaped(&meaning) }</p>
            <div class="stack tight">
                <h3>{ t(message::WHAT_TO_DO_ABOUT_IT) }</h3>
                <p>{ escaped(&remedy) }</p>
            </div>
            if let Some(explanation) = error {
                { hints(explanation) }
                <Actions card={props.clone()} suggested={explanation.suggested_actions.clone()} />
                { permission(explanation, locale) }
            }
            <dl class="kv">
                if let Some(explanation) = &explanation { { facts(explanation, row.fault.as_deref(), locale) } }
                if let Some(id) = request_id {
                    <dt>{ t(message::REQUEST) }</dt><dd><code class="request-id">{ escaped(id) }</code></dd>
                }
                { facts_of_row(run, row, locale) }
            </dl>
            <div class="row">
                if let Some(id) = request_id {
                    <CopyButton text={id.to_owned()} label={message::REQUEST_COLUMN} what={t(message::REQUEST_COLUMN)} />
                }
                <CopyButton text={for_support} label={message::COPY_FOR_SUPPORT} />
                if let Some(call) = row.call.filter(|_| row.sent_at.is_some()) {
                    <button type="button" class="tiny" data-action="show-request"
                        onclick={props.on_inspect.reform(move |_| call)}>
                        { t(message::SHOW_THE_REQUEST) }
                    </button>
                }
            </div>
            if let Some(explanation) = error { { vendor_page(explanation, locale) } }
        </div>
    }
}

/// What is known of an instance, as terms of a description list.
fn facts_of_row(run: &Run, row: &Row, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    html! {
        <>
            <dt>{ t(message::INSTANCE) }</dt><dd><code>{ row.id.as_str().to_owned() }</code></dd>
            { term(t(message::NAME), &row.name) }
            { term(t(message::ZONE), &row.zone) }
            { term(t(message::IP_ADDRESS), &row.address) }
            { term(t(message::STATE_BEFORE), row.previous_state.as_deref().unwrap_or_default()) }
            { term(t(message::STATE_LABEL), row.state.as_deref().unwrap_or_default()) }
            if let Some(reason) = row.skipped {
                <dt>{ t(message::DETAIL) }</dt>
                <dd>{ i18n::skip_reason(reason).in_locale(locale) }</dd>
            }
            if let Some(evidence) = row.evidence {
                <dt>{ t(message::DETAIL) }</dt>
                <dd>{ i18n::evidence(evidence, run.spec().operation().verb).in_locale(locale) }</dd>
            }
            if let Some(at) = row.sent_at {
                <dt>{ t(message::SENT_AT) }</dt><dd>{ i18n::time_of_day(locale, at) }</dd>
            }
            if let Some(at) = row.settled_at {
                <dt>{ t(message::SETTLED_AT) }</dt><dd>{ i18n::time_of_day(locale, at) }</dd>
            }
        </>
    }
}

/// What is known of the request that a row was sent in.
fn known(props: &ExplanationCardProps) -> Known<'_> {
    let run = &props.run;
    Known {
        key_id: Some(&run.about().key_id),
        // Unknown does not mean that a proxy is unsafe.
        has_token: props.signed.as_ref().is_none_or(|signed| !tokens(signed).is_empty()),
        clock_ahead_seconds: run.clock_correction_seconds().map(|skew| -skew),
        region: Some(&run.spec().target().region),
        instance_ids: &[],
        ..Known::default()
    }
}

#[derive(PartialEq, Properties)]
struct ActionsProps {
    card: ExplanationCardProps,
    suggested: Vec<SuggestedAction>,
}

/// The actions that help against an error, the best first. Only what works here is offered.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ActionsProps { card, suggested } = props;
    let (run, row) = (&*card.run, &*card.row);
    let is_over = match run.status() {
        RunStatus::Finished | RunStatus::Stopped | RunStatus::Watching => true,
        RunStatus::Sending | RunStatus::Paused(_) => false,
    };
    let ids = of_same_cause(run, row);
    let verb = run.spec().operation().verb;
    let start_over = |verb: Verb, region_search: bool, keep_key: bool| {
        let ids = ids.clone();
        let start_over = move |_: MouseEvent| Intent::StartOver {
            ids: ids.clone(),
            verb,
            region_search,
            keep_key,
        };
        is_over.then(|| dispatch.reform(start_over))
    };
    let retry_count = run.choice_count(Choice::RetryFailed);
    let retry = || {
        let onclick = card.on_confirming.reform(|_: MouseEvent| Some(Choice::RetryFailed));
        (retry_count > 0).then_some(onclick)
    };
    let button = |action: &'static str, text: String, onclick: Option<Callback<MouseEvent>>| {
        onclick.map(|onclick| html! {
            <button type="button" class="tiny" key={action} data-action={action} {onclick}>{ text }</button>
        })
    };
    let t = |text: Text| text.in_locale(locale).to_owned();
    let buttons: Vec<Html> = suggested
        .iter()
        .filter_map(|suggested| match suggested {
            SuggestedAction::RefreshState => {
                let is_unknown = row.outcome == Outcome::Unknown;
                let count = if is_unknown { 1 } else { ids.len() };
                let onclick = if is_unknown {
                    let ask = |offer: Approval| {
                        dispatch.reform(move |_| Intent::Run(Event::Ask(offer.clone())))
                    };
                    run.offer(Choice::CheckUnknown).map(ask)
                } else {
                    start_over(verb, false, true)
                };
                button("refresh-state", MessageArgs::CheckNow(count).in_locale(locale), onclick)
            }
            SuggestedAction::StartInstead => {
                let onclick = start_over(Verb::Start, false, true).filter(|_| verb == Verb::Reboot);
                button("start-instead", t(message::START_INSTEAD), onclick)
            }
            SuggestedAction::OtherRegion => {
                let has_regions = run.spec().target().cloud.regions.required;
                let onclick = start_over(verb, true, true).filter(|_| has_regions);
                button("other-region", t(message::SEARCH_REGIONS), onclick)
            }
            SuggestedAction::CorrectClock => {
                button("correct-clock", t(message::CORRECT_CLOCK), retry())
            }
            SuggestedAction::SendAgain => button(
                "send-again",
                MessageArgs::RetryFailed(retry_count).in_locale(locale),
                retry(),
            ),
            SuggestedAction::EnterKey => {
                button("enter-key", t(message::ENTER_KEY_AGAIN), start_over(verb, false, false))
            }
            SuggestedAction::CompareSignature => {
                let call = row.call.filter(|_| card.signed.is_some());
                let onclick = call.map(|call| card.on_inspect.reform(move |_| call));
                button("compare-signature", t(message::COMPARE_SIGNATURE), onclick)
            }
            // The policy has a button of its own.
            SuggestedAction::CopyPolicy => None,
        })
        .collect();
    // Never without an element: Yew would insert what is before it at a place that may be stale.
    html! { <div class="row actions" hidden={buttons.is_empty()}>{ for buttons }</div> }
}

/// The instances with the same cause.
fn of_same_cause(run: &Run, row: &Row) -> Vec<InstanceId> {
    let cause = cause_key(row);
    let same = run.rows().iter().filter(|other| cause_key(other) == cause);
    same.map(|other| other.id.clone()).collect()
}

/// Possible causes besides what the code says.
pub(crate) fn hints(explanation: &Explanation) -> Option<Html> {
    (!explanation.hints.is_empty()).then(|| {
        html! {
            <div class="stack tight">
                { for explanation.hints.iter().map(|hint| html! {
                    <div class="note warn">{ icon(Icon::Warning) }<p>{ escaped(&hint.text) }</p></div>
                }) }
            </div>
        }
    })
}

/// The missing permission, and the smallest policy that grants it.
pub(crate) fn permission(explanation: &Explanation, locale: Locale) -> Option<Html> {
    let permission = explanation.permission.as_ref()?;
    let t = |text: Text| text.in_locale(locale);
    let denial = match permission.denial {
        Denial::Explicit => Some(message::DENIED_EXPLICITLY),
        Denial::Implicit => Some(message::DENIED_IMPLICITLY),
        Denial::Unknown => None,
    };
    let resources = permission.resources.join(" ");
    Some(html! {
        <section class="stack tight permission" data-denial={denial_name(permission.denial)}>
            <h3>{ t(message::MISSING_PERMISSION) }</h3>
            <p>{ escaped(&permission.advice) }</p>
            <dl class="kv">
                if let Some(denial) = denial { <dt>{ t(message::DENIAL) }</dt><dd>{ t(denial) }</dd> }
                { term(t(message::ACTION), permission.action.as_deref().unwrap_or_default()) }
                { term(t(message::RESOURCE), &resources) }
                { term(t(message::IDENTITY), permission.principal.as_deref().unwrap_or_default()) }
            </dl>
            if let Some(policy) = &permission.policy {
                <div class="row">
                    <h4 class="grow">{ t(message::POLICY) }</h4>
                    <CopyButton text={policy.clone()} label={message::COPY_POLICY} />
                </div>
                <pre tabindex="0" aria-label={t(message::POLICY)}>{ escaped(policy) }</pre>
            }
        </section>
    })
}

/// The public name of a denial.
const fn denial_name(denial: Denial) -> &'static str {
    match denial {
        Denial::Explicit => "explicit",
        Denial::Implicit => "implicit",
        Denial::Unknown => "unknown",
    }
}

/// Whether it is safe to try again, as a badge.
pub(crate) fn badge(retry: Retry, locale: Locale) -> Html {
    let (word, tone, picture) = match retry {
        Retry::Never => ("never", "bad", Icon::Cross),
        Retry::AfterFix => ("after-fix", "idle", Icon::Check),
        Retry::Later => ("later", "good", Icon::Check),
        Retry::CheckFirst => ("check-first", "warn", Icon::Warning),
    };
    html! {
        <span class={classes!("chip", "badge", tone)} data-retry={word}>
            { icon(picture) }{ i18n::retry(retry).in_locale(locale) }
        </span>
    }
}

/// Where it failed, and whether anything was carried out, as terms of a list.
pub(crate) fn failure_point(explanation: &Explanation, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let Explanation { effect, reached, hop, host, .. } = explanation;
    html! {
        <>
            if let Some(hop) = hop {
                <dt>{ t(message::FAILED_AT) }</dt>
                <dd>
                    { t(hop.title()) }
                    if let Some(host) = host { { " · " }<code>{ escaped(host) }</code> }
                </dd>
            }
            if let Some(words) = i18n::carried_out(*effect, *reached) {
                <dt>{ t(message::CARRIED_OUT) }</dt><dd>{ t(words) }</dd>
            }
        </>
    }
}

/// Who can act, the code and the vendor's message, as terms of a description list.
pub(crate) fn facts(explanation: &Explanation, fault: Option<&Fault>, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let words = match fault {
        Some(Fault::Layer { .. }) => message::RECEIVED_TEXT,
        Some(Fault::Cloud(_)) | None => message::VENDOR_MESSAGE,
    };
    html! {
        <>
            <dt>{ t(message::WHO_LABEL) }</dt>
            <dd>{ i18n::who(explanation.who).in_locale(locale) }</dd>
            if let Some(code) = &explanation.code {
                <dt>{ t(message::CODE) }</dt>
                <dd>
                    <code>{ escaped(code) }</code>
                    if !explanation.recognised { <span class="muted">{ " · " }{ t(message::UNKNOWN_CODE) }</span> }
                </dd>
            }
            if !explanation.original.is_empty() {
                <dt>{ t(words) }</dt>
                // A long text has its own scroll bar, which must be reachable by keyboard.
                <dd class="muted original" tabindex={(explanation.original.len() > SCROLLED_BYTES).then_some("0")}>
                    { escaped(&explanation.original) }
                </dd>
            }
        </>
    }
}

/// A fault, explained.
pub(crate) fn explain_fault(spec: &OperationSpec, fault: &Fault, locale: Locale) -> Explanation {
    let known = Known::default();
    explain_fault_of(spec.target().cloud, Some(spec.operation().name), fault, &known, locale)
}

/// What a read that failed means: the cloud refused it, or it was lost.
pub(crate) fn fault_card(explanation: &Explanation, fault: &Fault, locale: Locale) -> Html {
    html! {
        <div class="group card">
            <div class="row">
                <h3 class="grow">{ escaped(&explanation.title) }</h3>
                { badge(explanation.retry, locale) }
            </div>
            <p>{ escaped(&explanation.meaning) }</p>
            <p>{ escaped(&explanation.remedy) }</p>
            { hints(explanation) }
            { permission(explanation, locale) }
            <dl class="kv">
                { facts(explanation, Some(fault), locale) }
                if let Some(id) = &explanation.request_id {
                    <dt>{ message::REQUEST.in_locale(locale) }</dt><dd><code class="request-id">{ escaped(id) }</code></dd>
                }
            </dl>
            { vendor_page(explanation, locale) }
        </div>
    }
}

/// A fault on one line; its code if there is no title.
pub(crate) fn title_of(spec: &OperationSpec, fault: &Fault, locale: Locale) -> String {
    let (entry, code) = match fault {
        Fault::Cloud(report) => {
            let entries = clouds::catalogue(spec.target().cloud).errors;
            let found = catalogue::find(entries, report, Some(spec.operation().name));
            (found.map(|found| found.entry), &report.code)
        }
        Fault::Layer { word, .. } => (catalogue::layer(word), word),
    };
    entry.map_or_else(|| code.clone(), |entry| entry.title.in_locale(locale).to_owned())
}

/// A fault of any request to a cloud, explained.
pub(crate) fn explain_fault_of(
    cloud: &Cloud,
    operation: Option<&str>,
    fault: &Fault,
    known: &Known<'_>,
    locale: Locale,
) -> Explanation {
    match fault {
        Fault::Cloud(report) => explain::explain_with(
            Some(cloud.id),
            clouds::catalogue(cloud).errors,
            report,
            operation,
            known,
            locale,
        ),
        Fault::Layer { word, text } => explain::explain_layer(word, text, locale),
    }
}

/// The rows whose ids belong to a cause, joined for the clipboard.
pub(crate) fn joined<'a>(ids: impl Iterator<Item = &'a InstanceId>) -> String {
    ids.map(InstanceId::as_str).collect::<Vec<_>>().join("\n")
}

fn term(name: &'static str, value: &str) -> Html {
    if value.is_empty() {
        return Html::default();
    }
    html! { <><dt>{ name }</dt><dd><bdi class="whole">{ escaped(value) }</bdi></dd></> }
}

/// Everything that vendor support asks for, and no secret.
fn for_support(
    props: &ExplanationCardProps,
    title: &str,
    explanation: Option<&Explanation>,
    request_id: Option<&str>,
    locale: Locale,
) -> String {
    let t = |text: Text| text.in_locale(locale);
    let target = props.run.spec().target();
    let at = props.row.sent_at.map(i18n::instant).unwrap_or_default();
    i18n::lines(
        title,
        &[
            (t(message::CLOUD), target.cloud.name.in_locale(locale)),
            (t(message::REGION), &target.region),
            (t(message::OPERATION), props.run.spec().operation().name),
            (t(message::INSTANCE), props.row.id.as_str()),
            (t(message::OUTCOME_COLUMN), props.row.outcome.word()),
            (
                t(message::CODE),
                explanation.and_then(|explanation| explanation.code.as_deref()).unwrap_or_default(),
            ),
            (
                t(message::VENDOR_MESSAGE),
                explanation.map_or("", |explanation| &explanation.original),
            ),
            (t(message::REQUEST_COLUMN), request_id.unwrap_or_default()),
            (t(message::SENT_AT), &at),
        ],
    )
}
