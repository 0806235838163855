//! Zenlayer ZEC, versions 2024-04-01 and 2025-09-01: one host, real statuses, and a list of the
//! instances that failed.

use serde_json::{Map, Value, json};

use super::{Ended, Facts, Failure, Power, Served, Task, World, admit_and_operate, begin};
use crate::{
    cloud::Cloud,
    errors::LISTED_AS_FAILED,
    fleet::{Instance, State},
    message::Answer,
    signature::{Inbound, Refusal, zc2},
    time,
};

const CLOUD: Cloud = Cloud::Zenlayer;
const PATH: &str = "/api/v2/zec";
const OLDER: &str = "2024-04-01";
const NEWER: &str = "2025-09-01";

/// What a request claims.
pub(crate) fn facts(request: &Inbound) -> Facts {
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let key_id = request
        .header("authorization")
        .and_then(|value| value.split_once("Credential="))
        .and_then(|(_, rest)| rest.split(',').next())
        .unwrap_or_default()
        .trim()
        .to_owned();
    let ids = parameters(request)
        .and_then(|all| all.get("instanceIds").and_then(Value::as_array).cloned())
        .unwrap_or_default();
    Facts {
        action: header("x-zc-action"),
        version: header("x-zc-version"),
        region: String::new(),
        ids: ids.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        key_id,
    }
}

/// Whether the headers alone say that this is for Zenlayer.
pub(crate) fn recognises(request: &Inbound) -> bool {
    request.header("x-zc-action").is_some()
        || request.header("authorization").is_some_and(|value| value.starts_with("ZC2-"))
}

/// Those on the list of failures.
fn refused_in(response: &Value) -> Vec<(String, String)> {
    let listed = response["instanceIds"].as_array().into_iter().flatten();
    listed.filter_map(|id| Some((id.as_str()?.to_owned(), LISTED_AS_FAILED.to_owned()))).collect()
}

/// Checks a request and carries it out.
pub(crate) fn serve(world: &mut World<'_>, task: &Task<'_>) -> Served {
    let ended = run(world, task);
    let record = ended.record(task.facts.ids.len(), refused_in);
    let (status, body, code) = match ended {
        Ended::Done(mut response) => {
            response["requestId"] = json!(task.request_id);
            (200, json!({ "requestId": task.request_id, "response": response }), None)
        }
        Ended::Refused(failure, _) if failure.code == LISTED_AS_FAILED => {
            // Not an error in shape: a success whose list holds every id.
            let ids = &task.facts.ids;
            let body = json!({
                "requestId": task.request_id,
                "response": { "requestId": task.request_id, "instanceIds": ids },
            });
            (200, body, Some(failure.code))
        }
        Ended::AtGate(failure) | Ended::Refused(failure, _) => error(&failure, task),
    };
    let answer = Answer::new(status, "application/json", body.to_string());
    Served { answer, code, record }
}

/// What a restart says of an instance that does not run.
const WRONG_STATE: &str = "OPERATION_DENIED_INSTANCE_STATUS";

/// The answer to too many requests.
pub(crate) fn throttled() -> Failure {
    Failure::new(
        429,
        "REQUEST_LIMIT_EXCEEDED",
        "The number of requests exceeds the frequency limit.",
    )
}

