//! Alibaba Cloud ECS, version 2014-05-26: parameters in the query, real statuses, JSON or XML.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Ended, Facts, Failure, Power, Served, Task, World, admit_and_operate, begin, has_duplicates,
};
use crate::{
    cloud::Cloud,
    fleet::{Instance, State},
    message::Answer,
    signature::{Inbound, Refusal, acs_v1, acs3},
    text::parse_pairs,
    time,
};

const CLOUD: Cloud = Cloud::Alibaba;
const VERSION: &str = "2014-05-26";

/// Nonces are remembered for as long as a timestamp is valid, both ways.
const NONCE_MEMORY_MS: i64 = 2 * 15 * 60 * 1_000;

type Parameters = BTreeMap<String, String>;

/// What a request claims.
pub(crate) fn facts(request: &Inbound) -> Facts {
    let parameters = parameters(request);
    let text = |name: &str| parameters.get(name).cloned().unwrap_or_default();
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let or = |first: String, second: String| if first.is_empty() { second } else { first };
    let key_id = request
        .header("authorization")
        .and_then(|value| value.split_once("Credential="))
        .and_then(|(_, rest)| rest.split(',').next())
        .map_or_else(|| text("AccessKeyId"), |id| id.trim().to_owned());
    let ids = if parameters.contains_key("InstanceId") {
        vec![text("InstanceId")]
    } else if let Some(list) = parameters.get("InstanceIds") {
        id_list(list).unwrap_or_default()
    } else {
        numbered(&parameters)
    };
    // What is signed is what counts: the header with ACS3, the parameter with V1. An SDK that
    // signs the old way sends both.
    let (action, version) = if is_acs3(request) {
        (or(header("x-acs-action"), text("Action")), or(header("x-acs-version"), text("Version")))
    } else {
        (or(text("Action"), header("x-acs-action")), or(text("Version"), header("x-acs-version")))
    };
    let region = or(text("RegionId"), host_region(&request.host).unwrap_or_default().to_owned());
    Facts { action, version, region, ids, key_id }
}

/// Whether headers or parameters alone say that this is for Alibaba.
pub(crate) fn recognises(request: &Inbound) -> bool {
    if request.header("x-acs-action").is_some() || is_acs3(request) {
        return true;
    }
    let parameters = parameters(request);
    parameters.contains_key("Action")
        && (parameters.contains_key("SignatureMethod") || parameters.contains_key("AccessKeyId"))
}

/// Checks a request and carries it out.
pub(crate) fn serve(world: &mut World<'_>, task: &Task<'_>) -> Served {
    let parameters = parameters(task.request);
    let ended = run(world, task, &parameters);
    let record = ended.record(task.facts.ids.len(), refused_in);
    let (status, body, code) = match ended {
        Ended::Done(body) => (200, body, None),
        Ended::AtGate(failure) | Ended::Refused(failure, _) => error(&failure, task),
    };
    Served { answer: render(task, status, &body), code, record }
}

/// The entries of a batch that did not succeed.
fn refused_in(body: &Value) -> Vec<(String, String)> {
    let entries = body["InstanceResponses"]["InstanceResponse"].as_array().into_iter().flatten();
    entries
        .filter(|entry| entry["Code"] != "200")
        .filter_map(|entry| {
            Some((entry["InstanceId"].as_str()?.to_owned(), entry["Code"].as_str()?.to_owned()))
        })
        .collect()
}

/// The response with this error, whether or not the operation was executed.
pub(crate) fn refusal(task: &Task<'_>, failure: &Failure) -> Answer {
    let (status, body, _) = error(failure, task);
    render(task, status, &body)
}

fn render(task: &Task<'_>, status: u16, body: &Value) -> Answer {
    let answer = if wants_json(task.request, &parameters(task.request)) {
        Answer::new(status, "application/json;charset=utf-8", body.to_string())
    } else {
        let root = if status == 200 {
            format!("{}Response", task.facts.action)
        } else {
            "Error".to_owned()
        };
        Answer::new(status, "text/xml;charset=utf-8", to_xml(&root, body))
    };
    answer.with("x-acs-request-id", task.request_id.clone())
}

fn run(world: &mut World<'_>, task: &Task<'_>, parameters: &Parameters) -> Ended {
    if let Err(failure) = gate(world, task) {
        return Ended::AtGate(failure);
    }
    let throttled = |_, _| throttled(&task.facts.action);
    admit_and_operate(world, task, CLOUD, throttled, |world| operate(world, task, parameters))
}

