//! What browsers say of a request that they blocked, or whose answer they blocked: the policies of CORS, of the
//! page (CSP), of mixed content and of the local network, and their extensions. Each engine has words of
//! its own and translates them; what is looked for are names of headers, codes and directives.

use super::shapes::says;

/// The layer's word for what a browser says in a text, in lower case.
pub(super) fn blocked(lower: &str) -> Option<&'static str> {
    let any = |phrases: &[&str]| says(lower, phrases);
    // A policy that only reports keeps nothing.
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
    // Firefox has no status to show when nothing came back; with a preflight nothing was sent.
    let is_lost = any(&["(null)", "cors request did not succeed", "corsdidnotsucceed"]);
    Some(if is_lost && !is_preflight(lower) { "network" } else { "cors" })
}

/// How Firefox says in other languages that it blocked a request; beside "CORS", which it translates
/// nowhere.
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

/// Whether it was the preflight that failed, in a text of CORS; the word, or how its translations begin.
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
        // Only answers to a preflight are held against these.
        "access-control-allow-headers",
        "access-control-allow-methods",
    ];
    says(lower, &WORDS)
}

/// Whether all that a text says of CORS is what WebKit adds to every request that failed.
pub(super) fn is_only_added(lower: &str) -> bool {
    says(lower, &["due to access control checks"])
        && !says(lower, &["access-control-allow-"])
        && !is_preflight(lower)
}

/// The header of CORS that a text names, as it is spelt.
pub(super) fn header(text: &str) -> Option<&str> {
    const BEGINS: &str = "access-control-allow-";
    let at = text.to_ascii_lowercase().find(BEGINS)?;
    let name = text.get(at..)?;
    let end = name.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(name.len());
    (end > BEGINS.len()).then(|| name.get(..end)).flatten()
}

/// The address that the browser was to fetch: of all in a text the first whose path goes on with a
/// cloud's host, or whose host is one. Gives the host.
pub(super) fn fetched(lower: &str, is_cloud: impl Fn(&str) -> bool) -> Option<&str> {
    lower.match_indices("://").take(32).find_map(|(at, mark)| {
        let rest = lower.get(at + mark.len()..)?;
        let end = rest.find(|c: char| {
            c.is_whitespace() || !c.is_ascii() || matches!(c, '\'' | '"' | '?' | '<' | ')')
        });
        let address = rest.get(..end.unwrap_or(rest.len()))?;
        let mut parts = address.split('/');
        // A name and a password may stand before it.
        let host = parts.next()?.rsplit('@').next()?.split(':').next()?;
        (is_cloud(host) || parts.any(&is_cloud)).then_some(host)
    })
}
