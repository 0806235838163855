//! The requests of the connection check, which change nothing.

use crate::services::{
    cloud_client::Abort,
    connection::watch,
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

/// A browser may have six connections open from loading the page; only later requests show whether the
/// proxy closes its connections.
const REFUSALS: usize = 10;
const SETTLED: usize = 4;

/// How often the bytes of the probe are sent again. More than once: behind one address there may be
/// several proxies, each of which knows only its own requests.
const COPIES: usize = 3;

/// Everything that a page can find out about the route of this request.
pub(crate) async fn run_diagnostics(
    request: Request<Signed>,
    has_key: bool,
    probe: Option<Probe>,
    route: Route,
    abort: &Abort,
) -> Evidence {
    let Route::Proxy { base } = &route else {
        let answered = responds(&format!("https://{}/", request.host())).await;
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
    let answered = responds(&format!("{base}/")).await;
    // No host has this name (RFC 2606), so no proxy may pass it on.
    let nowhere = format!("{base}/doctor.invalid/");
    let recorded = Rc::new(RefCell::new(Vec::new()));
    let observer = {
        let recorded = Rc::clone(&recorded);
        TimingObserver::begin(move |entry| recorded.borrow_mut().push(entry))
    };
    let mut refusal = TransportResult::Lost { word: "network".into() };
    for _ in 0..REFUSALS {
        refusal = refused(&nowhere).await;
        if !matches!(refusal, TransportResult::Answered(_)) {
            break;
        }
    }
    let entries_of = |url: &str| {
        let mut recorded = recorded.borrow_mut();
        recorded.extend(observer.iter().flat_map(TimingObserver::take));
        let name = absolute(url).map(|url| url.href());
        recorded.iter().filter(|one| Some(one.name()) == name).cloned().collect::<Vec<_>>()
    };
    let connection = connection(&nowhere, &entries_of(&nowhere));
    let call = watch(&route, abort.sender().send(&request, &route)).await;
    let mut copies = Vec::new();
    if let Some(probe) = probe {
        for _ in 0..=COPIES {
            copies.push(abort.sender().send(&probe.request, &route).await);
            if !matches!(copies.last(), Some(TransportResult::Answered(_))) {
                break;
            }
        }
    }
    // The resource timing entry exists by now.
    let entries = entries_of(&request.url(&route));
    let protocol = entries.last().map(PerformanceResourceTiming::next_hop_protocol);
    Evidence { is_direct: false, answered, refusal, call, has_key, connection, protocol, copies }
}

/// Whether anything responds there. An opaque response counts, too.
async fn responds(url: &str) -> bool {
    let asked = RequestBuilder::new(url).mode(RequestMode::NoCors).cache(RequestCache::NoStore);
    asked.send().await.is_ok()
}

/// Sends a request that is refused, and needs no CORS preflight: the page could not see that one being
/// refused by another origin.
async fn refused(url: &str) -> TransportResult {
    let lost = || TransportResult::Lost { word: "network".into() };
    let builder = RequestBuilder::new(url).method(Method::POST).cache(RequestCache::NoStore);
    let Ok(response) = builder.send().await else { return lost() };
    let headers = response.headers().entries().collect();
    // The resource timing entry is made once the body is complete.
    if response.binary().await.is_err() {
        return lost();
    }
    TransportResult::Answered(Response { status: response.status(), headers, body: String::new() })
}

/// How the browser got the connections of the last requests to this address.
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
    // Without TLS and nearby, connecting may take less than the resolution of the clock.
    let is_secure = absolute(url).is_some_and(|url| url.protocol() == "https:");
    if is_secure { Connection::Reused } else { Connection::Unknown }
}
