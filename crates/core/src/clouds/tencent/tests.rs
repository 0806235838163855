//! The requests to this cloud, byte by byte.

use super::{CLOUD, Tencent};
use crate::{
    clouds::{
        Lister, Protocol, Read, command_line, curl,
        tencent::sign::Tc3,
        testing::{as_sent, batch, body, ids, signer, unsigned},
    },
    model::{plan::Target, query::InstanceQuery},
    signing::{
        Algorithm, Prepared, Secret, Signer, SigningInput, hex, hmac_sha256,
        request::{Request, Signed, Unsigned},
    },
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
        let request = unsigned(&CLOUD, operation, TWO, options);
        assert_eq!(body(&request), expected);
        assert_eq!(request.content().region.as_deref(), Some("ap-guangzhou"));
    }
}

#[test]
fn lines_name_region_host_and_every_parameter() {
    let two = batch(&CLOUD, "RebootInstances", TWO, &[("StopType", "SOFT_FIRST")]);
    let line = r#"tccli cvm RebootInstances \
  --region ap-guangzhou \
  --endpoint cvm.tencentcloudapi.com \
  --InstanceIds '["ins-5d8a23rs","ins-r8hr2upy"]' \
  --StopType SOFT_FIRST"#;
    assert_eq!(command_line(&two).line, line);
    let line = r#"curl -X POST https://cvm.tencentcloudapi.com/ \
  -H 'content-type: application/json' \
  -H 'x-tc-action: RebootInstances' \
  -H 'x-tc-version: 2017-03-12' \
  -H 'x-tc-timestamp: <unsigned>' \
  -H 'x-tc-language: en-US' \
  -H 'x-tc-region: ap-guangzhou' \
  -H 'authorization: <unsigned>' \
  --data-raw '{"InstanceIds":["ins-5d8a23rs","ins-r8hr2upy"],"StopType":"SOFT_FIRST"}'"#;
    assert_eq!(curl(&two).line, line);
}

#[test]
fn reads_ask_for_a_whole_page() {
    let target = Target::new(&CLOUD, None, "ap-guangzhou").unwrap();
    let ids = ids(&CLOUD, TWO);
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
        assert_eq!(Tencent.host(&Target::new(&CLOUD, Some(site), region).unwrap()), host);
    }
}

