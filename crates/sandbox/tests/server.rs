//! The server on its port: what goes over the wire, and what does not.

mod common;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use common::{Ask, pick};
use relight_sandbox::{
    Cloud, Config, Request,
    faults::Fault,
    fleet::State,
    server::{self, Running},
};
use serde_json::{Value, json};

fn start() -> Running {
    server::start(Config::default()).expect("a free port")
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("not so far")
}

/// Writes a request and reads until the other side closes.
fn exchange(running: &Running, request: &Request) -> String {
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        text.push_str(&format_header(name, value));
    }
    text.push_str(&format_header("content-length", &request.body.len().to_string()));
    text.push_str("connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(running.addr).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a deadline");
    stream.write_all(text.as_bytes()).expect("sent");
    stream.write_all(&request.body).expect("sent");
    let mut answer = Vec::new();
    // A connection that is cut may end in an error; what came before it counts.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn format_header(name: &str, value: &str) -> String {
    format!("{name}: {value}\r\n")
}

fn reboot(running: &Running, cloud: Cloud) -> Ask {
    let id = pick(&running.sandbox(), cloud, State::Running, 1).remove(0);
    Ask { at_ms: now_ms(), ..Ask::new(cloud, "RebootInstances").ids(&[&id]) }
}

fn add(running: &Running, setting: &Value) {
    running.sandbox().add_fault(Fault::from_json(setting).expect("a fault"));
}

#[test]
fn a_connection_that_says_nothing_is_closed_soon() {
    let running = start();
    let mut stream = TcpStream::connect(running.addr).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a deadline");
    let start = Instant::now();
    assert_eq!(stream.read(&mut [0; 1]).expect("closed, not reset"), 0);
    assert!(start.elapsed() < Duration::from_secs(3), "after {:?}", start.elapsed());
}

#[test]
fn signed_requests_of_all_clouds_are_answered() {
    let running = start();
    for cloud in Cloud::ALL {
        let answer = exchange(&running, &reboot(&running, cloud).sign());
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        let answer = exchange(&running, &reboot(&running, cloud).sign_for_proxy());
        assert!(
            answer.contains("proxy-status: relight-proxy; received-status=200\r\n"),
            "{answer}"
        );
        assert_eq!(answer.to_lowercase().matches("\r\ndate:").count(), 1, "{answer}");
    }
    let sandbox = running.sandbox();
    assert_eq!(sandbox.calls().len(), 6);
    assert!(sandbox.calls().iter().all(|call| call.executed && call.signature == "ok"));
}

#[test]
fn a_lost_answer_is_silence_after_one_arrival() {
    for through_proxy in [false, true] {
        for kind in ["lost-answer", "cut-before"] {
            let running = start();
            add(&running, &json!({ "fault": kind }));
            let ask = reboot(&running, Cloud::Tencent);
            let request = if through_proxy { ask.sign_for_proxy() } else { ask.sign() };
            assert_eq!(exchange(&running, &request), "");
            let sandbox = running.sandbox();
            assert_eq!(sandbox.calls().len(), 1);
            assert_eq!(sandbox.calls()[0].executed, kind == "lost-answer");
        }
    }
}

#[test]
fn a_cut_body_is_shorter_than_announced() {
    let running = start();
    add(&running, &json!({ "fault": "cut-off-body" }));
    let answer = exchange(&running, &reboot(&running, Cloud::Alibaba).sign());
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head arrives");
    let announced = head.to_lowercase();
    let announced = announced.lines().find_map(|line| line.strip_prefix("content-length: "));
    let announced: usize = announced.expect("a length").parse().expect("a number");
    assert!(head.starts_with("HTTP/1.1 200 OK"));
    assert!(body.starts_with('{') && body.len() == announced / 2, "{answer}");
}

#[test]
fn a_cut_head_is_the_beginning_of_one() {
    for through_proxy in [false, true] {
        let running = start();
        add(&running, &json!({ "fault": "cut-head" }));
        let ask = reboot(&running, Cloud::Zenlayer);
        let request = if through_proxy { ask.sign_for_proxy() } else { ask.sign() };
        let answer = exchange(&running, &request);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.len() > 17 && !answer.contains("\r\n\r\n"), "{answer}");
        assert!(running.sandbox().calls()[0].executed);
        // The next connection is well again.
        assert!(exchange(&running, &ask.sign()).contains("\r\n\r\n"));
    }
}

#[test]
fn a_slow_answer_is_late_and_blocks_no_other() {
    let running = start();
    add(&running, &json!({ "fault": "slow", "ms": 1_500, "cloud": "tencent" }));
    let slow = reboot(&running, Cloud::Tencent).sign();
    let began = Instant::now();
    std::thread::scope(|scope| {
        let late = scope.spawn(|| exchange(&running, &slow));
        let quick = reboot(&running, Cloud::Zenlayer).sign();
        assert!(exchange(&running, &quick).starts_with("HTTP/1.1 200"));
        assert!(late.join().expect("no panic").starts_with("HTTP/1.1 200"));
    });
    assert!(began.elapsed() >= Duration::from_millis(1_500));
    assert_eq!(running.sandbox().calls().len(), 2);
}

#[test]
fn the_control_endpoints_are_there() {
    let running = start();
    exchange(&running, &reboot(&running, Cloud::Alibaba).sign());
    let ask = |method: &str, target: &str, body: &str| {
        let request = Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("host".to_owned(), running.addr.to_string())],
            body: body.as_bytes().to_vec(),
        };
        let answer = exchange(&running, &request);
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        serde_json::from_str::<Value>(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    };
    assert_eq!(ask("GET", "/sandbox/calls", "")[0]["action"], "RebootInstances");
    assert_eq!(ask("POST", "/sandbox/faults", r#"{"fault":"html"}"#)[0]["fault"], "html");
    assert_eq!(ask("POST", "/sandbox/reset", "")["reset"], true);
    assert_eq!(ask("GET", "/sandbox/calls", ""), json!([]));
}

#[test]
fn it_ends_when_it_is_dropped() {
    let running = start();
    let addr = running.addr;
    let mut idle = TcpStream::connect(addr).expect("it listens");
    drop(running);
    assert!(TcpStream::connect(addr).is_err());
    assert!(matches!(idle.read(&mut [0]), Ok(0) | Err(_)));
}
