//! What became of an instance and why, in words, beside the table.

use super::markup::{class, html};
use super::{
    chip::chip,
    copy::copy_button,
    icon::{Icon, icon},
    instances::is_failure,
};
use crate::{
    store::Intent,
    text::{self, Say},
};
use relight_core::{
    answer::{Fault, Outcome},
    cloud::Cloud,
    explain::{self, Explanation, Retry},
    ids::InstanceId,
    plan::Order,
    run::Row,
    words::Locale,
};
use yew::{Callback, Html};

/// The instance whose story is told.
pub(crate) struct Props<'a> {
    pub(crate) locale: Locale,
    pub(crate) order: &'a Order,
    pub(crate) row: &'a Row,
    /// The request id of the call that it travelled in.
    pub(crate) request_id: Option<&'a str>,
    pub(crate) on: &'a Callback<Intent>,
    /// Show the request of a call.
    pub(crate) on_inspect: &'a Callback<usize>,
}

/// The explanation of an instance's outcome.
pub(crate) fn card(props: &Props<'_>) -> Html {
    let Props { locale, order, row, .. } = *props;
    let t = |say: Say| say.in_locale(locale);
    let verb = order.operation().verb;
    let told = row
        .fault
        .as_deref()
        .filter(|_| is_failure(row.outcome) || row.outcome == Outcome::DryRunPassed)
        .map(|fault| explain_fault(order, fault, locale));
    let (title, meaning, remedy) = match (&told, row.outcome) {
        // The words of the entry are about an error; a passed rehearsal is none.
        (_, Outcome::DryRunPassed) => (
            t(Say::PassedDryRun).to_owned(),
            t(Say::PassedDryRunMeaning).to_owned(),
            t(Say::PassedDryRunRemedy).to_owned(),
        ),
        (Some(told), _) => (told.title.clone(), told.meaning.clone(), told.remedy.clone()),
        (None, outcome) => {
            let (meaning, remedy) = text::outcome_meaning(outcome);
            (
                text::outcome(outcome, verb).in_locale(locale).to_owned(),
                meaning.in_locale(locale).to_owned(),
                remedy.in_locale(locale).to_owned(),
            )
        }
    };
    let shown = told.as_ref().filter(|_| row.outcome != Outcome::DryRunPassed);
    let request_id = told.as_ref().and_then(|told| told.request_id.as_deref()).or(props.request_id);
    let for_support = for_support(props, &title, told.as_ref(), request_id);
    let good = row.outcome == Outcome::DryRunPassed;
    html! {
        <div class={class(&["card", if good { "good-card" } else { "" }])} data-explanation={row.id.as_str().to_owned()}>
            <div class="row">
                { chip(locale, row.outcome, verb, row.settled_at.is_some()) }
                <span class="grow"></span>
                if let Some(told) = shown { { badge(told.retry, locale) } }
            </div>
            <h2>{ title }</h2>
            <p>{ meaning }</p>
            <div class="stack tight">
                <h3>{ t(Say::WhatToDoAboutIt) }</h3>
                <p>{ remedy }</p>
            </div>
            <dl class="kv">
                if let Some(told) = &told { { facts(told, row.fault.as_deref(), locale) } }
                if let Some(id) = request_id {
                    <dt>{ t(Say::Request) }</dt><dd><code>{ id.to_owned() }</code></dd>
                }
                <dt>{ t(Say::Instance) }</dt><dd><code>{ row.id.as_str().to_owned() }</code></dd>
                { term(t(Say::Name), &row.name) }
                { term(t(Say::Zone), &row.zone) }
                { term(t(Say::IpAddress), &row.address) }
                { term(t(Say::StateBefore), row.previous_state.as_deref().unwrap_or_default()) }
                { term(t(Say::StateLabel), row.state.as_deref().unwrap_or_default()) }
                if let Some(reason) = row.skipped {
                    <dt>{ t(Say::Detail) }</dt>
                    <dd>{ text::skip_reason(reason).in_locale(locale) }</dd>
                }
                if let Some(evidence) = row.evidence {
                    <dt>{ t(Say::Detail) }</dt>
                    <dd>{ text::evidence(evidence).in_locale(locale) }</dd>
                }
                if let Some(at) = row.sent_at {
                    <dt>{ t(Say::SentAt) }</dt><dd>{ text::time_of_day(locale, at) }</dd>
                }
                if let Some(at) = row.settled_at {
                    <dt>{ t(Say::SettledAt) }</dt><dd>{ text::time_of_day(locale, at) }</dd>
                }
            </dl>
            <div class="row">
                if let Some(id) = request_id {
                    { copy_button(locale, id.to_owned(), Say::RequestColumn, Some(t(Say::RequestColumn)), props.on) }
                }
                { copy_button(locale, for_support, Say::CopyForSupport, None, props.on) }
                if let Some(call) = row.call.filter(|_| row.sent_at.is_some()) {
                    <button type="button" class="tiny" data-action="show-request"
                        onclick={props.on_inspect.reform(move |_| call)}>
                        { t(Say::ShowTheRequest) }
                    </button>
                }
            </div>
        </div>
    }
}

