//! Compares what the cloud says it signed with what was signed here, and marks the first difference.

use crate::{
    components::common::{
        dom::value_of,
        icon::{Icon, icon},
        untrusted_text::escaped,
    },
    context::use_locale,
    i18n::{MessageArgs, message},
};
use relight_core::{
    explain::{Cause, Comparison as Compared, Excerpt, ServerSignature, compare},
    i18n::{Locale, Text},
    signing::request::{Request, Signed},
};
use std::rc::Rc;
use yew::{Callback, Html, InputEvent, Properties, component, html, use_memo, use_state_eq};

/// A request, and what the cloud has reported of its signature.
#[derive(Properties)]
pub(crate) struct ComparisonProps {
    pub(crate) signed: Rc<Request<Signed>>,
    /// From the response, where it contains one.
    pub(crate) server: Option<ServerSignature>,
}

impl PartialEq for ComparisonProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.signed, &other.signed) && self.server == other.server
    }
}

/// The comparison, and a field for a report from elsewhere.
#[component]
pub(crate) fn Comparison(props: &ComparisonProps) -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let pasted = use_state_eq(String::new);
    let oninput = {
        let pasted = pasted.clone();
        Callback::from(move |event: InputEvent| pasted.set(value_of(&event)))
    };
    let found = use_memo((pasted.trim().to_owned(), Rc::as_ptr(&props.signed)), |(pasted, _)| {
        if pasted.is_empty() {
            props.server.as_ref().and_then(|server| with_answer(&props.signed, server))
        } else {
            Some(with_pasted(&props.signed, pasted))
        }
    });
    html! {
        <section class="stack tight comparison" data-step="comparison">
            <h3>{ t(message::COMPARE_TITLE) }</h3>
            if let Some(found) = &*found { { findings(found, locale) } }
            <label class="field small">
                { t(message::COMPARE_LABEL) }
                <textarea name="cloudText" spellcheck="false" autocomplete="off" rows="3" {oninput} />
            </label>
        </section>
    }
}

/// Our texts that the cloud may mean: the canonical request first.
fn ours(signed: &Request<Signed>) -> impl Iterator<Item = &str> {
    let trace = signed.trace();
    trace.canonical_request.as_deref().into_iter().chain([trace.string_to_sign.as_str()])
}

/// The first report in the response that differs; the first one if none does.
fn with_answer(signed: &Request<Signed>, server: &ServerSignature) -> Option<Compared> {
    let trace = signed.trace();
    let canonical = trace.canonical_request.as_deref().zip(server.canonical_request.as_deref());
    let string = server.string_to_sign.as_deref().map(|text| (trace.string_to_sign.as_str(), text));
    let mut all: Vec<Compared> = [canonical, string]
        .into_iter()
        .flatten()
        .map(|(ours, theirs)| compare(ours, theirs))
        .collect();
    let at = all.iter().position(|one| one.difference.is_some()).unwrap_or(0);
    (at < all.len()).then(|| all.swap_remove(at))
}

/// The pasted report, with our text of the same kind.
fn with_pasted(signed: &Request<Signed>, pasted: &str) -> Compared {
    let mut all: Vec<Compared> = ours(signed).map(|ours| compare(ours, pasted)).collect();
    let at = all.iter().position(|one| one.cause != Cause::OtherText).unwrap_or(0);
    all.swap_remove(at)
}

fn findings(found: &Compared, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    html! {
        <div class="note info" role="status" data-cause={cause_name(found.cause)}>
            { icon(Icon::Question) }
            <div class="stack tight">
                <strong>{ found.cause.title().in_locale(locale) }</strong>
                <p>{ found.cause.advice().in_locale(locale) }</p>
                if let Some(one) = &found.difference {
                    <p>
                        { MessageArgs::FirstDifference { byte: one.byte + 1, line: one.line, column: one.column }.in_locale(locale) }
                        if let Some(name) = &one.name { { " " }{ escaped(&MessageArgs::DiffersIn(name).in_locale(locale)) } }
                    </p>
                    <dl class="kv sides">
                        <dt>{ t(message::OURS) }</dt><dd>{ side(&one.ours, locale) }</dd>
                        <dt>{ t(message::THEIRS) }</dt><dd>{ side(&one.theirs, locale) }</dd>
                    </dl>
                }
            </div>
        </div>
    }
}

/// One side of the difference, its first differing character marked.
fn side(excerpt: &Excerpt, locale: Locale) -> Html {
    let first = excerpt.differs.chars().next();
    let (marked, rest) = match first {
        None => (message::TEXT_END.in_locale(locale).to_owned(), ""),
        Some('\n') => (message::LINE_END.in_locale(locale).to_owned(), ""),
        Some(' ') => ("␠".to_owned(), excerpt.differs.get(1..).unwrap_or_default()),
        Some(first) => {
            (first.to_string(), excerpt.differs.get(first.len_utf8()..).unwrap_or_default())
        }
    };
    html! {
        <code>{ escaped(&excerpt.same) }<mark>{ escaped(&marked) }</mark>{ escaped(rest) }</code>
    }
}

/// Whether they match, as a public attribute.
const fn cause_name(cause: Cause) -> &'static str {
    match cause {
        Cause::WrongSecret => "same",
        Cause::Nothing => "nothing",
        Cause::OtherText => "other-text",
        Cause::Method
        | Cause::Path
        | Cause::Encoding
        | Cause::Order
        | Cause::Parameter
        | Cause::Case
        | Cause::HeaderValue
        | Cause::HeaderMissing
        | Cause::Host
        | Cause::Timestamp
        | Cause::Token
        | Cause::BodyHash
        | Cause::RequestHash
        | Cause::WhiteSpace
        | Cause::Scope
        | Cause::Unclear => "differs",
    }
}
