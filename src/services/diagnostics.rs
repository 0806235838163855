//! Asks what the doctor wants to know: a few requests that change nothing.

use crate::services::{
    cloud_client::Abort,
    timing::{TimingObserver, absolute},
};
use gloo_net::http::{Method, RequestBuilder};
use relight_core::{
    diagnostics::{Connection, Evidence, Probe},
    model::{outcome::Response, route::Route},
    signing::request::{Request, Signed},
    transport::TransportResult,
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
pub(crate) async fn run_diagnostics(
    request: Request<Signed>,
    has_key: bool,
    probe: Option<Probe>,
    route: Route,
    abort: &Abort,
) -> Evidence {
    let Route::Proxy { base } = &route else {
        let answered = answers(&format!("https://{}/", request.host())).await;
        let refusal = TransportResult::Lost { word: String::new() };
        let call = abort.sender().send(&request, &route).await;
        return Evidence {
            is_direct: true,
            answered,
            refusal,
            call,
            has_key,
            connection: Connection::Unknown,
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
        TimingObserver::begin(move |entry| heard.borrow_mut().push(entry))
    };
    let mut refusal = TransportResult::Lost { word: "network".into() };
    for _ in 0..REFUSALS {
        refusal = refused(&nowhere).await;
        if !matches!(refusal, TransportResult::Answered(_)) {
            break;
        }
    }
    let noted = |url: &str| {
        let mut noted = heard.borrow_mut();
        noted.extend(watch.iter().flat_map(TimingObserver::take));
        let name = absolute(url).map(|url| url.href());
        noted.iter().filter(|one| Some(one.name()) == name).cloned().collect::<Vec<_>>()
    };
    let connection = connection(&nowhere, &noted(&nowhere));
    let call = abort.sender().send(&request, &route).await;
    let mut copies = Vec::new();
    if let Some(probe) = probe {
        for _ in 0..=COPIES {
            copies.push(abort.sender().send(&probe.request, &route).await);
            if !matches!(copies.last(), Some(TransportResult::Answered(_))) {
                break;
            }
        }
    }
    // The browser has taken note of the call by now.
    let noted = noted(&request.url(&route));
    let protocol = noted.last().map(PerformanceResourceTiming::next_hop_protocol);
    Evidence { is_direct: false, answered, refusal, call, has_key, connection, protocol, copies }
}

/// Whether anybody answers there. Readable or not: an answer is an answer.
async fn answers(url: &str) -> bool {
    let asked = RequestBuilder::new(url).mode(RequestMode::NoCors).cache(RequestCache::NoStore);
    asked.send().await.is_ok()
}

/// Asks for what is refused, with nothing about it that a browser would ask leave for: of another origin
/// the page would not see the refusal of that.
async fn refused(url: &str) -> TransportResult {
    let lost = || TransportResult::Lost { word: "network".into() };
    let builder = RequestBuilder::new(url).method(Method::POST).cache(RequestCache::NoStore);
    let Ok(response) = builder.send().await else { return lost() };
    let headers = response.headers().entries().collect();
    // The browser takes note of an answer when it is whole.
    if response.binary().await.is_err() {
        return lost();
    }
    TransportResult::Answered(Response { status: response.status(), headers, body: String::new() })
}

/// How the browser came by the connections of the last requests for this address.
fn connection(url: &str, timings: &[PerformanceResourceTiming]) -> Connection {
    let last = timings.get(timings.len().saturating_sub(SETTLED)..).unwrap_or_default();
    let speaks = |protocol: &str| last.iter().any(|one| one.next_hop_protocol() == protocol);
    if speaks("h2") || speaks("h3") {
        return Connection::Shared;
    }
    if !speaks("http/1.1") {
        return Connection::Unknown;
    }
    if last.iter().any(|one| one.connect_end() > one.fetch_start()) {
        return Connection::New;
    }
    // Without TLS and nearby, opening one takes less than a browser's clock may show.
    let is_secure = absolute(url).is_some_and(|url| url.protocol() == "https:");
    if is_secure { Connection::Reused } else { Connection::Unknown }
}
