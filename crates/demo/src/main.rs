//! The simulated clouds in a browser tab: a page opened with `?demo` works on any static host. Same
//! code as the sandbox server; the console does not know of it: its calls of `fetch` are
//! intercepted.
//!
//! The clouds live as long as the page; a reload resets them.

use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use relight_sandbox::{Config, Delivery, Reply, Request, SPEED_TO_WATCH, Sandbox};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    DomException, Element, Headers, ReadableStreamDefaultController, Response, ResponseInit, Url,
    Window,
};

/// The proxy for the console's calls, and the sandbox's log of received requests.
const PATHS: [&str; 2] = ["/proxy/", "/sandbox"];

fn main() {}

/// Replaces `fetch` by the simulated clouds, and configures the console for them.
///
/// # Errors
/// Without a window.
#[wasm_bindgen]
pub fn start(console: &Element) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or("there is no page")?;
    let fetch: Function = Reflect::get(&window, &"fetch".into())?.dyn_into()?;
    let config = Config { speed: SPEED_TO_WATCH, ..Config::default() };
    let sandbox = Rc::new(RefCell::new(Sandbox::new(config)));
    let replacement = {
        let window = window.clone();
        Closure::<dyn FnMut(JsValue, JsValue) -> Promise>::new(
            move |input: JsValue, init: JsValue| match simulated_request(&window, &input, &init) {
                Some((url, request)) => respond(Rc::clone(&sandbox), url, request),
                None => forward(&fetch, &window, &input, &init),
            },
        )
    };
    Reflect::set(&window, &"fetch".into(), &replacement.into_js_value())?;
    let configuration = js_sys::JSON::parse(&configuration())?;
    Reflect::set(console, &"config".into(), &configuration)?;
    Ok(())
}

/// The demo's configuration: presets and a note.
fn configuration() -> String {
    const KEY_ID: &str = "AKIDsandboxdemo000000000000000000001";
    const SECRET: &str = "sandbox-tencent-secret-000000001";
    serde_json::json!({
        "proxy": "/proxy",
        "preset": {
            "cloud": "tencent", "region": "ap-guangzhou", "operation": "reboot", "keyId": KEY_ID,
            "instanceIds": ["ins-5hdvx000", "ins-y6ook001", "ins-2tfay005"],
        },
        "brand": { "note": {
            "en": format!(
                "A demonstration: the clouds are simulated in this tab, and nothing leaves it. \
                 The secret of this key is {SECRET}."
            ),
            "zh": format!("演示：三家云均在本标签页内模拟，不会发出任何请求。此密钥的 SecretKey 为 {SECRET}。"),
        } },
    })
    .to_string()
}

/// The request, if it is for the simulated clouds.
fn simulated_request(
    window: &Window,
    input: &JsValue,
    init: &JsValue,
) -> Option<(Url, web_sys::Request)> {
    let request = match (input.dyn_ref::<web_sys::Request>(), init.dyn_ref()) {
        (Some(request), None) => request.clone().ok()?,
        (Some(request), Some(init)) => {
            web_sys::Request::new_with_request_and_init(request, init).ok()?
        }
        (None, None) => web_sys::Request::new_with_str(&input.as_string()?).ok()?,
        (None, Some(init)) => {
            web_sys::Request::new_with_str_and_init(&input.as_string()?, init).ok()?
        }
    };
    let url = Url::new(&request.url()).ok()?;
    let ours = url.origin() == window.location().origin().ok()?;
    let path = url.pathname();
    (ours && PATHS.iter().any(|known| path.starts_with(known))).then_some((url, request))
}

fn forward(fetch: &Function, window: &Window, input: &JsValue, init: &JsValue) -> Promise {
    match fetch.call2(window, input, init) {
        Ok(promise) => promise.unchecked_into(),
        Err(error) => Promise::reject(&error),
    }
}

/// The result of `fetch`, with the simulated delays and losses.
fn respond(sandbox: Rc<RefCell<Sandbox>>, url: Url, request: web_sys::Request) -> Promise {
    let signal = request.signal();
    let answer = future_to_promise(async move {
        let arrived = as_received(&url, &request).await?;
        #[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
        #[allow(clippy::disallowed_methods, reason = "the clouds' clock, and not the console's")]
        let reply = sandbox.borrow_mut().answer(&arrived, js_sys::Date::now() as i64);
        if reply.delay_ms > 0 {
            TimeoutFuture::new(u32::try_from(reply.delay_ms).unwrap_or(u32::MAX)).await;
        }
        response(reply)
    });
    let aborted = Promise::new(&mut |_, reject| {
        let give_up = move || {
            let error = DomException::new_with_message_and_name("aborted", "AbortError");
            let _ = reject.call1(&JsValue::NULL, &error.map_or(JsValue::NULL, Into::into));
        };
        if signal.aborted() {
            give_up();
        } else {
            // Lives as long as the page: dropping the listener would remove it.
            EventListener::once(&signal, "abort", move |_| give_up()).forget();
        }
    });
    Promise::race(&Array::of2(&answer, &aborted))
}

/// The request as it would arrive, with the headers that a browser adds.
async fn as_received(url: &Url, request: &web_sys::Request) -> Result<Request, JsValue> {
    let mut headers = vec![
        ("host".to_owned(), url.host()),
        ("origin".to_owned(), url.origin()),
        ("sec-fetch-dest".to_owned(), "empty".to_owned()),
    ];
    for pair in request.headers().entries().into_iter().flatten() {
        let pair = Array::from(&pair);
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            headers.push((name, value));
        }
    }
    let body = JsFuture::from(request.array_buffer()?).await?;
    Ok(Request {
        method: request.method(),
        target: url.pathname() + &url.search(),
        headers,
        body: Uint8Array::new(&body).to_vec(),
    })
}

fn response(reply: Reply) -> Result<JsValue, JsValue> {
    let Reply { answer, delivery, .. } = reply;
    let lost = || JsValue::from(js_sys::TypeError::new("Failed to fetch"));
    let headers = Headers::new()?;
    for (name, value) in &answer.headers {
        headers.append(name, value)?;
    }
    let init = ResponseInit::new();
    init.set_status(answer.status);
    init.set_headers(&headers);
    match delivery {
        Delivery::CutBeforeHead | Delivery::CutHead => Err(lost()),
        Delivery::CutBody { .. } => {
            let source = js_sys::Object::new();
            let pull = Closure::<dyn FnMut(ReadableStreamDefaultController)>::new(
                move |controller: ReadableStreamDefaultController| {
                    controller.error_with_e(&js_sys::TypeError::new("network error"));
                },
            );
            Reflect::set(&source, &"pull".into(), &pull.into_js_value())?;
            let stream = web_sys::ReadableStream::new_with_underlying_source(&source)?;
            Response::new_with_opt_readable_stream_and_init(Some(&stream), &init).map(Into::into)
        }
        Delivery::Whole => {
            let body = (!answer.body.is_empty()).then(|| Uint8Array::from(&answer.body[..]));
            Response::new_with_opt_js_u8_array_and_init(body.as_ref(), &init).map(Into::into)
        }
    }
}
