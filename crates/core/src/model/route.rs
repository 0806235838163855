//! The route of a request: direct or through a proxy.

use serde::Serialize;

/// How a request reaches its cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Route {
    /// Directly to the cloud's host.
    Direct,
    /// Through a CORS proxy at `{base}/{host}{path}`.
    Proxy {
        /// An absolute or page-relative URL.
        base: String,
    },
}

/// Whether `{base}/{host}{path}` is a valid URL: `http(s)` or page-relative, without query,
/// fragment, user name or password.
pub fn is_proxy_base(base: &str) -> bool {
    let plain = base.bytes().all(|byte| byte > b' ' && !b"?#@\\".contains(&byte));
    let absolute = ["https://", "http://", "//"].iter().find_map(|begin| base.strip_prefix(begin));
    if let Some(rest) = absolute {
        return plain && !rest.is_empty() && !rest.starts_with('/');
    }
    // A colon before the first slash makes a scheme, and other schemes are not supported.
    let first = base.split_once('/').map_or(base, |(first, _)| first);
    plain && !base.is_empty() && !first.contains(':')
}
