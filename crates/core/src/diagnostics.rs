//! What a page can find out about the way to a cloud by itself: from a few harmless answers to a list
//! of what holds. `cargo xtask proxy-check` sees more, since it also stands where the cloud does.

mod probe;

pub use probe::{Probe, made_up_key, probe, recall, remember};

use crate::{
    answer::{Delivery, Described, Fault, REPEATED, Response, Verdict, verdict},
    cloud::Cloud,
};

/// What is looked at, in the order in which one thing needs the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Something answers at the proxy's address.
    Reachable,
    /// It lets this page read its answers.
    Allows,
    /// It says in `Proxy-Status` (RFC 9209) that it was itself who refused.
    Types,
    /// Its answer to a call is the cloud's.
    Cloud,
    /// What the signature covers arrives as it left.
    Headers,
    /// The page can read the cloud's clock.
    Clock,
    /// It lets the page see over which protocol a connection went (`Timing-Allow-Origin`): over
    /// HTTP/2 the page can then send what a browser cannot send twice.
    Timing,
    /// It closes connections, so that fewer of them are there on which a browser sends a call again.
    Closes,
    /// It refuses the second copy of a signed change. The one thing that guards against a browser
    /// that sends a call again by itself, whatever the connection.
    Once,
}

impl Line {
    /// All of them, in their order.
    pub const ALL: [Line; 9] = [
        Line::Reachable,
        Line::Allows,
        Line::Types,
        Line::Cloud,
        Line::Headers,
        Line::Clock,
        Line::Timing,
        Line::Closes,
        Line::Once,
    ];

    /// The public name.
    pub const fn word(self) -> &'static str {
        match self {
            Line::Reachable => "reachable",
            Line::Allows => "allows",
            Line::Types => "types",
            Line::Cloud => "cloud",
            Line::Headers => "headers",
            Line::Clock => "clock",
            Line::Timing => "timing",
            Line::Closes => "closes",
            Line::Once => "once",
        }
    }
}

/// What is known of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It cannot be seen from this page, or not before another line holds.
    Unseen,
}

impl Holds {
    /// The public name.
    pub const fn word(self) -> &'static str {
        match self {
            Holds::Yes => "yes",
            Holds::No => "no",
            Holds::Unseen => "unseen",
        }
    }
}

/// How the browser came by the connection of a call that followed on others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It opened a new one.
    New,
    /// It used one again.
    Kept,
    /// HTTP/2 or 3, where nothing can be closed after an answer.
    Shared,
    /// It does not tell: the proxy is on another origin.
    Untold,
}

/// What the page has found.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Whether it was asked without a proxy.
    pub is_direct: bool,
    /// Whether anything at all answered, read or not.
    pub answered: bool,
    /// What came of a request that no proxy may pass on.
    pub refusal: Delivery,
    /// What came of a read of the cloud, signed.
    pub call: Delivery,
    /// Whether it was signed with a real key, and not with one that the cloud must refuse.
    pub has_key: bool,
    /// How it came by the connection in the end.
    pub connection: Connection,
    /// The protocol over which the read of the cloud went, as the browser names it: empty where it does
    /// not tell this page, `None` where nothing was noted of it at all.
    pub protocol: Option<String>,
    /// What came of the [`Probe`]: of the first copy, then of those that the proxy is to refuse.
    /// Empty where it was not sent.
    pub copies: Vec<Delivery>,
}

/// A line, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub line: Line,
    /// What is known of it.
    pub holds: Holds,
    /// What was seen: a status, a type, a code, a date. May be empty.
    pub seen: String,
}

/// What the evidence says of each line, in the order of [`Line::ALL`].
pub fn judge(cloud: &dyn Cloud, evidence: &Evidence) -> Vec<Finding> {
    Line::ALL
        .map(|line| {
            let (holds, seen) = match line {
                Line::Reachable => reachable(evidence),
                Line::Allows => allows(evidence),
                Line::Types => types(evidence),
                Line::Cloud => reaches(evidence),
                Line::Headers => headers(cloud, evidence),
                Line::Clock => clock(evidence),
                Line::Timing => timing(evidence),
                Line::Closes => closes(evidence),
                Line::Once => once(evidence),
            };
            Finding { line, holds, seen }
        })
        .into()
}

