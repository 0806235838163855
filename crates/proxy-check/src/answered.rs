//! Checks that need nothing but the proxy's answers. They send only what must be refused, or what
//! cannot change anything: lists of regions, unsigned.

use std::{fs, thread, time::Duration};

use anyhow::{Context, Result};
use relight_core::clouds::headers::request_headers;
use relight_sandbox::loopback::Then;

use crate::{
    check::{
        Checker, Form, HOST, MARKERS, details, error_type, is_not_sent, received_status,
        was_let_through,
    },
    client::{Ask, Framing},
    clouds::hosts,
    http::{Message, Side},
    observed::{host, raw},
    rules::Rule,
    upstream::Behaviour,
};

pub(crate) fn only_listed_hosts(checker: &Checker<'_>) -> Result<()> {
    let foreign = [
        "example.org",
        "aliyuncs.com",
        "bucket.aliyuncs.com",
        "oss-cn-hangzhou.aliyuncs.com",
        "bucket.oss-cn-hangzhou.aliyuncs.com",
        // Host names that others can register, and regions that do not exist.
        "ecs.oss-cn-hangzhou.aliyuncs.com",
        "ecs.oss-accelerate.aliyuncs.com",
        "ecs.xx-nowhere-1.aliyuncs.com",
        "ecs.cn-hangzhou-1.aliyuncs.com",
        "ecs.acn-hangzhou.aliyuncs.com",
        "cvm.xx-nowhere.tencentcloudapi.com",
        "cvm.cn-hangzhou.tencentcloudapi.com",
        "ecs.cn-hangzhou.evil.aliyuncs.com",
        "ecs.a.b.aliyuncs.com",
        "evilecs.cn-hangzhou.aliyuncs.com",
        "evil-ecs.aliyuncs.com",
        "ecs-cn-beijing.aliyuncs.com",
        "ecs.cn-hangzhou.aliyuncs.com.example.org",
        "ecs.cn-hangzhou.aliyuncs.com.",
        "ecs..aliyuncs.com",
        "ecs.cn-hangzhouXaliyuncs.com",
        "tencentcloudapi.com",
        "cam.tencentcloudapi.com",
        "cvm.ap-guangzhou.tencentcloudapi.com.example.org",
        "zenlayer.com",
        "api.zenlayer.com",
        "console.zenlayer.com.example.org",
        "console.zenlayer.com:443",
        "ECS.CN-HANGZHOU.ALIYUNCS.COM",
        "Console.zenlayer.com",
        "user@console.zenlayer.com",
        "127.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "2130706433",
        "localhost",
    ];
    for host in foreign {
        checker.expect_refusal(Rule::Hosts, &checker.ask(host), Form::Full, &[403])?;
    }
    // Because of the brackets of an address some servers refuse the line itself.
    checker.expect_refusal(Rule::Hosts, &checker.ask("[::1]"), Form::Broken, &[400, 403])?;
    // A deployed proxy may be for some regions only.
    let some = [
        "ecs.aliyuncs.com",
        HOST,
        "ecs-cn-hangzhou.aliyuncs.com",
        "cvm.tencentcloudapi.com",
        "console.zenlayer.com",
    ];
    for host in hosts().filter(|host| checker.sees_clouds() || some.contains(host)) {
        let ask = preflight_ask(checker, &format!("/{host}/"));
        let answer = checker.exchange(&ask, Form::Full)?.answer;
        let status = answer.map(|answer| answer.status());
        checker.expect(Rule::Hosts, status == Some(204), || {
            format!("a preflight for {host}, which is a cloud's: {status:?}")
        });
    }
    Ok(())
}

