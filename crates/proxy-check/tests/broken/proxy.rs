//! The proxy: it keeps the contract except for the one rule that its fault breaks.

use std::{
    collections::HashMap,
    fs,
    io::{Cursor, Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Fault, ORIGIN};
use relight_core::clouds::headers::{action_headers, exposed_headers, request_headers};
use relight_proxy_check::{
    clouds::{Clouds, hosts},
    dns::Record,
    http::{self, Message, Side},
};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};

/// A proxy, and how it is broken.
pub(super) struct Proxy {
    fault: Option<Fault>,
    clouds: Arc<Clouds>,
    carried: AtomicUsize,
    /// The signatures that have passed, and when.
    passed: Mutex<HashMap<String, Instant>>,
    pub(super) log: PathBuf,
    pub(super) stop: AtomicBool,
}

const CONNECT: Duration = Duration::from_millis(800);

const DEADLINE: Duration = Duration::from_millis(1500);

/// What a slow proxy takes: longer than the checks allow.
const TOO_LONG: Duration = Duration::from_secs(6);

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The announced length, when it is not the real one.
    announced_length: Option<usize>,
}

impl Answer {
    fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), announced_length: None }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn typed(status: u16, error: &str) -> Self {
        Self::new(status).with("Proxy-Status", &format!("relight-proxy; error={error}"))
    }
}