fn run(world: &mut World<'_>, task: &Task<'_>) -> Ended {
    // The vendor publishes no list of these codes: the family is seen in its command line's
    // documentation, the statuses are assumed.
    let refuse =
        |status, code: &str, message: &str| Ended::AtGate(Failure::new(status, code, message));
    if task.request.method != "POST" {
        return refuse(405, "UNSUPPORTED_HTTP_METHOD", "Only POST is supported.");
    }
    if task.request.path != PATH {
        return refuse(404, "NO_SUCH_PRODUCT", "The product does not exist.");
    }
    if let Err(refusal) = zc2::verify(task.request, world.credentials, task.server_s) {
        return match refusal {
            Refusal::Incomplete(part) => refuse(
                401,
                "AUTHFAILURE_INVALID_AUTHORIZATION",
                &format!("Authorization in the request header is invalid: {part}."),
            ),
            Refusal::UnknownMethod => refuse(
                401,
                "AUTHFAILURE_INVALID_AUTHORIZATION",
                "The signature method is not supported.",
            ),
            Refusal::UnknownKey => {
                refuse(401, "AUTHFAILURE_SECRET_ID_NOT_FOUND", "The access key does not exist.")
            }
            Refusal::BadTime | Refusal::Expired => {
                refuse(401, "AUTHFAILURE_SIGNATURE_EXPIRED", "The signature has expired.")
            }
            Refusal::Mismatch { .. }
            | Refusal::MissingToken
            | Refusal::WrongToken
            | Refusal::ExpiredToken => {
                refuse(401, "AUTHFAILURE_SIGNATURE_FAILURE", "The signature does not match.")
            }
        };
    }
    admit_and_operate(world, task, CLOUD, |_, _| throttled(), |world| operate(world, task))
}

fn operate(world: &mut World<'_>, task: &Task<'_>) -> Result<Value, Failure> {
    let facts = task.facts;
    if facts.version != OLDER && facts.version != NEWER {
        return Err(Failure::new(400, "NO_SUCH_VERSION", "The API version does not exist."));
    }
    let parameters = parameters(task.request).ok_or_else(|| {
        Failure::new(400, "INVALID_REQUEST", "The request body is not a JSON object.")
    })?;
    let call = Call { world, task, parameters };
    match facts.action.as_str() {
        "RebootInstances" | "StartInstances" | "StopInstances" => call.power(),
        "DescribeInstancesStatus" => call.describe_status(),
        "DescribeInstances" => call.describe_instances(),
        "DescribeZones" => call.describe_zones(),
        "DescribeRegions" if facts.version == NEWER => call.describe_regions(),
        _ => Err(Failure::new(404, "INVALID_ACTION", "The action does not exist.")),
    }
}

/// One call that passed the gate.
struct Call<'a, 'w> {
    world: &'a mut World<'w>,
    task: &'a Task<'a>,
    parameters: Map<String, Value>,
}

impl Call<'_, '_> {
    fn fail(&self, code: &str) -> Failure {
        Failure::of(CLOUD, &self.task.facts.action, code)
    }