fn reachable(evidence: &Evidence) -> (Holds, String) {
    let any = evidence.answered || answer(&evidence.refusal).is_some();
    if any { (Holds::Yes, String::new()) } else { (Holds::No, lost(&evidence.refusal).to_owned()) }
}

/// A proxy that refuses the host that does not exist as well as the real one means the page.
fn allows(evidence: &Evidence) -> (Holds, String) {
    if !evidence.answered && answer(&evidence.refusal).is_none() {
        return (Holds::Unseen, String::new());
    }
    match answer(&evidence.call) {
        Some(_) if evidence.is_direct => (Holds::Yes, String::new()),
        None => (Holds::No, lost(&evidence.call).to_owned()),
        Some(response) => match verdict(response) {
            Verdict::NotSent(word) if word == "http_request_denied" => {
                (Holds::No, format!("{}, {word}", response.status))
            }
            Verdict::NotSent(_) | Verdict::Unknown(_) | Verdict::Cloud | Verdict::Nobody => {
                (Holds::Yes, String::new())
            }
        },
    }
}

fn types(evidence: &Evidence) -> (Holds, String) {
    let Some(response) = answer(&evidence.refusal) else { return (Holds::Unseen, String::new()) };
    match verdict(response) {
        Verdict::NotSent(word) if response.status >= 400 => {
            (Holds::Yes, format!("{}, {word}", response.status))
        }
        Verdict::NotSent(word) | Verdict::Unknown(word) => {
            (Holds::No, format!("{}, {word}", response.status))
        }
        Verdict::Cloud | Verdict::Nobody => (Holds::No, response.status.to_string()),
    }
}

fn reaches(evidence: &Evidence) -> (Holds, String) {
    let Some(response) = answer(&evidence.call) else { return (Holds::Unseen, String::new()) };
    if evidence.is_direct {
        return (Holds::Yes, response.status.to_string());
    }
    match verdict(response) {
        Verdict::Cloud => (Holds::Yes, response.status.to_string()),
        Verdict::NotSent(word) | Verdict::Unknown(word) => {
            (Holds::No, format!("{}, {word}", response.status))
        }
        Verdict::Nobody => (Holds::No, response.status.to_string()),
    }
}

/// With a key the cloud itself has checked the signature. Without one it can still miss what it was
/// not sent.
fn headers(cloud: &dyn Cloud, evidence: &Evidence) -> (Holds, String) {
    let Some(response) = cloud_answer(evidence) else { return (Holds::Unseen, String::new()) };
    let code = match cloud.decode_describe(response) {
        Described::Found { .. } => String::new(),
        Described::Failed(Fault::Cloud(report)) => report.code.clone(),
        // It lists places and no instances: no error is all that matters.
        Described::Failed(Fault::Layer { .. }) if response.status < 300 => String::new(),
        Described::Failed(Fault::Layer { word, .. }) => return (Holds::Unseen, word),
    };
    let is = |part: &str| code.to_ascii_lowercase().contains(part);
    let is_changed = is("missing") || is("signature") && !is("expire") && !is("nonce");
    let holds = match (is_changed, evidence.has_key) {
        (true, _) => Holds::No,
        (false, true) => Holds::Yes,
        (false, false) => Holds::Unseen,
    };
    (holds, code)
}

fn clock(evidence: &Evidence) -> (Holds, String) {
    let Some(response) = cloud_answer(evidence) else { return (Holds::Unseen, String::new()) };
    match response.header("date") {
        Some(date) => (Holds::Yes, date.to_owned()),
        None => (Holds::No, String::new()),
    }
}

