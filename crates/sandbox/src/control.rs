//! `/sandbox/…`: the calls, the fleet, and the faults.

use serde_json::{Value, json};

use crate::{
    cloud::Cloud,
    credential::LIFETIME_S,
    faults::Fault,
    fleet::Instance,
    message::{Answer, Request},
    sandbox::Sandbox,
    text::parse_pairs,
};

/// Answers a control request. Foreign origins and names that are not loopback are refused, so that
/// no page on the web can reach it through a browser.
pub(crate) fn answer(sandbox: &mut Sandbox, request: &Request, now_ms: i64) -> Answer {
    let host = request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !["127.0.0.1", "localhost", "[::1]"].contains(&name) {
        return refuse(403, "the control endpoints answer on loopback names only");
    }
    let own = |origin: &str| origin.strip_prefix("http://") == Some(host);
    if request.header("origin").is_some_and(|origin| !own(origin)) {
        return refuse(403, "the control endpoints answer no other origin");
    }
    match (request.method.as_str(), request.path()) {
        ("GET", "/sandbox" | "/sandbox/") => say(&json!({
            "GET /sandbox/calls": "every arrival at a cloud, in order",
            "GET /sandbox/undelivered": "what the proxy refused or could not deliver",
            "GET /sandbox/instances[?cloud=NAME]": "the fleet now",
            "GET /sandbox/faults": "the pending faults",
            "POST /sandbox/faults": "adds one fault, or an array of them",
            "DELETE /sandbox/faults": "removes all faults",
            "POST /sandbox/restarts": "somebody else restarts instances: {cloud, instanceIds}",
            "POST /sandbox/credentials": "issues a temporary key: {cloud, seconds}",
            "GET /sandbox/credentials?cloud=NAME": "the same, for a quarter of an hour",
            "POST /sandbox/reset": "fleet, calls, faults and keys as at the start",
        })),
        ("GET", "/sandbox/calls") => {
            let list = sandbox.calls().iter().enumerate();
            say(&list.map(|(place, call)| call.to_json(place + 1)).collect())
        }
        ("GET", "/sandbox/undelivered") => {
            say(&sandbox.undelivered().iter().map(crate::journal::Undelivered::to_json).collect())
        }
        ("GET", "/sandbox/instances") => instances(sandbox, request),
        ("GET", "/sandbox/faults") => say(&waiting(sandbox)),
        ("POST", "/sandbox/faults") => add_faults(sandbox, &request.body),
        ("DELETE", "/sandbox/faults") => {
            sandbox.clear_faults();
            say(&waiting(sandbox))
        }
        ("POST", "/sandbox/restarts") => restart(sandbox, &request.body, now_ms),
        ("POST", "/sandbox/credentials") => match serde_json::from_slice::<Value>(&request.body) {
            Ok(body_json) => {
                issue(sandbox, body_json["cloud"].as_str(), body_json["seconds"].as_i64(), now_ms)
            }
            Err(error) => refuse(400, &format!("the body is not JSON: {error}")),
        },
        ("GET", "/sandbox/credentials") => {
            let cloud = parameter(request, b"cloud");
            issue(sandbox, cloud.as_deref(), Some(QUARTER_OF_AN_HOUR_S), now_ms)
        }
        ("POST", "/sandbox/reset") => {
            sandbox.reset();
            say(&json!({ "reset": true }))
        }
        _ => refuse(404, "there is no such control endpoint; GET /sandbox lists them"),
    }
}

fn instances(sandbox: &Sandbox, request: &Request) -> Answer {
    let wanted = parameter(request, b"cloud");
    let cloud = match &wanted {
        None => None,
        Some(name) => match Cloud::parse(name) {
            Some(cloud) => Some(cloud),
            None => return refuse(400, "cloud is alibaba, tencent or zenlayer"),
        },
    };
    let all = sandbox.fleet().all().iter();
    say(&all
        .filter(|one| cloud.is_none_or(|cloud| one.cloud == cloud))
        .map(Instance::to_json)
        .collect())
}

fn add_faults(sandbox: &mut Sandbox, body: &[u8]) -> Answer {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return refuse(400, &format!("the body is not JSON: {error}")),
    };
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    match list.iter().map(Fault::from_json).collect::<Result<Vec<_>, _>>() {
        Ok(faults) => {
            for fault in faults {
                sandbox.add_fault(fault);
            }
            say(&waiting(sandbox))
        }
        Err(error) => refuse(400, &error),
    }
}

/// Restarts instances from outside, as in the vendor's console.
fn restart(sandbox: &mut Sandbox, body: &[u8], now_ms: i64) -> Answer {
    let body_json: Value = match serde_json::from_slice(body) {
        Ok(body_json) => body_json,
        Err(error) => return refuse(400, &format!("the body is not JSON: {error}")),
    };
    let Some(cloud) = body_json["cloud"].as_str().and_then(Cloud::parse) else {
        return refuse(400, "cloud is alibaba, tencent or zenlayer");
    };
    let ids = body_json["instanceIds"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<&str> = ids.iter().filter_map(Value::as_str).collect();
    if ids.is_empty() {
        return refuse(400, "instanceIds is a list of ids");
    }
    let restarted: Vec<&str> =
        ids.into_iter().filter(|id| sandbox.restart_from_outside(cloud, id, now_ms)).collect();
    say(&json!({ "restarted": restarted }))
}

const QUARTER_OF_AN_HOUR_S: i64 = 900;

fn parameter(request: &Request, name: &[u8]) -> Option<String> {
    let mut pairs = parse_pairs(request.query()).into_iter();
    let (_, value) = pairs.find(|(other, _)| other == name)?;
    Some(String::from_utf8_lossy(&value).into_owned())
}

/// As a cloud's token service does for a portal's server: its pages cannot ask, since the control
/// endpoints answer no other origin.
fn issue(sandbox: &mut Sandbox, cloud: Option<&str>, seconds: Option<i64>, now_ms: i64) -> Answer {
    let Some(cloud) = cloud.and_then(Cloud::parse) else {
        return refuse(400, "cloud is alibaba or tencent");
    };
    let Some(seconds) = seconds.filter(|one| LIFETIME_S.contains(one)) else {
        return refuse(400, "seconds is a whole number from 1 to 43200");
    };
    match sandbox.issue(cloud, seconds, now_ms) {
        Some(key) => say(&json!({
            "keyId": key.id,
            "secret": key.secret,
            "token": key.token,
            "expiresAt": key.expires_at_s,
        })),
        None => refuse(400, "this cloud has no temporary keys: cloud is alibaba or tencent"),
    }
}

fn waiting(sandbox: &Sandbox) -> Value {
    sandbox.faults().iter().map(Fault::to_json).collect()
}

fn say(value: &Value) -> Answer {
    Answer::new(200, "application/json", value.to_string()).with("cache-control", "no-store")
}

fn refuse(status: u16, why: &str) -> Answer {
    Answer::new(status, "application/json", json!({ "error": why }).to_string())
}
