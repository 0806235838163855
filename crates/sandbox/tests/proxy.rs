//! The proxy contract, by requests as a page sends them.

mod common;

use common::{Ask, NOW_MS, fault, outcome, pick, sandbox};
use relight_sandbox::{Answer, Cloud, Config, Request, Sandbox, fleet::State};
use serde_json::json;

const ORIGIN: &str = "http://127.0.0.1:8911";

fn reboot(sandbox: &Sandbox, cloud: Cloud) -> Request {
    let id = pick(sandbox, cloud, State::Running, 1).remove(0);
    let mut request = Ask::new(cloud, "RebootInstances").ids(&[&id]).sign_for_proxy();
    request.headers.push(("origin".to_owned(), ORIGIN.to_owned()));
    request
}

fn set(request: &mut Request, name: &str, value: &str) {
    request.headers.retain(|(key, _)| key != name);
    request.headers.push((name.to_owned(), value.to_owned()));
}

fn status_of(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.header("proxy-status").unwrap_or("none"))
}

const DENIED: &str = "relight-proxy; error=http_request_denied";

#[test]
fn a_good_request_passes_and_the_response_gets_headers() {
    for cloud in Cloud::ALL {
        let mut sandbox = sandbox();
        let request = reboot(&sandbox, cloud);
        let reply = sandbox.answer(&request, NOW_MS);
        assert_eq!(outcome(&reply).1, "ok");
        assert_eq!(status_of(&reply.answer), (200, "relight-proxy; received-status=200"));
        for (name, value) in [
            ("access-control-allow-origin", ORIGIN),
            ("timing-allow-origin", ORIGIN),
            ("access-control-expose-headers", "Date, Retry-After, Proxy-Status, X-Acs-Request-Id"),
            ("cache-control", "no-store"),
            ("connection", "close"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("x-content-type-options", "nosniff"),
            ("date", "Fri, 20 Nov 2026 12:00:00 GMT"),
        ] {
            assert_eq!(reply.answer.header(name), Some(value), "{name}");
        }
        assert_eq!(reply.answer.header("x-acs-request-id").is_some(), cloud == Cloud::Alibaba);
        assert_eq!(sandbox.calls()[0].to_json(1)["via"], "proxy");
        assert_eq!(sandbox.calls()[0].host, Ask::new(cloud, "").host);
    }
}

#[test]
fn an_error_of_the_cloud_keeps_its_status() {
    let mut sandbox = sandbox();
    let mut request = Ask::new(Cloud::Zenlayer, "DescribeZones").sign_for_proxy();
    set(
        &mut request,
        "authorization",
        "ZC2-HMAC-SHA256 Credential=x, SignedHeaders=content-type;host, Signature=0",
    );
    let reply = sandbox.answer(&request, NOW_MS);
    assert_eq!(status_of(&reply.answer), (401, "relight-proxy; received-status=401"));
}

#[test]
fn hosts_and_paths_are_taken_literally() {
    for target in [
        "/proxy/oss.aliyuncs.com/",
        "/proxy/bucket.oss-cn-hangzhou.aliyuncs.com/",
        "/proxy/ecs.evil.example/",
        "/proxy/ecs.a.b.aliyuncs.com/",
        // A storage bucket whose name anybody can register.
        "/proxy/ecs.oss-cn-hangzhou.aliyuncs.com/",
        "/proxy/ecs.xx-nowhere-1.aliyuncs.com/",
        "/proxy/cvm.xx-nowhere.tencentcloudapi.com/",
        "/proxy/ecs..aliyuncs.com/",
        "/proxy/ecsx.aliyuncs.com/",
        "/proxy/ECS.aliyuncs.com/",
        "/proxy/ecs.aliyuncs.com./",
        "/proxy/ecs.aliyuncs.com:443/",
        "/proxy/user@ecs.aliyuncs.com/",
        "/proxy/ecs%2ealiyuncs.com/",
        "/proxy/127.0.0.1/",
        "/proxy/ecs.aliyuncs.com",
        "/proxy//",
        "/proxy/",
        "/proxy/console.zenlayer.com/api/v2/",
        "/proxy/console.zenlayer.com/api/v2/../x",
        "/proxy/console.zenlayer.com/api/v2/zec/",
        "/proxy/console.zenlayer.com/api/v1/zec",
        "/proxy/cvm.tencentcloudapi.com//",
        "/proxy/cvm.tencentcloudapi.com/./",
    ] {
        let mut sandbox = sandbox();
        let mut request = reboot(&sandbox, Cloud::Tencent);
        request.target = target.to_owned();
        let reply = sandbox.answer(&request, NOW_MS);
        assert_eq!(status_of(&reply.answer), (403, DENIED), "{target}");
        assert!(sandbox.calls().is_empty());
        assert_eq!(sandbox.undelivered().len(), 1);
    }
    for host in [
        "ecs.aliyuncs.com",
        "ecs.cn-hangzhou.aliyuncs.com",
        "ecs-cn-hangzhou.aliyuncs.com",
        "cvm.intl.tencentcloudapi.com",
    ] {
        let mut sandbox = sandbox();
        let mut request = reboot(&sandbox, Cloud::Tencent);
        request.target = format!("/proxy/{host}/");
        sandbox.answer(&request, NOW_MS);
        assert_eq!(sandbox.calls().len(), 1, "{host}");
    }
}

#[test]
fn origins_methods_and_marks() {
    type Change = fn(&mut Request);
    let cases: [(&str, Change, u16); 11] = [
        ("another origin", |request| set(request, "origin", "https://evil.example"), 403),
        (
            "two origins",
            |request| request.headers.push(("origin".to_owned(), ORIGIN.to_owned())),
            403,
        ),
        ("origin null", |request| set(request, "origin", "null"), 403),
        ("GET", |request| request.method = "GET".to_owned(), 405),
        ("PUT", |request| request.method = "PUT".to_owned(), 405),
        ("no action", |request| request.headers.retain(|(name, _)| name != "x-tc-action"), 400),
        (
            "a change that nobody signed",
            |request| request.headers.retain(|(name, _)| name != "authorization"),
            400,
        ),
        ("a document", |request| set(request, "sec-fetch-dest", "document"), 400),
        ("upgrade", |request| set(request, "upgrade", "websocket"), 400),
        (
            "a preflight for PUT",
            |request| {
                request.method = "OPTIONS".to_owned();
                set(request, "access-control-request-method", "PUT");
            },
            405,
        ),
        (
            "a preflight from nowhere",
            |request| {
                request.method = "OPTIONS".to_owned();
                request.headers.retain(|(name, _)| name != "origin");
                set(request, "access-control-request-method", "POST");
            },
            403,
        ),
    ];
    for (name, change, status) in cases {
        let mut sandbox = sandbox();
        let mut request = reboot(&sandbox, Cloud::Tencent);
        change(&mut request);
        let reply = sandbox.answer(&request, NOW_MS);
        assert_eq!(status_of(&reply.answer), (status, DENIED), "{name}");
        assert_eq!(reply.answer.header("connection"), Some("close"));
        assert!(sandbox.calls().is_empty(), "{name}");
    }
    let mut sandbox = sandbox();
    let mut request = reboot(&sandbox, Cloud::Tencent);
    request.body = vec![b' '; 64 * 1024 + 1];
    let reply = sandbox.answer(&request, NOW_MS);
    assert_eq!(status_of(&reply.answer), (413, "relight-proxy; error=http_request_error"));
}

#[test]
fn allowed_origins_and_none_at_all() {
    let other = "http://127.0.0.1:8080";
    let mut sandbox = Sandbox::new(Config { origins: vec![other.to_owned()], ..Config::default() });
    let mut request = reboot(&sandbox, Cloud::Tencent);
    set(&mut request, "origin", other);
    let reply = sandbox.answer(&request, NOW_MS);
    assert_eq!(reply.answer.header("access-control-allow-origin"), Some(other));
    let mut request = reboot(&sandbox, Cloud::Zenlayer);
    request.headers.retain(|(name, _)| name != "origin");
    let reply = sandbox.answer(&request, NOW_MS);
    assert_eq!(reply.answer.header("access-control-allow-origin"), None);
    assert_eq!(reply.answer.header("timing-allow-origin"), None);
    assert_eq!(sandbox.calls().len(), 2);
}

#[test]
fn a_preflight_is_answered_by_the_proxy() {
    let mut sandbox = sandbox();
    let mut request = reboot(&sandbox, Cloud::Alibaba);
    request.method = "OPTIONS".to_owned();
    set(&mut request, "access-control-request-method", "POST");
    let reply = sandbox.answer(&request, NOW_MS);
    assert_eq!(status_of(&reply.answer), (204, "relight-proxy"));
    let headers = reply.answer.header("access-control-allow-headers").expect("a list");
    assert!(headers.contains("authorization") && headers.contains("x-zc-signature-method"));
    assert_eq!(reply.answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert!(sandbox.calls().is_empty() && sandbox.undelivered().is_empty());
}

#[test]
fn only_listed_headers_go_through() {
    let mut sandbox = sandbox();
    let mut request = reboot(&sandbox, Cloud::Tencent);
    // Signed with a header that the proxy takes away: the cloud cannot agree.
    let authorization = request.header("authorization").expect("signed").to_owned();
    set(&mut request, "x-tc-traceid", "abc");
    let signed = authorization.replace("host;x-tc-action", "host;x-tc-action;x-tc-traceid");
    set(&mut request, "authorization", &signed);
    let reply = sandbox.answer(&request, NOW_MS);
    assert_eq!(outcome(&reply).1, "AuthFailure.InvalidAuthorization");
}

const REPEATED: &str = r#"relight-proxy; error=proxy_internal_response; details="repeated""#;

#[test]
fn a_second_copy_of_a_change_is_refused_and_a_read_is_not() {
    for cloud in Cloud::ALL {
        let mut sandbox = sandbox();
        let request = reboot(&sandbox, cloud);
        assert_eq!(outcome(&sandbox.answer(&request, NOW_MS)).1, "ok");
        // An action beside it that only reads does not hide what changes something.
        let mut disguised = request.clone();
        for name in ["x-acs-action", "x-tc-action", "x-zc-action"] {
            if disguised.header(name).is_none() {
                set(&mut disguised, name, "DescribeInstances");
            }
        }
        for (copy, later_ms) in [(&request, 0), (&disguised, 1), (&request, 14 * 60_000)] {
            let reply = sandbox.answer(copy, NOW_MS + later_ms);
            assert_eq!(status_of(&reply.answer), (409, REPEATED), "{cloud:?}");
            assert_eq!(reply.answer.header("access-control-allow-origin"), Some(ORIGIN));
        }
        assert_eq!(sandbox.calls().len(), 1, "{cloud:?}");
        let read = Ask::new(cloud, "DescribeInstances").sign_for_proxy();
        for _ in 0..2 {
            let reply = sandbox.answer(&read, NOW_MS);
            assert_ne!(reply.answer.status, 409, "{cloud:?}");
        }
        assert_eq!(sandbox.calls().len(), 3, "{cloud:?}");
        // Nor is it a read when another action is beside it in its header, or in a second one.
        let name = ["x-acs-action", "x-tc-action", "x-zc-action"]
            .into_iter()
            .find(|name| read.header(name).is_some())
            .expect("an action");
        let mut joined = read.clone();
        set(&mut joined, name, "DescribeInstances, RebootInstances");
        set(&mut joined, "authorization", "joined");
        let mut beside = read.clone();
        beside.headers.push((name.to_owned(), "RebootInstances".to_owned()));
        set(&mut beside, "authorization", "beside");
        // Nor is a signature another one by its spaces.
        let signature = request.header("authorization").expect("signed").to_owned();
        for spaces in ["  ", "\t", " \t "] {
            let mut spaced = request.clone();
            set(&mut spaced, "authorization", &signature.replacen(' ', spaces, 1));
            let reply = sandbox.answer(&spaced, NOW_MS);
            assert_eq!(reply.answer.status, 400, "{cloud:?}");
        }
        // Nor by another one beside it.
        for place in [0, request.headers.len()] {
            let mut two = request.clone();
            two.headers.insert(place, ("authorization".to_owned(), "another".to_owned()));
            let reply = sandbox.answer(&two, NOW_MS);
            assert_eq!(reply.answer.status, 400, "{cloud:?}");
        }
        for disguised in [joined, beside] {
            sandbox.answer(&disguised, NOW_MS);
            let reply = sandbox.answer(&disguised, NOW_MS);
            assert_eq!(status_of(&reply.answer), (409, REPEATED), "{cloud:?}");
        }
    }
}

#[test]
fn what_has_passed_expires_by_time_and_number() {
    let mut sandbox = sandbox();
    let request = reboot(&sandbox, Cloud::Tencent);
    sandbox.answer(&request, NOW_MS);
    let later = sandbox.answer(&request, NOW_MS + 16 * 60_000);
    assert_ne!(later.answer.status, 409, "the cloud itself no longer takes it");
    for number in 0..10_000 {
        let mut other = request.clone();
        set(&mut other, "authorization", &format!("other {number}"));
        sandbox.answer(&other, NOW_MS + 16 * 60_000);
    }
    assert_ne!(sandbox.answer(&request, NOW_MS + 16 * 60_000).answer.status, 409);
}

#[test]
fn undelivered_requests_are_typed() {
    for (kind, status, error) in [
        ("unreachable", 502, "connection_refused"),
        ("dns", 502, "dns_error"),
        ("tls", 502, "tls_certificate_error"),
        ("timeout", 504, "connection_timeout"),
        ("too-long", 413, "http_request_error"),
        ("proxy-throttled", 429, "connection_limit_reached"),
    ] {
        let mut sandbox = sandbox();
        fault(&mut sandbox, &json!({ "fault": kind }));
        let request = reboot(&sandbox, Cloud::Alibaba);
        let reply = sandbox.answer(&request, NOW_MS);
        let typed = format!("relight-proxy; error={error}");
        assert_eq!(status_of(&reply.answer), (status, typed.as_str()));
        assert_eq!(reply.answer.header("access-control-allow-origin"), Some(ORIGIN));
        assert!(sandbox.calls().is_empty(), "{kind}: nothing arrived");
        // The same bytes are new to the cloud.
        assert_eq!(outcome(&sandbox.answer(&request, NOW_MS)).1, "ok");
    }
}

#[test]
fn lost_responses_have_another_type() {
    for (setting, want, executed) in [
        (
            json!({ "fault": "upstream-cut" }),
            (502, "relight-proxy; error=connection_terminated"),
            true,
        ),
        (
            json!({ "fault": "answer-timeout" }),
            (504, "relight-proxy; error=http_response_timeout"),
            true,
        ),
        (
            json!({ "fault": "slow", "ms": 40_000 }),
            (504, "relight-proxy; error=http_response_timeout"),
            true,
        ),
        (
            json!({ "fault": "status", "status": 302 }),
            (502, "relight-proxy; error=http_protocol_error; received-status=302"),
            false,
        ),
        (
            json!({ "fault": "status", "status": 421, "executed": true }),
            (502, "relight-proxy; error=http_protocol_error; received-status=421"),
            true,
        ),
        (
            json!({ "fault": "status", "status": 503 }),
            (503, "relight-proxy; received-status=503"),
            false,
        ),
        (json!({ "fault": "untyped-502" }), (502, "none"), false),
        (json!({ "fault": "no-proxy-status" }), (200, "none"), true),
        (json!({ "fault": "html" }), (200, "relight-proxy; received-status=200"), true),
    ] {
        let mut sandbox = sandbox();
        fault(&mut sandbox, &setting);
        let request = reboot(&sandbox, Cloud::Zenlayer);
        let reply = sandbox.answer(&request, NOW_MS);
        assert_eq!(status_of(&reply.answer), want, "{setting}");
        assert_eq!(reply.answer.header("location"), None, "{setting}");
        assert_eq!(sandbox.calls().len(), 1, "{setting}");
        assert_eq!(sandbox.calls()[0].executed, executed, "{setting}");
    }
}

#[test]
fn foreign_answers_have_no_proxy_status() {
    for (kind, status) in [("foreign-404", 404), ("login-redirect", 302)] {
        let mut sandbox = sandbox();
        fault(&mut sandbox, &json!({ "fault": kind }));
        let request = reboot(&sandbox, Cloud::Zenlayer);
        let reply = sandbox.answer(&request, NOW_MS);
        assert_eq!(status_of(&reply.answer), (status, "none"));
        assert!(sandbox.calls().is_empty());
    }
}

#[test]
fn a_fault_of_the_proxy_needs_the_proxy() {
    let mut sandbox = sandbox();
    fault(&mut sandbox, &json!({ "fault": "upstream-cut" }));
    let direct = Ask::new(Cloud::Zenlayer, "DescribeZones").sign();
    assert_eq!(outcome(&sandbox.answer(&direct, NOW_MS)).1, "ok");
    assert_eq!(sandbox.faults().len(), 1);
}

#[test]
fn control_answers_loopback_names_and_its_own_origin_only() {
    for (header, value, status) in [
        ("host", "127.0.0.1:8911", 200),
        ("host", "localhost:8911", 200),
        ("host", "rebound.example:8911", 403),
        ("origin", ORIGIN, 200),
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
    ] {
        let mut request = Request {
            method: "GET".to_owned(),
            target: "/sandbox/calls".to_owned(),
            headers: vec![("host".to_owned(), "127.0.0.1:8911".to_owned())],
            body: Vec::new(),
        };
        set(&mut request, header, value);
        let reply = sandbox().answer(&request, NOW_MS);
        assert_eq!(reply.answer.status, status, "{header}: {value}");
        assert_eq!(reply.answer.header("access-control-allow-origin"), None);
    }
}
