//! Decodes this cloud's responses. Errors have status 200, too.

use super::state;
use crate::{
    clouds::body::{self, list, text, text_or_empty},
    model::{
        outcome::{
            BatchAnswer, Described, DescribedInstance, ErrorReport, Fault, LastOperation,
            LastOperationState, ListPage, Outcome, Response,
        },
        plan::Batch,
    },
    text::json::has_only,
};
use serde_json::Value;

pub(super) fn decode(batch: &Batch, response: &Response) -> BatchAnswer {
    match read(response) {
        // A response with other members belongs to another operation.
        Ok(Answer::Success { request_id, value }) if !has_only(&value, &["RequestId"]) => {
            body::unknown(batch, Some(request_id), body::not_understood(response))
        }
        Ok(Answer::Success { request_id, .. }) => {
            // No results per instance: all are accepted or none.
            BatchAnswer::uniform(batch.ids(), Some(request_id), Outcome::Accepted, None)
        }
        Ok(Answer::Error(report)) => body::refused(batch, report),
        Err(fault) => body::unknown(batch, None, fault),
    }
}

pub(super) fn describe(response: &Response) -> Described {
    match instances(response) {
        Ok((request_id, value, instances)) => {
            body::described(response, request_id, value.get("TotalCount"), instances)
        }
        Err(fault) => Described::Failed(fault),
    }
}

/// The page that begins at this offset, from 0.
pub(super) fn list_page(offset: u64, response: &Response) -> Result<ListPage, Fault> {
    let (_, value, instances) = instances(response)?;
    let total = value.get("TotalCount");
    let on_page = instances.as_ref().map_or(0, Vec::len);
    let next = body::next_offset(offset, on_page, total);
    body::page(response, instances, total, next.map(|next| next.to_string()))
}

/// The request id, the response, and its instances if any.
fn instances(
    response: &Response,
) -> Result<(String, Value, Option<Vec<DescribedInstance>>), Fault> {
    let (request_id, value) = match read(response)? {
        Answer::Success { request_id, value } => (request_id, value),
        Answer::Error(report) => return Err(Fault::cloud(report)),
    };
    let set = match (value.get("InstanceSet"), value.get("InstanceStatusSet")) {
        (set @ Some(_), None) | (None, set @ Some(_)) => list(set),
        (Some(_), Some(_)) | (None, None) => None,
    };
    let instances = set.and_then(|list| list.iter().map(instance).collect());
    Ok((request_id, value, instances))
}

enum Answer {
    Success { request_id: String, value: Value },
    Error(ErrorReport),
}

fn read(response: &Response) -> Result<Answer, Fault> {
    let mut value = body::read_json(response)?;
    let not_understood = || body::not_understood(response);
    if !has_only(&value, &["Response"]) {
        return Err(not_understood());
    }
    let value = value.get_mut("Response").map(Value::take).ok_or_else(not_understood)?;
    let request_id = text(&value, "RequestId").ok_or_else(not_understood)?.to_owned();
    match value.get("Error") {
        None if body::is_success(response) => Ok(Answer::Success { request_id, value }),
        Some(error)
            if (body::is_success(response) || body::is_error(response))
                && has_only(&value, &["RequestId", "Error"]) =>
        {
            let report = body::report(error, ["Code", "Message"], request_id, response);
            report.map(Answer::Error).ok_or_else(not_understood)
        }
        None | Some(_) => Err(not_understood()),
    }
}

fn instance(value: &Value) -> Option<DescribedInstance> {
    let state = text(value, "InstanceState")?;
    let addresses = body::texts([value.get("PrivateIpAddresses"), value.get("PublicIpAddresses")]);
    let restriction = text(value, "RestrictState").filter(|state| *state != "NORMAL");
    Some(DescribedInstance {
        id: text(value, "InstanceId")?.to_owned(),
        name: text_or_empty(value, "InstanceName"),
        zone: value
            .get("Placement")
            .map(|placement| text_or_empty(placement, "Zone"))
            .unwrap_or_default(),
        address: addresses.first().cloned().unwrap_or_default(),
        addresses,
        tags: body::tags(value.get("Tags"), ["Key", "Value"]),
        state: state.to_owned(),
        phase: state::phase(state),
        lock: restriction.map(str::to_owned),
        // Only the time of creation is returned, not of the last start.
        started_at: None,
        last_operation: last_operation(value),
    })
}

/// Each part may be null: a new instance has none.
fn last_operation(value: &Value) -> Option<LastOperation> {
    Some(LastOperation {
        name: text(value, "LatestOperation")?.to_owned(),
        request_id: text_or_empty(value, "LatestOperationRequestId"),
        state: match text(value, "LatestOperationState")? {
            "SUCCESS" => LastOperationState::Success,
            "OPERATING" => LastOperationState::Operating,
            "FAILED" => LastOperationState::Failed,
            _ => LastOperationState::Other,
        },
    })
}