pub(crate) fn paths(checker: &Checker<'_>) -> Result<()> {
    for path in [
        "/other",
        "/api",
        "/api/v2",
        "/api/v2/",
        "/api/v2/zec/",
        "/api/v2/zec/more",
        "/api/v3/zec",
        "/api/v2/ZEC",
        "/api/v2/z_ec",
        "/api/v2/zec;x=1",
        "/api/v2/zec.json",
    ] {
        let ask = checker.ask_at(&format!("/console.zenlayer.com{path}"));
        checker.expect_refusal(Rule::Paths, &ask, Form::Full, &[403])?;
    }
    let ask = checker.ask_at("/console.zenlayer.com");
    checker.expect_refusal(Rule::Paths, &ask, Form::Full, &[403])?;
    let ask = preflight_ask(checker, "/console.zenlayer.com/api/v2/zec");
    let status = checker.exchange(&ask, Form::Full)?.answer.map(|answer| answer.status());
    checker.expect(Rule::Paths, status == Some(204), || {
        format!("a preflight for /api/v2/zec: {status:?}")
    });
    Ok(())
}

pub(crate) fn raw_line(checker: &Checker<'_>) -> Result<()> {
    for rest in [
        "/%63onsole.zenlayer.com/",
        "/console.zenlayer.com/%61pi/v2/zec",
        "/console.zenlayer.com/api/v2/%7aec",
        "/console.zenlayer.com/./",
        "/console.zenlayer.com//",
        "//console.zenlayer.com/",
        "/example.org/../console.zenlayer.com/",
        "/console.zenlayer.com/other/../",
        "/console.zenlayer.com/api/v2/x/../zec",
        "/console.zenlayer.com/%2e%2e/console.zenlayer.com/",
        "/console.zenlayer.com%2f",
        "/console.zenlayer.com%00/",
        "/console.zenlayer.com/%0d%0aX-Header:1",
        "/console.zenlayer.com\\/",
    ] {
        // Outside of the proxy's part a 404 of the page's part refuses as well.
        let ask = checker.ask_at(rest);
        checker.expect_refusal(Rule::RawLine, &ask, Form::Broken, &[400, 403, 404, 405])?;
    }
    let mut ask = checker.ask(HOST);
    "http://console.zenlayer.com/".clone_into(&mut ask.target);
    // Whichever site of the server answers: it is not relayed.
    let answer = checker.send(&ask)?.answer;
    let received = answer.as_ref().and_then(received_status);
    checker.expect(Rule::RawLine, received.is_none(), || format!("{}: relayed", ask.target));
    checker.expect_arrivals(Rule::RawLine, &ask, 0);
    Ok(())
}

pub(crate) fn methods(checker: &Checker<'_>) -> Result<()> {
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "PROPFIND"] {
        let mut ask = checker.ask(HOST);
        method.clone_into(&mut ask.method);
        if matches!(method, "GET" | "HEAD") {
            ask.body.clear();
        }
        checker.expect_refusal(Rule::Methods, &ask, Form::Full, &[403, 405])?;
    }
    for method in ["TRACE", "CONNECT", "post"] {
        let mut ask = checker.ask(HOST);
        method.clone_into(&mut ask.method);
        ask.body.clear();
        let refusals = [400, 403, 404, 405, 500, 501];
        checker.expect_refusal(Rule::Methods, &ask, Form::Broken, &refusals)?;
    }
    // An OPTIONS that is no preflight asks about nothing.
    let mut ask = checker.ask(HOST);
    "OPTIONS".clone_into(&mut ask.method);
    ask.body.clear();
    checker.expect_refusal(Rule::Methods, &ask, Form::Full, &[400, 403, 405])
}

