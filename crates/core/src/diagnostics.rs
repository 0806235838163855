//! The connection check: what a page can find out by itself about the connection to a cloud, from a
//! few harmless requests. `cargo xtask proxy-check` finds more, since it also plays the cloud.

mod probe;

pub use probe::{Probe, made_up_key, probe, recall, remember};

use crate::{
    clouds,
    model::{
        cloud::Cloud,
        outcome::{Described, Fault, Response},
    },
    transport::{REPEATED, TransportResult, Verdict, verdict},
};

/// What is checked; later checks depend on earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The proxy's URL responds.
    Reachable,
    /// CORS allows this page to read its responses.
    Allows,
    /// Its refusals have an error type in `Proxy-Status` (RFC 9209).
    Types,
    /// A call through it gets the cloud's response.
    Cloud,
    /// The signed headers arrive unchanged.
    Headers,
    /// The page can read the cloud's clock.
    Clock,
    /// `Timing-Allow-Origin` lets the page see the protocol of a connection: over HTTP/2 the page
    /// can then send what a browser cannot repeat.
    Timing,
    /// It closes connections, so that fewer exist on which a browser repeats a request.
    Closes,
    /// It refuses the second copy of a signed change: the only protection against a browser that
    /// repeats a request, whatever the connection.
    Once,
}

impl Check {
    /// All checks in order.
    pub const ALL: [Check; 9] = [
        Check::Reachable,
        Check::Allows,
        Check::Types,
        Check::Cloud,
        Check::Headers,
        Check::Clock,
        Check::Timing,
        Check::Closes,
        Check::Once,
    ];

    /// The public name.
    pub const fn word(self) -> &'static str {
        match self {
            Check::Reachable => "reachable",
            Check::Allows => "allows",
            Check::Types => "types",
            Check::Cloud => "cloud",
            Check::Headers => "headers",
            Check::Clock => "clock",
            Check::Timing => "timing",
            Check::Closes => "closes",
            Check::Once => "once",
        }
    }
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// Passed.
    Yes,
    /// Failed.
    No,
    /// Not visible from this page, or not before another check has passed.
    Unknown,
}

impl CheckResult {
    /// The public name.
    pub const fn word(self) -> &'static str {
        match self {
            CheckResult::Yes => "yes",
            CheckResult::No => "no",
            CheckResult::Unknown => "unseen",
        }
    }
}

/// The connection of a request that followed others, as the browser reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// A new one.
    New,
    /// Reused.
    Reused,
    /// HTTP/2 or 3, which are not closed after a response.
    Shared,
    /// Not visible: the proxy is on another origin.
    Unknown,
}

/// The observations of the page.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Whether there is no proxy.
    pub is_direct: bool,
    /// Whether anything responded, readable or not.
    pub answered: bool,
    /// The result of a request that no proxy may forward.
    pub refusal: TransportResult,
    /// The result of a signed read.
    pub call: TransportResult,
    /// Whether it was signed with a real key, and not with one that the cloud must refuse.
    pub has_key: bool,
    /// Its connection.
    pub connection: Connection,
    /// The protocol of the read, as named by the browser: empty where it is not visible, `None`
    /// where there was no entry.
    pub protocol: Option<String>,
    /// The results of the [`Probe`]: of the first copy, then of those that the proxy should refuse.
    /// Empty if it was not sent.
    pub copies: Vec<TransportResult>,
}

/// A check with its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub line: Check,
    /// Its result.
    pub holds: CheckResult,
    /// What was observed: a status, a type, a code, a date. May be empty.
    pub seen: String,
}

/// The result of each check, in the order of [`Check::ALL`].
pub fn findings(cloud: &Cloud, evidence: &Evidence) -> Vec<Finding> {
    Check::ALL
        .map(|line| {
            let (holds, seen) = match line {
                Check::Reachable => reachable(evidence),
                Check::Allows => allows(evidence),
                Check::Types => types(evidence),
                Check::Cloud => reaches(evidence),
                Check::Headers => headers(cloud, evidence),
                Check::Clock => clock(evidence),
                Check::Timing => timing(evidence),
                Check::Closes => closes(evidence),
                Check::Once => once(evidence),
            };
            Finding { line, holds, seen }
        })
        .into()
}

