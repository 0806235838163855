//! The requests to this cloud, byte by byte.

use super::{CLOUD, Zenlayer};
use crate::{
    clouds::{
        Lister, Protocol, Read, command_line, curl,
        testing::{as_sent, batch, body, ids, signer, unsigned},
    },
    model::{plan::Target, query::InstanceQuery},
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
        let request = unsigned(&CLOUD, operation, TWO, options);
        assert_eq!(body(&request), expected);
        let content = request.content();
        assert_eq!((content.path, content.version), ("/api/v2/zec", "2025-09-01"));
        assert_eq!(content.region, None);
    }
}

#[test]
fn lines_are_in_the_tools_words_and_own_up_to_what_it_cannot_say() {
    let line = |options| command_line(&batch(&CLOUD, "RebootInstances", TWO, options));
    let ids = "zeno zec reboot-instances \\
  --instance-ids 1660545330971680835 \\
  --instance-ids 820653960707704280";
    let soft = line(&[("forceReboot", "false")]);
    assert_eq!((soft.line.as_str(), soft.omitted.as_deref()), (ids, Some("forceReboot=false")));
    let forced = line(&[("forceReboot", "true")]);
    assert_eq!((forced.line, forced.omitted), (format!("{ids} \\\n  --force-reboot"), None));
    let start = command_line(&batch(&CLOUD, "StartInstances", "820653960707704280", &[]));
    let ids = "zeno zec start-instances \\\n  --instance-ids 820653960707704280";
    assert_eq!((start.line.as_str(), start.omitted), (ids, None));
    let line = r#"curl -X POST https://console.zenlayer.com/api/v2/zec \
  -H 'content-type: application/json' \
  -H 'x-zc-action: RebootInstances' \
  -H 'x-zc-version: 2025-09-01' \
  -H 'x-zc-timestamp: <unsigned>' \
  -H 'x-zc-signature-method: ZC2-HMAC-SHA256' \
  -H 'authorization: <unsigned>' \
  --data-raw '{"instanceIds":["1660545330971680835","820653960707704280"],"forceReboot":true}'"#;
    let forced = batch(&CLOUD, "RebootInstances", TWO, &[("forceReboot", "true")]);
    assert_eq!(curl(&forced).line, line);
}

#[test]
fn reads_ask_for_a_whole_page() {
    let target = Target::new(&CLOUD, None, "").unwrap();
    let ids = ids(&CLOUD, TWO);
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
    let request =
        unsigned(&CLOUD, "RebootInstances", "1660545330971680835", &[("forceReboot", "false")]);
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

/// A weakness of this cloud's signature, for which its proxy must be trusted: if this fails, the
/// documents about it are out of date.
#[test]
fn the_signature_does_not_cover_the_operation() {
    let reboot = unsigned(&CLOUD, "RebootInstances", "1660545330971680835", &[]);
    let start = unsigned(&CLOUD, "StartInstances", "1660545330971680835", &[]);
    let message = |request| Zenlayer.prepare(request, &signer(None)).message;
    assert_eq!(message(&reboot), message(&start));
}

#[test]
fn a_list_asks_for_what_the_cloud_compares_exactly() {
    let target = Target::new(&CLOUD, None, "").unwrap();
    let sent = |query: &str, cursor| {
        body(&Zenlayer.list(&target, &InstanceQuery::parse(query), cursor)).to_owned()
    };
    assert_eq!(sent("", None), r#"{"pageNum":1,"pageSize":500}"#);
    assert_eq!(
        sent("web tag:team=web tag:env state:running zone:asia-east-1a", Some("3")),
        r#"{"pageNum":3,"pageSize":500,"status":"RUNNING","tags":[{"key":"team","value":"web"}],"tagKeys":["env"]}"#
    );
}
