//! Errors of the catalogue are found in what people copy, and nothing is found where there is none.

use super::rows;
use proptest::prelude::{ProptestConfig, Strategy, proptest};
use relight_core::{
    explain::{TextOptions, explain_text},
    i18n::Locale,
};

/// A text with an error in it, and what has to be found: (cloud, code, request id).
type Sample = (&'static str, &'static [(&'static str, &'static str, Option<&'static str>)]);

/// Shapes in which errors are copied: answers, exceptions of the SDKs, command lines, logs.
const SAMPLES: &[Sample] = &[
    // Answers as they come.
    (
        r#"{"RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E","HostId":"ecs.aliyuncs.com","Code":"IncorrectInstanceStatus","Message":"The current status of the resource does not support this operation."}"#,
        &[("alibaba", "IncorrectInstanceStatus", Some("473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"))],
    ),
    (
        "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E</RequestId><HostId>ecs.aliyuncs.com</HostId><Code>InternalError</Code><Message>The request processing has failed due to some unknown error.</Message></Error>",
        &[("alibaba", "InternalError", Some("473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"))],
    ),
    (
        "<Error>\n  <Code>InvalidOperation.Conflict</Code>\n  <Message>Request was denied due to conflict with a previous request, please try again later.</Message>\n  <RequestId>473469C7-AA6F-4DC5</RequestId>\n</Error>",
        &[("alibaba", "InvalidOperation.Conflict", Some("473469C7-AA6F-4DC5"))],
    ),
    (
        r#"{"Response": {"Error": {"Code": "InternalError", "Message": "An internal error has occurred."}, "RequestId": "6ef60bec-0242-43af-bb20-270359fb54a7"}}"#,
        &[("tencent", "InternalError", Some("6ef60bec-0242-43af-bb20-270359fb54a7"))],
    ),
    (
        r#"{"requestId":"T9F08EDB2-5441","code":"OPERATION_DENIED_INSTANCE_STATUS","message":"Operations on the instances in current state are not supported."}"#,
        &[("zenlayer", "OPERATION_DENIED_INSTANCE_STATUS", Some("T9F08EDB2-5441"))],
    ),
    // One answer for several instances.
    (
        r#"{"RequestId":"04F0F334-1335","InstanceResponses":{"InstanceResponse":[{"InstanceId":"i-bp67acfmxazb4ph00001","Code":"200","Message":"success"},{"InstanceId":"i-bp67acfmxazb4ph00002","Code":"InstanceLockedForSecurity","Message":"The specified operation is denied as your instance is locked for security reasons."}]}}"#,
        &[("alibaba", "InstanceLockedForSecurity", Some("04F0F334-1335"))],
    ),
    (
        r#"{"RequestId":"04F0F335","InstanceResponses":{"InstanceResponse":[{"InstanceId":"i-bp67acfmxazb4ph00001","Code":"DiskError","Message":"IncorrectDiskStatus."},{"InstanceId":"i-bp67acfmxazb4ph00002","Code":"DiskError","Message":"IncorrectDiskStatus."}]}}"#,
        &[("alibaba", "DiskError", Some("04F0F335")), ("alibaba", "DiskError", Some("04F0F335"))],
    ),
    // Exceptions of SDKs.
    (
        "tencentcloud.common.exception.tencent_cloud_sdk_exception.TencentCloudSDKException: [TencentCloudSDKException] code:RequestLimitExceeded message:您当前每秒请求 `6` 次，超过了每秒频率上限 `5`，请稍后重试。 requestId:bc0e30fe-037b-48ce-85a7-0376e0cff672",
        &[("tencent", "RequestLimitExceeded", Some("bc0e30fe-037b-48ce-85a7-0376e0cff672"))],
    ),
    (
        "[TencentCloudSDKException]message:AuthFailure.UnauthorizedOperation-You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using the correct access keys. [[request id:6ecbe97c-fadb-4798-8afa-4e56b9e0f3da]you are not authorized to perform operation (cvm:RebootInstances)",
        &[(
            "tencent",
            "AuthFailure.UnauthorizedOperation",
            Some("6ecbe97c-fadb-4798-8afa-4e56b9e0f3da"),
        )],
    ),
    (
        "rpc error: code = InvalidArgument desc = [TencentCloudSDKError] Code=AuthFailure.SignatureFailure, Message=请求签名验证失败，请检查您的签名计算是否正确。, RequestId=fe2bb395-4aab-401c-b53c-77475d9a0547",
        &[(
            "tencent",
            "AuthFailure.SignatureFailure",
            Some("fe2bb395-4aab-401c-b53c-77475d9a0547"),
        )],
    ),
    (
        "TencentCloudSDKHttpException: The provided credentials could not be validated.\n    at Client.parseResponse (/srv/node_modules/tencentcloud-sdk-nodejs/tencentcloud/common/abstract_client.js:134:33) {\n  requestId: '4355d3b2-658c-4493-b33b-29df2faeacb9',\n  code: 'AuthFailure.SignatureFailure'\n}",
        &[(
            "tencent",
            "AuthFailure.SignatureFailure",
            Some("4355d3b2-658c-4493-b33b-29df2faeacb9"),
        )],
    ),
    (
        "aliyunsdkcore.acs_exception.exceptions.ServerException: HTTP Status: 404 Error:InvalidAccessKeyId.NotFound Specified access key is not found. RequestID: 7B7813C6-57BF-4100-B12B-F172F65A6046",
        &[("alibaba", "InvalidAccessKeyId.NotFound", Some("7B7813C6-57BF-4100-B12B-F172F65A6046"))],
    ),
    (
        "Aliyun.Acs.Core.Exceptions.ClientException: Forbidden.RAM : User not authorized to operate on the specified resource, or this API doesn't support RAM. + [ RequestId : 0DCC6ABD-2296-503E-A5FF-89D50809DCA0 ]",
        &[("alibaba", "Forbidden.RAM", Some("0DCC6ABD-2296-503E-A5FF-89D50809DCA0"))],
    ),
    (
        "Tea.exceptions.TeaException: Error: Throttling.User code: 400, Request was denied due to user flow control. request id: 3AB7DE95-65DB-4F36-85F1-109820DDD8D0",
        &[("alibaba", "Throttling.User", Some("3AB7DE95-65DB-4F36-85F1-109820DDD8D0"))],
    ),
    (
        "Aliyun API Error: RequestId: 3AB7DE95-65DB-4F36-85F1-109820DDD8D0 Status Code: 403 Code: Forbidden.RAM Message: User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        &[("alibaba", "Forbidden.RAM", Some("3AB7DE95-65DB-4F36-85F1-109820DDD8D0"))],
    ),
    // Command lines.
    (
        "ERROR: SDK.ServerError\nErrorCode: SignatureDoesNotMatch\nRecommend: https://api.aliyun.com/troubleshoot?q=SignatureDoesNotMatch&product=Ecs\nRequestId: FBDB2AC6-DCD0-4945-A1CC-2FA70F197B37\nMessage: Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3Dx",
        &[("alibaba", "SignatureDoesNotMatch", Some("FBDB2AC6-DCD0-4945-A1CC-2FA70F197B37"))],
    ),
    (
        "{'Error': {'Code': 'InvalidInstanceId.NotFound', 'Message': 'No instance found.'}, 'RequestId': '3a0b1c-11'} tencentcloud",
        &[("tencent", "InvalidInstanceId.NotFound", Some("3a0b1c-11"))],
    ),
    // Logs.
    (
        r#"2026-11-20T03:12:11Z ERROR reboot failed {"level":"error","msg":"[TencentCloudSDKError] Code=UnsupportedOperation.InstanceStateRebooting, Message=The instances are being restarted, and this operation is not supported., RequestId=e0594b7c-3992","node":"a"}"#,
        &[("tencent", "UnsupportedOperation.InstanceStateRebooting", Some("e0594b7c-3992"))],
    ),
    (
        r#"time="2026-11-20" msg="answer: {\"requestId\":\"TAB12CD34-1\",\"code\":\"INVALID_INSTANCE_NOT_FOUND\",\"message\":\"Instance does not exist.\"}""#,
        &[("zenlayer", "INVALID_INSTANCE_NOT_FOUND", Some("TAB12CD34-1"))],
    ),
    (
        "Nov 20 03:12:11 ops-1 relight: ins-5d8a23rs MutexOperation.TaskRunning",
        &[("tencent", "MutexOperation.TaskRunning", None)],
    ),
    // Nothing but codes.
    ("IncorrectInstanceStatus", &[("alibaba", "IncorrectInstanceStatus", None)]),
    ("`incorrectinstancestatus`", &[("alibaba", "IncorrectInstanceStatus", None)]),
    (
        "DiskError, OPERATION_DENIED_INSTANCE_RECYCLED\nResourceInUse",
        &[
            ("alibaba", "DiskError", None),
            ("zenlayer", "OPERATION_DENIED_INSTANCE_RECYCLED", None),
            ("tencent", "ResourceInUse", None),
        ],
    ),
    ("InternalError", &[("alibaba", "InternalError", None), ("tencent", "InternalError", None)]),
    // Several at once.
    (
        r#"first {"Response":{"Error":{"Code":"LimitExceeded","Message":"Quota limit exceeded."},"RequestId":"aaaa-1111"}}
then {"RequestId":"BBBB-2222","HostId":"ecs.aliyuncs.com","Code":"InsufficientBalance","Message":"Your account does not have enough balance."}
and {"requestId":"T-3333","code":"INVALID_INSTANCE_NOT_FOUND","message":"Instance does not exist."}"#,
        &[
            ("tencent", "LimitExceeded", Some("aaaa-1111")),
            ("alibaba", "InsufficientBalance", Some("BBBB-2222")),
            ("zenlayer", "INVALID_INSTANCE_NOT_FOUND", Some("T-3333")),
        ],
    ),
];

#[test]
fn errors_are_found_in_what_people_copy() {
    for (text, expected) in SAMPLES {
        for locale in Locale::ALL {
            let options = TextOptions { locale, ..TextOptions::default() };
            let found = explain_text(text, &options);
            let seen: Vec<_> = found
                .iter()
                .map(|e| {
                    (
                        e.cloud.unwrap_or(""),
                        e.code.as_deref().unwrap_or(""),
                        e.request_id.as_deref(),
                    )
                })
                .collect();
            assert_eq!(seen, *expected, "{text}");
            assert!(found.iter().all(|e| e.recognised && !e.original.is_empty()), "{text}");
        }
    }
}

/// The ways in which an error of a cloud is copied, with this code and message.
fn copies(cloud: &str, code: &str, message: &str) -> Vec<String> {
    let plain = message.replace(['"', '“', '”'], "");
    let (host, id) = ("ecs.cn-hangzhou.aliyuncs.com", "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E");
    let uuid = "6ef60bec-0242-43af-bb20-270359fb54a7";
    let trace = "TC1748D3E-452D-4F74-8485-7AA73718E453";
    let bare = code.to_owned();
    match cloud {
        "alibaba" => vec![
            format!(
                r#"{{"RequestId":"{id}","HostId":"{host}","Code":"{code}","Message":"{plain}"}}"#
            ),
            format!(
                "<Error><RequestId>{id}</RequestId><HostId>{host}</HostId><Code>{code}</Code><Message>{plain}</Message></Error>"
            ),
            format!(
                "aliyunsdkcore.acs_exception.exceptions.ServerException: HTTP Status: 403 Error:{code} {plain} RequestID: {id}"
            ),
            format!("com.aliyuncs.exceptions.ClientException: {code} : {plain}\nRequestId : {id}"),
            format!(
                "darabonba.exceptions.DaraException: Error: {code} code: 403, {plain} request id: {id}\n  alibabacloud_tea_openapi/client.py"
            ),
            format!(
                "ERROR: SDK.ServerError\nErrorCode: {code}\nRecommend: https://api.aliyun.com/troubleshoot?q={code}\nRequestId: {id}\nMessage: {plain}"
            ),
            format!(
                r#"10:02:11 WARN reboot: {{"log":"{{\"RequestId\":\"{id}\",\"HostId\":\"{host}\",\"Code\":\"{code}\",\"Message\":\"{plain}\"}}"}}"#
            ),
            bare,
        ],
        "tencent" => vec![
            format!(
                r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"{plain}"}},"RequestId":"{uuid}"}}}}"#
            ),
            format!("[TencentCloudSDKException] code:{code} message:{plain} requestId:{uuid}"),
            format!("[TencentCloudSDKError] Code={code}, Message={plain}, RequestId={uuid}"),
            format!(
                "TencentCloudSDKHttpException: {plain}\n  requestId: '{uuid}',\n  code: '{code}'"
            ),
            format!("[TencentCloudSDKException]message:{plain} requestId:{uuid} errorCode:{code}"),
            format!(
                r#"E1120 main.go:7] answer {{"Response": {{"Error": {{"Code": "{code}", "Message": "{plain}"}}, "RequestId": "{uuid}"}}}} took 73 ms"#
            ),
            bare,
        ],
        "zenlayer" => vec![
            format!(r#"{{"requestId":"{trace}","code":"{code}","message":"{plain}"}}"#),
            format!("[ZenlayerCloudSdkException] code:{code} message:{plain} requestId:{trace}"),
            format!("zenlayercloud-sdk-go: Code={code}, Message={plain}, RequestId={trace}"),
            format!(
                r#"level=error msg="{{\"requestId\":\"{trace}\",\"code\":\"{code}\",\"message\":\"{plain}\"}}""#
            ),
            format!(
                r#"{{"time":"10:02","body":"{{\"requestId\":\"{trace}\",\"code\":\"{code}\",\"message\":\"{plain}\"}}"}}"#
            ),
            bare,
        ],
        other => panic!("no copies of {other}"),
    }
}

