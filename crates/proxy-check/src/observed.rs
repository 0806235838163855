//! Checks of what arrives at the clouds, which must be ours for that.

use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use relight_core::{
    clouds::{self, headers},
    i18n::Locale,
    ids::parse_ids,
    model::plan::{PlanInput, plan},
    signing::{
        Secret, Signer,
        request::{Request, Signed},
    },
};
use relight_sandbox::{
    Cloud,
    credential::Credential,
    faults::Fault,
    loopback::{Raw, Then},
};

use serde_json::json;

use crate::{
    check::{Checker, Form, described, error_type, is_not_sent, received_status},
    client::Framing,
    clouds::{CHECK_HOSTS, FLAWED, HANGING, MISSING, MUTE, REFUSED, hosts},
    rules::Rule,
    upstream::{Behaviour, CLOUD_DATE},
};

/// The host of a check.
pub(crate) fn host(name: &str) -> &'static str {
    CHECK_HOSTS
        .iter()
        .find(|(check, _)| *check == name)
        .map_or("no check has this name", |found| found.1)
}

pub(crate) fn raw(bytes: &'static [u8], then: Then) -> Behaviour {
    Behaviour::Raw(Raw { bytes: bytes.into(), then })
}

pub(crate) fn unchanged(checker: &Checker<'_>) -> Result<()> {
    let host = host("unchanged");
    checker.clouds()?.upstream.set(host, [Behaviour::answer(200, "", "{}")]);
    // All that a browser leaves unchanged; it encodes `'` and non-ASCII before it sends.
    let targets = [
        "/?",
        "/?a=%2F%20%2f+&&=~()*!x=%E4%BD%A0&zqUnloggedQuery",
        "/?a=//../%2e%2e/;@:?b=?",
        "/?Signature=ab%2Bc%3D&Order=b&Order=a",
        "/",
        "/api/v2/zec",
        "/api/v2/zec?a=%41",
    ];
    for path_and_query in targets {
        let mut ask = checker.ask_at(&format!("/{host}{path_and_query}"));
        ask.body.extend(0..=255_u8);
        ask.body.extend("\r\n\r\n你好 {\"a\": 1 }  ".as_bytes());
        checker.exchange(&ask, Form::Full)?;
        let arrivals = checker.arrivals(&ask);
        let arrived = arrivals.first().map(|arrival| {
            (arrival.request.method_and_target().1.to_owned(), arrival.request.body == ask.body)
        });
        // An empty query may lose its question mark: the canonical request is the same.
        let wanted = [path_and_query, path_and_query.trim_end_matches('?')];
        let is_same = arrived
            .as_ref()
            .is_some_and(|(target, body)| *body && wanted.contains(&target.as_str()));
        checker.expect(Rule::Unchanged, is_same, || {
            format!("{path_and_query} arrived as (target, same body) {arrived:?}")
        });
    }
    let mut chunked = checker.ask(host);
    chunked.framing = Framing::Chunked;
    let answer = checker.exchange(&chunked, Form::Full)?.answer;
    let arrivals = checker.arrivals(&chunked);
    let is_right = match arrivals.as_slice() {
        [one] => one.request.body == chunked.body,
        // Browsers give a length to what the console sends, so a proxy may ask for one.
        [] => answer.is_some_and(|answer| answer.status() == 411),
        _ => false,
    };
    checker
        .expect(Rule::Unchanged, is_right, || "a body in chunks did not arrive as it was".into());
    Ok(())
}