#[test]
fn the_signature_covers_the_operation_unless_that_is_switched_off() {
    let request = unsigned(&CLOUD, "RebootInstances", "ins-5d8a23rs", &[("StopType", "SOFT")]);
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

#[test]
fn the_scope_names_the_service_that_is_given_or_the_hosts_first_label() {
    for (service, host, scope) in [
        ("", "cvm.ap-tokyo.example", "1970-01-02/cvm/tc3_request"),
        ("vpc", "cvm.ap-tokyo.example", "1970-01-02/vpc/tc3_request"),
        ("", "localhost:8911", "1970-01-02/localhost:8911/tc3_request"),
    ] {
        let signed = signed(SigningInput {
            host: host.into(),
            service: service.into(),
            unix_seconds: 86_400,
            ..SigningInput::default()
        });
        assert_eq!(signed.trace().string_to_sign.split('\n').nth(2), Some(scope));
        let credential = format!("Credential=/{scope}, SignedHeaders=content-type;host, ");
        assert!(signed.authorization().unwrap().contains(&credential));
        // The second and third derivation, from a tag that is `tag`.
        let service = scope.split('/').nth(1).unwrap();
        let key = hmac_sha256(&hmac_sha256(b"tag", service.as_bytes()), b"tc3_request");
        let tag = hmac_sha256(&key, signed.trace().string_to_sign.as_bytes());
        assert_eq!(signed.signature(), hex(&tag));
    }
}

/// A corrected clock may be on another day than the page's: all three parts of the signature use
/// the corrected day.
#[test]
fn the_day_of_the_scope_is_that_of_the_corrected_time() {
    // 2024-02-29T23:59:50Z and 2024-12-31T23:59:59Z.
    for (page, skew, day) in [
        (1_709_251_190, 0, "2024-02-29"),
        (1_709_251_190, 9, "2024-02-29"),
        (1_709_251_190, 10, "2024-03-01"),
        (1_709_251_200, -1, "2024-02-29"),
        (1_735_689_599, 1, "2025-01-01"),
        (1_735_689_600, -900, "2024-12-31"),
    ] {
        let unix_seconds = page + skew;
        let at = Signer { unix_seconds, ..signer(None) };
        let request = unsigned(&CLOUD, "RebootInstances", "ins-r8hr2upy", &[]);
        let signed = Tencent.prepare(&request, &at).finish_with(&Secret::new("s".to_owned()));
        let scope = format!("{day}/cvm/tc3_request");
        let lines: Vec<_> = signed.trace().string_to_sign.split('\n').collect();
        assert_eq!((lines[1], lines[2]), (unix_seconds.to_string().as_str(), scope.as_str()));
        let header = signed.headers().iter().find(|(name, _)| *name == "x-tc-timestamp");
        assert_eq!(header.unwrap().1.to_string(), unix_seconds.to_string());
        assert!(signed.authorization().unwrap().contains(&format!("/{scope}, ")), "{day}");
        // The first of the four keys is made for that day.
        let key = hmac_sha256(b"TC3s", day.as_bytes());
        let key = hmac_sha256(&hmac_sha256(&key, b"cvm"), b"tc3_request");
        let tag = hmac_sha256(&key, signed.trace().string_to_sign.as_bytes());
        assert_eq!(signed.signature(), hex(&tag));
    }
}

#[test]
fn a_query_is_signed_as_it_is_sent() {
    let raw = "Limit=1&Filter=a+b&InstanceIds.0=x";
    let signed = signed(SigningInput { raw_query: raw.into(), ..SigningInput::default() });
    assert_eq!(signed.path_and_query(), format!("/?{raw}"));
    assert_eq!(signed.trace().canonical_request.as_ref().unwrap().split('\n').nth(2), Some(raw));
}

#[test]
fn a_body_can_be_left_unsigned_by_the_vendors_words_for_it() {
    let hash = |body: &str, unsigned_payload| {
        let body = body.to_owned();
        let signed = signed(SigningInput { body, unsigned_payload, ..SigningInput::default() });
        let canonical = signed.trace().canonical_request.clone().unwrap();
        canonical.rsplit('\n').next().unwrap().to_owned()
    };
    assert_eq!(hash("{}", true), hash("[]", true));
    assert_eq!(hash("{}", true), hash("UNSIGNED-PAYLOAD", false));
    assert_ne!(hash("{}", false), hash("[]", false));
}

fn signed(input: SigningInput) -> Request<Signed> {
    Tc3.prepare(input).finish(b"tag")
}

#[test]
fn a_list_asks_for_what_the_cloud_compares_exactly() {
    let target = Target::new(&CLOUD, None, "ap-guangzhou").unwrap();
    let sent = |query: &str, cursor| {
        body(&Tencent.list(&target, &InstanceQuery::parse(query), cursor)).to_owned()
    };
    assert_eq!(sent("", None), r#"{"Offset":0,"Limit":100}"#);
    assert_eq!(
        sent("web tag:team=web tag:env state:stopped zone:ap-guangzhou-3", Some("200")),
        r#"{"Offset":200,"Limit":100,"Filters":[{"Name":"instance-state","Values":["STOPPED"]},{"Name":"zone","Values":["ap-guangzhou-3"]},{"Name":"tag:team","Values":["web"]},{"Name":"tag-key","Values":["env"]}]}"#
    );
    assert_eq!(sent("zone:3 state:running,stopped", None), r#"{"Offset":0,"Limit":100}"#);
    let many: Vec<String> = (0..30).map(|number| format!("tag:t{number}")).collect();
    assert_eq!(sent(&many.join(" "), None).matches("tag-key").count(), 10);
}
