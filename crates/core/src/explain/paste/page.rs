//! Error pages and texts of gateways instead of a response.

use super::shapes::{says, start_of};
use crate::explain::Confidence;
use std::ops::Range;

/// The layer's word for a gateway's page in a text, and the confidence: the whole text may be a
/// response, a part may be about something else.
pub(super) fn gateway(lower: &str, of_vendors: &[&str]) -> Option<(&'static str, Confidence)> {
    let any = |phrases: &[&str]| says(lower, phrases);
    let page = ["<!doctype html", "<html"].iter().filter_map(|tag| lower.find(tag)).min();
    // A page may come with its status line and headers.
    let is_whole = page.is_some_and(|at| at == 0 || lower.starts_with("http/"));
    if is_whole || page.is_some_and(|at| lower.get(at..).is_some_and(is_error_page)) {
        let word = if any(&["err_access_denied"]) {
            "http_request_denied"
        } else if is_whole && any(&["type=\"password\"", "type=password"]) {
            "login-page"
        } else {
            "html-answer"
        };
        let confidence = if is_whole { Confidence::Certain } else { Confidence::Likely };
        return Some((word, confidence));
    }
    let is_text = is_of_a_network(lower)
        || is_of_a_server(lower)
        || any(of_vendors)
        || any(UPSTREAM)
        || any(&["no healthy upstream"])
        || any(&["upstream request timeout"]) && (any(&["envoy"]) || lower.len() < 40)
        || any(&["the proxy server received an invalid response"])
        || any(&["the proxy server could not handle the request"]);
    is_text.then_some(("html-answer", Confidence::Possible))
}

/// The range of a complete page in a text.
pub(super) fn span(lower: &str) -> Option<Range<usize>> {
    const END: &str = "</html>";
    let start = ["<!doctype", "<html"].iter().filter_map(|tag| lower.find(tag)).min()?;
    let end = lower.rfind(END)? + END.len();
    (start < end).then_some(start..end)
}

/// Whether the title or heading of a page is an HTTP error status or its text.
fn is_error_page(page: &str) -> bool {
    let opened = ["<title", "<h1"].iter().find_map(|tag| page.split_once(tag));
    let title = opened.and_then(|(_, rest)| rest.split_once('>'));
    let title = title.map_or("", |(_, rest)| start_of(rest, 200).split('<').next().unwrap_or(""));
    starts_with_error(title.trim())
        || [
            "bad gateway",
            "service unavailable",
            "gateway time",
            "could not be retrieved",
            "| 5",
            "| 4",
        ]
        .iter()
        .any(|words| title.contains(words))
}

/// `502 bad gateway`, `522: …`
fn starts_with_error(text: &str) -> bool {
    let digits = text.get(..3).unwrap_or("");
    digits.starts_with(['4', '5'])
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !text.get(3..4).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a text is the error page of a CDN: its name and one of its own error numbers.
fn is_of_a_network(lower: &str) -> bool {
    network_error(lower).is_some()
}

/// The error number on a CDN's page.
fn network_error(lower: &str) -> Option<u16> {
    /// How often the word may occur otherwise before a number follows it.
    const OTHERS_MAX: usize = 16;
    if !says(lower, &["cloudflare", "ray id"]) {
        return None;
    }
    lower.match_indices("error").take(OTHERS_MAX).find_map(|(at, word)| {
        let mut rest = lower.get(at + word.len()..)?;
        // `Error code: 521`, `<span>Error</span> <span>1020</span>`
        loop {
            let behind = rest.trim_start_matches([' ', ':', '"', '\n', '\r', '\t', '_']);
            let behind = behind.strip_prefix("code").unwrap_or(behind);
            let behind = match behind.strip_prefix('<').and_then(|tag| tag.split_once('>')) {
                Some((tag, behind)) if tag.len() < 80 => behind,
                Some(_) | None => behind,
            };
            if behind.len() == rest.len() {
                break;
            }
            rest = behind;
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u16 = rest.get(..digits)?.parse().ok()?;
        matches!(number, 500..600 | 1000..2000).then_some(number)
    })
}

/// Whether a gateway says that it did not forward the request: the upstream could not be reached,
/// or a rule forbids it. A broken connection or a missing response proves nothing, nor does the
/// last of several attempts.
pub(super) fn did_not_forward(lower: &str, of_vendors: &[&str]) -> bool {
    /// No connection: refused, no route, failed handshake, invalid certificate. Not 522, which also
    /// means sent and not acknowledged.
    const NO_CONNECTION: [u16; 4] = [521, 523, 525, 526];
    /// Errors of the CDN itself; from 1100 on, and 1019, a program of the customer ran.
    const OWN_RULES: Range<u16> = 1000..1042;
    let is_of_network = network_error(lower).is_some_and(|number| {
        NO_CONNECTION.contains(&number) || OWN_RULES.contains(&number) && number != 1019
    });
    let is_of_mesh = says(lower, &["no healthy upstream"])
        || says(lower, UPSTREAM)
            && !says(lower, &["retried and the latest"])
            && says(
                lower,
                &[
                    "reset reason: connection failure",
                    "reset reason: local connection failure",
                    "reset reason: remote connection failure",
                    "reset reason: connection timeout",
                    "reset reason: overflow",
                    "refused stream reset",
                ],
            );
    // A program that runs in the CDN, when it blocks.
    let is_blocked = says(lower, &["sorry, you have been blocked"]);
    is_of_network || is_of_mesh || is_blocked || says(lower, of_vendors)
}

/// The beginning of Envoy's message.
const UPSTREAM: &[&str] = &["upstream connect error or disconnect/reset"];

/// A server's own page: a line with a status, and the next with the server's name.
fn is_of_a_server(lower: &str) -> bool {
    const SERVERS: [&str; 9] = [
        "nginx",
        "openresty",
        "tengine",
        "apache",
        "awselb",
        "caddy",
        "haproxy",
        "envoy",
        "microsoft-azure-application-gateway",
    ];
    let mut lines = lower.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut before = lines.next().unwrap_or("");
    lines.any(|line| {
        let status = std::mem::replace(&mut before, line);
        starts_with_error(status)
            && status.len() < 60
            && SERVERS.iter().any(|name| line.starts_with(name) && line.len() < 60)
    })
}
