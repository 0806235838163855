//! Runs the checks and gathers what they find.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use sfv::{BareItem, Item, List, ListEntry, Parser};

use crate::{
    answered,
    client::{Ask, Exchange, Framing, Target},
    clouds::Clouds,
    http::{Message, Side},
    observed,
    report::{Finding, Report},
    rules::Rule,
    upstream::Arrival,
};

/// What to check and what to hold it to.
#[derive(Clone, Debug)]
pub struct Options {
    /// An origin that the proxy allows.
    pub origin: String,
    /// Only these rules; `None` for all.
    pub only: Option<Vec<Rule>>,
    /// The proxy's log files, which must not contain secrets.
    pub logs: Vec<PathBuf>,
    /// The address of the page that the same server serves, if it does.
    pub page: Option<String>,
    /// By when a host that does not answer must have been given up.
    pub connect_limit: Duration,
    /// By when an answer that does not come must have been given up.
    pub deadline_limit: Duration,
    /// By when a connection on which nothing is sent must have been closed.
    pub silence_limit: Duration,
    /// By when one on which not even the handshake of TLS begins must have been closed.
    pub handshake_limit: Duration,
    /// After how long a signature is tried again, which must be known then.
    pub copy_memory: Duration,
}

impl Options {
    /// The contract's own limits, for a page of this origin.
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            only: None,
            logs: Vec::new(),
            page: None,
            connect_limit: Duration::from_secs(6),
            deadline_limit: Duration::from_secs(35),
            // Two seconds, and some for a machine that is busy.
            silence_limit: Duration::from_secs(3),
            handshake_limit: Duration::from_secs(12),
            // The contract says a quarter of an hour; a proxy that counts by the minute forgets before this.
            copy_memory: Duration::from_secs(70),
        }
    }
}

/// Checks the proxy, at the clouds too where those are ours. An error only when the proxy cannot be
/// reached at all: everything else is a finding.
pub fn run(target: &Target, options: &Options, clouds: Option<&Clouds>) -> Result<Report> {
    let checker = Checker {
        target,
        options,
        clouds,
        findings: Mutex::default(),
        open_connections: AtomicUsize::new(0),
        counter: AtomicUsize::new(0),
    };
    checker.send(&checker.ask(HOST)).context("the proxy cannot be reached")?;
    let is_wanted =
        |check: &&Check| check.rules.iter().chain(check.also).any(|rule| checker.wants(*rule));
    let (slow, quick): (Vec<&Check>, Vec<&Check>) =
        CHECKS.iter().filter(is_wanted).partition(|check| check.is_slow);
    thread::scope(|scope| {
        for check in slow {
            scope.spawn(|| checker.perform(check));
        }
        for check in quick {
            checker.perform(check);
        }
    });
    for check in LAST_CHECKS.iter().filter(is_wanted) {
        checker.perform(check);
    }
    let findings = checker.findings.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Report { findings })
}

struct Check {
    rules: &'static [Rule],
    /// What every answer must carry, where this check has answers that others do not.
    also: &'static [Rule],
    run: fn(&Checker<'_>) -> Result<()>,
    needs_clouds: bool,
    is_slow: bool,
}

impl Check {
    const fn answered(rules: &'static [Rule], run: fn(&Checker<'_>) -> Result<()>) -> Self {
        Self { rules, also: &[], run, needs_clouds: false, is_slow: false }
    }

    const fn observed(rules: &'static [Rule], run: fn(&Checker<'_>) -> Result<()>) -> Self {
        Self { rules, also: &[], run, needs_clouds: true, is_slow: false }
    }

    const fn slow(rules: &'static [Rule], run: fn(&Checker<'_>) -> Result<()>) -> Self {
        Self { rules, also: &[], run, needs_clouds: true, is_slow: true }
    }

    const fn slowly(self) -> Self {
        Self { is_slow: true, ..self }
    }

    const fn and(self, also: &'static [Rule]) -> Self {
        Self { also, ..self }
    }
}

