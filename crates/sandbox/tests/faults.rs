//! Misbehaviour on request, and that every documented error can be had.

mod common;

use common::{Ask, NOW_MS, control, fault, json_of, outcome, pick, sandbox, send};
use relight_sandbox::{Cloud, Delivery, Reply, Sandbox, errors, fleet::State};
use serde_json::{Value, json};

fn reboot(sandbox: &Sandbox, cloud: Cloud) -> (Ask, String) {
    let id = pick(sandbox, cloud, State::Running, 1).remove(0);
    (Ask::new(cloud, "RebootInstances").ids(&[&id]), id)
}

fn reboots(sandbox: &Sandbox, cloud: Cloud, id: &str) -> u32 {
    sandbox.fleet().find(cloud, id).expect("there").reboots
}

#[test]
fn every_documented_error_can_be_simulated() {
    let listed: Vec<_> = errors::all().iter().filter(|row| row.listed).collect();
    assert_eq!(listed.len(), 71);
    for row in listed {
        let action = row.operations[0];
        let mut sandbox = sandbox();
        let state = if action.starts_with("Start") { State::Stopped } else { State::Running };
        let id = pick(&sandbox, row.cloud, state, 1).remove(0);
        let mut setting = json!({ "cloud": row.cloud.name(), "action": action, "fault": "error", "code": row.code });
        if !row.message.is_empty() && row.message != "%s" {
            setting["message"] = json!(row.message);
        }
        if row.message == "%s" {
            setting["message"] = json!("Something about the instance.");
            setting["status"] = json!(row.status);
        }
        fault(&mut sandbox, &setting);
        let reply = sandbox.answer(&Ask::new(row.cloud, action).ids(&[&id]).sign(), NOW_MS);
        let body = json_of(&reply);
        if row.code == errors::LISTED_AS_FAILED {
            assert_eq!(body["response"]["instanceIds"], json!([id]));
            continue;
        }
        assert_eq!(outcome(&reply), (row.status, row.code.to_owned()));
        let message = [&body["Message"], &body["Response"]["Error"]["Message"], &body["message"]];
        let message = message.into_iter().find_map(Value::as_str).expect("a message");
        match row.message {
            "%s" => assert_eq!(message, "Something about the instance."),
            "" => assert!(!message.is_empty()),
            text => assert_eq!(message, text),
        }
        let call = &sandbox.calls()[0];
        assert_eq!((call.executed, call.signature.as_str()), (false, "ok"), "{}", row.code);
        assert!(!sandbox.fleet().find(row.cloud, &id).expect("there").is_moving());
    }
}

/// What must be taken out of an answer is there to be taken out.
#[test]
fn echoes_have_what_was_sent() {
    for cloud in Cloud::ALL {
        for (kind, executed) in [
            ("echoed-headers", true),
            ("echoed-base64", true),
            ("canonical-request", false),
            ("token-named", false),
        ] {
            let mut sandbox = sandbox();
            let (ask, _) = reboot(&sandbox, cloud);
            fault(&mut sandbox, &json!({ "fault": kind }));
            let request = ask.sign();
            let headers = ["x-acs-security-token", "x-tc-token", "authorization"];
            let secret = headers.iter().find_map(|name| request.header(name)).expect("signed");
            let secret = secret.to_owned();
            let reply = sandbox.answer(&request, NOW_MS);
            assert_eq!(sandbox.calls()[0].fault, Some(kind), "{cloud:?}");
            assert_eq!(sandbox.calls()[0].executed, executed, "{cloud:?} {kind}");
            let body = String::from_utf8(reply.answer.body.clone()).expect("text");
            let has_it = body.contains(&secret);
            assert_eq!(has_it, kind != "echoed-base64", "{cloud:?} {kind}: {body}");
        }
    }
}

#[test]
fn a_long_answer_is_a_good_one_with_blanks_behind_it() {
    let mut sandbox = sandbox();
    let (ask, _) = reboot(&sandbox, Cloud::Tencent);
    fault(&mut sandbox, &json!({ "fault": "long-answer" }));
    let reply = sandbox.answer(&ask.sign(), NOW_MS);
    assert_eq!((reply.answer.status, reply.answer.body.len()), (200, 5_000_000));
    assert!(json_of(&reply)["Response"]["RequestId"].is_string());
    assert!(sandbox.calls()[0].executed);
}

