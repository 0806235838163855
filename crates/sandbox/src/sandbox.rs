//! The whole sandbox as a value: a raw request and the time in, an answer out.

use serde_json::json;
use std::collections::HashMap;

use crate::{
    cloud::Cloud,
    clouds::{self, CallRecord, Cause, Facts, Failure, Power, Served, Task, World, begin},
    control,
    credential::Credential,
    errors,
    faults::{Fault, FaultPoint, Faults, Kind},
    fleet::{Fleet, Instance, State},
    journal::{Call, Undelivered, Via},
    message::{Answer, Delivery, Reply, Request},
    proxy,
    rates::Rates,
    signature::Inbound,
    text::uuid,
    time,
};
use base64::{Engine, prelude::BASE64_STANDARD};

/// How fast states change in a demo: fast enough to wait for, and slow enough that the page
/// observes even a forced restart in progress. It first describes two seconds after a call, and on two of
/// the clouds a restart that was not observed in progress is not proven.
pub const SPEED_TO_WATCH: f64 = 8.0;

/// How the sandbox is set up.
#[derive(Clone, Debug)]
pub struct Config {
    pub credentials: Vec<Credential>,
    pub fleet: Fleet,
    /// How much faster than real time states move; 60 makes an hour a minute.
    pub speed: f64,
    pub limits: Limits,
    /// Origins that may use the proxy besides its own, such as `http://127.0.0.1:8080`.
    pub origins: Vec<String>,
}

impl Default for Config {
    /// The demo keys, the standard fleet, real time, and the vendors' rates.
    fn default() -> Self {
        Self {
            credentials: Credential::demo(),
            fleet: Fleet::standard(),
            speed: 1.0,
            limits: Limits::default(),
            origins: Vec::new(),
        }
    }
}

/// Requests a second for each key and action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The vendor publishes none; high enough not to be met by accident.
    pub alibaba_per_s: usize,
    /// The vendor's number for reboot, start and stop.
    pub tencent_power_per_s: usize,
    /// The vendor's number for describe calls.
    pub tencent_read_per_s: usize,
    /// The vendor publishes none; high enough not to be met by accident.
    pub zenlayer_per_s: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            alibaba_per_s: 100,
            tencent_power_per_s: 10,
            tencent_read_per_s: 40,
            zenlayer_per_s: 100,
        }
    }
}

impl Limits {
    pub(crate) fn per_second(&self, cloud: Cloud, action: &str) -> usize {
        match (cloud, Power::of_action(action)) {
            (Cloud::Alibaba, _) => self.alibaba_per_s,
            (Cloud::Tencent, Some(_)) => self.tencent_power_per_s,
            (Cloud::Tencent, None) => self.tencent_read_per_s,
            (Cloud::Zenlayer, _) => self.zenlayer_per_s,
        }
    }
}

/// Three clouds, a proxy in front of them, and the history so far.
#[derive(Debug)]
pub struct Sandbox {
    config: Config,
    /// Those of the configuration, and those that were issued.
    credentials: Vec<Credential>,
    issued: u64,
    fleet: Fleet,
    faults: Faults,
    calls: Vec<Call>,
    undelivered: Vec<Undelivered>,
    nonces: HashMap<(String, String), i64>,
    passed: proxy::Passed,
    rates: Rates,
    /// Every request id comes from this count, so a run can be repeated.
    count: u64,
}

impl Sandbox {
    /// A fresh sandbox.
    pub fn new(config: Config) -> Self {
        let (fleet, credentials) = (config.fleet.clone(), config.credentials.clone());
        Self {
            config,
            credentials,
            issued: 0,
            fleet,
            faults: Faults::default(),
            calls: Vec::new(),
            undelivered: Vec::new(),
            nonces: HashMap::new(),
            passed: proxy::Passed::default(),
            rates: Rates::default(),
            count: 0,
        }
    }

    /// Answers a request that arrives at `now_ms`, Unix milliseconds. Never panics.
    pub fn answer(&mut self, request: &Request, now_ms: i64) -> Reply {
        self.fleet.advance(now_ms);
        let path = request.path();
        let mut reply = if path == "/sandbox" || path.starts_with("/sandbox/") {
            control::answer(self, request, now_ms).into()
        } else if path.starts_with("/proxy/") {
            self.through_proxy(request, now_ms)
        } else {
            self.direct(request, now_ms)
        };
        if reply.answer.header("date").is_none() {
            reply.answer = reply.answer.with("date", time::http(now_ms.div_euclid(1_000)));
        }
        reply
    }

