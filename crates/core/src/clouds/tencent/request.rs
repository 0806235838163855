//! Requests to CVM: a JSON body and headers.

use crate::{
    clouds::{Read, tencent::manifest::CLOUD},
    model::{
        instance_id::InstanceId,
        outcome::Phase,
        plan::{Batch, OptionValue, Target},
        query::InstanceQuery,
    },
    signing::request::{JsonObject, Payload, Request, Unsigned},
};
use serde_json::{Value, json};

/// The version of the API.
const VERSION: &str = "2017-03-12";

/// The host of an account's site. Finance regions have their own hosts on either site.
pub(super) fn host(target: &Target) -> String {
    if target.region.ends_with("-fsi") {
        format!("cvm.{}.tencentcloudapi.com", target.region)
    } else if target.site.id == "international" {
        "cvm.intl.tencentcloudapi.com".to_owned()
    } else {
        "cvm.tencentcloudapi.com".to_owned()
    }
}

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
    request(spec.target(), spec.operation().name, body)
}

/// The request for a read.
pub(super) fn read(target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned> {
    let first = |most: usize| ids.get(..most).unwrap_or(ids);
    match read {
        Read::Instances => {
            // The default page size is twenty.
            let most = CLOUD.describe_ids_max;
            request(target, "DescribeInstances", with_ids(first(most)).plain("Limit", most))
        }
        Read::Status => {
            let most = CLOUD.status_ids_max;
            request(target, "DescribeInstancesStatus", with_ids(first(most)).plain("Limit", most))
        }
        // The product's own DescribeRegions is no longer maintained, but still answers and needs
        // no second host; the vendor's replacement is another product.
        Read::Places => request(target, "DescribeRegions", JsonObject::with_capacity(2)),
    }
}

/// The maximum number of filters of a list request, and of the values of each (vendor
/// documentation).
const FILTERS_MAX: usize = 10;

/// The request for a page of a list. Filters and ids never go together.
pub(super) fn list(
    target: &Target,
    query: &InstanceQuery,
    cursor: Option<&str>,
) -> Request<Unsigned> {
    let tags = query.tags().map(|(key, value)| match value {
        Some(value) => (format!("tag:{key}"), value),
        None => ("tag-key".to_owned(), key),
    });
    let state = match query.state() {
        Some(Phase::Running) => Some(("instance-state".to_owned(), "RUNNING")),
        Some(Phase::Stopped) => Some(("instance-state".to_owned(), "STOPPED")),
        Some(_) | None => None,
    };
    let zone = query.zone_of(&target.region).map(|zone| ("zone".to_owned(), zone));
    let filters: Vec<Value> = state
        .into_iter()
        .chain(zone)
        .chain(tags)
        .take(FILTERS_MAX)
        .map(|(name, value)| json!({ "Name": name, "Values": [value] }))
        .collect();
    let mut body = JsonObject::with_capacity(64)
        .plain("Offset", offset(cursor))
        .plain("Limit", CLOUD.describe_ids_max);
    if !filters.is_empty() {
        body = body.plain("Filters", Value::Array(filters));
    }
    request(target, "DescribeInstances", body)
}

/// The offset of the page, from 0.
pub(super) fn offset(cursor: Option<&str>) -> u64 {
    cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or_default()
}

fn with_ids(ids: &[InstanceId]) -> JsonObject {
    JsonObject::with_capacity(ids.len() * 16 + 48).ids("InstanceIds", ids)
}

fn request(target: &Target, action: &'static str, body: JsonObject) -> Request<Unsigned> {
    Request::new(Unsigned {
        method: "POST",
        host: host(target),
        path: "/",
        action,
        version: VERSION,
        region: Some(target.region.clone()),
        payload: Payload::Json(body.finish()),
    })
}
