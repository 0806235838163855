//! Asks what the doctor wants to know: a few requests that change nothing.

use crate::{
    fetch::Abort,
    timing::{Watch, absolute},
};
use gloo_net::http::{Method, RequestBuilder};
use relight_core::{
    answer::{Delivery, Response},
    doctor::{Connection, Evidence, Probe},
    request::{Request, Route, Signed},
};
use std::{cell::RefCell, rc::Rc};
use web_sys::{PerformanceResourceTiming, RequestCache, RequestMode};

/// A browser may have kept six connections from loading the page; after as many requests each further
/// one shows whether the proxy closes its own.
const REFUSALS: usize = 10;
const SETTLED: usize = 4;

/// How often the bytes of the probe are sent after the first time. More than once: behind one address
/// there may be several proxies, each of which has seen only what came to itself.
const COPIES: usize = 3;

/// Everything that a page can find out about the way of this request.
pub(crate) async fn examine(
    request: Request<Signed>,
    has_key: bool,
    probe: Option<Probe>,
    route: Route,
    abort: &Abort,
) -> Evidence {
    let Route::Proxy { base } = &route else {
        let answered = answers(&format!("https://{}/", request.host())).await;
        let refusal = Delivery::Lost { word: String::new() };
        let call = abort.sender().send(&request, &route).await;
        return Evidence {
            is_direct: true,
            answered,
            refusal,
            call,
            has_key,
            connection: Connection::Untold,
            protocol: None,
            copies: Vec::new(),
        };
    };
    let base = base.trim_end_matches('/');
    let answered = answers(&format!("{base}/")).await;
    // No host has this name (RFC 2606), so no proxy may pass it on.
    let nowhere = format!("{base}/doctor.invalid/");
    let heard = Rc::new(RefCell::new(Vec::new()));
    let watch = {
        let heard = Rc::clone(&heard);
        Watch::begin(move |entry| heard.borrow_mut().push(entry))
    };
    let mut refusal = Delivery::Lost { word: "network".into() };
    for _ in 0..REFUSALS {
        refusal = refused(&nowhere, &request).await;
        if !matches!(refusal, Delivery::Answered(_)) {
            break;
        }
    }
    let mut timings = heard.take();
    timings.extend(watch.iter().flat_map(Watch::take));
    drop(watch);
    let (connection, protocol) = connection(&nowhere, timings);
    let call = abort.sender().send(&request, &route).await;
    let mut copies = Vec::new();
    if let Some(probe) = probe {
        for _ in 0..=COPIES {
            copies.push(abort.sender().send(&probe.request, &route).await);
            if !matches!(copies.last(), Some(Delivery::Answered(_))) {
                break;
            }
        }
    }
    Evidence { is_direct: false, answered, refusal, call, has_key, connection, protocol, copies }
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
    // The browser takes note of an answer when it is whole.
    if response.binary().await.is_err() {
        return lost();
    }
    Delivery::Answered(Response { status: response.status(), headers, body: String::new() })
}

/// How the browser came by the connections of the last requests for this address, and their protocol.
fn connection(
    url: &str,
    mut timings: Vec<PerformanceResourceTiming>,
) -> (Connection, Option<String>) {
    let Some(url) = absolute(url) else { return (Connection::Untold, None) };
    timings.retain(|entry| entry.name() == url.href());
    let last = timings.get(timings.len().saturating_sub(SETTLED)..).unwrap_or_default();
    let mut protocols = last.iter().map(PerformanceResourceTiming::next_hop_protocol);
    let protocol = protocols.find(|one| !one.is_empty()).or(last.first().map(|_| String::new()));
    let speaks = |protocol: &str| last.iter().any(|one| one.next_hop_protocol() == protocol);
    let connection = if speaks("h2") || speaks("h3") {
        Connection::Shared
    } else if !speaks("http/1.1") {
        Connection::Untold
    } else if last.iter().any(|one| one.connect_end() > one.fetch_start()) {
        Connection::New
    } else if url.protocol() == "https:" {
        Connection::Kept
    } else {
        // Without TLS and nearby, opening one takes less than a browser's clock may show.
        Connection::Untold
    };
    (connection, protocol)
}
