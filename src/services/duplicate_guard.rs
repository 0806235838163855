//! What is known of proxies that refuse second copies: kept in this browser, since it is found out by
//! requests of which a person is told.
//!
//! Apart from the address there is nothing in it that somebody could want. Who can write it is a page
//! of the same origin, which could as well put another script into this one.

use crate::services::{clock, config::storage, timing::absolute};
use relight_core::{
    diagnostics::{self, CheckResult},
    model::route::Route,
};
use std::{cell::RefCell, collections::HashMap};

/// Before the address.
const NAME: &str = "relight-once ";

thread_local! {
    /// For this page alone, where nothing may be kept beyond it.
    static HERE: RefCell<HashMap<String, String>> = RefCell::default();
}

/// What is known of the proxy of a route. Without one there is nobody to refuse anything.
pub(crate) fn recall(route: &Route) -> CheckResult {
    let Some(name) = name(route) else { return CheckResult::Unknown };
    let kept = match storage() {
        Some(storage) => storage.get_item(&name).ok().flatten(),
        None => None,
    };
    let kept = kept.or_else(|| HERE.with_borrow(|here| here.get(&name).cloned()));
    kept.map_or(CheckResult::Unknown, |kept| diagnostics::recall(&kept, clock::now()))
}

/// Keeps what was found out of a proxy, whatever was known of it before.
pub(crate) fn remember(route: &Route, holds: CheckResult) {
    let Some(name) = name(route) else { return };
    let kept = diagnostics::remember(holds, clock::now());
    if let Some(storage) = storage()
        && storage.set_item(&name, &kept).is_err()
    {
        // What stands there is older and may say something else.
        let _ = storage.remove_item(&name);
    }
    HERE.with_borrow_mut(|here| here.insert(name, kept));
}

/// The proxy's own address: a page in another folder means another by the same relative one.
fn name(route: &Route) -> Option<String> {
    match route {
        Route::Direct => None,
        Route::Proxy { base } => {
            let address = absolute(base)?.href();
            Some(format!("{NAME}{}", address.trim_end_matches('/')))
        }
    }
}
