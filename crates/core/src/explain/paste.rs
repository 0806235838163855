//! Finds errors in any text: raw answers, XML, exceptions of SDKs, log lines, bare codes, several of
//! them. A text is walked once; nothing in it is kept.
//!
//! What counts as an error: a code of a catalogue. A code that other products use as well
//! (`InternalError`) needs something more that speaks for the cloud: a mark such as its domain, its
//! very message, an instance id of its shape, or the person's word. A code that no catalogue has
//! counts where it stands as the code of an answer, and is reported as unknown.

use super::{
    ErrorReport, Explanation, Fit, best, caught_by, explain, explain_layer, family, layer, mask,
    told::is_hidden,
};
use crate::{
    cloud::{self, Manifest},
    words::Locale,
};
use serde_json::{Map, Value};
use std::{borrow::Cow, collections::BTreeSet, ops::Range};

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
    let text = visible(text);
    let text = text.trim();
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
        && let Some(word) = page_or_browser(text)
    {
        reader.found.push(explain_layer(word, &shortened(text), options.locale));
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

/// Codes that other products use, too.
const COMMON: &[&str] = &[
    "ActionOffline",
    "DiskError",
    "DryRunOperation",
    "FailedOperation",
    "INTERNAL_SERVER_ERROR",
    "IncompleteSignature",
    "InstanceExpired",
    "InstanceNotReady",
    "InsufficientBalance",
    "InternalError",
    "InternalServerError",
    "InvalidAction",
    "InvalidFilter",
    "InvalidParameter",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "InvalidRequest",
    "InvalidSignatureMethod",
    "LackResource",
    "LimitExceeded",
    "MissingParameter",
    "MissingSecurityToken",
    "NoPermission",
    "NoSuchProduct",
    "NoSuchVersion",
    "REQUEST_BLOCKED",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUEST_TIMED_OUT",
    "RequestLimitExceeded",
    "ResourceInUse",
    "ResourceInsufficient",
    "ResourceNotFound",
    "ResourceUnavailable",
    "SECURITY_CHALLENGE",
    "SERVICE_TEMPORARY_UNAVAILABLE",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "Throttling",
    "UnauthorizedOperation",
    "UnknownParameter",
    "UnsupportedHTTPMethod",
    "UnsupportedOperation",
    "UnsupportedProtocol",
    "UnsupportedRegion",
];

struct Reader<'o> {
    options: &'o TextOptions,
    /// The catalogues that are looked in.
    clouds: Vec<&'static Manifest>,
    /// Every code of theirs, sorted.
    codes: Vec<&'static str>,
    /// Every operation that their entries name, sorted.
    operations: Vec<&'static str>,
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
        let clouds: Vec<_> = cloud::ALL
            .iter()
            .map(|cloud| cloud.manifest())
            .filter(|manifest| options.cloud.as_deref().is_none_or(|id| id == manifest.id))
            .collect();
        let entries = clouds.iter().flat_map(|manifest| manifest.errors);
        let mut codes: Vec<_> = entries.clone().map(|entry| entry.code).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut operations: Vec<_> = entries.flat_map(|entry| entry.operations).copied().collect();
        operations.sort_unstable();
        operations.dedup();
        Reader { options, clouds, codes, operations, found: Vec::new(), seen: BTreeSet::new() }
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
        let locale = self.options.locale;
        for (word, code) in words {
            match code {
                Some(code) => {
                    let report = ErrorReport { code: code.to_owned(), ..ErrorReport::default() };
                    let around = Surroundings {
                        text: word,
                        marks: vec![1; self.clouds.len()],
                        operation: None,
                        original: word,
                    };
                    self.report(report, &around, true);
                }
                None => self.push(explain_layer(word, word, locale)),
            }
        }
        !self.found.is_empty()
    }

    fn bare_unknown(&mut self, word: &str) -> bool {
        if !is_code_like(word) || family::family(word).is_none() {
            return false;
        }
        let report = ErrorReport { code: word.to_owned(), ..ErrorReport::default() };
        let cloud_id = match self.clouds.as_slice() {
            [only] => Some(only.id),
            _ => None,
        };
        let explanation = explain(cloud_id, &[], &report, None, self.options.locale);
        self.push(Explanation { original: word.to_owned(), ..explanation });
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
                    let original = mask::mask(line.trim_matches([':', ' ', '"', '\'']));
                    self.push(explain_layer(word, &original, self.options.locale));
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
                let start = floor(text, read_to.max(span.start.saturating_sub(BEFORE_BYTES)));
                let around = text.get(start..span.end).unwrap_or(json);
                self.json(&value, around, json, nesting);
                read_to = span.end;
            }
        }
        self.prose(text.get(read_to..).unwrap_or(""));
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
                        if !self.report(report, surroundings, true) {
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
        for (index, hit) in hits.iter().enumerate() {
            let previous = index.checked_sub(1).and_then(|index| hits.get(index));
            let next = hits.get(index + 1);
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
                self.report(report, &around, hit.in_place);
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
            .map(|cloud| 2 * u8::from(cloud.error_marks.iter().any(|mark| compact.contains(mark))))
            .collect();
        let mut operation = None;
        for at in words(text) {
            let Some(word) = text.get(at) else { continue };
            for (cloud, mark) in self.clouds.iter().zip(&mut marks) {
                if (cloud.ids.strict)(word) {
                    *mark = 2;
                }
            }
            if operation.is_none() && self.operations.binary_search(&word).is_ok() {
                operation = self.operations.iter().find(|known| **known == word).copied();
            }
        }
        Surroundings { text, marks, operation, original }
    }

    /// Explains a report once for each cloud that it may be of, if anything speaks for one.
    /// False if nothing does.
    fn report(
        &mut self,
        mut report: ErrorReport,
        around: &Surroundings<'_>,
        in_place: bool,
    ) -> bool {
        let is_common = COMMON.binary_search(&report.code.as_str()).is_ok();
        let mut candidates: Vec<(u8, &'static Manifest)> = Vec::new();
        for (cloud, mark) in self.clouds.iter().zip(&around.marks) {
            let entries = cloud.errors.iter().filter(|entry| entry.code == report.code);
            let Some(found) = best(entries, &report, None) else { continue };
            let fit = caught_by(found.entry, report.message.trim()).0;
            // A message of some length that fits word for word.
            let said = 4 * u8::from(fit.0 >= Fit::Pattern && fit.1 >= 20);
            let told = u8::from(self.options.cloud.is_some() && in_place);
            candidates.push((mark + said + told, cloud));
        }
        let Some(most) = candidates.iter().map(|(score, _)| *score).max() else {
            return self.report_unknown(&report, around);
        };
        if is_common && most == 0 {
            return false;
        }
        let operation = self.options.operation.as_deref().or(around.operation);
        for (_, cloud) in candidates.into_iter().filter(|(score, _)| *score == most) {
            if report.instance_ids.is_empty() {
                report.instance_ids = ids_in(around.text, cloud);
            }
            let locale = self.options.locale;
            let explanation = explain(Some(cloud.id), cloud.errors, &report, operation, locale);
            self.push(or_original(explanation, around));
        }
        true
    }

    fn report_unknown(&mut self, report: &ErrorReport, around: &Surroundings<'_>) -> bool {
        let marked: Vec<_> =
            self.clouds.iter().zip(&around.marks).filter(|(_, mark)| **mark > 0).collect();
        let cloud_id = match (self.clouds.as_slice(), marked.as_slice()) {
            ([only], _) => Some(only.id),
            (_, [(only, _)]) => Some(only.id),
            _ => None,
        };
        let has_family = family::family(&report.code).is_some();
        let is_answer = report.request_id.is_some() && !report.message.is_empty();
        if !is_answer && (cloud_id.is_none() || !has_family) {
            return false;
        }
        let locale = self.options.locale;
        let explanation = explain(cloud_id, &[], report, None, locale);
        self.push(or_original(explanation, around));
        true
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
        explanation.original = mask::mask(&shortened(around.original));
    }
    explanation
}

/// A whole web page, or what browsers say when a fetch fails.
fn page_or_browser(text: &str) -> Option<&'static str> {
    let head = start_of(text, 20_000).to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") {
        let asks_for_password =
            head.contains("type=\"password\"") || head.contains("type=password");
        return Some(if asks_for_password { "login-page" } else { "html-answer" });
    }
    let fetch_failed = [
        "TypeError: Failed to fetch",
        "NetworkError when attempting to fetch",
        "TypeError: Load failed",
    ];
    fetch_failed.iter().any(|words| start_of(text, 2_000).contains(words)).then_some("network")
}

