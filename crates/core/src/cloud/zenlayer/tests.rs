//! What goes to this cloud, to the byte.

use super::Zenlayer;
use crate::{
    cloud::{Cloud, Read},
    ids::parse_ids,
    plan::{Job, Target, plan},
    request::{Payload, Request, Unsigned},
    sign::{Prepared, Signer},
    words::Locale,
};

const TWO: &str = "1660545330971680835 820653960707704280";

#[test]
fn ids_are_texts_in_an_array_and_booleans_are_booleans() {
    for (operation, options, expected) in [
        (
            "StartInstances",
            &[][..],
            r#"{"instanceIds":["1660545330971680835","820653960707704280"]}"#,
        ),
        ("RebootInstances", &[], r#"{"instanceIds":["1660545330971680835","820653960707704280"]}"#),
        (
            "RebootInstances",
            &[("forceReboot", "true")],
            r#"{"instanceIds":["1660545330971680835","820653960707704280"],"forceReboot":true}"#,
        ),
    ] {
        let request = unsigned(operation, TWO, options);
        assert_eq!(body(&request), expected);
        let content = request.content();
        assert_eq!((content.path, content.version), ("/api/v2/zec", "2025-09-01"));
        assert_eq!(content.region, None);
    }
}

#[test]
fn reads_ask_for_a_whole_page() {
    let target = Target::new(&Zenlayer, None, "").unwrap();
    let ids = job("StartInstances", TWO, &[]).ids;
    let page = r#"{"instanceIds":["1660545330971680835","820653960707704280"],"pageSize":100}"#;
    for (read, action, expected) in [
        (Read::Instances, "DescribeInstances", page),
        (Read::Status, "DescribeInstancesStatus", page),
        (Read::Places, "DescribeZones", "{}"),
    ] {
        let request = Zenlayer.read(&target, read, &ids);
        assert_eq!((request.content().action, body(&request)), (action, expected));
    }
}

#[test]
fn the_signature_travels_in_a_header() {
    let request = unsigned("RebootInstances", "1660545330971680835", &[("forceReboot", "false")]);
    assert_eq!(
        as_sent(Zenlayer.prepare(&request, &signer(None))),
        "POST /api/v2/zec\n\
         content-type: application/json\n\
         x-zc-action: RebootInstances\n\
         x-zc-version: 2025-09-01\n\
         x-zc-timestamp: 1714550400\n\
         x-zc-signature-method: ZC2-HMAC-SHA256\n\
         authorization: ZC2-HMAC-SHA256 Credential=EXAMPLE-KEY-ID, \
         SignedHeaders=content-type;host, Signature=746167\n\n\
         {\"instanceIds\":[\"1660545330971680835\"],\"forceReboot\":false}"
    );
}

/// A weakness of this cloud's signature, and why its proxy must be trusted: if this fails, the
/// documents that say so are out of date.
#[test]
fn the_signature_does_not_cover_the_operation() {
    let reboot = unsigned("RebootInstances", "1660545330971680835", &[]);
    let start = unsigned("StartInstances", "1660545330971680835", &[]);
    let message = |request| Zenlayer.prepare(request, &signer(None)).message;
    assert_eq!(message(&reboot), message(&start));
}

fn body(request: &Request<Unsigned>) -> &str {
    let Payload::Json(body) = &request.content().payload else { panic!("no body") };
    body
}

fn job(operation: &str, ids: &str, options: &[(&str, &str)]) -> Job {
    let parsed = parse_ids(ids, Some(&Zenlayer));
    assert_eq!(parsed.problems, []);
    Job {
        cloud: &Zenlayer,
        site: None,
        region: "".into(),
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
