//! The connection check: what works on the route to a cloud, and how to fix what does not.

use crate::{
    components::{
        common::{
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        run::chip::Tone,
    },
    context::{use_dispatch, use_locale},
    i18n::{MessageArgs, diagnostics as words, message},
    store::{Diagnostics, Intent, Shared},
};
use relight_core::{
    diagnostics::{CheckResult, Finding},
    i18n::{Locale, Text},
};
use yew::{Html, Properties, classes, component, html};

/// Props of [`DiagnosticsPage`].
#[derive(PartialEq, Properties)]
pub(crate) struct DiagnosticsPageProps {
    /// The short name of the route of calls.
    pub(crate) route: String,
    pub(crate) diagnostics: Option<Shared<Diagnostics>>,
}

/// The diagnostics page.
#[component]
pub(crate) fn DiagnosticsPage(props: &DiagnosticsPageProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let t = |text: Text| text.in_locale(locale);
    let findings = props.diagnostics.as_deref().and_then(|one| one.findings.as_ref());
    let busy = props.diagnostics.is_some() && findings.is_none();
    let onclick = dispatch.reform(|_| Intent::RunDiagnostics);
    html! {
        <section class="panel" part="panel doctor" aria-labelledby="h-doctor" data-doctor={
            if busy { "busy" } else if findings.is_some() { "done" } else { "idle" }
        }>
            <div class="head">
                <h1 id="h-doctor">{ t(message::DIAGNOSTICS_TITLE) }</h1>
                <span class="grow"></span>
                <span class="small muted">{ escaped(&props.route) }</span>
            </div>
            <div class="body stack">
                <p class="muted">{ t(message::DIAGNOSTICS_HINT) }</p>
                <div class="row">
                    <button type="button" class="primary" data-action="examine"
                        aria-busy={busy.then_some("true")} disabled={busy} {onclick}>
                        { t(message::RUN_DIAGNOSTICS) }
                    </button>
                </div>
                if let Some((one, findings)) = props.diagnostics.as_deref().zip(findings) {
                    <p class="small muted" role="status">
                        { escaped(&MessageArgs::DiagnosticsUpdated(&one.host, one.has_key).in_locale(locale)) }
                    </p>
                    <ul class="plain checks">
                        { for findings.iter().map(|finding| row(finding, locale)) }
                    </ul>
                }
            </div>
        </section>
    }
}

fn row(finding: &Finding, locale: Locale) -> Html {
    let (tone, picture) = match finding.holds {
        CheckResult::Yes => (Tone::Good, Icon::Check),
        CheckResult::No => (Tone::Bad, Icon::Warning),
        CheckResult::Unknown => (Tone::Idle, Icon::Question),
    };
    let is_broken = finding.holds == CheckResult::No;
    html! {
        <li key={finding.line.word()} data-line={finding.line.word()} data-holds={finding.holds.word()}>
            <div class="row">
                <span class={classes!("chip", tone.class())}>
                    { icon(picture) }{ words::holds(finding.holds).in_locale(locale) }
                </span>
                <strong>{ words::line(finding.line).in_locale(locale) }</strong>
                if !finding.seen.is_empty() {
                    <code class="small">{ escaped(&finding.seen) }</code>
                }
            </div>
            if is_broken {
                <p class="small">{ words::remedy(finding.line).in_locale(locale) }</p>
                <ul class="plain small">
                    { for words::settings(finding.line).into_iter().map(|(server, setting)| html! {
                        <li>{ server }{ ": " }<code>{ setting }</code></li>
                    }) }
                </ul>
            }
        </li>
    }
}
