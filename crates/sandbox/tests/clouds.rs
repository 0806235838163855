//! What the clouds allow, refuse and answer.

mod common;

use common::{Ask, NOW_MS, control, json_of, outcome, pick, sandbox, send};
use relight_sandbox::{Cloud, Sandbox, fleet::State};
use serde_json::json;

const ALIBABA: Cloud = Cloud::Alibaba;
const TENCENT: Cloud = Cloud::Tencent;
const ZENLAYER: Cloud = Cloud::Zenlayer;

fn refs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

fn state(sandbox: &mut Sandbox, cloud: Cloud, id: &str, at_ms: i64) -> State {
    sandbox.advance(at_ms);
    sandbox.fleet().find(cloud, id).expect("an instance").state
}

#[test]
fn reboots_and_starts_pass_through_their_states() {
    for cloud in Cloud::ALL {
        let mut sandbox = sandbox();
        let running = pick(&sandbox, cloud, State::Running, 2);
        let stopped = pick(&sandbox, cloud, State::Stopped, 1);
        let ok = (200, "ok".to_owned());
        assert_eq!(
            send(&mut sandbox, &Ask::new(cloud, "RebootInstances").ids(&refs(&running))),
            ok
        );
        assert_eq!(send(&mut sandbox, &Ask::new(cloud, "StartInstances").ids(&refs(&stopped))), ok);
        let first = match cloud {
            ALIBABA => State::Stopping,
            TENCENT | ZENLAYER => State::Rebooting,
        };
        for id in &running {
            assert_eq!(state(&mut sandbox, cloud, id, NOW_MS + 1_000), first);
        }
        for id in &running {
            assert_eq!(state(&mut sandbox, cloud, id, NOW_MS + 91_000), State::Running);
            let one = sandbox.fleet().find(cloud, id).expect("there");
            assert_eq!((one.reboots, one.starts), (1, 0));
            assert!(one.started_ms >= NOW_MS + 60_000, "the start time moved on");
        }
        assert_eq!(sandbox.fleet().find(cloud, &stopped[0]).expect("there").starts, 1);
        assert_eq!(state(&mut sandbox, cloud, &stopped[0], NOW_MS + 91_000), State::Running);
    }
}

/// The page first describes two seconds after a call: at the speed for demos the shortest
/// restart, a forced one, is still under way then. Where the cloud does not name the operation that
/// was last done to an instance, that is the only proof.
#[test]
fn a_watched_restart_is_observed_in_progress() {
    let config =
        relight_sandbox::Config { speed: relight_sandbox::SPEED_TO_WATCH, ..Default::default() };
    for cloud in Cloud::ALL {
        let mut sandbox = Sandbox::new(config.clone());
        let ids = pick(&sandbox, cloud, State::Running, 30);
        let ask = Ask::new(cloud, "RebootInstances").ids(&refs(&ids));
        let forced = match cloud {
            ALIBABA => ask.query("ForceReboot", "true"),
            TENCENT => ask.field("StopType", json!("HARD")),
            ZENLAYER => ask.field("forceReboot", json!(true)),
        };
        assert_eq!(send(&mut sandbox, &forced), (200, "ok".to_owned()));
        for id in &ids {
            assert_ne!(state(&mut sandbox, cloud, id, NOW_MS + 2_400), State::Running, "{id}");
        }
        for id in &ids {
            assert_eq!(state(&mut sandbox, cloud, id, NOW_MS + 4_000), State::Running, "{id}");
        }
    }
}

#[test]
fn speed_divides_the_time() {
    let config = relight_sandbox::Config { speed: 60.0, ..Default::default() };
    let mut sandbox = Sandbox::new(config);
    let id = pick(&sandbox, TENCENT, State::Running, 1);
    send(&mut sandbox, &Ask::new(TENCENT, "RebootInstances").ids(&refs(&id)));
    assert_eq!(state(&mut sandbox, TENCENT, &id[0], NOW_MS + 900), State::Rebooting);
    assert_eq!(state(&mut sandbox, TENCENT, &id[0], NOW_MS + 1_600), State::Running);
}

