//! Errors without a code: sentences of a vendor, and what is said of the way of a request.

use super::{
    BEFORE_BYTES, ERRORS_MAX, Reader,
    block::record,
    browser, page,
    phrases::FETCH_FAILED,
    shapes::{floor, says, shortened, start_of, words},
    transport::{self, Fault, is_cloud_host},
    values::{ids_in, request_id},
};
use crate::{
    catalogue::Hop,
    clouds::catalogue,
    explain::{Confidence, DetectedFormat, Explanation, Known, explanation::explain_layer_at},
    model::outcome::ErrorReport,
    text::mask,
};

/// So much of a text is looked through for what is said without a code: people paste what they saw, and
/// a longer text has codes.
const BYTES_MAX: usize = 20_000;

/// The least bytes of a listed message that tell it from words that are just used.
const SAYS_SOMETHING: usize = 24;

impl Reader<'_> {
    /// Sentences that only one cloud says, each as the code that it belongs to.
    pub(super) fn sentences(&mut self, text: &str) {
        let text = start_of(text, BYTES_MAX);
        // What an entry says may be said elsewhere, too: something of the cloud has to be near.
        let lower = text.to_ascii_lowercase();
        let all = self.clouds.iter().flat_map(|cloud| {
            let is_near = says(&lower, catalogue(cloud).marks) || !ids_in(text, cloud).is_empty();
            let own = catalogue(cloud).sentences.iter();
            let own = own.map(|(sentence, code)| (*cloud, *sentence, *code, false));
            let entries = if is_near { catalogue(cloud).errors } else { &[] };
            let listed = entries
                .iter()
                .flat_map(|entry| entry.messages.iter().map(|message| (*message, entry.code)))
                .filter(|(message, _)| message.len() >= SAYS_SOMETHING && !message.contains('{'))
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
        // In the order of the text; one sentence may go on with another that says the same.
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
                request_id: request_id(before, after),
                instance_ids: around.ids(said, cloud),
                ..ErrorReport::default()
            };
            self.explain_said(cloud, report, &around);
        }
    }

    /// What browsers, gateways and programs say of a request that failed on its way.
    pub(super) fn way(&mut self, text: &str) {
        let text = start_of(text, BYTES_MAX);
        let lower = text.to_ascii_lowercase();
        let of_vendors: Vec<&str> =
            self.clouds.iter().flat_map(|cloud| catalogue(cloud).gateways).copied().collect();
        if let Some((word, confidence)) = page::gateway(&lower, &of_vendors) {
            let original = mask::hide_secrets(&shortened(text));
            return self.push_layer(word, &original, DetectedFormat::Page, confidence);
        }
        let clouds = &self.clouds;
        let names_host = |piece: &str| {
            words(piece).any(|at| piece.get(at).is_some_and(|word| is_cloud_host(word, clouds)))
        };
        let names_client =
            |piece: &str| clouds.iter().any(|cloud| says(piece, catalogue(cloud).clients));
        let is_of_a_cloud = names_host(&lower);
        if is_of_a_cloud && let Some(word) = browser::kept(&lower) {
            let host = browser::fetched(&lower, |host| is_cloud_host(host, clouds));
            let hop = match host {
                _ if ["csp", "mixed-content", "blocked-by-client", "local-network"]
                    .contains(&word) =>
                {
                    Hop::Page
                }
                Some(host) if is_cloud_host(host, clouds) => Hop::Direct,
                Some(_) | None => Hop::BrowserProxy,
            };
            let known =
                Known { hop: Some(hop), host, header: browser::header(text), ..Known::default() };
            let original = mask::hide_secrets(&shortened(text));
            let says = if browser::is_preflight(&lower) { "preflight" } else { "" };
            return self.push_at(
                word,
                says,
                &original,
                &known,
                DetectedFormat::Prose,
                Confidence::Likely,
            );
        }
        if let Some(fault) =
            transport::fault(&lower, clouds, |piece| names_host(piece) || names_client(piece))
        {
            let own = text.get(fault.at.clone()).unwrap_or(text);
            return self.push_fault(&fault, text, own, DetectedFormat::Prose, Confidence::Likely);
        }
        let start = start_of(&lower, 2_000);
        if says(start, FETCH_FAILED) {
            let original = mask::hide_secrets(&shortened(text));
            self.push_layer("network", &original, DetectedFormat::Prose, Confidence::Possible);
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
        let host = fault.host.map(str::to_owned);
        let known = Known { hop: fault.hop, host: host.as_deref(), ..Known::default() };
        let original = if original.is_empty() { text } else { original };
        let original = mask::hide_secrets(&shortened(original.trim()));
        self.push_at(fault.word, &original, &original, &known, detected_format, confidence);
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