pub(crate) fn server_name(checker: &Checker<'_>) -> Result<()> {
    let clouds = checker.clouds()?;
    let is_special = |host: &str| {
        [REFUSED, HANGING, MISSING, MUTE].contains(&host)
            || FLAWED.iter().any(|(flawed, _)| *flawed == host)
            || CHECK_HOSTS.iter().any(|(_, of_check)| *of_check == host)
    };
    for host in hosts().filter(|host| !is_special(host)) {
        clouds.upstream.set(host, [Behaviour::answer(200, "", "{}")]);
        let ask = checker.ask(host);
        checker.exchange(&ask, Form::Full)?;
        let arrivals = checker.arrivals(&ask);
        let seen: Vec<_> = arrivals
            .iter()
            .map(|arrival| {
                let hosts: Vec<String> = arrival.request.all("host").map(str::to_owned).collect();
                (arrival.server_name.clone(), hosts)
            })
            .collect();
        let is_right = seen == [(host.to_owned(), vec![host.to_owned()])];
        checker.expect(Rule::ServerName, is_right, || {
            format!("{host} arrived as (name in TLS, Host) {seen:?}")
        });
        clouds.upstream.set(host, [Behaviour::Clouds]);
    }
    Ok(())
}

pub(crate) fn request_headers(checker: &Checker<'_>) -> Result<()> {
    let rule = Rule::RequestHeaders;
    let host = host("headers");
    checker.clouds()?.upstream.set(host, [Behaviour::answer(200, "", "{}")]);
    let mut ask = checker.ask(host);
    for (place, name) in headers::request_headers().into_iter().enumerate() {
        if name != "x-acs-signature-nonce" {
            // Another one in every run: a signature passes once.
            let number = checker.number();
            ask = ask.with(name, &format!("Value {place}=\"b\", zhUnloggedHeader={number}"));
        }
    }
    ask = ask.with("Content-Type", "application/json; charset=utf-8");
    for (name, value) in [
        ("Cookie", "session=zzForeign"),
        ("Referer", "https://zzForeign.example/"),
        ("User-Agent", "zzForeign"),
        ("Accept-Language", "zzForeign"),
        ("Accept-Encoding", "zzForeign"),
        ("X-Forwarded-For", "203.0.113.77"),
        ("X-Forwarded-Host", "zzForeign"),
        ("X-Real-Ip", "203.0.113.77"),
        ("Forwarded", "for=203.0.113.77"),
        ("Via", "zzForeign"),
        ("Sec-Fetch-Dest", "empty"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Ch-Ua", "zzForeign"),
        ("Dnt", "1"),
        ("Priority", "u=1"),
        ("Idempotency-Key", "zzForeign"),
        ("X-Http-Method-Override", "DELETE"),
        ("X-Acs-Other", "zzForeign"),
        ("X-Tc-Other", "zzForeign"),
        ("X-Portal-Ticket", "zzForeign"),
        ("Proxy-Authorization", "zzForeign"),
        ("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ] {
        ask = ask.with(name, value);
    }
    checker.exchange(&ask, Form::Full)?;
    let arrivals = checker.arrivals(&ask);
    let arrived = &arrivals.first().context("it did not arrive")?.request;
    for name in headers::request_headers() {
        let sent = ask.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let sent = sent.map(|(_, value)| value.as_str());
        let found: Vec<&str> = arrived.all(name).collect();
        checker.expect(
            rule,
            sent.is_some() && found == sent.into_iter().collect::<Vec<_>>(),
            || format!("{name}: {sent:?} arrived as {found:?}"),
        );
    }
    let is_framing = |name: &str| {
        ["host", "content-length", "transfer-encoding", "connection", "user-agent"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    };
    let listed = headers::request_headers();
    let is_listed = |name: &str| listed.iter().any(|known| name.eq_ignore_ascii_case(known));
    for (name, value) in &arrived.headers {
        let is_ours = is_listed(name)
            || (is_framing(name) && !value.contains("zzForeign") && !value.contains("127.0.0.1"));
        checker.expect(rule, is_ours, || format!("{name}: {value} arrived"));
    }
    // What was not sent must not arrive empty either: an empty token is a wrong token.
    let ask = checker.ask(host);
    checker.exchange(&ask, Form::Full)?;
    let arrivals = checker.arrivals(&ask);
    let arrived = &arrivals.first().context("it did not arrive")?.request;
    for (name, value) in &arrived.headers {
        let was_sent = is_framing(name)
            || ask
                .headers
                .iter()
                .any(|(key, sent)| key.eq_ignore_ascii_case(name) && sent == value);
        checker.expect(rule, was_sent, || format!("{name}: {value:?} arrived and was not sent"));
    }
    Ok(())
}

pub(crate) fn long_token(checker: &Checker<'_>) -> Result<()> {
    let host = host("token");
    checker.clouds()?.upstream.set(host, [Behaviour::answer(200, "", "{}")]);
    let token = "T0ken+/=".repeat(512);
    let signature = format!("ACS3-HMAC-SHA256 Credential=x,Signature={}", "a1".repeat(500));
    let ask =
        checker.ask(host).with("X-Acs-Security-Token", &token).with("Authorization", &signature);
    let answer = checker.exchange(&ask, Form::Full)?.answer.context("no answer")?;
    checker.expect(Rule::LongToken, answer.status() == 200, || answer.first_line.clone());
    let arrivals = checker.arrivals(&ask);
    let arrived = arrivals.first().is_some_and(|arrival| {
        arrival.request.header("x-acs-security-token") == Some(&token)
            && arrival.request.header("authorization") == Some(&signature)
    });
    checker.expect(Rule::LongToken, arrived, || "the token did not arrive as it was".into());
    Ok(())
}

pub(crate) fn answer_headers(checker: &Checker<'_>) -> Result<()> {
    let rule = Rule::AnswerHeaders;
    let host = host("answers");
    let dangerous = "Retry-After: 7\r\n\
        Set-Cookie: a=zzForeign; Path=/\r\nSet-Cookie: b=zzForeign\r\n\
        Access-Control-Allow-Origin: https://zzForeign.example\r\n\
        Access-Control-Allow-Credentials: zzForeign\r\nAccess-Control-Allow-Headers: zzForeign\r\n\
        Access-Control-Expose-Headers: zzForeign\r\nAccess-Control-Max-Age: zzForeign\r\n\
        Proxy-Status: zzForeign; received-status=299\r\nLocation: https://zzForeign.example/\r\n\
        Content-Security-Policy: zzForeign\r\nCache-Control: zzForeign\r\nExpires: zzForeign\r\n\
        Vary: zzForeign\r\nX-Content-Type-Options: zzForeign\r\nClear-Site-Data: zzForeign\r\n\
        Strict-Transport-Security: max-age=1; zzForeign\r\nAlt-Svc: zzForeign\r\n\
        Link: <https://zzForeign.example/>; rel=preload\r\nRefresh: 0; url=zzForeign\r\n\
        Service-Worker-Allowed: zzForeign\r\nReport-To: zzForeign\r\nNel: zzForeign\r\n\
        Reporting-Endpoints: zzForeign\r\nSourcemap: zzForeign\r\nX-Powered-By: zzForeign\r\n";
    checker.clouds()?.upstream.set(host, [Behaviour::answer(200, dangerous, "{\"a\":1}")]);
    let answer = checker.exchange(&checker.ask(host), Form::Full)?.answer.context("no answer")?;
    for (name, value) in [
        ("content-type", "application/json"),
        ("date", CLOUD_DATE),
        ("retry-after", "7"),
        ("x-acs-request-id", "0A1B-2C3D"),
    ] {
        let found: Vec<&str> = answer.all(name).collect();
        checker.expect(rule, found == [value], || format!("{name}: {value} came as {found:?}"));
    }
    for (name, value) in &answer.headers {
        checker.expect(rule, !value.contains("zzForeign"), || format!("{name}: {value} came"));
    }
    Ok(())
}

pub(crate) fn answer_list(checker: &Checker<'_>) -> Result<()> {
    let host = host("unlisted");
    let strange = "X-Internal-Route: zzStrange\r\nX-Debug: zzStrange\r\n";
    checker.clouds()?.upstream.set(host, [Behaviour::answer(200, strange, "{}")]);
    let answer = checker.exchange(&checker.ask(host), Form::Full)?.answer.context("no answer")?;
    checker.expect(Rule::AnswerList, answer.status() == 200, || answer.first_line.clone());
    for (name, value) in &answer.headers {
        checker.expect(Rule::AnswerList, !value.contains("zzStrange"), || {
            format!("{name}: {value} came")
        });
    }
    Ok(())
}

pub(crate) fn received(checker: &Checker<'_>) -> Result<()> {
    let host = host("received");
    for status in [200, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504] {
        let body = format!("{{\"Code\":\"{status} 你好\"}}");
        checker.clouds()?.upstream.set(host, [Behaviour::answer(status, "", &body)]);
        let ask = checker.ask(host);
        let answer = checker.exchange(&ask, Form::Full)?.answer.context("no answer")?;
        let seen = (answer.status(), received_status(&answer), error_type(&answer));
        let wanted = Some(i64::from(status));
        checker.expect(Rule::Received, seen == (status, wanted, None), || {
            format!("the cloud's {status} came as (status, received-status, error) {seen:?}")
        });
        let is_same = answer.body == body.as_bytes();
        checker.expect(Rule::Received, is_same, || format!("the body of a {status} is another"));
        checker.expect_arrivals(Rule::Received, &ask, 1);
    }
    Ok(())
}

pub(crate) fn redirects(checker: &Checker<'_>) -> Result<()> {
    let (host, elsewhere) = (host("redirects"), host("elsewhere"));
    let upstream = &checker.clouds()?.upstream;
    for status in [300, 301, 302, 303, 307, 308] {
        let location = format!("Location: https://{elsewhere}/\r\n");
        upstream.set(host, [Behaviour::answer(status, &location, "{}")]);
        let ask = checker.ask(host);
        let answer = checker.exchange(&ask, Form::Full)?.answer.context("no answer")?;
        expect_withheld(checker, Rule::Redirects, status, &answer);
        let location = answer.header("location");
        checker.expect(Rule::Redirects, location.is_none(), || format!("{status}: {location:?}"));
        let arrived = checker.arrivals(&ask).len();
        checker
            .expect(Rule::Redirects, arrived == 1, || format!("{status}: arrived {arrived} times"));
    }
    Ok(())
}

pub(crate) fn resend(checker: &Checker<'_>) -> Result<()> {
    let host = host("resend");
    for status in [421, 408] {
        checker.clouds()?.upstream.set(host, [Behaviour::answer(status, "", "{}")]);
        let ask = checker.ask(host);
        match checker.exchange(&ask, Form::Full)?.answer {
            Some(answer) => expect_withheld(checker, Rule::Resend, status, &answer),
            None => checker.expect(Rule::Resend, status == 408, || format!("{status}: no answer")),
        }
        checker.expect_arrivals(Rule::Resend, &ask, 1);
    }
    Ok(())
}

fn expect_withheld(checker: &Checker<'_>, rule: Rule, status: u16, answer: &crate::http::Message) {
    let seen = answer.status();
    checker.expect(rule, seen == 502, || format!("the cloud's {status} came as {seen}"));
    let error = error_type(answer);
    let is_unknown = error.as_deref().is_some_and(|error| !is_not_sent(error));
    checker.expect(rule, is_unknown, || format!("the cloud's {status} is typed {error:?}"));
}

/// Corrupted responses, each sent after the request was read.
fn corrupted() -> Vec<(&'static str, Behaviour)> {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    vec![
        ("cut before the answer", raw(b"", Then::Cut)),
        ("closed before the answer", raw(b"", Then::Close)),
        ("cut in the head", raw(head, Then::Cut)),
        ("no HTTP", raw(b"\x00\x01garbage that nobody understands\r\n\r\n", Then::Cut)),
    ]
}

fn breaking_off() -> Vec<(&'static str, Behaviour)> {
    vec![
        (
            "cut in a body with a length",
            raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"a\":", Then::Cut),
        ),
        (
            "cut in a body in chunks",
            raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n", Then::Cut),
        ),
    ]
}

pub(crate) fn one_attempt(checker: &Checker<'_>) -> Result<()> {
    let host = host("attempts");
    let upstream = &checker.clouds()?.upstream;
    let failing = [("answered 503", Behaviour::answer(503, "Retry-After: 0\r\n", "{}"))];
    for (what, behaviour) in corrupted().into_iter().chain(breaking_off()).chain(failing) {
        upstream.set(host, [behaviour]);
        let ask = checker.ask(host);
        checker.exchange(&ask, Form::Full)?;
        let arrived = checker.arrivals(&ask).len();
        checker
            .expect(Rule::OneAttempt, arrived == 1, || format!("{what}: arrived {arrived} times"));
    }
    // Clients repeat most readily on a connection that was reused.
    for _ in 0..3 {
        upstream.set(host, [Behaviour::answer(200, "", "{}")]);
        for _ in 0..2 {
            checker.exchange(&checker.ask(host), Form::Full)?;
        }
        upstream.set(host, [raw(b"", Then::Cut)]);
        let ask = checker.ask(host);
        checker.exchange(&ask, Form::Full)?;
        let arrived = checker.arrivals(&ask).len();
        checker.expect(Rule::OneAttempt, arrived == 1, || {
            format!("cut on a connection used before: arrived {arrived} times")
        });
    }
    Ok(())
}

pub(crate) fn cut(checker: &Checker<'_>) -> Result<()> {
    let host = host("cut");
    let upstream = &checker.clouds()?.upstream;
    for (what, behaviour) in corrupted() {
        upstream.set(host, [behaviour]);
        let answer = checker.exchange(&checker.ask(host), Form::Full)?.answer;
        // No answer at all is unknown to the page, as it must be.
        let seen = answer.as_ref().map(|answer| (answer.status(), error_type(answer)));
        let is_unknown = match &seen {
            None => true,
            Some((status, error)) => {
                *status >= 500 && error.as_deref().is_some_and(|error| !is_not_sent(error))
            }
        };
        checker.expect(Rule::Cut, is_unknown, || format!("{what}: {seen:?}"));
    }
    Ok(())
}

/// Responses that try to control the proxy, or imitate its own.
pub(crate) fn forged(checker: &Checker<'_>) -> Result<()> {
    for (what, bytes) in [
        (
            "to another place of nginx",
            &b"HTTP/1.1 200 OK\r\nX-Accel-Redirect: @relight_throttled\r\nContent-Length: 2\r\n\r\n{}"[..],
        ),
        (
            "to a host that is refused",
            b"HTTP/1.1 200 OK\r\nX-Accel-Redirect: /proxy/example.org/\r\nContent-Length: 2\r\n\r\n{}",
        ),
        (
            "to the page",
            b"HTTP/1.1 200 OK\r\nX-Accel-Redirect: /\r\nContent-Length: 2\r\n\r\n{}",
        ),
        (
            "a framing that reads like a failed look-up",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: lookup x509: no\r\n\r\n{}",
        ),
        (
            "a length that reads like a failed look-up",
            b"HTTP/1.1 200 OK\r\nContent-Length: lookup x509: no\r\n\r\n{}",
        ),
        (
            "another protocol",
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        ),
        ("a status that is none", b"HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\n{}"),
    ] {
        expect_not_unsent(checker, Rule::Forged, what, bytes)?;
    }
    Ok(())
}

/// Responses without a valid status line, which would be valid if they were forwarded unchanged.
pub(crate) fn status_line(checker: &Checker<'_>) -> Result<()> {
    for (what, bytes) in [
        (
            "no status",
            &b"HTTP/1.1 x509: no\r\nProxy-Status: relight-proxy; error=connection_refused\r\nContent-Length: 2\r\n\r\n{}"[..],
        ),
        (
            "a word for a status",
            b"HTTP/1.1 OK\r\nProxy-Status: relight-proxy; error=connection_refused\r\nContent-Length: 2\r\n\r\n{}",
        ),
    ] {
        expect_not_unsent(checker, Rule::StatusLine, what, bytes)?;
    }
    Ok(())
}

/// The request has arrived, so the proxy must not report it as not sent.
fn expect_not_unsent(
    checker: &Checker<'_>,
    rule: Rule,
    what: &str,
    bytes: &'static [u8],
) -> Result<()> {
    let host = host("forged");
    checker.clouds()?.upstream.set(host, [raw(bytes, Then::Close)]);
    let ask = checker.ask(host);
    let answer = checker.exchange(&ask, Form::Broken)?.answer;
    checker.expect_arrivals(rule, &ask, 1);
    // No answer at all is unknown to the page.
    let is_true = answer.as_ref().is_none_or(|answer| {
        received_status(answer).is_some()
            || error_type(answer).is_some_and(|error| !is_not_sent(&error))
    });
    checker.expect(rule, is_true, || {
        let seen = answer.map(|answer| {
            (answer.status(), answer.all("proxy-status").map(str::to_owned).collect::<Vec<_>>())
        });
        format!("{what}: {seen:?}")
    });
    Ok(())
}

pub(crate) fn interim(checker: &Checker<'_>) -> Result<()> {
    let (rule, host) = (Rule::Interim, host("interim"));
    let hints = b"HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=zzForeign\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    checker.clouds()?.upstream.set(host, [raw(hints, Then::Close)]);
    let ask = checker.ask(host);
    let answer = checker.exchange(&ask, Form::Broken)?.answer;
    checker.expect_arrivals(rule, &ask, 1);
    let received = answer.as_ref().and_then(received_status);
    checker.expect(rule, received == Some(200), || format!("the answer behind it: {received:?}"));
    let came =
        answer.is_some_and(|answer| String::from_utf8_lossy(&answer.raw).contains("zzForeign"));
    checker.expect(rule, !came, || "its headers came".to_owned());
    Ok(())
}

pub(crate) fn broken_off(checker: &Checker<'_>) -> Result<()> {
    let host = host("broken-off");
    let upstream = &checker.clouds()?.upstream;
    for (what, behaviour) in breaking_off() {
        upstream.set(host, [behaviour]);
        let answer = checker.exchange(&checker.ask(host), Form::Full)?.answer;
        let seen =
            answer.as_ref().map(|answer| (answer.status(), answer.is_whole, error_type(answer)));
        let is_unknown = match &seen {
            None | Some((_, false, _)) => true,
            Some((status, true, error)) => {
                *status >= 500 && error.as_deref().is_some_and(|error| !is_not_sent(error))
            }
        };
        checker.expect(Rule::BrokenOff, is_unknown, || {
            format!("{what}: (status, whole, error) {seen:?}")
        });
    }
    Ok(())
}

pub(crate) fn refused(checker: &Checker<'_>) -> Result<()> {
    expect_not_sent(checker, Rule::Refused, REFUSED)
}

pub(crate) fn dns(checker: &Checker<'_>) -> Result<()> {
    expect_not_sent(checker, Rule::Dns, MISSING)
}

pub(crate) fn certificate(checker: &Checker<'_>) -> Result<()> {
    for (host, _) in FLAWED {
        checker.clouds()?.upstream.set(host, [Behaviour::answer(200, "", "{}")]);
        let ask = checker.ask(host);
        let answer = checker.exchange(&ask, Form::Full)?.answer;
        let seen = answer.as_ref().map(|answer| (answer.status(), error_type(answer)));
        let stops = seen.as_ref().is_some_and(|(status, error)| *status >= 500 && error.is_some());
        checker.expect(Rule::Certificate, stops, || format!("{host}: {seen:?}"));
        checker.expect_arrivals(Rule::Certificate, &ask, 0);
        let is_typed =
            seen.as_ref().is_some_and(|(_, error)| error.as_deref().is_some_and(is_not_sent));
        checker.expect(Rule::CertificateType, is_typed, || format!("{host}: {seen:?}"));
    }
    Ok(())
}

fn expect_not_sent(checker: &Checker<'_>, rule: Rule, host: &str) -> Result<()> {
    let ask = checker.ask(host);
    let what = described(&ask);
    checker.expect_arrivals(rule, &ask, 0);
    let answer = checker.exchange(&ask, Form::Full)?.answer;
    let seen = answer.as_ref().map(|answer| (answer.status(), error_type(answer)));
    let is_typed = seen.as_ref().is_some_and(|(status, error)| {
        (500..600).contains(status) && error.as_deref().is_some_and(is_not_sent)
    });
    checker.expect(rule, is_typed, || format!("{what}: {seen:?}"));
    checker.expect_arrivals(rule, &ask, 0);
    Ok(())
}

pub(crate) fn connect_time(checker: &Checker<'_>) -> Result<()> {
    for (what, host) in [("no connection", HANGING), ("no handshake", MUTE)] {
        let exchange = checker.exchange(&checker.ask(host), Form::Full)?;
        let took = exchange.took;
        let answer = exchange.answer.with_context(|| format!("{what}: no answer"))?;
        let seen = (answer.status(), error_type(&answer));
        let is_typed = (500..600).contains(&seen.0) && seen.1.as_deref().is_some_and(is_not_sent);
        checker.expect(Rule::ConnectTime, is_typed, || format!("{what}: {seen:?}"));
        let is_in_time = took <= checker.options.connect_limit;
        checker.expect(Rule::ConnectTime, is_in_time, || format!("{what}: after {took:.1?}"));
    }
    Ok(())
}

pub(crate) fn deadline(checker: &Checker<'_>) -> Result<()> {
    let host = host("silent");
    checker.clouds()?.upstream.set(host, [Behaviour::Silent]);
    let ask = checker.ask(host);
    let exchange = checker.exchange(&ask, Form::Full)?;
    let took = exchange.took;
    let answer = exchange.answer.with_context(|| format!("no answer after {took:.1?}"))?;
    let seen = (answer.status(), error_type(&answer));
    let is_unknown = seen.0 >= 500 && seen.1.as_deref().is_some_and(|error| !is_not_sent(error));
    checker.expect(Rule::Deadline, is_unknown, || format!("{seen:?}"));
    let is_in_time = took < checker.options.deadline_limit;
    checker.expect(Rule::Deadline, is_in_time, || format!("after {took:.1?}"));
    checker.expect_arrivals(Rule::Deadline, &ask, 1);
    Ok(())
}

/// How long requests are sent, how many at a time, and how many refusals are enough. A busy machine
/// needs long to reach the limit.
const FLOOD: Duration = Duration::from_secs(12);
const FLOOD_CLIENTS: usize = 24;
const ENOUGH_REFUSALS: usize = 20;
/// Proxies that are checked at the same time would share the machine here.
static FLOODING: Mutex<()> = Mutex::new(());

pub(crate) fn throttle(checker: &Checker<'_>) -> Result<()> {
    let host = host("flood");
    checker.clouds()?.upstream.set(host, [Behaviour::answer(200, "", "{}")]);
    let throttled = Mutex::new(Vec::new());
    let alone = FLOODING.lock().unwrap_or_else(PoisonError::into_inner);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..FLOOD_CLIENTS {
            scope.spawn(|| {
                let is_enough = || throttled.lock().is_ok_and(|met| met.len() >= ENOUGH_REFUSALS);
                while start.elapsed() < FLOOD && !is_enough() {
                    let ask = checker.ask(host);
                    let Ok(exchange) = checker.exchange(&ask, Form::Full) else { continue };
                    if let Some(answer) = exchange.answer
                        && answer.status() != 200
                        && let Ok(mut throttled) = throttled.lock()
                    {
                        throttled.push((ask, answer));
                    }
                }
            });
        }
    });
    drop(alone);
    let throttled = throttled.into_inner().unwrap_or_default();
    checker.expect(Rule::Throttle, !throttled.is_empty(), || {
        format!("no limit in {} s, {FLOOD_CLIENTS} requests at a time", FLOOD.as_secs())
    });
    for (ask, answer) in throttled.iter().take(50) {
        let seen = (answer.status(), error_type(answer));
        let is_typed = seen.0 == 429 && seen.1.as_deref().is_some_and(is_not_sent);
        checker.expect(Rule::Throttle, is_typed, || format!("{seen:?}"));
        let retry = answer.header("retry-after");
        checker.expect(Rule::Throttle, retry.is_some(), || "no Retry-After".into());
        checker.expect_arrivals(Rule::Throttle, ask, 0);
    }
    Ok(())
}

