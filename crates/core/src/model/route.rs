//! The route of a request: through a proxy or direct.

use serde::Serialize;

/// How a call travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Route {
    /// Straight to the cloud's host.
    Direct,
    /// Through a CORS proxy at `{base}/{host}{path}`.
    Proxy {
        /// An absolute or page-relative address.
        base: String,
    },
}

/// Whether `{base}/{host}{path}` can be an address: an absolute one of the web, or one relative to the
/// page, with nothing after its path and nobody's name or password in it.
pub fn is_proxy_base(base: &str) -> bool {
    let plain = base.bytes().all(|byte| byte > b' ' && !b"?#@\\".contains(&byte));
    let absolute = ["https://", "http://", "//"].iter().find_map(|begin| base.strip_prefix(begin));
    if let Some(rest) = absolute {
        return plain && !rest.is_empty() && !rest.starts_with('/');
    }
    // Before the first slash a colon makes a scheme, and these are not known.
    let first = base.split_once('/').map_or(base, |(first, _)| first);
    plain && !base.is_empty() && !first.contains(':')
}
