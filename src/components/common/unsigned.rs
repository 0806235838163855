//! A request before it is signed.

use crate::{components::common::untrusted_text::escaped, i18n::message};
use relight_core::{
    clouds,
    i18n::{Locale, Text},
    model::{plan::Batch, route::Route},
    signing::request::{Pair, Payload},
};
use yew::{Html, html};

/// What is sent, without what only a signed request has.
pub(crate) fn unsigned_request(batch: &Batch, route: &Route, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let request = clouds::request(batch);
    let content = request.content();
    let address = match route {
        Route::Direct => format!("https://{}{}", content.host, content.path),
        Route::Proxy { base } => {
            format!("{}/{}{}", base.trim_end_matches('/'), content.host, content.path)
        }
    };
    html! {
        <>
            <dl class="kv">
                <dt>{ t(message::ADDRESS) }</dt>
                <dd><code>{ escaped(&format!("{} {address}", content.method)) }</code></dd>
                <dt>{ t(message::ACTION) }</dt><dd><code>{ content.action }</code></dd>
                <dt>{ t(message::VERSION) }</dt><dd><code>{ content.version }</code></dd>
                if let Some(region) = &content.region {
                    <dt>{ t(message::REGION) }</dt><dd><code>{ escaped(region) }</code></dd>
                }
            </dl>
            { match &content.payload {
                Payload::Query(parameters) => html! {
                    <>
                        <h4>{ t(message::PARAMETERS) }</h4>
                        <pre tabindex="0">{ escaped(&lines(parameters)) }</pre>
                    </>
                },
                Payload::Json(body) => html! {
                    <>
                        <h4>{ t(message::BODY) }</h4>
                        <pre tabindex="0" class="wrap">{ escaped(body) }</pre>
                    </>
                },
            } }
        </>
    }
}

fn lines(parameters: &[Pair]) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        text.push('\n');
    }
    text
}
