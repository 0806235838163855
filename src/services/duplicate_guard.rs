//! What is known of proxies that refuse duplicates: stored in this browser, since finding it out takes
//! requests that the user has to start.
//!
//! Apart from the address nothing in it is of value. Only a page of the same origin can write it, which
//! could as well inject a script into this one.

use crate::services::{clock, config::storage, timing::absolute};
use relight_core::{
    diagnostics::{self, CheckResult},
    model::route::Route,
};
use std::{cell::RefCell, collections::HashMap};

/// Prefix of the key, before the address.
const NAME: &str = "relight-once ";

thread_local! {
    /// For this page alone, where nothing can be stored.
    static IN_MEMORY: RefCell<HashMap<String, String>> = RefCell::default();
}

/// What is known of the proxy of a route. Without a proxy nothing refuses duplicates.
pub(crate) fn recall(route: &Route) -> CheckResult {
    let Some(name) = name(route) else { return CheckResult::Unknown };
    let stored = match storage() {
        Some(storage) => storage.get_item(&name).ok().flatten(),
        None => None,
    };
    let stored = stored.or_else(|| IN_MEMORY.with_borrow(|here| here.get(&name).cloned()));
    stored.map_or(CheckResult::Unknown, |stored| diagnostics::recall(&stored, clock::now()))
}

/// Stores what was found out, whatever was known before.
pub(crate) fn remember(route: &Route, holds: CheckResult) {
    let Some(name) = name(route) else { return };
    let stored = diagnostics::remember(holds, clock::now());
    if let Some(storage) = storage()
        && storage.set_item(&name, &stored).is_err()
    {
        // The stored value is older and may differ.
        let _ = storage.remove_item(&name);
    }
    IN_MEMORY.with_borrow_mut(|here| here.insert(name, stored));
}

/// The proxy's absolute address: a relative one means another proxy in another folder.
fn name(route: &Route) -> Option<String> {
    match route {
        Route::Direct => None,
        Route::Proxy { base } => {
            let address = absolute(base)?.href();
            Some(format!("{NAME}{}", address.trim_end_matches('/')))
        }
    }
}
