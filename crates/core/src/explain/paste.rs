//! Finds errors in any text: raw answers, XML, exceptions of SDKs, log lines, bare codes, several of
//! them. A text is walked once; nothing in it is kept.
//!
//! What counts as an error: a code of a catalogue. A code that other products use as well
//! (`InternalError`) needs something more that speaks for the cloud: a mark such as its domain, its
//! very message, an instance id of its shape, or the person's word. A code that no catalogue has
//! counts where it stands as the code of an answer, and is reported as unknown.

use super::{
    Effect, ErrorReport, Explanation, Fit, Group, Known, SeenAs, Sure, best, caught_by,
    explain_layer, explain_with, family, layer, mask, pattern, permission, told::visible,
};
use crate::{
    answer,
    cloud::{self, Manifest},
    sign,
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
        && let Some((word, seen_as, sure)) = reader.below(text)
    {
        let told = explain_layer(word, &mask::mask(&shortened(text)), options.locale);
        reader.found.push(Explanation { seen_as: Some(seen_as), sure, ..told });
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
    "INVALID_PARAMETER_TYPE",
    "INVALID_PARAMETER_VALUE",
    "IncompleteSignature",
    "InstanceExpired",
    "InstanceNotReady",
    "InsufficientBalance",
    "InternalError",
    "InternalServerError",
    "InvalidAction",
    "InvalidFilter",
    "InvalidInstanceState",
    "InvalidParameter",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "InvalidPermission",
    "InvalidRequest",
    "InvalidSignatureMethod",
    "LackResource",
    "LimitExceeded",
    "MISSING_PARAMETER",
    "MissingParameter",
    "MissingSecurityToken",
    "NoPermission",
    "NoSuchProduct",
    "NoSuchVersion",
    "NotAuthorized",
    "REQUEST_BLOCKED",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUEST_TIMED_OUT",
    "RequestLimitExceeded",
    "ResourceInUse",
    "ResourceInsufficient",
    "ResourceNotFound",
    "ResourceUnavailable",
    "SDK_INVALID_REQUEST",
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
        let regions = clouds.iter().flat_map(|manifest| manifest.regions.known);
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
                    self.report(report, &around, true, SeenAs::Code);
                }
                None => self.push_layer(word, word, SeenAs::Code, Sure::Likely),
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
        let (operation, known) = (self.options.operation.as_deref(), Known::default());
        let told = explain_with(cloud_id, &[], &report, operation, &known, self.options.locale);
        let sure = if cloud_id.is_some() { Sure::Likely } else { Sure::Possible };
        let seen_as = Some(SeenAs::Code);
        self.push(Explanation { original: word.to_owned(), sure, seen_as, ..told });
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
                    self.push_layer(word, &original, SeenAs::Header, Sure::Certain);
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
        let reads = self.clouds.iter().filter_map(|cloud| Some((*cloud, cloud.listed_failures?)));
        let Some((cloud, report)) = reads
            .filter_map(|(cloud, read)| Some((cloud, read(json)?)))
            .find(|(cloud, report)| report.instance_ids.iter().all(|id| (cloud.ids.strict)(id)))
        else {
            return;
        };
        let (known, locale) = (Known::default(), self.options.locale);
        let operation = self.options.operation.as_deref();
        let told = explain_with(Some(cloud.id), cloud.errors, &report, operation, &known, locale);
        let original = mask::mask(&shortened(json));
        let (sure, seen_as) = (Sure::Likely, Some(SeenAs::Json));
        self.push(Explanation { original, sure, seen_as, ..told });
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
                        if !self.report(report, surroundings, true, SeenAs::Json) {
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
                let seen_as = if is_xml { SeenAs::Xml } else { SeenAs::Prose };
                self.report(report, &around, hit.in_place, seen_as);
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
        seen_as: SeenAs,
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
            return self.report_unknown(&mut report, around, seen_as);
        };
        if is_common && most == 0 {
            return false;
        }
        candidates.retain(|(score, _)| *score == most);
        let sure = match (most, candidates.len()) {
            (2.., 1) => Sure::Certain,
            (_, 1) if !is_common => Sure::Likely,
            (_, _) => Sure::Possible,
        };
        for (_, cloud) in candidates {
            if report.instance_ids.is_empty() {
                report.instance_ids = ids_in(around.text, cloud);
            }
            let is_permission = cloud.permission_codes.contains(&report.code.as_str());
            let told = self.told(cloud, is_permission, &mut report, around);
            self.push(or_original(Explanation { sure, seen_as: Some(seen_as), ..told }, around));
        }
        true
    }

    fn report_unknown(
        &mut self,
        report: &mut ErrorReport,
        around: &Surroundings<'_>,
        seen_as: SeenAs,
    ) -> bool {
        let marked: Vec<_> =
            self.clouds.iter().zip(&around.marks).filter(|(_, mark)| **mark > 0).collect();
        let cloud = match (self.clouds.as_slice(), marked.as_slice()) {
            ([only], _) => Some(*only),
            (_, [(only, _)]) => Some(**only),
            _ => None,
        };
        let family = family::family(&report.code);
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
        let told = if let Some(cloud) = cloud {
            if report.instance_ids.is_empty() {
                report.instance_ids = ids_in(around.text, cloud);
            }
            let is_permission = family.is_some_and(|family| family.group == Group::GetPermission);
            self.told(cloud, is_permission, report, around)
        } else {
            explain_with(None, &[], report, None, &Known::default(), self.options.locale)
        };
        let sure = if cloud.is_some() { Sure::Likely } else { Sure::Possible };
        self.push(or_original(Explanation { sure, seen_as: Some(seen_as), ..told }, around));
        true
    }

    /// The explanation of a report of a cloud with what the text around it tells.
    fn told(
        &self,
        cloud: &'static Manifest,
        is_permission: bool,
        report: &mut ErrorReport,
        around: &Surroundings<'_>,
    ) -> Explanation {
        if is_permission && report.denied.is_none() {
            report.denied = permission::denied_in(around.text);
        }
        // What the cloud signed may go over several lines, where a message ends with its line.
        let patterns = cloud.errors.iter().filter(|entry| entry.code == report.code);
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
            cloud
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
        explain_with(Some(cloud.id), cloud.errors, report, operation, &known, locale)
    }

    fn push_layer(&mut self, word: &str, original: &str, seen_as: SeenAs, sure: Sure) {
        let told = explain_layer(word, original, self.options.locale);
        self.push(Explanation { seen_as: Some(seen_as), sure, ..told });
    }

    /// A whole web page, what browsers say when a fetch fails, and what programs say when there is
    /// no connection to a host of one of the clouds.
    fn below(&self, text: &str) -> Option<(&'static str, SeenAs, Sure)> {
        let head = start_of(text, 20_000).to_ascii_lowercase();
        // A page may come with the status line and the headers before it.
        let page = ["<!doctype html", "<html"].iter().find_map(|tag| head.find(tag));
        if page.is_some_and(|at| at == 0 || head.starts_with("http/")) {
            let asks_for_password =
                head.contains("type=\"password\"") || head.contains("type=password");
            let word = if asks_for_password { "login-page" } else { "html-answer" };
            return Some((word, SeenAs::Page, Sure::Certain));
        }
        let has_host = words(&head).any(|at| {
            head.get(at).is_some_and(|word| self.clouds.iter().any(|cloud| (cloud.is_host)(word)))
        });
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| head.contains(phrase));
        if has_host && let Some((word, _)) = TRANSPORT.iter().find(|(_, phrases)| says(phrases)) {
            return Some((word, SeenAs::Prose, Sure::Likely));
        }
        let fetch_failed = [
            "typeerror: failed to fetch",
            "networkerror when attempting to fetch",
            "typeerror: load failed",
        ];
        let start = start_of(&head, 2_000);
        fetch_failed.iter().any(|phrase| start.contains(phrase)).then_some((
            "network",
            SeenAs::Prose,
            Sure::Possible,
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
        explanation.original = mask::mask(&shortened(around.original));
    }
    explanation
}