impl Proxy {
    /// A proxy that writes its log into a file of its own, by the port that it listens on.
    pub(super) fn new(fault: Option<Fault>, clouds: &Arc<Clouds>, port: u16) -> Self {
        let log = std::env::temp_dir().join(format!("relight-broken-{port}.log"));
        let (carried, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { fault, clouds: Arc::clone(clouds), carried, passed: Mutex::default(), log, stop }
    }

    /// How long it waits for bytes of a request.
    pub(super) fn patience(&self) -> Option<Duration> {
        (!self.has(Fault::WaitsForEver)).then_some(Duration::from_secs(1))
    }

    /// Whether it remembers for as long as nginx's `limit_req` does by itself.
    pub(super) fn counts_by_the_minute(&self) -> bool {
        self.has(Fault::ForgetsAfterAMinute)
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Answers the request of a connection.
    pub(super) fn serve(&self, stream: &mut (impl Read + Write)) {
        let mut unfolding = Unfolding { stream, is_on: self.has(Fault::UnfoldsHeaders) };
        let request = http::read(&mut unfolding, Side::Request);
        let Some(request) = request else {
            if self.has(Fault::SaysThatItWaited) {
                let late = b"HTTP/1.1 408 Timeout\r\nConnection: close\r\n\r\n";
                let _ = stream.write_all(late).and_then(|()| stream.flush());
            }
            return;
        };
        let answer = self.answer(&request);
        if self.has(Fault::ServesWhatIsInside) {
            let text = String::from_utf8_lossy(&request.raw).into_owned();
            if let Some(place) = text.rfind("POST /proxy/").filter(|place| *place > 0)
                && let Some(inside) =
                    http::read(&mut Cursor::new(text.as_bytes()[place..].to_vec()), Side::Request)
            {
                self.answer(&inside);
            }
        }
        let is_head = request.first_line.starts_with("HEAD ");
        let mut bytes = format!("HTTP/1.1 {} Status\r\n", answer.status);
        for (name, value) in &answer.headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        let is_page = !request.method_and_target().1.starts_with("/proxy");
        let is_silent = self.has(Fault::KeepsOpen)
            || self.has(Fault::ClosesInSilence)
            || (self.has(Fault::KeepsThePageOpen) && is_page);
        if !is_silent {
            bytes.push_str("Connection: close\r\n");
        }
        let length = answer.announced_length.unwrap_or(answer.body.len());
        if answer.status != 204 {
            bytes.push_str(&format!("Content-Length: {length}\r\n"));
        }
        bytes.push_str("\r\n");
        let mut bytes = bytes.into_bytes();
        if !is_head {
            bytes.extend(&answer.body);
        }
        let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
    }

    fn answer(&self, request: &Message) -> Answer {
        let (method, target) = request.method_and_target();
        let path = target.split('?').next().unwrap_or_default();
        let logged = if self.has(Fault::LogsTheQuery) { target } else { path };
        let mut log = fs::OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        writeln!(log, "{method} {logged}").unwrap();
        if !path.starts_with("/proxy") {
            return self.page(method, path);
        }
        let origins: Vec<&str> = request.all("origin").collect();
        let is_allowed = match origins.as_slice() {
            [] => self.has(Fault::NoOriginNeeded),
            [one] => {
                *one == ORIGIN
                    || self.has(Fault::AnyOrigin)
                    || (self.has(Fault::OriginByPrefix) && one.starts_with(ORIGIN))
                    || (self.has(Fault::OriginInAnyCase) && one.eq_ignore_ascii_case(ORIGIN))
            }
            [first, ..] => self.has(Fault::FirstOriginCounts) && *first == ORIGIN,
        };
        let answer = if is_allowed {
            self.decide(request)
        } else {
            Answer::typed(403, "http_request_denied")
        };
        self.add_headers(answer, is_allowed && !origins.is_empty())
    }

    fn page(&self, method: &str, path: &str) -> Answer {
        let (kind, body) = match path {
            "/" => ("text/html; charset=utf-8", "<!doctype html>"),
            "/relight.json" => ("application/json", "{}"),
            "/relight_bg.wasm" if self.has(Fault::WasmOfNoType) => ("text/plain", "\0asm"),
            "/relight_bg.wasm" => ("application/wasm", "\0asm"),
            "/.git/config" if self.has(Fault::ServesHiddenFiles) => ("text/plain", "private"),
            _ => return Answer::new(404),
        };
        if method != "GET" {
            return Answer::new(405);
        }
        let script =
            if self.has(Fault::LaxPage) { "'unsafe-inline'" } else { "'wasm-unsafe-eval'" };
        let policy = format!(
            "default-src 'none'; script-src 'self' {script}; style-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'"
        );
        let mut answer = Answer::new(200)
            .with("Content-Type", kind)
            .with("Content-Security-Policy", &policy)
            .with("Strict-Transport-Security", "max-age=63072000")
            .with("X-Content-Type-Options", "nosniff")
            .with("Referrer-Policy", "no-referrer")
            .with("Cross-Origin-Opener-Policy", "same-origin")
            .with("Cross-Origin-Resource-Policy", "same-origin")
            .with("Permissions-Policy", "camera=()");
        answer.body = body.as_bytes().to_vec();
        answer
    }

    fn add_headers(&self, mut answer: Answer, is_allowed: bool) -> Answer {
        let is_error = answer.status >= 400;
        if self.has(Fault::UntypedErrors) && is_error {
            answer.headers.retain(|(name, _)| name != "Proxy-Status");
        }
        let is_told = is_allowed && !(self.has(Fault::NoCorsOnErrors) && is_error);
        if is_told || self.has(Fault::AllowsStrangers) {
            answer = answer.with("Access-Control-Allow-Origin", ORIGIN);
        }
        if (is_told && !self.has(Fault::NoTiming)) || self.has(Fault::AllowsStrangers) {
            let all = self.has(Fault::TimingOfAll);
            answer = answer.with("Timing-Allow-Origin", if all { "*" } else { ORIGIN });
        }
        if self.has(Fault::AllowsCookies) {
            answer = answer.with("Access-Control-Allow-Credentials", "true");
        }
        if !self.has(Fault::SaysNothingOfOrigins) {
            answer = answer.with("Vary", "Origin");
        }
        if !self.has(Fault::Sniffable) {
            answer = answer.with("X-Content-Type-Options", "nosniff");
        }
        if !self.has(Fault::NothingExposed) {
            let exposed = exposed_headers().join(", ");
            answer = answer.with("Access-Control-Expose-Headers", &exposed);
        }
        if !self.has(Fault::Storable) {
            answer = answer.with("Cache-Control", "no-store");
        }
        let policy = if self.has(Fault::NoSandbox) {
            "default-src 'none'"
        } else {
            "default-src 'none'; sandbox"
        };
        answer.with("Content-Security-Policy", policy)
    }

    fn decide(&self, request: &Message) -> Answer {
        let denied = || Answer::typed(403, "http_request_denied");
        let (method, target) = request.method_and_target();
        let resolved = resolve(target);
        let judged = if self.has(Fault::JudgesDecoded) { resolved.as_str() } else { target };
        let Some((host, rest)) =
            judged.strip_prefix("/proxy/").and_then(|rest| rest.split_once('/'))
        else {
            return denied();
        };
        let (path, query) =
            rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        if !self.is_cloud(host) || !self.is_path(path) {
            return denied();
        }
        if method == "OPTIONS" && request.header("access-control-request-method") == Some("POST") {
            return self.preflight();
        }
        if method != "POST" && !self.has(Fault::AnyMethod) {
            return Answer::typed(405, "http_request_denied");
        }
        let has_action = action_headers().any(|name| request.header(name).is_some());
        if !has_action && !self.has(Fault::NoActionNeeded) {
            return Answer::typed(400, "http_request_denied");
        }
        let is_fetch = request.header("sec-fetch-dest").is_none_or(|dest| dest == "empty");
        if !is_fetch && !self.has(Fault::AnyDestination) {
            return Answer::typed(400, "http_request_denied");
        }
        if request.header("upgrade").is_some() && !self.has(Fault::PassesUpgrade) {
            return Answer::typed(400, "http_request_denied");
        }
        let lengths: Vec<&str> = request.all("content-length").collect();
        let is_plain = lengths.len() <= 1
            && lengths.iter().all(|length| length.bytes().all(|byte| byte.is_ascii_digit()))
            && (lengths.is_empty() || request.header("transfer-encoding").is_none());
        if !is_plain {
            return Answer::typed(400, "http_request_denied");
        }
        let limit = if self.has(Fault::LittleBody) { 60_000 } else { 65_536 };
        if request.body.len() > limit && !self.has(Fault::AnyBody) {
            return Answer::typed(413, "http_request_error");
        }
        let is_long = request.headers.iter().any(|(_, value)| value.len() > 2_000);
        if is_long && self.has(Fault::ShortHeaders) {
            return Answer::typed(431, "http_request_error");
        }
        let reads = self.reads(request);
        let has_two = request.all("authorization").count() > 1;
        if !reads && has_two && !self.has(Fault::TakesTwoSignatures) {
            return Answer::typed(400, "http_request_denied");
        }
        if !reads || self.has(Fault::RefusesReadsToo) {
            match request.header("authorization") {
                Some(signature) if !has_plain_spaces(signature) && !self.takes_any_spaces() => {
                    return Answer::typed(400, "http_request_denied");
                }
                Some(signature) => {
                    if !self.is_first(signature) {
                        return self.repeated();
                    }
                }
                None if reads || self.has(Fault::UnsignedChanges) => {}
                None => return Answer::typed(400, "http_request_denied"),
            }
        }
        if self.carried.fetch_add(1, Ordering::Relaxed) >= 300 && !self.has(Fault::NoLimit) {
            if self.has(Fault::UntypedLimit) {
                return Answer::new(429)
                    .with("Retry-After", "1")
                    .with("Proxy-Status", "relight-proxy");
            }
            let answer = Answer::typed(429, "connection_limit_reached");
            let says_when = !self.has(Fault::LimitForEver);
            return if says_when { answer.with("Retry-After", "1") } else { answer };
        }
        let target = query.map_or_else(
            || format!("/{path}"),
            |query| {
                let mut parts: Vec<&str> = query.split('&').collect();
                if self.has(Fault::SortsTheQuery) {
                    parts.sort_unstable();
                }
                format!("/{path}?{}", parts.join("&"))
            },
        );
        let bytes = self.outgoing(request, host, &target);
        let is_power = request.header("x-tc-action") == Some("RebootInstances");
        if self.has(Fault::Twice) && is_power {
            let _ = self.carry(host, &bytes);
        }
        self.carry(host, &bytes)
    }

    fn reads(&self, request: &Message) -> bool {
        let names: Vec<&str> = action_headers().collect();
        let actions: Vec<&str> = if self.has(Fault::FirstActionCounts) {
            names.iter().filter_map(|name| request.header(name)).collect()
        } else {
            names.iter().flat_map(|name| request.all(name)).collect()
        };
        let is_read = |action: &&str| {
            let is_word = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
            action
                .strip_prefix("Describe")
                .is_some_and(|rest| is_word(rest) || self.has(Fault::JoinedActionsRead))
        };
        if self.has(Fault::LooksAtOneAction) {
            actions.iter().any(is_read)
        } else {
            actions.len() <= 1 && actions.iter().all(is_read)
        }
    }

    fn is_first(&self, signature: &str) -> bool {
        if self.has(Fault::PassesCopies) {
            return true;
        }
        let memory = Duration::from_secs(match self.fault {
            Some(Fault::ForgetsSoon) => 1,
            Some(Fault::ForgetsAfterAMinute) => 62,
            _ => 900,
        });
        let is_known = |passed: &HashMap<String, Instant>| {
            passed.get(signature).is_some_and(|at| at.elapsed() < memory)
        };
        if self.has(Fault::LooksBeforeItNotes) {
            let was_known = is_known(&self.passed.lock().unwrap());
            thread::sleep(Duration::from_millis(300));
            self.passed.lock().unwrap().insert(signature.to_owned(), Instant::now());
            return !was_known;
        }
        let mut passed = self.passed.lock().unwrap();
        let is_first = !is_known(&passed);
        if is_first {
            passed.insert(signature.to_owned(), Instant::now());
        }
        is_first
    }

    fn takes_any_spaces(&self) -> bool {
        self.has(Fault::UnfoldsHeaders) || self.has(Fault::SpacesMakeAnother)
    }

    fn repeated(&self) -> Answer {
        if self.has(Fault::CopyIsNotSent) {
            return Answer::typed(409, "http_request_denied");
        }
        let details = if self.has(Fault::CopyIsNotSaid) { "" } else { "; details=\"repeated\"" };
        Answer::typed(409, &format!("proxy_internal_response{details}"))
    }

    fn is_cloud(&self, host: &str) -> bool {
        if self.has(Fault::AnyHost)
            || (self.has(Fault::HostBySuffix) && host.ends_with(".aliyuncs.com"))
        {
            return true;
        }
        if self.has(Fault::OneHostOnly) && host == "console.zenlayer.com" {
            return false;
        }
        let is_region = host.starts_with("ecs.") && host.ends_with(".aliyuncs.com");
        hosts().any(|known| known == host)
            || (self.has(Fault::AnyRegion) && is_region && host.matches('.').count() == 3)
    }

    fn is_path(&self, path: &str) -> bool {
        let is_product = path.strip_prefix("api/v2/").is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        });
        path.is_empty() || is_product || self.has(Fault::AnyPath)
    }