#[test]
fn a_wrong_state_is_refused_and_nothing_happens() {
    for (cloud, reboot_stopped, start_running) in [
        (ALIBABA, (403, "IncorrectInstanceStatus"), (403, "IncorrectInstanceStatus")),
        (
            TENCENT,
            (200, "UnsupportedOperation.InstanceStateStopped"),
            (200, "UnsupportedOperation.InstanceStateRunning"),
        ),
        // Asked for with a fault: else it lists those that failed.
        (
            ZENLAYER,
            (403, "OPERATION_DENIED_INSTANCE_STATUS"),
            (403, "OPERATION_DENIED_INSTANCE_NOT_STOPPED"),
        ),
    ] {
        let mut sandbox = sandbox();
        if cloud == ZENLAYER {
            let stopped = pick(&sandbox, cloud, State::Stopped, 1);
            let fault = json!({ "cloud": "zenlayer", "fault": "error", "action": "RebootInstances",
                "code": "OPERATION_DENIED_INSTANCE_STATUS", "instanceIds": stopped });
            common::fault(&mut sandbox, &fault);
        }
        let running = pick(&sandbox, cloud, State::Running, 1).remove(0);
        let stopped = pick(&sandbox, cloud, State::Stopped, 1).remove(0);
        // The good one goes first: it must not be touched either.
        let reboot = Ask::new(cloud, "RebootInstances").ids(&[&running, &stopped]);
        let start = Ask::new(cloud, "StartInstances").ids(&[&stopped, &running]);
        let text = |(status, code): (u16, &str)| (status, code.to_owned());
        assert_eq!(send(&mut sandbox, &reboot), text(reboot_stopped));
        assert_eq!(send(&mut sandbox, &start), text(start_running));
        let one = sandbox.fleet().find(cloud, &running).expect("there");
        assert_eq!((one.reboots, one.is_moving()), (0, false));
        assert!(sandbox.calls().iter().all(|call| call.signature == "ok" && !call.executed));
    }
}

#[test]
fn a_zenlayer_restart_of_mixed_states_lists_those_that_failed() {
    let mut sandbox = sandbox();
    let running = pick(&sandbox, ZENLAYER, State::Running, 2);
    let stopped = pick(&sandbox, ZENLAYER, State::Stopped, 2);
    let ids = [&running[0], &stopped[0], &running[1], &stopped[1]].map(String::as_str);
    let ask = Ask::new(ZENLAYER, "RebootInstances").ids(&ids);
    let reply = sandbox.answer(&ask.sign(), NOW_MS);
    assert_eq!(outcome(&reply), (200, "ok".to_owned()));
    assert_eq!(json_of(&reply)["response"]["instanceIds"], json!(stopped));
    let reboots =
        |sandbox: &Sandbox, id: &str| sandbox.fleet().find(ZENLAYER, id).expect("there").reboots;
    assert_eq!(ids.map(|id| reboots(&sandbox, id)), [1, 0, 1, 0]);
    assert!(sandbox.calls().last().is_some_and(|call| call.executed && call.refused.len() == 2));
    // Of none that it could restart it says so as a whole, and of one by one as well.
    for ids in [&stopped[..], &stopped[..1]] {
        let ask = Ask::new(ZENLAYER, "RebootInstances").ids(&refs(ids));
        let refused = (403, "OPERATION_DENIED_INSTANCE_STATUS".to_owned());
        assert_eq!(send(&mut sandbox, &ask), refused);
    }
    // A start is refused as a whole, as before.
    let ask = Ask::new(ZENLAYER, "StartInstances").ids(&[&stopped[0], &running[0]]);
    assert_eq!(send(&mut sandbox, &ask).1, "OPERATION_DENIED_INSTANCE_NOT_STOPPED");
}

#[test]
fn a_second_reboot_meets_the_first() {
    for (cloud, code) in [
        (ALIBABA, "IncorrectInstanceStatus"),
        (TENCENT, "UnsupportedOperation.InstanceStateRebooting"),
        (ZENLAYER, "OPERATION_DENIED_INSTANCE_STATUS"),
    ] {
        let mut sandbox = sandbox();
        let id = pick(&sandbox, cloud, State::Running, 1);
        let ask = Ask::new(cloud, "RebootInstances").ids(&refs(&id));
        assert_eq!(send(&mut sandbox, &ask).1, "ok");
        assert_eq!(send(&mut sandbox, &ask).1, code);
        assert_eq!(sandbox.fleet().find(cloud, &id[0]).expect("there").reboots, 1);
    }
}

#[test]
fn the_same_bytes_are_a_second_reboot_where_there_is_no_nonce() {
    for (cloud, code) in [(ALIBABA, "SignatureNonceUsed"), (TENCENT, "ok"), (ZENLAYER, "ok")] {
        let mut sandbox = sandbox();
        let id = pick(&sandbox, cloud, State::Running, 1);
        let request = Ask::new(cloud, "RebootInstances").ids(&refs(&id)).sign();
        assert_eq!(outcome(&sandbox.answer(&request, NOW_MS)).1, "ok");
        let again = sandbox.answer(&request, NOW_MS + 100_000);
        assert_eq!(outcome(&again).1, code);
        let want = if cloud == ALIBABA { 1 } else { 2 };
        assert_eq!(sandbox.fleet().find(cloud, &id[0]).expect("there").reboots, want);
    }
}

