//! Decides which cloud an error comes from, and collects its facts.

use super::{
    ERRORS_MAX, Reader,
    context::Surroundings,
    page,
    shapes::{is_id, says, shortened},
    transport,
    values::{clock_ahead, status_in},
};
use crate::{
    catalogue::{Effect, Family, Fit, Group, Hop, best, best_match, layer, pattern},
    clouds::{self, catalogue},
    explain::{Confidence, DetectedFormat, Explanation, Known, explain_with, permission},
    model::{cloud::Cloud, outcome::ErrorReport},
    text::mask,
};

/// The result of unwrapping a wrapper code.
enum Wrapped {
    /// The cause in it was explained.
    Explained,
    /// It is no wrapper, or its entry says as much as its cause, which is at this hop.
    No(Option<Hop>),
}

impl Reader<'_> {
    /// Explains a report once for each cloud with enough evidence. False if there is none.
    pub(super) fn report(
        &mut self,
        report: ErrorReport,
        around: &Surroundings<'_>,
        in_place: bool,
        detected_format: DetectedFormat,
    ) -> bool {
        let is_explained = self.report_in(report, around, in_place, detected_format);
        if is_explained && self.explained.len() < ERRORS_MAX {
            self.explained.push(around.text.to_owned());
        }
        is_explained
    }

    fn report_in(
        &mut self,
        mut report: ErrorReport,
        around: &Surroundings<'_>,
        in_place: bool,
        detected_format: DetectedFormat,
    ) -> bool {
        let hop = match self.wrapped(&report, around, detected_format) {
            Wrapped::Explained => return true,
            Wrapped::No(hop) => hop,
        };
        let is_common = clouds::is_common(&report.code);
        let mut candidates: Vec<(u8, &'static Cloud)> = Vec::new();
        let request_id = report.request_id.as_deref().unwrap_or("");
        for (cloud, mark) in self.clouds.iter().zip(&around.marks) {
            // Another cloud has the same codes and sentences; only strong evidence outweighs its
            // marks.
            if around.is_foreign && *mark < 2 {
                continue;
            }
            let entries = catalogue(cloud).errors.iter().filter(|entry| entry.code == report.code);
            let Some(found) = best(entries, &report, None) else { continue };
            let fit = best_match(found.entry, report.message.trim()).0;
            // A literal match of a message of some length.
            let said = 4 * u8::from(fit.0 >= Fit::Pattern && fit.1 >= 20);
            let is_named = self.options.cloud.is_some() && in_place;
            let is_its_id = in_place && (catalogue(cloud).is_request_id)(request_id);
            // A row among others with codes of this cloud only.
            let is_among_its = in_place && self.found.iter().any(|one| one.cloud == Some(cloud.id));
            let speaks = u8::from(is_named || is_its_id || is_among_its);
            candidates.push((mark + said + speaks, cloud));
        }
        if candidates.is_empty() && around.is_foreign {
            return false;
        }
        let Some(most) = candidates.iter().map(|(score, _)| *score).max() else {
            return self.report_unknown(&mut report, around, in_place, detected_format);
        };
        // The label of these clouds' consoles, with a request id in their format.
        let is_labelled = || {
            in_place
                && is_id(request_id)
                && says(around.text, &["请求ID", "请求 ID", "请求Id", "請求ID"])
        };
        if is_common && most == 0 && !is_labelled() {
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
                report.instance_ids = around.ids(&report.code, &report.message, cloud);
            }
            let is_permission = catalogue(cloud).permission_codes.contains(&report.code.as_str());
            let explanation = self.explanation(cloud, is_permission, &mut report, around, hop);
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
        in_place: bool,
        detected_format: DetectedFormat,
    ) -> bool {
        let request_id = report.request_id.as_deref().unwrap_or("");
        let speaks =
            |cloud: &Cloud, mark: u8| mark > 0 || (catalogue(cloud).is_request_id)(request_id);
        let marked: Vec<_> = self
            .clouds
            .iter()
            .zip(&around.marks)
            .filter(|(cloud, mark)| speaks(cloud, **mark))
            .collect();
        let fits = |cloud: &Cloud| (catalogue(cloud).is_code)(&report.code);
        let cloud = match (self.clouds.as_slice(), marked.as_slice()) {
            ([only], _) => Some(*only).filter(|cloud| fits(cloud)),
            (_, [(only, _)]) => Some(**only).filter(|cloud| fits(cloud)),
            _ => None,
        };
        report.status = report.status.or_else(|| status_in(around.text));
        let family = clouds::family(&report.code).or_else(|| Family::of_message(&report.message));
        let is_answer = report.request_id.is_some() && !report.message.is_empty();
        let speaks_for_it = match cloud {
            Some(_) => is_answer || family.is_some() || in_place,
            // Without evidence for a cloud, every part must look like a response.
            None => {
                !around.is_foreign
                    && is_answer
                    && family.is_some()
                    && report.request_id.as_deref().is_some_and(is_id)
            }
        };
        // A network fault has codes of its own: `code: 'UND_ERR_CONNECT_TIMEOUT'`.
        let is_network_fault = || {
            let lower = around.text.to_ascii_lowercase();
            report.request_id.is_none()
                && transport::fault(&lower, &self.clouds, &|_| true).is_some()
        };
        if !speaks_for_it || is_network_fault() {
            return false;
        }
        let explanation = if let Some(cloud) = cloud {
            if report.instance_ids.is_empty() {
                report.instance_ids = around.ids(&report.code, &report.message, cloud);
            }
            let is_permission =
                family.is_some_and(|family| family.facts().group == Group::GetPermission);
            self.explanation(cloud, is_permission, report, around, None)
        } else {
            let known = Known { is_text: true, ..Known::default() };
            explain_with(None, &[], report, None, &known, self.options.locale)
        };
        let is_likely = cloud.is_some() && (is_answer || family.is_some());
        let confidence = if is_likely { Confidence::Likely } else { Confidence::Possible };
        self.push(or_original(
            Explanation { confidence, detected_format: Some(detected_format), ..explanation },
            around,
        ));
        true
    }

    /// A code of a vendor's program without meaning: the cause is in its message, and decides what
    /// may have happened.
    fn wrapped(
        &mut self,
        report: &ErrorReport,
        around: &Surroundings<'_>,
        detected_format: DetectedFormat,
    ) -> Wrapped {
        let cloud = self
            .clouds
            .iter()
            .zip(&around.marks)
            .find(|(cloud, mark)| {
                let known = catalogue(cloud);
                // `SDK.ServerUnreachable` is unique.
                let is_its = || known.errors.iter().any(|entry| entry.code == report.code);
                known.wrappers.contains(&report.code.as_str()) && (**mark > 0 || is_its())
            })
            .map(|(cloud, _)| *cloud);
        let Some(cloud) = cloud else { return Wrapped::No(None) };
        let is_known = catalogue(cloud).errors.iter().any(|entry| entry.code == report.code);
        let text =
            if around.text.contains(&report.message) { around.text } else { &report.message };
        let lower = text.to_ascii_lowercase();
        let fault = transport::fault(&lower, &self.clouds, &|_| true);
        let hop = fault.as_ref().and_then(|fault| fault.hop);
        let is_lost = |word| layer(word).is_some_and(|entry| entry.effect == Effect::MaybeDone);
        match fault {
            Some(fault) if !(is_known && is_lost(fault.word)) => {
                self.push_fault(&fault, text, text, detected_format, Confidence::Certain);
                Wrapped::Explained
            }
            None if !is_known => {
                let original = mask::hide_secrets(&shortened(around.original));
                let word = match page::gateway(&lower, &[]) {
                    Some((word, _)) => word,
                    None if lower.contains("http status") => "not-understood",
                    None => "network",
                };
                self.push_layer(word, &original, detected_format, Confidence::Likely);
                Wrapped::Explained
            }
            Some(_) | None => Wrapped::No(hop),
        }
    }

    /// Explains an error found by its sentence alone.
    pub(super) fn explain_sentence(
        &mut self,
        cloud: &'static Cloud,
        mut report: ErrorReport,
        around: &Surroundings<'_>,
    ) {
        let is_permission = catalogue(cloud).permission_codes.contains(&report.code.as_str());
        let explanation = self.explanation(cloud, is_permission, &mut report, around, None);
        let detected_format = Some(DetectedFormat::Prose);
        let explanation =
            Explanation { confidence: Confidence::Likely, detected_format, ..explanation };
        self.push(or_original(explanation, around));
    }

    /// The explanation of a cloud's report with the facts around it.
    fn explanation(
        &self,
        cloud: &'static Cloud,
        is_permission: bool,
        report: &mut ErrorReport,
        around: &Surroundings<'_>,
        hop: Option<Hop>,
    ) -> Explanation {
        if is_permission && report.denied.is_none() {
            report.denied = permission::denied_in(around.text);
        }
        // The signed text may have several lines, while a message ends with its line.
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
            // A text without a token may have omitted it.
            has_token: true,
            clock_ahead_seconds: is_skew().then(|| clock_ahead(around.piece)).flatten(),
            region,
            is_text: true,
            hop,
            ..Known::default()
        };
        let operation = self.options.operation.as_deref().or(around.operation);
        let locale = self.options.locale;
        explain_with(Some(cloud.id), catalogue(cloud).errors, report, operation, &known, locale)
    }
}

/// With the surrounding text as the original, if there is no message.
fn or_original(mut explanation: Explanation, around: &Surroundings<'_>) -> Explanation {
    if explanation.original.is_empty() {
        explanation.original = mask::hide_secrets(&shortened(around.original));
    }
    explanation
}
