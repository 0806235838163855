//! Decodes this cloud's responses: JSON, or XML where a proxy drops `Accept`.

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
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

pub(super) fn decode(batch: &Batch, response: &Response) -> BatchAnswer {
    let (root, value) = match body::read_json_or_xml(response) {
        Ok(read) => read,
        Err(fault) => return body::unknown(batch, header_id(response), fault),
    };
    let not_understood = || body::not_understood(response);
    if let Some(report) = report(root.as_deref(), &value, response) {
        return if !has_only(&value, &ERROR_MEMBERS) {
            body::unknown(batch, report.request_id, not_understood())
        } else if body::is_error(response) {
            body::refused(batch, report)
        } else {
            // An error never comes with such a status (vendor documentation).
            body::unknown(batch, report.request_id.clone(), Fault::cloud(report))
        };
    }
    let own_root = [batch.spec().operation().name, "Response"].concat();
    let is_success = body::is_success(response) && root.is_none_or(|root| root == own_root);
    let request_id = text(&value, "RequestId").filter(|_| is_success);
    let Some(request_id) = request_id.map(str::to_owned) else {
        return body::unknown(batch, header_id(response), not_understood());
    };
    match value.get("InstanceResponses") {
        Some(responses) if has_only(&value, &["RequestId", "InstanceResponses"]) => {
            by_instance(batch, response, request_id, responses)
        }
        // The operations on one instance return only their request id.
        None if batch.spec().operation().ids_max == 1 && has_only(&value, &["RequestId"]) => {
            BatchAnswer::uniform(batch.ids(), Some(request_id), Outcome::Accepted, None)
        }
        Some(_) | None => body::unknown(batch, Some(request_id), not_understood()),
    }
}

/// The root of an error as XML; that of a success has the operation's name.
const ERROR_ROOT: &str = "Error";

/// The members of an error (vendor documentation). With other members its meaning is unknown.
const ERROR_MEMBERS: [&str; 6] =
    ["RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail"];

pub(super) fn describe(response: &Response) -> Described {
    match instances(response) {
        Ok((request_id, value, instances)) => {
            body::described(response, request_id, value.get("TotalCount"), instances)
        }
        Err(fault) => Described::Failed(fault),
    }
}

pub(super) fn list_page(response: &Response) -> Result<ListPage, Fault> {
    let (_, value, instances) = instances(response)?;
    let next = text(&value, "NextToken").map(str::to_owned);
    body::page(response, instances, value.get("TotalCount"), next)
}

/// The request id, the response, and its instances if any.
fn instances(
    response: &Response,
) -> Result<(String, Value, Option<Vec<DescribedInstance>>), Fault> {
    let (root, value) = body::read_json_or_xml(response)?;
    if let Some(report) = report(root.as_deref(), &value, response) {
        return Err(Fault::cloud(report));
    }
    let own_roots = ["DescribeInstancesResponse", "DescribeInstanceStatusResponse"];
    let is_success = body::is_success(response)
        && !has_error_keys(&value)
        && root.is_none_or(|root| own_roots.contains(&root.as_str()));
    let request_id = text(&value, "RequestId").filter(|_| is_success);
    let Some(request_id) = request_id.map(str::to_owned) else {
        return Err(body::not_understood(response));
    };
    let instances = match (value.get("Instances"), value.get("InstanceStatuses")) {
        (Some(instances), None) => inner(instances, "Instance"),
        (None, Some(statuses)) => inner(statuses, "InstanceStatus"),
        (Some(_), Some(_)) | (None, None) => None,
    };
    let instances = instances.and_then(|list| list.iter().map(instance).collect());
    Ok((request_id, value, instances))
}

/// With `SuccessFirst` each instance has a code of its own, within a 200. Matched by id: the order
/// is not documented.
fn by_instance(
    batch: &Batch,
    response: &Response,
    request_id: String,
    responses: &Value,
) -> BatchAnswer {
    let entries = inner(responses, "InstanceResponse").unwrap_or_default();
    let asked: HashSet<&str> = batch.ids().iter().map(InstanceId::as_str).collect();
    // An instance that was not requested: the response belongs to another call.
    let is_ours = has_only(responses, &["InstanceResponse"])
        && entries.iter().all(|entry| {
            has_only(entry, &ENTRY_MEMBERS)
                && text(entry, "InstanceId").is_some_and(|id| asked.contains(id))
        });
    if !is_ours {
        return body::unknown(batch, Some(request_id), body::not_understood(response));
    }
    let mut by_id: HashMap<&str, Option<&Value>> = HashMap::new();
    for entry in entries {
        let id = text(entry, "InstanceId").unwrap_or_default();
        // Two results for one instance: neither is trusted.
        by_id.entry(id).and_modify(|entry| *entry = None).or_insert(Some(entry));
    }
    let not_understood = Arc::new(body::not_understood(response));
    let instances = batch
        .ids()
        .iter()
        .map(|id| match by_id.get(id.as_str()).copied().flatten() {
            Some(entry) => one(batch, response, &request_id, id, entry, &not_understood),
            None => InstanceAnswer {
                id: id.clone(),
                outcome: Outcome::Unknown,
                previous_state: None,
                state: None,
                fault: Some(Arc::clone(&not_understood)),
            },
        })
        .collect();
    BatchAnswer { request_id: Some(request_id), instances }
}

