//! Decodes this cloud's responses. A success lists the ids that FAILED (vendor documentation of
//! `RebootInstances`), without a reason.
//!
//! The request that was answered did not touch such an instance. A copy of it may have: requests
//! have no nonce, so a POST that the browser or a proxy repeats is a second request, and its
//! response, the only one that is seen, lists as failed what the first one is restarting. So the
//! code of the list is possibly an echo ([`Effect::MaybeEcho`](crate::catalogue::Effect)): the run
//! sets `unknown` and describes, and an instance that is off then was refused
//! (`crates/core/tests/concluded.rs`).

use super::{errors, state};
use crate::{
    clouds::body::{self, list, text, text_or_empty},
    model::{
        instance_id::InstanceId,
        outcome::{
            BatchAnswer, Described, DescribedInstance, ErrorReport, Fault, InstanceAnswer,
            ListPage, Outcome, Response,
        },
        plan::Batch,
    },
    text::json::has_only,
};
use serde_json::Value;
use std::{collections::HashSet, sync::Arc};

pub(super) fn decode(batch: &Batch, response: &Response) -> BatchAnswer {
    let (request_id, value) = match read(response) {
        Ok(Answer::Success { request_id, value }) => (request_id, value),
        Ok(Answer::Error(report)) => return body::refused(batch, report),
        Err(fault) => return body::unknown(batch, None, fault),
    };
    let Some(failed) = failed(&value) else {
        return body::unknown(batch, Some(request_id), body::not_understood(response));
    };
    let asked: HashSet<&str> = batch.ids().iter().map(InstanceId::as_str).collect();
    // An id among the failed that was not requested: ids were mixed up or rounded, so a missing id
    // is no proof of success.
    let is_ours = failed.iter().all(|id| asked.contains(id));
    let failed: HashSet<&str> = failed.into_iter().collect();
    let not_understood = (!is_ours).then(|| Arc::new(body::not_understood(response)));
    let instances = batch
        .ids()
        .iter()
        .map(|id| {
            let (outcome, fault) = if failed.contains(id.as_str()) {
                let report = ErrorReport {
                    code: errors::LISTED_AS_FAILED.to_owned(),
                    message: String::new(),
                    status: Some(response.status),
                    request_id: Some(request_id.clone()),
                    instance_ids: vec![id.as_str().to_owned()],
                    ..ErrorReport::default()
                };
                (body::outcome_of_error(batch, &report), Some(Arc::new(Fault::cloud(report))))
            } else if is_ours {
                (Outcome::Accepted, None)
            } else {
                (Outcome::Unknown, not_understood.clone())
            };
            InstanceAnswer { id: id.clone(), outcome, previous_state: None, state: None, fault }
        })
        .collect();
    BatchAnswer { request_id: Some(request_id), instances }
}

pub(super) fn describe(response: &Response) -> Described {
    match instances(response) {
        Ok((request_id, value, instances)) => {
            body::described(response, request_id, value.get("totalCount"), instances)
        }
        Err(fault) => Described::Failed(fault),
    }
}

/// The page with this number, from 1, and size.
pub(super) fn list_page(number: u64, size: u64, response: &Response) -> Result<ListPage, Fault> {
    let (_, value, instances) = instances(response)?;
    let total = value.get("totalCount");
    let on_page = instances.as_ref().map_or(0, Vec::len);
    let next = body::next_offset((number - 1) * size, on_page, total);
    body::page(response, instances, total, next.map(|_| (number + 1).to_string()))
}

/// The request id, the response, and its instances if any.
fn instances(
    response: &Response,
) -> Result<(String, Value, Option<Vec<DescribedInstance>>), Fault> {
    let (request_id, value) = match read(response)? {
        Answer::Success { request_id, value } => (request_id, value),
        Answer::Error(report) => return Err(Fault::cloud(report)),
    };
    let set = value.get("dataSet").and_then(|set| list(Some(set)));
    let instances = set.and_then(|list| list.iter().map(instance).collect());
    Ok((request_id, value, instances))
}

enum Answer {
    /// With the inner `response`.
    Success {
        request_id: String,
        value: Value,
    },
    Error(ErrorReport),
}

fn read(response: &Response) -> Result<Answer, Fault> {
    let mut value = body::read_json(response)?;
    let not_understood = || body::not_understood(response);
    let request_id = text(&value, "requestId").ok_or_else(not_understood)?.to_owned();
    let is_success = body::is_success(response) && has_only(&value, &["requestId", "response"]);
    match value.get_mut("response").map(Value::take) {
        // The inner object contains the request id again (vendor documentation).
        Some(inner @ Value::Object(_))
            if is_success && text(&inner, "requestId") == Some(&request_id) =>
        {
            Ok(Answer::Success { request_id, value: inner })
        }
        None | Some(Value::Null) if body::is_error(response) => {
            let report = body::report(&value, ["code", "message"], request_id, response);
            report.map(Answer::Error).ok_or_else(not_understood)
        }
        None | Some(_) => Err(not_understood()),
    }
}

/// The failed ids of a success; `None` if the list is malformed. Only strings are ids: JavaScript
/// would have rounded a number.
fn failed(value: &Value) -> Option<Vec<&str>> {
    // A response with other members belongs to another operation.
    if !has_only(value, &["requestId", "instanceIds"]) {
        return None;
    }
    match value.get("instanceIds") {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(ids)) => ids.iter().map(Value::as_str).collect(),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => None,
    }
}

fn instance(value: &Value) -> Option<DescribedInstance> {
    // Two operations have different names for it (vendor documentation).
    let state = text(value, "status").or_else(|| text(value, "instanceStatus"))?;
    let addresses = body::texts([value.get("privateIpAddresses"), value.get("publicIpAddresses")]);
    Some(DescribedInstance {
        id: text(value, "instanceId")?.to_owned(),
        name: text_or_empty(value, "instanceName"),
        zone: text_or_empty(value, "zoneId"),
        address: addresses.first().cloned().unwrap_or_default(),
        addresses,
        // The vendor's SDK wraps the list again.
        tags: body::tags(value.pointer("/tags/tags"), ["key", "value"]),
        state: state.to_owned(),
        phase: state::phase(state),
        lock: None,
        started_at: None,
        last_operation: None,
    })
}
