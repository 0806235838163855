//! What the page's own policy keeps from leaving. A browser tells a request that it did not let go from
//! one whose answer is lost by an event alone (Content Security Policy, 5.3).

use crate::services::timing::absolute;
use js_sys::Reflect;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Document, Event};

thread_local! {
    /// How many requests have begun in this page.
    static BEGUN: Cell<u64> = const { Cell::new(0) };
}

const EVENT: &str = "securitypolicyviolation";

/// Hears whether the policy keeps a request, from before it is given to the browser until this is
/// dropped.
pub(crate) struct PolicyWatch {
    document: Document,
    has_blocked: Rc<Cell<bool>>,
    hear: Closure<dyn FnMut(Event)>,
}

impl PolicyWatch {
    /// Begins to listen for what keeps a request to this address.
    pub(crate) fn begin(url: &str) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let address = absolute(url)?.href();
        let number = BEGUN.with(|begun| begun.replace(begun.get() + 1) + 1);
        let has_blocked = Rc::new(Cell::new(false));
        let hear = {
            let has_blocked = Rc::clone(&has_blocked);
            Closure::<dyn FnMut(Event)>::new(move |event: Event| {
                // By name: a type of its own for the event would be in the page's first load.
                let says = |name: &str, value: &str| {
                    Reflect::get(&event, &name.into())
                        .is_ok_and(|found| found.as_string().as_deref() == Some(value))
                };
                let is_trusted = Reflect::get(&event, &"isTrusted".into());
                // Of the browser, not of a script; not of a policy that only reports. If another request has
                // begun since, it may be that one's: a policy can be added while this one travels.
                let is_ours = is_trusted.is_ok_and(|trusted| trusted.is_truthy())
                    && says("disposition", "enforce")
                    && says("effectiveDirective", "connect-src")
                    && says("blockedURI", &address)
                    && BEGUN.get() == number;
                has_blocked.set(has_blocked.get() || is_ours);
            })
        };
        document.add_event_listener_with_callback(EVENT, hear.as_ref().unchecked_ref()).ok()?;
        Some(PolicyWatch { document, has_blocked, hear })
    }

    /// Whether the policy has blocked it.
    pub(crate) fn has_blocked(&self) -> bool {
        self.has_blocked.get()
    }
}

impl Drop for PolicyWatch {
    fn drop(&mut self) {
        let hear = self.hear.as_ref().unchecked_ref();
        let _ = self.document.remove_event_listener_with_callback(EVENT, hear);
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::{BEGUN, EVENT, PolicyWatch};
    use gloo_net::http::Request;
    use gloo_timers::future::TimeoutFuture;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_test::wasm_bindgen_test;
    use web_sys::Event;

    const ELSEWHERE: &str = "https://relay.invalid/cvm.tencentcloudapi.com/";

    /// What is heard of a request to an address: whether it failed, and whether the policy blocked it.
    async fn heard(watched: &str, asked: &str) -> (bool, bool) {
        let watch = PolicyWatch::begin(watched).unwrap();
        let failed = Request::get(asked).send().await.is_err();
        TimeoutFuture::new(super::super::cloud_client::POLICY_EVENT_MS).await;
        (failed, watch.has_blocked())
    }

    #[wasm_bindgen_test]
    async fn what_the_policy_keeps_is_heard_of_and_nothing_else_is_taken_for_it() {
        let document = web_sys::window().unwrap().document().unwrap();
        // Without a policy it fails as well: nobody has this name.
        assert_eq!(heard(ELSEWHERE, ELSEWHERE).await, (true, false));
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
        assert_eq!(heard(ELSEWHERE, ELSEWHERE).await, (true, true));
        // Of another address.
        assert_eq!(heard("https://relay.invalid/other/", ELSEWHERE).await, (true, false));
        // It lets this one go.
        let own = document.location().unwrap().href().unwrap();
        assert!(!heard(&own, &own).await.1);
        // Another request has begun meanwhile: whose it is, nobody can say.
        let watch = PolicyWatch::begin(ELSEWHERE).unwrap();
        let asked = Request::get(ELSEWHERE).send();
        BEGUN.with(|begun| begun.set(begun.get() + 1));
        assert!(asked.await.is_err());
        TimeoutFuture::new(super::super::cloud_client::POLICY_EVENT_MS).await;
        assert!(!watch.has_blocked());
        // A script can say anything.
        let watch = PolicyWatch::begin(ELSEWHERE).unwrap();
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