#[test]
fn every_row_is_recognised_in_every_shape_of_its_cloud() {
    let (mut pasted, mut rows_pasted) = (0, 0);
    for row in rows().into_iter().filter(|row| !row.code.starts_with('(')) {
        rows_pasted += 1;
        let report = row.report();
        let copies = copies(&row.cloud, &row.code, &report.message);
        assert!(copies.len() > 5);
        for (index, text) in copies.iter().enumerate() {
            for locale in Locale::ALL {
                let options = TextOptions { locale, ..TextOptions::default() };
                let found = explain_text(text, &options);
                let of_code: Vec<_> =
                    found.iter().filter(|e| e.code.as_deref() == Some(row.code.as_str())).collect();
                let is_bare = index + 1 == copies.len();
                assert_eq!(of_code.len(), found.len(), "{text}\n{found:?}");
                assert!(found.iter().all(|e| e.recognised), "{text}");
                // A bare code may be of several clouds; everything else says which.
                if is_bare {
                    assert!(found.iter().any(|e| e.cloud == Some(row.cloud.as_str())), "{text}");
                    continue;
                }
                let [only] = found.as_slice() else { panic!("{text}\n{found:?}") };
                assert_eq!(only.cloud, Some(row.cloud.as_str()), "{text}");
                assert!(only.request_id.is_some(), "{text}\n{only:?}");
                pasted += 1;
                // The message was read, too: it leads to the same entry as a decoded answer.
                let decoded = row.found().expect("covered by another test").entry;
                if row.message.is_some() {
                    assert_eq!(only.title, decoded.title.in_locale(locale), "{text}");
                }
            }
        }
    }
    println!("{rows_pasted} rows, {pasted} pasted texts besides bare codes");
}