#[test]
fn keys_tokens_and_clocks_are_refused_as_each_cloud_does() {
    let wrong = [
        (
            ALIBABA,
            400,
            "SignatureDoesNotMatch",
            404,
            "InvalidAccessKeyId.NotFound",
            "InvalidTimeStamp.Expired",
        ),
        (
            TENCENT,
            200,
            "AuthFailure.SignatureFailure",
            200,
            "AuthFailure.SecretIdNotFound",
            "AuthFailure.SignatureExpire",
        ),
        (
            ZENLAYER,
            401,
            "AUTHFAILURE_SIGNATURE_FAILURE",
            401,
            "AUTHFAILURE_SECRET_ID_NOT_FOUND",
            "AUTHFAILURE_SIGNATURE_EXPIRED",
        ),
    ];
    for (cloud, secret_status, secret_code, id_status, id_code, time_code) in wrong {
        let mut sandbox = sandbox();
        let mut ask = Ask::new(cloud, "DescribeInstances");
        ask.key.secret.push('x');
        assert_eq!(send(&mut sandbox, &ask), (secret_status, secret_code.to_owned()));
        ask.key.id.push('x');
        assert_eq!(send(&mut sandbox, &ask), (id_status, id_code.to_owned()));
        let late = Ask::new(cloud, "DescribeInstances").sign();
        assert_eq!(outcome(&sandbox.answer(&late, NOW_MS + 3_600_000)).1, time_code);
        let verdicts: Vec<&str> =
            sandbox.calls().iter().map(|call| call.signature.as_str()).collect();
        assert_eq!(verdicts, [secret_code, id_code, time_code]);
    }
}

#[test]
fn a_temporary_key_needs_its_token() {
    let wrong = [
        (ALIBABA, "MissingSecurityToken", "InvalidSecurityToken.MismatchWithAccessKey"),
        (TENCENT, "AuthFailure.TokenFailure", "AuthFailure.TokenFailure"),
    ];
    for (cloud, missing, other) in wrong {
        let mut sandbox = sandbox();
        let mut ask = Ask::new(cloud, "DescribeInstances");
        let demo = relight_sandbox::credential::Credential::demo();
        ask.key =
            demo.into_iter().find(|key| key.cloud == cloud && key.token.is_some()).expect("one");
        assert_eq!(send(&mut sandbox, &ask).1, "ok");
        ask.key.token = Some("another".to_owned());
        assert_eq!(send(&mut sandbox, &ask).1, other);
        ask.key.token = None;
        assert_eq!(send(&mut sandbox, &ask).1, missing);
    }
}