    fn preflight(&self) -> Answer {
        let listed = request_headers()
            .into_iter()
            .filter(|name| !(self.has(Fault::ForgetsTheToken) && *name == "x-acs-security-token"));
        let age = if self.has(Fault::PreflightForEver) { "86400" } else { "600" };
        Answer::new(204)
            .with("Proxy-Status", "relight-proxy")
            .with("Access-Control-Allow-Methods", "POST")
            .with("Access-Control-Allow-Headers", &listed.collect::<Vec<_>>().join(", "))
            .with("Access-Control-Max-Age", age)
    }

    fn outgoing(&self, request: &Message, host: &str, target: &str) -> Vec<u8> {
        let listed = request_headers();
        let is_listed = |name: &str| listed.iter().any(|known| name.eq_ignore_ascii_case(known));
        let is_framing = |name: &str| {
            ["host", "content-length", "transfer-encoding", "connection"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        };
        let shown = if self.has(Fault::HostOfItsOwn) { "proxy.example.org" } else { host };
        let mut head = format!("POST {target} HTTP/1.1\r\nHost: {shown}\r\nConnection: close\r\n");
        for (name, value) in &request.headers {
            let passes = is_listed(name)
                || (self.has(Fault::PassesAllHeaders) && !is_framing(name))
                || (self.has(Fault::PassesUpgrade) && name.eq_ignore_ascii_case("upgrade"));
            if passes {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        if self.has(Fault::AddsTheClient) {
            head.push_str("X-Forwarded-For: 127.0.0.1\r\n");
        }
        if self.has(Fault::EmptyForAbsent) && request.header("x-tc-token").is_none() {
            head.push_str("X-Tc-Token:\r\n");
        }
        let body =
            if self.has(Fault::TrimsTheBody) { request.body.trim_ascii() } else { &request.body };
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        [head.as_bytes(), body].concat()
    }

    fn carry(&self, host: &str, bytes: &[u8]) -> Answer {
        let record = self.clouds.names.record(host);
        let address = match if self.has(Fault::NoWayOut) { Record::NoSuchName } else { record } {
            Record::Address(address) => address,
            Record::NoSuchName if self.has(Fault::NoNameIsUnknown) => {
                return Answer::typed(502, "proxy_internal_error");
            }
            Record::NoSuchName => return Answer::typed(502, "dns_error"),
        };
        let address = SocketAddr::from((address, self.clouds.upstream.address().port()));
        let limit = if self.has(Fault::SlowToConnect) { TOO_LONG } else { CONNECT };
        let stream = match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => stream,
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                let is_unknown = self.has(Fault::HangIsUnknown);
                let error = if is_unknown { "http_response_timeout" } else { "connection_timeout" };
                return Answer::typed(504, error);
            }
            Err(_) if self.has(Fault::RefusedIsUnknown) => {
                return Answer::typed(502, "proxy_internal_error");
            }
            Err(_) => return Answer::typed(502, "connection_refused"),
        };
        let deadline = if self.has(Fault::NoDeadline) { TOO_LONG } else { DEADLINE };
        let limit = if self.has(Fault::WaitsForTheHandshake) { TOO_LONG } else { CONNECT };
        stream.set_read_timeout(Some(limit)).unwrap();
        let name = ServerName::try_from(host.to_owned());
        let Ok(name) = name else { return Answer::typed(502, "tls_protocol_error") };
        let config = self.client_config();
        let mut tls = StreamOwned::new(ClientConnection::new(config, name).unwrap(), stream);
        while tls.conn.is_handshaking() {
            if tls.conn.complete_io(&mut tls.sock).is_err() {
                let error = if self.has(Fault::CertificateIsUnknown) {
                    "proxy_internal_error"
                } else {
                    "tls_certificate_error"
                };
                return Answer::typed(502, error);
            }
        }
        tls.sock.set_read_timeout(Some(deadline)).unwrap();
        let start = Instant::now();
        if tls.write_all(bytes).and_then(|()| tls.flush()).is_err() {
            return Answer::typed(502, "connection_terminated");
        }
        let Some(answer) = http::read(&mut tls, Side::Answer) else {
            if start.elapsed() >= deadline {
                let is_not_sent = self.has(Fault::LateIsNotSent);
                let error =
                    if is_not_sent { "connection_timeout" } else { "http_response_timeout" };
                return Answer::typed(504, error);
            }
            if self.has(Fault::TriesAgain) {
                return Proxy { fault: None, ..self.again() }.carry(host, bytes);
            }
            let error = if self.has(Fault::CutIsNotSent) {
                "connection_refused"
            } else {
                "connection_terminated"
            };
            return Answer::typed(502, error);
        };
        self.relay(&answer, bytes)
    }

    /// The same proxy once more, for one second attempt.
    fn again(&self) -> Proxy {
        Proxy {
            fault: None,
            clouds: Arc::clone(&self.clouds),
            carried: AtomicUsize::new(0),
            passed: Mutex::default(),
            log: self.log.clone(),
            stop: AtomicBool::new(false),
        }
    }

    fn relay(&self, answer: &Message, bytes: &[u8]) -> Answer {
        let status = answer.status();
        if status == 0 {
            let foreign = answer.header("proxy-status");
            return match foreign.filter(|_| self.has(Fault::RelaysWhatIsNoAnswer)) {
                Some(foreign) => Answer::new(502).with("Proxy-Status", foreign),
                None => Answer::typed(502, "http_protocol_error"),
            };
        }
        if self.has(Fault::BelievesTheCloud) && answer.header("x-accel-redirect").is_some() {
            return Answer::typed(429, "connection_limit_reached");
        }
        let is_redirect = (300..400).contains(&status);
        if is_redirect
            && self.has(Fault::FollowsRedirects)
            && let Some(location) = answer.header("location")
            && let Some(host) =
                location.strip_prefix("https://").and_then(|rest| rest.split('/').next())
        {
            return self.carry(host, bytes);
        }
        let passes = (is_redirect && self.has(Fault::PassesRedirects))
            || (status == 421 && self.has(Fault::Passes421))
            || (status == 408 && self.has(Fault::Passes408));
        if (is_redirect || status == 408 || status == 421) && !passes {
            return Answer::typed(502, &format!("http_protocol_error; received-status={status}"));
        }
        let mut relayed = Answer::new(status)
            .with("Proxy-Status", &format!("relight-proxy; received-status={status}"));
        for (name, value) in &answer.headers {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let is_listed = ["content-type", "date", "retry-after", "x-acs-request-id"]
                .iter()
                .any(|known| is(known));
            let is_date = self.has(Fault::DateOfItsOwn) && is("date");
            let is_extra = (self.has(Fault::PassesSetCookie) && is("set-cookie"))
                || (self.has(Fault::PassesStrangers) && name.starts_with("X-"))
                || (self.has(Fault::PassesForeignTypes) && is("proxy-status"))
                || (self.has(Fault::PassesRedirects) && is("location"));
            if (is_listed && !is_date) || (is_extra && !is_listed) {
                relayed = relayed.with(name, value);
            }
        }
        if self.has(Fault::DateOfItsOwn) {
            relayed = relayed.with("Date", "Sat, 21 Nov 2026 00:00:00 GMT");
        }
        if self.has(Fault::PassesHints) && answer.raw.starts_with(b"HTTP/1.1 103") {
            relayed = relayed.with("Set-Cookie", "a=zzForeign");
        }
        relayed.body.clone_from(&answer.body);
        if !answer.is_whole && !self.has(Fault::MakesWhole) {
            relayed.announced_length = Some(answer.body.len() + 1);
        }
        if self.has(Fault::BodiesOfItsOwn) && status >= 500 {
            relayed.body = b"<h1>Something went wrong</h1>".to_vec();
        }
        relayed
    }

    fn client_config(&self) -> Arc<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        if self.has(Fault::AnyCertificate) {
            let verifier = Arc::new(AcceptAll);
            return Arc::new(
                builder
                    .dangerous()
                    .with_custom_certificate_verifier(verifier)
                    .with_no_client_auth(),
            );
        }
        let mut roots = RootCertStore::empty();
        let pem = self.clouds.authority.pem();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

/// Whether it is printable ASCII with single spaces between.
fn has_plain_spaces(signature: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
    signature.split(' ').all(is_word)
}

/// Joins the lines of a folded header with spaces, where that fault is set.
struct Unfolding<'a, S> {
    stream: &'a mut S,
    is_on: bool,
}

impl<S: Read> Read for Unfolding<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.stream.read(buffer)?;
        if self.is_on {
            for place in 2..length {
                let fold = &mut buffer[place - 2..=place];
                if fold == b"\r\n " || fold == b"\r\n\t" {
                    fold.fill(b' ');
                }
            }
        }
        Ok(length)
    }
}

/// The request line as a careless server understands it.
fn resolve(target: &str) -> String {
    let (path, query) = target.split_once('?').map_or((target, ""), |(path, query)| (path, query));
    let mut decoded = String::new();
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits: String = bytes.by_ref().take(2).map(char::from).collect();
            decoded.push(u8::from_str_radix(&digits, 16).map_or('%', char::from));
        } else {
            decoded.push(char::from(byte));
        }
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in decoded.split('/').skip(1) {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let path = format!("/{}", parts.join("/"));
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Believes every certificate.
#[derive(Debug)]
struct AcceptAll;

impl ServerCertVerifier for AcceptAll {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