pub(crate) fn origins(checker: &Checker<'_>) -> Result<()> {
    let allowed = &checker.options.origin;
    let (scheme, host) = allowed.split_once("://").context("the origin has no scheme")?;
    let other = if scheme == "https" { "http" } else { "https" };
    for origin in [
        "null".to_owned(),
        "https://evil.example".to_owned(),
        format!("{allowed}.evil.example"),
        format!("{scheme}://evil{host}"),
        format!("{scheme}://evil.{host}"),
        format!("{other}://{host}"),
        format!("{allowed}1"),
        format!("{allowed}/"),
        format!("{allowed} https://evil.example"),
        format!("https://evil.example {allowed}"),
        allowed.to_uppercase(),
        allowed.replacen('p', "P", 1),
        format!("{scheme}://{}", host.to_uppercase()),
        format!("{allowed}."),
        format!("{allowed}, {allowed}"),
        format!("{allowed},https://evil.example"),
        format!("\"{allowed}\""),
        "*".to_owned(),
        String::new(),
    ] {
        let ask = checker.ask(HOST).with("Origin", &origin);
        checker.expect_refusal(Rule::Origins, &ask, Form::Foreign, &[403])?;
    }
    // A server may refuse the request because of such a byte.
    for rest in ["\0", "\0.evil.example"] {
        let ask = checker.ask(HOST).with("Origin", &format!("{allowed}{rest}"));
        checker.expect_refusal(Rule::Origins, &ask, Form::Broken, &[400, 403])?;
    }
    let none = checker.ask(HOST).without("Origin");
    checker.expect_refusal(Rule::Origins, &none, Form::Foreign, &[403])?;
    let ask = preflight_ask(checker, &format!("/{HOST}/")).with("Origin", "https://evil.example");
    checker.expect_refusal(Rule::Origins, &ask, Form::Foreign, &[403])
}

pub(crate) fn one_origin(checker: &Checker<'_>) -> Result<()> {
    let (allowed, other) = (checker.options.origin.as_str(), "https://evil.example");
    for (first, second) in [(other, allowed), (allowed, other), (allowed, allowed)] {
        let both = checker.ask(HOST).with("Origin", first).and("Origin", second);
        checker.expect_refusal(Rule::OneOrigin, &both, Form::Broken, &[400, 403])?;
    }
    Ok(())
}

pub(crate) fn action(checker: &Checker<'_>) -> Result<()> {
    let ask = checker.ask(HOST).without("X-Acs-Action");
    checker.expect_refusal(Rule::Action, &ask, Form::Full, &[400, 403])
}

pub(crate) fn destination(checker: &Checker<'_>) -> Result<()> {
    for destination in ["document", "iframe", "image", "worker", "emptyish", "EMPTY"] {
        let ask = checker.ask(HOST).with("Sec-Fetch-Dest", destination);
        checker.expect_refusal(Rule::Destination, &ask, Form::Full, &[400, 403])?;
    }
    Ok(())
}

pub(crate) fn upgrade(checker: &Checker<'_>) -> Result<()> {
    let ask = checker
        .ask(HOST)
        .with("Connection", "Upgrade")
        .with("Upgrade", "websocket")
        .with("Sec-WebSocket-Version", "13")
        .with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    let answer = checker.exchange(&ask, Form::Broken)?.answer;
    let status = answer.as_ref().map(Message::status);
    checker.expect(Rule::Upgrade, status != Some(101), || "the protocol was switched".to_owned());
    // Passed without the upgrade, as an ordinary request, it does no harm.
    for arrival in checker.arrivals(&ask) {
        let upgrade = arrival.request.header("upgrade");
        checker.expect(Rule::Upgrade, upgrade.is_none(), || {
            format!("it arrived with Upgrade: {upgrade:?}")
        });
    }
    // Without clouds of ours it is not seen which of the two it was.
    if checker.arrivals(&ask).is_empty() && !answer.as_ref().is_some_and(was_let_through) {
        let is_refusal = status.is_some_and(|status| (400..500).contains(&status));
        checker.expect(Rule::Upgrade, is_refusal, || format!("{status:?}"));
    }
    Ok(())
}

