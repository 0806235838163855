//! Tencent Cloud CVM, version 2017-03-12: a JSON body, and status 200 whatever happened.

use serde_json::{Map, Value, json};

use super::{Ended, Facts, Failure, Power, Served, Task, World, admit_and_operate, begin};
use crate::{
    cloud::Cloud,
    fleet::{Instance, State},
    message::Answer,
    signature::{Inbound, Refusal, tc3},
    text::parse_pairs,
    time,
};

const CLOUD: Cloud = Cloud::Tencent;
const VERSION: &str = "2017-03-12";

/// What a request claims.
pub(crate) fn facts(request: &Inbound) -> Facts {
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let key_id = request
        .header("authorization")
        .and_then(|value| value.split_once("Credential="))
        .and_then(|(_, rest)| rest.split(['/', ',']).next())
        .unwrap_or_default()
        .to_owned();
    let ids = parameters(request)
        .and_then(|all| all.get("InstanceIds").and_then(Value::as_array).cloned())
        .unwrap_or_default();
    Facts {
        action: header("x-tc-action"),
        version: header("x-tc-version"),
        region: header("x-tc-region"),
        ids: ids.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        key_id,
    }
}

/// Whether the headers alone say that this is for Tencent.
pub(crate) fn recognises(request: &Inbound) -> bool {
    request.header("x-tc-action").is_some()
        || request.header("authorization").is_some_and(|value| value.starts_with("TC3-"))
}

/// Checks a request and carries it out.
pub(crate) fn serve(world: &mut World<'_>, task: &Task<'_>) -> Served {
    let ended = run(world, task);
    // One that cannot be done refuses the whole request.
    let record = ended.record(task.facts.ids.len(), |_| Vec::new());
    let (mut body, code) = match ended {
        Ended::Done(body) => (body, None),
        Ended::AtGate(failure) | Ended::Refused(failure, _) => error(&failure),
    };
    body["RequestId"] = json!(task.request_id);
    // Exactly this content type: with a charset the vendor's Python SDK takes errors for success.
    let answer = Answer::new(200, "application/json", json!({ "Response": body }).to_string());
    Served { answer, code, record }
}

/// The answer to the `count`th request in a second, with both numbers in it.
pub(crate) fn throttled(count: usize, limit_per_s: usize) -> Failure {
    Failure::new(
        200,
        "RequestLimitExceeded",
        format!(
            "Your current request times equals to `{count}` in a second, which exceeds the frequency limit `{limit_per_s}` for a second. Please reduce the frequency of calls."
        ),
    )
}

fn run(world: &mut World<'_>, task: &Task<'_>) -> Ended {
    let facts = task.facts;
    let fail = |code: &str| Failure::of(CLOUD, &facts.action, code);
    if task.request.method != "POST" && task.request.method != "GET" {
        return Ended::AtGate(fail("UnsupportedProtocol"));
    }
    if let Err(refusal) = tc3::verify(task.request, world.credentials, task.server_s) {
        return Ended::AtGate(match refusal {
            Refusal::Incomplete(part) => fail("AuthFailure.InvalidAuthorization")
                .with_message(format!("Authorization in the request header is invalid: {part}.")),
            Refusal::UnknownMethod => fail("AuthFailure.InvalidAuthorization"),
            Refusal::UnknownKey => fail("AuthFailure.SecretIdNotFound"),
            Refusal::BadTime | Refusal::Expired => fail("AuthFailure.SignatureExpire"),
            Refusal::Mismatch { .. } => fail("AuthFailure.SignatureFailure"),
            Refusal::MissingToken | Refusal::WrongToken | Refusal::ExpiredToken => {
                fail("AuthFailure.TokenFailure")
            }
        });
    }
    admit_and_operate(world, task, CLOUD, throttled, |world| operate(world, task))
}

