//! Sends a signed request once, and reports the result: a response, proof that it was not sent, or
//! neither.

use crate::services::{csp::CspObserver, timing};
use gloo_net::http::Request as Fetch;
use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use js_sys::{Array, Reflect, Uint8Array};
use relight_core::{
    diagnostics,
    model::{outcome::Response, route::Route},
    signing::request::{Request, Signed},
    transport::{Redactor, Sent, TransportResult},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStream, ReadableStreamDefaultReader, RequestCache,
    RequestInit, RequestRedirect,
};

/// The deadline of a response. Longer than a proxy's own deadline, so that the proxy can report which
/// of the two it was.
const DEADLINE_MS: u32 = 35_000;

/// How long to wait for the event of the page's policy, once a request has failed.
pub(super) const POLICY_EVENT_MS: u32 = 20;

/// Longer responses are rejected: those for a hundred instances are a twentieth of it.
const ANSWER_MAX_BYTES: usize = 4 << 20;

thread_local! {
    /// The bodies that the last requests of this page have sent, until the key is wiped.
    static SENT: RefCell<Sent> = RefCell::default();
}

/// Drops the bodies that the last requests have sent.
pub(crate) fn drop_sent_bodies() {
    SENT.with_borrow_mut(Sent::forget);
}

/// Dropping it aborts a call in flight.
pub(crate) struct Abort(AbortController);

/// Sends a request that its [`Abort`] can still abort.
pub(crate) struct Sender(AbortController);

impl Abort {
    pub(crate) fn new() -> Option<Self> {
        AbortController::new().ok().map(Abort)
    }

    pub(crate) fn sender(&self) -> Sender {
        Sender(self.0.clone())
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Sender {
    /// Sends a request, once, and calls `fetch` before it waits for anything. The [`Abort`] must live until the
    /// future is done.
    pub(crate) async fn send(self, request: &Request<Signed>, route: &Route) -> TransportResult {
        let controller = self.0;
        let fetch = match prepare(request, route, &controller) {
            Ok(fetch) => fetch,
            // Nothing has been given to the network yet.
            Err(word) => return TransportResult::NotSent { word: word.into() },
        };
        let late = Rc::new(Cell::new(false));
        let deadline = Timeout::new(DEADLINE_MS, {
            let late = Rc::clone(&late);
            let controller = controller.clone();
            move || {
                late.set(true);
                controller.abort();
            }
        });
        let redactor = SENT.with_borrow_mut(|sent| sent.redactor(request));
        let csp = CspObserver::begin(&request.url(route));
        let result = deliver(fetch, &redactor).await;
        drop(deadline);
        if result.is_none() {
            // The event comes in a separate task, perhaps after the failure.
            TimeoutFuture::new(POLICY_EVENT_MS).await;
        }
        match result {
            Some(result) => result,
            None if csp.is_some_and(|csp| csp.has_blocked()) => {
                TransportResult::NotSent { word: "csp".into() }
            }
            None if late.get() => TransportResult::Lost { word: "deadline".into() },
            None if controller.signal().aborted() => {
                TransportResult::Lost { word: "aborted".into() }
            }
            // Browsers report a closed port, a refused preflight and a lost response alike; and a second preflight
            // that fails says nothing of the first, which may have been cached.
            None => TransportResult::Lost { word: "network".into() },
        }
    }
}

async fn deliver(fetch: Fetch, redactor: &Redactor) -> Option<TransportResult> {
    let response = fetch.send().await.ok()?;
    if response.type_() == web_sys::ResponseType::Opaqueredirect {
        return Some(TransportResult::Lost { word: "login-page".into() });
    }
    // Only those that the proxy exposes; names come in lower case (Fetch standard).
    let headers: Vec<_> = response.headers().entries().collect();
    Some(match read(&response).await {
        Ok(body) => {
            let response = Response::received(redactor, response.status(), headers, body);
            TransportResult::Answered(response)
        }
        Err(word) => TransportResult::Lost { word: word.into() },
    })
}

/// The body of a response, to its end; or the code of the reason why it is unusable, whatever its status.
/// The buffers of the browser are wiped.
async fn read(response: &gloo_net::http::Response) -> Result<Vec<u8>, &'static str> {
    const CUT_OFF: &str = "cut-off-answer";
    let mut body = Vec::new();
    let Some(stream) = response.body() else { return Ok(body) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| CUT_OFF)?;
        let part = |name: &str| Reflect::get(&chunk, &name.into()).map_err(|_| CUT_OFF);
        if part("done")?.is_truthy() {
            return Ok(body);
        }
        let chunk: Uint8Array = part("value")?.dyn_into().map_err(|_| CUT_OFF)?;
        let length = chunk.length();
        if body.len() + length as usize > ANSWER_MAX_BYTES {
            let _ = reader.cancel();
            return Err("answer-too-long");
        }
        body.extend_from_slice(&chunk.to_vec());
        chunk.fill(0, 0, length);
    }
}