fn closes(evidence: &Evidence) -> (Holds, String) {
    match evidence.connection {
        _ if answer(&evidence.refusal).is_none() => (Holds::Unseen, String::new()),
        Connection::New => (Holds::Yes, String::new()),
        Connection::Kept => (Holds::No, String::new()),
        Connection::Shared => (Holds::No, "HTTP/2".to_owned()),
        Connection::Untold => (Holds::Unseen, String::new()),
    }
}

fn timing(evidence: &Evidence) -> (Holds, String) {
    match evidence.protocol.as_deref() {
        _ if answer(&evidence.call).is_none() => (Holds::Unseen, String::new()),
        None => (Holds::Unseen, String::new()),
        Some("") => (Holds::No, String::new()),
        Some(protocol) => (Holds::Yes, protocol.to_owned()),
    }
}

/// The cloud must have had the first copy, and the proxy refused each other one by its typed word.
/// What the proxy would not pass on anyway proves nothing.
fn once(evidence: &Evidence) -> (Holds, String) {
    let unseen = (Holds::Unseen, String::new());
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
            // It was handed on a second time, or refused in a way that the page cannot tell from
            // any other.
            Verdict::Cloud | Verdict::Nobody => return (Holds::No, response.status.to_string()),
            // Too many requests, or a name that is not found just now.
            Verdict::NotSent(_) | Verdict::Unknown(_) => {}
        }
    }
    if repeated == others.len() { (Holds::Yes, "409, repeated".to_owned()) } else { unseen }
}

/// Whether this is our proxy's word that it has had the same request before (docs/proxy.md), and
/// nobody else's: a second member would be that of another proxy, which cannot know.
fn is_repeated(response: &Response) -> bool {
    verdict(response) == Verdict::Unknown(REPEATED.to_owned())
}

fn cloud_answer(evidence: &Evidence) -> Option<&Response> {
    answer(&evidence.call)
        .filter(|response| evidence.is_direct || verdict(response) == Verdict::Cloud)
}

fn answer(delivery: &Delivery) -> Option<&Response> {
    match delivery {
        Delivery::Answered(response) => Some(response),
        Delivery::NotSent { .. } | Delivery::Lost { .. } => None,
    }
}

fn lost(delivery: &Delivery) -> &str {
    match delivery {
        Delivery::Answered(_) => "",
        Delivery::NotSent { word } | Delivery::Lost { word } => word,
    }
}

#[cfg(test)]
mod tests {
    use super::{Connection, Evidence, Holds, Line, judge};
    use crate::{
        answer::{Delivery, Response},
        cloud,
    };

    fn answered(status: u16, proxy_status: &str, body: &str) -> Delivery {
        let headers = [("proxy-status", proxy_status), ("date", "Sat, 21 Nov 2026 04:00:00 GMT")];
        let headers = headers
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Delivery::Answered(Response { status, headers, body: body.to_owned() })
    }

    /// A proxy that keeps all, and a cloud that refuses the key.
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

    fn refused_by_cloud() -> Delivery {
        answered(
            404,
            "relight-proxy; received-status=404",
            "{\"Code\":\"InvalidAccessKeyId.NotFound\",\"Message\":\"\",\"RequestId\":\"R\"}",
        )
    }

    const COPY_REFUSED: &str = "relight-proxy; error=proxy_internal_response; details=\"repeated\"";

    fn repeated() -> Delivery {
        answered(409, COPY_REFUSED, "")
    }

    fn shown(evidence: &Evidence) -> String {
        let findings = judge(cloud::ALL[0], evidence);
        assert_eq!(findings.iter().map(|one| one.line).collect::<Vec<_>>(), Line::ALL);
        let sign = |holds| match holds {
            Holds::Yes => '+',
            Holds::No => '-',
            Holds::Unseen => '?',
        };
        findings.iter().map(|one| sign(one.holds)).collect()
    }

