//! Faults: what goes wrong on request.

use serde_json::{Map, Value, json};

use crate::{cloud::Cloud, errors};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The cloud answers an error and does nothing; with `instance_ids`, only for those.
    Error { code: String, message: Option<String>, status: Option<u16> },
    /// The cloud's own rate limit answer.
    Throttled,
    /// Alibaba says that the nonce was used.
    NonceUsed,
    /// The answer comes later.
    Slow { ms: u64 },
    /// The connection closes before the head of the answer.
    LostAnswer,
    /// The connection closes in the middle of the head of the answer.
    CutHead,
    /// The head arrives and part of the body.
    CutOffBody,
    /// The connection stays open, and nothing ever comes.
    Silent,
    /// The connection closes before the request is understood.
    CutBefore,
    /// A 200 whose body is no text.
    Garbage,
    /// A 200 with a web page.
    Html,
    /// A 200 with no body.
    Empty,
    /// A 500 with a page that shows the head of the request.
    EchoedHeaders,
    /// The same in base64.
    EchoedBase64,
    /// The cloud refuses the signature and shows what it has signed itself, all headers among it.
    CanonicalRequest,
    /// The cloud refuses the token, or where there is none the signature, and names it.
    TokenNamed,
    /// A good answer with five million bytes of blanks behind it.
    LongAnswer,
    /// Any status, with a web page.
    Status { status: u16 },
    /// The cloud's clock is wrong, for its checks and its Date header.
    ClockSkew { seconds: i64 },
    /// The proxy could not connect: refused.
    Unreachable,
    /// The proxy did not find the host.
    Dns,
    /// The proxy refused the host's certificate.
    Tls,
    /// The proxy could not connect in time.
    Timeout,
    /// The proxy found the request too long.
    TooLong,
    /// The proxy lost the connection after it had sent the request.
    UpstreamCut,
    /// The proxy waited in vain for the answer.
    AnswerTimeout,
    /// The proxy has too many connections.
    ProxyThrottled,
    /// A 502 that says nothing more, from something that is not our proxy.
    Untyped502,
    /// A 404 page from something that is not our proxy.
    Foreign404,
    /// A redirect to a login page.
    LoginRedirect,
    /// A good answer without Proxy-Status.
    NoProxyStatus,
}

/// Where a fault takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultPoint {
    /// In the proxy: the request does not reach the cloud.
    Proxy,
    /// On the connection, before the cloud reads the request.
    Connection,
    /// Instead of the operation, once the signature is right.
    Instead,
    /// On the response. Whether the operation is executed before is the fault's own choice.
    Response,
    /// On the response too, but only of a request through the proxy.
    ProxiedResponse,
    /// On the server's clock.
    Clock,
}

/// One pending fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: Kind,
    /// Only requests to this cloud; none means any.
    pub cloud: Option<Cloud>,
    /// Only this action; none means any.
    pub action: Option<String>,
    /// Only these instances get the error. Empty: the whole request.
    pub instance_ids: Vec<String>,
    /// How many matching requests pass first.
    pub after: u32,
    /// How many have come so far.
    pub(crate) seen: u32,
    /// How often it still happens; none means until it is deleted.
    pub times: Option<u32>,
    /// Whether the operation is executed although the response is corrupted.
    pub executed: bool,
}

/// The kinds without fields, and their names in JSON.
const PLAIN: &[(&str, Kind)] = &[
    ("throttled", Kind::Throttled),
    ("nonce-used", Kind::NonceUsed),
    ("lost-answer", Kind::LostAnswer),
    ("cut-head", Kind::CutHead),
    ("cut-off-body", Kind::CutOffBody),
    ("silent", Kind::Silent),
    ("cut-before", Kind::CutBefore),
    ("garbage", Kind::Garbage),
    ("html", Kind::Html),
    ("empty-200", Kind::Empty),
    ("echoed-headers", Kind::EchoedHeaders),
    ("echoed-base64", Kind::EchoedBase64),
    ("canonical-request", Kind::CanonicalRequest),
    ("token-named", Kind::TokenNamed),
    ("long-answer", Kind::LongAnswer),
    ("unreachable", Kind::Unreachable),
    ("dns", Kind::Dns),
    ("tls", Kind::Tls),
    ("timeout", Kind::Timeout),
    ("too-long", Kind::TooLong),
    ("upstream-cut", Kind::UpstreamCut),
    ("answer-timeout", Kind::AnswerTimeout),
    ("proxy-throttled", Kind::ProxyThrottled),
    ("untyped-502", Kind::Untyped502),
    ("foreign-404", Kind::Foreign404),
    ("login-redirect", Kind::LoginRedirect),
    ("no-proxy-status", Kind::NoProxyStatus),
];