/// The text without characters that are not seen.
fn visible(text: &str) -> Cow<'_, str> {
    let unwanted = |c: char| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
    if text.contains(unwanted) {
        Cow::Owned(text.chars().filter(|c| !unwanted(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// At most so many bytes from the start.
fn start_of(text: &str, bytes: usize) -> &str {
    text.get(..floor(text, bytes)).unwrap_or(text)
}

/// The nearest place at or before `at` where the text may be cut.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

fn shortened(text: &str) -> String {
    const BYTES_MAX: usize = 2_000;
    let start = start_of(text, BYTES_MAX);
    if start.len() == text.len() { text.to_owned() } else { format!("{start}…") }
}

/// The outermost `{…}` and `[…]` of a text, as far as they close. Braces in strings do not count.
fn json_spans(text: &str) -> Vec<Range<usize>> {
    // A brace that never closes hides what follows; the search then starts again behind it.
    const RESTARTS_MAX: usize = 16;
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut from = 0;
    for _ in 0..RESTARTS_MAX {
        let mut depth = 0_usize;
        let mut start = None;
        let mut in_string = false;
        let mut escaped = false;
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' if depth > 0 => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => {
                    if depth == 0 {
                        start = Some(at);
                    }
                    depth += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    if let (0, Some(begin)) = (depth, start) {
                        spans.push(begin..at + 1);
                    }
                }
                _ => {}
            }
        }
        match start.filter(|_| depth > 0) {
            Some(unclosed) => from = unclosed + 1,
            None => break,
        }
    }
    spans
}

/// Runs of the characters that codes, operations and ids are made of, without dots at the ends.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + bytes.get(from..)?.iter().position(|b| is_word_byte(*b))?;
            let rest = bytes.get(start..)?;
            let length = rest.iter().position(|b| !is_word_byte(*b)).unwrap_or(rest.len());
            from = start + length;
            let word = rest.get(..length)?;
            let dots = |b: &&u8| **b == b'.' || **b == b'-';
            let head = word.iter().take_while(dots).count();
            let tail = word.iter().rev().take_while(dots).count();
            if head + tail < length {
                return Some(start + head..from - tail);
            }
        }
    })
    .flat_map(move |run| pieces(text, run))
}

