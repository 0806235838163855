//! What the last request on each route has shown of it. No request is sent for this alone.

use crate::services::clock;
use relight_core::{
    model::route::Route,
    transport::{TransportResult, is_from_cloud},
};
use std::cell::RefCell;

/// What is known of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    /// The cloud has answered, after so many milliseconds.
    Answered { ms: u64 },
    /// Nothing came back, or not from the cloud.
    Failed,
}

thread_local! {
    static LAST: RefCell<Vec<(Route, Connection)>> = const { RefCell::new(Vec::new()) };
}

/// What the last request has shown; `None` if there was none.
pub(crate) fn last(route: &Route) -> Option<Connection> {
    LAST.with_borrow(|last| last.iter().find(|(one, _)| one == route).map(|(_, seen)| *seen))
}

/// Waits for the result of a request, and remembers what it shows of the route.
pub(crate) async fn watch(
    route: &Route,
    sending: impl Future<Output = TransportResult>,
) -> TransportResult {
    let begun = clock::now();
    let result = sending.await;
    let ms = clock::now().saturating_sub(begun);
    let seen = match &result {
        TransportResult::Answered(response) if is_from_cloud(response, *route != Route::Direct) => {
            Some(Connection::Answered { ms })
        }
        // Nothing was sent, or this page has not waited for it.
        TransportResult::NotSent { .. } => None,
        TransportResult::Lost { word } if word == "aborted" => None,
        TransportResult::Answered(_) | TransportResult::Lost { .. } => Some(Connection::Failed),
    };
    if let Some(seen) = seen {
        LAST.with_borrow_mut(|last| {
            last.retain(|(one, _)| one != route);
            last.push((route.clone(), seen));
        });
    }
    result
}