/// The fields that a fault may have.
const FIELDS: [&str; 12] = [
    "cloud",
    "action",
    "fault",
    "after",
    "times",
    "code",
    "message",
    "status",
    "instanceIds",
    "ms",
    "seconds",
    "executed",
];

impl Fault {
    /// Reads the body of `POST /sandbox/faults`. The error says what is wrong with it.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let object = value.as_object().ok_or("a fault is a JSON object")?;
        if let Some(name) = object.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            return Err(format!("a fault has no field {name:?}"));
        }
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        let cloud = match text("cloud") {
            Some(name) => {
                Some(Cloud::parse(&name).ok_or_else(|| format!("no cloud is called {name:?}"))?)
            }
            None => None,
        };
        let action = text("action");
        let kind = Kind::from_json(object, cloud, action.as_deref())?;
        let instance_ids = match object.get("instanceIds") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => {
                list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(_) => return Err("instanceIds is an array of texts".to_owned()),
        };
        if !instance_ids.is_empty() && !matches!(kind, Kind::Error { .. }) {
            return Err("only an error can be of single instances".to_owned());
        }
        let lasting = matches!(kind, Kind::ClockSkew { .. });
        let times = match object.get("times") {
            Some(Value::Null) => None,
            None => (!lasting).then_some(1),
            Some(times) => Some(
                times
                    .as_u64()
                    .and_then(|times| u32::try_from(times).ok())
                    .filter(|times| *times > 0)
                    .ok_or("times is 1 or more, or null for ever")?,
            ),
        };
        let after = match object.get("after") {
            None | Some(Value::Null) => 0,
            Some(after) => after
                .as_u64()
                .and_then(|after| u32::try_from(after).ok())
                .ok_or("after is 0 or more")?,
        };
        let executed = match object.get("executed") {
            None | Some(Value::Null) => !matches!(kind, Kind::Status { .. } | Kind::Untyped502),
            Some(value) => value.as_bool().ok_or("executed is true or false")?,
        };
        Ok(Self { kind, cloud, action, instance_ids, after, seen: 0, times, executed })
    }

    /// What `GET /sandbox/faults` says of it.
    pub fn to_json(&self) -> Value {
        json!({
            "fault": self.name(),
            "cloud": self.cloud.map(Cloud::name),
            "action": self.action,
            "instanceIds": self.instance_ids,
            "after": self.after.saturating_sub(self.seen),
            "times": self.times,
            "executed": self.executed,
        })
    }

    /// The name in JSON.
    pub fn name(&self) -> &'static str {
        match &self.kind {
            Kind::Error { .. } => "error",
            Kind::Slow { .. } => "slow",
            Kind::Status { .. } => "status",
            Kind::ClockSkew { .. } => "clock-skew",
            plain => PLAIN.iter().find(|(_, kind)| kind == plain).map_or("", |(name, _)| name),
        }
    }

    /// Whether it is for such a request.
    pub(crate) fn matches(&self, cloud: Cloud, action: &str) -> bool {
        self.cloud.is_none_or(|of| of == cloud)
            && self.action.as_deref().is_none_or(|of| of == action)
    }

    /// Whether enough requests have passed.
    pub(crate) fn is_due(&self) -> bool {
        self.seen > self.after
    }

    pub(crate) fn point(&self) -> FaultPoint {
        match &self.kind {
            Kind::Unreachable
            | Kind::Dns
            | Kind::Tls
            | Kind::Timeout
            | Kind::TooLong
            | Kind::ProxyThrottled
            | Kind::Foreign404
            | Kind::LoginRedirect => FaultPoint::Proxy,
            Kind::CutBefore => FaultPoint::Connection,
            Kind::NonceUsed if !self.executed => FaultPoint::Instead,
            Kind::Error { .. } | Kind::Throttled | Kind::CanonicalRequest | Kind::TokenNamed => {
                FaultPoint::Instead
            }
            Kind::NonceUsed
            | Kind::Slow { .. }
            | Kind::LostAnswer
            | Kind::CutHead
            | Kind::CutOffBody
            | Kind::Silent
            | Kind::Garbage
            | Kind::Html
            | Kind::Empty
            | Kind::EchoedHeaders
            | Kind::EchoedBase64
            | Kind::LongAnswer
            | Kind::Status { .. } => FaultPoint::Response,
            Kind::UpstreamCut | Kind::AnswerTimeout | Kind::Untyped502 | Kind::NoProxyStatus => {
                FaultPoint::ProxiedResponse
            }
            Kind::ClockSkew { .. } => FaultPoint::Clock,
        }
    }
}

