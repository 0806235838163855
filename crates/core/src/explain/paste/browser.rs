//! Messages of browsers about a request or response that they blocked: CORS, Content Security
//! Policy, mixed content, private network access and extensions. Each engine has its own texts and
//! translations; the search is for names of headers, codes and directives.

use super::shapes::says;

/// The layer's word for a browser's message in a lower-case text.
pub(super) fn blocked(lower: &str) -> Option<&'static str> {
    let any = |phrases: &[&str]| says(lower, phrases);
    // A report-only policy blocks nothing.
    let is_report = any(&["[report only]", "[report-only]", "policy-report-only"]);
    if any(&["err_blocked_by_csp"])
        || any(&["connect-src", "refused to connect"])
            && any(&["content security policy", "content-security-policy", "内容安全"])
            && !is_report
    {
        return Some("csp");
    }
    if any(&[
        "mixed content:",
        "mixed active content",
        "混合活动内容",
        "混合主动内容",
        "混合内容",
        "insecure content from",
        "over https, but requested an insecure",
    ]) {
        return Some("mixed-content");
    }
    if any(&[
        "err_blocked_by_client",
        "err_blocked_by_administrator",
        "err_network_access_denied",
        "content blocking is enabled",
    ]) {
        return Some("blocked-by-client");
    }
    if any(&[
        "private_network_access",
        "local_network_access",
        "` address space",
        "address space `",
        "private address space",
        "local address space",
    ]) {
        return Some("local-network");
    }
    let is_cors = any(&[
        "cors policy",
        "cross-origin request",
        "http/cors/errors",
        "access control checks",
        "preflight response is not successful",
        "not allowed by access-control-allow-",
        "cross-origin resource sharing",
        "同源策略",
    ]) || any(&["access-control-allow-"])
        && any(&["cannot load", "cannot use wildcard"])
        || any(&["cors"]) && (any(&["access-control-allow-"]) || any(&["(null)"]) || any(BLOCKED));
    if !is_cors {
        return None;
    }
    // Firefox has no status without a response; after a failed preflight nothing was sent.
    let is_lost = any(&["(null)", "cors request did not succeed", "corsdidnotsucceed"]);
    Some(if is_lost && !is_preflight(lower) { "network" } else { "cors" })
}

/// Firefox's translations of "blocked"; next to "CORS", which is never translated.
const BLOCKED: &[&str] = &[
    "blockiert",
    "bloqu",
    "bloccat",
    "geblokkeerd",
    "zablokowan",
    "заблокирован",
    "engellendi",
    "ブロック",
    "차단",
    "封鎖",
    "阻止",
    "拦截",
];

/// Whether the preflight failed, in a text about CORS; the word, or how its translations begin.
pub(super) fn is_preflight(lower: &str) -> bool {
    const WORDS: [&str; 20] = [
        "preflight",
        "pré-",
        "prévol",
        "prélim",
        "prelimin",
        "previa",
        "vorab",
        "vooraf",
        "wstępn",
        "ön kontrol",
        "предварит",
        "事前",
        "プリフライト",
        "사전",
        "프리플라이트",
        "预检",
        "預檢",
        "預先",
        // Only preflight responses are checked against these.
        "access-control-allow-headers",
        "access-control-allow-methods",
    ];
    says(lower, &WORDS)
}

/// Whether the text about CORS is only what WebKit adds to every failed request.
pub(super) fn is_only_added(lower: &str) -> bool {
    says(lower, &["due to access control checks"])
        && !says(lower, &["access-control-allow-"])
        && !is_preflight(lower)
}

/// The CORS header that a text names, as spelt.
pub(super) fn header(text: &str) -> Option<&str> {
    const BEGINS: &str = "access-control-allow-";
    let at = text.to_ascii_lowercase().find(BEGINS)?;
    let name = text.get(at..)?;
    let end = name.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(name.len());
    (end > BEGINS.len()).then(|| name.get(..end)).flatten()
}

/// The host of the requested URL: the first one in the text with a cloud's host in its path or as
/// its host.
pub(super) fn fetched(lower: &str, is_cloud: impl Fn(&str) -> bool) -> Option<&str> {
    lower.match_indices("://").take(32).find_map(|(at, mark)| {
        let rest = lower.get(at + mark.len()..)?;
        let end = rest.find(|c: char| {
            c.is_whitespace() || !c.is_ascii() || matches!(c, '\'' | '"' | '?' | '<' | ')')
        });
        let address = rest.get(..end.unwrap_or(rest.len()))?;
        let mut parts = address.split('/');
        // Without user name and password.
        let host = parts.next()?.rsplit('@').next()?.split(':').next()?;
        (is_cloud(host) || parts.any(&is_cloud)).then_some(host)
    })
}
