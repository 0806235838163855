//! What an error means, what to do about it, who can do that, and whether trying again is safe.
//!
//! The entries stand with their cloud (`cloud/<name>/errors.rs`), those below the clouds in
//! [`layers`]. One entry in one place per error; a test holds the list to the vendors' pages.

use crate::words::Text;
use serde::Serialize;

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
    /// A dry run that passed, told in the shape of an error.
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

/// An error, decoded and put in words. The shape of the module's `Explanation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether the catalogue has it.
    pub recognised: bool,
    /// The cloud's id, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud: Option<&'static str>,
    /// The cloud's code, as found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// True for a passed dry run.
    pub success: bool,
    /// One line.
    pub title: String,
    /// What happened.
    pub meaning: String,
    /// What to do.
    pub remedy: String,
    /// Who can do it.
    pub who: Who,
    /// Whether trying again is safe, and when.
    pub retry: Retry,
    /// The cloud's id of the request, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The instances named in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instance_ids: Vec<String>,
    /// The cloud's own words, kept.
    pub original: String,
}

/// An error as a decoder found it: the cloud's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReport {
    /// The code.
    pub code: String,
    /// The message, as it came.
    pub message: String,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The cloud's id of the request.
    pub request_id: Option<String>,
    /// The instances it speaks of.
    pub instance_ids: Vec<String>,
}
