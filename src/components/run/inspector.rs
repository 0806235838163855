//! The request inspector: what was sent and signed, step by step. It never has the secret; the
//! signature is hidden until revealed, and a session token always.

use crate::{
    components::{
        common::{
            copy::CopyButton, copy_as::CopyAs, dom::focus, unsigned::unsigned_request,
            untrusted_text::escaped,
        },
        errors::comparison::Comparison,
    },
    context::use_locale,
    i18n::{MessageArgs, message},
    store::Shared,
};
use relight_core::{
    explain::ServerSignature,
    i18n::{Locale, Text},
    model::{plan::Batch, route::Route},
    signing::{
        percent_decode, percent_encode,
        request::{Request, Signed},
    },
};
use std::rc::Rc;
use yew::{
    Callback, Html, Properties, component, html, use_effect_with, use_node_ref, use_state_eq,
};

/// Props of [`Inspector`].
#[derive(Properties)]
pub(crate) struct InspectorProps {
    /// The index of its call.
    pub(crate) call: usize,
    /// What it asks for.
    pub(crate) batch: Batch,
    /// Whether it was sent.
    pub(crate) sent: bool,
    /// As it was sent, if it was sent from here.
    pub(crate) signed: Option<Rc<Request<Signed>>>,
    /// What the cloud says it signed, where the response contains it.
    pub(crate) server: Option<ServerSignature>,
    pub(crate) route: Shared<Route>,
    pub(crate) on_close: Callback<()>,
}

impl PartialEq for InspectorProps {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.signed, &other.signed) {
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        same && self.server == other.server
            && self.call == other.call
            && self.sent == other.sent
            && self.batch == other.batch
            && self.route == other.route
    }
}

/// The request inspector.
#[component]
pub(crate) fn Inspector(props: &InspectorProps) -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let revealed = use_state_eq(|| false);
    let heading = use_node_ref();
    {
        let (heading, revealed) = (heading.clone(), revealed.clone());
        use_effect_with(props.call, move |_| {
            // Another request: hide the signature again.
            revealed.set(false);
            focus(&heading);
        });
    }
    let onreveal = {
        let revealed = revealed.clone();
        Callback::from(move |_| revealed.set(!*revealed))
    };
    html! {
        <aside class="inspector" aria-labelledby="h-inspector" data-inspector={(props.call + 1).to_string()}>
            <div class="row">
                <h2 class="grow" id="h-inspector" tabindex="-1" ref={heading}>
                    { MessageArgs::InspectorTitle { call: props.call + 1, sent: props.sent }.in_locale(locale) }
                </h2>
                <button type="button" class="tiny" data-action="close"
                    onclick={props.on_close.reform(|_| ())}>
                    { t(message::CLOSE) }
                </button>
            </div>
            if props.signed.is_some() {
                <p class="small muted">{ t(message::INSPECTOR_HINT) }</p>
            }
            <CopyAs batch={props.batch.clone()} sent={props.sent} />
            if let Some(signed) = &props.signed {
                // Keyed by call, since a pasted report belongs to one request.
                <Comparison key={props.call} signed={signed.clone()} server={props.server.clone()} />
                { request(signed, &props.route, *revealed, locale) }
                <button type="button" class="tiny" data-action="reveal" aria-pressed={revealed.to_string()}
                    onclick={onreveal}>
                    { t(if *revealed { message::CONCEAL } else { message::REVEAL }) }
                </button>
            } else {
                if props.sent { <p class="small muted">{ t(message::SIGNED_ELSEWHERE) }</p> }
                <div class="stack">{ unsigned_request(&props.batch, &props.route, locale) }</div>
            }
        </aside>
    }
}

fn request(signed: &Request<Signed>, route: &Route, revealed: bool, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let redaction = Redaction::new(signed, locale, revealed);
    let headers = {
        let mut text = String::new();
        for (name, value) in signed.headers() {
            for part in [name, ": ", value, "\n"] {
                text.push_str(part);
            }
        }
        text
    };
    let address = format!("{} {}", signed.method(), signed.url(route));
    let block = |name: &'static str, title: &'static str, content: &str| {
        let content = redaction.over(content);
        html! {
            <section class="stack tight" data-step={name}>
                <div class="row">
                    <h3 class="grow">{ title }</h3>
                    <CopyButton text={content.clone()} label={message::COPY} what={title} />
                </div>
                <pre tabindex="0" aria-label={title}>{ escaped(&content) }</pre>
            </section>
        }
    };
    html! {
        <>
            { block("address", t(message::ADDRESS), &address) }
            if let Some(canonical) = &signed.trace().canonical_request {
                { block("canonical-request", t(message::CANONICAL_REQUEST), canonical) }
            } else {
                <p class="small muted">{ t(message::NO_CANONICAL_REQUEST) }</p>
            }
            { block("string-to-sign", t(message::STRING_TO_SIGN), &signed.trace().string_to_sign) }
            { block("headers", t(message::HEADERS), &headers) }
            { block("body", t(message::BODY), if signed.body().is_empty() { t(message::EMPTY_BODY) } else { signed.body() }) }
            { block("signature", t(message::SIGNATURE), signed.signature()) }
        </>
    }
}