/// What programs say, in lower case, when there is no connection; the first that fits counts.
const TRANSPORT: &[(&str, &[&str])] = &[
    ("cors", &["blocked by cors policy", "cross-origin request blocked"]),
    (
        "host-not-found",
        &[
            "no such host",
            "enotfound",
            "eai_again",
            "name or service not known",
            "nodename nor servname",
            "temporary failure in name resolution",
            "could not resolve host",
            "unknownhostexception",
            "nameresolutionerror",
            "getaddrinfo failed",
            "err_name_not_resolved",
        ],
    ),
    (
        "certificate",
        &[
            "x509:",
            "certificate verify failed",
            "unable to get local issuer certificate",
            "self signed certificate",
            "self-signed certificate",
            "pkix path building failed",
            "sslhandshakeexception",
            "err_cert_",
            "certificate has expired",
        ],
    ),
    (
        "connect-refused",
        &["econnrefused", "connection refused", "err_connection_refused", "actively refused"],
    ),
    (
        "connect-timeout",
        &[
            "connect timed out",
            "connect etimedout",
            "connecttimeout",
            "connection timed out",
            "dial tcp",
            "err_connection_timed_out",
            "failed to connect",
        ],
    ),
    (
        "answer-timeout",
        &[
            "read timed out",
            "readtimeout",
            "socketexception: read",
            "etimedout",
            "esockettimedout",
            "deadline exceeded",
            "awaiting headers",
            "operation timed out",
        ],
    ),
    (
        "cut-off",
        &[
            "econnreset",
            "connection reset",
            "connection aborted",
            "remotedisconnected",
            "remote end closed connection",
            "socket hang up",
            "unexpected eof",
            "empty reply from server",
            "broken pipe",
            "err_connection_reset",
        ],
    ),
];

