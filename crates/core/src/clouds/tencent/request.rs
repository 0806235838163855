//! What is asked of CVM: a JSON body and headers.

use crate::{
    clouds::{Read, tencent::manifest::CLOUD},
    model::{
        instance_id::InstanceId,
        plan::{Batch, OptionValue, Target},
    },
    signing::request::{JsonObject, Payload, Request, Unsigned},
};

/// The version of the API.
const VERSION: &str = "2017-03-12";

/// The host of an account's site. Finance regions have hosts of their own on either site.
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
            // The default page holds twenty.
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
