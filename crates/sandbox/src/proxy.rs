//! The proxy contract: which requests pass, what is taken off them, and what every answer carries.

use std::collections::{HashSet, VecDeque};

use crate::{
    cloud::Cloud,
    faults::Kind,
    message::{Answer, Delivery, Reply, Request},
    signature::Inbound,
};

/// The largest body that passes, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// The deadline of the cloud's response.
pub const DEADLINE_MS: u64 = 30_000;

const NAME: &str = "relight-proxy";

/// The only hosts that are reached, one a line.
const HOSTS: &str = include_str!("../../../deploy/hosts.txt");

/// The signatures that have passed, so that none changes anything twice: a browser may send a POST
/// again by itself.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    order: VecDeque<(i64, String)>,
    known: HashSet<String>,
}

impl Passed {
    /// How long a signature is remembered: as long as any of the clouds takes it.
    const LIFETIME_MS: i64 = 15 * 60 * 1_000;
    const MAX: usize = 10_000;

    /// Notes a request that changes something; false when one with its signature has passed before.
    pub(crate) fn note(&mut self, inbound: &Inbound, now_ms: i64) -> bool {
        if is_read(&inbound.headers) {
            return true;
        }
        while self.order.len() >= Self::MAX
            || self.order.front().is_some_and(|(at_ms, _)| now_ms - at_ms > Self::LIFETIME_MS)
        {
            let Some((_, oldest)) = self.order.pop_front() else { break };
            self.known.remove(&oldest);
        }
        let signature = inbound.header("authorization").unwrap_or_default();
        let is_new = self.known.insert(signature.to_owned());
        if is_new {
            self.order.push_back((now_ms, signature.to_owned()));
        }
        is_new
    }
}

/// The only request headers that a cloud gets to see.
pub const REQUEST_HEADERS: [&str; 19] = [
    "authorization",
    "content-type",
    "accept",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
    "x-acs-security-token",
    "x-tc-action",
    "x-tc-version",
    "x-tc-region",
    "x-tc-timestamp",
    "x-tc-token",
    "x-tc-language",
    "x-zc-action",
    "x-zc-version",
    "x-zc-timestamp",
    "x-zc-signature-method",
];

/// The only answer headers that the page gets to see.
pub const ANSWER_HEADERS: [&str; 4] = ["content-type", "date", "retry-after", "x-acs-request-id"];

/// What the proxy does with a request.
#[derive(Debug)]
pub(crate) enum Decision {
    Pass(Cloud, Inbound),
    Preflight,
    Refuse {
        status: u16,
        /// An RFC 9209 error type that means "not sent".
        error: &'static str,
        why: &'static str,
    },
}

/// Decides on the raw request line. The first value is the origin to allow in the answer.
pub(crate) fn decide(request: &Request, origins: &[String]) -> (Option<String>, Decision) {
    let refuse = |status, error, why| Decision::Refuse { status, error, why };
    let deny = |status, why| refuse(status, "http_request_denied", why);
    let count = |wanted: &str| {
        request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).count()
    };
    let origin = match request.header("origin") {
        None => None,
        Some(_) if count("origin") > 1 => return (None, deny(403, "two origins")),
        Some(origin) if is_allowed(origin, request.header("host"), origins) => {
            Some(origin.to_owned())
        }
        Some(_) => return (None, deny(403, "origin")),
    };
    let Some((cloud, host, path)) = target(request.path()) else {
        return (origin, deny(403, "host or path"));
    };
    let decision = match request.method.as_str() {
        "OPTIONS" if origin.is_none() => deny(403, "preflight without origin"),
        "OPTIONS" if request.header("access-control-request-method") != Some("POST") => {
            deny(405, "preflight for another method")
        }
        "OPTIONS" => Decision::Preflight,
        "POST" if !has_action(request) => deny(400, "no action header"),
        "POST" if request.header("sec-fetch-dest").is_some_and(|dest| dest != "empty") => {
            deny(400, "Sec-Fetch-Dest")
        }
        "POST" if request.header("upgrade").is_some() => deny(400, "upgrade"),
        "POST"
            if !is_read(&request.headers)
                && (count("authorization") > 1
                    || !request.header("authorization").is_some_and(is_plain)) =>
        {
            deny(400, "a change without a signature")
        }
        "POST" if request.body.len() > MAX_BODY_BYTES => refuse(413, "http_request_error", "body"),
        "POST" => {
            let headers = request
                .headers
                .iter()
                .filter(|(name, _)| {
                    REQUEST_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known))
                })
                .cloned()
                .collect();
            let inbound = Inbound {
                method: "POST".to_owned(),
                host: host.to_owned(),
                path: path.to_owned(),
                query: request.query().to_owned(),
                headers,
                body: request.body.clone(),
            };
            Decision::Pass(cloud, inbound)
        }
        _ => deny(405, "method"),
    };
    (origin, decision)
}

/// The answer to a preflight.
pub(crate) fn preflight(origin: Option<&str>) -> Answer {
    let answer = Answer { status: 204, headers: Vec::new(), body: Vec::new() }
        .with("access-control-allow-methods", "POST")
        .with("access-control-allow-headers", REQUEST_HEADERS.join(", "))
        .with("access-control-max-age", "600")
        .with("proxy-status", NAME);
    add_headers(answer, origin)
}

/// An answer of the proxy itself, with its typed error.
pub(crate) fn own(status: u16, error: &str, origin: Option<&str>) -> Answer {
    let mut answer = Answer { status, headers: Vec::new(), body: Vec::new() }
        .with("proxy-status", format!("{NAME}; error={error}"));
    if status == 405 {
        answer = answer.with("allow", "POST, OPTIONS");
    }
    add_headers(answer, origin)
}