/// Whether trying again is safe, as a badge with a picture.
pub(crate) fn badge(retry: Retry, locale: Locale) -> Html {
    let (word, tone, picture) = match retry {
        Retry::Never => ("never", "bad", Icon::Cross),
        Retry::AfterFix => ("after-fix", "idle", Icon::Check),
        Retry::Later => ("later", "good", Icon::Check),
        Retry::CheckFirst => ("check-first", "warn", Icon::Warning),
    };
    html! {
        <span class={class(&["chip", "badge", tone])} data-retry={word}>
            { icon(picture) }{ text::retry(retry).in_locale(locale) }
        </span>
    }
}

/// Who, code and the cloud's own words, as terms of a list.
pub(crate) fn facts(told: &Explanation, fault: Option<&Fault>, locale: Locale) -> Html {
    let t = |say: Say| say.in_locale(locale);
    let words = match fault {
        Some(Fault::Layer { .. }) => Say::ReceivedText,
        Some(Fault::Cloud(_)) | None => Say::CloudSaid,
    };
    html! {
        <>
            <dt>{ t(Say::WhoLabel) }</dt>
            <dd>{ text::who(told.who).in_locale(locale) }</dd>
            if let Some(code) = &told.code {
                <dt>{ t(Say::Code) }</dt>
                <dd>
                    <code>{ code.clone() }</code>
                    if !told.recognised { <span class="muted">{ " · " }{ t(Say::UnknownCode) }</span> }
                </dd>
            }
            if !told.original.is_empty() {
                <dt>{ t(words) }</dt>
                <dd class="muted original">{ told.original.clone() }</dd>
            }
        </>
    }
}

/// A fault in words.
pub(crate) fn explain_fault(order: &Order, fault: &Fault, locale: Locale) -> Explanation {
    explain_fault_of(order.target().cloud, Some(order.operation().name), fault, locale)
}

/// A fault of any request to a cloud, in words.
pub(crate) fn explain_fault_of(
    cloud: &dyn Cloud,
    operation: Option<&str>,
    fault: &Fault,
    locale: Locale,
) -> Explanation {
    match fault {
        Fault::Cloud(report) => {
            let manifest = cloud.manifest();
            explain::explain(Some(manifest.id), manifest.errors, report, operation, locale)
        }
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
    html! { <><dt>{ name }</dt><dd>{ value.to_owned() }</dd></> }
}

/// Everything that a vendor's support asks for, and no secret.
fn for_support(
    props: &Props<'_>,
    title: &str,
    told: Option<&Explanation>,
    request_id: Option<&str>,
) -> String {
    let t = |say: Say| say.in_locale(props.locale);
    let target = props.order.target();
    let at = props.row.sent_at.map(text::instant).unwrap_or_default();
    text::lines(
        title,
        &[
            (t(Say::Cloud), target.cloud.manifest().name.in_locale(props.locale)),
            (t(Say::Region), &target.region),
            (t(Say::Operation), props.order.operation().name),
            (t(Say::Instance), props.row.id.as_str()),
            (t(Say::OutcomeColumn), props.row.outcome.word()),
            (t(Say::Code), told.and_then(|told| told.code.as_deref()).unwrap_or_default()),
            (t(Say::CloudSaid), told.map_or("", |told| &told.original)),
            (t(Say::RequestColumn), request_id.unwrap_or_default()),
            (t(Say::SentAt), &at),
        ],
    )
}
