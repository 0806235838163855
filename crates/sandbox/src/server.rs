//! The sandbox on a loopback port.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_LENGTH},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};

use crate::{
    loopback::{self, Raw, Server},
    message::{Answer, Delivery, Reply, Request},
    sandbox::{Config, Sandbox},
};

/// A sandbox that several connections use.
pub type Shared = Arc<Mutex<Sandbox>>;

/// The largest body that is read, in bytes; larger ones are cut off and so refused.
const MAX_READ_BYTES: usize = 4 * 1024 * 1024;

/// A connection without the head of a request is closed: browsers open spare connections, and send a POST
/// again by themselves when one of them dies.
const HEAD_LIMIT: Duration = Duration::from_secs(1);

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    sandbox: Shared,
    server: Server,
}

impl Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The sandbox itself, locked: release it before the next request.
    pub fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        let mut sandbox = lock(&self.sandbox);
        sandbox.advance(now_ms());
        sandbox
    }

    /// Waits until the server ends, which is never.
    pub fn wait(self) {
        self.server.wait();
    }
}

/// Starts a sandbox on 127.0.0.1, on a free port.
pub fn start(config: Config) -> io::Result<Running> {
    start_on(config, 0)
}

/// Starts a sandbox on this port of 127.0.0.1; 0 is a free one.
pub fn start_on(config: Config, port: u16) -> io::Result<Running> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let sandbox: Shared = Arc::new(Mutex::new(Sandbox::new(config)));
    let app = Router::new().fallback(handle).with_state(Arc::clone(&sandbox));
    let server = Server::start(listener, move |stream| {
        let served = loopback::connection(stream, loopback::http1(HEAD_LIMIT), app.clone());
        async move {
            served.await;
        }
    })?;
    Ok(Running { addr: server.addr, sandbox, server })
}

async fn handle(State(sandbox): State<Shared>, request: axum::extract::Request) -> Response {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let Ok(body) = axum::body::to_bytes(body, MAX_READ_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request = Request { method: head.method.to_string(), target, headers, body: body.to_vec() };
    answer(&sandbox, &request).await
}

/// The sandbox's response, after its delay, and as much of it as is to be delivered.
pub async fn answer(sandbox: &Shared, request: &Request) -> Response {
    let Reply { answer, delivery, delay_ms } = lock(sandbox).answer(request, now_ms());
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    match delivery {
        Delivery::Whole => whole(answer),
        Delivery::CutBeforeHead => Raw::cut("").into_response(),
        Delivery::CutHead => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
            let mut head = format!("HTTP/1.1 {status}\r\n");
            head.extend(answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
            head.truncate(HEAD_PART_BYTES);
            Raw::cut(head).into_response()
        }
        Delivery::CutBody { keep_bytes } => {
            let mut response = whole(answer);
            let body = std::mem::take(response.body_mut());
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
            let part = body.slice(..keep_bytes.min(body.len()));
            *response.body_mut() = Body::from_stream(broken_off(part));
            response
        }
    }
}

/// How much of a head is written before it is cut off: the status and the beginning of a line.
const HEAD_PART_BYTES: usize = 24;

fn whole(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A part of a body, and an error in the place of the rest.
fn broken_off(part: Bytes) -> impl stream::Stream<Item = io::Result<Bytes>> {
    stream::iter([Ok(part)]).chain(stream::once(async {
        // While a body waits, the connection writes out what it has.
        tokio::task::yield_now().await;
        Err(io::ErrorKind::ConnectionAborted.into())
    }))
}

/// A panic of another request must not make the sandbox useless.
fn lock(sandbox: &Shared) -> MutexGuard<'_, Sandbox> {
    sandbox.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
