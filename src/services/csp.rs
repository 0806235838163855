//! Whether the page's own Content Security Policy has blocked a request: browsers report it by an event
//! alone (CSP, 5.3), while the request fails as a lost one does.

use crate::services::timing::absolute;
use gloo_events::EventListener;
use js_sys::Reflect;
use std::{cell::Cell, rc::Rc};

thread_local! {
    /// How many requests have begun in this page.
    static BEGUN: Cell<u64> = const { Cell::new(0) };
}

const EVENT: &str = "securitypolicyviolation";

/// Observes whether the policy blocks a request, from before it is sent until this is dropped.
pub(crate) struct CspObserver {
    has_blocked: Rc<Cell<bool>>,
    _listener: EventListener,
}

impl CspObserver {
    /// Begins to observe a request to this address.
    pub(crate) fn begin(url: &str) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let address = absolute(url)?.href();
        let number = BEGUN.with(|begun| begun.replace(begun.get() + 1) + 1);
        let has_blocked = Rc::new(Cell::new(false));
        let listener = {
            let has_blocked = Rc::clone(&has_blocked);
            EventListener::new(&document, EVENT, move |event| {
                // By name: web-sys' type of the event would be in the page's first load.
                let is = |name: &str, value: &str| {
                    Reflect::get(event, &name.into())
                        .is_ok_and(|found| found.as_string().as_deref() == Some(value))
                };
                let is_trusted = Reflect::get(event, &"isTrusted".into());
                // Of the browser, not of a script; not of a policy that only reports. If another request has
                // begun since, the event may be about that one: a policy can be added at any time.
                let is_ours = is_trusted.is_ok_and(|trusted| trusted.is_truthy())
                    && is("disposition", "enforce")
                    && is("effectiveDirective", "connect-src")
                    && is("blockedURI", &address)
                    && BEGUN.get() == number;
                has_blocked.set(has_blocked.get() || is_ours);
            })
        };
        Some(CspObserver { has_blocked, _listener: listener })
    }

    /// Whether the policy has blocked it.
    pub(crate) fn has_blocked(&self) -> bool {
        self.has_blocked.get()
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::{BEGUN, CspObserver, EVENT};
    use gloo_net::http::Request;
    use gloo_timers::future::TimeoutFuture;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_test::wasm_bindgen_test;
    use web_sys::Event;

    const ELSEWHERE: &str = "https://relay.invalid/cvm.tencentcloudapi.com/";

    /// What is observed of a request to an address: whether it failed, and whether the policy blocked it.
    async fn observed(watched: &str, asked: &str) -> (bool, bool) {
        let watch = CspObserver::begin(watched).unwrap();
        let failed = Request::get(asked).send().await.is_err();
        TimeoutFuture::new(super::super::cloud_client::POLICY_EVENT_MS).await;
        (failed, watch.has_blocked())
    }

    #[wasm_bindgen_test]
    async fn only_a_request_that_the_policy_has_blocked_is_reported() {
        let document = web_sys::window().unwrap().document().unwrap();
        // Without a policy it fails as well: no host has this name.
        assert_eq!(observed(ELSEWHERE, ELSEWHERE).await, (true, false));
        let meta = document.create_element("meta").unwrap();
        meta.set_attribute("http-equiv", "Content-Security-Policy").unwrap();
        meta.set_attribute("content", "connect-src 'self'").unwrap();
        document
            .document_element()
            .unwrap()
            .first_element_child()
            .unwrap()
            .append_child(&meta)
            .unwrap();
        assert_eq!(observed(ELSEWHERE, ELSEWHERE).await, (true, true));
        // Of another address.
        assert_eq!(observed("https://relay.invalid/other/", ELSEWHERE).await, (true, false));
        // It allows this one.
        let own = document.location().unwrap().href().unwrap();
        assert!(!observed(&own, &own).await.1);
        // Another request has begun since: the event may be about that one.
        let watch = CspObserver::begin(ELSEWHERE).unwrap();
        let asked = Request::get(ELSEWHERE).send();
        BEGUN.with(|begun| begun.set(begun.get() + 1));
        assert!(asked.await.is_err());
        TimeoutFuture::new(super::super::cloud_client::POLICY_EVENT_MS).await;
        assert!(!watch.has_blocked());
        // A script can dispatch any event.
        let watch = CspObserver::begin(ELSEWHERE).unwrap();
        let event = Event::new(EVENT).unwrap();
        for (name, value) in [
            ("effectiveDirective", "connect-src"),
            ("blockedURI", ELSEWHERE),
            ("disposition", "enforce"),
        ] {
            js_sys::Reflect::set(&event, &JsValue::from(name), &JsValue::from(value)).unwrap();
        }
        document.dispatch_event(&event).unwrap();
        assert!(!watch.has_blocked());
    }
}