pub(crate) fn lengths(checker: &Checker<'_>) -> Result<()> {
    let hidden = checker.ask(HOST);
    let hidden_bytes = hidden.bytes();
    let length = hidden_bytes.len() + 5;
    for lines in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"),
        format!("Content-Length: {length}\r\nContent-Length: 5\r\n"),
        format!("Content-Length: 5\r\nContent-Length: {length}\r\n"),
        format!("Content-Length: 5, {length}\r\n"),
        "Content-Length: +5\r\n".to_owned(),
        format!("Transfer-Encoding: xchunked\r\nContent-Length: {length}\r\n"),
    ] {
        let mut ask = checker.ask(HOST);
        let words = lines.replace("\r\n", " ");
        ask.framing = Framing::Lines(lines);
        ask.body = b"0\r\n\r\n".to_vec();
        ask.body.extend(&hidden_bytes);
        let answer = checker.send_bytes(&ask.bytes(), Side::Answer)?.answer;
        // What the server refuses by itself, before its configuration applies, is typed as such or not
        // at all.
        let error = answer.as_ref().and_then(error_type);
        let is_own = answer.as_ref().is_some_and(|answer| [400, 501].contains(&answer.status()));
        let is_right = error.as_ref().is_none_or(|error| error.starts_with("http_request_"));
        checker.expect(Rule::Lengths, !is_own || is_right, || format!("{words}: {error:?}"));
        // Whatever was made of the first, what is inside must never arrive as a request.
        let status = answer.map_or(0, |answer| answer.status());
        checker.expect(
            Rule::Lengths,
            status == 0 || (400..600).contains(&status) || status == 200,
            || format!("{words}: {status}"),
        );
        let is_hidden = |arrival: &crate::upstream::Arrival| {
            arrival.request.header("x-acs-signature-nonce")
                == hidden
                    .headers
                    .iter()
                    .find(|(name, _)| name == "X-Acs-Signature-Nonce")
                    .map(|(_, value)| value.as_str())
        };
        let smuggled =
            checker.arrivals(&hidden).iter().filter(|arrival| is_hidden(arrival)).count();
        checker.expect(Rule::Lengths, smuggled == 0, || {
            format!("{words}: the request inside arrived {smuggled} times")
        });
    }
    Ok(())
}

pub(crate) fn body_limit(checker: &Checker<'_>) -> Result<()> {
    let padded = |length: usize| {
        let mut ask = checker.ask(HOST);
        ask.body.resize(length, b'.');
        ask
    };
    for framing in [Framing::Length, Framing::Chunked] {
        let mut ask = padded(LIMIT_BYTES + 1);
        ask.framing = framing.clone();
        // A server may require a length.
        let statuses: &[u16] = if framing == Framing::Chunked { &[411, 413] } else { &[413] };
        checker.expect_refusal(Rule::BodyLimit, &ask, Form::Full, statuses)?;
        // Refused while it is still being sent, the response may get lost: TCP resets a
        // connection that is closed before all was read. An answer there must still be the right one.
        let mut ask = padded(300_000);
        ask.framing = framing;
        if let Some(answer) = checker.exchange(&ask, Form::Full)?.answer {
            let status = answer.status();
            checker.expect(Rule::BodyLimit, statuses.contains(&status), || {
                format!("300 kB: {status}")
            });
        }
        checker.expect_arrivals(Rule::BodyLimit, &ask, 0);
    }
    let ask = padded(LIMIT_BYTES);
    let answer = checker.exchange(&ask, Form::Full)?.answer;
    let passed = answer.as_ref().is_some_and(was_let_through);
    checker.expect(Rule::BodyLimit, passed, || {
        format!("64 KiB: {:?}", answer.map(|answer| answer.first_line))
    });
    checker.expect_arrivals(Rule::BodyLimit, &ask, 1);
    Ok(())
}

const LIMIT_BYTES: usize = 64 * 1024;