/// The answer to too many requests.
pub(crate) fn throttled(action: &str) -> Failure {
    Failure::of(CLOUD, action, "Throttling.User")
}

fn gate(world: &mut World<'_>, task: &Task<'_>) -> Result<(), Failure> {
    let request = task.request;
    let fail = |code: &str| Failure::of(CLOUD, &task.facts.action, code);
    if request.method != "POST" && request.method != "GET" {
        return Err(
            fail("UnsupportedHTTPMethod").with_message("This http method is not supported.")
        );
    }
    let checked = if is_acs3(request) || request.header("authorization").is_some() {
        acs3::verify(request, world.credentials, task.server_s)
    } else {
        acs_v1::verify(request, world.credentials, task.server_s)
    };
    let verified = checked.map_err(|refusal| match refusal {
        Refusal::Incomplete(part) => fail("IncompleteSignature")
            .with_message(format!("The request signature does not conform to Aliyun standards: {part} is missing or wrong.")),
        Refusal::UnknownMethod => fail("InvalidSignatureMethod"),
        Refusal::UnknownKey => fail("InvalidAccessKeyId.NotFound"),
        Refusal::BadTime => fail("InvalidTimeStamp.Format"),
        Refusal::Expired => fail("InvalidTimeStamp.Expired"),
        // The two signatures have different messages; the vendor's classic SDK reads the one of
        // V1 and compares it with what it signed itself.
        Refusal::Mismatch { string_to_sign, canonical_request } => {
            fail("SignatureDoesNotMatch").with_message(match canonical_request {
                Some(canonical) => format!(
                    "Specified signature does not match our calculation. server StringToSign is [{string_to_sign}] server CanonicalRequest is [{canonical}]"
                ),
                None => format!(
                    "Specified signature is not matched with our calculation. server string to sign is:{string_to_sign}"
                ),
            })
        }
        Refusal::MissingToken => fail("MissingSecurityToken").with_message("SecurityToken is mandatory for this action."),
        Refusal::WrongToken => fail("InvalidSecurityToken.MismatchWithAccessKey")
            .with_message("Specified SecurityToken is not matched with AccessKeyId."),
        Refusal::ExpiredToken => fail("InvalidSecurityToken.Expired"),
    })?;
    world.nonces.retain(|_, seen_ms| *seen_ms > task.now_ms - NONCE_MEMORY_MS);
    if let Some(nonce) = verified.nonce {
        if nonce.is_empty() {
            return Err(fail("IncompleteSignature").with_message("SignatureNonce is empty."));
        }
        if world.nonces.insert((verified.key_id, nonce), task.now_ms).is_some() {
            return Err(fail("SignatureNonceUsed"));
        }
    }
    Ok(())
}

fn operate(
    world: &mut World<'_>,
    task: &Task<'_>,
    parameters: &Parameters,
) -> Result<Value, Failure> {
    let action = task.facts.action.as_str();
    if task.facts.version != VERSION {
        return Err(Failure::new(
            400,
            "InvalidVersion",
            "Specified parameter Version is not valid.",
        ));
    }
    let call = Call { world, task, parameters };
    match action {
        "RebootInstance" | "StartInstance" | "StopInstance" => call.power_single(),
        "RebootInstances" | "StartInstances" | "StopInstances" => call.power_batch(),
        "DescribeInstanceStatus" => call.describe_status(),
        "DescribeInstances" => call.describe_instances(),
        "DescribeRegions" => Ok(call.describe_regions()),
        _ => Err(Failure::of(CLOUD, action, "InvalidAction.NotFound")),
    }
}

/// One call that passed the gate.
struct Call<'a, 'w> {
    world: &'a mut World<'w>,
    task: &'a Task<'a>,
    parameters: &'a Parameters,
}

impl Call<'_, '_> {
    fn fail(&self, code: &str) -> Failure {
        Failure::of(CLOUD, &self.task.facts.action, code)
    }