    #[test]
    fn each_fault_shows_on_its_own_line() {
        // reachable, allows, types, cloud, headers, clock, timing, closes, once
        assert_eq!(shown(&good()), "++++?++++");
        assert_eq!(shown(&Evidence { has_key: true, ..good() }), "+++++++++");
        let listed = answered(200, "relight-proxy; received-status=200", "{\"Regions\":[]}");
        let listed = Evidence { call: listed, has_key: true, ..good() };
        assert_eq!(shown(&listed), "+++++++++");
        assert!(judge(cloud::ALL[0], &listed)[4].seen.is_empty());
        let page = answered(500, "relight-proxy; received-status=500", "<html>");
        assert_eq!(shown(&Evidence { call: page, has_key: true, ..good() }), "++++?++++");
        let lost = || Delivery::Lost { word: "network".into() };
        let nobody = Evidence { answered: false, refusal: lost(), call: lost(), ..good() };
        assert_eq!(shown(&nobody), "-???????+");
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
        assert_eq!(shown(&Evidence { connection: Connection::Kept, ..good() }), "++++?++-+");
        assert_eq!(shown(&Evidence { connection: Connection::Shared, ..good() }), "++++?++-+");
        assert_eq!(shown(&Evidence { connection: Connection::Untold, ..good() }), "++++?++?+");
    }

    #[test]
    fn without_a_proxy_only_the_cloud_is_judged() {
        let nothing = || Delivery::Lost { word: String::new() };
        let body =
            "{\"Code\":\"InvalidAccessKeyId.NotFound\",\"Message\":\"\",\"RequestId\":\"R\"}";
        let call = answered(404, "", body);
        let direct = Evidence {
            is_direct: true,
            refusal: nothing(),
            call,
            connection: Connection::Untold,
            protocol: None,
            copies: Vec::new(),
            ..good()
        };
        assert_eq!(shown(&direct), "++?+?+???");
        // The cloud answers, and no page may read it.
        assert_eq!(shown(&Evidence { call: nothing(), ..direct }), "+-???????");
    }

    #[test]
    fn a_clock_that_is_not_exposed_is_missed() {
        let mut evidence = good();
        if let Delivery::Answered(response) = &mut evidence.call {
            response.headers.retain(|(name, _)| name != "date");
        }
        assert_eq!(shown(&evidence), "++++?-+++");
    }

    fn line(evidence: &Evidence, line: Line) -> (Holds, String) {
        let findings = judge(cloud::ALL[0], evidence);
        let found = findings.into_iter().find(|one| one.line == line).unwrap();
        (found.holds, found.seen)
    }

    #[test]
    fn a_second_copy_must_be_refused_by_the_proxy_itself() {
        let of = |copies| line(&Evidence { copies, ..good() }, Line::Once);
        assert_eq!(of(vec![refused_by_cloud(), repeated()]), (Holds::Yes, "409, repeated".into()));
        for header in [
            "relight-proxy; error=proxy_internal_response; details=repeated",
            "relight-proxy;details=\"repeated\";error=proxy_internal_response",
        ] {
            let copies = vec![refused_by_cloud(), answered(409, header, "")];
            assert_eq!(of(copies).0, Holds::Yes, "{header}");
        }

        // The cloud has had it twice, be it only by one of several machines.
        let no = |second| {
            assert_eq!(of(vec![refused_by_cloud(), second]).0, Holds::No);
        };
        no(refused_by_cloud());
        no(answered(409, "", ""));
        no(answered(409, "relight-proxy; received-status=409", "{}"));
        assert_eq!(of(vec![refused_by_cloud(), repeated(), refused_by_cloud()]).0, Holds::No);

        // Neither is proven by what would be refused anyway, or by nothing at all.
        let lost = || Delivery::Lost { word: "network".into() };
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
            assert_eq!(of(copies.clone()).0, Holds::Unseen, "{copies:?}");
        }
    }

    #[test]
    fn a_protocol_that_is_kept_from_the_page_is_missed() {
        let of = |protocol: Option<&str>| {
            line(&Evidence { protocol: protocol.map(str::to_owned), ..good() }, Line::Timing)
        };
        assert_eq!(of(Some("h2")), (Holds::Yes, "h2".to_owned()));
        assert_eq!(of(Some("")).0, Holds::No);
        assert_eq!(of(None).0, Holds::Unseen);
    }
}