pub(crate) fn preflight(checker: &Checker<'_>) -> Result<()> {
    let ask = preflight_ask(checker, &format!("/{HOST}/"));
    let answer = checker.exchange(&ask, Form::Full)?.answer.context("no answer")?;
    checker.expect_arrivals(Rule::Preflight, &ask, 0);
    let rule = Rule::Preflight;
    checker.expect(rule, answer.status() == 204, || answer.first_line.clone());
    let words = |header: &str| -> Vec<String> {
        let values: Vec<&str> = answer.all(header).collect();
        values.join(",").split(',').map(|word| word.trim().to_ascii_lowercase()).collect()
    };
    let methods = words("access-control-allow-methods");
    checker.expect(rule, methods == ["post"], || format!("allowed methods: {methods:?}"));
    let headers = words("access-control-allow-headers");
    for name in request_headers() {
        // `accept` is always allowed.
        checker.expect(rule, name == "accept" || headers.iter().any(|known| known == name), || {
            format!("{name} is not among the allowed headers")
        });
    }
    checker.expect(rule, !headers.iter().any(|name| name == "*" || name == "cookie"), || {
        format!("allowed headers: {headers:?}")
    });
    let age = answer.header("access-control-max-age").and_then(|age| age.parse::<u32>().ok());
    checker.expect(rule, age.is_some_and(|age| age <= 7_200), || format!("max-age: {age:?}"));
    let vary = words("vary");
    checker.expect(rule, vary.iter().any(|word| word == "origin"), || format!("vary: {vary:?}"));
    for refused in [
        ask.clone().with("Access-Control-Request-Method", "DELETE"),
        preflight_ask(checker, "/example.org/"),
        preflight_ask(checker, "/console.zenlayer.com/other"),
    ] {
        let answer = checker.exchange(&refused, Form::Full)?.answer.context("no answer")?;
        checker.expect(rule, !(200..300).contains(&answer.status()), || {
            format!("{}: {}", refused.target, answer.status())
        });
    }
    Ok(())
}

pub(crate) fn http2(checker: &Checker<'_>) -> Result<()> {
    match checker.target.chosen_protocol()? {
        None => checker.skip(Rule::Http2, "without TLS no browser speaks HTTP/2"),
        Some(protocol) => {
            let is_one = protocol == "http/1.1";
            checker.expect(Rule::Http2, is_one, || format!("chosen: {protocol}"));
        }
    }
    Ok(())
}

/// A request that the cloud answers, and one that the proxy refuses: judged in passing.
pub(crate) fn plain(checker: &Checker<'_>) -> Result<()> {
    let ask = checker.ask(HOST);
    let answer = checker.exchange(&ask, Form::Full)?.answer.context("no answer")?;
    let error = error_type(&answer);
    checker.expect(Rule::Reach, received_status(&answer).is_some(), || {
        format!("an unsigned DescribeRegions of {HOST}: {} typed {error:?}", answer.status())
    });
    let refused = checker.exchange(&checker.ask("example.org"), Form::Full)?.answer;
    let error = refused.as_ref().and_then(error_type);
    checker.expect(Rule::Types, error.as_deref().is_some_and(is_not_sent), || {
        format!("a refusal typed {error:?}")
    });
    Ok(())
}

/// A request that would change something, if it were signed with a valid key.
fn change(checker: &Checker<'_>) -> Ask {
    let host = if checker.sees_clouds() { host("copies") } else { HOST };
    let number = checker.number();
    checker.ask(host).with("X-Acs-Action", "RebootInstances").with(
        "Authorization",
        &format!(
            "ACS3-HMAC-SHA256 Credential=LTAIproxycheckmadeup0001,SignedHeaders=host;x-acs-action,\
             Signature={number:064x}"
        ),
    )
}