#[test]
fn errors_of_single_instances() {
    for cloud in Cloud::ALL {
        let mut sandbox = sandbox();
        let ids = pick(&sandbox, cloud, State::Running, 2);
        let code = match cloud {
            Cloud::Alibaba => "InstanceNotReady",
            Cloud::Tencent => "OperationDenied.InstanceOperationInProgress",
            Cloud::Zenlayer => errors::LISTED_AS_FAILED,
        };
        fault(
            &mut sandbox,
            &json!({ "cloud": cloud.name(), "fault": "error", "code": code, "instanceIds": [ids[1]] }),
        );
        let mut ask = Ask::new(cloud, "RebootInstances").ids(&[&ids[0], &ids[1]]);
        if cloud == Cloud::Alibaba {
            ask = ask.query("BatchOptimization", "SuccessFirst");
        }
        // Another instance does not use the fault up.
        let other = pick(&sandbox, cloud, State::Running, 3).remove(2);
        assert_eq!(send(&mut sandbox, &Ask::new(cloud, "RebootInstances").ids(&[&other])).1, "ok");
        let body = json_of(&sandbox.answer(&ask.sign(), NOW_MS));
        let first = match cloud {
            Cloud::Alibaba => {
                assert_eq!(body["InstanceResponses"]["InstanceResponse"][1]["Code"], code);
                1
            }
            Cloud::Tencent => {
                assert_eq!(body["Response"]["Error"]["Code"], code);
                0
            }
            Cloud::Zenlayer => {
                assert_eq!(body["response"]["instanceIds"], json!([ids[1]]));
                1
            }
        };
        assert_eq!(
            [reboots(&sandbox, cloud, &ids[0]), reboots(&sandbox, cloud, &ids[1])],
            [first, 0]
        );
        assert!(sandbox.faults().is_empty());
    }
}

#[test]
fn corrupted_answers() {
    type Check = fn(&Reply) -> bool;
    let kinds: [(Value, bool, Check); 11] = [
        (json!({ "fault": "lost-answer" }), true, |reply| {
            reply.delivery == Delivery::CutBeforeHead
        }),
        (json!({ "fault": "lost-answer", "executed": false }), false, |reply| {
            reply.delivery == Delivery::CutBeforeHead
        }),
        (json!({ "fault": "cut-before" }), false, |reply| {
            reply.delivery == Delivery::CutBeforeHead
        }),
        (json!({ "fault": "cut-head" }), true, |reply| reply.delivery == Delivery::CutHead),
        (json!({ "fault": "silent" }), true, |reply| reply.delay_ms > 60_000),
        (json!({ "fault": "cut-off-body" }), true, |reply| {
            reply.delivery == Delivery::CutBody { keep_bytes: reply.answer.body.len() / 2 }
        }),
        (json!({ "fault": "slow", "ms": 700 }), true, |reply| reply.delay_ms == 700),
        (json!({ "fault": "garbage" }), true, |reply| {
            reply.answer.status == 200 && String::from_utf8(reply.answer.body.clone()).is_err()
        }),
        (json!({ "fault": "html" }), true, |reply| {
            reply.answer.status == 200 && reply.answer.body.starts_with(b"<!doctype html>")
        }),
        (json!({ "fault": "empty-200" }), true, |reply| {
            reply.answer.status == 200 && reply.answer.body.is_empty()
        }),
        (json!({ "fault": "status", "status": 503 }), false, |reply| reply.answer.status == 503),
    ];
    for cloud in Cloud::ALL {
        for (setting, executed, check) in &kinds {
            let mut sandbox = sandbox();
            let (ask, id) = reboot(&sandbox, cloud);
            fault(&mut sandbox, setting);
            assert!(check(&sandbox.answer(&ask.sign(), NOW_MS)), "{setting}");
            assert_eq!(reboots(&sandbox, cloud, &id), u32::from(*executed), "{setting}");
            assert_eq!(sandbox.calls().len(), 1);
            assert_eq!(sandbox.calls()[0].executed, *executed, "{setting}");
            assert_eq!(sandbox.calls()[0].fault, setting["fault"].as_str());
            assert!(sandbox.faults().is_empty(), "{setting} happens once");
        }
    }
}

#[test]
fn throttled_and_nonce_used() {
    for (cloud, want) in [
        (Cloud::Alibaba, (400, "Throttling.User")),
        (Cloud::Tencent, (200, "RequestLimitExceeded")),
        (Cloud::Zenlayer, (429, "REQUEST_LIMIT_EXCEEDED")),
    ] {
        let mut sandbox = sandbox();
        let (ask, id) = reboot(&sandbox, cloud);
        fault(&mut sandbox, &json!({ "fault": "throttled", "times": 2 }));
        let want = (want.0, want.1.to_owned());
        assert_eq!([send(&mut sandbox, &ask), send(&mut sandbox, &ask)], [want.clone(), want]);
        assert_eq!(send(&mut sandbox, &ask).1, "ok");
        assert_eq!(reboots(&sandbox, cloud, &id), 1);
    }
    for executed in [true, false] {
        let mut sandbox = sandbox();
        let (ask, id) = reboot(&sandbox, Cloud::Alibaba);
        fault(&mut sandbox, &json!({ "fault": "nonce-used", "executed": executed }));
        assert_eq!(send(&mut sandbox, &ask), (400, "SignatureNonceUsed".to_owned()));
        assert_eq!(reboots(&sandbox, Cloud::Alibaba, &id), u32::from(executed));
    }
}