/// The response to a second copy: the first is in flight or has arrived, so it is not "not sent".
pub(crate) fn repeated(origin: Option<&str>) -> Answer {
    own(409, "proxy_internal_response; details=\"repeated\"", origin)
}

/// What the proxy says when it could not send a request: status and RFC 9209 error type.
const NOT_SENT: [(Kind, u16, &str); 6] = [
    (Kind::Unreachable, 502, "connection_refused"),
    (Kind::Dns, 502, "dns_error"),
    (Kind::Tls, 502, "tls_certificate_error"),
    (Kind::Timeout, 504, "connection_timeout"),
    (Kind::TooLong, 413, "http_request_error"),
    (Kind::ProxyThrottled, 429, "connection_limit_reached"),
];

/// The response where a fault keeps the request from the cloud: typed, or of something that is not our proxy.
pub(crate) fn undelivered(kind: &Kind, origin: Option<&str>) -> Answer {
    if let Some((_, status, error)) = NOT_SENT.iter().find(|(known, _, _)| known == kind) {
        let answer = own(*status, error, origin);
        return if *status == 429 { answer.with("retry-after", "1") } else { answer };
    }
    let page = "<!doctype html><title>Portal</title>";
    let untyped = |status| Answer::new(status, "text/html; charset=utf-8", page);
    if *kind == Kind::LoginRedirect {
        untyped(302).with("location", "/login")
    } else {
        untyped(404)
    }
}

/// Forwards a cloud's response, or reports what happened to it.
pub(crate) fn relay(reply: Reply, fault: Option<&Kind>, origin: Option<&str>) -> Reply {
    let Reply { answer, delivery, delay_ms } = reply;
    let say = |status: u16, error: &str, delay_ms: u64| Reply {
        answer: own(status, error, origin),
        delivery: Delivery::Whole,
        delay_ms,
    };
    if fault == Some(&Kind::UpstreamCut) {
        return say(502, "connection_terminated", delay_ms);
    }
    if fault == Some(&Kind::AnswerTimeout) {
        return say(504, "http_response_timeout", delay_ms);
    }
    if fault == Some(&Kind::Untyped502) {
        let page = "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>";
        return Answer::new(502, "text/html", page).into();
    }
    if fault == Some(&Kind::Silent) {
        // Nor does anything in between give up.
        return Reply { answer, delivery, delay_ms };
    }
    if delay_ms >= DEADLINE_MS {
        return say(504, "http_response_timeout", DEADLINE_MS);
    }
    let status = answer.status;
    if (300..400).contains(&status) || status == 408 || status == 421 {
        return say(502, &format!("http_protocol_error; received-status={status}"), delay_ms);
    }
    let headers = answer
        .headers
        .into_iter()
        .filter(|(name, _)| ANSWER_HEADERS.contains(&name.as_str()))
        .collect();
    let mut passed = Answer { status, headers, body: answer.body };
    if fault != Some(&Kind::NoProxyStatus) {
        passed = passed.with("proxy-status", format!("{NAME}; received-status={status}"));
    }
    Reply { answer: add_headers(passed, origin), delivery, delay_ms }
}

/// What is on every answer of the proxy.
fn add_headers(answer: Answer, origin: Option<&str>) -> Answer {
    let answer = answer
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff")
        .with("content-security-policy", "default-src 'none'; sandbox")
        .with("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        // A reused connection that dies makes a browser send a POST again by itself.
        .with("connection", "close");
    match origin {
        None => answer,
        Some(origin) => answer
            .with("access-control-allow-origin", origin)
            .with(
                "access-control-expose-headers",
                "Date, Retry-After, Proxy-Status, X-Acs-Request-Id",
            )
            // Without it a page of another origin cannot see over which protocol it calls.
            .with("timing-allow-origin", origin),
    }
}

/// `/proxy/{host}{path}` with an allowed host and path, both taken literally.
fn target(path: &str) -> Option<(Cloud, &str, &str)> {
    let rest = path.strip_prefix("/proxy/")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    let cloud = Cloud::of_host(host).filter(|_| HOSTS.lines().any(|known| known == host))?;
    let product = path.strip_prefix("/api/v2/").is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    });
    (path == "/" || product).then_some((cloud, host, path))
}

/// Its own origin, or one of the list; never `null`.
fn is_allowed(origin: &str, host: Option<&str>, origins: &[String]) -> bool {
    let own = host.is_some_and(|host| {
        origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
    });
    own || (origin != "null" && origins.iter().any(|allowed| allowed == origin))
}

const ACTION_HEADERS: [&str; 3] = ["x-acs-action", "x-tc-action", "x-zc-action"];

fn has_action(request: &Request) -> bool {
    ACTION_HEADERS.iter().any(|name| request.header(name).is_some())
}

/// Whether it is printable ASCII with single spaces between: others are a second key of one signature.
fn is_plain(signature: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
    signature.split(' ').all(is_word)
}

/// Whether it only reads: one action is named, in one header, and it is a Describe and nothing else.
fn is_read(headers: &[(String, String)]) -> bool {
    let is_action =
        |name: &str| ACTION_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known));
    let mut actions = headers.iter().filter(|(name, _)| is_action(name));
    let (Some((_, action)), None) = (actions.next(), actions.next()) else { return false };
    action
        .strip_prefix("Describe")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
