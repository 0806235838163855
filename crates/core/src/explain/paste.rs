//! Finds errors in any text: raw answers, XML, exceptions of SDKs, log lines, bare codes, several of
//! them. A text is walked once; nothing in it is kept.
//!
//! What counts as an error: a code of a catalogue. A code that other products use as well
//! (`InternalError`) needs something more that speaks for the cloud: a mark such as its domain, its
//! very message, an instance id of its shape, or the person's word. A code that no catalogue has
//! counts where it stands as the code of an answer, and is reported as unknown.

mod phrases;
mod shapes;
mod values;

use super::{
    Confidence, DetectedFormat, Explanation, Known, explain_layer, explain_with, permission,
};
use crate::{
    catalogue::{Effect, Fit, Group, best, caught_by, layer, pattern},
    clouds::{self, catalogue},
    i18n::Locale,
    model::{cloud::Cloud, outcome::ErrorReport},
    text::{mask, visible::without_hidden},
};
use phrases::TRANSPORT;
use serde_json::Value;
use shapes::{
    floor, is_code_like, is_id, json_spans, shortened, stands_as_code, start_of, unescaped_markup,
    words,
};
use std::{collections::BTreeSet, ops::Range};
use values::{clock_ahead, field, ids_in, is_field_name, key_id_in, message, request_id, status};

/// What is known about a pasted text besides the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// The id of the cloud that it comes from; `None` looks in all.
    pub cloud: Option<String>,
    /// The operation that was asked for, by the cloud's own name.
    pub operation: Option<String>,
    /// The language to explain in.
    pub locale: Locale,
}

/// Explains every error in a text, in the order of the text, each once. Empty if there is none.
///
/// Takes any text, of any length, in time linear in it; secrets are hidden in what comes back.
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
    let text = unescaped_markup(text.trim());
    let text = text.as_ref();
    let mut reader = Reader::new(options);
    if reader.bare(text) {
        return reader.found;
    }
    reader.layers(text);
    reader.read(text, 0);
    if reader.found.iter().any(|explanation| explanation.recognised) {
        // Beside an error that is known, a word that only looks like one is another layer's.
        reader.found.retain(|found| found.recognised || found.request_id.is_some());
    }
    if reader.found.is_empty()
        && let Some((word, detected_format, confidence)) = reader.below(text)
    {
        let explanation =
            explain_layer(word, &mask::hide_secrets(&shortened(text)), options.locale);
        reader.found.push(Explanation {
            detected_format: Some(detected_format),
            confidence,
            ..explanation
        });
    }
    reader.found
}

/// The most errors that one text is explained for.
const ERRORS_MAX: usize = 100;

/// How far around a code, in bytes, its message and request id are looked for.
const BEFORE_BYTES: usize = 600;
const AFTER_BYTES: usize = 3_000;

/// How deep texts inside texts (JSON in a string in JSON) are read.
const NESTING_MAX: usize = 4;

struct Reader<'o> {
    options: &'o TextOptions,
    /// The catalogues that are looked in.
    clouds: Vec<&'static Cloud>,
    /// Every code of theirs, sorted.
    codes: Vec<&'static str>,
    /// Every operation that their entries name, sorted.
    operations: Vec<&'static str>,
    /// Every region that they know, sorted.
    regions: Vec<&'static str>,
    found: Vec<Explanation>,
    /// Errors that were read, whether or not they came to an explanation.
    seen: BTreeSet<String>,
}

/// A piece of text around a code, and what it says about where the code comes from.
struct Surroundings<'t> {
    text: &'t str,
    /// For each cloud of the reader, how much speaks for it.
    marks: Vec<u8>,
    /// An operation named in it.
    operation: Option<&'static str>,
    /// A region named in it.
    region: Option<&'static str>,
    /// A word in it that begins as key ids do.
    key_id: Option<&'t str>,
    /// What is shown as the cloud's words where there is no message.
    original: &'t str,
}

