//! Uploads of run records: posted to the operator's endpoint until it accepts them.
//!
//! A finished run is in the journal. The ids of the runs that the endpoint has not accepted yet are
//! stored here, so that a page that is opened later continues.

use crate::services::config::storage;
use gloo_net::http::Request;
use gloo_timers::future::TimeoutFuture;
use serde_json::Value;
use web_sys::{RequestCache, RequestRedirect, ResponseType};

/// Where the ids of the pending uploads are stored.
const PENDING_KEY: &str = "relight-records-left";
/// The first pause after a failure, and the longest.
const PAUSE_MS: u32 = 2_000;
const PAUSE_MAX_MS: u32 = 300_000;
/// The page is notified of the first failure, and of every so-many-th after it.
const REPORTED_EVERY: u32 = 5;

/// Adds a run to the pending uploads.
pub(crate) fn add_pending(run_id: &str) {
    let mut pending = pending();
    if !pending.iter().any(|id| id == run_id) {
        pending.push(run_id.to_owned());
        store_pending(&pending);
    }
}

/// The ids of the pending uploads.
pub(crate) fn pending() -> Vec<String> {
    let text = storage().and_then(|storage| storage.get_item(PENDING_KEY).ok().flatten());
    match text.map(|text| serde_json::from_str(&text)) {
        Some(Ok(Value::Array(ids))) => {
            ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// Removes a run from the pending uploads.
pub(crate) fn remove_pending(run_id: &str) {
    store_pending(&pending().into_iter().filter(|id| id != run_id).collect::<Vec<_>>());
}

/// Posts a record until it is accepted with any 2xx. `fault` is called for the first failure and for every
/// few after it. Posting twice is harmless: the record has the run's id.
pub(crate) async fn upload(url: &str, record: &str, fault: impl Fn(&str)) {
    let mut pause_ms = PAUSE_MS;
    for attempt in 0_u32.. {
        match post(url, record).await {
            Ok(()) => return,
            Err(why) if attempt % REPORTED_EVERY == 0 => fault(&format!("{url}: {why}")),
            Err(_) => {}
        }
        TimeoutFuture::new(pause_ms).await;
        pause_ms = pause_ms.saturating_mul(2).min(PAUSE_MAX_MS);
    }
}

async fn post(url: &str, record: &str) -> Result<(), String> {
    let request = Request::post(url)
        .header("content-type", "application/json")
        .cache(RequestCache::NoStore)
        // To a login page, which would accept anything.
        .redirect(RequestRedirect::Manual)
        .body(record)
        .map_err(|error| error.to_string())?;
    let response = request.send().await.map_err(|error| error.to_string())?;
    match response.type_() {
        ResponseType::Opaqueredirect => Err("a redirect, which is not followed".to_owned()),
        _ if response.ok() => Ok(()),
        _ => Err(format!("HTTP {}", response.status())),
    }
}

fn store_pending(ids: &[String]) {
    let Some(storage) = storage() else { return };
    // Run ids are letters and digits: nothing in them needs escaping.
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    // Where nothing can be stored, this page alone goes on trying.
    let _ = storage.set_item(PENDING_KEY, &format!("[{}]", quoted.join(",")));
}