pub(crate) fn second_copy(checker: &Checker<'_>) -> Result<()> {
    let rule = Rule::SecondCopy;
    let answer_all = || -> Result<()> {
        if checker.sees_clouds() {
            let answer = Behaviour::answer(200, "", "{}");
            checker.clouds()?.upstream.set(host("copies"), [answer]);
        }
        Ok(())
    };
    answer_all()?;
    for action in ["X-Acs-Action", "X-Tc-Action", "X-Zc-Action"] {
        let ask = change(checker).without("X-Acs-Action").with(action, "RebootInstances");
        expect_passed(checker, &ask)?;
        expect_repeated(checker, &ask)?;
        expect_repeated(checker, &ask)?;
        checker.expect_arrivals(rule, &ask, 1);
    }
    only_one_describe_reads(checker)?;
    folded(checker)?;
    two_signatures(checker)?;
    // Several processes and threads have one memory.
    let ask = change(checker);
    let answers: Vec<Option<Message>> = thread::scope(|scope| {
        let send = || checker.exchange(&ask, Form::Full).ok()?.answer;
        let copies: Vec<_> = (0..COPIES).map(|_| scope.spawn(send)).collect();
        copies.into_iter().filter_map(|copy| copy.join().ok()).collect()
    });
    let passed = answers.iter().flatten().filter(|answer| was_let_through(answer)).count();
    let refused = answers.iter().flatten().filter(|answer| is_repeated(answer)).count();
    checker.expect(rule, (passed, refused) == (1, COPIES - 1), || {
        format!("of {COPIES} copies at once {passed} passed and {refused} were refused")
    });
    checker.expect_arrivals(rule, &ask, 1);
    // The first may have done its work, answered or not.
    if checker.sees_clouds() {
        let upstream = &checker.clouds()?.upstream;
        upstream.set(host("copies"), [raw(b"", Then::Cut)]);
        let ask = change(checker);
        checker.exchange(&ask, Form::Full)?;
        expect_repeated(checker, &ask)?;
        checker.expect_arrivals(rule, &ask, 1);
        answer_all()?;
    }
    // What only reads may come again.
    let ask = change(checker).with("X-Acs-Action", "DescribeRegions");
    expect_passed(checker, &ask)?;
    expect_passed(checker, &ask)?;
    // Without a signature a copy cannot be recognised.
    let ask = change(checker).without("Authorization");
    checker.expect_refusal(rule, &ask, Form::Full, &[400, 403])
}

const COPIES: usize = 6;

/// It does not help to name a second action, which only reads.
fn only_one_describe_reads(checker: &Checker<'_>) -> Result<()> {
    let rule = Rule::SecondCopy;
    for ask in [
        change(checker).with("X-Tc-Action", "DescribeRegions"),
        change(checker).with("X-Acs-Action", "DescribeRegions, RebootInstances"),
        change(checker).with("X-Acs-Action", "DescribeRegions;RebootInstances"),
        change(checker).with("X-Acs-Action", "DescribeRegions RebootInstances"),
        change(checker).with("X-Acs-Action", "DescribeRegions,"),
    ] {
        let first = checker.exchange(&ask, Form::Full)?.answer.context("no answer")?;
        if was_let_through(&first) {
            expect_repeated(checker, &ask)?;
        } else {
            let status = first.status();
            checker.expect(rule, status == 400, || format!("two actions: {status}"));
        }
    }
    // Of two headers a proxy may forward one, which is seen where it arrives.
    if checker.sees_clouds() {
        for (first, second) in [("Describe", "Reboot"), ("Reboot", "Describe")] {
            let ask = change(checker)
                .with("X-Acs-Action", &format!("{first}Instances"))
                .and("X-Acs-Action", &format!("{second}Instances"));
            checker.exchange(&ask, Form::Full)?;
            checker.exchange(&ask, Form::Full)?;
            let arrivals = checker.arrivals(&ask);
            let changing = arrivals.iter().filter(|arrival| {
                let actions: Vec<&str> = arrival.request.all("x-acs-action").collect();
                actions != ["DescribeInstances"]
            });
            let changing = changing.count();
            checker.expect(rule, changing <= 1, || {
                format!("two headers, {first} and {second}: arrived {changing} times")
            });
        }
    }
    Ok(())
}

/// A header that is folded over two lines, or has other spaces, is the same signature, or is refused.
fn folded(checker: &Checker<'_>) -> Result<()> {
    for (from, to) in [(" ", "\r\n "), (",", ",\r\n\t"), (" ", "  "), (",", ",\t")] {
        for is_folded_first in [false, true] {
            let plain = change(checker);
            let signature = plain
                .headers
                .iter()
                .find(|(name, _)| name == "Authorization")
                .map(|(_, value)| value.replacen(from, to, 1))
                .context("a change without a signature")?;
            let folded = plain.clone().with("Authorization", &signature);
            let (first, second) =
                if is_folded_first { (&folded, &plain) } else { (&plain, &folded) };
            let passed = |ask: &Ask| -> Result<bool> {
                let answer = checker.exchange(ask, Form::Broken)?.answer;
                Ok(answer.as_ref().is_some_and(was_let_through))
            };
            let passed = usize::from(passed(first)?) + usize::from(passed(second)?);
            checker.expect(Rule::SecondCopy, passed == 1, || {
                format!("one signature, once with {to:?} for {from:?}: {passed} of 2 passed")
            });
            checker.expect_arrivals(Rule::SecondCopy, &plain, 1);
        }
    }
    Ok(())
}