    fn power_single(self) -> Result<Value, Failure> {
        let power = Power::of_action(&self.task.facts.action).unwrap_or(Power::Reboot);
        let id = self.needed("InstanceId")?;
        let dry_run = self.flag("DryRun")?;
        let hard = self.flag("ForceStop")?;
        self.flag("InitLocalDisk")?;
        self.check_stopped_mode(power)?;
        // Without RegionId the host alone selects the region.
        let region = host_region(&self.task.request.host);
        self.check(&id, power, region)?;
        if dry_run {
            return Err(self.fail("DryRunOperation"));
        }
        if let Some(instance) = self.world.fleet.find_mut(CLOUD, &id) {
            begin(instance, power, hard, &self.task.cause(), self.world.speed);
        }
        Ok(json!({ "RequestId": self.task.request_id }))
    }

    fn batch_ids(&self) -> Result<Vec<String>, Failure> {
        let ids = numbered(self.parameters);
        if ids.is_empty() || ids.iter().all(String::is_empty) {
            return Err(Failure::new(
                403,
                "InvalidInstanceId.NotFound",
                "InstanceId should not be null.",
            ));
        }
        if ids.len() > 100 {
            return Err(Failure::new(
                403,
                "InvalidParameter.TooManyInstanceIds",
                "Instance ids cannot be more than 100.",
            ));
        }
        let malformed = |id: &String| {
            !id.strip_prefix("i-").is_some_and(|tail| {
                !tail.is_empty()
                    && tail.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            })
        };
        if ids.iter().any(malformed) || has_duplicates(&ids) {
            return Err(Failure::new(
                403,
                "Abs.InvalidInstanceIds.MalFormed",
                "The specified instanceIds is not valid.",
            ));
        }
        Ok(ids)
    }

    fn power_batch(self) -> Result<Value, Failure> {
        let power = Power::of_action(&self.task.facts.action).unwrap_or(Power::Reboot);
        let region = self.region()?;
        let ids = self.batch_ids()?;
        let dry_run = self.flag("DryRun")?;
        let hard = self.flag("ForceReboot")? || self.flag("ForceStop")?;
        self.check_stopped_mode(power)?;
        let each_for_itself = match self.parameters.get("BatchOptimization").map(String::as_str) {
            None | Some("" | "AllTogether") => false,
            Some("SuccessFirst") => true,
            Some(_) => return Err(self.invalid("BatchOptimization")),
        };
        let dry_run_passed = Failure::new(
            400,
            "DRYRUN.SUCCESS",
            "This request is a dryrun request with successful result.",
        );
        if dry_run && each_for_itself {
            // The vendor documents that this combination always passes, whatever the instances.
            return Err(dry_run_passed);
        }
        let checked: Vec<Result<(), Failure>> =
            ids.iter().map(|id| self.check(id, power, Some(&region))).collect();
        if !each_for_itself && let Some(failure) = checked.iter().find_map(|one| one.as_ref().err())
        {
            return Err(failure.clone());
        }
        if dry_run {
            return Err(dry_run_passed);
        }
        let mut entries = Vec::new();
        for (id, outcome) in ids.iter().zip(checked) {
            let entry = match (outcome, self.world.fleet.find_mut(CLOUD, id)) {
                (Ok(()), Some(instance)) => {
                    let before = instance.state;
                    begin(instance, power, hard, &self.task.cause(), self.world.speed);
                    json!({
                        "InstanceId": id,
                        "PreviousStatus": before.word(CLOUD),
                        "CurrentStatus": instance.state.word(CLOUD),
                        "Code": "200",
                        "Message": "success",
                    })
                }
                (outcome, instance) => {
                    let failure =
                        outcome.err().unwrap_or_else(|| Failure::of(CLOUD, "*", "InternalError"));
                    let state = instance.map_or("", |instance| instance.state.word(CLOUD));
                    json!({
                        "InstanceId": id,
                        "PreviousStatus": state,
                        "CurrentStatus": state,
                        "Code": failure.code,
                        "Message": failure.message,
                    })
                }
            };
            entries.push(entry);
        }
        Ok(json!({
            "RequestId": self.task.request_id,
            "InstanceResponses": { "InstanceResponse": entries },
        }))
    }

