//! An error in words, without keys and without a network. What is pasted is kept nowhere, and what
//! looks like a secret is hidden in the field itself, at once.

use super::markup::{Piece, class, html};
use super::{
    copy::copy_button,
    dom::{focus, put_value, value_of},
    errors::vendor_page,
    explanation::{badge, facts, hints, permission},
    icon::{Icon, icon},
    page_link::{Ways, go},
};
use crate::{
    routes::{Place, Shown},
    store::Intent,
    text::{self, Say, lines},
};
use relight_core::{
    cloud::{self, Cloud},
    explain::{Explanation, TextOptions, explain_text, hide_secrets},
    i18n::Locale,
};
use yew::{
    Callback, Html, InputEvent,
    functional::{Hook, HookContext},
    use_memo, use_node_ref, use_state_eq,
};

/// The language of the words, and the ways to other places.
#[derive(PartialEq)]
pub(crate) struct Props {
    pub(crate) locale: Locale,
    pub(crate) ways: Ways,
    pub(crate) on: Callback<Intent>,
}

/// A field to paste into, and what it means.
pub(crate) fn explain(props: &Props, hooks: &mut HookContext) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let pasted = use_state_eq(String::new).run(hooks);
    let hidden = use_state_eq(|| false).run(hooks);
    let field = use_node_ref().run(hooks);
    let told = use_memo(((*pasted).clone(), locale), |(pasted, locale)| {
        let options = TextOptions { locale: *locale, ..TextOptions::default() };
        if pasted.trim().is_empty() { Vec::new() } else { explain_text(pasted, &options) }
    })
    .run(hooks);
    let oninput = {
        let (pasted, hidden, field) = (pasted.clone(), hidden.clone(), field.clone());
        Callback::from(move |event: InputEvent| {
            let text = value_of(&event);
            let masked = hide_secrets(&text);
            if masked != text {
                put_value(&field, &masked);
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
            put_value(&field, "");
            pasted.set(String::new());
            hidden.set(false);
            focus(&field);
        })
    };
    let is_empty = pasted.trim().is_empty();
    html! {
        <section class="panel explain" part="panel explain" aria-labelledby="h-explain">
            <div class="head">
                <h1 class="grow" id="h-explain">{ t(Say::ExplainTitle) }</h1>
                { go(&props.ways, Place::Errors(Shown::default()), "tiny", "errors", false, t(Say::AllErrors).html()) }
            </div>
            <div class="body">
                <div class="field">
                    <div class="row">
                        <label class="grow" for="error-text">{ t(Say::ExplainLabel) }</label>
                        if !is_empty {
                            <button type="button" class="tiny" data-action="clear" onclick={onclear}>
                                { t(Say::Clear) }
                            </button>
                        }
                    </div>
                    <textarea id="error-text" name="errorText" spellcheck="false" autocomplete="off" rows="6"
                        ref={field} aria-describedby="explain-hint" {oninput} />
                </div>
                <p class="small muted" id="explain-hint">{ t(Say::ExplainHint) }</p>
                <div class="stack" role="region" aria-live="polite" aria-label={t(Say::WhatHappened)}>
                    if *hidden {
                        <div class="note info" data-note="hidden">{ icon(Icon::Key) }<p>{ t(Say::SecretsHidden) }</p></div>
                    }
                    if is_empty {
                        <p class="muted">{ t(Say::ExplainEmpty) }</p>
                    } else if told.is_empty() {
                        <p class="muted">{ t(Say::NothingFound) }</p>
                    }
                    { for told.iter().map(|one| explanation(props, one)) }
                </div>
            </div>
        </section>
    }
}

fn explanation(props: &Props, told: &Explanation) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let manifest = told.cloud.and_then(cloud::by_id).map(Cloud::manifest);
    html! {
        <article class={class(&["group", "card", if told.success { "good-card" } else { "" }])}
            data-code={told.code.clone()}>
            <div class="row">
                if let Some(manifest) = manifest {
                    <span class="pill">{ manifest.name.in_locale(locale) }</span>
                }
                <span class="grow"></span>
                if told.success {
                    <span class="chip good">{ icon(Icon::Check) }{ t(Say::Success) }</span>
                } else {
                    { badge(told.retry, locale) }
                }
            </div>
            <h2>{ told.title.clone() }</h2>
            <p>{ told.meaning.clone() }</p>
            <div class="stack tight">
                <h3>{ t(Say::WhatToDoAboutIt) }</h3>
                <p>{ told.remedy.clone() }</p>
            </div>
            { hints(told) }
            { permission(told, locale, &props.on) }
            <dl class="kv">
                if let Some(seen_as) = told.seen_as {
                    <dt>{ t(Say::SeenAs) }</dt>
                    <dd>
                        { text::seen_as(seen_as).in_locale(locale) }{ " · " }
                        { text::sure(told.sure).in_locale(locale) }
                    </dd>
                }
                { facts(told, None, locale) }
                if let Some(id) = &told.request_id {
                    <dt>{ t(Say::RequestColumn) }</dt><dd><code>{ id.clone() }</code></dd>
                }
                if !told.instance_ids.is_empty() {
                    <dt>{ t(Say::Instances) }</dt><dd><code>{ told.instance_ids.join(" ") }</code></dd>
                }
            </dl>
            <div class="row">
                { copy_button(locale, for_support(told, locale), Say::CopyForSupport, None, &props.on) }
                if let Some(address) = &told.address {
                    { go(
                        &props.ways,
                        Place::Errors(Shown::at(address)),
                        "tiny",
                        "open",
                        false,
                        t(Say::AllAboutCode).html(),
                    ) }
                }
            </div>
            { vendor_page(told, locale) }
        </article>
    }
}

/// What a vendor's support asks for, as far as the text has it.
fn for_support(told: &Explanation, locale: Locale) -> String {
    let t = |say: Say| say.in_locale(locale);
    let cloud = told.cloud.and_then(cloud::by_id).map(|one| one.manifest().name.in_locale(locale));
    lines(
        &told.title,
        &[
            (t(Say::Cloud), cloud.unwrap_or_default()),
            (t(Say::Region), told.region.as_deref().unwrap_or_default()),
            (t(Say::Operation), told.operation.as_deref().unwrap_or_default()),
            (t(Say::Code), told.code.as_deref().unwrap_or_default()),
            (t(Say::CloudSaid), &told.original),
            (t(Say::RequestColumn), told.request_id.as_deref().unwrap_or_default()),
            (t(Say::Instances), &told.instance_ids.join(" ")),
        ],
    )
}