/// A code in prose.
struct Hit<'t> {
    at: Range<usize>,
    code: &'t str,
    /// It stands where a code stands: after `Code=`, in `<Code>`.
    in_place: bool,
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
        let (found, seen) = (Vec::new(), BTreeSet::new());
        Reader { options, clouds, codes, operations, regions, found, seen }
    }

    /// A text that is nothing but codes. False, with nothing found, if it is something else.
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
                    let around = Surroundings {
                        text: word,
                        marks: vec![1; self.clouds.len()],
                        operation: None,
                        region: None,
                        key_id: None,
                        original: word,
                    };
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
            // To the end of the line or the next such name, so that no text is read twice.
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

    /// Reads the JSON in a text as JSON and the rest as prose.
    fn read(&mut self, text: &str, nesting: usize) {
        let mut read_to = 0;
        for span in json_spans(text) {
            if self.found.len() >= ERRORS_MAX {
                return;
            }
            let before = text.get(read_to..span.start).unwrap_or("");
            let json = text.get(span.clone()).unwrap_or("");
            // A value in brackets may be prose: `[TencentCloudSDKError] Code=…`.
            if let Ok(value) = serde_json::from_str::<Value>(json) {
                self.prose(before);
                self.listed(json);
                let start = floor(text, read_to.max(span.start.saturating_sub(BEFORE_BYTES)));
                let around = text.get(start..span.end).unwrap_or(json);
                self.json(&value, around, json, nesting);
                read_to = span.end;
            }
        }
        self.prose(text.get(read_to..).unwrap_or(""));
    }

    /// A whole success in which instances are listed that failed.
    fn listed(&mut self, json: &str) {
        let reads = self
            .clouds
            .iter()
            .filter_map(|cloud| Some((*cloud, catalogue(cloud).listed_failures?)));
        let Some((cloud, report)) = reads
            .filter_map(|(cloud, read)| Some((cloud, read(json)?)))
            .find(|(cloud, report)| report.instance_ids.iter().all(|id| (cloud.ids.strict)(id)))
        else {
            return;
        };
        let (known, locale) = (Known::default(), self.options.locale);
        let operation = self.options.operation.as_deref();
        let explanation = explain_with(
            Some(cloud.id),
            catalogue(cloud).errors,
            &report,
            operation,
            &known,
            locale,
        );
        let original = mask::hide_secrets(&shortened(json));
        let (confidence, detected_format) = (Confidence::Likely, Some(DetectedFormat::Json));
        self.push(Explanation { original, confidence, detected_format, ..explanation });
    }

    fn json(&mut self, value: &Value, around: &str, json: &str, nesting: usize) {
        let mut surroundings = None;
        let mut stack = vec![(value, None::<&str>)];
        while let Some((value, request_id)) = stack.pop() {
            match value {
                Value::Object(fields) => {
                    let request_id = field(fields, &["requestid"]).or(request_id);
                    let code = field(fields, &["code", "errorcode", "errcode"]);
                    let is_code = |code: &&str| self.known(code).is_some() || is_code_like(code);
                    if let Some(code) = code.filter(is_code) {
                        let message = field(fields, &["message", "errormessage", "errmsg", "msg"]);
                        let report = ErrorReport {
                            code: code.to_owned(),
                            message: message.unwrap_or("").to_owned(),
                            status: status(fields),
                            request_id: request_id.map(str::to_owned),
                            instance_ids: field(fields, &["instanceid"])
                                .map(str::to_owned)
                                .into_iter()
                                .collect(),
                            ..ErrorReport::default()
                        };
                        if !self.is_new(&report) {
                            continue;
                        }
                        let surroundings =
                            surroundings.get_or_insert_with(|| self.surroundings(around, json));
                        if !self.report(report, surroundings, true, DetectedFormat::Json) {
                            self.nested(fields.values(), nesting);
                        }
                    } else {
                        self.nested(fields.values(), nesting);
                    }
                    // Last in, first out: keeps the order of the text.
                    stack.extend(fields.values().rev().map(|value| (value, request_id)));
                }
                Value::Array(values) => {
                    stack.extend(values.iter().rev().map(|value| (value, request_id)));
                    self.nested(values.iter(), nesting);
                }
                Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }

    /// False for the second copy of an error: a log repeats itself.
    fn is_new(&mut self, report: &ErrorReport) -> bool {
        let request_id = report.request_id.as_deref().unwrap_or("");
        let ids = report.instance_ids.join(",");
        self.seen.insert([&report.code, &report.message, request_id, &ids].join("\n"))
    }

    /// Strings in JSON that may hold an error themselves.
    fn nested<'v>(&mut self, values: impl Iterator<Item = &'v Value>, nesting: usize) {
        const BYTES_MIN: usize = 8;
        if nesting >= NESTING_MAX {
            return;
        }
        for text in values.filter_map(Value::as_str).filter(|text| text.len() >= BYTES_MIN) {
            self.read(text, nesting + 1);
        }
    }

    fn prose(&mut self, text: &str) {
        let mut hits: Vec<Hit<'_>> = Vec::new();
        for at in words(text) {
            let Some(code) = text.get(at.clone()) else { continue };
            let known = self.known(code).is_some();
            let in_place = (known || is_code_like(code) && !is_field_name(code))
                && stands_as_code(text, at.start);
            // The same code a few words on is the same error (a link to its page, say).
            let repeated = hits.last().is_some_and(|last| {
                last.code == code && at.start - last.at.end < BEFORE_BYTES && !in_place
            });
            if (known || in_place) && !repeated {
                hits.push(Hit { at, code, in_place });
            }
            if hits.len() >= ERRORS_MAX * 2 {
                break;
            }
        }
        let mut absorbed = false;
        for (index, hit) in hits.iter().enumerate() {
            let previous = index.checked_sub(1).and_then(|index| hits.get(index));
            let mut next = hits.get(index + 1);
            if std::mem::take(&mut absorbed) {
                continue;
            }
            // A code that only stands between another code and its request id is a remark on it.
            if let Some(remark) = next.filter(|next| hit.in_place && !next.in_place) {
                let after = |from: usize| {
                    let to = hits.get(index + 2).map_or(text.len(), |hit| hit.at.start);
                    text.get(from..floor(text, to.min(from + BEFORE_BYTES))).unwrap_or("")
                };
                let own = text.get(hit.at.end..remark.at.start).unwrap_or("");
                if request_id("", own).is_none() && request_id("", after(remark.at.end)).is_some() {
                    absorbed = true;
                    next = hits.get(index + 2);
                }
            }
            let start = previous.map_or(0, |previous| previous.at.end);
            let start = floor(text, start.max(hit.at.start.saturating_sub(BEFORE_BYTES)));
            let end = next.map_or(text.len(), |next| next.at.start);
            let end = floor(text, end.min(hit.at.end + AFTER_BYTES));
            let (Some(before), Some(after)) =
                (text.get(start..hit.at.start), text.get(hit.at.end..end))
            else {
                continue;
            };
            let piece = text.get(start..end).unwrap_or("");
            let report = ErrorReport {
                code: hit.code.to_owned(),
                message: message(before, after).unwrap_or("").to_owned(),
                status: None,
                request_id: request_id(before, after).map(str::to_owned),
                ..ErrorReport::default()
            };
            if self.is_new(&report) {
                let around = self.surroundings(piece, piece.trim());
                let is_xml = before.ends_with('>') && after.starts_with("</");
                let detected_format =
                    if is_xml { DetectedFormat::Xml } else { DetectedFormat::Prose };
                self.report(report, &around, hit.in_place, detected_format);
            }
        }
    }

    fn surroundings<'t>(&self, text: &'t str, original: &'t str) -> Surroundings<'t> {
        const BYTES_MAX: usize = 20_000;
        let text = start_of(text, BYTES_MAX);
        let compact: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\\')
            .map(|c| if c == '\'' { '"' } else { c.to_ascii_lowercase() })
            .collect();
        let mut marks: Vec<u8> = self
            .clouds
            .iter()
            .map(|cloud| {
                2 * u8::from(catalogue(cloud).marks.iter().any(|mark| compact.contains(mark)))
            })
            .collect();
        let mut operation = None;
        let mut region = None;
        let mut key_id = None;
        for at in words(text) {
            let Some(word) = text.get(at) else { continue };
            if region.is_none() {
                let known = |part| self.regions.binary_search(&part).ok();
                // `ecs.cn-hangzhou.aliyuncs.com` has one in the middle.
                let at = known(word).or_else(|| word.split('.').find_map(known));
                region = at.and_then(|at| self.regions.get(at)).copied();
            }
            key_id = key_id.or_else(|| key_id_in(word));
            for (cloud, mark) in self.clouds.iter().zip(&mut marks) {
                if (cloud.ids.strict)(word) {
                    *mark = 2;
                }
            }
            if operation.is_none() && self.operations.binary_search(&word).is_ok() {
                operation = self.operations.iter().find(|known| **known == word).copied();
            }
        }
        Surroundings { text, marks, operation, region, key_id, original }
    }

    /// Explains a report once for each cloud that it may be of, if anything speaks for one.
    /// False if nothing does.
    fn report(
        &mut self,
        mut report: ErrorReport,
        around: &Surroundings<'_>,
        in_place: bool,
        detected_format: DetectedFormat,
    ) -> bool {
        let is_common = clouds::is_common(&report.code);
        let mut candidates: Vec<(u8, &'static Cloud)> = Vec::new();
        for (cloud, mark) in self.clouds.iter().zip(&around.marks) {
            let entries = catalogue(cloud).errors.iter().filter(|entry| entry.code == report.code);
            let Some(found) = best(entries, &report, None) else { continue };
            let fit = caught_by(found.entry, report.message.trim()).0;
            // A message of some length that fits word for word.
            let said = 4 * u8::from(fit.0 >= Fit::Pattern && fit.1 >= 20);
            let explanation = u8::from(self.options.cloud.is_some() && in_place);
            candidates.push((mark + said + explanation, cloud));
        }
        let Some(most) = candidates.iter().map(|(score, _)| *score).max() else {
            return self.report_unknown(&mut report, around, detected_format);
        };
        if is_common && most == 0 {
            return false;
        }
        candidates.retain(|(score, _)| *score == most);
        let confidence = match (most, candidates.len()) {
            (2.., 1) => Confidence::Certain,
            (_, 1) if !is_common => Confidence::Likely,
            (_, _) => Confidence::Possible,
        };
        for (_, cloud) in candidates {
            if report.instance_ids.is_empty() {
                report.instance_ids = ids_in(around.text, cloud);
            }
            let is_permission = catalogue(cloud).permission_codes.contains(&report.code.as_str());
            let explanation = self.explanation(cloud, is_permission, &mut report, around);
            self.push(or_original(
                Explanation { confidence, detected_format: Some(detected_format), ..explanation },
                around,
            ));
        }
        true
    }

    fn report_unknown(
        &mut self,
        report: &mut ErrorReport,
        around: &Surroundings<'_>,
        detected_format: DetectedFormat,
    ) -> bool {
        let marked: Vec<_> =
            self.clouds.iter().zip(&around.marks).filter(|(_, mark)| **mark > 0).collect();
        let cloud = match (self.clouds.as_slice(), marked.as_slice()) {
            ([only], _) => Some(*only),
            (_, [(only, _)]) => Some(**only),
            _ => None,
        };
        let family = clouds::family(&report.code);
        let is_answer = report.request_id.is_some() && !report.message.is_empty();
        let speaks_for_it = match cloud {
            Some(_) => is_answer || family.is_some(),
            // Without anything of a cloud about it, it has to look like an answer in all parts.
            None => {
                is_answer && family.is_some() && report.request_id.as_deref().is_some_and(is_id)
            }
        };
        if !speaks_for_it {
            return false;
        }
        let explanation = if let Some(cloud) = cloud {
            if report.instance_ids.is_empty() {
                report.instance_ids = ids_in(around.text, cloud);
            }
            let is_permission =
                family.is_some_and(|family| family.facts().group == Group::GetPermission);
            self.explanation(cloud, is_permission, report, around)
        } else {
            explain_with(None, &[], report, None, &Known::default(), self.options.locale)
        };
        let confidence = if cloud.is_some() { Confidence::Likely } else { Confidence::Possible };
        self.push(or_original(
            Explanation { confidence, detected_format: Some(detected_format), ..explanation },
            around,
        ));
        true
    }

    /// The explanation of a report of a cloud with what the text around it tells.
    fn explanation(
        &self,
        cloud: &'static Cloud,
        is_permission: bool,
        report: &mut ErrorReport,
        around: &Surroundings<'_>,
    ) -> Explanation {
        if is_permission && report.denied.is_none() {
            report.denied = permission::denied_in(around.text);
        }
        // What the cloud signed may go over several lines, where a message ends with its line.
        let patterns = catalogue(cloud).errors.iter().filter(|entry| entry.code == report.code);
        let mut patterns = patterns.flat_map(|entry| entry.messages);
        if let Some(whole) = patterns
            .clone()
            .filter(|known| known.contains("{server_"))
            .find_map(|known| pattern::within(known, around.text))
            .filter(|_| !patterns.any(|known| pattern::captures(known, &report.message).is_some()))
        {
            whole.clone_into(&mut report.message);
        }
        let is_skew = || {
            catalogue(cloud)
                .errors
                .iter()
                .any(|entry| entry.code == report.code && entry.effect == Effect::ClockSkew)
        };
        let region = around.region.filter(|id| cloud.regions.known.iter().any(|one| one.id == *id));
        let known = Known {
            key_id: around.key_id,
            // A text that shows no token may have left it out.
            has_token: true,
            clock_ahead_seconds: is_skew().then(|| clock_ahead(around.text)).flatten(),
            region,
            instance_ids: &[],
        };
        let operation = self.options.operation.as_deref().or(around.operation);
        let locale = self.options.locale;
        explain_with(Some(cloud.id), catalogue(cloud).errors, report, operation, &known, locale)
    }

    fn push_layer(
        &mut self,
        word: &str,
        original: &str,
        detected_format: DetectedFormat,
        confidence: Confidence,
    ) {
        let explanation = explain_layer(word, original, self.options.locale);
        self.push(Explanation {
            detected_format: Some(detected_format),
            confidence,
            ..explanation
        });
    }

    /// A whole web page, what browsers say when a fetch fails, and what programs say when there is
    /// no connection to a host of one of the clouds.
    fn below(&self, text: &str) -> Option<(&'static str, DetectedFormat, Confidence)> {
        let head = start_of(text, 20_000).to_ascii_lowercase();
        // A page may come with the status line and the headers before it.
        let page = ["<!doctype html", "<html"].iter().find_map(|tag| head.find(tag));
        if page.is_some_and(|at| at == 0 || head.starts_with("http/")) {
            let asks_for_password =
                head.contains("type=\"password\"") || head.contains("type=password");
            let word = if asks_for_password { "login-page" } else { "html-answer" };
            return Some((word, DetectedFormat::Page, Confidence::Certain));
        }
        let has_host = words(&head).any(|at| {
            head.get(at).is_some_and(|word| {
                self.clouds.iter().any(|cloud| (catalogue(cloud).is_host)(word))
            })
        });
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| head.contains(phrase));
        if has_host && let Some((word, _)) = TRANSPORT.iter().find(|(_, phrases)| says(phrases)) {
            return Some((word, DetectedFormat::Prose, Confidence::Likely));
        }
        let fetch_failed = [
            "typeerror: failed to fetch",
            "networkerror when attempting to fetch",
            "typeerror: load failed",
        ];
        let start = start_of(&head, 2_000);
        fetch_failed.iter().any(|phrase| start.contains(phrase)).then_some((
            "network",
            DetectedFormat::Prose,
            Confidence::Possible,
        ))
    }

    /// Adds an explanation unless it is there already; one with a request id replaces one without.
    fn push(&mut self, explanation: Explanation) {
        let same = |other: &&mut Explanation| {
            other.cloud == explanation.cloud && other.code == explanation.code
        };
        let alike: Vec<_> = self.found.iter_mut().filter(same).collect();
        for other in alike {
            let repeated = other.request_id == explanation.request_id
                && other.instance_ids == explanation.instance_ids;
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

/// With the text around it for the cloud's words, if the cloud gave none.
fn or_original(mut explanation: Explanation, around: &Surroundings<'_>) -> Explanation {
    if explanation.original.is_empty() {
        explanation.original = mask::hide_secrets(&shortened(around.original));
    }
    explanation
}