const CHECKS: &[Check] = &[
    Check::answered(&[Rule::Hosts], answered::only_listed_hosts),
    Check::answered(&[Rule::Paths], answered::paths),
    Check::answered(&[Rule::RawLine], answered::raw_line),
    Check::answered(&[Rule::Methods], answered::methods),
    Check::answered(&[Rule::Origins], answered::origins).and(&[Rule::Cors, Rule::Timing]),
    Check::answered(&[Rule::OneOrigin], answered::one_origin),
    Check::answered(&[Rule::Action], answered::action),
    Check::answered(&[Rule::Destination], answered::destination),
    Check::answered(&[Rule::Upgrade], answered::upgrade),
    Check::answered(&[Rule::Lengths], answered::lengths),
    Check::answered(&[Rule::BodyLimit], answered::body_limit),
    Check::answered(&[Rule::Preflight], answered::preflight),
    Check::answered(&[Rule::Http2], answered::http2),
    // What every response must have is checked in all of them; these make sure that there are some.
    Check::answered(
        &[Rule::Cors, Rule::Timing, Rule::Types, Rule::Harmless, Rule::Close, Rule::Reach],
        answered::plain,
    ),
    Check::answered(&[Rule::SecondCopy], answered::second_copy),
    Check::answered(&[Rule::SecondCopy], answered::remembered).slowly(),
    Check::answered(&[Rule::Silence], answered::silence).slowly(),
    Check::observed(&[Rule::Unchanged], observed::unchanged),
    Check::observed(&[Rule::ServerName], observed::server_name),
    Check::observed(&[Rule::RequestHeaders], observed::request_headers),
    Check::observed(&[Rule::LongToken], observed::long_token),
    Check::observed(&[Rule::AnswerHeaders], observed::answer_headers).and(&[Rule::Types]),
    Check::observed(&[Rule::AnswerList], observed::answer_list),
    Check::observed(&[Rule::Received], observed::received),
    Check::observed(&[Rule::Redirects], observed::redirects),
    Check::observed(&[Rule::Resend], observed::resend),
    Check::observed(&[Rule::OneAttempt], observed::one_attempt),
    Check::observed(&[Rule::Cut], observed::cut),
    Check::observed(&[Rule::Forged], observed::forged),
    Check::observed(&[Rule::StatusLine], observed::status_line),
    Check::observed(&[Rule::Interim], observed::interim),
    Check::observed(&[Rule::BrokenOff], observed::broken_off),
    Check::observed(&[Rule::Refused], observed::refused),
    Check::observed(&[Rule::Dns], observed::dns),
    Check::observed(&[Rule::Certificate, Rule::CertificateType], observed::certificate),
    Check::slow(&[Rule::ConnectTime], observed::connect_time),
    Check::slow(&[Rule::Deadline], observed::deadline),
    Check::observed(&[Rule::Once], observed::once),
    Check::answered(&[Rule::Page], answered::page).and(&[Rule::Close]),
];

/// One needs the proxy alone, the other checks the logs of all.
const LAST_CHECKS: &[Check] = &[
    Check::observed(&[Rule::Throttle], observed::throttle),
    Check::answered(&[Rule::Logs], answered::logs),
];

/// A host that is on every list.
pub(crate) const HOST: &str = "ecs.cn-hangzhou.aliyuncs.com";

/// In the query, a header and the body of most requests; in no log.
pub(crate) const MARKERS: [&str; 3] = ["zqUnloggedQuery", "zhUnloggedHeader", "zbUnloggedBody"];

/// How strictly the common headers of an answer are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The request was well formed and the origin is allowed.
    Full,
    /// The origin is not allowed: the answer must not allow it either.
    Foreign,
    /// The request is so broken that the server may answer before any configuration applies.
    Broken,
}

