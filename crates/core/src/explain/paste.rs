//! Finds errors in any text: responses, XML, SDK exceptions, log lines, bare codes, several of
//! them. Linear time; nothing is stored.
//!
//! The stages: `plain` removes the formatting of dumps and terminals; `json` and `prose` find
//! codes, `block` the record around each, `marks` and `values` the facts in that record; `report`
//! decides whose error it is. Without a code, known sentences of a vendor count. Network errors of
//! browsers, gateways and programs (`browser`, `page`, `transport`) are searched in the rest of the
//! text: they may belong to another request.
//!
//! An error is a code of a catalogue. A code that other products use as well (`InternalError`)
//! needs further evidence for the cloud: its domain, its literal message, an instance id of its
//! format, or the user's choice. An unknown code counts at the position of a code in a response,
//! and is reported as unknown.

mod block;
mod browser;
mod other_clouds;
mod json;
mod context;
mod page;
mod phrases;
mod plain;
mod prose;
mod report;
mod shapes;
mod transport;
mod values;
mod without_code;

use super::{Confidence, DetectedFormat, Explanation, Known, explain_with};
use crate::{
    catalogue::layer,
    clouds::{self, catalogue},
    i18n::Locale,
    model::{cloud::Cloud, outcome::ErrorReport},
    text::{mask, visible::without_hidden},
};
use context::Surroundings;
use shapes::{is_code_like, start_of};
use std::collections::BTreeSet;

/// What is known about a pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// The id of its cloud; `None` for any.
    pub cloud: Option<String>,
    /// The operation, by the cloud's own name.
    pub operation: Option<String>,
    /// The language of the explanations.
    pub locale: Locale,
}

/// Explains every error in a text, in its order, each once; network errors of other requests come
/// after the clouds' errors. Empty if there is none.
///
/// Takes any text, in time linear in its length; secrets are masked in the result.
///
/// ```
/// use relight_core::explain::{TextOptions, explain_text};
///
/// let log = "E1121 node-3: [TencentCloudSDKError] Code=MutexOperation.TaskRunning, \
///            Message=An identical job is running., RequestId=fe2bb395-4aab";
/// let found = explain_text(log, &TextOptions::default());
/// assert_eq!(found[0].code.as_deref(), Some("MutexOperation.TaskRunning"));
/// assert_eq!(found[0].request_id.as_deref(), Some("fe2bb395-4aab"));
/// assert!(explain_text("it rained all day", &TextOptions::default()).is_empty());
/// ```
pub fn explain_text(text: &str, options: &TextOptions) -> Vec<Explanation> {
    let text = without_hidden(text);
    let text = plain::plain(text.trim());
    let text = text.as_ref();
    let mut reader = Reader::new(options);
    if reader.bare(text) {
        return reader.found;
    }
    reader.layers(text);
    reader.read(text, 0);
    if reader.found.iter().any(|explanation| explanation.recognised) {
        // Next to a known error, a word that only resembles a code belongs to another layer.
        reader.found.retain(|found| found.recognised || found.request_id.is_some());
    }
    if reader.found.is_empty() {
        reader.sentences(text);
    }
    if reader.found.is_empty() {
        reader.connection_errors(text);
    } else {
        reader.other_connection_errors(text);
    }
    reader.found
}

/// The maximum number of explained errors.
const ERRORS_MAX: usize = 100;

/// How far before a code, in bytes, its message and request id are searched.
const BEFORE_BYTES: usize = 600;
const AFTER_BYTES: usize = 3_000;

/// How deep nested texts (JSON in a string in JSON) are read.
const NESTING_MAX: usize = 4;

struct Reader<'o> {
    options: &'o TextOptions,
    /// The catalogues that are searched.
    clouds: Vec<&'static Cloud>,
    /// Every code of these, sorted.
    codes: Vec<&'static str>,
    /// Every operation that their entries name, sorted.
    operations: Vec<&'static str>,
    /// Every region that they know, sorted.
    regions: Vec<&'static str>,
    found: Vec<Explanation>,
    /// Errors that were read, explained or not.
    seen: BTreeSet<String>,
    /// The records with an explained error.
    explained: Vec<String>,
}

impl<'o> Reader<'o> {
    fn new(options: &'o TextOptions) -> Self {
        let clouds: Vec<&Cloud> = clouds::ALL
            .iter()
            .copied()
            .filter(|cloud| options.cloud.as_deref().is_none_or(|id| id == cloud.id))
            .collect();
        let entries = clouds.iter().flat_map(|cloud| catalogue(cloud).errors);
        let mut codes: Vec<_> = entries.clone().map(|entry| entry.code).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut operations: Vec<_> = entries.flat_map(|entry| entry.operations).copied().collect();
        operations.sort_unstable();
        operations.dedup();
        let regions = clouds.iter().flat_map(|cloud| cloud.regions.known);
        let mut regions: Vec<_> = regions.map(|region| region.id).collect();
        regions.sort_unstable();
        let (found, seen, explained) = (Vec::new(), BTreeSet::new(), Vec::new());
        Reader { options, clouds, codes, operations, regions, found, seen, explained }
    }

