//! Locks the key when the page is idle or left.

use crate::{
    components::common::dom,
    services::{
        clock::{Millis, Moment},
        vault::{LockReason, Vault},
    },
};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Interval;
use std::{cell::Cell, rc::Rc};
use web_sys::ShadowRoot;
use yew::Callback;

/// How often idleness is checked.
const CHECK_INTERVAL_MS: u32 = 1_000;

/// The idle time after which it locks, unless the operator configures another.
const DEFAULT_LIMIT_MS: Millis = 900_000;

/// Locks a vault when the page has been idle, and when it is left, even for the back-forward cache.
/// Dropping it stops that.
pub(crate) struct AutoLock {
    limit_ms: Rc<Cell<Millis>>,
    _listeners: Vec<EventListener>,
    _interval: Interval,
}

impl AutoLock {
    /// Starts. `locked` is called after it has locked.
    pub(crate) fn new(vault: &Vault, root: Option<ShadowRoot>, locked: Callback<()>) -> Self {
        let limit_ms = Rc::new(Cell::new(DEFAULT_LIMIT_MS));
        let seen = Rc::new(Cell::new(Moment::now()));
        let lock = {
            let vault = vault.clone();
            move |why| {
                // At once: nothing may run later on a page that is being left.
                let was_typed = root.as_ref().is_some_and(dom::empty_secrets);
                if vault.lock(why, was_typed) {
                    locked.emit(());
                }
            }
        };
        let is_idle = {
            let (limit_ms, seen) = (Rc::clone(&limit_ms), Rc::clone(&seen));
            move || limit_ms.get() > 0 && seen.get().elapsed() >= limit_ms.get()
        };
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            for name in ["pointerdown", "pointermove", "keydown", "wheel"] {
                let (lock, is_idle, seen) = (lock.clone(), is_idle.clone(), Rc::clone(&seen));
                let options = EventListenerOptions::run_in_capture_phase();
                let listener = EventListener::new_with_options(&window, name, options, move |_| {
                    // After sleep an input event may come before the timer.
                    if is_idle() {
                        lock(LockReason::Idle);
                    }
                    seen.set(Moment::now());
                });
                listeners.push(listener);
            }
            let lock = lock.clone();
            listeners
                .push(EventListener::new(&window, "pagehide", move |_| lock(LockReason::Left)));
        }
        let interval = Interval::new(CHECK_INTERVAL_MS, move || {
            if is_idle() {
                lock(LockReason::Idle);
            }
        });
        AutoLock { limit_ms, _listeners: listeners, _interval: interval }
    }

    /// The idle time in milliseconds; 0 for never.
    pub(crate) fn set_limit(&self, limit_ms: Millis) {
        self.limit_ms.set(limit_ms);
    }
}