/// A run, and, since `-` joins ids but parts codes (`Code-message`), its pieces if it has any.
fn pieces(text: &str, run: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let first_dash = text.get(run.clone()).and_then(|word| word.find('-'));
    let head = first_dash.map(|dash| run.start..run.start + dash);
    std::iter::once(run).chain(head)
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// Whether a word has the shape of a code: `Two.Parts`, `TwoHumps`, `TWO_PARTS`.
fn is_code_like(word: &str) -> bool {
    const BYTES_MAX: usize = 100;
    if word.len() > BYTES_MAX || !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return false;
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    let small = word.bytes().any(|b| b.is_ascii_lowercase());
    let parts_begin_high =
        word.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()));
    let joined = if small { capitals >= 2 } else { word.contains(['_', '.']) && word.len() >= 6 };
    word.chars().all(letters) && parts_begin_high && joined
}

/// Whether what stands before a place introduces a code: `Code=`, `"code": "`, `<Code>`,
/// `Error:`, `ErrorCode: `.
fn stands_as_code(text: &str, at: usize) -> bool {
    let before = text.get(floor(text, at.saturating_sub(32))..at).unwrap_or("");
    let name = before.trim_end_matches([' ', '"', '\'', '\\', '`', '=', ':', '>', '\t']);
    let separator = before.get(name.len()..).unwrap_or("");
    let name = name.to_ascii_lowercase();
    let last = name.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
    let introduces = matches!(last, "code" | "errorcode" | "error_code" | "errcode" | "error");
    separator.contains(['=', ':', '>']) && introduces
}

/// Whether a word is what answers call their fields.
fn is_field_name(word: &str) -> bool {
    ["requestid", "hostid", "statuscode", "errorcode", "errormessage", "instanceid"]
        .iter()
        .any(|name| is_named(word, name))
}

/// A string of an object under one of these names, whatever their case, `-` and `_`.
fn field<'v>(fields: &'v Map<String, Value>, names: &[&str]) -> Option<&'v str> {
    names.iter().find_map(|name| {
        fields
            .iter()
            .find(|(key, value)| value.is_string() && is_named(key, name))
            .and_then(|(_, value)| value.as_str())
            .filter(|text| !text.is_empty())
    })
}

