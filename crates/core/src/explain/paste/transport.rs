//! Network errors: the fault, the hop, and the host. Network phrases alone are not enough: a
//! cloud's host or the name of its program must be in the same record.

use super::{
    block::record,
    browser,
    phrases::{BEFORE_A_HOST, IN_A_BROWSER, IN_A_PROXY, OWN_PROXY, TRANSPORT},
    shapes::{floor, says, words},
};
use crate::{catalogue::Hop, clouds::catalogue, model::cloud::Cloud};
use std::ops::Range;

/// A network fault.
#[derive(Clone, Debug)]
pub(super) struct Fault<'t> {
    /// The layer's word.
    pub(super) word: &'static str,
    pub(super) hop: Option<Hop>,
    pub(super) host: Option<&'t str>,
    /// Its range in the text.
    pub(super) at: Range<usize>,
}

/// How far around a phrase, in bytes, the rest is searched.
const AROUND: usize = 2_000;

/// The fault in a lower-case text; `is_about` decides whether a part is about a cloud.
pub(super) fn fault<'t>(
    lower: &'t str,
    clouds: &[&'static Cloud],
    is_about: &dyn Fn(&str) -> bool,
) -> Option<Fault<'t>> {
    /// How often the phrase may occur otherwise before it is a fault.
    const OTHERS_MAX: usize = 8;
    TRANSPORT.iter().find_map(|(word, phrases)| {
        phrases.iter().find_map(|phrase| {
            lower.match_indices(phrase).take(OTHERS_MAX).find_map(|(at, _)| {
                let start = floor(lower, at.saturating_sub(AROUND));
                let end = floor(lower, at + AROUND);
                let block = record(lower, at, &(start..end));
                let text = lower.get(block.clone())?;
                (!is_setting(lower, at + phrase.len())
                    && !continues(line_at(text, at - block.start)))
                .then_some(())?;
                is_about(text).then_some(())?;
                placed(word, text, at - block.start, block, clouds, is_about)
            })
        })
    })
}

/// Whether a setting ends here: `connectTimeout: 5000`. `(read timeout=30)` is one, too, next to a
/// fault.
fn is_setting(lower: &str, end: usize) -> bool {
    let value = lower.get(end..).unwrap_or("").trim_start_matches(['"', '\'', ' ']);
    let value = value.strip_prefix([':', '=']).unwrap_or("").trim_start();
    lower.get(..end).is_some_and(|before| before.ends_with("timeout"))
        && value.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a program says in a line that it continued: curl's log of a request that succeeded.
fn continues(line: &str) -> bool {
    says(line, &["continuing anyway", "need more data"])
}

/// A fault with its hop; `None` if it is not about a cloud.
fn placed<'t>(
    word: &'static str,
    text: &'t str,
    at: usize,
    block: Range<usize>,
    clouds: &[&'static Cloud],
    is_about: &dyn Fn(&str) -> bool,
) -> Option<Fault<'t>> {
    let any = |phrases: &[&str]| says(text, phrases);
    // `https://proxy/host-of-the-cloud/` is requested from the page's proxy, by any program.
    let fetched = browser::fetched(text, |host| is_cloud_host(host, clouds));
    let fetched = fetched.and_then(|host| host_at(text.get(text.find(host)?..)?));
    let of_cloud = || {
        let mut named = words(text).filter_map(|at| text.get(at));
        named.find(|word| is_cloud_host(word, clouds)).and_then(host_at)
    };
    let host = failing_host(text, at).or(fetched).or_else(of_cloud);
    let is_cloud = host.is_some_and(|host| is_cloud_host(host.name, clouds));
    let is_page_proxy = fetched.is_some_and(|one| host.is_some_and(|host| host.name == one.name));
    let is_own = any(OWN_PROXY);
    // Another host is a proxy only if its line is about the cloud as well. A public address with a
    // web port may be the cloud's own.
    let is_public = |host: Host<'_>| host.is_address() && !host.has_odd_port && !host.is_local();
    let is_other =
        host.is_some_and(|host| !is_public(host)) && !is_cloud && !is_page_proxy && !is_own;
    if is_other && !any(IN_A_PROXY) && !is_about(line_at(text, at)) {
        return None;
    }
    let hop = if is_own {
        Hop::OwnProxy
    } else if any(IN_A_PROXY) {
        Hop::ProxyCloud
    } else {
        match host {
            Some(_) if is_cloud => Hop::Direct,
            Some(host) if !host.is_address() || host.has_odd_port => {
                if is_page_proxy || any(IN_A_BROWSER) { Hop::BrowserProxy } else { Hop::OwnProxy }
            }
            Some(_) | None => Hop::Direct,
        }
    };
    // A tunnel that broke, or in which nothing responded, was not established.
    let word = match (is_own, word) {
        (true, "answer-timeout" | "cut-off" | "network") => "proxy-refused",
        (true, "connect-refused") if text.contains("tunnel connection failed") => "proxy-refused",
        (_, word) => word,
    };
    Some(Fault { word, hop: Some(hop), host: host.map(|host| host.name), at: block })
}

/// The line around a position.
fn line_at(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(at..).and_then(|t| t.find('\n')).map_or(text.len(), |newline| at + newline);
    text.get(start..end).unwrap_or("")
}

/// A host as named in a text.
#[derive(Clone, Copy)]
struct Host<'t> {
    name: &'t str,
    /// Whether it has a port other than the default ones.
    has_odd_port: bool,
}

impl Host<'_> {
    fn is_local(self) -> bool {
        ["10.", "127.", "172.", "192.168.", "0."].iter().any(|net| self.name.starts_with(net))
    }

    fn is_address(self) -> bool {
        self.name.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    }
}

/// The host that a phrase is about: of the names before and after it the one that is introduced as
/// such, the nearest first.
fn failing_host(text: &str, at: usize) -> Option<Host<'_>> {
    let line = line_at(text, at);
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    // `ecs.example.com could not be resolved (3: Host not found)`
    let before = line.get(..at - line_start)?.trim_end();
    if line.get(at - line_start..)?.starts_with("could not be resolved") {
        return host_at(before.rsplit(' ').next()?);
    }
    let in_line = |introduces: &&str| {
        let (_, after) = line.split_once(*introduces)?;
        host_at(after)
    };
    let anywhere = |introduces: &&str| {
        let (_, after) = text.split_once(*introduces)?;
        host_at(after)
    };
    BEFORE_A_HOST.iter().find_map(in_line).or_else(|| BEFORE_A_HOST.iter().find_map(anywhere))
}

/// The host at the start of a text.
fn host_at(text: &str) -> Option<Host<'_>> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')));
    let name = text.get(..end.unwrap_or(text.len()))?.trim_matches('.');
    let behind = text.get(name.len()..)?;
    let port = [":", " port "].iter().find_map(|mark| behind.strip_prefix(mark)).unwrap_or("");
    let digits = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    let has_odd_port = !matches!(port.get(..digits), Some("" | "80" | "443") | None);
    (name.contains('.') || name == "localhost").then_some(Host { name, has_odd_port })
}

/// Whether a host is a cloud's API.
pub(super) fn is_cloud_host(host: &str, clouds: &[&'static Cloud]) -> bool {
    clouds.iter().any(|cloud| (catalogue(cloud).is_host)(host))
}
