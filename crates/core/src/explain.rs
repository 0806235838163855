//! What an error means, what to do about it, who can do that, and whether trying again is safe.
//!
//! The entries stand with their cloud (`cloud/<name>/errors.rs`), those below the clouds in
//! [`layers`]. One entry in one place per error; a test holds the list to the vendors' pages.

mod family;
mod layers;
mod mask;
mod paste;
mod pattern;

use crate::words::{Locale, Text, text};
use serde::{Deserialize, Serialize};

pub use layers::{LAYERS, layer};
pub use paste::{TextOptions, explain_text};

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

/// An error as a decoder found it in an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReport {
    /// The cloud's code.
    pub code: String,
    /// The cloud's message; may be empty.
    pub message: String,
    /// The HTTP status, where there was one.
    #[serde(default)]
    pub status: Option<u16>,
    /// The cloud's id of the request.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The instances that the error names.
    #[serde(default)]
    pub instance_ids: Vec<String>,
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

/// Puts an error of a cloud in words.
///
/// A code that the catalogue lacks gives `recognised: false`: what its name tells is said to be just
/// that, and the cloud's own words stay in `original`, with secrets hidden.
///
/// ```
/// use relight_core::explain::{ErrorReport, explain};
/// use relight_core::words::Locale;
///
/// let report = ErrorReport { code: "Throttling.Burst".to_owned(), ..ErrorReport::default() };
/// let unknown = explain(None, &[], &report, None, Locale::En);
/// assert!(!unknown.recognised);
/// assert!(unknown.meaning.contains("requests that come too fast"));
/// ```
pub fn explain(
    cloud_id: Option<&'static str>,
    entries: &'static [Entry],
    report: &ErrorReport,
    operation: Option<&str>,
    locale: Locale,
) -> Explanation {
    match find(entries, report, operation) {
        Some(found) => recognised(cloud_id, &found, report, operation, locale),
        None => unknown(cloud_id, report, locale),
    }
}

/// Puts a fault of a layer below the clouds in words: a word that [`layer`] knows, and the text that
/// came instead of an answer. An unknown word counts as an answer that is not understood.
pub fn explain_layer(word: &str, text: &str, locale: Locale) -> Explanation {
    let report =
        ErrorReport { code: word.to_owned(), message: text.to_owned(), ..ErrorReport::default() };
    let (known, entry) = match layer(word) {
        Some(entry) => (true, Some(entry)),
        None => (false, layer("not-understood")),
    };
    match entry {
        Some(entry) => {
            let captures = caught_by(entry, text).1;
            let found = Found { entry, captures };
            Explanation { recognised: known, ..recognised(None, &found, &report, None, locale) }
        }
        None => unknown(None, &report, locale),
    }
}

/// What a report proves about the request that it answers.
///
/// A code that the catalogue lacks proves nothing (`MaybeDone`) when it comes with a status of 500
/// or more, without a status, or without a code; else its name decides, and at best nothing was
/// done.
pub fn effect(entries: &'static [Entry], report: &ErrorReport, operation: Option<&str>) -> Effect {
    match find(entries, report, operation) {
        Some(found) => found.entry.effect,
        None => unknown_effect(report),
    }
}

fn best(
    candidates: impl Iterator<Item = &'static Entry>,
    report: &ErrorReport,
    operation: Option<&str>,
) -> Option<Found> {
    let mut best: Option<(Rank, Found)> = None;
    for entry in candidates {
        let ((fit, literal), captures) = caught_by(entry, report.message.trim());
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
enum Fit {
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
fn caught_by(entry: &Entry, message: &str) -> ((Fit, usize), Vec<(&'static str, String)>) {
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

fn recognised(
    cloud_id: Option<&'static str>,
    found: &Found,
    report: &ErrorReport,
    operation: Option<&str>,
    locale: Locale,
) -> Explanation {
    let entry = found.entry;
    let value = |name: &str| {
        let caught = found.captures.iter().find(|(known, _)| *known == name);
        let value = match (caught, name, report.instance_ids.as_slice()) {
            (Some((_, value)), _, _) => value.as_str(),
            (None, "instance", [only]) => only.as_str(),
            (None, "operation", _) => operation?,
            _ => return None,
        };
        presentable(value)
    };
    let in_words = |text: Text| pattern::fill(text.in_locale(locale), value);
    Explanation {
        recognised: true,
        cloud: cloud_id,
        code: Some(report.code.clone()),
        success: entry.effect == Effect::DryRunPassed,
        title: in_words(entry.title),
        meaning: in_words(entry.meaning),
        remedy: in_words(entry.remedy),
        who: entry.who,
        retry: entry.retry,
        request_id: report.request_id.clone(),
        instance_ids: report.instance_ids.clone(),
        original: mask::mask(&report.message),
    }
}

fn unknown(cloud_id: Option<&'static str>, report: &ErrorReport, locale: Locale) -> Explanation {
    const TITLE: Text = text("This error is not in the catalogue", "该错误尚未收录");
    const MEANING: Text =
        text("What {code|it} means is not known here.", "{code|该错误}的含义暂不清楚。");
    const MEANING_BY_NAME: Text = text(
        "What {code|it} means is not known here. By its name, and by that alone, it is about {about}.",
        "{code|该错误}的含义暂不清楚；仅从名称推测，它与“{about}”有关。",
    );
    const LOOK_FIRST: Text = text(
        "Look at the instance before sending again. The cloud's own words are below; its support can tell more by the request ID.",
        "重新提交前请先查看实例状态。云端原文见下方，也可凭请求 ID 咨询云厂商的技术支持。",
    );
    const READ: Text = text(
        "Read the cloud's own words below; its support can tell more by the request ID.",
        "请查看下方的云端原文，也可凭请求 ID 咨询云厂商的技术支持。",
    );
    let family = family::family(report.code.trim());
    let value = |name: &str| match name {
        "code" => presentable(&report.code),
        "about" => family.map(|family| family.about.in_locale(locale).to_owned()),
        _ => None,
    };
    let in_words = |text: Text| pattern::fill(text.in_locale(locale), value);
    let effect = unknown_effect(report);
    let retry = match (effect, family) {
        (Effect::MaybeDone | Effect::MaybeEcho, _) => Retry::CheckFirst,
        (_, Some(family)) => family.retry,
        (_, None) => Retry::AfterFix,
    };
    Explanation {
        recognised: false,
        cloud: cloud_id,
        code: presentable(&report.code),
        success: false,
        title: in_words(TITLE),
        meaning: in_words(if family.is_some() { MEANING_BY_NAME } else { MEANING }),
        remedy: in_words(if retry == Retry::CheckFirst { LOOK_FIRST } else { READ }),
        who: family.map_or(Who::You, |family| family.who),
        retry,
        request_id: report.request_id.clone(),
        instance_ids: report.instance_ids.clone(),
        original: mask::mask(&report.message),
    }
}

fn unknown_effect(report: &ErrorReport) -> Effect {
    let code = report.code.trim();
    match report.status {
        Some(status) if status < 500 && !code.is_empty() => {
            family::family(code).map_or(Effect::NothingDone, |family| family.effect)
        }
        _ => Effect::MaybeDone,
    }
}

/// A piece of foreign text that may stand in a sentence of ours: short, on one line, visible, and
/// without secrets. `None` if it cannot.
fn presentable(value: &str) -> Option<String> {
    const BYTES_MAX: usize = 120;
    let value = value.trim();
    if value.is_empty() || value.len() > BYTES_MAX || value.chars().any(is_hidden) {
        return None;
    }
    Some(mask::mask(value))
}

/// Characters that change how the text around them is read without being seen.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
