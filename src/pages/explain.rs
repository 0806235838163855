//! Explains a pasted error, without keys and network. Nothing pasted is stored, and what looks like a
//! secret is redacted in the field itself, at once.

use crate::{
    components::{
        common::{
            copy::CopyButton,
            dom::{focus, set_value, value_of},
            icon::{Icon, icon},
            page_link::PageLink,
            untrusted_text::escaped,
        },
        errors::explanation::{badge, facts, failure_point, hints, permission},
    },
    context::use_locale,
    i18n::{self, lines, message, page},
    pages::errors::{closest, vendor_page},
    routes::{IndexFilter, PageRoute},
};
use relight_core::{
    clouds,
    explain::{Explanation, TextOptions, explain_text},
    i18n::{Locale, Text},
    text::mask::hide_secrets,
};
use yew::{
    Callback, Html, InputEvent, classes, component, html, use_memo, use_node_ref, use_state_eq,
};

/// A field to paste into, and the explanations.
#[component]
pub(crate) fn ExplainPage() -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let pasted = use_state_eq(String::new);
    let hidden = use_state_eq(|| false);
    let field = use_node_ref();
    let explanations = use_memo(((*pasted).clone(), locale), |(pasted, locale)| {
        let options = TextOptions { locale: *locale, ..TextOptions::default() };
        if pasted.trim().is_empty() { Vec::new() } else { explain_text(pasted, &options) }
    });
    let oninput = {
        let (pasted, hidden, field) = (pasted.clone(), hidden.clone(), field.clone());
        Callback::from(move |event: InputEvent| {
            let text = value_of(&event);
            let masked = hide_secrets(&text);
            if masked != text {
                set_value(&field, &masked);
                hidden.set(true);
            }
            if masked.is_empty() {
                hidden.set(false);
            }
            pasted.set(masked);
        })
    };
    let onclear = {
        let (pasted, hidden, field) = (pasted.clone(), hidden.clone(), field.clone());
        Callback::from(move |_| {
            set_value(&field, "");
            pasted.set(String::new());
            hidden.set(false);
            focus(&field);
        })
    };
    let onsample = {
        let (pasted, field) = (pasted.clone(), field.clone());
        Callback::from(move |_| {
            let sample = sample();
            set_value(&field, &sample);
            pasted.set(sample);
        })
    };
    let is_empty = pasted.trim().is_empty();
    html! {
        <section class="panel explain" part="panel explain" aria-labelledby="h-explain">
            <div class="head">
                <h1 class="grow" id="h-explain">{ t(message::EXPLAIN_TITLE) }</h1>
                <PageLink to={PageRoute::Errors(IndexFilter::default())} class="tiny" action="errors">{ t(message::ALL_ERRORS) }</PageLink>
            </div>
            <div class="body">
                <div class="field">
                    <div class="row">
                        <label class="grow" for="error-text">{ t(message::EXPLAIN_LABEL) }</label>
                        if !is_empty {
                            <button type="button" class="tiny" data-action="clear" onclick={onclear}>
                                { t(message::CLEAR) }
                            </button>
                        }
                    </div>
                    <textarea id="error-text" name="errorText" spellcheck="false" autocomplete="off" rows="6"
                        ref={field} aria-describedby="explain-hint" {oninput} />
                </div>
                <p class="small muted" id="explain-hint">{ t(message::EXPLAIN_HINT) }</p>
                <div class="stack" role="region" aria-live="polite" aria-label={t(message::WHAT_HAPPENED)}>
                    if *hidden {
                        <div class="note info" data-note="hidden">{ icon(Icon::Key) }<p>{ t(message::SECRETS_HIDDEN) }</p></div>
                    }
                    if is_empty {
                        <p class="muted">{ t(message::EXPLAIN_EMPTY) }</p>
                        <p>
                            <button type="button" class="tiny" data-action="sample" onclick={onsample}>
                                { t(page::SAMPLE) }
                            </button>
                        </p>
                    } else if explanations.is_empty() {
                        <p class="muted">{ t(message::NOTHING_FOUND) }</p>
                    }
                    { for explanations.iter().map(|one| explanation(one, locale)) }
                </div>
            </div>
        </section>
    }
}