#[test]
fn a_wrong_clock_shows_in_the_date() {
    for (cloud, code) in [
        (Cloud::Alibaba, "InvalidTimeStamp.Expired"),
        (Cloud::Tencent, "AuthFailure.SignatureExpire"),
        (Cloud::Zenlayer, "AUTHFAILURE_SIGNATURE_EXPIRED"),
    ] {
        let mut sandbox = sandbox();
        fault(
            &mut sandbox,
            &json!({ "cloud": cloud.name(), "fault": "clock-skew", "seconds": 1200 }),
        );
        let ask = Ask::new(cloud, "DescribeInstances");
        let reply = sandbox.answer(&ask.sign(), NOW_MS);
        assert_eq!(outcome(&reply).1, code);
        assert_eq!(reply.answer.header("date"), Some("Fri, 20 Nov 2026 12:20:00 GMT"));
        // Signed for the server's time it passes, and the clock stays wrong until it is reset.
        let request = Ask { at_ms: NOW_MS + 1_200_000, ..ask.clone() }.sign();
        assert_eq!(outcome(&sandbox.answer(&request, NOW_MS)).1, "ok");
        assert_eq!(control(&mut sandbox, "DELETE", "/sandbox/faults", "").answer.status, 200);
        assert_eq!(send(&mut sandbox, &ask).1, "ok");
    }
}

#[test]
fn a_fault_can_let_others_pass_first() {
    let mut sandbox = sandbox();
    let setting = json!({ "action": "RebootInstances", "fault": "error", "cloud": "tencent",
        "code": "InternalServerError", "after": 1 });
    fault(&mut sandbox, &setting);
    let ids = pick(&sandbox, Cloud::Tencent, State::Running, 3);
    for (id, code) in ids.iter().zip(["ok", "InternalServerError", "ok"]) {
        let ask = |action: &str| Ask::new(Cloud::Tencent, action).ids(&[id]);
        // A describe in between does not count.
        assert_eq!(send(&mut sandbox, &ask("DescribeInstances")).1, "ok");
        assert_eq!(send(&mut sandbox, &ask("RebootInstances")).1, code);
    }
}

#[test]
fn a_fault_applies_to_matching_requests() {
    let mut sandbox = sandbox();
    fault(
        &mut sandbox,
        &json!({ "cloud": "tencent", "action": "RebootInstances", "fault": "html" }),
    );
    let (alibaba, _) = reboot(&sandbox, Cloud::Alibaba);
    assert_eq!(send(&mut sandbox, &alibaba).1, "ok");
    assert_eq!(send(&mut sandbox, &Ask::new(Cloud::Tencent, "DescribeInstances")).1, "ok");
    let (mut ask, _) = reboot(&sandbox, Cloud::Tencent);
    let reply = sandbox.answer(&ask.sign(), NOW_MS);
    assert_eq!(reply.answer.header("content-type"), Some("text/html; charset=utf-8"));
    // An error instead of the operation waits for a request that could have been executed.
    fault(&mut sandbox, &json!({ "cloud": "tencent", "fault": "throttled" }));
    ask.key.secret.push('x');
    assert_eq!(send(&mut sandbox, &ask).1, "AuthFailure.SignatureFailure");
    assert_eq!(sandbox.faults().len(), 1);
}