/// Two headers would be another key of both signatures.
fn two_signatures(checker: &Checker<'_>) -> Result<()> {
    for other in ["ACS3-HMAC-SHA256 Credential=x,Signature=y", "x", ""] {
        for is_first in [false, true] {
            let one = change(checker);
            let signature = one.headers.iter().find(|(name, _)| name == "Authorization");
            let signature = signature.map(|(_, value)| value.clone()).unwrap_or_default();
            let (first, second) =
                if is_first { (other, signature.as_str()) } else { (signature.as_str(), other) };
            let both = one.with("Authorization", first).and("Authorization", second);
            // An empty one may be gone before anybody counts, and then it is no other key.
            if other.is_empty() {
                let plain = both.clone().with("Authorization", &signature);
                checker.exchange(&both, Form::Broken)?;
                checker.exchange(&plain, Form::Broken)?;
                checker.expect_arrivals(Rule::SecondCopy, &plain, 1);
            } else {
                checker.expect_refusal(Rule::SecondCopy, &both, Form::Broken, &[400, 403])?;
            }
        }
    }
    Ok(())
}

/// A browser sends again for as long as its own process lives: while the page sleeps, or a dialog is
/// open, the page's 35 seconds do not end.
pub(crate) fn remembered(checker: &Checker<'_>) -> Result<()> {
    let ask = change(checker);
    checker.exchange(&ask, Form::Full)?;
    thread::sleep(checker.options.copy_memory);
    expect_repeated(checker, &ask)?;
    if checker.sees_clouds() {
        let arrived = checker.arrivals(&ask).len();
        checker.expect(Rule::SecondCopy, arrived == 1, || format!("arrived {arrived} times"));
    }
    Ok(())
}

fn expect_passed(checker: &Checker<'_>, ask: &Ask) -> Result<()> {
    let answer = checker.exchange(ask, Form::Full)?.answer;
    let passed = answer.as_ref().is_some_and(was_let_through);
    checker.expect(Rule::SecondCopy, passed, || {
        format!("what came for the first time, or reads: {:?}", answer.map(|answer| answer.headers))
    });
    Ok(())
}

fn expect_repeated(checker: &Checker<'_>, ask: &Ask) -> Result<()> {
    let answer = checker.exchange(ask, Form::Full)?.answer;
    let is_right = answer.as_ref().is_some_and(is_repeated);
    checker.expect(Rule::SecondCopy, is_right, || {
        let seen = answer
            .map(|answer| (answer.status(), answer.header("proxy-status").map(str::to_owned)));
        format!("a second copy: {seen:?}")
    });
    Ok(())
}

fn is_repeated(answer: &Message) -> bool {
    answer.status() == 409
        && error_type(answer).as_deref() == Some("proxy_internal_response")
        && details(answer).as_deref() == Some("repeated")
}

pub(crate) fn silence(checker: &Checker<'_>) -> Result<()> {
    let silence = checker.target.keep_silent(checker.options.silence_limit)?;
    checker
        .expect(Rule::Silence, silence.is_closed && !silence.has_spoken, || format!("{silence:?}"));
    // Browsers have no spares without the handshake, so there it may last.
    if let Some(silence) = checker.target.begin_nothing(checker.options.handshake_limit)? {
        checker.expect(Rule::Silence, silence.is_closed, || format!("no handshake: {silence:?}"));
    }
    Ok(())
}