/// The replacements for what must not be shown. They apply to the finished texts and to every
/// encoding of a value, so they do not depend on how a cloud spells its headers.
struct Redaction {
    replaced: Vec<(String, &'static str)>,
}

impl Redaction {
    fn new(signed: &Request<Signed>, locale: Locale, revealed: bool) -> Self {
        let mut replaced = Vec::new();
        let mut hide = |value: &str, by: Text| {
            if value.is_empty() {
                return;
            }
            let once = percent_encode(value);
            let twice = percent_encode(&once);
            // The longest form first: it may contain the shorter ones.
            for form in [twice, once, value.to_owned()] {
                replaced.push((form, by.in_locale(locale)));
            }
        };
        for token in tokens(signed) {
            hide(&token, message::TOKEN_HIDDEN);
        }
        if !revealed {
            hide(signed.signature(), message::SIGNATURE_HIDDEN);
        }
        Redaction { replaced }
    }

    fn over(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, by) in &self.replaced {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), by);
            }
        }
        text
    }
}

/// The session tokens of a request: headers and query parameters whose names end in `token`.
pub(crate) fn tokens(signed: &Request<Signed>) -> Vec<String> {
    let is_token = |name: &str| name.to_ascii_lowercase().ends_with("token");
    let in_headers = signed
        .headers()
        .iter()
        .filter(|(name, _)| is_token(name))
        .map(|(_, value)| value.to_string());
    let address = signed.path_and_query();
    let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let in_query = query
        .split('&')
        .chain(signed.body().split('&'))
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| is_token(name))
        .map(|(_, value)| percent_decode(value));
    in_headers.chain(in_query).collect()
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::{Redaction, tokens};
    use relight_core::{
        clouds::{self, Read},
        i18n::Locale,
        model::{cloud::Cloud, plan::Target},
        signing::{
            Secret, Signer, percent_encode,
            request::{Request, Signed},
        },
    };
    use wasm_bindgen_test::wasm_bindgen_test;

    const TOKEN: &str = "to/ken+with=signs";

    fn signed(cloud: &'static Cloud, algorithm: &str) -> Request<Signed> {
        let region = if cloud.regions.required { "ap-southeast-1" } else { "" };
        let target = Target::new(cloud, None, region).expect("a target");
        let signer = Signer {
            key_id: "the-key-id".into(),
            token: Some(TOKEN.into()),
            unix_seconds: 1_700_000_000,
            nonce: "00000000000000000000000000000001".into(),
            sign_action: true,
            locale: Locale::En,
        };
        let request = clouds::protocol(cloud).read(&target, Read::Places, &[]);
        let prepared = clouds::protocol(cloud)
            .prepare_with(algorithm, &request, &signer)
            .expect("an algorithm");
        prepared.finish_with(&Secret::new("the-secret".into()))
    }

    fn texts(signed: &Request<Signed>) -> Vec<String> {
        let mut texts = vec![
            signed.path_and_query(),
            signed.body().to_owned(),
            signed.trace().string_to_sign.clone(),
            signed.signature().to_owned(),
        ];
        texts.extend(signed.trace().canonical_request.clone());
        texts.extend(signed.headers().iter().map(|(_, value)| value.to_string()));
        texts
    }

    #[wasm_bindgen_test]
    fn neither_token_nor_signature_is_shown_by_any_algorithm_of_any_cloud() {
        for cloud in clouds::ALL {
            for algorithm in clouds::protocol(cloud).algorithms() {
                let signed = signed(cloud, algorithm.name());
                let hidden = Redaction::new(&signed, Locale::En, false);
                let revealed = Redaction::new(&signed, Locale::En, true);
                let once = percent_encode(TOKEN);
                let twice = percent_encode(&once);
                for text in texts(&signed) {
                    for form in [TOKEN, &once, &twice] {
                        assert!(!hidden.over(&text).contains(form), "{}", algorithm.name());
                        assert!(!revealed.over(&text).contains(form), "{}", algorithm.name());
                    }
                    assert!(!hidden.over(&text).contains(signed.signature()));
                    assert!(!hidden.over(&text).contains(&percent_encode(signed.signature())));
                }
                assert_eq!(revealed.over(signed.signature()), signed.signature());
            }
        }
    }

    #[wasm_bindgen_test]
    fn tokens_are_found_where_the_cloud_has_them() {
        for cloud in clouds::ALL {
            for algorithm in clouds::protocol(cloud).algorithms() {
                let found = tokens(&signed(cloud, algorithm.name()));
                let expected = cloud.credential.token_label.map(|_| TOKEN.to_owned());
                assert_eq!(found.into_iter().next(), expected, "{}", algorithm.name());
            }
        }
    }
}