#[test]
fn issued_keys_work_until_they_end() {
    let wrong = [
        (ALIBABA, (400, "InvalidSecurityToken.Expired"), (404, "InvalidAccessKeyId.NotFound")),
        (TENCENT, (200, "AuthFailure.TokenFailure"), (200, "AuthFailure.SecretIdNotFound")),
    ];
    for (cloud, ended, unknown) in wrong {
        let mut sandbox = sandbox();
        let request = format!(r#"{{ "cloud": "{}", "seconds": 90 }}"#, cloud.name());
        let mut issue =
            || json_of(&control(&mut sandbox, "POST", "/sandbox/credentials", &request));
        let (given, next) = (issue(), issue());
        assert_ne!(given["keyId"], next["keyId"]);
        assert_ne!(given["secret"], next["secret"]);
        assert_eq!(given["expiresAt"], NOW_MS / 1_000 + 90);
        let text = |name: &str| given[name].as_str().expect("a text").to_owned();
        let mut ask = Ask::new(cloud, "DescribeInstances");
        ask.key.id = text("keyId");
        ask.key.secret = text("secret");
        ask.key.token = Some(text("token"));
        ask.at_ms = NOW_MS + 89_999;
        assert_eq!(send(&mut sandbox, &ask).1, "ok");
        ask.at_ms = NOW_MS + 90_000;
        assert_eq!(send(&mut sandbox, &ask), (ended.0, ended.1.to_owned()));
        let asked = format!("/sandbox/credentials?cloud={}", cloud.name());
        let quarter = json_of(&control(&mut sandbox, "GET", &asked, ""));
        assert_eq!(quarter["expiresAt"], NOW_MS / 1_000 + 900);
        // The demo keys last.
        assert_eq!(send(&mut sandbox, &Ask::new(cloud, "DescribeInstances")).1, "ok");
        control(&mut sandbox, "POST", "/sandbox/reset", "");
        ask.at_ms = NOW_MS;
        assert_eq!(send(&mut sandbox, &ask), (unknown.0, unknown.1.to_owned()));
    }
    let mut sandbox = sandbox();
    for request in [
        r#"{ "cloud": "zenlayer", "seconds": 90 }"#,
        r#"{ "cloud": "alibaba", "seconds": 0 }"#,
        r#"{ "cloud": "alibaba", "seconds": 43201 }"#,
        r#"{ "seconds": 90 }"#,
        "seconds",
    ] {
        let reply = control(&mut sandbox, "POST", "/sandbox/credentials", request);
        assert_eq!(reply.answer.status, 400, "{request}");
    }
}

#[test]
fn alibaba_shows_what_it_would_have_signed() {
    let mut sandbox = sandbox();
    let mut ask = Ask::new(ALIBABA, "DescribeRegions");
    ask.key.secret.push('x');
    let body = json_of(&sandbox.answer(&ask.sign(), NOW_MS));
    let message = body["Message"].as_str().expect("a message");
    assert!(message.contains("server StringToSign is [ACS3-HMAC-SHA256\n"), "{message}");
    assert!(message.contains("server CanonicalRequest is [POST\n/\n\nhost:ecs."), "{message}");
}

#[test]
fn hundred_ids_pass_and_one_more_does_not() {
    for (cloud, code) in [
        (ALIBABA, "InvalidParameter.TooManyInstanceIds"),
        (TENCENT, "InvalidParameterValue.LimitExceeded"),
        (ZENLAYER, "INVALID_PARAMETER_VALUE"),
    ] {
        let mut fleet = Vec::new();
        for place in 0..101 {
            let id = match cloud {
                ALIBABA => format!("i-bp1000000000000000{place:03}"),
                TENCENT => format!("ins-00000{place:03}"),
                ZENLAYER => format!("1600000000000000{place:03}"),
            };
            let region = Ask::new(cloud, "").region;
            fleet.push(json!({
                "cloud": cloud.name(), "region": region, "instanceId": id, "name": "n", "state": "running",
            }));
        }
        let fleet = relight_sandbox::fleet::Fleet::from_json(&json!(fleet).to_string());
        let config =
            relight_sandbox::Config { fleet: fleet.expect("a fleet"), ..Default::default() };
        let mut sandbox = Sandbox::new(config);
        let ids: Vec<String> = sandbox.fleet().all().iter().map(|one| one.id.clone()).collect();
        let all = Ask::new(cloud, "RebootInstances").ids(&refs(&ids));
        assert_eq!(send(&mut sandbox, &all).1, code);
        let most = Ask::new(cloud, "RebootInstances").ids(&refs(&ids[..100]));
        assert_eq!(send(&mut sandbox, &most).1, "ok");
        assert_eq!(sandbox.fleet().all().iter().filter(|one| one.reboots == 1).count(), 100);
    }
}

#[test]
fn unknown_foreign_and_malformed_ids() {
    let mut sandbox = sandbox();
    let elsewhere = |cloud: Cloud, region: &str, sandbox: &Sandbox| {
        let found =
            sandbox.fleet().all().iter().find(|one| one.cloud == cloud && one.region == region);
        found.expect("an instance there").id.clone()
    };
    let mut ask =
        |cloud, id: &str| send(&mut sandbox, &Ask::new(cloud, "RebootInstances").ids(&[id]));
    assert_eq!(
        ask(ALIBABA, "i-bp1zzzzzzzzzzzzzzzzz"),
        (404, "InvalidInstanceId.NotFound".to_owned())
    );
    assert_eq!(ask(ALIBABA, "I-BP1"), (403, "Abs.InvalidInstanceIds.MalFormed".to_owned()));
    assert_eq!(ask(TENCENT, "ins-zzzzzzzz").1, "InvalidInstanceId.NotFound");
    assert_eq!(ask(TENCENT, "ins-1122").1, "InvalidInstanceId.Malformed");
    assert_eq!(ask(TENCENT, "i-bp1").1, "InvalidParameterValue.InstanceIdMalformed");
    assert_eq!(
        ask(ZENLAYER, "1111111111111111111"),
        (404, "INVALID_INSTANCE_NOT_FOUND".to_owned())
    );
    let other = common::sandbox();
    assert_eq!(
        ask(ALIBABA, &elsewhere(ALIBABA, "cn-beijing", &other)).1,
        "InvalidInstanceId.NotFound"
    );
    assert_eq!(
        ask(TENCENT, &elsewhere(TENCENT, "ap-tokyo", &other)).1,
        "InvalidInstanceId.NotFound"
    );
}

#[test]
fn alibaba_single_operations() {
    let mut sandbox = sandbox();
    let running = pick(&sandbox, ALIBABA, State::Running, 1).remove(0);
    let stopped = pick(&sandbox, ALIBABA, State::Stopped, 1).remove(0);
    let mut ask = |ask: Ask| send(&mut sandbox, &ask);
    let reboot = |id: &str| Ask::new(ALIBABA, "RebootInstance").ids(&[id]);
    assert_eq!(ask(reboot(&running).query("DryRun", "True")), (400, "DryRunOperation".to_owned()));
    assert_eq!(
        ask(reboot(&running).query("ForceStop", "maybe")),
        (400, "InvalidParameter".to_owned())
    );
    assert_eq!(ask(reboot(&stopped)), (403, "IncorrectInstanceStatus".to_owned()));
    assert_eq!(ask(reboot(&running).query("ForceStop", "false")), (200, "ok".to_owned()));
    let start = Ask::new(ALIBABA, "StartInstance").ids(&[&stopped]).query("InitLocalDisk", "true");
    assert_eq!(ask(start), (200, "ok".to_owned()));
    assert_eq!(ask(Ask::new(ALIBABA, "StartInstance")), (400, "MissingParameter".to_owned()));
    // The host alone selects the region.
    let mut abroad = reboot(&running);
    abroad.host = "ecs.eu-central-1.aliyuncs.com".to_owned();
    assert_eq!(ask(abroad), (404, "InvalidInstanceId.NotFound".to_owned()));
    assert_eq!(
        sandbox.fleet().find(ALIBABA, &running).map(|one| (one.reboots, one.state)),
        Some((1, State::Starting))
    );
}

#[test]
fn alibaba_batches() {
    let mut sandbox = sandbox();
    let running = pick(&sandbox, ALIBABA, State::Running, 2);
    let stopped = pick(&sandbox, ALIBABA, State::Stopped, 1).remove(0);
    let mixed = [running[0].as_str(), &stopped, "i-bp1zzzzzzzzzzzzzzzzz"];
    let batch = |ids: &[&str]| Ask::new(ALIBABA, "RebootInstances").ids(ids);
    assert_eq!(
        send(&mut sandbox, &batch(&refs(&running)).query("DryRun", "true")),
        (400, "DRYRUN.SUCCESS".to_owned())
    );
    assert_eq!(send(&mut sandbox, &batch(&mixed).query("DryRun", "true")).0, 403);
    // This combination proves nothing, as the vendor says.
    let useless = batch(&mixed).query("DryRun", "true").query("BatchOptimization", "SuccessFirst");
    assert_eq!(send(&mut sandbox, &useless), (400, "DRYRUN.SUCCESS".to_owned()));
    assert_eq!(
        send(&mut sandbox, &batch(&mixed).query("BatchOptimization", "Any")).1,
        "InvalidParameter"
    );
    assert_eq!(send(&mut sandbox, &batch(&[])), (403, "InvalidInstanceId.NotFound".to_owned()));
    assert!(sandbox.calls().iter().all(|call| !call.executed));

    let ask = batch(&mixed).query("BatchOptimization", "SuccessFirst");
    let body = json_of(&sandbox.answer(&ask.sign(), NOW_MS));
    let entries = &body["InstanceResponses"]["InstanceResponse"];
    assert_eq!(
        entries[0],
        json!({
            "InstanceId": running[0], "PreviousStatus": "Running", "CurrentStatus": "Stopping",
            "Code": "200", "Message": "success",
        })
    );
    assert_eq!(entries[1]["Code"], "IncorrectInstanceStatus");
    assert_eq!(entries[2]["Code"], "InvalidInstanceId.NotFound");
    assert_eq!(sandbox.fleet().find(ALIBABA, &running[0]).map(|one| one.reboots), Some(1));
    let listed = json_of(&control(&mut sandbox, "GET", "/sandbox/calls", ""));
    let last = listed.as_array().and_then(|all| all.last()).expect("a call");
    let refused = json!([
        { "instanceId": stopped, "code": "IncorrectInstanceStatus" },
        { "instanceId": mixed[2], "code": "InvalidInstanceId.NotFound" },
    ]);
    assert_eq!((&last["executed"], &last["refused"]), (&json!(true), &refused));

    // A success in which no instance succeeds is not executed.
    let nobody = batch(&mixed[1..]).query("BatchOptimization", "SuccessFirst");
    assert_eq!(send(&mut sandbox, &nobody), (200, "ok".to_owned()));
    let last = sandbox.calls().last().expect("a call");
    assert!(!last.executed && last.refused.len() == 2, "{last:?}");
}

#[test]
fn alibaba_regions_and_hosts() {
    let mut sandbox = sandbox();
    let mut ask = Ask::new(ALIBABA, "DescribeInstanceStatus");
    ask.region = "cn-nowhere".to_owned();
    assert_eq!(send(&mut sandbox, &ask), (404, "InvalidRegionId.NotFound".to_owned()));
    ask.region = "cn-beijing".to_owned();
    assert_eq!(send(&mut sandbox, &ask), (403, "InvalidOperation.NotSupportedEndpoint".to_owned()));
    ask.host = "ecs.aliyuncs.com".to_owned();
    assert_eq!(send(&mut sandbox, &ask), (200, "ok".to_owned()));
    assert_eq!(send(&mut sandbox, &Ask::new(ALIBABA, "DescribeRegions")).1, "ok");
    assert_eq!(
        send(&mut sandbox, &Ask::new(ALIBABA, "TerminateInstances")).1,
        "InvalidAction.NotFound"
    );
}

/// Tags are asked for in each cloud's own way, and all three find the same names.
#[test]
fn instances_are_found_by_their_tags() {
    let mut sandbox = sandbox();
    let mut get = |ask: Ask| json_of(&sandbox.answer(&ask.sign(), NOW_MS));
    let alibaba = get(Ask::new(ALIBABA, "DescribeInstances")
        .query("MaxResults", "100")
        .query("Tag.1.Key", "team")
        .query("Tag.1.Value", "web")
        .query("Tag.2.Key", "env"));
    let list = alibaba["Instances"]["Instance"].as_array().expect("a list");
    assert!(!list.is_empty() && list.len() < 50);
    for one in list {
        assert_eq!(one["Tags"]["Tag"][0], json!({ "TagKey": "team", "TagValue": "web" }));
    }
    let filters = [("tag:team", "web"), ("tag-key", "env")]
        .map(|(name, value)| json!({ "Name": name, "Values": [value] }));
    let body = json!({ "Limit": 100, "Filters": filters });
    let tencent = get(Ask { body, ..Ask::new(TENCENT, "DescribeInstances") });
    let list = tencent["Response"]["InstanceSet"].as_array().expect("a list");
    assert!(!list.is_empty());
    for one in list {
        assert_eq!(one["Tags"][0], json!({ "Key": "team", "Value": "web" }));
    }
    let tags = [json!({ "key": "team", "value": "web" })];
    let body = json!({ "pageSize": 500, "tags": tags, "tagKeys": ["env"] });
    let zenlayer = get(Ask { body, ..Ask::new(ZENLAYER, "DescribeInstances") });
    let list = zenlayer["response"]["dataSet"].as_array().expect("a list");
    assert!(!list.is_empty());
    for one in list {
        assert_eq!(one["tags"]["tags"][0], json!({ "key": "team", "value": "web" }));
    }
}

#[test]
fn alibaba_pages() {
    let mut sandbox = sandbox();
    let mut get = |ask: Ask| json_of(&sandbox.answer(&ask.sign(), NOW_MS));
    let page = get(Ask::new(ALIBABA, "DescribeInstanceStatus"));
    assert_eq!(page["TotalCount"], 50);
    assert_eq!(page["InstanceStatuses"]["InstanceStatus"].as_array().map(Vec::len), Some(10));
    let size = |size: &str| Ask::new(ALIBABA, "DescribeInstanceStatus").query("PageSize", size);
    assert_eq!(get(size("51"))["Code"], "InvalidParameter");
    assert_eq!(
        get(size("50"))["InstanceStatuses"]["InstanceStatus"].as_array().map(Vec::len),
        Some(50)
    );
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let ask = Ask::new(ALIBABA, "DescribeInstances").query("MaxResults", "20");
        let body = get(if token.is_empty() { ask } else { ask.query("NextToken", &token) });
        seen.extend(body["Instances"]["Instance"].as_array().cloned().unwrap_or_default());
        token = body["NextToken"].as_str().unwrap_or_default().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 50);
    let id = seen[0]["InstanceId"].as_str().expect("an id");
    let two = Ask::new(ALIBABA, "DescribeInstances")
        .query("InstanceIds", &format!("[\"{id}\", \"i-none\"]"));
    assert_eq!(get(two)["TotalCount"], 1);
    let locked =
        seen.iter().find(|one| one["OperationLocks"]["LockReason"][0]["LockReason"] == "security");
    assert!(locked.is_some());
}