/// The members of an instance's result (vendor documentation).
const ENTRY_MEMBERS: [&str; 5] =
    ["InstanceId", "Code", "Message", "PreviousStatus", "CurrentStatus"];

fn one(
    batch: &Batch,
    response: &Response,
    request_id: &str,
    id: &InstanceId,
    entry: &Value,
    not_understood: &Arc<Fault>,
) -> InstanceAnswer {
    let (outcome, fault) = match text(entry, "Code") {
        // Text, not a number, also in JSON (observed in the vendor's SDK).
        Some("200") => (Outcome::Accepted, None),
        None => (Outcome::Unknown, Some(Arc::clone(not_understood))),
        Some(code) => {
            let report = ErrorReport {
                code: code.to_owned(),
                message: text_or_empty(entry, "Message"),
                status: Some(response.status),
                request_id: Some(request_id.to_owned()),
                instance_ids: vec![id.as_str().to_owned()],
                ..ErrorReport::default()
            };
            let outcome = body::outcome_of_error(batch, &report);
            let fault = (outcome != Outcome::DryRunPassed).then(|| Arc::new(Fault::cloud(report)));
            (outcome, fault)
        }
    };
    let state = |key| text(entry, key).map(str::to_owned);
    InstanceAnswer {
        id: id.clone(),
        outcome,
        previous_state: state("PreviousStatus"),
        state: state("CurrentStatus"),
        fault,
    }
}

fn header_id(response: &Response) -> Option<String> {
    response.header("x-acs-request-id").filter(|id| !id.is_empty()).map(str::to_owned)
}

fn report(root: Option<&str>, value: &Value, response: &Response) -> Option<ErrorReport> {
    if root.is_some_and(|root| root != ERROR_ROOT) {
        return None;
    }
    let request_id = text(value, "RequestId").map(str::to_owned);
    Some(ErrorReport {
        code: text(value, "Code")?.to_owned(),
        message: value.get("Message")?.as_str()?.to_owned(),
        status: Some(response.status),
        // A gateway may return a code, too. Only the cloud returns its request id.
        request_id: Some(request_id.or_else(|| header_id(response))?),
        denied: errors::denied(value),
        ..ErrorReport::default()
    })
}

fn has_error_keys(value: &Value) -> bool {
    value.get("Code").is_some() || value.get("Message").is_some()
}

/// The inner list of the doubled wrappers, which may be missing when it is empty.
fn inner<'v>(outer: &'v Value, key: &str) -> Option<&'v [Value]> {
    match outer {
        Value::Object(outer) => list(outer.get(key)),
        Value::String(text) if text.is_empty() => Some(&[]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

fn instance(value: &Value) -> Option<DescribedInstance> {
    let state = text(value, "Status")?;
    let addresses = body::texts([
        value.pointer("/VpcAttributes/PrivateIpAddress/IpAddress"),
        value.pointer("/InnerIpAddress/IpAddress"),
        value.pointer("/EipAddress/IpAddress"),
        value.pointer("/PublicIpAddress/IpAddress"),
    ]);
    Some(DescribedInstance {
        id: text(value, "InstanceId")?.to_owned(),
        name: text_or_empty(value, "InstanceName"),
        zone: text_or_empty(value, "ZoneId"),
        address: addresses.first().cloned().unwrap_or_default(),
        addresses,
        tags: body::tags(value.pointer("/Tags/Tag"), ["TagKey", "TagValue"]),
        state: state.to_owned(),
        phase: state::phase(state),
        lock: value.get("OperationLocks").and_then(lock).map(str::to_owned),
        started_at: text(value, "StartTime").map(str::to_owned),
        last_operation: None,
    })
}

/// The first reason: the vendor's pages print `{"LockReason": "security"}`, its SDK reads
/// `{"LockReason": [{"LockReason": "security"}]}`.
fn lock(locks: &Value) -> Option<&str> {
    match locks {
        Value::String(reason) => Some(reason.as_str()).filter(|reason| !reason.is_empty()),
        Value::Array(list) => list.iter().find_map(lock),
        Value::Object(object) => object.get("LockReason").and_then(lock),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