    /// Whether a power operation on this instance is possible now.
    fn check(&self, id: &str, power: Power, region: Option<&str>) -> Result<(), Failure> {
        let found = self.world.fleet.find(CLOUD, id);
        let Some(instance) =
            found.filter(|instance| region.is_none_or(|region| instance.region == region))
        else {
            return Err(Failure::new(
                404,
                "InvalidInstanceId.NotFound",
                "The specified InstanceId does not exist.",
            ));
        };
        if let Some(failure) = self.task.planned_failure(instance) {
            return Err(failure);
        }
        if instance.state != power.needs() {
            let single = !self.task.facts.action.ends_with('s');
            let message = if single {
                "The current status of the resource does not support this operation.".to_owned()
            } else {
                format!(
                    "The current status of instance {id} is {}, which does not support this operation.",
                    instance.state.word(CLOUD)
                )
            };
            return Err(self.fail("IncorrectInstanceStatus").with_message(message));
        }
        Ok(())
    }

    fn describe_status(self) -> Result<Value, Failure> {
        let region = self.region()?;
        let ids = numbered(self.parameters);
        if ids.len() > 100 {
            return Err(self.invalid("InstanceId"));
        }
        let (page, size) = (self.page("PageNumber", 1, i64::MAX)?, self.page("PageSize", 10, 50)?);
        let zone = self.parameters.get("ZoneId");
        let found: Vec<&Instance> = self
            .in_region(&region)
            .filter(|one| ids.is_empty() || ids.contains(&one.id))
            .filter(|one| zone.is_none_or(|zone| one.zone == *zone))
            .collect();
        let list: Vec<Value> = window(&found, page, size)
            .iter()
            .map(|one| json!({ "InstanceId": one.id, "Status": one.state.word(CLOUD) }))
            .collect();
        Ok(json!({
            "RequestId": self.task.request_id,
            "TotalCount": found.len(),
            "PageNumber": page,
            "PageSize": size,
            "InstanceStatuses": { "InstanceStatus": list },
        }))
    }

    fn describe_instances(self) -> Result<Value, Failure> {
        let region = self.region()?;
        let text = |name: &str| self.parameters.get(name).filter(|value| !value.is_empty());
        let ids = match text("InstanceIds") {
            None => None,
            Some(list) => Some(id_list(list).ok_or_else(|| self.invalid("InstanceIds"))?),
        };
        if ids.as_ref().is_some_and(|ids| ids.len() > 100) {
            return Err(self.invalid("InstanceIds"));
        }
        if self.flag("DryRun")? {
            return Err(self.fail("DryRunOperation"));
        }
        let by_token = text("MaxResults").is_some() || text("NextToken").is_some();
        let (page, size) = if by_token {
            let size = self.page("MaxResults", 10, 100)?.max(10);
            let page = match text("NextToken") {
                None => 1,
                Some(token) => token
                    .strip_prefix("page-")
                    .and_then(|page| page.parse().ok())
                    .ok_or_else(|| self.invalid("NextToken"))?,
            };
            (page, size)
        } else {
            (self.page("PageNumber", 1, i64::MAX)?, self.page("PageSize", 10, 100)?)
        };
        let tags: Vec<(String, Option<String>)> = (1..=20)
            .map_while(|number| {
                let key = text(&format!("Tag.{number}.Key"))?.clone();
                Some((key, text(&format!("Tag.{number}.Value")).cloned()))
            })
            .collect();
        let found: Vec<&Instance> = self
            .in_region(&region)
            .filter(|one| ids.as_ref().is_none_or(|ids| ids.contains(&one.id)))
            .filter(|one| text("Status").is_none_or(|status| one.state.word(CLOUD) == status))
            .filter(|one| text("ZoneId").is_none_or(|zone| one.zone == *zone))
            .filter(|one| tags.iter().all(|(key, value)| one.is_tagged(key, value.as_deref())))
            .filter(|one| text("InstanceName").is_none_or(|name| like(&one.name, name)))
            .collect();
        let shown = window(&found, page, size);
        let list: Vec<Value> = shown.iter().map(|one| describe(one)).collect();
        let more = usize::try_from(page.saturating_mul(size)).is_ok_and(|seen| seen < found.len());
        let next = if by_token && more { format!("page-{}", page + 1) } else { String::new() };
        Ok(json!({
            "RequestId": self.task.request_id,
            "TotalCount": found.len(),
            "PageNumber": page,
            "PageSize": size,
            "NextToken": next,
            "Instances": { "Instance": list },
        }))
    }

    fn describe_regions(self) -> Value {
        let list: Vec<Value> = self
            .world
            .fleet
            .regions(CLOUD)
            .iter()
            .map(|region| {
                json!({
                    "RegionId": region,
                    "LocalName": region,
                    "RegionEndpoint": format!("ecs.{region}.aliyuncs.com"),
                    "Status": "available",
                })
            })
            .collect();
        json!({ "RequestId": self.task.request_id, "Regions": { "Region": list } })
    }

