//! The headers between page and clouds, all clouds together: what a proxy lets pass. This is the one list;
//! configurations, checks and the simulated proxy are held against it.

use super::PROTOCOLS;

/// The names, in lower case, of the headers that a request may have: a proxy allows them to the page and
/// sends them on to the cloud, and no others.
pub fn request_headers() -> Vec<&'static str> {
    let own = PROTOCOLS.iter().flat_map(|protocol| protocol.request_headers());
    ["authorization", "content-type", "accept"].into_iter().chain(own.copied()).collect()
}

/// The names, in lower case, of the headers that a cloud's answer keeps on its way to the page.
pub fn answer_headers() -> Vec<&'static str> {
    ["content-type", "date", "retry-after"].into_iter().chain(own_of_answers()).collect()
}

/// The names, in lower case, of the headers that a page of another origin must be allowed to read: without
/// those that it always may.
pub fn exposed_headers() -> Vec<&'static str> {
    ["date", "retry-after", "proxy-status"].into_iter().chain(own_of_answers()).collect()
}

/// In each of these, where a cloud has one, stands the operation.
pub fn action_headers() -> impl Iterator<Item = &'static str> {
    request_headers().into_iter().filter(|name| name.ends_with("-action"))
}

fn own_of_answers() -> impl Iterator<Item = &'static str> {
    PROTOCOLS.iter().flat_map(|protocol| protocol.answer_headers()).copied()
}