/// The key id that a word is, if it begins as those of some cloud do and is as long as one. In a
/// string to sign an encoded `=` stands before it.
fn key_id_in(word: &str) -> Option<&str> {
    const BYTES_MIN: usize = 16;
    let word = word.trim_start_matches("25").trim_start_matches("3D");
    let is_one = word.len() >= BYTES_MIN
        && cloud::ALL.iter().any(|cloud| {
            let prefixes = cloud.manifest().credential.key_id.prefixes;
            prefixes.iter().any(|prefix| word.starts_with(prefix))
        });
    is_one.then_some(word)
}

/// How far the clock of whoever asked was ahead of the server's, in seconds, if a text has both
/// times: a `Date` header, and the time that was signed.
fn clock_ahead(text: &str) -> Option<i64> {
    const DATE_BYTES: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();
    let theirs = text.match_indices(" GMT").find_map(|(at, gmt)| {
        let end = at + gmt.len();
        answer::unix_seconds(text.get(end.checked_sub(DATE_BYTES)?..end)?)
    })?;
    let plain = text.replace("%253A", ":").replace("%3A", ":");
    let iso = plain.match_indices('Z').find_map(|(at, _)| {
        sign::parse_iso_8601(plain.get((at + 1).checked_sub("1994-11-06T08:49:37Z".len())?..=at)?)
    });
    let unix = || {
        value_of(&plain, &["timestamp"], |c| !c.is_ascii_digit())
            .filter(|digits| digits.len() == 10)
            .and_then(|digits| digits.parse().ok())
    };
    Some(iso.or_else(unix)? - theirs)
}

/// The text without the escapes of markup, where it is markup that was escaped.
fn unescaped_markup(text: &str) -> Cow<'_, str> {
    if !["&lt;Code&gt;", "&quot;", "&#34;"].iter().any(|mark| text.contains(mark)) {
        return Cow::Borrowed(text);
    }
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    let plain = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    Cow::Owned(pairs.iter().fold(text.to_owned(), plain))
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

/// Whether this has the shape of the clouds' request ids: a UUID, perhaps with a letter before it.
fn is_id(id: &str) -> bool {
    let uuid = if id.len() == 37 { id.get(1..).unwrap_or("") } else { id };
    uuid.len() == 36 && uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// Whether what stands before a place introduces a code: `Code=`, `"code": "`, `<Code>`,
/// `Error:`, `ErrorCode: `.
fn stands_as_code(text: &str, at: usize) -> bool {
    let before = text.get(floor(text, at.saturating_sub(32))..at).unwrap_or("");
    let name = before.trim_end_matches([' ', '"', '\'', '\\', '`', '=', ':', '：', '>', '\t']);
    let separator = before.get(name.len()..).unwrap_or("");
    let name = name.to_ascii_lowercase();
    let last = name.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
    let introduces = matches!(last, "code" | "errorcode" | "error_code" | "errcode" | "error")
        || ["错误码", "错误代码"].iter().any(|word| name.ends_with(word));
    separator.contains(['=', ':', '：', '>']) && introduces
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
pub(super) fn value_of<'t>(
    text: &'t str,
    names: &[&str],
    ends: fn(char) -> bool,
) -> Option<&'t str> {
    let lower = text.to_ascii_lowercase();
    let (start, name) = names.iter().filter_map(|name| Some((lower.find(name)?, name))).min()?;
    let after = text.get(start + name.len()..)?;
    let marks = [' ', '"', '\'', '\\', '`', '=', ':', '：', '>', '\t'];
    let mut value = after.trim_start_matches(marks);
    // Python's older way to quote: `u'…'`.
    if let Some(quoted) = value.strip_prefix('u').filter(|rest| rest.starts_with(['\'', '"'])) {
        value = quoted.trim_start_matches(marks);
    }
    let separator = after.get(..after.len() - value.len())?;
    if !separator.contains(['=', ':', '：', '>']) {
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
