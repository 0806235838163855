//! What is asked of ECS: everything travels in the query, even with POST, and the body is empty.

use super::manifest::MANIFEST;
use crate::{
    cloud::Read,
    ids::InstanceId,
    plan::{Batch, Target},
    request::{self, Payload, Request, Unsigned},
};

/// The version of the API.
pub(super) const VERSION: &str = "2014-05-26";

/// The host of a region. Most have one of their own; the vendor's SDK knows some without.
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
    let order = batch.order();
    let mut query = Vec::with_capacity(batch.ids().len() + 4);
    if order.operation().ids_max > 1 {
        query.push(region(order.target()));
        push_ids(&mut query, batch.ids());
    } else {
        // The operations on a single instance take no region: the host alone selects it.
        for id in batch.ids().iter().take(1) {
            query.push(("InstanceId".to_owned(), id.as_str().to_owned()));
        }
    }
    for (name, value) in order.options() {
        query.push(((*name).to_owned(), value.as_str().to_owned()));
    }
    request(order.target(), order.operation().name, query)
}

/// The request for a read.
pub(super) fn read(target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned> {
    match read {
        Read::Instances => {
            // Here alone the ids are one text that holds a JSON array.
            let mut array = String::with_capacity(ids.len() * 25 + 2);
            let ids = ids.iter().take(MANIFEST.describe_ids_max);
            request::push_json_texts(&mut array, ids.map(InstanceId::as_str));
            let query = vec![
                region(target),
                ("InstanceIds".to_owned(), array),
                ("MaxResults".to_owned(), MANIFEST.describe_ids_max.to_string()),
            ];
            request(target, "DescribeInstances", query)
        }
        Read::Status => {
            let mut query = vec![region(target)];
            push_ids(&mut query, ids.get(..MANIFEST.status_ids_max).unwrap_or(ids));
            // The default page holds ten.
            query.push(("PageSize".to_owned(), MANIFEST.status_ids_max.to_string()));
            request(target, "DescribeInstanceStatus", query)
        }
        Read::Places => request(target, "DescribeRegions", Vec::new()),
    }
}

fn request(
    target: &Target,
    action: &'static str,
    query: Vec<(String, String)>,
) -> Request<Unsigned> {
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

fn region(target: &Target) -> (String, String) {
    ("RegionId".to_owned(), target.region.clone())
}

/// `InstanceId.1`, `InstanceId.2`, …: counted from one.
fn push_ids(query: &mut Vec<(String, String)>, ids: &[InstanceId]) {
    for (number, id) in (1..).zip(ids) {
        let number: usize = number;
        query.push((format!("InstanceId.{number}"), id.as_str().to_owned()));
    }
}