    fn power(self) -> Result<Value, Failure> {
        let power = Power::of_action(&self.task.facts.action).unwrap_or(Power::Reboot);
        let known: &[&str] = match power {
            Power::Reboot if self.task.facts.version == NEWER => &["instanceIds", "forceReboot"],
            Power::Reboot | Power::Start => &["instanceIds"],
            Power::Stop => &["instanceIds", "forceShutdown"],
        };
        self.check_known(known)?;
        let ids = self
            .ids()?
            .filter(|ids| !ids.is_empty())
            .ok_or_else(|| Failure::new(400, "MISSING_PARAMETER", "instanceIds is required."))?;
        let hard = match power {
            Power::Reboot => self.flag("forceReboot")?.unwrap_or(false),
            Power::Start => false,
            // The vendor documents that a stop is forced by default.
            Power::Stop => self.flag("forceShutdown")?.unwrap_or(true),
        };
        let mut failed: Vec<String> = Vec::new();
        let mut unfit = None;
        for id in &ids {
            match self.check(id, power, hard) {
                Ok(()) => {}
                Err(failure) if failure.code == LISTED_AS_FAILED => failed.push(id.clone()),
                Err(failure) if self.is_of_the_state(id, power, &failure) => {
                    failed.push(id.clone());
                    unfit = Some(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        // The page on restarting answers with those that failed; the error is left for all of them.
        if let Some(failure) = unfit.filter(|_| failed.len() == ids.len()) {
            return Err(failure);
        }
        let mut distinct = ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        for id in distinct.iter().filter(|id| !failed.contains(id)) {
            if let Some(instance) = self.world.fleet.find_mut(CLOUD, id) {
                begin(instance, power, hard, &self.task.cause(), self.world.speed);
            }
        }
        Ok(json!({ "instanceIds": failed }))
    }

    /// Whether the instance's state does not allow a restart, without a planned error.
    fn is_of_the_state(&self, id: &str, power: Power, failure: &Failure) -> bool {
        let instance = self.world.fleet.find(CLOUD, id);
        let is_planned = instance.is_some_and(|one| self.task.planned_failure(one).is_some());
        matches!(power, Power::Reboot) && failure.code == WRONG_STATE && !is_planned
    }

    fn check(&self, id: &str, power: Power, hard: bool) -> Result<(), Failure> {
        let Some(instance) = self.world.fleet.find(CLOUD, id) else {
            return Err(self.fail("INVALID_INSTANCE_NOT_FOUND"));
        };
        if let Some(failure) = self.task.planned_failure(instance) {
            return Err(failure);
        }
        let fits = match (power, instance.state) {
            // A forced reboot also takes instances that are on their way up (vendor documentation).
            (Power::Reboot, State::Starting | State::Rebooting) => hard,
            (_, State::Recycled) => return Err(self.fail("OPERATION_DENIED_INSTANCE_RECYCLED")),
            (_, state) => state == power.needs(),
        };
        if fits {
            return Ok(());
        }
        let message = format!("The instance is {}.", instance.state.word(CLOUD));
        Err(match power {
            Power::Reboot => self.fail(WRONG_STATE),
            Power::Start => {
                self.fail("OPERATION_DENIED_INSTANCE_NOT_STOPPED").with_message(message)
            }
            Power::Stop => self.fail("OPERATION_DENIED_INSTANCE_NOT_RUNNING").with_message(message),
        })
    }

    fn describe_status(self) -> Result<Value, Failure> {
        self.check_known(&["instanceIds", "pageSize", "pageNum", "resourceGroupId"])?;
        let found = self.found()?;
        let (page, size) = self.window()?;
        let set: Vec<Value> = found
            .iter()
            .skip(page.saturating_sub(1).saturating_mul(size))
            .take(size)
            .map(|one| json!({ "instanceId": one.id, "instanceStatus": one.state.word(CLOUD) }))
            .collect();
        Ok(json!({ "totalCount": found.len(), "dataSet": set }))
    }

    fn describe_instances(self) -> Result<Value, Failure> {
        self.check_known(&[
            "instanceIds",
            "pageSize",
            "pageNum",
            "resourceGroupId",
            "zoneId",
            "imageId",
            "ipv4Address",
            "ipv6Address",
            "status",
            "name",
            "tagKeys",
            "tags",
        ])?;
        let text = |name: &str| self.parameters.get(name).and_then(Value::as_str);
        let keys = match self.parameters.get("tagKeys") {
            None | Some(Value::Null) => Vec::new(),
            Some(value) => texts("tagKeys", value)?,
        };
        let tags =
            self.parameters.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut found = self.found()?;
        found.retain(|one| {
            let member =
                |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).map(str::to_owned);
            keys.iter().all(|key| one.is_tagged(key, None))
                && tags.iter().all(|tag| {
                    let key = member(tag, "key").unwrap_or_default();
                    one.is_tagged(&key, member(tag, "value").as_deref())
                })
                && text("zoneId").is_none_or(|zone| one.zone == zone)
                && text("status").is_none_or(|status| one.state.word(CLOUD) == status)
                && text("name").is_none_or(|name| one.name.contains(name))
                && text("ipv4Address").is_none_or(|address| one.private_ip == address)
        });
        let (page, size) = self.window()?;
        let set: Vec<Value> = found
            .iter()
            .skip(page.saturating_sub(1).saturating_mul(size))
            .take(size)
            .map(|one| describe(one))
            .collect();
        Ok(json!({ "totalCount": found.len(), "dataSet": set }))
    }

    fn describe_zones(self) -> Result<Value, Failure> {
        self.check_known(&["zoneIds"])?;
        let wanted = match self.parameters.get("zoneIds") {
            None | Some(Value::Null) => Vec::new(),
            Some(value) => texts("zoneIds", value)?,
        };
        let zones = self.world.fleet.zones(CLOUD);
        if wanted.iter().any(|zone| !zones.iter().any(|(have, _)| have == zone)) {
            return Err(self
                .fail("INVALID_ZONE_NOT_FOUND")
                .with_message("The zone does not exist."));
        }
        let set: Vec<Value> = zones
            .iter()
            .filter(|(zone, _)| wanted.is_empty() || wanted.contains(zone))
            .map(|(zone, region)| json!({ "zoneId": zone, "regionId": region, "zoneName": zone }))
            .collect();
        Ok(json!({ "zoneSet": set }))
    }

    fn describe_regions(self) -> Result<Value, Failure> {
        self.check_known(&["regionIds"])?;
        let set: Vec<Value> = self
            .world
            .fleet
            .regions(CLOUD)
            .iter()
            .map(|region| json!({ "regionId": region, "regionName": region }))
            .collect();
        Ok(json!({ "regionSet": set }))
    }

    fn found(&self) -> Result<Vec<&Instance>, Failure> {
        let ids = self.ids()?.unwrap_or_default();
        let all = self.world.fleet.all().iter().filter(|one| one.cloud == CLOUD);
        Ok(all.filter(|one| ids.is_empty() || ids.contains(&one.id)).collect())
    }

    fn check_known(&self, known: &[&str]) -> Result<(), Failure> {
        match self.parameters.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(Failure::new(
                400,
                "INVALID_PARAMETER",
                format!("{name} is not known to version {}.", self.task.facts.version),
            )),
        }
    }

    /// instanceIds, at most 100 texts. A number is refused: it may already have been rounded.
    fn ids(&self) -> Result<Option<Vec<String>>, Failure> {
        match self.parameters.get("instanceIds") {
            None | Some(Value::Null) => Ok(None),
            Some(value) => texts("instanceIds", value).map(Some),
        }
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.parameters.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong(name, "is not a boolean")),
        }
    }

