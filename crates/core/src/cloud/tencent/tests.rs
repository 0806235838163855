//! What goes to this cloud, to the byte.

use super::Tencent;
use crate::{
    cloud::{Cloud, Read},
    ids::parse_ids,
    plan::{Job, Target, plan},
    request::{Payload, Request, Unsigned},
    sign::{Prepared, Signer},
    words::Locale,
};

const TWO: &str = "ins-5d8a23rs ins-r8hr2upy";

#[test]
fn ids_are_an_array_and_booleans_are_booleans() {
    for (operation, options, expected) in [
        ("StartInstances", &[][..], r#"{"InstanceIds":["ins-5d8a23rs","ins-r8hr2upy"]}"#),
        (
            "RebootInstances",
            &[("StopType", "SOFT_FIRST")],
            r#"{"InstanceIds":["ins-5d8a23rs","ins-r8hr2upy"],"StopType":"SOFT_FIRST"}"#,
        ),
        (
            "RebootInstances",
            &[("ForceReboot", "true")],
            r#"{"InstanceIds":["ins-5d8a23rs","ins-r8hr2upy"],"ForceReboot":true}"#,
        ),
    ] {
        let request = unsigned(operation, TWO, options);
        assert_eq!(body(&request), expected);
        assert_eq!(request.content().region.as_deref(), Some("ap-guangzhou"));
    }
}

#[test]
fn reads_ask_for_a_whole_page() {
    let target = Target::new(&Tencent, None, "ap-guangzhou").unwrap();
    let ids = job("StartInstances", TWO, &[]).ids;
    for (read, action, expected) in [
        (
            Read::Instances,
            "DescribeInstances",
            r#"{"InstanceIds":["ins-5d8a23rs","ins-r8hr2upy"],"Limit":100}"#,
        ),
        (
            Read::Status,
            "DescribeInstancesStatus",
            r#"{"InstanceIds":["ins-5d8a23rs","ins-r8hr2upy"],"Limit":100}"#,
        ),
        (Read::Places, "DescribeRegions", "{}"),
    ] {
        let request = Tencent.read(&target, read, &ids);
        assert_eq!((request.content().action, body(&request)), (action, expected));
    }
}

#[test]
fn finance_regions_have_their_own_hosts_on_both_sites() {
    for (site, region, host) in [
        ("china", "ap-guangzhou", "cvm.tencentcloudapi.com"),
        ("international", "ap-guangzhou", "cvm.intl.tencentcloudapi.com"),
        ("china", "ap-shanghai-fsi", "cvm.ap-shanghai-fsi.tencentcloudapi.com"),
        ("international", "ap-shenzhen-fsi", "cvm.ap-shenzhen-fsi.tencentcloudapi.com"),
    ] {
        assert_eq!(Target::new(&Tencent, Some(site), region).unwrap().host(), host);
    }
}

#[test]
fn the_signature_covers_the_operation_unless_that_is_switched_off() {
    let request = unsigned("RebootInstances", "ins-5d8a23rs", &[("StopType", "SOFT")]);
    let sent = |names: &str, signature: &str| {
        format!(
            "POST /\n\
             content-type: application/json\n\
             x-tc-action: RebootInstances\n\
             x-tc-version: 2017-03-12\n\
             x-tc-timestamp: 1714550400\n\
             x-tc-language: zh-CN\n\
             x-tc-region: ap-guangzhou\n\
             x-tc-token: to/ken+\n\
             authorization: TC3-HMAC-SHA256 Credential=EXAMPLE-KEY-ID/2024-05-01/cvm/tc3_request, \
             SignedHeaders={names}, Signature={signature}\n\n\
             {{\"InstanceIds\":[\"ins-5d8a23rs\"],\"StopType\":\"SOFT\"}}"
        )
    };
    let covered = Tencent.prepare(&request, &signer(Some("to/ken+")));
    let off = Signer { sign_action: false, ..signer(Some("to/ken+")) };
    let open = Tencent.prepare(&request, &off);
    let signature = |prepared: Prepared| prepared.finish(b"tag").signature().to_owned();
    let expected = signature(Tencent.prepare(&request, &signer(Some("to/ken+"))));
    assert_eq!(as_sent(covered), sent("content-type;host;x-tc-action", &expected));
    let expected = signature(Tencent.prepare(&request, &off));
    assert_eq!(as_sent(open), sent("content-type;host", &expected));

    let mut other = request.content().clone();
    other.action = "TerminateInstances";
    let other = Request::new(other);
    let of =
        |request: &Request<Unsigned>, signer: &Signer| signature(Tencent.prepare(request, signer));
    assert_ne!(of(&other, &signer(None)), of(&request, &signer(None)));
    assert_eq!(of(&other, &off), of(&request, &off), "what is switched off is this protection");
}

fn body(request: &Request<Unsigned>) -> &str {
    let Payload::Json(body) = &request.content().payload else { panic!("no body") };
    body
}

fn job(operation: &str, ids: &str, options: &[(&str, &str)]) -> Job {
    let parsed = parse_ids(ids, Some(&Tencent));
    assert_eq!(parsed.problems, []);
    Job {
        cloud: &Tencent,
        site: None,
        region: "ap-guangzhou".into(),
        operation: operation.into(),
        ids: parsed.ids.into_iter().map(|parsed| parsed.id).collect(),
        options: options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
    }
}

fn unsigned(operation: &str, ids: &str, options: &[(&str, &str)]) -> Request<Unsigned> {
    plan(&job(operation, ids, options), None).unwrap().batches.first().unwrap().request()
}

fn signer(token: Option<&str>) -> Signer {
    Signer {
        key_id: "EXAMPLE-KEY-ID".into(),
        token: token.map(str::to_owned),
        unix_seconds: 1_714_550_400,
        nonce: "0123456789abcdef0123456789abcdef".into(),
        sign_action: true,
        locale: Locale::Zh,
    }
}

/// The request line and the headers, one to a line, then the body.
fn as_sent(prepared: Prepared) -> String {
    let signed = prepared.finish(b"tag");
    let mut text = format!("{} {}\n", signed.method(), signed.path_and_query());
    for (name, value) in signed.headers() {
        text += &format!("{name}: {value}\n");
    }
    text + "\n" + signed.body()
}
