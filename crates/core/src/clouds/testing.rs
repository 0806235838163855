//! Helpers of the clouds' tests.

use crate::{
    clouds,
    i18n::Locale,
    ids::parse_ids,
    model::{
        cloud::Cloud,
        instance_id::InstanceId,
        plan::{Batch, PlanInput, plan},
    },
    signing::{
        Prepared, Signer,
        request::{Payload, Request, Unsigned},
    },
};

/// The ids in a text without problems.
pub(super) fn ids(cloud: &'static Cloud, text: &str) -> Vec<InstanceId> {
    let parsed = parse_ids(text, Some(cloud));
    assert_eq!(parsed.problems, []);
    parsed.ids.into_iter().map(|parsed| parsed.id).collect()
}

/// The request of a job that is one batch.
pub(super) fn unsigned(
    cloud: &'static Cloud,
    operation: &str,
    text: &str,
    options: &[(&str, &str)],
) -> Request<Unsigned> {
    clouds::request(&batch(cloud, operation, text, options))
}

/// A job that is one batch.
pub(super) fn batch(
    cloud: &'static Cloud,
    operation: &str,
    text: &str,
    options: &[(&str, &str)],
) -> Batch {
    let regions = &cloud.regions;
    let input = PlanInput {
        cloud,
        site: None,
        region: if regions.required { "ap-guangzhou".to_owned() } else { String::new() },
        operation: operation.into(),
        ids: ids(cloud, text),
        options: options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        limits: std::sync::Arc::default(),
    };
    plan(&input, None).unwrap().batches.remove(0)
}

/// A signer at a fixed time.
pub(super) fn signer(token: Option<&str>) -> Signer {
    Signer {
        key_id: "EXAMPLE-KEY-ID".into(),
        token: token.map(str::to_owned),
        unix_seconds: 1_714_550_400,
        nonce: "0123456789abcdef0123456789abcdef".into(),
        sign_action: true,
        locale: Locale::Zh,
    }
}

/// The request line and headers, one per line, then the body. Signed with the MAC `tag`.
pub(super) fn as_sent(prepared: Prepared) -> String {
    let signed = prepared.finish(b"tag");
    let line = format!("{} {}\n", signed.method(), signed.path_and_query());
    let headers = signed.headers().iter().map(|(name, value)| format!("{name}: {value}\n"));
    line + &headers.collect::<String>() + "\n" + signed.body()
}

/// The parameters of the query in their order.
pub(super) fn query(request: &Request<Unsigned>) -> String {
    let Payload::Query(query) = &request.content().payload else { panic!("not a query") };
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join(" ")
}

/// The body.
pub(super) fn body(request: &Request<Unsigned>) -> &str {
    let Payload::Json(body) = &request.content().payload else { panic!("no body") };
    body
}