    fn in_region<'s>(&'s self, region: &'s str) -> impl Iterator<Item = &'s Instance> {
        self.world.fleet.all().iter().filter(move |one| one.cloud == CLOUD && one.region == region)
    }

    fn needed(&self, name: &str) -> Result<String, Failure> {
        self.parameters.get(name).filter(|value| !value.is_empty()).cloned().ok_or_else(|| {
            self.fail("MissingParameter").with_message(format!(
                "The input parameter \"{name}\" that is mandatory for processing this request is not supplied."
            ))
        })
    }

    /// RegionId, which must exist and belong to the host if the host has a region.
    fn region(&self) -> Result<String, Failure> {
        let region = self.needed("RegionId")?;
        if !self.world.fleet.regions(CLOUD).contains(&region) {
            return Err(self.fail("InvalidRegionId.NotFound"));
        }
        let central = is_central(&self.task.request.host);
        if !central && host_region(&self.task.request.host).is_some_and(|host| host != region) {
            return Err(Failure::new(
                403,
                "InvalidOperation.NotSupportedEndpoint",
                "The specified endpoint cannot operate this region.",
            ));
        }
        Ok(region)
    }

    /// A boolean: `true`, `false`, or with a capital letter as the Python SDKs send it.
    fn flag(&self, name: &str) -> Result<bool, Failure> {
        match self.parameters.get(name).map(String::as_str) {
            None | Some("" | "false" | "False") => Ok(false),
            Some("true" | "True") => Ok(true),
            Some(_) => Err(self.invalid(name)),
        }
    }

    fn check_stopped_mode(&self, power: Power) -> Result<(), Failure> {
        match (power, self.parameters.get("StoppedMode").map(String::as_str)) {
            (Power::Reboot | Power::Start, _)
            | (Power::Stop, None | Some("" | "StopCharging" | "KeepCharging" | "Not-applicable")) => {
                Ok(())
            }
            (Power::Stop, Some(_)) => Err(self.invalid("StoppedMode")),
        }
    }

    /// A number from 1 to `most`.
    fn page(&self, name: &str, standard: i64, most: i64) -> Result<i64, Failure> {
        match self.parameters.get(name).filter(|value| !value.is_empty()) {
            None => Ok(standard),
            Some(value) => value
                .parse()
                .ok()
                .filter(|number| (1..=most).contains(number))
                .ok_or_else(|| self.invalid(name)),
        }
    }

    fn invalid(&self, name: &str) -> Failure {
        self.fail("InvalidParameter")
            .with_message(format!("The specified parameter {name} is not valid."))
    }
}

fn describe(one: &Instance) -> Value {
    let locks = match one.error_code.as_deref() {
        Some("InstanceLockedForSecurity") => json!([{ "LockReason": "security" }]),
        Some("InstanceExpiredOrInArrears" | "InstanceExpired") => {
            json!([{ "LockReason": "financial" }])
        }
        Some(_) | None => json!([]),
    };
    let tags: Vec<Value> =
        one.tags.iter().map(|(key, value)| json!({ "TagKey": key, "TagValue": value })).collect();
    json!({
        "InstanceId": one.id,
        "InstanceName": one.name,
        "HostName": one.name,
        "Status": one.state.word(CLOUD),
        "RegionId": one.region,
        "ZoneId": one.zone,
        "InstanceType": "ecs.g7.large",
        "InstanceChargeType": "PostPaid",
        "Cpu": 2,
        "Memory": 8192,
        "StartTime": time::iso_minutes(one.started_ms.div_euclid(1_000)),
        "CreationTime": "2026-01-05T06:00Z",
        "StoppedMode": if one.state == State::Stopped { "KeepCharging" } else { "Not-applicable" },
        "OperationLocks": { "LockReason": locks },
        "Tags": { "Tag": tags },
        "VpcAttributes": { "PrivateIpAddress": { "IpAddress": [one.private_ip] } },
    })
}

fn error(failure: &Failure, task: &Task<'_>) -> (u16, Value, Option<String>) {
    let body = json!({
        "RequestId": task.request_id,
        "HostId": task.request.host,
        "Code": failure.code,
        "Message": failure.message,
        "Recommend": format!("https://api.alibabacloud.com/troubleshoot?q={}&product=Ecs", failure.code),
    });
    (failure.status, body, Some(failure.code.clone()))
}