fn reachable(evidence: &Evidence) -> (CheckResult, String) {
    let any = evidence.answered || answer(&evidence.refusal).is_some();
    if any {
        (CheckResult::Yes, String::new())
    } else {
        (CheckResult::No, lost(&evidence.refusal).to_owned())
    }
}

/// A proxy that refuses an unknown host and the real one alike refuses the page.
fn allows(evidence: &Evidence) -> (CheckResult, String) {
    if !evidence.answered && answer(&evidence.refusal).is_none() {
        return (CheckResult::Unknown, String::new());
    }
    match answer(&evidence.call) {
        Some(_) if evidence.is_direct => (CheckResult::Yes, String::new()),
        None => (CheckResult::No, lost(&evidence.call).to_owned()),
        Some(response) => match verdict(response) {
            Verdict::NotSent(word) if word == "http_request_denied" => {
                (CheckResult::No, format!("{}, {word}", response.status))
            }
            Verdict::NotSent(_) | Verdict::Unknown(_) | Verdict::Cloud | Verdict::Unmarked => {
                (CheckResult::Yes, String::new())
            }
        },
    }
}

fn types(evidence: &Evidence) -> (CheckResult, String) {
    let Some(response) = answer(&evidence.refusal) else {
        return (CheckResult::Unknown, String::new());
    };
    match verdict(response) {
        Verdict::NotSent(word) if response.status >= 400 => {
            (CheckResult::Yes, format!("{}, {word}", response.status))
        }
        Verdict::NotSent(word) | Verdict::Unknown(word) => {
            (CheckResult::No, format!("{}, {word}", response.status))
        }
        Verdict::Cloud | Verdict::Unmarked => (CheckResult::No, response.status.to_string()),
    }
}

fn reaches(evidence: &Evidence) -> (CheckResult, String) {
    let Some(response) = answer(&evidence.call) else {
        return (CheckResult::Unknown, String::new());
    };
    if evidence.is_direct {
        return (CheckResult::Yes, response.status.to_string());
    }
    match verdict(response) {
        Verdict::Cloud => (CheckResult::Yes, response.status.to_string()),
        Verdict::NotSent(word) | Verdict::Unknown(word) => {
            (CheckResult::No, format!("{}, {word}", response.status))
        }
        Verdict::Unmarked => (CheckResult::No, response.status.to_string()),
    }
}

/// With a real key the cloud has verified the signature. Without one it can still report a missing
/// header.
fn headers(cloud: &Cloud, evidence: &Evidence) -> (CheckResult, String) {
    let Some(response) = cloud_answer(evidence) else {
        return (CheckResult::Unknown, String::new());
    };
    let code = match clouds::decoder(cloud).decode_describe(response) {
        Described::Found { .. } => String::new(),
        Described::Failed(Fault::Cloud(report)) => report.code.clone(),
        // It lists regions, not instances: only an error matters.
        Described::Failed(Fault::Layer { .. }) if response.status < 300 => String::new(),
        Described::Failed(Fault::Layer { word, .. }) => return (CheckResult::Unknown, word),
    };
    let is = |part: &str| code.to_ascii_lowercase().contains(part);
    let is_changed = is("missing") || is("signature") && !is("expire") && !is("nonce");
    let holds = match (is_changed, evidence.has_key) {
        (true, _) => CheckResult::No,
        (false, true) => CheckResult::Yes,
        (false, false) => CheckResult::Unknown,
    };
    (holds, code)
}

fn clock(evidence: &Evidence) -> (CheckResult, String) {
    let Some(response) = cloud_answer(evidence) else {
        return (CheckResult::Unknown, String::new());
    };
    match response.header("date") {
        Some(date) => (CheckResult::Yes, date.to_owned()),
        None => (CheckResult::No, String::new()),
    }
}

fn closes(evidence: &Evidence) -> (CheckResult, String) {
    match evidence.connection {
        _ if answer(&evidence.refusal).is_none() => (CheckResult::Unknown, String::new()),
        Connection::New => (CheckResult::Yes, String::new()),
        Connection::Reused => (CheckResult::No, String::new()),
        Connection::Shared => (CheckResult::No, "HTTP/2".to_owned()),
        Connection::Unknown => (CheckResult::Unknown, String::new()),
    }
}