#[test]
fn alibaba_answers_xml_unless_json_is_requested() {
    let mut sandbox = sandbox();
    let mut ask = Ask::new(ALIBABA, "RebootInstances").ids(&["i-bp1zzzzzzzzzzzzzzzzz"]);
    ask.accept = String::new();
    let reply = sandbox.answer(&ask.sign(), NOW_MS);
    let text = String::from_utf8_lossy(&reply.answer.body).into_owned();
    assert!(
        text.contains("<Error>") && text.contains("<Code>InvalidInstanceId.NotFound</Code>"),
        "{text}"
    );
    assert_eq!(reply.answer.header("content-type"), Some("text/xml;charset=utf-8"));
    let id = reply.answer.header("x-acs-request-id").expect("an id");
    assert!(text.contains(id));
    let running = pick(&sandbox, ALIBABA, State::Running, 1);
    let mut ask = Ask::new(ALIBABA, "RebootInstances").ids(&refs(&running));
    ask.accept = "text/xml".to_owned();
    let reply = sandbox.answer(&ask.sign(), NOW_MS);
    let text = String::from_utf8_lossy(&reply.answer.body).into_owned();
    assert!(
        text.contains("<RebootInstancesResponse>") && text.contains("<Code>200</Code>"),
        "{text}"
    );
}

