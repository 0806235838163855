//! Puts an error in words: the entry's texts with what was caught, or what an unknown code tells.

use super::{
    Effect, Entry, ErrorReport, Found, Retry, Who, caught_by, family, find, layer, mask, pattern,
    unknown_effect,
};
use crate::words::{Locale, Text, text};
use serde::Serialize;

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
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