fn timing(evidence: &Evidence) -> (CheckResult, String) {
    match evidence.protocol.as_deref() {
        _ if answer(&evidence.call).is_none() => (CheckResult::Unknown, String::new()),
        None => (CheckResult::Unknown, String::new()),
        Some("") => (CheckResult::No, String::new()),
        Some(protocol) => (CheckResult::Yes, protocol.to_owned()),
    }
}

/// The cloud must have received the first copy, and the proxy must have refused every other one
/// with its error type. A refusal for another reason proves nothing.
fn once(evidence: &Evidence) -> (CheckResult, String) {
    let unseen = (CheckResult::Unknown, String::new());
    let Some((first, others)) = evidence.copies.split_first() else { return unseen };
    let reached = answer(first).is_some_and(|response| verdict(response) == Verdict::Cloud);
    if !reached || others.is_empty() {
        return unseen;
    }
    let mut repeated = 0;
    for other in others {
        let Some(response) = answer(other) else { continue };
        if is_repeated(response) {
            repeated += 1;
            continue;
        }
        match verdict(response) {
            // It was forwarded a second time, or refused in an ambiguous way.
            Verdict::Cloud | Verdict::Unmarked => {
                return (CheckResult::No, response.status.to_string());
            }
            // Throttled, or a temporary DNS failure.
            Verdict::NotSent(_) | Verdict::Unknown(_) => {}
        }
    }
    if repeated == others.len() { (CheckResult::Yes, "409, repeated".to_owned()) } else { unseen }
}

/// Whether this is our proxy's error type for a second copy (docs/proxy.md), as the only member of
/// the header: another proxy cannot know.
fn is_repeated(response: &Response) -> bool {
    verdict(response) == Verdict::Unknown(REPEATED.to_owned())
}

fn cloud_answer(evidence: &Evidence) -> Option<&Response> {
    answer(&evidence.call)
        .filter(|response| evidence.is_direct || verdict(response) == Verdict::Cloud)
}

fn answer(result: &TransportResult) -> Option<&Response> {
    match result {
        TransportResult::Answered(response) => Some(response),
        TransportResult::NotSent { .. } | TransportResult::Lost { .. } => None,
    }
}

fn lost(result: &TransportResult) -> &str {
    match result {
        TransportResult::Answered(_) => "",
        TransportResult::NotSent { word } | TransportResult::Lost { word } => word,
    }
}