/// A signed reboot as the console sends it; then one whose answer is lost.
pub(crate) fn once(checker: &Checker<'_>) -> Result<()> {
    let upstream = &checker.clouds()?.upstream;
    for host in ["cvm.tencentcloudapi.com", "cvm.ap-guangzhou.tencentcloudapi.com"] {
        upstream.set(host, [Behaviour::Clouds]);
    }
    for (id, is_lost) in [("ins-5hdvx000", false), ("ins-y6ook001", true)] {
        if is_lost {
            let fault = json!({
                "cloud": "tencent", "action": "RebootInstances", "fault": "lost-answer",
            });
            let fault = Fault::from_json(&fault).map_err(anyhow::Error::msg)?;
            upstream.clouds().add_fault(fault);
        }
        let request = signed_reboot(id)?;
        let mut ask = checker.ask(request.host());
        ask.target =
            format!("{}/{}{}", checker.target.base(), request.host(), request.path_and_query());
        ask.headers.retain(|(name, _)| ["Host", "Origin", "User-Agent"].contains(&name.as_str()));
        let sent = request.headers().iter();
        ask.headers.extend(sent.map(|(name, value)| (name.to_string(), value.to_string())));
        ask.headers.retain({
            let host = checker.target.authority();
            move |(name, value)| !name.eq_ignore_ascii_case("host") || *value == host
        });
        request.body().as_bytes().clone_into(&mut ask.body);
        let answer = checker.exchange(&ask, Form::Full)?.answer;
        let seen = answer.as_ref().map(|answer| (answer.status(), received_status(answer)));
        let is_right = if is_lost {
            answer.as_ref().is_none_or(|answer| {
                answer.status() >= 500
                    && error_type(answer).as_deref().is_some_and(|error| !is_not_sent(error))
            })
        } else {
            seen == Some((200, Some(200)))
        };
        checker.expect(Rule::Once, is_right, || format!("a reboot (lost: {is_lost}): {seen:?}"));
        let sandbox = upstream.clouds();
        let calls: Vec<_> = sandbox
            .calls()
            .iter()
            .filter(|call| {
                call.action == "RebootInstances" && call.ids.iter().any(|known| known == id)
            })
            .map(|call| (call.signature.clone(), call.executed))
            .collect();
        checker.expect(Rule::Once, calls.len() == 1, || format!("{id}: {calls:?}"));
        let instance = sandbox.fleet().find(Cloud::Tencent, id);
        let reboots = instance.map(|instance| instance.reboots);
        checker.expect(Rule::Once, reboots == Some(1), || {
            format!("{id}: rebooted {reboots:?} times, {calls:?}")
        });
    }
    Ok(())
}

fn signed_reboot(id: &str) -> Result<Request<Signed>> {
    let cloud = clouds::by_id("tencent").context("the console knows no Tencent Cloud")?;
    let key = Credential::demo()
        .into_iter()
        .find(|key| key.cloud == Cloud::Tencent && key.token.is_none())
        .context("the sandbox has no demo key")?;
    let input = PlanInput {
        cloud,
        site: None,
        region: "ap-guangzhou".to_owned(),
        operation: "RebootInstances".to_owned(),
        ids: parse_ids(id, Some(cloud)).ids.into_iter().map(|parsed| parsed.id).collect(),
        options: Vec::new(),
        limits: std::sync::Arc::default(),
    };
    let plan =
        plan(&input, None).map_err(|refusal| anyhow::anyhow!(refusal.sentence(Locale::En)))?;
    let request = clouds::request(plan.batches.first().context("no batch")?);
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let signer = Signer {
        key_id: key.id,
        token: None,
        unix_seconds: i64::try_from(since.as_secs())?,
        nonce: format!("{:032x}", since.as_nanos()),
        sign_action: true,
        locale: Locale::En,
    };
    Ok(clouds::protocol(cloud).prepare(&request, &signer).finish_with(&Secret::new(key.secret)))
}
