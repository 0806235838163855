//! Whatever arrives is answered, and nothing that is not signed is carried out.

mod common;

use common::{Ask, NOW_MS};
use proptest::{collection::vec, prelude::*};
use relight_sandbox::{Cloud, Config, Request, Sandbox, fleet::Fleet};

/// One instance of each cloud: a small fleet makes many cases quick.
fn sandbox() -> Sandbox {
    let list = serde_json::json!([
        { "cloud": "alibaba", "region": "cn-hangzhou", "instanceId": "i-bp10000000000000000a", "name": "a", "state": "Running" },
        { "cloud": "tencent", "region": "ap-guangzhou", "instanceId": "ins-0000000a", "name": "b", "state": "RUNNING" },
        { "cloud": "zenlayer", "region": "asia-east-1", "instanceId": "1600000000000000001", "name": "c", "state": "RUNNING" },
    ]);
    let fleet = Fleet::from_json(&list.to_string()).expect("a fleet");
    Sandbox::new(Config { fleet, ..Config::default() })
}

fn header() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        Just("host"),
        Just("origin"),
        Just("authorization"),
        Just("content-type"),
        Just("accept"),
        Just("x-acs-action"),
        Just("x-acs-date"),
        Just("x-acs-signature-nonce"),
        Just("x-tc-action"),
        Just("x-tc-timestamp"),
        Just("x-tc-region"),
        Just("x-zc-action"),
        Just("x-zc-timestamp"),
        Just("x-zc-version"),
    ];
    let value = prop_oneof![
        ".{0,40}",
        Just("RebootInstances".to_owned()),
        Just("ecs.aliyuncs.com".to_owned()),
        Just("cvm.tencentcloudapi.com".to_owned()),
        Just("console.zenlayer.com".to_owned()),
        Just("127.0.0.1:8911".to_owned()),
        Just("application/x-www-form-urlencoded".to_owned()),
        "(ACS3|TC3|ZC2)-HMAC-SHA256 Credential=[a-z/,=;]{0,30}, SignedHeaders=[a-z;,-]{0,30}, ?Signature=[0-9a-f]{0,8}",
    ];
    (name.prop_map(str::to_owned), value)
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        "/.{0,40}",
        Just("/".to_owned()),
        Just("/api/v2/zec".to_owned()),
        "/\\?[A-Za-z.=&%0-9+]{0,60}",
        "/\\?Action=RebootInstances&AccessKeyId=[a-z]{0,4}&Signature=x&SignatureMethod=HMAC-SHA1.{0,20}",
        "/proxy/(ecs.aliyuncs.com|cvm.tencentcloudapi.com|console.zenlayer.com)(/|/api/v2/zec)(\\?.{0,20})?",
        "/sandbox/(calls|instances|faults|undelivered|x)(\\?.{0,20})?",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        method in prop_oneof![Just("POST".to_owned()), Just("GET".to_owned()), "[A-Z]{0,7}"],
        target in target(),
        headers in vec(header(), 0..8),
        body in vec(any::<u8>(), 0..80),
        now_ms in any::<i64>(),
    ) {
        let mut sandbox = sandbox();
        let reply = sandbox.answer(&Request { method, target, headers, body }, now_ms);
        prop_assert!((200..600).contains(&reply.answer.status));
        prop_assert!(sandbox.calls().iter().all(|call| !call.executed));
    }

    #[test]
    fn signed_nonsense_is_answered_in_shape(
        cloud in prop_oneof![Just(Cloud::Alibaba), Just(Cloud::Tencent), Just(Cloud::Zenlayer)],
        action in prop_oneof![
            Just("RebootInstances".to_owned()), Just("StartInstance".to_owned()),
            Just("DescribeInstances".to_owned()), Just("DescribeInstancesStatus".to_owned()),
            Just("DescribeInstanceStatus".to_owned()), "[A-Za-z]{0,8}",
        ],
        name in prop_oneof![
            Just("InstanceIds".to_owned()), Just("instanceIds".to_owned()), Just("InstanceId.1".to_owned()),
            Just("Limit".to_owned()), Just("pageNum".to_owned()), Just("PageNumber".to_owned()),
            Just("NextToken".to_owned()), Just("Filters".to_owned()), "[A-Za-z.]{1,8}",
        ],
        value in prop_oneof![
            any::<i64>().prop_map(|number| serde_json::json!(number)),
            any::<u64>().prop_map(|number| serde_json::json!(number)),
            ".{0,30}".prop_map(|text| serde_json::json!(text)),
            "page-[0-9]{1,20}".prop_map(|text| serde_json::json!(text)),
            vec(".{0,10}", 0..4).prop_map(|list| serde_json::json!(list)),
            Just(serde_json::json!(null)),
            Just(serde_json::json!([{ "Name": 1, "Values": "x" }])),
        ],
    ) {
        let mut sandbox = sandbox();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let ask = Ask::new(cloud, &action).field(&name, value).query(&name, &text);
        let reply = sandbox.answer(&ask.sign(), NOW_MS);
        prop_assert!(serde_json::from_slice::<serde_json::Value>(&reply.answer.body).is_ok());
        prop_assert_eq!(sandbox.calls().len(), 1);
    }
}
