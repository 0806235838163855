//! Asks what the doctor wants to know: a few requests that change nothing.

use crate::fetch::Sender;
use gloo_net::http::{Method, RequestBuilder};
use relight_core::{
    answer::{Delivery, Response},
    doctor::{Connection, Evidence},
    request::{Request, Route, Signed},
};
use wasm_bindgen::JsCast;
use web_sys::{PerformanceResourceTiming, RequestCache, RequestMode};

/// A browser may have kept six connections from loading the page; after as many requests each further
/// one shows whether the proxy closes its own.
const REFUSALS: usize = 10;
const SETTLED: usize = 4;

/// Everything that a page can find out about the way of this request.
pub(crate) async fn examine(
    request: Request<Signed>,
    has_key: bool,
    route: Route,
    sender: Sender,
) -> Evidence {
    let Route::Proxy { base } = &route else {
        let answered = answers(&format!("https://{}/", request.host())).await;
        let refusal = Delivery::Lost { word: String::new() };
        let call = sender.send(&request, &route).await;
        let connection = Connection::Untold;
        return Evidence { is_direct: true, answered, refusal, call, has_key, connection };
    };
    let base = base.trim_end_matches('/');
    let answered = answers(&format!("{base}/")).await;
    // No host has this name (RFC 2606), so no proxy may pass it on.
    let nowhere = format!("{base}/doctor.invalid/");
    let mut refusal = Delivery::Lost { word: "network".into() };
    for _ in 0..REFUSALS {
        refusal = refused(&nowhere, &request).await;
        if !matches!(refusal, Delivery::Answered(_)) {
            break;
        }
    }
    let connection = connection(&nowhere);
    let call = sender.send(&request, &route).await;
    Evidence { is_direct: false, answered, refusal, call, has_key, connection }
}

/// Whether anybody answers there. Readable or not: an answer is an answer.
async fn answers(url: &str) -> bool {
    let asked = RequestBuilder::new(url).mode(RequestMode::NoCors).cache(RequestCache::NoStore);
    asked.send().await.is_ok()
}

async fn refused(url: &str, request: &Request<Signed>) -> Delivery {
    let lost = || Delivery::Lost { word: "network".into() };
    let named = request.headers().iter().find(|(name, _)| name.ends_with("-action"));
    let mut builder = RequestBuilder::new(url).method(Method::POST).cache(RequestCache::NoStore);
    if let Some((name, value)) = named {
        builder = builder.header(name, value);
    }
    let Ok(response) = builder.send().await else { return lost() };
    let headers = response.headers().entries().collect();
    Delivery::Answered(Response { status: response.status(), headers, body: String::new() })
}

/// How the browser came by the connections of the last requests for this address.
fn connection(url: &str) -> Connection {
    let window = web_sys::window();
    let Some((window, performance)) =
        window.and_then(|one| Some((one.clone(), one.performance()?)))
    else {
        return Connection::Untold;
    };
    let page = window.location().href().unwrap_or_default();
    let Ok(url) = web_sys::Url::new_with_base(url, &page) else { return Connection::Untold };
    let timings: Vec<PerformanceResourceTiming> = performance
        .get_entries_by_name(&url.href())
        .iter()
        .filter_map(|entry| entry.dyn_into().ok())
        .collect();
    let last = timings.get(timings.len().saturating_sub(SETTLED)..).unwrap_or_default();
    let speaks = |protocol: &str| last.iter().any(|one| one.next_hop_protocol() == protocol);
    if speaks("h2") || speaks("h3") {
        return Connection::Shared;
    }
    if last.is_empty() || !speaks("http/1.1") {
        return Connection::Untold;
    }
    if last.iter().any(|one| one.connect_end() > one.fetch_start()) {
        return Connection::New;
    }
    // Without TLS and nearby, opening one takes less than a browser's clock may show.
    if url.protocol() == "https:" { Connection::Kept } else { Connection::Untold }
}