#[test]
fn tencent_parameters() {
    let mut sandbox = sandbox();
    let id = pick(&sandbox, TENCENT, State::Running, 1);
    let ask = || Ask::new(TENCENT, "RebootInstances").ids(&refs(&id));
    let mut code = |ask: Ask| send(&mut sandbox, &ask).1;
    assert_eq!(code(Ask::new(TENCENT, "RebootInstances")), "MissingParameter");
    assert_eq!(code(ask().field("instanceIds", json!([]))), "UnknownParameter");
    assert_eq!(code(ask().field("DryRun", json!(true))), "UnknownParameter");
    assert_eq!(code(ask().field("StopType", json!("soft"))), "InvalidParameterValue");
    let both = ask().field("StopType", json!("HARD")).field("ForceReboot", json!(true));
    assert_eq!(code(both), "InvalidParameterCombination");
    assert_eq!(code(Ask { region: String::new(), ..ask() }), "MissingParameter");
    assert_eq!(code(Ask { region: "ap-nowhere".to_owned(), ..ask() }), "UnsupportedRegion");
    let other_host = "cvm.ap-tokyo.tencentcloudapi.com".to_owned();
    assert_eq!(code(Ask { host: other_host, ..ask() }), "UnsupportedRegion");
    assert_eq!(code(Ask { version: "2016-01-01".to_owned(), ..ask() }), "NoSuchVersion");
    assert_eq!(code(Ask::new(TENCENT, "TerminateInstances")), "InvalidAction");
    assert_eq!(
        code(Ask::new(TENCENT, "DescribeInstances").field("Limit", json!(101))),
        "InvalidParameterValue.LimitExceeded"
    );
    let host = "cvm.intl.tencentcloudapi.com".to_owned();
    assert_eq!(code(Ask { host, ..ask() }.field("StopType", json!("SOFT_FIRST"))), "ok");
}