#[test]
fn what_the_text_says_fills_the_explanation() {
    let one = |text: &str| {
        let mut found = explain_text(text, &TextOptions::default());
        assert_eq!(found.len(), 1, "{text}");
        found.remove(0)
    };
    let throttled = one(SAMPLES[7].0);
    assert!(throttled.meaning.starts_with("6 calls in one second, where 5 are allowed"));
    let locked = one(SAMPLES[5].0);
    assert_eq!(locked.instance_ids, ["i-bp67acfmxazb4ph00002"]);
    assert!(locked.meaning.starts_with("i-bp67acfmxazb4ph00002 carries a security lock"));
    let denied =
        one("aliyun: Code: Forbidden.RAM for RebootInstances, RequestId: 3AB7DE95-65DB-4F36");
    assert!(denied.remedy.contains("ecs:RebootInstances"), "{}", denied.remedy);
}

#[test]
fn layers_are_found_in_a_text() {
    for (text, word) in [
        ("connection_refused", "connection_refused"),
        (
            "HTTP/1.1 502\nProxy-Status: relight-proxy; error=tls_certificate_error\n",
            "tls_certificate_error",
        ),
        ("<!DOCTYPE html><html><title>502 Bad Gateway</title><hr>nginx</html>", "html-answer"),
        ("<html><form><input type=\"password\" name=p></form></html>", "login-page"),
        ("Uncaught (in promise) TypeError: Failed to fetch", "network"),
    ] {
        let found = explain_text(text, &TextOptions::default());
        let words: Vec<_> = found.iter().filter_map(|e| e.code.as_deref()).collect();
        assert_eq!(words, [word]);
        assert!(found.iter().all(|e| e.cloud.is_none()));
    }
}

