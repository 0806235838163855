//! Errors without a code: known sentences of a vendor, and network errors.

use super::{
    BEFORE_BYTES, ERRORS_MAX, Reader,
    block::record,
    browser, page,
    phrases::{FETCH_FAILED, OF_A_GATEWAY},
    shapes::{floor, says, shortened, start_of, words},
    transport::{self, Fault, is_cloud_host},
    values::{id_at_end, ids_in, request_id},
};
use crate::{
    catalogue::Hop,
    clouds::catalogue,
    explain::{Confidence, DetectedFormat, Explanation, Known, explanation::explain_layer_at},
    model::outcome::ErrorReport,
    text::mask,
};
use std::ops::Range;

/// How much of a text is searched for errors without a code: longer texts have codes.
const BYTES_MAX: usize = 20_000;

/// The least length of a listed message that is specific enough.
const SPECIFIC_MESSAGE_MIN: usize = 24;

impl Reader<'_> {
    /// Sentences that only one cloud says, each as its code.
    pub(super) fn sentences(&mut self, text: &str) {
        let text = start_of(text, BYTES_MAX);
        // An entry's message may be used elsewhere: evidence for the cloud must be near.
        let lower = text.to_ascii_lowercase();
        let all = self.clouds.iter().flat_map(|cloud| {
            let is_near = says(&lower, catalogue(cloud).marks) || !ids_in(text, cloud).is_empty();
            let own = catalogue(cloud).sentences.iter();
            let own = own.map(|(sentence, code)| (*cloud, *sentence, *code, false));
            let entries = if is_near { catalogue(cloud).errors } else { &[] };
            let listed = entries
                .iter()
                .flat_map(|entry| entry.messages.iter().map(|message| (*message, entry.code)))
                .filter(|(message, _)| {
                    message.len() >= SPECIFIC_MESSAGE_MIN && !message.contains('{')
                })
                .map(|(message, code)| (*cloud, message.trim_end_matches(['.', '。']), code, true));
            own.chain(listed)
        });
        let is_ascii = text.is_ascii();
        let said: Vec<_> = all
            .filter(|(_, sentence, ..)| !is_ascii || sentence.is_ascii())
            .filter_map(|(cloud, sentence, code, needs_mark)| {
                Some((text.find(sentence)?, cloud, sentence, code, needs_mark))
            })
            .collect();
        // In the order of the text; a sentence may continue with another of the same meaning.
        let mut from = 0;
        while let Some(&(at, cloud, sentence, code, needs_mark)) =
            said.iter().filter(|(at, ..)| *at >= from).min_by_key(|(at, ..)| *at)
            && self.found.len() < ERRORS_MAX
        {
            from = at + 1;
            let start = floor(text, at.saturating_sub(BEFORE_BYTES));
            let end = floor(text, at + sentence.len() + BEFORE_BYTES);
            let block = record(text, at, &(start..end));
            let after = text.get(at..block.end).unwrap_or(sentence);
            let before = text.get(block.start..at).unwrap_or("");
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let line = after.find('\n').map_or(block.end, |newline| at + newline);
            let line = text.get(block.start + line_start..line).unwrap_or(sentence);
            let own = text.get(block.clone()).unwrap_or(sentence);
            let around = self.surroundings(own, own, line, own.trim());
            let mark = self.clouds.iter().zip(&around.marks).find(|(one, _)| one.id == cloud.id);
            if around.is_foreign || needs_mark && mark.is_none_or(|(_, mark)| *mark == 0) {
                continue;
            }
            from = at + after.len().max(1);
            let said = after.split(['"', '”', '\'']).next().unwrap_or(after);
            let said = said.split("requestId").next().unwrap_or(said);
            let report = ErrorReport {
                code: code.to_owned(),
                message: said.trim_end().to_owned(),
                status: None,
                request_id: request_id(before, after)
                    .or_else(|| id_at_end(after.split('\n').next().unwrap_or(""))),
                instance_ids: around.ids(sentence, said, cloud),
                ..ErrorReport::default()
            };
            self.explain_sentence(cloud, report, &around);
            self.explained.push(own.to_owned());
        }
    }

    /// Network errors of browsers, gateways and programs.
    pub(super) fn connection_errors(&mut self, text: &str) {
        self.read_connection_errors(start_of(text, BYTES_MAX).to_owned());
    }

    /// Network errors next to errors that were explained: they may belong to another request, which
    /// may have been carried out.
    pub(super) fn other_connection_errors(&mut self, text: &str) {
        if text.len() > BYTES_MAX {
            return;
        }
        // With a line before it nothing is taken for a whole response.
        let mut rest = format!("\n{text}");
        for explained in std::mem::take(&mut self.explained) {
            if let Some(at) = rest.find(&explained) {
                blank(&mut rest, at..at + explained.len());
            }
        }
        self.read_connection_errors(rest);
    }

    fn read_connection_errors(&mut self, mut text: String) {
        let is_beside = !self.found.is_empty();
        let lower = text.to_ascii_lowercase();
        let clouds = self.clouds.clone();
        let of_vendors: Vec<&str> =
            clouds.iter().flat_map(|cloud| catalogue(cloud).gateways).copied().collect();
        // The page of a response whose header was explained says no more.
        let is_header =
            |explained: &Explanation| explained.detected_format == Some(DetectedFormat::Header);
        if !self.found.iter().any(is_header)
            && let Some((word, confidence)) = page::gateway(&lower, &of_vendors)
        {
            let original = shown(&text);
            let is_not_forwarded =
                word == "html-answer" && page::did_not_forward(&lower, &of_vendors);
            let says = if is_not_forwarded { "went no further" } else { original.as_str() };
            let known = Known::default();
            self.push_at(word, says, &original, &known, DetectedFormat::Page, confidence);
            let Some(at) = page::span(&lower) else { return };
            blank(&mut text, at);
        }
        let lower = text.to_ascii_lowercase();
        let names_host = |piece: &str| {
            words(piece).any(|at| piece.get(at).is_some_and(|word| is_cloud_host(word, &clouds)))
        };
        let names_client =
            |piece: &str| clouds.iter().any(|cloud| says(piece, catalogue(cloud).clients));
        let is_about = |piece: &str| names_host(piece) || names_client(piece);
        // A browser's message that it blocked the request outranks one that the response was lost.
        let is_lost = || !is_beside && says(start_of(&lower, 2_000), FETCH_FAILED);
        if (names_host(&lower) || is_lost())
            && let Some(word) = browser::blocked(&lower)
            // A specific fault outranks a general one.
            && (word != "network" && !(word == "cors" && browser::is_only_added(&lower))
                || transport::fault(&lower, &clouds, &is_about).is_none())
        {
            self.push_kept(word, &text, &lower);
            blank_lines(&mut text, &lower, |line| {
                browser::blocked(line).is_some() || says(line, FETCH_FAILED)
            });
        }
        self.faults(&mut text, &is_about);
        if self.found.is_empty() && says(&lower, OF_A_GATEWAY) && names_host(&lower) {
            // A browser's request list has the status of the page and nothing of it.
            let original = mask::hide_secrets(&shortened(&text));
            let (format, confidence) = (DetectedFormat::Prose, Confidence::Possible);
            return self.push_layer("html-answer", &original, format, confidence);
        }
        if self.found.is_empty() && !is_beside && says(start_of(&lower, 2_000), FETCH_FAILED) {
            let original = mask::hide_secrets(&shortened(&text));
            self.push_layer("network", &original, DetectedFormat::Prose, Confidence::Possible);
        }
    }

    fn push_kept(&mut self, word: &'static str, text: &str, lower: &str) {
        let clouds = &self.clouds;
        let host = browser::fetched(lower, |host| is_cloud_host(host, clouds));
        let hop = match host {
            _ if ["csp", "mixed-content", "blocked-by-client", "local-network"].contains(&word) => {
                Hop::Page
            }
            Some(host) if is_cloud_host(host, clouds) => Hop::Direct,
            Some(_) | None => Hop::BrowserProxy,
        };
        let known =
            Known { hop: Some(hop), host, header: browser::header(text), ..Known::default() };
        let original = shown(text);
        let says = if browser::is_preflight(lower) { "preflight" } else { "" };
        let (detected_format, confidence) = (DetectedFormat::Prose, Confidence::Likely);
        self.push_at(word, says, &original, &known, detected_format, confidence);
    }

    /// The faults of a text, in its order, each from its own record.
    fn faults(&mut self, text: &mut String, is_about: &dyn Fn(&str) -> bool) {
        const FAULTS_MAX: usize = 4;
        let mut faults = Vec::new();
        for _ in 0..FAULTS_MAX {
            let lower = text.to_ascii_lowercase();
            let Some(fault) = transport::fault(&lower, &self.clouds, is_about) else { break };
            let own = text.get(fault.at.clone()).unwrap_or(text);
            // A general failure repeats what was explained.
            if fault.word != "network" || self.found.is_empty() && faults.is_empty() {
                let (detected_format, confidence) = (DetectedFormat::Prose, Confidence::Likely);
                let explained = self.fault(&fault, text, own, detected_format, confidence);
                faults.push((fault.at.start, explained));
            }
            let at = fault.at;
            blank(text, at);
        }
        faults.sort_by_key(|(at, _)| *at);
        for (_, explained) in faults {
            self.push(explained);
        }
    }

    pub(super) fn push_fault(
        &mut self,
        fault: &Fault<'_>,
        text: &str,
        original: &str,
        detected_format: DetectedFormat,
        confidence: Confidence,
    ) {
        let explained = self.fault(fault, text, original, detected_format, confidence);
        self.push(explained);
    }

    fn fault(
        &self,
        fault: &Fault<'_>,
        text: &str,
        original: &str,
        detected_format: DetectedFormat,
        confidence: Confidence,
    ) -> Explanation {
        let known = Known { hop: fault.hop, host: fault.host, ..Known::default() };
        let original = if original.is_empty() { text } else { original };
        let original = mask::hide_secrets(&shortened(original.trim()));
        let locale = self.options.locale;
        let explanation = explain_layer_at(fault.word, &original, &original, &known, locale);
        let detected_format = Some(detected_format);
        Explanation { confidence, detected_format, ..explanation }
    }

    pub(super) fn push_layer(
        &mut self,
        word: &str,
        original: &str,
        detected_format: DetectedFormat,
        confidence: Confidence,
    ) {
        self.push_at(word, original, original, &Known::default(), detected_format, confidence);
    }

    fn push_at(
        &mut self,
        word: &str,
        says: &str,
        original: &str,
        known: &Known<'_>,
        detected_format: DetectedFormat,
        confidence: Confidence,
    ) {
        let explanation = explain_layer_at(word, says, original, known, self.options.locale);
        let detected_format = Some(detected_format);
        self.push(Explanation { confidence, detected_format, ..explanation });
    }
}

/// A text for the screen, without what was removed from it.
fn shown(text: &str) -> String {
    let text = text.trim();
    if !text.contains("\n\n\n") {
        return mask::hide_secrets(&shortened(text));
    }
    let lines: Vec<_> = text.split('\n').filter(|line| !line.trim().is_empty()).collect();
    mask::hide_secrets(&shortened(&lines.join("\n")))
}

/// Blanks a range of a text, keeping all offsets.
fn blank(text: &mut String, at: Range<usize>) {
    let length = at.len();
    text.replace_range(at, &"\n".repeat(length));
}

/// Blanks lines of a text; `lower` is the same in lower case.
fn blank_lines(text: &mut String, lower: &str, is_out: impl Fn(&str) -> bool) {
    let mut start = 0;
    for line in lower.split('\n') {
        let end = start + line.len();
        if is_out(line) {
            blank(text, start..end);
        }
        start = end + 1;
    }
}