/// An error as a log has it, of the first cloud.
fn sample() -> String {
    let entry = clouds::ALL.first().and_then(|cloud| clouds::catalogue(cloud).errors.first());
    entry
        .map(|entry| format!("{}: {}", entry.code, entry.title.in_locale(Locale::En)))
        .unwrap_or_default()
}

fn explanation(explanation: &Explanation, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let manifest = explanation.cloud.and_then(clouds::by_id);
    html! {
        <article class={classes!("group", "card", if explanation.success { "good-card" } else { "" })}
            data-code={explanation.code.clone()}>
            <div class="row">
                if let Some(manifest) = manifest {
                    <span class="pill">{ manifest.name.in_locale(locale) }</span>
                }
                <span class="grow"></span>
                if explanation.success {
                    <span class="chip good">{ icon(Icon::Check) }{ t(message::SUCCESS) }</span>
                } else {
                    { badge(explanation.retry, locale) }
                }
            </div>
            <h2>{ escaped(&explanation.title) }</h2>
            <p>{ escaped(&explanation.meaning) }</p>
            <div class="stack tight">
                <h3>{ t(message::WHAT_TO_DO_ABOUT_IT) }</h3>
                <p>{ escaped(&explanation.remedy) }</p>
            </div>
            { hints(explanation) }
            { permission(explanation, locale) }
            <dl class="kv">
                if let Some(detected_format) = explanation.detected_format {
                    <dt>{ t(message::DETECTED_FORMAT) }</dt>
                    <dd>
                        { i18n::detected_format(detected_format).in_locale(locale) }{ " · " }
                        { i18n::confidence(explanation.confidence).in_locale(locale) }
                    </dd>
                }
                { failure_point(explanation, locale) }
                { facts(explanation, None, locale) }
                if let Some(id) = &explanation.request_id {
                    <dt>{ t(message::REQUEST_COLUMN) }</dt><dd><code>{ escaped(id) }</code></dd>
                }
                if !explanation.instance_ids.is_empty() {
                    <dt>{ t(message::INSTANCES) }</dt><dd><code>{ escaped(&explanation.instance_ids.join(" ")) }</code></dd>
                }
            </dl>
            <div class="row">
                <CopyButton text={for_support(explanation, locale)} label={message::COPY_FOR_SUPPORT} />
                if let Some(address) = &explanation.address {
                    <PageLink to={PageRoute::Errors(IndexFilter::at(address))} class="tiny" action="open">{ t(message::ALL_ABOUT_CODE) }</PageLink>
                }
            </div>
            if let (None, Some(code)) = (&explanation.address, &explanation.code) {
                { closest(explanation.cloud, code, locale) }
            }
            { vendor_page(explanation, locale) }
        </article>
    }
}

/// What vendor support asks for, as far as the text contains it.
fn for_support(explanation: &Explanation, locale: Locale) -> String {
    let t = |text: Text| text.in_locale(locale);
    let cloud = explanation.cloud.and_then(clouds::by_id).map(|one| one.name.in_locale(locale));
    lines(
        &explanation.title,
        &[
            (t(message::CLOUD), cloud.unwrap_or_default()),
            (t(message::REGION), explanation.region.as_deref().unwrap_or_default()),
            (t(message::OPERATION), explanation.operation.as_deref().unwrap_or_default()),
            (t(message::CODE), explanation.code.as_deref().unwrap_or_default()),
            (t(message::VENDOR_MESSAGE), &explanation.original),
            (t(message::REQUEST_COLUMN), explanation.request_id.as_deref().unwrap_or_default()),
            (t(message::INSTANCES), &explanation.instance_ids.join(" ")),
        ],
    )
}
