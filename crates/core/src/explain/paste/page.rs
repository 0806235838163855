//! Pages and texts of gateways in the place of an answer.

use super::shapes::{says, start_of};
use crate::explain::Confidence;

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
        || any(&["upstream connect error or disconnect/reset"])
        || any(&["the proxy server received an invalid response"])
        || any(&["the proxy server could not handle the request"]);
    is_text.then_some(("html-answer", Confidence::Possible))
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

/// The text of a page of a network in front of a server: its name and one of its own error numbers.
fn is_of_a_network(lower: &str) -> bool {
    if !says(lower, &["cloudflare", "ray id"]) {
        return false;
    }

    ["error code ", "error code: ", "error 5", "error 10", "error 11"].iter().any(|words| {
        lower.match_indices(words).take(8).any(|(at, found)| {
            let digits = found.trim_start_matches(|c: char| !c.is_ascii_digit()).len();
            let number = lower.get(at + found.len() - digits..).unwrap_or("");
            let length = number.bytes().take_while(u8::is_ascii_digit).count();
            matches!((length, number.as_bytes().first()), (3, Some(b'5')) | (4, Some(b'1')))
        })
    })
}

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