fn prepare(
    request: &Request<Signed>,
    route: &Route,
    abort: &AbortController,
) -> Result<Fetch, &'static str> {
    let window = web_sys::window().ok_or("aborted")?;
    if !window.navigator().on_line() {
        return Err("offline");
    }
    let url = request.url(route);
    if is_mixed(&window.location(), &url) {
        return Err("mixed-content");
    }
    // Built by hand, and sent by gloo-net: its builder has no `duplex`, without which a stream is no
    // body, and panics at a header that the browser refuses.
    let init = RequestInit::new();
    init.set_method(request.method());
    init.set_cache(RequestCache::NoStore);
    // A redirect would be a second request, and a login page is no response of a cloud.
    init.set_redirect(RequestRedirect::Manual);
    init.set_referrer_policy(web_sys::ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&abort.signal()));
    let headers = Headers::new().map_err(|_| "aborted")?;
    for (name, value) in request.headers() {
        headers.append(name, value).map_err(|_| "header-refused")?;
    }
    init.set_headers(&headers);
    if !request.body().is_empty() {
        // A stream as body always causes a CORS preflight.
        let stream = match route {
            Route::Proxy { .. } => one_shot(request.body(), &url),
            Route::Direct => None,
        };
        match stream {
            Some(stream) => {
                init.set_body(&stream);
                let _ = Reflect::set(&init, &"duplex".into(), &"half".into());
            }
            None => init.set_body(&JsValue::from_str(request.body())),
        }
    }
    let fetch = web_sys::Request::new_with_str_and_init(&url, &init).map_err(|_| "bad-address")?;
    Ok(Fetch::from(fetch))
}

/// Whether the browser would keep it, since the page came over TLS and it would go without.
fn is_mixed(page: &web_sys::Location, url: &str) -> bool {
    timing::absolute(url).zip(page.protocol().ok()).is_some_and(|(url, page)| {
        diagnostics::is_mixed_content(&page, &url.protocol(), &url.hostname())
    })
}

/// The body as a stream that can be read once, so that the browser cannot quietly send it again
/// when a connection dies. Browsers accept such bodies over HTTP/2 only, and some send the stream's name
/// instead: in doubt the text is sent as it is, and the protection is a proxy that refuses duplicates;
/// the review says if there is none.
fn one_shot(body: &str, url: &str) -> Option<ReadableStream> {
    let over_http_2 = || matches!(timing::protocol(url).as_deref(), Some("h2" | "h3"));
    (streams_are_sent() && over_http_2())
        .then(|| {
            let bytes = Uint8Array::from(body.as_bytes());
            web_sys::Blob::new_with_u8_array_sequence(&Array::of1(&bytes)).map(|blob| blob.stream())
        })?
        .ok()
}

/// Whether streams are sent as their content: such browsers read `duplex` and set no content type.
fn streams_are_sent() -> bool {
    let asked = Rc::new(Cell::new(false));
    let init = js_sys::Object::new();
    let getter = {
        let asked = Rc::clone(&asked);
        wasm_bindgen::closure::Closure::<dyn FnMut() -> JsValue>::new(move || {
            asked.set(true);
            "half".into()
        })
    };
    let property = js_sys::Object::new();
    let Ok(stream) = ReadableStream::new() else { return false };
    let _ = Reflect::set(&property, &"get".into(), getter.as_ref());
    js_sys::Object::define_property(&init, &"duplex".into(), &property);
    let _ = Reflect::set(&init, &"method".into(), &"POST".into());
    let _ = Reflect::set(&init, &"body".into(), &stream);
    let probe = web_sys::Request::new_with_str_and_init("data:,", init.unchecked_ref());
    let typed = probe.ok().and_then(|probe| probe.headers().has("content-type").ok());
    asked.get() && typed == Some(false)
}
