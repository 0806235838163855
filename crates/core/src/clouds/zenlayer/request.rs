//! Requests to ZEC: one host, one path, a JSON body.

use crate::{
    clouds::{Read, zenlayer::manifest::CLOUD},
    model::{
        instance_id::InstanceId,
        outcome::Phase,
        plan::{Batch, OptionValue, Target},
        query::InstanceQuery,
    },
    signing::request::{JsonObject, Payload, Request, Unsigned},
};
use serde_json::{Value, json};

/// The only host; requests have no region.
pub(super) const HOST: &str = "console.zenlayer.com";

/// The version of the API, for every request.
///
/// The vendor's page names none. 2024-04-01 has the parameters of that page; 2025-09-01 has
/// `forceReboot` too and is what the vendor's current SDK sends. One version for all requests:
/// states and operations then use the same words.
const VERSION: &str = "2025-09-01";

/// The request for a batch.
pub(super) fn operation(batch: &Batch) -> Request<Unsigned> {
    let spec = batch.spec();
    let mut body = with_ids(batch.ids());
    for (name, value) in spec.options() {
        body = match value {
            OptionValue::Boolean(value) => body.plain(name, value),
            OptionValue::Choice(choice) => body.text(name, choice),
        };
    }
    request(spec.operation().name, body)
}

/// The request for a read.
pub(super) fn read(_target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned> {
    let first = |most: usize| ids.get(..most).unwrap_or(ids);
    match read {
        Read::Instances => {
            // The default page size is twenty.
            let most = CLOUD.describe_ids_max;
            request("DescribeInstances", with_ids(first(most)).plain("pageSize", most))
        }
        Read::Status => {
            let most = CLOUD.status_ids_max;
            request("DescribeInstancesStatus", with_ids(first(most)).plain("pageSize", most))
        }
        Read::Places => request("DescribeZones", JsonObject::with_capacity(2)),
    }
}

/// The page size of a list. The cloud allows 1,000 (vendor's SDK), whose network interfaces could
/// exceed the limit of a response.
pub(super) const PAGE_SIZE: u64 = 500;

/// The maximum number of tags of a list request, and of tag keys (vendor's SDK).
const TAGS_MAX: usize = 20;

/// The request for a page of a list: all of the account's instances, since requests have no region.
pub(super) fn list(query: &InstanceQuery, cursor: Option<&str>) -> Request<Unsigned> {
    let mut body = JsonObject::with_capacity(64)
        .plain("pageNum", page_number(cursor))
        .plain("pageSize", PAGE_SIZE);
    body = match query.state() {
        Some(Phase::Running) => body.text("status", "RUNNING"),
        Some(Phase::Stopped) => body.text("status", "STOPPED"),
        Some(_) | None => body,
    };
    let pairs = query
        .tags()
        .filter_map(|(key, value)| value.map(|value| json!({ "key": key, "value": value })));
    let keys = query.tags().filter(|(_, value)| value.is_none()).map(|(key, _)| json!(key));
    let lists: [(_, Vec<Value>); 2] =
        [("tags", pairs.take(TAGS_MAX).collect()), ("tagKeys", keys.take(TAGS_MAX).collect())];
    for (name, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
        body = body.plain(name, Value::Array(values));
    }
    request("DescribeInstances", body)
}

/// The page number, from 1.
pub(super) fn page_number(cursor: Option<&str>) -> u64 {
    cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(1).max(1)
}

/// Ids are strings: JavaScript would round most of them as numbers.
fn with_ids(ids: &[InstanceId]) -> JsonObject {
    JsonObject::with_capacity(ids.len() * 24 + 48).ids("instanceIds", ids)
}

fn request(action: &'static str, body: JsonObject) -> Request<Unsigned> {
    Request::new(Unsigned {
        method: "POST",
        host: HOST.to_owned(),
        path: "/api/v2/zec",
        action,
        version: VERSION,
        region: None,
        payload: Payload::Json(body.finish()),
    })
}
