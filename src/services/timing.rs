//! Observes the browser's resource timing: its buffer ends at 250 entries, and the host page may clear
//! it.

use js_sys::{Array, Object, Reflect};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{PerformanceObserver, PerformanceObserverEntryList, PerformanceResourceTiming, Url};

thread_local! {
    /// The protocol of the latest response of each origin, where the browser reports it.
    static PROTOCOLS: RefCell<HashMap<String, String>> = RefCell::default();
    /// Lives as long as the page: consoles come and go.
    static WATCH: RefCell<Option<TimingObserver>> = const { RefCell::new(None) };
}

/// Begins to observe protocols. To be called before anything is sent: describe requests go to the same
/// origin as those that change something, and earlier.
pub(crate) fn begin() {
    WATCH.with_borrow_mut(|watch| {
        if watch.is_none() {
            *watch = TimingObserver::begin(|entry| note(&entry));
        }
    });
}

/// The protocol of the latest response of an address's origin: `h2`. `None` where the browser does not
/// report it, as for a cross-origin response without `Timing-Allow-Origin`.
pub(crate) fn protocol(url: &str) -> Option<String> {
    WATCH.with_borrow(|watch| {
        watch.iter().flat_map(TimingObserver::take).for_each(|entry| note(&entry));
    });
    let origin = absolute(url)?.origin();
    PROTOCOLS.with_borrow(|protocols| protocols.get(&origin).cloned())
}

/// The absolute address.
pub(crate) fn absolute(url: &str) -> Option<Url> {
    let page = web_sys::window()?.location().href().ok()?;
    Url::new_with_base(url, &page).ok()
}

fn note(entry: &PerformanceResourceTiming) {
    let protocol = entry.next_hop_protocol();
    if let Ok(url) = Url::new(&entry.name())
        && !protocol.is_empty()
    {
        PROTOCOLS.with_borrow_mut(|protocols| protocols.insert(url.origin(), protocol));
    }
}

/// Observes responses until it is dropped.
pub(crate) struct TimingObserver {
    observer: PerformanceObserver,
    _callback: Closure<dyn FnMut(PerformanceObserverEntryList)>,
}

impl TimingObserver {
    /// Observes new and buffered entries.
    pub(crate) fn begin(
        mut on_entry: impl FnMut(PerformanceResourceTiming) + 'static,
    ) -> Option<Self> {
        let closure = Closure::<dyn FnMut(PerformanceObserverEntryList)>::new(
            move |entries: PerformanceObserverEntryList| {
                timings(&entries.get_entries()).for_each(&mut on_entry);
            },
        );
        let observer = PerformanceObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        for kind in ["navigation", "resource"] {
            let init = Object::new();
            let _ = Reflect::set(&init, &"type".into(), &kind.into());
            let _ = Reflect::set(&init, &"buffered".into(), &true.into());
            observer.observe(init.unchecked_ref());
        }
        Some(TimingObserver { observer, _callback: closure })
    }

    /// The entries since the last call.
    pub(crate) fn take(&self) -> Vec<PerformanceResourceTiming> {
        timings(&self.observer.take_records()).collect()
    }
}

impl Drop for TimingObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn timings(entries: &Array) -> impl Iterator<Item = PerformanceResourceTiming> {
    entries.iter().filter_map(|entry| entry.dyn_into().ok())
}