fn is_named(key: &str, name: &str) -> bool {
    key.bytes()
        .filter(|b| !matches!(b, b'-' | b'_' | b' '))
        .map(|b| b.to_ascii_lowercase())
        .eq(name.bytes())
}

fn status(fields: &Map<String, Value>) -> Option<u16> {
    fields
        .iter()
        .filter(|(key, _)| {
            ["status", "statuscode", "httpstatus"].iter().any(|name| is_named(key, name))
        })
        .find_map(|(_, value)| u16::try_from(value.as_u64()?).ok())
        .filter(|status| (100..600).contains(status))
}

/// The value after a name such as `RequestId` in prose: `RequestId=…`, `"requestId": "…"`,
/// `<RequestId>…`.
fn value_of<'t>(text: &'t str, names: &[&str], ends: fn(char) -> bool) -> Option<&'t str> {
    let lower = text.to_ascii_lowercase();
    let (start, name) = names.iter().filter_map(|name| Some((lower.find(name)?, name))).min()?;
    let after = text.get(start + name.len()..)?;
    let value = after.trim_start_matches([' ', '"', '\'', '\\', '`', '=', ':', '>', '\t']);
    let separator = after.get(..after.len() - value.len())?;
    if !separator.contains(['=', ':', '>']) {
        return None;
    }
    let quote = separator.chars().next_back().filter(|c| matches!(c, '"' | '\'' | '`'));
    let end = match quote {
        Some(quote) => value.find(quote),
        None => value.find(ends),
    };
    let value = value.get(..end.unwrap_or(value.len()))?.trim().trim_end_matches('\\');
    (!value.is_empty()).then_some(value)
}

fn request_id<'t>(before: &'t str, after: &'t str) -> Option<&'t str> {
    const NAMES: &[&str] = &["requestid", "request_id", "request id", "request-id"];
    let read = |text| {
        value_of(text, NAMES, |c| !(c.is_ascii_alphanumeric() || c == '-'))
            .filter(|id| id.len() >= 6 && id.len() <= 80 && id.bytes().any(|b| b.is_ascii_digit()))
    };
    let line_before = before.rsplit('\n').next().unwrap_or("");
    let line_after = after.split('\n').next().unwrap_or("");
    read(line_after).or_else(|| read(line_before)).or_else(|| read(after)).or_else(|| read(before))
}

fn message<'t>(before: &'t str, after: &'t str) -> Option<&'t str> {
    const NAMES: &[&str] = &["message", "errmsg", "msg"];
    fn ends(c: char) -> bool {
        matches!(c, '\n' | '\r' | '<')
    }
    let named =
        |text| value_of(text, NAMES, ends).map(without_request_id).filter(|text| !text.is_empty());
    let line_after = after.split(['\n', '\r']).next().unwrap_or("");
    let follows = || {
        // `Error:Code The message.`, `Code: The message.`, `Code-The message.`
        let text = line_after.trim_start_matches([' ', ':', '-', ',', ']', ')']);
        let text = match text.strip_prefix("code:").and_then(|text| text.split_once(',')) {
            Some((_, text)) => text.trim_start(),
            None => text,
        };
        let is_prose = !line_after.starts_with(['"', '\'', '\\', '<', '&', '}'])
            && text.starts_with(|c: char| c.is_alphabetic());
        is_prose.then(|| without_request_id(text)).filter(|text| text.contains(' '))
    };
    named(line_after).or_else(follows).or_else(|| named(after)).or_else(|| named(before))
}

/// Cuts a request id and what closes a message off its end.
fn without_request_id(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let end = ["requestid", "request_id", "+ [ requestid", " request id"]
        .iter()
        .filter_map(|name| lower.find(name))
        .min()
        .unwrap_or(text.len());
    text.get(..end).unwrap_or(text).trim_end_matches([' ', ',', '+', '[', ']', '"', '\''])
}

/// The instance ids of a cloud's shape in a text, each once, at most a hundred.
fn ids_in(text: &str, cloud: &Manifest) -> Vec<String> {
    const IDS_MAX: usize = 100;
    let mut ids: Vec<String> = Vec::new();
    for at in words(text) {
        let Some(word) = text.get(at) else { continue };
        if (cloud.ids.strict)(word) && !ids.iter().any(|id| id == word) && ids.len() < IDS_MAX {
            ids.push(word.to_owned());
        }
    }
    ids
}