#[test]
fn an_unknown_code_in_a_text_is_reported_as_unknown() {
    for text in [
        r#"{"Response":{"Error":{"Code":"UnauthorizedOperation.Brandnew","Message":"x"},"RequestId":"aaaa-1111"}}"#,
        "UnauthorizedOperation.Brandnew",
        "[TencentCloudSDKError] Code=UnauthorizedOperation.Brandnew, Message=x, RequestId=aaaa-1111",
    ] {
        let found = explain_text(text, &TextOptions::default());
        assert_eq!(found.len(), 1, "{text}");
        assert!(!found[0].recognised);
        assert!(found[0].meaning.contains("permission"));
        assert!(text.starts_with('U') || found[0].cloud == Some("tencent"));
        assert!(text.starts_with('U') || found[0].request_id.as_deref() == Some("aaaa-1111"));
    }
}

#[test]
fn the_person_can_say_which_cloud() {
    let options = TextOptions { cloud: Some("tencent".to_owned()), ..TextOptions::default() };
    let found = explain_text(r#"{"Code":"InternalError","Message":"oh"}"#, &options);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].cloud, Some("tencent"));
    assert!(explain_text("DiskInArrears", &options).iter().all(|e| !e.recognised));
}

#[test]
fn secrets_do_not_come_back() {
    let text = r#"{"RequestId":"1A-22","HostId":"ecs.aliyuncs.com","Code":"InvalidAccessKeyId.NotFound","AccessKeySecret":"hunter2hunter2","SecurityToken":"CAISabc/def+1234567890"}"#;
    let found = explain_text(text, &TextOptions::default());
    let all = serde_json::to_string(&found).expect("explanations are JSON");
    assert!(!all.contains("hunter2") && !all.contains("CAIS"), "{all}");
    assert!(all.contains("•••"));
}

/// Texts that have nothing to do with the clouds, many of them nearly.
const UNRELATED: &[&str] = &[
    "",
    " ",
    "hello",
    "It rained all day, and nothing was restarted.",
    "今天天气很好，没有任何报错。",
    "README.md",
    "404",
    "Error",
    "error: something went wrong",
    "Error: TypeError: undefined is not a function",
    "International Internal affairs; Throttling of engines is common, Invalid too.",
    r#"{"Error":{"Code":"InternalError","Message":"We encountered an internal error. Please try again."}}"#,
    "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to perform this operation.",
    "An error occurred (Throttling) when calling the DescribeStacks operation: Rate exceeded",
    "An error occurred (InvalidInstanceID.NotFound) when calling the RebootInstances operation: The instance ID 'i-0123456789abcdef0' does not exist",
    r#"{"error":{"code":"InvalidParameter","message":"The value is wrong."}}"#,
    r#"{"error":{"code":403,"message":"Forbidden","status":"PERMISSION_DENIED"}}"#,
    r#"{"code":"ECONNREFUSED","errno":-111,"syscall":"connect"}"#,
    "connect ECONNREFUSED 127.0.0.1:8911",
    "java.lang.NullPointerException: Cannot invoke \"String.length()\"\n\tat com.example.Main.main(Main.java:3)",
    "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nKeyError: 'Code'",
    "panicked at src/main.rs:4:5: index out of bounds",
    "fn main() { let Code = Error::InvalidRequest; }",
    "SELECT * FROM orders WHERE status = 'RUNNING';",
    "GET / HTTP/1.1\nHost: example.com\n",
    "https://example.com/path?Code=1&Message=2",
    "i-bp67acfmxazb4ph00001\nins-5d8a23rs\n1660545330971680835",
    r#"{"RequestId":"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"}"#,
    r#"{"Response":{"RequestId":"6ef60bec-0242-43af-bb20-270359fb54a7"}}"#,
    r#"{"RequestId":"04F0F334","InstanceResponses":{"InstanceResponse":[{"InstanceId":"i-1","Code":"200","Message":"success"}]}}"#,
    "kubectl: Error from server (NotFound): pods \"a\" not found",
    "The word connection_refused stands in this sentence.",
    "[[[[[[{{{{{{",
    "\u{202e}\u{200b}\u{0}",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "Subject: meeting\n\nLimitExceeded is a fine name for a band. Forbidden fruit, too.",
    "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>",
    "HTTP_PROXY=x HELLO_WORLD FOO_BAR",
];

#[test]
fn unrelated_texts_claim_nothing() {
    for text in UNRELATED {
        let found = explain_text(text, &TextOptions::default());
        assert!(found.is_empty(), "{text:?}: {found:?}");
    }
}

/// How long it takes is measured by `cargo xtask bench`. Here it ends, and nothing hidden comes back.
#[test]
fn large_and_hostile_texts_are_answered() {
    let error = r#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"Quota limit exceeded."},"RequestId":"aaaa-1111"}}"#;
    let evil = "<script>alert(1)</script>\u{202e}\u{200b}\u{0}\u{7}";
    let hostile = [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(150_000),
        format!("{}1{}", "{\"Code\":".repeat(50_000), "}".repeat(50_000)),
        "\"{".repeat(500_000),
        "Code=InternalError ".repeat(50_000),
        format!("{error} ").repeat(10_000),
        "Message=".repeat(120_000),
        "SecretKey=".repeat(100_000),
        "aB3".repeat(300_000),
        "Proxy-Status: error=".repeat(50_000),
        "a.".repeat(500_000),
        "requestid request_id ".repeat(50_000),
        "InvalidInstanceId.NotFound MutexOperation.TaskRunning ".repeat(20_000),
        "重启\u{200b}".repeat(200_000),
        (0..=255_u8).map(char::from).cycle().take(500_000).collect(),
        String::from_utf8_lossy(&[0xff, 0xfe, 0x00, 0xc3, 0x28].repeat(100_000)).into_owned(),
        evil.repeat(20_000),
        "to perform operation (".repeat(40_000) + "UnauthorizedOperation tencentcloud",
        "server CanonicalRequest is [".repeat(30_000) + "SignatureDoesNotMatch aliyun",
        "&quot;&lt;Code&gt;".repeat(50_000),
        format!(
            r#"{{"Response":{{"Error":{{"Code":"UnauthorizedOperation","Message":"{evil}"}},"RequestId":"{evil}"}}}}"#
        ),
    ];
    for text in &hostile {
        let found = explain_text(text, &TextOptions::default());
        assert!(found.len() <= 100);
        for told in found {
            let shown = [&told.title, &told.meaning, &told.remedy, &told.original];
            for text in shown.into_iter().chain(&told.request_id).chain(&told.code) {
                let hidden = |c: char| matches!(c, '\0' | '\u{7}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
                assert!(!text.contains(hidden), "{text:?}");
                assert!(text.len() < 20_000, "{} bytes are shown", text.len());
            }
        }
    }
}

/// Text made of the pieces that the readers look for, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ":",
        "=",
        ",",
        "\n",
        " ",
        "Code",
        "Message",
        "RequestId",
        "code: 400,",
        "InternalError",
        "InvalidInstanceId.NotFound",
        "Throttling.",
        "<Code>",
        "</Code>",
        "%3D",
        "SecretKey",
        "aliyun",
        "TencentCloudSDKError",
        "zenlayer",
        "Proxy-Status",
        "error=",
        "dns_error",
        "重启",
        "\u{200b}",
        "é",
        "-",
        ".",
        "{}",
        "<html",
        "DRYRUN.SUCCESS",
        "…",
    ]);
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in ".*") {
        explain_text(&text, &TextOptions::default());
    }

    #[test]
    fn any_mixture_of_pieces_is_answered(text in pieces()) {
        for found in explain_text(&text, &TextOptions::default()) {
            assert!(!found.title.is_empty());
        }
    }
}