pub(crate) fn page(checker: &Checker<'_>) -> Result<()> {
    let Some(url) = &checker.options.page else {
        checker.skip(Rule::Page, "no address of a page was given");
        return Ok(());
    };
    let target = checker.target.beside(url)?;
    let fetch = |path: &str| -> Result<Message> {
        let ask = Ask {
            method: "GET".to_owned(),
            target: format!("{}{path}", target.base()),
            headers: vec![("Host".to_owned(), target.authority())],
            body: Vec::new(),
            framing: Framing::Length,
        };
        let limit = Duration::from_secs(10);
        let exchange = target.send(&ask.bytes(), Side::Answer, limit, Duration::from_millis(1))?;
        exchange.answer.with_context(|| format!("no answer for {path}"))
    };
    let rule = Rule::Page;
    for path in ["/", "/relight.json", "/relight_bg.wasm"] {
        let answer = fetch(path)?;
        let is_there = answer.status() == 200 && answer.is_whole && !answer.body.is_empty();
        checker.expect(rule, is_there, || format!("{path}: {}", answer.first_line));
        // Beside the proxy a connection of the page's is one that a POST may travel on later.
        if target.authority() == checker.target.authority() {
            checker.expect(Rule::Close, answer.says_close(), || {
                format!(
                    "{path}: the page's connection stays open: {:?}",
                    answer.header("connection")
                )
            });
        }
        let policy = answer.header("content-security-policy").unwrap_or_default();
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            checker
                .expect(rule, policy.contains(part), || format!("{path}: no {part} in {policy:?}"));
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            let found = answer.header(name);
            checker.expect(rule, found == Some(value), || format!("{path}: {name}: {found:?}"));
        }
        let permissions = answer.header("permissions-policy").is_some();
        checker.expect(rule, permissions, || format!("{path}: no permissions-policy"));
        let strict = answer.header("strict-transport-security");
        let is_long = strict.is_some_and(|value| value.contains("max-age="));
        checker.expect(rule, is_long, || format!("{path}: strict-transport-security {strict:?}"));
    }
    let wasm = fetch("/relight_bg.wasm")?;
    let kind = wasm.header("content-type");
    checker
        .expect(rule, kind == Some("application/wasm"), || format!("wasm is served as {kind:?}"));
    let kind = fetch("/")?.header("content-type").map(str::to_owned);
    let is_html = kind.as_deref().is_some_and(|kind| kind.starts_with("text/html"));
    checker.expect(rule, is_html, || format!("the page is served as {kind:?}"));
    for outside in ["/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/.git/config", "/no-such-file"]
    {
        let answer = fetch(outside)?;
        checker.expect(rule, answer.status() >= 400, || format!("{outside}: {}", answer.status()));
    }
    Ok(())
}

pub(crate) fn logs(checker: &Checker<'_>) -> Result<()> {
    if checker.options.logs.is_empty() {
        checker.skip(Rule::Logs, "no log file was named");
        return Ok(());
    }
    let mut lines = 0;
    for path in &checker.options.logs {
        let log = fs::read(path).with_context(|| path.display().to_string())?;
        let log = String::from_utf8_lossy(&log);
        lines += log.lines().count();
        for marker in MARKERS {
            let found = log.lines().find(|line| line.contains(marker));
            checker.expect(Rule::Logs, found.is_none(), || {
                format!("{}: {}", path.display(), found.unwrap_or_default())
            });
        }
    }
    checker.expect(Rule::Logs, lines > 0, || "the logs are empty, so they show nothing".to_owned());
    Ok(())
}

fn preflight_ask(checker: &Checker<'_>, rest: &str) -> Ask {
    let mut ask = checker.ask_at(rest);
    "OPTIONS".clone_into(&mut ask.method);
    ask.body.clear();
    for name in ["Content-Type", "X-Acs-Action", "X-Acs-Version", "X-Acs-Security-Token"] {
        ask = ask.without(name);
    }
    ask.with("Access-Control-Request-Method", "POST")
        .with("Access-Control-Request-Headers", "authorization,content-type,x-acs-action")
}