pub(crate) struct Checker<'a> {
    pub(crate) target: &'a Target,
    pub(crate) options: &'a Options,
    clouds: Option<&'a Clouds>,
    findings: Mutex<BTreeMap<Rule, Finding>>,
    /// How often a connection stayed open: waiting for each would take too long.
    open_connections: AtomicUsize,
    counter: AtomicUsize,
}

impl Checker<'_> {
    fn perform(&self, check: &Check) {
        if check.needs_clouds && self.clouds.is_none() {
            for rule in check.rules {
                self.skip(*rule, "what arrives at the real clouds cannot be seen");
            }
        } else if let Err(error) = (check.run)(self) {
            for rule in check.rules {
                self.expect(*rule, false, || format!("the check broke off: {error:#}"));
            }
        }
    }

    fn wants(&self, rule: Rule) -> bool {
        self.options.only.as_ref().is_none_or(|only| only.contains(&rule))
    }

    /// Notes whether an expectation of a rule is met; `seen` says what was there instead.
    pub(crate) fn expect(&self, rule: Rule, is_met: bool, seen: impl FnOnce() -> String) {
        if !self.wants(rule) {
            return;
        }
        let mut findings = self.findings();
        let finding = findings.entry(rule).or_default();
        if is_met {
            finding.met += 1;
        } else {
            finding.failures.push(seen());
        }
    }

    pub(crate) fn skip(&self, rule: Rule, why: &str) {
        if self.wants(rule) {
            self.findings().entry(rule).or_default().skipped = Some(why.to_owned());
        }
    }

    /// The clouds, in checks that are only run where they are ours.
    pub(crate) fn clouds(&self) -> Result<&Clouds> {
        self.clouds.context("the clouds are not ours")
    }

    /// Whether they are.
    pub(crate) fn sees_clouds(&self) -> bool {
        self.clouds.is_some()
    }

    /// One that no request had before, of an earlier run neither.
    pub(crate) fn number(&self) -> u128 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        since.as_micros() * 1_000 + (count % 1_000) as u128
    }

    /// A request that every proxy must pass: it asks for a list of regions, without a signature.
    pub(crate) fn ask(&self, host: &str) -> Ask {
        let [query, header, body] = MARKERS;
        let number = self.number();
        let headers = [
            ("Host", self.target.authority()),
            ("Origin", self.options.origin.clone()),
            ("User-Agent", "proxy-check".to_owned()),
            ("Content-Type", "application/json".to_owned()),
            ("X-Acs-Action", "DescribeRegions".to_owned()),
            ("X-Acs-Version", "2014-05-26".to_owned()),
            ("X-Acs-Signature-Nonce", format!("nonce-{number}-end")),
            ("X-Acs-Security-Token", header.to_owned()),
        ];
        Ask {
            method: "POST".to_owned(),
            target: format!("{}/{host}/?{query}=1", self.target.base()),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            body: format!("{body} nonce-{number}-end").into_bytes(),
            framing: Framing::Length,
        }
    }

    /// The same with another path on the proxy, query included.
    pub(crate) fn ask_at(&self, rest: &str) -> Ask {
        Ask { target: format!("{}{rest}", self.target.base()), ..self.ask(HOST) }
    }

    pub(crate) fn send(&self, ask: &Ask) -> Result<Exchange> {
        self.send_bytes(
            &ask.bytes(),
            if ask.method == "HEAD" { Side::HeadAnswer } else { Side::Answer },
        )
    }

    pub(crate) fn send_bytes(&self, bytes: &[u8], side: Side) -> Result<Exchange> {
        let close_limit = if self.open_connections.load(Ordering::Relaxed) < PATIENCE {
            Duration::from_secs(3)
        } else {
            Duration::from_millis(20)
        };
        let limit = self.options.deadline_limit + Duration::from_secs(5);
        let exchange = self.target.send(bytes, side, limit, close_limit)?;
        if !exchange.is_closed {
            self.open_connections.fetch_add(1, Ordering::Relaxed);
        }
        Ok(exchange)
    }

    /// Sends, and checks what every answer must have.
    pub(crate) fn exchange(&self, ask: &Ask, form: Form) -> Result<Exchange> {
        let exchange = self.send(ask)?;
        if let Some(answer) = &exchange.answer {
            self.judge(&described(ask), answer, exchange.is_closed, form);
        }
        Ok(exchange)
    }

    fn judge(&self, what: &str, answer: &Message, is_closed: bool, form: Form) {
        let seen = |header: &str| {
            let values: Vec<&str> = answer.all(header).collect();
            format!("{what}: {} with {header}: {values:?}", answer.status())
        };
        if form == Form::Broken {
            return;
        }
        let allowed: Vec<&str> = answer.all("access-control-allow-origin").collect();
        let is_right = match form {
            Form::Full => allowed == [self.options.origin.as_str()],
            Form::Foreign | Form::Broken => allowed.is_empty(),
        };
        self.expect(Rule::Cors, is_right, || seen("access-control-allow-origin"));
        let timing: Vec<&str> = answer.all("timing-allow-origin").collect();
        self.expect(Rule::Timing, timing == allowed && is_right, || seen("timing-allow-origin"));
        if form == Form::Full {
            let has = |header: &str, wanted: &str| {
                answer
                    .all(header)
                    .flat_map(|value| value.split(','))
                    .any(|word| word.trim().eq_ignore_ascii_case(wanted))
            };
            let vary = has("vary", "Origin");
            self.expect(Rule::Cors, vary, || seen("vary"));
            // A preflight's answer is read by the browser alone.
            if answer.header("access-control-allow-methods").is_none() {
                for name in ["Date", "Retry-After", "Proxy-Status", "X-Acs-Request-Id"] {
                    let exposes = has("access-control-expose-headers", name);
                    self.expect(Rule::Cors, exposes, || seen("access-control-expose-headers"));
                }
            }
            let credentials = answer.header("access-control-allow-credentials");
            let none = credentials.is_none();
            self.expect(Rule::Cors, none, || seen("access-control-allow-credentials"));
        }
        let types: Vec<&str> = answer.all("proxy-status").collect();
        let is_typed = matches!(types.as_slice(), [one] if own_member(one).is_some());
        self.expect(Rule::Types, is_typed, || seen("proxy-status"));
        let policies: Vec<&str> = answer.all("content-security-policy").collect();
        let is_policy = matches!(policies.as_slice(), [one]
            if one.contains("default-src 'none'") && one.contains("sandbox") && !one.contains("allow"));
        self.expect(Rule::Harmless, is_policy, || seen("content-security-policy"));
        let is_stored = answer.all("cache-control").collect::<Vec<_>>() == ["no-store"];
        self.expect(Rule::Harmless, is_stored, || seen("cache-control"));
        let is_plain = answer.all("x-content-type-options").collect::<Vec<_>>() == ["nosniff"];
        self.expect(Rule::Harmless, is_plain, || seen("x-content-type-options"));
        let closes = answer.says_close() && is_closed;
        self.expect(Rule::Close, closes, || {
            let end = if is_closed { "closed" } else { "left open" };
            format!("{}, and the connection was {end}", seen("connection"))
        });
    }

    /// Expects a refusal with one of these statuses, typed as not sent, with no arrival.
    pub(crate) fn expect_refusal(
        &self,
        rule: Rule,
        ask: &Ask,
        form: Form,
        statuses: &[u16],
    ) -> Result<()> {
        let what = described(ask);
        let exchange = self.exchange(ask, form)?;
        match &exchange.answer {
            // Closing without a response is a refusal, too.
            None => self.expect(rule, form == Form::Broken, || format!("{what}: no answer")),
            Some(answer) => {
                let status = answer.status();
                // A cloud may answer with the same status.
                let is_refusal = statuses.contains(&status) && !was_let_through(answer);
                self.expect(rule, is_refusal, || {
                    format!("{what}: {status}, {:?}", answer.header("proxy-status"))
                });
                if form != Form::Broken {
                    let error = error_type(answer);
                    let is_typed = error.as_deref().is_some_and(is_not_sent);
                    self.expect(rule, is_typed, || format!("{what}: {status} typed {error:?}"));
                }
            }
        }
        self.expect_arrivals(rule, ask, 0);
        Ok(())
    }

    /// Expects that the request arrived so often at the clouds, where those are ours.
    pub(crate) fn expect_arrivals(&self, rule: Rule, ask: &Ask, count: usize) {
        if self.clouds.is_some() {
            let arrived = self.arrivals(ask).len();
            let what = described(ask);
            self.expect(rule, arrived == count, || format!("{what}: arrived {arrived} times"));
        }
    }

    /// Arrivals of a request, identified by the nonce in its header or its body.
    pub(crate) fn arrivals(&self, ask: &Ask) -> Vec<Arrival> {
        let arrivals = |clouds: &Clouds| clouds.upstream.arrivals(&nonce(ask));
        self.clouds.map(arrivals).unwrap_or_default()
    }

    fn findings(&self) -> MutexGuard<'_, BTreeMap<Rule, Finding>> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// After so many connections that stayed open, waiting is short.
