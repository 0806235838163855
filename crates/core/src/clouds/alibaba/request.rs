//! Requests to ECS: all parameters are in the query, also with POST, and the body is empty.

use crate::{
    clouds::{Read, alibaba::manifest::CLOUD},
    model::{
        instance_id::InstanceId,
        outcome::Phase,
        plan::{Batch, Target},
        query::InstanceQuery,
    },
    signing::request::{self, Pair, Payload, Request, Unsigned},
};
use smol_str::{SmolStr, ToSmolStr};

/// The version of the API.
pub(super) const VERSION: &str = "2014-05-26";

/// The host of a region. Most regions have their own; the vendor's SDK lists some without.
pub(super) fn host(region: &str) -> String {
    match region {
        "cn-hangzhou" | "cn-shanghai-finance-1" | "cn-shenzhen-finance-1" => {
            "ecs-cn-hangzhou.aliyuncs.com".to_owned()
        }
        "cn-north-2-gov-1" | "cn-hangzhou-finance" | "cn-wuhan" => "ecs.aliyuncs.com".to_owned(),
        _ => format!("ecs.{region}.aliyuncs.com"),
    }
}

/// The request for a batch.
pub(super) fn operation(batch: &Batch) -> Request<Unsigned> {
    let spec = batch.spec();
    let mut query = Vec::with_capacity(batch.ids().len() + 4);
    if spec.operation().ids_max > 1 {
        query.push(region(spec.target()));
        push_ids(&mut query, batch.ids());
    } else {
        // The operations on a single instance take no region: the host selects it.
        for id in batch.ids().iter().take(1) {
            query.push((SmolStr::new_static("InstanceId"), id.as_str().into()));
        }
    }
    for (name, value) in spec.options() {
        query.push((SmolStr::new_static(name), SmolStr::new_static(value.as_str())));
    }
    request(spec.target(), spec.operation().name, query)
}

/// The request for a read.
pub(super) fn read(target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned> {
    match read {
        Read::Instances => {
            // Only here the ids are one string with a JSON array.
            let mut array = String::with_capacity(ids.len() * 25 + 2);
            let ids = ids.get(..CLOUD.describe_ids_max).unwrap_or(ids);
            request::push_json_ids(&mut array, ids);
            let query = vec![
                region(target),
                (SmolStr::new_static("InstanceIds"), array.into()),
                (SmolStr::new_static("MaxResults"), CLOUD.describe_ids_max.to_smolstr()),
            ];
            request(target, "DescribeInstances", query)
        }
        Read::Status => {
            let mut query = vec![region(target)];
            push_ids(&mut query, ids.get(..CLOUD.status_ids_max).unwrap_or(ids));
            // The default page size is ten.
            query.push((SmolStr::new_static("PageSize"), CLOUD.status_ids_max.to_smolstr()));
            request(target, "DescribeInstanceStatus", query)
        }
        Read::Places => request(target, "DescribeRegions", Vec::new()),
    }
}

/// The maximum number of tags of a list request (vendor documentation).
const TAGS_MAX: usize = 20;

/// The request for a page of a list.
pub(super) fn list(
    target: &Target,
    query: &InstanceQuery,
    cursor: Option<&str>,
) -> Request<Unsigned> {
    let mut parameters =
        vec![region(target), (SmolStr::new_static("MaxResults"), "100".to_smolstr())];
    let texts = |name: String, value: &str| (name.into(), value.into());
    for (number, (key, value)) in (1..).zip(query.tags().take(TAGS_MAX)) {
        parameters.push(texts(format!("Tag.{number}.Key"), key));
        parameters.extend(value.map(|value| texts(format!("Tag.{number}.Value"), value)));
    }
    let state = match query.state() {
        Some(Phase::Running) => Some("Running"),
        Some(Phase::Stopped) => Some("Stopped"),
        Some(_) | None => None,
    };
    parameters.extend(state.map(|state| texts("Status".to_owned(), state)));
    let zone = query.zone_of(&target.region);
    parameters.extend(zone.map(|zone| texts("ZoneId".to_owned(), zone)));
    if let Some(cursor) = cursor {
        parameters.push((SmolStr::new_static("NextToken"), cursor.into()));
    }
    request(target, "DescribeInstances", parameters)
}

fn request(target: &Target, action: &'static str, query: Vec<Pair>) -> Request<Unsigned> {
    Request::new(Unsigned {
        method: "POST",
        host: host(&target.region),
        path: "/",
        action,
        version: VERSION,
        region: None,
        payload: Payload::Query(query),
    })
}

fn region(target: &Target) -> Pair {
    (SmolStr::new_static("RegionId"), target.region.as_str().into())
}

/// `InstanceId.1`, `InstanceId.2`, …: counted from one.
fn push_ids(query: &mut Vec<Pair>, ids: &[InstanceId]) {
    const NAME: &str = "InstanceId.";
    let mut name = NAME.to_owned();
    for (number, id) in (1..).zip(ids) {
        name.truncate(NAME.len());
        push_number(&mut name, number);
        query.push((SmolStr::new(&name), id.as_str().into()));
    }
}

/// Appends a decimal number: `format!` for a hundred of them would take as long as hashing.
fn push_number(text: &mut String, number: u32) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.extend(char::from_digit(number % 10, 10));
}