impl Kind {
    fn from_json(
        object: &Map<String, Value>,
        cloud: Option<Cloud>,
        action: Option<&str>,
    ) -> Result<Self, String> {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| {
            let number = object.get(name).and_then(Value::as_i64);
            number.ok_or_else(|| format!("{name} is missing or no number"))
        };
        let status = || -> Result<u16, String> {
            u16::try_from(number("status")?)
                .ok()
                .filter(|status| (200..600).contains(status))
                .ok_or_else(|| "status is from 200 to 599".to_owned())
        };
        let name = text("fault").unwrap_or_default();
        if let Some((_, kind)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
            return Ok(kind.clone());
        }
        match name.as_str() {
            "error" => {
                let code = text("code").ok_or("an error needs its code")?;
                let message = text("message");
                let status = object.get("status").map(|_| status()).transpose()?;
                let operation = action.unwrap_or("*");
                let known = cloud
                    .is_some_and(|cloud| errors::find(cloud, operation, &code, None).is_some());
                if known || status.is_some() {
                    Ok(Self::Error { code, message, status })
                } else {
                    Err(format!("{code:?} is unknown: name the right cloud, or give a status"))
                }
            }
            "failed" => {
                let code = errors::LISTED_AS_FAILED.to_owned();
                Ok(Self::Error { code, message: None, status: None })
            }
            "slow" => u64::try_from(number("ms")?)
                .map(|ms| Self::Slow { ms })
                .map_err(|_| "ms is not negative".to_owned()),
            "status" => Ok(Self::Status { status: status()? }),
            "clock-skew" => Ok(Self::ClockSkew { seconds: number("seconds")? }),
            _ => {
                let plain: Vec<&str> = PLAIN.iter().map(|(name, _)| *name).collect();
                Err(format!(
                    "fault is error, failed, slow, status, clock-skew, {}",
                    plain.join(", ")
                ))
            }
        }
    }
}

/// The pending faults, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    pending: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.pending.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    pub(crate) fn all(&self) -> &[Fault] {
        &self.pending
    }

    /// Counts a request for the faults that let some pass first. To be called once for each.
    pub(crate) fn count(&mut self, cloud: Cloud, action: &str) {
        for fault in self.pending.iter_mut().filter(|fault| fault.matches(cloud, action)) {
            fault.seen = fault.seen.saturating_add(1);
        }
    }

    /// The index of the first matching fault that is due.
    pub(crate) fn position(
        &self,
        cloud: Cloud,
        action: &str,
        fits: impl Fn(&Fault) -> bool,
    ) -> Option<usize> {
        self.pending
            .iter()
            .position(|fault| fault.matches(cloud, action) && fault.is_due() && fits(fault))
    }

    /// Lets a fault happen: it counts down, and is removed at 0.
    pub(crate) fn take(&mut self, index: usize) -> Option<Fault> {
        let fault = self.pending.get_mut(index)?;
        let copy = fault.clone();
        match &mut fault.times {
            None => {}
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => {
                self.pending.remove(index);
            }
        }
        Some(copy)
    }
}