const PATIENCE: usize = 3;

/// The error type of an answer that relight-proxy gave, if it names one.
pub(crate) fn error_type(answer: &Message) -> Option<String> {
    let BareItem::Token(error) = parameter(answer, "error")? else { return None };
    Some(error.as_str().to_owned())
}

/// The status that the cloud answered with, as relight-proxy reports it.
pub(crate) fn received_status(answer: &Message) -> Option<i64> {
    parameter(answer, "received-status")?.as_integer().map(i64::from)
}

/// Whether the proxy let the request through: the cloud answered, or could not be asked.
pub(crate) fn was_let_through(answer: &Message) -> bool {
    let is_outward = |error: &str| {
        let begins = ["dns_", "destination_", "tls_", "connection_", "http_response_"];
        error != "connection_limit_reached" && begins.iter().any(|begin| error.starts_with(begin))
    };
    received_status(answer).is_some() || error_type(answer).as_deref().is_some_and(is_outward)
}

/// What relight-proxy says besides the error type.
pub(crate) fn details(answer: &Message) -> Option<String> {
    let details = parameter(answer, "details")?;
    Some(details.as_string()?.as_str().to_owned())
}

/// A parameter of relight-proxy's member of `Proxy-Status`.
fn parameter(answer: &Message, name: &str) -> Option<BareItem> {
    own_member(answer.header("proxy-status")?)?.params.get(name).cloned()
}

