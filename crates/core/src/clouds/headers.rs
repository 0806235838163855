//! The headers between page and clouds, of all clouds: what a proxy must forward. The proxy
//! configurations, the checks and the simulated proxy are compared with this list.

use super::PROTOCOLS;

/// The request headers, in lower case: a proxy allows them to the page and forwards them to the
/// cloud, and no others.
pub fn request_headers() -> Vec<&'static str> {
    let own = PROTOCOLS.iter().flat_map(|protocol| protocol.request_headers());
    ["authorization", "content-type", "accept"].into_iter().chain(own.copied()).collect()
}

/// The response headers, in lower case, that a proxy returns to the page.
pub fn answer_headers() -> Vec<&'static str> {
    ["content-type", "date", "retry-after"].into_iter().chain(own_of_answers()).collect()
}

/// The response headers, in lower case, that a proxy exposes to a page of another origin: without
/// the safelisted ones.
pub fn exposed_headers() -> Vec<&'static str> {
    ["date", "retry-after", "proxy-status"].into_iter().chain(own_of_answers()).collect()
}

/// The headers that contain the operation.
pub fn action_headers() -> impl Iterator<Item = &'static str> {
    request_headers().into_iter().filter(|name| name.ends_with("-action"))
}

fn own_of_answers() -> impl Iterator<Item = &'static str> {
    PROTOCOLS.iter().flat_map(|protocol| protocol.answer_headers()).copied()
}