fn operate(world: &mut World<'_>, task: &Task<'_>) -> Result<Value, Failure> {
    let facts = task.facts;
    let fail = |code: &str| Failure::of(CLOUD, &facts.action, code);
    if facts.version != VERSION {
        return Err(fail("NoSuchVersion"));
    }
    let parameters = parameters(task.request).ok_or_else(|| {
        fail("InvalidRequest").with_message("The request body is not a JSON object.")
    })?;
    let call = Call { world, task, parameters };
    match facts.action.as_str() {
        "RebootInstances" | "StartInstances" | "StopInstances" => call.power(),
        "DescribeInstancesStatus" => call.describe_status(),
        "DescribeInstances" => call.describe_instances(),
        "DescribeRegions" => call.describe_regions(),
        "DescribeZones" => call.describe_zones(),
        _ => Err(fail("InvalidAction")),
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
        let region = self.region()?;
        let (known, forcing): (&[&str], &str) = match power {
            Power::Reboot => (&["InstanceIds", "ForceReboot", "StopType"], "ForceReboot"),
            Power::Start => (&["InstanceIds"], ""),
            Power::Stop => (&["InstanceIds", "ForceStop", "StopType", "StoppedMode"], "ForceStop"),
        };
        self.check_known(known)?;
        let ids = self.ids()?.filter(|ids| !ids.is_empty()).ok_or_else(|| {
            self.fail("MissingParameter")
                .with_message("Missing parameter. `InstanceIds` is required.")
        })?;
        let stop_type = self.choice("StopType", &["SOFT", "HARD", "SOFT_FIRST"])?;
        self.choice("StoppedMode", &["KEEP_CHARGING", "STOP_CHARGING"])?;
        let forced = self.flag(forcing)?;
        if stop_type.is_some() && forced.is_some() {
            return Err(self.fail("InvalidParameterCombination"));
        }
        for id in &ids {
            self.check(id, power, &region)?;
        }
        // One bad instance fails the whole request before anything is done; now nothing is bad.
        let hard = forced == Some(true) || stop_type == Some("HARD");
        for id in &ids {
            if let Some(instance) = self.world.fleet.find_mut(CLOUD, id)
                && instance.state == power.needs()
            {
                begin(instance, power, hard, &self.task.cause(), self.world.speed);
            }
        }
        Ok(json!({}))
    }

    fn check(&self, id: &str, power: Power, region: &str) -> Result<(), Failure> {
        let Some(instance) =
            self.world.fleet.find(CLOUD, id).filter(|instance| instance.region == region)
        else {
            return Err(match id.strip_prefix("ins-") {
                Some(tail) if is_lower_alphanumeric(tail) && tail.len() != 8 => {
                    self.fail("InvalidInstanceId.Malformed")
                }
                Some(tail) if is_lower_alphanumeric(tail) => {
                    self.fail("InvalidInstanceId.NotFound")
                }
                Some(_) | None => self.fail("InvalidParameterValue.InstanceIdMalformed"),
            });
        };
        if let Some(failure) = self.task.planned_failure(instance) {
            return Err(failure);
        }
        if instance.state == power.needs() {
            return Ok(());
        }
        let code = match instance.state {
            State::Pending | State::LaunchFailed => "InstanceStatePending",
            State::Starting => "InstanceStateStarting",
            State::Running => "InstanceStateRunning",
            State::Rebooting => "InstanceStateRebooting",
            State::Stopping => "InstanceStateStopping",
            State::Stopped => "InstanceStateStopped",
            State::Recycled => "InstanceStateShutdown",
            State::Terminating => "InstanceStateTerminating",
            State::EnteringRescue => "InstanceStateEnterRescueMode",
            State::Rescue => "InstanceStateRescueMode",
            State::LeavingRescue => "InstanceStateExitRescueMode",
            State::EnteringMigration => "InstanceStateEnterServiceLiveMigrate",
            State::Migrating => "InstanceStateServiceLiveMigrate",
            State::LeavingMigration => "InstanceStateExitServiceLiveMigrate",
            State::Freezing => "InstanceStateFreezing",
            State::Rebuilding | State::Imaging | State::Resizing => {
                return Err(self.fail("OperationDenied.InstanceOperationInProgress"));
            }
        };
        let mut failure = self.fail(&format!("UnsupportedOperation.{code}"));
        failure.message = failure.message.replace("ins-xxxxxx", id);
        Err(failure)
    }

    fn describe_status(self) -> Result<Value, Failure> {
        let region = self.region()?;
        self.check_known(&["InstanceIds", "Offset", "Limit"])?;
        let ids = self.ids()?;
        let (offset, limit) = self.window()?;
        let found = self.found(&region, ids.as_deref());
        let set: Vec<Value> = found
            .iter()
            .skip(offset)
            .take(limit)
            .map(|one| json!({ "InstanceId": one.id, "InstanceState": one.state.word(CLOUD) }))
            .collect();
        Ok(json!({ "TotalCount": found.len(), "InstanceStatusSet": set }))
    }

    fn describe_instances(self) -> Result<Value, Failure> {
        let region = self.region()?;
        self.check_known(&["InstanceIds", "Filters", "Offset", "Limit"])?;
        let ids = self.ids()?;
        let filters = self.filters()?;
        if ids.is_some() && !filters.is_empty() {
            return Err(self
                .fail("InvalidParameterCombination")
                .with_message("InstanceIds and Filters cannot be specified at the same time."));
        }
        let (offset, limit) = self.window()?;
        let mut found = self.found(&region, ids.as_deref());
        found.retain(|one| filters.iter().all(|(field, values)| field.is_met(one, values)));
        let set: Vec<Value> =
            found.iter().skip(offset).take(limit).map(|one| describe(one)).collect();
        Ok(json!({ "TotalCount": found.len(), "InstanceSet": set }))
    }

    fn describe_regions(self) -> Result<Value, Failure> {
        self.check_known(&[])?;
        let set: Vec<Value> = self
            .world
            .fleet
            .regions(CLOUD)
            .iter()
            .map(|region| json!({ "Region": region, "RegionName": region, "RegionState": "AVAILABLE" }))
            .collect();
        Ok(json!({ "TotalCount": set.len(), "RegionSet": set }))
    }

    fn describe_zones(self) -> Result<Value, Failure> {
        let region = self.region()?;
        self.check_known(&[])?;
        let set: Vec<Value> = self
            .world
            .fleet
            .zones(CLOUD)
            .iter()
            .filter(|(_, of)| *of == region)
            .enumerate()
            .map(|(place, (zone, _))| {
                json!({
                    "Zone": zone,
                    "ZoneName": zone,
                    "ZoneId": (100_001 + place).to_string(),
                    "ZoneState": "AVAILABLE",
                })
            })
            .collect();
        Ok(json!({ "TotalCount": set.len(), "ZoneSet": set }))
    }

    /// X-TC-Region, which must exist and belong to the host if the host has a region.
    fn region(&self) -> Result<String, Failure> {
        let region = self.task.facts.region.clone();
        if region.is_empty() {
            return Err(self
                .fail("MissingParameter")
                .with_message("Missing parameter. `Region` is required."));
        }
        let host = self.task.request.host.as_str();
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let of_host = host
            .strip_prefix("cvm.")
            .and_then(|rest| rest.strip_suffix(".tencentcloudapi.com"))
            .filter(|label| *label != "intl");
        let exists = self.world.fleet.regions(CLOUD).contains(&region);
        if !exists || of_host.is_some_and(|label| label != region) {
            return Err(self.fail("UnsupportedRegion"));
        }
        Ok(region)
    }

    fn check_known(&self, known: &[&str]) -> Result<(), Failure> {
        match self.parameters.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(self
                .fail("UnknownParameter")
                .with_message(format!("The parameter `{name}` is not recognized."))),
        }
    }

    /// InstanceIds, at most 100 texts.
    fn ids(&self) -> Result<Option<Vec<String>>, Failure> {
        let Some(value) = self.parameters.get("InstanceIds") else { return Ok(None) };
        let list = value.as_array().ok_or_else(|| self.wrong_type("InstanceIds"))?;
        if list.len() > 100 {
            return Err(self.fail("InvalidParameterValue.LimitExceeded"));
        }
        let ids: Option<Vec<String>> =
            list.iter().map(|id| id.as_str().map(str::to_owned)).collect();
        ids.map(Some).ok_or_else(|| self.wrong_type("InstanceIds"))
    }

    fn choice(&self, name: &str, values: &[&'static str]) -> Result<Option<&'static str>, Failure> {
        let Some(value) = self.parameters.get(name) else { return Ok(None) };
        let found = values.iter().find(|known| value.as_str() == Some(**known));
        found.copied().map(Some).ok_or_else(|| {
            self.fail("InvalidParameterValue")
                .with_message(format!("Incorrect parameter value. `{name}`."))
        })
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.parameters.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            // The notation of a GET request.
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(self.wrong_type(name)),
        }
    }

    fn wrong_type(&self, name: &str) -> Failure {
        self.fail("InvalidParameterValue")
            .with_message(format!("Incorrect parameter value. `{name}` has a wrong type."))
    }

    /// Offset and Limit: 0 and 20 unless given, Limit from 1 to 100.
    fn window(&self) -> Result<(usize, usize), Failure> {
        let number = |name: &str, standard: u64| match self.parameters.get(name) {
            None => Ok(standard),
            Some(Value::String(text)) => text.parse().map_err(|_| self.wrong_type(name)),
            Some(value) => value.as_u64().ok_or_else(|| self.wrong_type(name)),
        };
        let (offset, limit) = (number("Offset", 0)?, number("Limit", 20)?);
        if limit == 0 || limit > 100 {
            return Err(self.fail("InvalidParameterValue.LimitExceeded"));
        }
        Ok((usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(100)))
    }

    fn filters(&self) -> Result<Vec<(Field, Vec<String>)>, Failure> {
        let Some(value) = self.parameters.get("Filters") else { return Ok(Vec::new()) };
        let list = value.as_array().ok_or_else(|| self.wrong_type("Filters"))?;
        if list.len() > 10 {
            return Err(self.fail("InvalidFilterValue.LimitExceeded"));
        }
        let read = |filter: &Value| {
            let name = filter.get("Name").and_then(Value::as_str).unwrap_or_default();
            let field = Field::parse(name).ok_or_else(|| {
                self.fail("InvalidFilter")
                    .with_message(format!("The filter `{name}` is not supported."))
            })?;
            let values =
                filter.get("Values").and_then(Value::as_array).cloned().unwrap_or_default();
            if values.len() > 5 {
                return Err(self.fail("InvalidFilterValue.LimitExceeded"));
            }
            Ok((field, values.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
        };
        list.iter().map(read).collect()
    }

    fn found(&self, region: &str, ids: Option<&[String]>) -> Vec<&Instance> {
        self.world
            .fleet
            .all()
            .iter()
            .filter(|one| one.cloud == CLOUD && one.region == region)
            .filter(|one| ids.is_none_or(|ids| ids.is_empty() || ids.contains(&one.id)))
            .collect()
    }
}

/// The attribute that a filter of DescribeInstances matches.
#[derive(Clone)]
enum Field {
    /// A tag's key, whatever its value.
    TagKey,
    /// The value of the tag with this key.
    Tag(String),
    Zone,
    Id,
    Name,
    State,
    PrivateIp,
}

impl Field {
    fn parse(name: &str) -> Option<Self> {
        if let Some(key) = name.strip_prefix("tag:") {
            return Some(Self::Tag(key.to_owned()));
        }
        match name {
            "tag-key" => Some(Self::TagKey),
            "zone" => Some(Self::Zone),
            "instance-id" => Some(Self::Id),
            "instance-name" => Some(Self::Name),
            "instance-state" => Some(Self::State),
            "private-ip-address" => Some(Self::PrivateIp),
            _ => None,
        }
    }

    fn is_met(&self, one: &Instance, values: &[String]) -> bool {
        let own = match self {
            Self::TagKey => return values.iter().any(|key| one.is_tagged(key, None)),
            Self::Tag(key) => return values.iter().any(|value| one.is_tagged(key, Some(value))),
            Self::Zone => one.zone.clone(),
            Self::Id => one.id.clone(),
            Self::Name => one.name.clone(),
            Self::State => one.state.word(CLOUD).to_owned(),
            Self::PrivateIp => one.private_ip.clone(),
        };
        values.contains(&own)
    }
}

fn describe(one: &Instance) -> Value {
    let state = match one.latest {
        None => Value::Null,
        Some(_) if one.is_moving() => json!("OPERATING"),
        Some(_) => json!("SUCCESS"),
    };
    json!({
        "InstanceId": one.id,
        "InstanceName": one.name,
        "InstanceState": one.state.word(CLOUD),
        "Placement": { "Zone": one.zone, "ProjectId": 0 },
        "InstanceType": "S5.MEDIUM4",
        "CPU": 2,
        "Memory": 4,
        "InstanceChargeType": "POSTPAID_BY_HOUR",
        "PrivateIpAddresses": [one.private_ip],
        "Tags": one.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect::<Vec<_>>(),
        "CreatedTime": time::iso(one.started_ms.div_euclid(1_000)),
        "RestrictState": if one.state == State::Recycled { "EXPIRED" } else { "NORMAL" },
        "StopChargingMode": if one.state == State::Stopped { "KEEP_CHARGING" } else { "NOT_APPLICABLE" },
        "LatestOperation": one.latest.as_ref().map(|latest| latest.operation.clone()),
        "LatestOperationState": state,
        "LatestOperationRequestId": one.latest.as_ref().map(|latest| latest.request_id.clone()),
        "LatestOperationErrorMsg": Value::Null,
    })
}

fn error(failure: &Failure) -> (Value, Option<String>) {
    let body = json!({ "Error": { "Code": failure.code, "Message": failure.message } });
    (body, Some(failure.code.clone()))
}

/// The JSON body, or for GET the query with `InstanceIds.0` as an array. `None`: not an object.
fn parameters(request: &Inbound) -> Option<Map<String, Value>> {
    if request.method != "GET" {
        let value: Value = serde_json::from_slice(&request.body).ok()?;
        return match value {
            Value::Object(fields) => Some(fields),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        };
    }
    let mut fields = Map::new();
    for (name, value) in parse_pairs(&request.query) {
        let name = String::from_utf8_lossy(&name).into_owned();
        let value = json!(String::from_utf8_lossy(&value));
        match name.split_once('.') {
            Some((list, _)) => {
                let list = fields.entry(list.to_owned()).or_insert_with(|| json!([]));
                if let Some(list) = list.as_array_mut() {
                    list.push(value);
                }
            }
            None => {
                fields.insert(name, value);
            }
        }
    }
    Some(fields)
}

fn is_lower_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}