/// The only member of a `Proxy-Status` header, if it is relight-proxy's.
fn own_member(header: &str) -> Option<Item> {
    let list = Parser::new(header).parse::<List>().ok()?;
    let [ListEntry::Item(member)] = list.as_slice() else { return None };
    let name = member.bare_item.as_token()?.as_str();
    (name == "relight-proxy").then(|| member.clone())
}

/// Whether an RFC 9209 error type proves that nothing was sent.
pub(crate) fn is_not_sent(error: &str) -> bool {
    ["dns_", "destination_", "tls_"].iter().any(|prefix| error.starts_with(prefix))
        || [
            "connection_refused",
            "connection_timeout",
            "connection_limit_reached",
            "http_request_denied",
            "http_request_error",
            "proxy_configuration_error",
        ]
        .contains(&error)
}

/// A short description of the request.
pub(crate) fn described(ask: &Ask) -> String {
    let target: String = ask.target.chars().take(100).collect();
    format!("{} {target}", ask.method)
}

fn nonce(ask: &Ask) -> String {
    let is_nonce = |(name, _): &&(String, String)| name == "X-Acs-Signature-Nonce";
    ask.headers.iter().find(is_nonce).map_or_else(
        // Nothing has it, so nothing is found.
        || "a request without a nonce".to_owned(),
        |(_, value)| value.clone(),
    )
}