    /// Every arrival at a cloud, in order.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// What the proxy did not let through or could not deliver.
    pub fn undelivered(&self) -> &[Undelivered] {
        &self.undelivered
    }

    /// The instances as they were at the last request or `advance`.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Lets every state move that is due at `now_ms`.
    pub fn advance(&mut self, now_ms: i64) {
        self.fleet.advance(now_ms);
    }

    /// The pending faults.
    pub fn faults(&self) -> &[Fault] {
        self.faults.all()
    }

    /// Adds a fault behind the pending ones.
    pub fn add_fault(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Issues a temporary key that ends after so many seconds; `None` where the cloud has no such
    /// keys. Expired ones are dropped only at a reset, so that the cloud reports them as expired, and not
    /// as unknown.
    pub fn issue(&mut self, cloud: Cloud, seconds: i64, now_ms: i64) -> Option<Credential> {
        let expires_at_s = now_ms.div_euclid(1_000).saturating_add(seconds);
        let key = Credential::temporary(cloud, self.issued, expires_at_s)?;
        self.issued += 1;
        self.credentials.push(key.clone());
        Some(key)
    }

    /// Restarts an instance from outside, as in the vendor's console: no call of it arrives here. False if
    /// there is none, or it does not run.
    pub fn restart_from_outside(&mut self, cloud: Cloud, id: &str, now_ms: i64) -> bool {
        self.fleet.advance(now_ms);
        let request_id = self.next_request_id(cloud);
        let speed = self.config.speed;
        let running = |one: &&mut Instance| one.state == State::Running && !one.is_moving();
        let Some(instance) = self.fleet.find_mut(cloud, id).filter(running) else { return false };
        let cause = Cause { action: "RebootInstances", request_id: &request_id, now_ms };
        begin(instance, Power::Reboot, false, &cause, speed);
        true
    }

    fn next_request_id(&mut self, cloud: Cloud) -> String {
        self.count += 1;
        match cloud {
            Cloud::Alibaba => uuid(self.count),
            Cloud::Tencent => uuid(self.count).to_lowercase(),
            Cloud::Zenlayer => format!("T{}", uuid(self.count)),
        }
    }

    /// Back to the start: fleet, calls, faults, keys, nonces, what passed the proxy and rates. Request ids go on counting, as
    /// do issued keys.
    pub fn reset(&mut self) {
        self.credentials.clone_from(&self.config.credentials);
        self.fleet = self.config.fleet.clone();
        self.faults.clear();
        self.calls.clear();
        self.undelivered.clear();
        self.nonces.clear();
        self.passed = proxy::Passed::default();
        self.rates = Rates::default();
    }

    fn direct(&mut self, request: &Request, now_ms: i64) -> Reply {
        let host = request.header("host").unwrap_or_default();
        let inbound = Inbound {
            method: request.method.clone(),
            host: host.to_owned(),
            path: request.path().to_owned(),
            query: request.query().to_owned(),
            headers: request.headers.clone(),
            body: request.body.clone(),
        };
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let by_headers = || {
            if clouds::tencent::recognises(&inbound) {
                Some(Cloud::Tencent)
            } else if clouds::zenlayer::recognises(&inbound) {
                Some(Cloud::Zenlayer)
            } else if clouds::alibaba::recognises(&inbound) {
                Some(Cloud::Alibaba)
            } else {
                None
            }
        };
        if let Some(cloud) = Cloud::of_host(name) {
            self.arrive(cloud, Via::Host, &inbound, now_ms).reply
        } else if let Some(cloud) = by_headers() {
            self.arrive(cloud, Via::Headers, &inbound, now_ms).reply
        } else {
            let text = "No cloud is addressed: neither the Host header nor a signature names one.\n\
                        See /sandbox for what is here.\n";
            Answer::new(404, "text/plain; charset=utf-8", text).into()
        }
    }

    fn through_proxy(&mut self, request: &Request, now_ms: i64) -> Reply {
        let (origin, decision) = proxy::decide(request, &self.config.origins);
        let (cloud, inbound) = match decision {
            proxy::Decision::Pass(cloud, inbound) => (cloud, inbound),
            proxy::Decision::Preflight => return proxy::preflight(origin.as_deref()).into(),
            proxy::Decision::Refuse { status, error, why } => {
                self.note_undelivered(request, status, why, now_ms);
                return proxy::own(status, error, origin.as_deref()).into();
            }
        };
        let action = facts(cloud, &inbound).action;
        self.faults.count(cloud, &action);
        let index =
            self.faults.position(cloud, &action, |fault| fault.point() == FaultPoint::Proxy);
        if let Some(fault) = index.and_then(|index| self.faults.take(index)) {
            let answer = proxy::undelivered(&fault.kind, origin.as_deref());
            self.note_undelivered(request, answer.status, fault.name(), now_ms);
            return answer.into();
        }
        if !self.passed.note(&inbound, now_ms) {
            let answer = proxy::repeated(origin.as_deref());
            self.note_undelivered(request, answer.status, "a second copy", now_ms);
            return answer.into();
        }
        let arrival = self.arrive(cloud, Via::Proxy, &inbound, now_ms);
        proxy::relay(
            arrival.reply,
            arrival.fault.as_ref().map(|fault| &fault.kind),
            origin.as_deref(),
        )
    }

    fn note_undelivered(&mut self, request: &Request, status: u16, reason: &str, now_ms: i64) {
        self.undelivered.push(Undelivered {
            at_ms: now_ms,
            method: request.method.clone(),
            path: request.path().to_owned(),
            status,
            reason: reason.to_owned(),
        });
    }

    /// A request reaches a cloud.
    fn arrive(&mut self, cloud: Cloud, via: Via, inbound: &Inbound, now_ms: i64) -> Arrival {
        let facts = facts(cloud, inbound);
        if via != Via::Proxy {
            self.faults.count(cloud, &facts.action);
        }
        let request_id = self.next_request_id(cloud);
        let server_s =
            now_ms.div_euclid(1_000).saturating_add(self.clock_skew_s(cloud, &facts.action));
        let mut call = blank_call(cloud, via, inbound, &facts, &request_id, now_ms);
        let pending = self.pending_fault(cloud, via, &facts.action);
        if let Some((index, fault)) = &pending
            && fault.point() == FaultPoint::Connection
        {
            self.faults.take(*index);
            call.fault = Some(fault.name());
            self.calls.push(call);
            let answer = Answer::new(502, "text/plain", "");
            let reply = Reply { answer, delivery: Delivery::CutBeforeHead, delay_ms: 0 };
            return Arrival { reply, fault: None };
        }

        let (mut indices, for_instances) = self.instance_faults(cloud, &facts);
        let instead = match &pending {
            Some((_, fault)) if fault.point() == FaultPoint::Instead => Some(
                echoing(cloud, &facts.action, inbound, &fault.kind)
                    .unwrap_or_else(|| self.planned(cloud, &facts, &fault.kind)),
            ),
            // Where the response is corrupted and nothing is to happen, the cloud reports a failure.
            Some((_, fault)) if !fault.executed => Some(internal_error(cloud, &facts)),
            Some(_) | None => None,
        };
        let task = Task {
            request: inbound,
            facts: &facts,
            server_s,
            now_ms,
            request_id,
            instead,
            for_instances,
        };
        let Served { answer, code, record } = self.serve(cloud, &task);
        let CallRecord { signature, executed, refused, used_instead } = record;
        let mut reply: Reply = answer.with("date", time::http(server_s)).into();
        call.refused = refused;
        call.executed = executed;
        call.code = code;
        let on_response =
            pending.as_ref().filter(|(_, fault)| fault.point() != FaultPoint::Instead);
        if let Some((_, fault)) = on_response {
            reply = corrupt(reply, &fault.kind, &task);
            if fault.kind == Kind::NonceUsed {
                call.code = Some("SignatureNonceUsed".to_owned());
            }
        }
        call.status = reply.answer.status;
        if signature != "ok" {
            indices.clear();
        }
        if !indices.is_empty() {
            call.fault = Some("error");
        }
        let took_effect = used_instead || on_response.is_some();
        let effective = pending.filter(|_| took_effect);
        if let Some((index, fault)) = &effective {
            call.fault = Some(fault.name());
            indices.push(*index);
        }
        call.signature = signature;
        self.calls.push(call);
        // From the back, so that the indices in front stay right.
        indices.sort_unstable();
        for index in indices.into_iter().rev() {
            self.faults.take(index);
        }
        Arrival { reply, fault: effective.map(|(_, fault)| fault) }
    }

    /// How far ahead a fault sets the cloud's clock.
    fn clock_skew_s(&mut self, cloud: Cloud, action: &str) -> i64 {
        let index = self.faults.position(cloud, action, |fault| fault.point() == FaultPoint::Clock);
        match index.and_then(|index| self.faults.take(index)).map(|fault| fault.kind) {
            Some(Kind::ClockSkew { seconds }) => seconds,
            Some(_) | None => 0,
        }
    }

    /// The fault that this request meets at the cloud, and its index.
    fn pending_fault(&self, cloud: Cloud, via: Via, action: &str) -> Option<(usize, Fault)> {
        let index = self.faults.position(cloud, action, |fault| {
            let is_possible = match fault.point() {
                FaultPoint::Connection | FaultPoint::Instead | FaultPoint::Response => true,
                FaultPoint::ProxiedResponse => via == Via::Proxy,
                FaultPoint::Proxy | FaultPoint::Clock => false,
            };
            is_possible
                && fault.instance_ids.is_empty()
                && (cloud == Cloud::Alibaba || fault.kind != Kind::NonceUsed)
        })?;
        Some((index, self.faults.all().get(index)?.clone()))
    }

    fn serve(&mut self, cloud: Cloud, task: &Task<'_>) -> Served {
        let mut world = World {
            fleet: &mut self.fleet,
            credentials: &self.credentials,
            nonces: &mut self.nonces,
            rates: &mut self.rates,
            limits: &self.config.limits,
            speed: self.config.speed,
        };
        match cloud {
            Cloud::Alibaba => clouds::alibaba::serve(&mut world, task),
            Cloud::Tencent => clouds::tencent::serve(&mut world, task),
            Cloud::Zenlayer => clouds::zenlayer::serve(&mut world, task),
        }
    }

    /// The pending errors of single instances of this request, and their indices.
    fn instance_faults(&self, cloud: Cloud, facts: &Facts) -> (Vec<usize>, Vec<(String, Failure)>) {
        let mut indices = Vec::new();
        let mut failures = Vec::new();
        for (index, fault) in self.faults.all().iter().enumerate() {
            if fault.matches(cloud, &facts.action)
                && fault.is_due()
                && fault.point() == FaultPoint::Instead
                && fault.instance_ids.iter().any(|id| facts.ids.contains(id))
            {
                indices.push(index);
                let failure = self.planned(cloud, facts, &fault.kind);
                failures.extend(fault.instance_ids.iter().map(|id| (id.clone(), failure.clone())));
            }
        }
        (indices, failures)
    }

    /// The error that a fault asks for.
    fn planned(&self, cloud: Cloud, facts: &Facts, kind: &Kind) -> Failure {
        let action = facts.action.as_str();
        if let Kind::Error { code, message, status } = kind {
            let row = errors::find(cloud, action, code, message.as_deref());
            let default = match cloud {
                Cloud::Tencent => 200,
                Cloud::Alibaba | Cloud::Zenlayer => 400,
            };
            return Failure {
                status: status.or(row.map(|row| row.status)).unwrap_or(default),
                code: code.clone(),
                message: message
                    .clone()
                    .or_else(|| row.map(errors::ErrorRow::text))
                    .unwrap_or_else(|| format!("{code}.")),
            };
        }
        if *kind == Kind::NonceUsed {
            return Failure::of(cloud, action, "SignatureNonceUsed");
        }
        // The only other fault that comes instead of the operation is the rate limit.
        match cloud {
            Cloud::Alibaba => clouds::alibaba::throttled(action),
            Cloud::Tencent => {
                let limit = self.config.limits.per_second(cloud, action);
                clouds::tencent::throttled(limit + 1, limit)
            }
            Cloud::Zenlayer => clouds::zenlayer::throttled(),
        }
    }
}

/// The result of a request at a cloud, and the fault that took effect.
struct Arrival {
    reply: Reply,
    fault: Option<Fault>,
}

const PAGE: &str = "<!doctype html><title>Sandbox</title><h1>Something else answered</h1>";

fn internal_error(cloud: Cloud, facts: &Facts) -> Failure {
    let code = match cloud {
        Cloud::Alibaba => "InternalError",
        Cloud::Tencent => "InternalServerError",
        Cloud::Zenlayer => "INTERNAL_SERVER_ERROR",
    };
    Failure::of(cloud, &facts.action, code)
}

/// The journal's entry before anything is known of the outcome.
fn blank_call(
    cloud: Cloud,
    via: Via,
    inbound: &Inbound,
    facts: &Facts,
    request_id: &str,
    at_ms: i64,
) -> Call {
    Call {
        at_ms,
        cloud,
        via,
        host: inbound.host.clone(),
        method: inbound.method.clone(),
        action: facts.action.clone(),
        version: facts.version.clone(),
        region: facts.region.clone(),
        ids: facts.ids.clone(),
        key_id: facts.key_id.clone(),
        signature: "not checked".to_owned(),
        executed: false,
        refused: Vec::new(),
        request_id: request_id.to_owned(),
        status: 0,
        code: None,
        fault: None,
    }
}

fn facts(cloud: Cloud, inbound: &Inbound) -> Facts {
    match cloud {
        Cloud::Alibaba => clouds::alibaba::facts(inbound),
        Cloud::Tencent => clouds::tencent::facts(inbound),
        Cloud::Zenlayer => clouds::zenlayer::facts(inbound),
    }
}

/// The head of a request, line by line, as some gateways print it in an error.
fn head(request: &Inbound) -> String {
    let mut head = format!("{} {}?{}\n", request.method, request.path, request.query);
    for (name, value) in &request.headers {
        head.extend([name.as_str(), ": ", value, "\n"]);
    }
    head
}

/// An error of the cloud that echoes too much of the request.
fn echoing(cloud: Cloud, action: &str, request: &Inbound, kind: &Kind) -> Option<Failure> {
    let tokens = ["x-acs-security-token", "x-tc-token", "authorization"];
    let token = tokens.iter().find_map(|name| request.header(name)).unwrap_or_default();
    let (codes, message) = match kind {
        Kind::CanonicalRequest => (
            [
                "SignatureDoesNotMatch",
                "AuthFailure.SignatureFailure",
                "AUTHFAILURE_SIGNATURE_FAILURE",
            ],
            format!("The server signed another text: [{}]", head(request)),
        ),
        Kind::TokenNamed => (
            [
                "InvalidSecurityToken.Malformed",
                "AuthFailure.TokenFailure",
                "AUTHFAILURE_SIGNATURE_FAILURE",
            ],
            format!("The value {token} is not valid."),
        ),
        _ => return None,
    };
    let [alibaba, tencent, zenlayer] = codes;
    let code = match cloud {
        Cloud::Alibaba => alibaba,
        Cloud::Tencent => tencent,
        Cloud::Zenlayer => zenlayer,
    };
    Some(Failure::of(cloud, action, code).with_message(message))
}

/// Longer than any answer of a cloud.
const LONG_BYTES: usize = 5_000_000;

/// Longer than any client waits for a response.
const SILENT_MS: u64 = 600_000;

/// What is left of an answer after a fault.
fn corrupt(mut reply: Reply, kind: &Kind, task: &Task<'_>) -> Reply {
    let date = reply.answer.header("date").unwrap_or_default().to_owned();
    let page = |status: u16| {
        Answer::new(status, "text/html; charset=utf-8", PAGE).with("date", date.clone())
    };
    match kind {
        Kind::NonceUsed => {
            let failure = Failure::of(Cloud::Alibaba, &task.facts.action, "SignatureNonceUsed");
            reply.answer = clouds::alibaba::refusal(task, &failure).with("date", date);
        }
        Kind::Slow { ms } => reply.delay_ms = *ms,
        Kind::LostAnswer => reply.delivery = Delivery::CutBeforeHead,
        Kind::CutHead => reply.delivery = Delivery::CutHead,
        Kind::Silent => {
            reply.delivery = Delivery::CutBeforeHead;
            reply.delay_ms = SILENT_MS;
        }
        Kind::CutOffBody => {
            reply.delivery = Delivery::CutBody { keep_bytes: reply.answer.body.len() / 2 };
        }
        Kind::Garbage => {
            let bytes: Vec<u8> = (0..=255).rev().collect();
            reply.answer = Answer::new(200, "application/json", bytes).with("date", date);
        }
        Kind::Html => reply.answer = page(200),
        Kind::EchoedHeaders => {
            let page = format!("{PAGE}<pre>{}</pre>", head(task.request));
            reply.answer = Answer::new(500, "text/html; charset=utf-8", page).with("date", date);
        }
        Kind::EchoedBase64 => {
            let body = json!({ "debug": BASE64_STANDARD.encode(head(task.request).as_bytes()) });
            reply.answer =
                Answer::new(500, "application/json", body.to_string()).with("date", date);
        }
        Kind::LongAnswer => reply.answer.body.resize(LONG_BYTES, b' '),
        Kind::Empty => reply.answer = Answer::new(200, "application/json", "").with("date", date),
        Kind::Status { status } => {
            reply.answer = page(*status);
            if (300..400).contains(status) {
                reply.answer = reply.answer.with("location", "/login");
            }
        }
        Kind::Error { .. }
        | Kind::Throttled
        | Kind::CanonicalRequest
        | Kind::TokenNamed
        | Kind::CutBefore
        | Kind::ClockSkew { .. }
        | Kind::Unreachable
        | Kind::Dns
        | Kind::Tls
        | Kind::Timeout
        | Kind::TooLong
        | Kind::UpstreamCut
        | Kind::AnswerTimeout
        | Kind::ProxyThrottled
        | Kind::Untyped502
        | Kind::Foreign404
        | Kind::LoginRedirect
        | Kind::NoProxyStatus => {}
    }
    reply
}
