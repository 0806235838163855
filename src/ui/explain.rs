//! An error in words, without keys and without a network.

use super::markup::{class, html};
use super::{
    dom::value_of,
    explanation::{badge, facts},
};
use crate::text::Say;
use relight_core::{
    cloud,
    explain::{Explanation, TextOptions, explain_text},
    words::Locale,
};
use yew::{
    Callback, Html, InputEvent,
    functional::{Hook, HookContext},
    use_memo, use_state_eq,
};

/// The language of the words.
#[derive(PartialEq)]
pub(crate) struct Props {
    pub(crate) locale: Locale,
}

/// A field to paste into, and what it means.
pub(crate) fn explain(props: &Props, hooks: &mut HookContext) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let pasted = use_state_eq(String::new).run(hooks);
    let told = use_memo(((*pasted).clone(), locale), |(pasted, locale)| {
        let options = TextOptions { locale: *locale, ..TextOptions::default() };
        if pasted.trim().is_empty() { Vec::new() } else { explain_text(pasted, &options) }
    })
    .run(hooks);
    let oninput = {
        let pasted = pasted.clone();
        Callback::from(move |event: InputEvent| pasted.set(value_of(&event)))
    };
    html! {
        <section class="panel explain" aria-labelledby="h-explain">
            <div class="head"><h1 id="h-explain">{ t(Say::ExplainTitle) }</h1></div>
            <div class="body">
                <label class="field">
                    { t(Say::ExplainLabel) }
                    <textarea name="errorText" spellcheck="false" autocomplete="off" rows="6"
                        aria-describedby="explain-hint" {oninput} />
                </label>
                <p class="small muted" id="explain-hint">{ t(Say::ExplainHint) }</p>
                <div class="stack" role="region" aria-live="polite" aria-label={t(Say::WhatHappened)}>
                    if pasted.trim().is_empty() {
                        <p class="muted">{ t(Say::ExplainEmpty) }</p>
                    } else if told.is_empty() {
                        <p class="muted">{ t(Say::NothingFound) }</p>
                    }
                    { for told.iter().map(|one| explanation(one, locale)) }
                </div>
            </div>
        </section>
    }
}

fn explanation(told: &Explanation, locale: Locale) -> Html {
    let t = |say: Say| say.in_locale(locale);
    let cloud = told.cloud.and_then(cloud::by_id).map(|one| one.manifest().name.in_locale(locale));
    html! {
        <article class={class(&["group", "card", if told.success { "good-card" } else { "" }])}
            data-code={told.code.clone()}>
            <div class="row">
                if let Some(cloud) = cloud { <span class="pill">{ cloud }</span> }
                <span class="grow"></span>
                if told.success {
                    <span class="chip good">{ super::icon::icon(super::icon::Icon::Check) }{ t(Say::Success) }</span>
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
            <dl class="kv">
                { facts(told, None, locale) }
                if let Some(id) = &told.request_id {
                    <dt>{ t(Say::Request) }</dt><dd><code>{ id.clone() }</code></dd>
                }
            </dl>
        </article>
    }
}
