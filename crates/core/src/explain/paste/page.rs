//! Pages and texts of gateways in the place of an answer.

use super::shapes::{says, start_of};
use crate::explain::Confidence;
use std::ops::Range;

/// The layer's word for a page of a gateway in a text, and how sure that is: all of a text may be an answer,
/// a piece of one may be about something else.
pub(super) fn gateway(lower: &str, of_vendors: &[&str]) -> Option<(&'static str, Confidence)> {
    let any = |phrases: &[&str]| says(lower, phrases);
    let page = ["<!doctype html", "<html"].iter().filter_map(|tag| lower.find(tag)).min();
    // A page may come with the status line and the headers before it.
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

/// Where a whole page stands in a text.
pub(super) fn span(lower: &str) -> Option<Range<usize>> {
    const END: &str = "</html>";
    let start = ["<!doctype", "<html"].iter().filter_map(|tag| lower.find(tag)).min()?;
    let end = lower.rfind(END)? + END.len();
    (start < end).then_some(start..end)
}

/// Whether the title or the heading of a page is an HTTP status that is an error, or says as much.
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

/// Whether a text is the page of a network in front of a server: its name and one of its own error numbers.
fn is_of_a_network(lower: &str) -> bool {
    network_error(lower).is_some()
}

/// The error number in the page of a network in front of a server.
fn network_error(lower: &str) -> Option<u16> {
    /// So often may the word stand for something else before a number follows it.
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

/// Whether a gateway says that it passed the request on to nobody: what stands behind it could not be
/// reached, or a rule of the gateway forbids it. A connection that broke or an answer that did not come
/// says nothing of the kind, and neither does the last of several attempts.
pub(super) fn did_not_forward(lower: &str, of_vendors: &[&str]) -> bool {
    /// No connection: refused, no way to it, no handshake, no valid certificate. 522 is not among them, as
    /// it stands for a request as well that was sent and not acknowledged.
    const NO_CONNECTION: [u16; 4] = [521, 523, 525, 526];
    /// Rules and names of the network itself; from 1100 on a program of its own ran, as in 1019.
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
    // A program in a network's own place, when it blocks.
    let is_blocked = says(lower, &["sorry, you have been blocked"]);
    is_of_network || is_of_mesh || is_blocked || says(lower, of_vendors)
}

/// How Envoy begins.
const UPSTREAM: &[&str] = &["upstream connect error or disconnect/reset"];

/// The text of a server's own page: a line that is a status, and the next that is the server's name.
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
