//! Known errors: the type of an entry, which entry matches a report, and what it proves.
//!
//! The entries are in `clouds/<name>/errors.rs`, those of the layers below the clouds in
//! `catalogue/layers.rs`. Each error has one entry; a test compares them with the vendors' pages.

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
    /// The cloud's own code, as in the response.
    pub code: &'static str,
    /// The HTTP status on the vendor's page; `None` where unknown or always 200. Only used to
    /// choose between entries with the same code and message.
    pub status: Option<u16>,
    /// The operations that can return it, by the cloud's own names; empty means any.
    pub operations: &'static [&'static str],
    /// Patterns of messages: `{name}` matches and captures any text. Empty: any message. The first
    /// is the one on the vendor's page.
    pub messages: &'static [&'static str],
    /// One line, without the code.
    pub title: Text,
    /// What happened. May contain `{name|text when it was not captured}`.
    pub meaning: Text,
    /// What to do. May contain `{name|text when it was not captured}`.
    pub remedy: Text,
    /// Who can fix it.
    pub who: Who,
    /// Whether and when a retry is safe.
    pub retry: Retry,
    /// What the error proves about the request.
    pub effect: Effect,
    /// The source of the entry.
    pub source: Source,
}

impl Entry {
    /// Where an error of a layer occurred, by its word alone: the types of RFC 9209 come from a
    /// proxy.
    pub(crate) fn hop(&self) -> Option<Hop> {
        const UPSTREAM_TYPES: [&str; 5] =
            ["dns_", "destination_", "connection_", "tls_", "http_response_"];
        const OF_THE_PAGE: [&str; 4] =
            ["mixed-content", "csp", "blocked-by-client", "local-network"];
        let begins = |word: &&str| self.code.starts_with(word);
        if UPSTREAM_TYPES.iter().any(begins) {
            Some(Hop::ProxyCloud)
        } else if OF_THE_PAGE.contains(&self.code) {
            Some(Hop::Page)
        } else {
            matches!(self.code, "proxy-login" | "proxy-refused").then_some(Hop::OwnProxy)
        }
    }
}

/// Who can fix an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The user.
    You,
    /// The administrator of permissions, of the page or of its proxy.
    Administrator,
    /// The account owner: balance, quota, contracts.
    AccountOwner,
    /// The cloud's support.
    Vendor,
}

/// Whether and when a retry is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// A retry cannot help.
    Never,
    /// After the cause was fixed.
    AfterFix,
    /// After waiting.
    Later,
    /// The first request may have been carried out: check the instance before anything else.
    CheckFirst,
}

/// An action that the page can offer for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuggestedAction {
    /// Refresh the state of the instance.
    RefreshState,
    /// Start the instance instead of restarting it.
    StartInstead,
    /// Search other regions for the instance, or choose one.
    OtherRegion,
    /// Sign again with the corrected time.
    CorrectClock,
    /// Enter the key again.
    EnterKey,
    /// Copy the policy for the missing permission.
    CopyPolicy,
    /// Compare the cloud's string to sign with ours.
    CompareSignature,
    /// Send again after the wait.
    SendAgain,
}

/// What an error code proves about the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Refused; nothing was done.
    NothingDone,
    /// Throttled; nothing was done.
    Throttled,
    /// Refused because of the clock or the date of the signature; nothing was done.
    ClockSkew,
    /// Refused because of the state; it may be the response to a second copy of the request.
    MaybeEcho,
    /// It may have been carried out.
    MaybeDone,
    /// A passed dry run, reported as an error.
    DryRunPassed,
}

/// The source of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A vendor page whose errors must all be covered.
    VendorPage,
    /// The vendor's other public documentation.
    Documentation,
    /// The vendor's SDK.
    Sdk,
    /// Public logs, tests or third-party code.
    Observed,
}

/// The entry that matches a report, with the captures of its pattern.
#[derive(Clone, Debug)]
pub struct Found {
    /// The entry.
    pub entry: &'static Entry,
    /// Names and captured texts.
    pub captures: Vec<(&'static str, String)>,
}

/// Finds the entry that matches a report best.
///
/// By code: exact spelling first, else ignoring case. Entries of the same code are ranked by
/// message (literal, then the longest pattern, then the status, then any), then by whether the
/// operation can return them, then by order.
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

/// Higher is better: fit, length of the pattern's literal text, operation, status.
type Rank = (Fit, usize, bool, bool);

/// How an entry matches a message, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// The entry is for other messages.
    Other,
    /// The entry matches any message.
    Any,
    /// The HTTP status is the entry's.
    Status,
    /// A pattern with literal text.
    Pattern,
    /// The literal message.
    Exact,
}

/// The best match of an entry's messages, the length of its literal text, and the captures.
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
