//! Shared by the decoders: a body parsed into values or a fault, and the outcome that follows from
//! an error's entry in the catalogue.

use super::{effect_on, xml};
use crate::{
    catalogue::Effect,
    model::{
        outcome::{
            BatchAnswer, Described, DescribedInstance, ErrorReport, Fault, ListPage, Outcome,
            Response, Tag,
        },
        plan::Batch,
    },
    text::json,
};
use serde_json::Value;
use std::collections::HashSet;

/// The word for a response in no known format of the cloud.
pub(crate) const NOT_UNDERSTOOD: &str = "not-understood";

/// The white space of JSON (RFC 8259), and of XML.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// Reads a JSON object.
pub(crate) fn read_json(response: &Response) -> Result<Value, Fault> {
    read(response, false).map(|(_, value)| value)
}

/// Reads a JSON object, or XML into its root's name and the same values.
pub(crate) fn read_json_or_xml(response: &Response) -> Result<(Option<String>, Value), Fault> {
    read(response, true)
}

fn read(response: &Response, takes_xml: bool) -> Result<(Option<String>, Value), Fault> {
    let text = response.body.trim_matches(BLANKS);
    let fault = |word: &str| Fault::layer(word, &response.body);
    if text.is_empty() {
        return Err(fault("empty-answer"));
    }
    if is_html(text.trim()) {
        let is_login = text.contains("type=\"password\"") || text.contains("type=password");
        return Err(fault(if is_login { "login-page" } else { "html-answer" }));
    }
    let read = if takes_xml && text.starts_with('<') {
        xml::read(text)
            .map(|(root, value)| (Some(root), value))
            .map_err(|broken| broken == xml::Broken::CutOff)
    } else {
        json::read(text).map(|value| (None, value)).map_err(|error| error.is_eof())
    };
    match read {
        Ok((root, value @ Value::Object(_))) => Ok((root, value)),
        Ok(_) | Err(false) => Err(fault(NOT_UNDERSTOOD)),
        Err(true) => Err(fault("cut-off-answer")),
    }
}

fn is_html(text: &str) -> bool {
    ["<!doctype html", "<html", "<head", "<body", "<center", "<h1", "<title"]
        .iter()
        .any(|tag| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
}

/// A string member that is not empty.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The error with its code and message under these names. `None` without a code, or if the message
/// is no string.
pub(crate) fn report(
    error: &Value,
    [code, message]: [&str; 2],
    request_id: String,
    response: &Response,
) -> Option<ErrorReport> {
    Some(ErrorReport {
        code: text(error, code)?.to_owned(),
        message: error.get(message)?.as_str()?.to_owned(),
        status: Some(response.status),
        request_id: Some(request_id),
        ..ErrorReport::default()
    })
}

/// A string member, or the empty string.
pub(crate) fn text_or_empty(value: &Value, key: &str) -> String {
    text(value, key).unwrap_or_default().to_owned()
}

/// The elements of a list: an array; a single object, as in XML; none if missing, null or an empty
/// element. `None` for anything else.
pub(crate) fn list(value: Option<&Value>) -> Option<&[Value]> {
    match value {
        None | Some(Value::Null) => Some(&[]),
        Some(Value::Array(list)) => Some(list),
        Some(one @ Value::Object(_)) => Some(std::slice::from_ref(one)),
        Some(Value::String(text)) if text.is_empty() => Some(&[]),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) => None,
    }
}

/// True for a status that a success can have.
pub(crate) fn is_success(response: &Response) -> bool {
    (200..300).contains(&response.status)
}

/// True for a status that a cloud's error can have; not for redirects.
pub(crate) fn is_error(response: &Response) -> bool {
    (400..600).contains(&response.status)
}

/// The outcome that an error proves.
pub(crate) fn outcome_of_error(batch: &Batch, report: &ErrorReport) -> Outcome {
    let spec = batch.spec();
    match effect_on(spec, report) {
        Effect::NothingDone | Effect::Throttled | Effect::ClockSkew | Effect::MaybeEcho => {
            Outcome::Rejected
        }
        Effect::DryRunPassed if spec.is_dry_run() => Outcome::DryRunPassed,
        // Also a dry run that was not asked for: the response answers something else.
        Effect::MaybeDone | Effect::DryRunPassed => Outcome::Unknown,
    }
}

/// An error for all instances of a batch.
pub(crate) fn refused(batch: &Batch, report: ErrorReport) -> BatchAnswer {
    let outcome = outcome_of_error(batch, &report);
    let request_id = report.request_id.clone();
    let fault = (outcome != Outcome::DryRunPassed).then(|| Fault::cloud(report));
    BatchAnswer::uniform(batch.ids(), request_id, outcome, fault)
}

/// The outcome `unknown` for all instances of a batch.
pub(crate) fn unknown(batch: &Batch, request_id: Option<String>, fault: Fault) -> BatchAnswer {
    BatchAnswer::uniform(batch.ids(), request_id, Outcome::Unknown, Some(fault))
}

/// The fault of a response in no known format of the cloud.
pub(crate) fn not_understood(response: &Response) -> Fault {
    Fault::layer(NOT_UNDERSTOOD, &response.body)
}

/// The strings of several lists, in order, without empty ones.
pub(crate) fn texts<'v>(lists: impl IntoIterator<Item = Option<&'v Value>>) -> Vec<String> {
    let of_one = |value: &'v Value| match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        Value::String(text) => vec![text.as_str()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    let texts = lists.into_iter().flatten().flat_map(of_one);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// The tags with key and value under these names. Malformed ones are omitted: tags are only shown
/// and searched.
pub(crate) fn tags(value: Option<&Value>, [key, of]: [&str; 2]) -> Vec<Tag> {
    let tags = list(value).unwrap_or_default().iter();
    tags.filter_map(|tag| {
        Some(Tag { key: text(tag, key)?.to_owned(), value: text_or_empty(tag, of) })
    })
    .collect()
}

/// A page of a list. Whether the list is complete shows on its last page.
pub(crate) fn page(
    response: &Response,
    instances: Option<Vec<DescribedInstance>>,
    total: Option<&Value>,
    next: Option<String>,
) -> Result<ListPage, Fault> {
    let instances = instances.ok_or_else(|| not_understood(response))?;
    Ok(ListPage { instances, next, total: total.and_then(number) })
}

/// The next cursor, for clouds that count instances or pages.
pub(crate) fn next_offset(offset: u64, on_page: usize, total: Option<&Value>) -> Option<u64> {
    let after = offset + u64::try_from(on_page).unwrap_or(u64::MAX);
    total.and_then(number).filter(|total| on_page > 0 && after < *total).map(|_| after)
}

/// A whole number, or one in a string.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// The instances of a describe response, unless the response has only a part of them: an instance
/// missing from a part is not "not found". Also not if an id occurs twice: neither state is
/// trusted, and the second may belong to another instance.
pub(crate) fn described(
    response: &Response,
    request_id: String,
    total: Option<&Value>,
    instances: Option<Vec<DescribedInstance>>,
) -> Described {
    let Some(instances) = instances else { return Described::Failed(not_understood(response)) };
    let found = u64::try_from(instances.len()).unwrap_or(u64::MAX);
    let total = total.and_then(number);
    if total.is_some_and(|total| total > found) {
        return Described::Failed(Fault::layer("cut-off-answer", &response.body));
    }
    let ids: HashSet<&str> = instances.iter().map(|instance| instance.id.as_str()).collect();
    if ids.len() < instances.len() || total.is_some_and(|total| total < found) {
        return Described::Failed(not_understood(response));
    }
    Described::Found { request_id: Some(request_id), instances }
}