    /// A text of codes alone. False, without a result, for anything else.
    fn bare(&mut self, text: &str) -> bool {
        const BYTES_MAX: usize = 4_096;
        if text.len() > BYTES_MAX {
            return false;
        }
        let mut words = Vec::new();
        for word in text.split(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"' | '\'' | '`' | '，' | '、')
        }) {
            let word = word.trim_matches(['.', ':', '(', ')', '[', ']']);
            if word.is_empty() {
                continue;
            }
            let code = self.known_in_any_case(word);
            let is_layer = word.contains(['_', '-']) && layer(word).is_some();
            if code.is_none() && !is_layer {
                let only = text.trim_matches(['"', '\'', '`', '.', ':']);
                return self.bare_unknown(only);
            }
            words.push((word, code));
        }
        for (word, code) in words {
            match code {
                Some(code) => {
                    let report = ErrorReport { code: code.to_owned(), ..ErrorReport::default() };
                    let around = Surroundings::none(word, self.clouds.len());
                    self.report(report, &around, true, DetectedFormat::Code);
                }
                None => self.push_layer(word, word, DetectedFormat::Code, Confidence::Likely),
            }
        }
        !self.found.is_empty()
    }

    fn bare_unknown(&mut self, word: &str) -> bool {
        if !is_code_like(word) || clouds::family(word).is_none() {
            return false;
        }
        let report = ErrorReport { code: word.to_owned(), ..ErrorReport::default() };
        let cloud_id = match self.clouds.as_slice() {
            [only] => Some(only.id),
            _ => None,
        };
        let (operation, known) = (self.options.operation.as_deref(), Known::default());
        let explanation =
            explain_with(cloud_id, &[], &report, operation, &known, self.options.locale);
        let confidence = if cloud_id.is_some() { Confidence::Likely } else { Confidence::Possible };
        let detected_format = Some(DetectedFormat::Code);
        self.push(Explanation {
            original: word.to_owned(),
            confidence,
            detected_format,
            ..explanation
        });
        true
    }

    fn known_in_any_case(&self, word: &str) -> Option<&'static str> {
        let exact = self.known(word);
        let one_case =
            !word.chars().any(char::is_uppercase) || !word.chars().any(char::is_lowercase);
        exact.or_else(|| {
            let same = |code: &&&'static str| code.eq_ignore_ascii_case(word);
            if one_case { self.codes.iter().find(same).copied() } else { None }
        })
    }

    fn known(&self, word: &str) -> Option<&'static str> {
        let at = self.codes.binary_search(&word).ok()?;
        self.codes.get(at).copied()
    }

    /// `Proxy-Status: …; error=…` lines.
    fn layers(&mut self, text: &str) {
        const NAME: &str = "proxy-status";
        let lower = text.to_ascii_lowercase();
        let mut rest = lower.as_str();
        while let Some((_, after)) = rest.split_once(NAME) {
            // Up to the end of the line or the next such name, so that no text is read twice.
            let near = start_of(after, AFTER_BYTES);
            let line = near.split(NAME).next().unwrap_or("");
            let line = line.split(['\n', '\r']).next().unwrap_or("");
            for error in line.split("error=").skip(1) {
                let end = error.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                let word = error.get(..end.unwrap_or(error.len())).unwrap_or("");
                if layer(word).is_some() {
                    let original = mask::hide_secrets(line.trim_matches([':', ' ', '"', '\'']));
                    self.push_layer(word, &original, DetectedFormat::Header, Confidence::Certain);
                }
            }
            rest = after;
        }
    }

    /// False for a repeated error: logs repeat themselves.
    fn is_new(&mut self, report: &ErrorReport) -> bool {
        let request_id = report.request_id.as_deref().unwrap_or("");
        let ids = report.instance_ids.join(",");
        self.seen.insert([&report.code, &report.message, request_id, &ids].join("\n"))
    }

    /// Adds an explanation unless it is a duplicate; one with a request id replaces one without.
    /// Two reports of the same request complete each other.
    fn push(&mut self, explanation: Explanation) {
        let same = |other: &&mut Explanation| {
            other.cloud == explanation.cloud
                && other.code == explanation.code
                && other.host == explanation.host
        };
        let alike: Vec<_> = self.found.iter_mut().filter(same).collect();
        for other in alike {
            let is_of_same_request = other.request_id == explanation.request_id;
            let has_none = other.instance_ids.is_empty() || explanation.instance_ids.is_empty();
            let repeated =
                is_of_same_request && (has_none || other.instance_ids == explanation.instance_ids);
            if repeated && other.request_id.is_some() {
                other.complete(explanation);
                return;
            }
            if repeated || explanation.request_id.is_none() {
                return;
            }
            if other.request_id.is_none() {
                *other = explanation;
                return;
            }
        }
        if self.found.len() < ERRORS_MAX {
            self.found.push(explanation);
        }
    }
}