    /// pageNum and pageSize: 1 and 20 unless given, the size at most 1000.
    fn window(&self) -> Result<(usize, usize), Failure> {
        let number = |name: &str, standard: u64, most: u64| match self.parameters.get(name) {
            None | Some(Value::Null) => Ok(standard),
            Some(value) => value
                .as_u64()
                .filter(|number| (1..=most).contains(number))
                .ok_or_else(|| wrong(name, "is out of range")),
        };
        let (page, size) = (number("pageNum", 1, u64::MAX)?, number("pageSize", 20, 1_000)?);
        Ok((usize::try_from(page).unwrap_or(usize::MAX), usize::try_from(size).unwrap_or(1_000)))
    }
}

fn texts(name: &str, value: &Value) -> Result<Vec<String>, Failure> {
    let list = value.as_array().ok_or_else(|| wrong(name, "is not a list"))?;
    if list.len() > 100 {
        return Err(wrong(name, "holds more than 100 values"));
    }
    let texts: Option<Vec<String>> = list.iter().map(|id| id.as_str().map(str::to_owned)).collect();
    texts.ok_or_else(|| wrong(name, "holds something that is not a text"))
}

fn wrong(name: &str, why: &str) -> Failure {
    Failure::new(400, "INVALID_PARAMETER_VALUE", format!("{name} {why}."))
}

fn describe(one: &Instance) -> Value {
    json!({
        "instanceId": one.id,
        "instanceName": one.name,
        "zoneId": one.zone,
        "status": one.state.word(CLOUD),
        "instanceType": "z2a.cpu.2",
        "cpu": 2,
        "memory": 4,
        "privateIpAddresses": [one.private_ip],
        "tags": {
            "tags": one.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Vec<_>>(),
        },
        "createTime": time::iso(one.started_ms.div_euclid(1_000)),
    })
}

fn error(failure: &Failure, task: &Task<'_>) -> (u16, Value, Option<String>) {
    let body = json!({
        "requestId": task.request_id,
        "code": failure.code,
        "message": failure.message,
    });
    (failure.status, body, Some(failure.code.clone()))
}

fn parameters(request: &Inbound) -> Option<Map<String, Value>> {
    let value: Value = serde_json::from_slice(&request.body).ok()?;
    match value {
        Value::Object(fields) => Some(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}
