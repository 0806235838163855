//! What the browser notes of connections, heard as it comes: the list that a page can ask for ends
//! at 250 entries, and a page around the console may empty it.

use js_sys::{Array, Object, Reflect};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{PerformanceObserver, PerformanceObserverEntryList, PerformanceResourceTiming, Url};

thread_local! {
    /// The protocol of the latest answer of each origin, where the browser has told it.
    static PROTOCOLS: RefCell<HashMap<String, String>> = RefCell::default();
    /// Kept for as long as the page: consoles come and go.
    static WATCH: RefCell<Option<TimingObserver>> = const { RefCell::new(None) };
}

/// Begins to take note of protocols. To be called before anything is sent: what reads an instance's
/// state goes to the same origin as what changes it, and earlier.
pub(crate) fn begin() {
    WATCH.with_borrow_mut(|watch| {
        if watch.is_none() {
            *watch = TimingObserver::begin(|entry| note(&entry));
        }
    });
}

/// Over which protocol an address's origin has answered the page last: `h2`. `None` where the browser
/// does not tell, as for another origin that does not allow it to (`Timing-Allow-Origin`).
pub(crate) fn protocol(url: &str) -> Option<String> {
    WATCH.with_borrow(|watch| {
        watch.iter().flat_map(TimingObserver::take).for_each(|entry| note(&entry));
    });
    let origin = absolute(url)?.origin();
    PROTOCOLS.with_borrow(|protocols| protocols.get(&origin).cloned())
}

/// An address as it is without the page's.
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

/// Hears of each answer until it is dropped.
pub(crate) struct TimingObserver {
    observer: PerformanceObserver,
    _hear: Closure<dyn FnMut(PerformanceObserverEntryList)>,
}

impl TimingObserver {
    /// Hears of what is to come, and of what is still on the page's list.
    pub(crate) fn begin(mut hear: impl FnMut(PerformanceResourceTiming) + 'static) -> Option<Self> {
        let closure = Closure::<dyn FnMut(PerformanceObserverEntryList)>::new(
            move |entries: PerformanceObserverEntryList| {
                timings(&entries.get_entries()).for_each(&mut hear);
            },
        );
        let observer = PerformanceObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        for kind in ["navigation", "resource"] {
            let init = Object::new();
            let _ = Reflect::set(&init, &"type".into(), &kind.into());
            let _ = Reflect::set(&init, &"buffered".into(), &true.into());
            observer.observe(init.unchecked_ref());
        }
        Some(TimingObserver { observer, _hear: closure })
    }

    /// What has come and was not heard yet.
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