#[test]
fn tencent_reports_the_latest_operation() {
    let mut sandbox = sandbox();
    let id = pick(&sandbox, TENCENT, State::Running, 1);
    let reply =
        sandbox.answer(&Ask::new(TENCENT, "RebootInstances").ids(&refs(&id)).sign(), NOW_MS);
    assert_eq!(reply.answer.header("content-type"), Some("application/json"));
    let request_id = json_of(&reply)["Response"]["RequestId"].clone();
    let mut describe = |at_ms| {
        let mut ask = Ask::new(TENCENT, "DescribeInstances").ids(&refs(&id));
        ask.at_ms = at_ms;
        json_of(&sandbox.answer(&ask.sign(), at_ms))["Response"]["InstanceSet"][0].clone()
    };
    let before = describe(NOW_MS + 1_000);
    assert_eq!(before["LatestOperation"], "RebootInstances");
    assert_eq!(before["LatestOperationState"], "OPERATING");
    assert_eq!(before["LatestOperationRequestId"], request_id);
    assert_eq!(before["InstanceState"], "REBOOTING");
    let after = describe(NOW_MS + 91_000);
    assert_eq!(
        (&after["LatestOperationState"], &after["InstanceState"]),
        (&json!("SUCCESS"), &json!("RUNNING"))
    );
}

#[test]
fn tencent_takes_the_parameters_of_a_get_request() {
    let mut sandbox = sandbox();
    let ids = pick(&sandbox, TENCENT, State::Running, 2);
    let query = format!("InstanceIds.0={}&InstanceIds.1={}&Limit=1", ids[0], ids[1]);
    let request = Ask::new(TENCENT, "DescribeInstancesStatus").tc3_get(&query);
    let body = json_of(&sandbox.answer(&request, NOW_MS));
    assert_eq!(body["Response"]["TotalCount"], 2);
    assert_eq!(body["Response"]["InstanceStatusSet"].as_array().map(Vec::len), Some(1));
    let mut other = request.clone();
    other.target = other.target.replace("Limit=1", "Limit=2");
    let refused = outcome(&sandbox.answer(&other, NOW_MS));
    assert_eq!(refused, (200, "AuthFailure.SignatureFailure".to_owned()));
}

#[test]
fn zenlayer_parameters_and_the_list_of_failed_ones() {
    let mut sandbox = sandbox();
    let ids = pick(&sandbox, ZENLAYER, State::Running, 2);
    let find = |state: State, has_error: bool| {
        let all = common::sandbox();
        let found = all.fleet().all().iter().find(|one| {
            one.cloud == ZENLAYER && one.state == state && one.error_code.is_some() == has_error
        });
        found.expect("in the standard fleet").id.clone()
    };
    let (broken, recycled) = (find(State::Running, true), find(State::Recycled, false));
    let ask = |ids: &[&str]| Ask::new(ZENLAYER, "RebootInstances").ids(ids);
    let mut code = |ask: Ask| send(&mut sandbox, &ask);
    assert_eq!(code(ask(&[&recycled])), (403, "OPERATION_DENIED_INSTANCE_RECYCLED".to_owned()));
    assert_eq!(code(Ask::new(ZENLAYER, "RebootInstances")), (400, "MISSING_PARAMETER".to_owned()));
    let old = Ask { version: "2024-04-01".to_owned(), ..ask(&refs(&ids)) };
    assert_eq!(
        code(old.clone().field("forceReboot", json!(false))),
        (400, "INVALID_PARAMETER".to_owned())
    );
    let number = Ask::new(ZENLAYER, "RebootInstances")
        .field("instanceIds", json!([1_660_545_330_971_680_835_u64]));
    assert_eq!(code(number), (400, "INVALID_PARAMETER_VALUE".to_owned()));
    assert_eq!(code(old), (200, "ok".to_owned()));
    // While starting it accepts a forced reboot only.
    assert_eq!(code(ask(&[&ids[0]])).0, 403);
    assert_eq!(code(ask(&[&ids[0]]).field("forceReboot", json!(true))), (200, "ok".to_owned()));

    let third = pick(&sandbox, ZENLAYER, State::Running, 1).remove(0);
    let body = json_of(&sandbox.answer(&ask(&[&third, &broken]).sign(), NOW_MS));
    assert_eq!(body["response"]["instanceIds"], json!([broken]));
    assert_eq!(body["response"]["requestId"], body["requestId"]);
    assert!(body["requestId"].as_str().is_some_and(|id| id.starts_with('T')));
    assert_eq!(sandbox.fleet().find(ZENLAYER, &third).map(|one| one.reboots), Some(1));
    assert_eq!(sandbox.fleet().find(ZENLAYER, &broken).map(|one| one.reboots), Some(0));
    let last = sandbox.calls().last().expect("a call");
    let refused = [(broken, "(listed in response.instanceIds)".to_owned())];
    assert!(last.executed && last.refused == refused, "{last:?}");
}