#[test]
fn invalid_faults_are_explained() {
    let mut sandbox = sandbox();
    for (setting, part) in [
        ("{", "not JSON"),
        ("7", "an object"),
        ("{}", "fault is error"),
        (r#"{"fault":"explode"}"#, "lost-answer"),
        (r#"{"fault":"html","cloud":"aws"}"#, "aws"),
        (r#"{"fault":"html","time":1}"#, "time"),
        (r#"{"fault":"html","times":0}"#, "times"),
        (r#"{"fault":"html","after":-1}"#, "after"),
        (r#"{"fault":"error"}"#, "code"),
        (r#"{"fault":"error","cloud":"zenlayer","code":"Nope"}"#, "Nope"),
        (r#"{"fault":"status","status":99}"#, "200"),
        (r#"{"fault":"slow"}"#, "ms"),
        (r#"{"fault":"html","instanceIds":["x"]}"#, "only an error"),
    ] {
        let reply = control(&mut sandbox, "POST", "/sandbox/faults", setting);
        let text =
            String::from_utf8_lossy(&reply.answer.body).replace("a JSON object", "an object");
        assert!(reply.answer.status == 400 && text.contains(part), "{setting}: {text}");
    }
    assert!(sandbox.faults().is_empty());
}

#[test]
fn reset_restores_everything() {
    let mut sandbox = sandbox();
    let (ask, id) = reboot(&sandbox, Cloud::Tencent);
    assert_eq!(send(&mut sandbox, &ask).1, "ok");
    fault(&mut sandbox, &json!({ "fault": "html" }));
    assert_eq!(control(&mut sandbox, "POST", "/sandbox/reset", "").answer.status, 200);
    assert_eq!(reboots(&sandbox, Cloud::Tencent, &id), 0);
    assert!(sandbox.calls().is_empty() && sandbox.faults().is_empty());
    let list = json_of(&control(&mut sandbox, "GET", "/sandbox/instances?cloud=tencent", ""));
    assert_eq!(list.as_array().map(Vec::len), Some(300));
    assert_eq!(list[0]["state"], "RUNNING");
}

/// What a newcomer tries first is in one table: a key of each cloud.
#[test]
fn the_readme_names_every_demo_key() {
    let readme = include_str!("../README.md");
    for key in relight_sandbox::credential::Credential::demo() {
        let quoted = [&key.id, &key.secret].map(|text| format!("`{text}`"));
        let named = |line: &str| quoted.iter().all(|text| line.contains(text.as_str()));
        assert!(readme.lines().any(named), "{}", key.id);
    }
}

#[test]
fn the_readme_names_real_keys_and_instances() {
    let readme = include_str!("../README.md");
    let fleet = relight_sandbox::fleet::Fleet::standard();
    let quoted: Vec<&str> = readme.split('`').skip(1).step_by(2).collect();
    let mut count = 0;
    for line in readme.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some((cloud, region)) = cells[1].split_once(", ") else { continue };
        let Some(cloud) = Cloud::parse(cloud) else { continue };
        for (cell, state) in [(cells[2], State::Running), (cells[3], State::Stopped)] {
            for id in cell.split('`').skip(1).step_by(2) {
                let one = fleet.find(cloud, id).unwrap_or_else(|| panic!("{id} is in no fleet"));
                assert_eq!((one.region.as_str(), one.state), (region, state), "{id}");
                count += 1;
            }
        }
    }
    assert_eq!(count, 40);
    let ids = |text: &&&str| {
        text.starts_with("i-")
            || text.starts_with("ins-")
            || text.bytes().all(|b| b.is_ascii_digit())
    };
    for id in quoted.iter().filter(ids).filter(|id| id.len() > 8) {
        assert!(Cloud::ALL.into_iter().any(|cloud| fleet.find(cloud, id).is_some()), "{id}");
    }
    for key in relight_sandbox::credential::Credential::demo() {
        assert!(quoted.contains(&key.id.as_str()) && quoted.contains(&key.secret.as_str()));
        assert!(key.token.is_none_or(|token| quoted.contains(&token.as_str())));
    }
}

/// Restarts from outside what is running, and nothing else; none of it is counted as a call.
#[test]
fn instances_are_restarted_from_outside() {
    for cloud in Cloud::ALL {
        let mut sandbox = sandbox();
        let running = pick(&sandbox, cloud, State::Running, 1).remove(0);
        let stopped = pick(&sandbox, cloud, State::Stopped, 1).remove(0);
        let setting = json!({ "cloud": cloud.name(), "instanceIds": [running, stopped, "nobody"] });
        let reply = control(&mut sandbox, "POST", "/sandbox/restarts", &setting.to_string());
        assert_eq!(json_of(&reply)["restarted"], json!([running]));
        let one = sandbox.fleet().find(cloud, &running).expect("there");
        assert!(one.is_moving() && one.reboots == 1 && one.latest.is_some());
        assert_eq!(sandbox.calls().len(), 0);
        // An instance in transition accepts no other.
        let reply = control(&mut sandbox, "POST", "/sandbox/restarts", &setting.to_string());
        assert_eq!(json_of(&reply)["restarted"], json!([]));
        let (ask, id) = (Ask::new(cloud, "RebootInstances").ids(&[&running]), &running);
        sandbox.answer(&ask.sign(), NOW_MS);
        assert_eq!(reboots(&sandbox, cloud, id), 1);
        sandbox.advance(NOW_MS + 600_000);
        assert_eq!(sandbox.fleet().find(cloud, id).expect("there").state, State::Running);
    }
    for body in ["", "{}", r#"{"cloud":"alibaba"}"#, r#"{"cloud":"x","instanceIds":["a"]}"#] {
        assert_eq!(control(&mut sandbox(), "POST", "/sandbox/restarts", body).answer.status, 400);
    }
}