fn is_acs3(request: &Inbound) -> bool {
    request.header("authorization").is_some_and(|value| value.starts_with("ACS3-"))
}

/// Query and form together, decoded; of a name that repeats the first counts.
fn parameters(request: &Inbound) -> Parameters {
    let mut pairs = parse_pairs(&request.query);
    if request.is_form() {
        pairs.extend(parse_pairs(&String::from_utf8_lossy(&request.body)));
    }
    let mut parameters = Parameters::new();
    for (name, value) in pairs {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        parameters.entry(text(&name)).or_insert_with(|| text(&value));
    }
    parameters
}

/// `InstanceId.1`, `InstanceId.2` … in the order of their numbers.
fn numbered(parameters: &Parameters) -> Vec<String> {
    let mut found: Vec<(u32, &String)> = parameters
        .iter()
        .filter_map(|(name, value)| {
            let number =
                name.strip_prefix("InstanceId.")?.parse().ok().filter(|number| *number > 0)?;
            Some((number, value))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, value)| value.clone()).collect()
}

/// A JSON array of texts inside one parameter.
fn id_list(text: &str) -> Option<Vec<String>> {
    let value: Value = serde_json::from_str(text).ok()?;
    value.as_array()?.iter().map(|id| id.as_str().map(str::to_owned)).collect()
}

/// The region of a host; a loopback address has none.
fn host_region(host: &str) -> Option<&str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if is_central(host) {
        return Some("cn-hangzhou");
    }
    name.strip_prefix("ecs.").and_then(|rest| rest.strip_suffix(".aliyuncs.com"))
}

/// The hosts that serve every region.
fn is_central(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "ecs.aliyuncs.com" || name == "ecs-cn-hangzhou.aliyuncs.com"
}

/// V1 asks with `Format`, whose default is XML; ACS3 with the Accept header.
fn wants_json(request: &Inbound, parameters: &Parameters) -> bool {
    match parameters.get("Format") {
        Some(format) => format.eq_ignore_ascii_case("json"),
        None => request.header("accept").is_some_and(|accept| accept.contains("json")),
    }
}

/// A page of a list; pages and sizes begin at 1.
fn window<'a>(found: &'a [&'a Instance], page: i64, size: i64) -> &'a [&'a Instance] {
    let from =
        usize::try_from((page - 1).saturating_mul(size)).unwrap_or(usize::MAX).min(found.len());
    let to = from.saturating_add(usize::try_from(size).unwrap_or_default()).min(found.len());
    &found[from..to]
}

/// A name against a pattern with `*` at its ends.
fn like(name: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), Some(_)) => name.contains(rest.trim_end_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}

fn to_xml(root: &str, value: &Value) -> String {
    format!("<?xml version='1.0' encoding='UTF-8'?>{}", element(root, value))
}

/// An object's fields become elements, an array repeats its own.
fn element(name: &str, value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(|item| element(name, item)).collect(),
        Value::Object(fields) => {
            let inner: String = fields.iter().map(|(name, value)| element(name, value)).collect();
            format!("<{name}>{inner}</{name}>")
        }
        Value::String(text) => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!("<{name}>{text}</{name}>")
        }
        Value::Null => format!("<{name}/>"),
        Value::Bool(_) | Value::Number(_) => format!("<{name}>{value}</{name}>"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{host_region, like, to_xml};

    #[test]
    fn hosts_have_regions() {
        assert_eq!(host_region("ecs.eu-central-1.aliyuncs.com"), Some("eu-central-1"));
        assert_eq!(host_region("ecs.aliyuncs.com:443"), Some("cn-hangzhou"));
        assert_eq!(host_region("127.0.0.1:8911"), None);
    }

    #[test]
    fn names_match_patterns() {
        assert!(like("web-front-01", "web-*"));
        assert!(like("web-front-01", "*front*"));
        assert!(!like("web-front-01", "web"));
    }

    #[test]
    fn xml_repeats_and_escapes() {
        let value = json!({ "A": { "B": [{ "C": "<1>" }, { "C": 2 }] } });
        assert!(
            to_xml("R", &value).ends_with("<R><A><B><C>&lt;1&gt;</C></B><B><C>2</C></B></A></R>")
        );
    }
}