/// Whether a browser blocks requests from a TLS page to a URL: plain HTTP to another machine (Mixed
/// Content, Secure Contexts). Checking first proves that nothing was sent; trying does not.
pub fn is_mixed_content(page_protocol: &str, protocol: &str, host: &str) -> bool {
    let is_here = host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.strip_prefix("127.").is_some_and(|rest| {
            rest.split('.').count() == 3
                && rest
                    .split('.')
                    .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
    page_protocol == "https:" && protocol == "http:" && !is_here
}

#[cfg(test)]
mod tests {
    use super::{Check, CheckResult, Connection, Evidence, findings, is_mixed_content};
    use crate::{clouds, model::outcome::Response, transport::TransportResult};

    fn answered(status: u16, proxy_status: &str, body: &str) -> TransportResult {
        let headers = [("proxy-status", proxy_status), ("date", "Sat, 21 Nov 2026 04:00:00 GMT")];
        let headers = headers
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        TransportResult::Answered(Response { status, headers, body: body.to_owned() })
    }

    /// A proxy that meets the whole contract, and a cloud that refuses the key.
    fn good() -> Evidence {
        Evidence {
            is_direct: false,
            answered: true,
            refusal: answered(403, "relight-proxy; error=http_request_denied", ""),
            call: refused_by_cloud(),
            has_key: false,
            connection: Connection::New,
            protocol: Some("http/1.1".to_owned()),
            copies: vec![refused_by_cloud(), repeated(), repeated()],
        }
    }

    fn refused_by_cloud() -> TransportResult {
        answered(
            404,
            "relight-proxy; received-status=404",
            "{\"Code\":\"InvalidAccessKeyId.NotFound\",\"Message\":\"\",\"RequestId\":\"R\"}",
        )
    }

    const COPY_REFUSED: &str = "relight-proxy; error=proxy_internal_response; details=\"repeated\"";

    fn repeated() -> TransportResult {
        answered(409, COPY_REFUSED, "")
    }

    fn shown(evidence: &Evidence) -> String {
        let findings = findings(clouds::ALL[0], evidence);
        assert_eq!(findings.iter().map(|one| one.line).collect::<Vec<_>>(), Check::ALL);
        let sign = |holds| match holds {
            CheckResult::Yes => '+',
            CheckResult::No => '-',
            CheckResult::Unknown => '?',
        };
        findings.iter().map(|one| sign(one.holds)).collect()
    }

    #[test]
    fn each_fault_fails_its_own_check() {
        // reachable, allows, types, cloud, headers, clock, timing, closes, once
        assert_eq!(shown(&good()), "++++?++++");
        assert_eq!(shown(&Evidence { has_key: true, ..good() }), "+++++++++");
        let listed = answered(200, "relight-proxy; received-status=200", "{\"Regions\":[]}");
        let listed = Evidence { call: listed, has_key: true, ..good() };
        assert_eq!(shown(&listed), "+++++++++");
        assert!(findings(clouds::ALL[0], &listed)[4].seen.is_empty());
        let page = answered(500, "relight-proxy; received-status=500", "<html>");
        assert_eq!(shown(&Evidence { call: page, has_key: true, ..good() }), "++++?++++");
        let lost = || TransportResult::Lost { word: "network".into() };
        let no_response = Evidence { answered: false, refusal: lost(), call: lost(), ..good() };
        assert_eq!(shown(&no_response), "-???????+");
        let foreign = Evidence { refusal: lost(), call: lost(), ..good() };
        assert_eq!(shown(&foreign), "+-??????+");
        let denied = answered(403, "relight-proxy; error=http_request_denied", "");
        assert_eq!(shown(&Evidence { call: denied, ..good() }), "+-+-??+++");
        let untyped = answered(403, "", "");
        assert_eq!(shown(&Evidence { refusal: untyped, ..good() }), "++-+?++++");
        let passed_on = answered(404, "relight-proxy; received-status=404", "");
        assert_eq!(shown(&Evidence { refusal: passed_on, ..good() }), "++-+?++++");
        let no_name = answered(502, "relight-proxy; error=dns_error", "");
        assert_eq!(shown(&Evidence { call: no_name, ..good() }), "+++-??+++");
        let page = answered(200, "", "<html>");
        assert_eq!(shown(&Evidence { call: page, ..good() }), "+++-??+++");
        for code in ["SignatureDoesNotMatch", "MissingParameter", "AuthFailure.SignatureFailure"] {
            let body = format!("{{\"Code\":\"{code}\",\"Message\":\"\",\"RequestId\":\"R\"}}");
            let call = answered(400, "relight-proxy; received-status=400", &body);
            assert_eq!(shown(&Evidence { call, has_key: true, ..good() }), "++++-++++", "{code}");
        }
        assert_eq!(shown(&Evidence { connection: Connection::Reused, ..good() }), "++++?++-+");
        assert_eq!(shown(&Evidence { connection: Connection::Shared, ..good() }), "++++?++-+");
        assert_eq!(shown(&Evidence { connection: Connection::Unknown, ..good() }), "++++?++?+");
    }

    #[test]
    fn without_a_proxy_only_the_cloud_is_judged() {
        let nothing = || TransportResult::Lost { word: String::new() };
        let body =
            "{\"Code\":\"InvalidAccessKeyId.NotFound\",\"Message\":\"\",\"RequestId\":\"R\"}";
        let call = answered(404, "", body);
        let direct = Evidence {
            is_direct: true,
            refusal: nothing(),
            call,
            connection: Connection::Unknown,
            protocol: None,
            copies: Vec::new(),
            ..good()
        };
        assert_eq!(shown(&direct), "++?+?+???");
        // The cloud responds, and the page cannot read it.
        assert_eq!(shown(&Evidence { call: nothing(), ..direct }), "+-???????");
    }

    #[test]
    fn an_unexposed_date_header_fails_the_clock_check() {
        let mut evidence = good();
        if let TransportResult::Answered(response) = &mut evidence.call {
            response.headers.retain(|(name, _)| name != "date");
        }
        assert_eq!(shown(&evidence), "++++?-+++");
    }

    fn line(evidence: &Evidence, line: Check) -> (CheckResult, String) {
        let findings = findings(clouds::ALL[0], evidence);
        let found = findings.into_iter().find(|one| one.line == line).unwrap();
        (found.holds, found.seen)
    }

    #[test]
    fn a_second_copy_must_be_refused_by_the_proxy_itself() {
        let of = |copies| line(&Evidence { copies, ..good() }, Check::Once);
        assert_eq!(
            of(vec![refused_by_cloud(), repeated()]),
            (CheckResult::Yes, "409, repeated".into())
        );
        for header in [
            "relight-proxy; error=proxy_internal_response; details=repeated",
            "relight-proxy;details=\"repeated\";error=proxy_internal_response",
        ] {
            let copies = vec![refused_by_cloud(), answered(409, header, "")];
            assert_eq!(of(copies).0, CheckResult::Yes, "{header}");
        }

        // The cloud received it twice, if only through one of several machines.
        let no = |second| {
            assert_eq!(of(vec![refused_by_cloud(), second]).0, CheckResult::No);
        };
        no(refused_by_cloud());
        no(answered(409, "", ""));
        no(answered(409, "relight-proxy; received-status=409", "{}"));
        assert_eq!(of(vec![refused_by_cloud(), repeated(), refused_by_cloud()]).0, CheckResult::No);

        // A refusal for another reason or a missing response proves nothing.
        let lost = || TransportResult::Lost { word: "network".into() };
        for copies in [
            Vec::new(),
            vec![refused_by_cloud()],
            vec![repeated(), repeated()],
            vec![lost(), repeated()],
            vec![answered(200, "", "<html>"), repeated()],
            vec![refused_by_cloud(), lost()],
            vec![refused_by_cloud(), repeated(), lost()],
            vec![
                refused_by_cloud(),
                answered(429, "relight-proxy; error=connection_limit_reached", ""),
            ],
            vec![refused_by_cloud(), answered(403, COPY_REFUSED, "")],
            vec![
                refused_by_cloud(),
                answered(409, &COPY_REFUSED.replace("relight-proxy", "cdn"), ""),
            ],
            vec![refused_by_cloud(), answered(409, &format!("{COPY_REFUSED}, cdn"), "")],
            vec![
                refused_by_cloud(),
                answered(409, &format!("{COPY_REFUSED}; received-status=200"), ""),
            ],
            vec![
                refused_by_cloud(),
                answered(409, "relight-proxy; error=proxy_internal_response", ""),
            ],
        ] {
            assert_eq!(of(copies.clone()).0, CheckResult::Unknown, "{copies:?}");
        }
    }

    #[test]
    fn a_hidden_protocol_fails_the_timing_check() {
        let of = |protocol: Option<&str>| {
            line(&Evidence { protocol: protocol.map(str::to_owned), ..good() }, Check::Timing)
        };
        assert_eq!(of(Some("h2")), (CheckResult::Yes, "h2".to_owned()));
        assert_eq!(of(Some("")).0, CheckResult::No);
        assert_eq!(of(None).0, CheckResult::Unknown);
    }

    #[test]
    fn a_tls_page_sends_no_plain_http() {
        for host in
            ["relay.example.com", "10.0.0.4", "192.168.1.1", "127.0.0.1.example", "notlocalhost"]
        {
            assert!(is_mixed_content("https:", "http:", host), "{host}");
            assert!(!is_mixed_content("https:", "https:", host), "{host}");
            assert!(!is_mixed_content("http:", "http:", host), "{host}");
        }
        for host in ["localhost", "relay.localhost", "127.0.0.1", "127.8.0.9", "[::1]"] {
            assert!(!is_mixed_content("https:", "http:", host), "{host}");
        }
    }
}
