//! Errors in JSON, each with the facts of its own object.

use super::{
    BEFORE_BYTES, ERRORS_MAX, NESTING_MAX, Reader,
    shapes::{floor, is_code_like, is_one_word, json_spans, shortened},
    values::{field, status},
};
use crate::{
    clouds::catalogue,
    explain::{DetectedFormat, Explanation, Known, explain_with},
    model::outcome::ErrorReport,
    text::mask,
};
use serde_json::Value;

impl Reader<'_> {
    /// Reads the JSON in a text as JSON and the rest as prose.
    pub(super) fn read(&mut self, text: &str, nesting: usize) {
        let mut read_to = 0;
        for span in json_spans(text) {
            if self.found.len() >= ERRORS_MAX {
                return;
            }
            let before = text.get(read_to..span.start).unwrap_or("");
            let json = text.get(span.clone()).unwrap_or("");
            // A text in brackets may be prose: `[TencentCloudSDKError] Code=…`; and an array of ids
            // belongs to the command around it.
            if !json.contains('{') {
                continue;
            }
            if let Ok(value) = serde_json::from_str::<Value>(json) {
                self.prose(before);
                self.listed(json);
                let start = floor(text, read_to.max(span.start.saturating_sub(BEFORE_BYTES)));
                let around = text.get(start..span.end).unwrap_or(json);
                let explained = self.explained.len();
                self.json(&value, around, json, nesting);
                if nesting == 0 && self.explained.len() > explained {
                    self.explained.push(json.to_owned());
                }
                read_to = span.end;
            }
        }
        self.prose(text.get(read_to..).unwrap_or(""));
    }

    /// A success response that lists failed instances.
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
        let (confidence, detected_format) = (super::Confidence::Likely, Some(DetectedFormat::Json));
        self.push(Explanation { original, confidence, detected_format, ..explanation });
    }

    fn json(&mut self, value: &Value, around: &str, json: &str, nesting: usize) {
        let mut surroundings = None;
        // Several objects with ids have one id each.
        let has_several = json.to_ascii_lowercase().matches("\"instanceid\"").nth(1).is_some();
        let mut stack = vec![(value, None::<&str>, None::<&str>)];
        while let Some((value, request_id, instance_id)) = stack.pop() {
            match value {
                Value::Object(fields) => {
                    let request_id = field(fields, &["requestid"]).or(request_id);
                    let instance_id = field(fields, &["instanceid"]).or(instance_id);
                    let code = field(fields, &["code", "errorcode", "errcode"]);
                    let message = field(fields, &["message", "errormessage", "errmsg", "msg"]);
                    let is_answer = request_id.is_some() && message.is_some();
                    let is_code = |code: &&str| {
                        self.known(code).is_some()
                            || is_code_like(code)
                            || is_answer && is_one_word(code)
                    };
                    if let Some(code) = code.filter(is_code) {
                        let report = ErrorReport {
                            code: code.to_owned(),
                            message: message.unwrap_or("").to_owned(),
                            status: status(fields),
                            request_id: request_id.map(str::to_owned),
                            instance_ids: instance_id.map(str::to_owned).into_iter().collect(),
                            ..ErrorReport::default()
                        };
                        if !self.is_new(&report) {
                            continue;
                        }
                        let surroundings = surroundings.get_or_insert_with(|| {
                            let own_line = around.rsplit('\n').next().unwrap_or("");
                            let line_start = around.len() - own_line.len();
                            let json_start = around.len() - json.len();
                            // The text before it on its line belongs to it.
                            let start = around
                                .get(..json_start)
                                .and_then(|before| before.rfind('\n'))
                                .map_or(0, |newline| newline + 1);
                            let own = around.get(start.min(line_start)..).unwrap_or(json);
                            let line = if has_several { "" } else { own };
                            let text = self.surroundings(around, own, line, json);
                            super::Surroundings { has_several, ..text }
                        });
                        let is_foreign = surroundings.is_foreign;
                        let is_explained =
                            self.report(report, surroundings, true, DetectedFormat::Json);
                        // Read as prose, another cloud's error would resemble one of ours.
                        if !is_explained && !is_foreign {
                            self.nested(fields.values(), nesting);
                        }
                    } else {
                        self.nested(fields.values(), nesting);
                    }
                    // A stack: pushed in reverse to keep the order of the text.
                    stack.extend(
                        fields.values().rev().map(|value| (value, request_id, instance_id)),
                    );
                }
                Value::Array(values) => {
                    stack.extend(values.iter().rev().map(|value| (value, request_id, instance_id)));
                    self.nested(values.iter(), nesting);
                }
                Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }

    /// Strings in JSON that may contain an error.
    fn nested<'v>(&mut self, values: impl Iterator<Item = &'v Value>, nesting: usize) {
        const BYTES_MIN: usize = 8;
        if nesting >= NESTING_MAX {
            return;
        }
        for text in values.filter_map(Value::as_str).filter(|text| text.len() >= BYTES_MIN) {
            self.read(text, nesting + 1);
        }
    }
}
