//! What is known of errors: the shape of an entry, which entry fits a report, and what it proves.
//!
//! The entries are with their cloud (`clouds/<name>/errors.rs`), those below the clouds in
//! [`layers`]. One entry in one place per error; a test holds the list to the vendors' pages.

mod family;
mod group;
mod hop;
mod layers;
pub(crate) mod pattern;

use crate::{i18n::Text, model::outcome::ErrorReport};
use serde::Serialize;

pub use family::Family;
pub use group::Group;
pub(crate) use hop::remedy_at;
pub use hop::{Hop, Reached};
pub(crate) use layers::layer_that_says;
pub use layers::{LAYERS, layer};

/// One error of one cloud, explained.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The cloud's own code, spelt as on the wire.
    pub code: &'static str,
    /// The HTTP status that the vendor's page gives; `None` where unknown or where all are 200.
    /// Used only to tell entries of the same code and message apart.
    pub status: Option<u16>,
    /// The operations that can answer it, by the cloud's own names; empty means every operation.
    pub operations: &'static [&'static str],
    /// What the cloud says, as patterns: `{name}` matches any text and captures it. Empty: any
    /// message. The first is the one the vendor's page prints.
    pub messages: &'static [&'static str],
    /// One line, no code in it.
    pub title: Text,
    /// What happened. May hold `{name|words when it was not captured}`.
    pub meaning: Text,
    /// What to do. May hold `{name|words when it was not captured}`.
    pub remedy: Text,
    /// Who can do it.
    pub who: Who,
    /// Whether trying again is safe, and when.
    pub retry: Retry,
    /// What the answer proves about the request.
    pub effect: Effect,
    /// Where the row comes from.
    pub source: Source,
}

impl Entry {
    /// Where an error of a layer lies by its word alone: the types of RFC 9209 are a proxy's.
    pub(crate) fn hop(&self) -> Option<Hop> {
        const OF_THE_WAY_ON: [&str; 5] =
            ["dns_", "destination_", "connection_", "tls_", "http_response_"];
        const OF_THE_PAGE: [&str; 4] =
            ["mixed-content", "csp", "blocked-by-client", "local-network"];
        let begins = |word: &&str| self.code.starts_with(word);
        if OF_THE_WAY_ON.iter().any(begins) {
            Some(Hop::ProxyCloud)
        } else if OF_THE_PAGE.contains(&self.code) {
            Some(Hop::Page)
        } else {
            matches!(self.code, "proxy-login" | "proxy-refused").then_some(Hop::OwnProxy)
        }
    }
}

/// Who can act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The person at the screen.
    You,
    /// Whoever grants permissions or runs the page and its proxy.
    Administrator,
    /// Whoever pays: balance, quota, contracts.
    AccountOwner,
    /// The cloud's support.
    Vendor,
}

/// Whether trying again is safe, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// It cannot help.
    Never,
    /// After something was mended.
    AfterFix,
    /// By waiting.
    Later,
    /// The first may have been carried out: look at the instance before anything else.
    CheckFirst,
}

/// Something that the page can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuggestedAction {
    /// Look at the instance's state again.
    RefreshState,
    /// Start the instance where a restart was asked for.
    StartInstead,
    /// Look for the instance in other regions, or choose one.
    OtherRegion,
    /// Sign again with the corrected time.
    CorrectClock,
    /// Enter the key again.
    EnterKey,
    /// Copy the policy that is missing.
    CopyPolicy,
    /// Compare what the cloud signed with what was signed here.
    CompareSignature,
    /// Send again, once the wait is over.
    SendAgain,
}

/// What an answer with this code proves about the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Refused; nothing was done.
    NothingDone,
    /// Refused for pace; nothing was done.
    Throttled,
    /// Refused because the clock or the date of the signature is off; nothing was done.
    ClockSkew,
    /// Refused because of the state; it may be the echo of a first copy of the same request.
    MaybeEcho,
    /// It may have been carried out.
    MaybeDone,
    /// A dry run that passed, reported in the shape of an error.
    DryRunPassed,
}

/// Where an entry comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// One of the vendor pages that the project must cover.
    VendorPage,
    /// The vendor's other public documentation.
    Documentation,
    /// The vendor's SDK.
    Sdk,
    /// Public logs, tests or third-party code.
    Observed,
}

/// An entry that fits a report, and what its pattern caught in the message.
#[derive(Clone, Debug)]
pub struct Found {
    /// The entry.
    pub entry: &'static Entry,
    /// Names and texts.
    pub captures: Vec<(&'static str, String)>,
}

/// The entry of a catalogue that fits a report best.
///
/// The code decides: exactly spelt, else in other case. Among entries of one code the order is: the
/// very message, a pattern that the message fits (the longest first), the status, any message; then
/// the entries that the operation can answer, then the first.
pub fn find(
    entries: &'static [Entry],
    report: &ErrorReport,
    operation: Option<&str>,
) -> Option<Found> {
    let code = report.code.trim();
    let exact = entries.iter().filter(|entry| entry.code == code);
    best(exact, report, operation).or_else(|| {
        let tolerant = entries.iter().filter(|entry| entry.code.eq_ignore_ascii_case(code));
        best(tolerant, report, operation)
    })
}

pub(crate) fn best(
    candidates: impl Iterator<Item = &'static Entry>,
    report: &ErrorReport,
    operation: Option<&str>,
) -> Option<Found> {
    let mut best: Option<(Rank, Found)> = None;
    for entry in candidates {
        let ((fit, literal), captures) = best_match(entry, report.message.trim());
        let same_status = entry.status.is_some() && entry.status == report.status;
        let fit = match fit {
            Fit::Other | Fit::Any if same_status => Fit::Status,
            fit => fit,
        };
        let can_answer = entry.operations.is_empty()
            || operation.is_none_or(|operation| entry.operations.contains(&operation));
        let rank = (fit, literal, can_answer, same_status);
        if best.as_ref().is_none_or(|(other, _)| rank > *other) {
            best = Some((rank, Found { entry, captures }));
        }
    }
    best.map(|(_, found)| found)
}

/// Higher is better: fit, length of the pattern's text, operation, status.
type Rank = (Fit, usize, bool, bool);

/// How an entry fits a message, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// The entry is for other messages.
    Other,
    /// The entry takes any message.
    Any,
    /// The status is the entry's.
    Status,
    /// A pattern with some text of its own.
    Pattern,
    /// The very message.
    Exact,
}

/// The best fit of an entry's messages, how much text that pattern demands, and what it caught.
pub(crate) fn best_match(
    entry: &Entry,
    message: &str,
) -> ((Fit, usize), Vec<(&'static str, String)>) {
    let mut best = ((if entry.messages.is_empty() { Fit::Any } else { Fit::Other }, 0), Vec::new());
    for known in entry.messages {
        let Some(captures) = pattern::captures(known, message) else { continue };
        let literal = pattern::literal_length(known);
        let fit = match (captures.is_empty(), literal) {
            (true, _) => Fit::Exact,
            (false, 0) => Fit::Any,
            (false, _) => Fit::Pattern,
        };
        if (fit, literal) > best.0 {
            let owned = captures.into_iter().map(|(name, value)| (name, value.to_owned()));
            best = ((fit, literal), owned.collect());
        }
    }
    best
}