#[test]
fn zenlayer_reads() {
    let mut sandbox = sandbox();
    let mut get = |ask: Ask| json_of(&sandbox.answer(&ask.sign(), NOW_MS))["response"].clone();
    let all = get(Ask::new(ZENLAYER, "DescribeInstancesStatus").field("pageSize", json!(1000)));
    assert_eq!(all["dataSet"].as_array().map(Vec::len), Some(300));
    assert!(all["dataSet"][0]["instanceStatus"].is_string());
    let some = get(Ask::new(ZENLAYER, "DescribeInstances").field("name", json!("ledger")));
    assert_eq!(some["dataSet"].as_array().map(Vec::len), Some(20));
    assert!(some["dataSet"][0]["status"].is_string());
    let zones = get(Ask::new(ZENLAYER, "DescribeZones"));
    assert_eq!(zones["zoneSet"].as_array().map(Vec::len), Some(10));
}

#[test]
fn rate_limits_are_enforced_and_reported() {
    let mut sandbox = sandbox();
    let ask = Ask::new(TENCENT, "StartInstances").ids(&["ins-zzzzzzzz"]);
    for _ in 0..10 {
        assert_eq!(send(&mut sandbox, &ask).1, "InvalidInstanceId.NotFound");
    }
    let body = json_of(&sandbox.answer(&ask.sign(), NOW_MS));
    assert_eq!(body["Response"]["Error"]["Code"], "RequestLimitExceeded");
    let message = body["Response"]["Error"]["Message"].as_str().expect("a message");
    assert!(message.contains("`11`") && message.contains("`10`"), "{message}");
    // Another action has its own count, and a second later all is well.
    assert_eq!(send(&mut sandbox, &Ask::new(TENCENT, "DescribeInstances")).1, "ok");
    let later = sandbox.answer(&ask.sign(), NOW_MS + 1_000);
    assert_eq!(outcome(&later).1, "InvalidInstanceId.NotFound");
    for (cloud, want) in
        [(ALIBABA, (400, "Throttling.User")), (ZENLAYER, (429, "REQUEST_LIMIT_EXCEEDED"))]
    {
        let outcomes: Vec<_> =
            (0..101).map(|_| send(&mut sandbox, &Ask::new(cloud, "DescribeInstances"))).collect();
        assert!(outcomes[..100].iter().all(|(status, _)| *status == 200));
        assert_eq!(outcomes[100], (want.0, want.1.to_owned()));
    }
}

#[test]
fn the_headers_alone_are_enough() {
    for cloud in Cloud::ALL {
        let mut sandbox = sandbox();
        let mut ask = Ask::new(cloud, "DescribeInstances");
        ask.host = "127.0.0.1:8911".to_owned();
        assert_eq!(send(&mut sandbox, &ask), (200, "ok".to_owned()), "{}", cloud.name());
        assert_eq!(sandbox.calls()[0].to_json(1)["via"], "headers");
    }
}

#[test]
fn the_journal_holds_no_secret() {
    let mut sandbox = sandbox();
    let demo = relight_sandbox::credential::Credential::demo();
    let mut signatures = Vec::new();
    for key in &demo {
        let mut ask = Ask::new(key.cloud, "DescribeInstances");
        ask.key = key.clone();
        let request = ask.sign();
        let authorization = request.header("authorization").expect("signed").to_owned();
        signatures.push(authorization.split_once("Signature=").expect("a signature").1.to_owned());
        assert_eq!(outcome(&sandbox.answer(&request, NOW_MS)).1, "ok");
    }
    let text = String::from_utf8(control(&mut sandbox, "GET", "/sandbox/calls", "").answer.body);
    let text = text.expect("text");
    assert!(text.contains(&demo[0].id));
    for key in &demo {
        assert!(!text.contains(&key.secret));
        assert!(key.token.as_ref().is_none_or(|token| !text.contains(token.as_str())));
        assert!(!format!("{key:?}").contains(&key.secret));
    }
    assert!(signatures.iter().all(|signature| !text.contains(signature.as_str())));
}
