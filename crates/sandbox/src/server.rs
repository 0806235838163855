//! The sandbox on a loopback port.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    thread::JoinHandle,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::oneshot,
};
use tower_service::Service;

use crate::{
    message::{Delivery, Reply, Request},
    sandbox::{Config, Sandbox},
};

/// A sandbox that several connections use.
pub type Shared = Arc<Mutex<Sandbox>>;

/// The largest body that is read, in bytes; larger ones are cut off and so refused.
const MAX_READ_BYTES: usize = 4 * 1024 * 1024;

/// A connection on which no head of a request comes is closed: a browser keeps such as spares, and
/// sends a POST again by itself when one of them dies.
const HEAD_LIMIT: Duration = Duration::from_secs(1);

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    sandbox: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The sandbox itself, locked: let go of it before the next request.
    pub fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        let mut sandbox = lock(&self.sandbox);
        sandbox.settle(now_ms());
        sandbox
    }

    /// Waits until the server ends, which is for ever.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts a sandbox on 127.0.0.1, on a free port. Works inside and outside of an async runtime:
/// it has a thread and a runtime of its own.
pub fn start(config: Config) -> io::Result<Running> {
    start_on(config, 0)
}

/// Starts a sandbox on this port of 127.0.0.1; 0 is a free one.
pub fn start_on(config: Config, port: u16) -> io::Result<Running> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let sandbox: Shared = Arc::new(Mutex::new(Sandbox::new(config)));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (stop, stopped) = oneshot::channel();
    let app = router(Arc::clone(&sandbox));
    let thread = std::thread::spawn(move || {
        runtime.block_on(async move {
            tokio::select! {
                _ = stopped => {}
                () = accept(listener, app) => {}
            }
        });
        // Connections that are still open end here.
        runtime.shutdown_background();
    });
    Ok(Running { addr, sandbox, stop: Some(stop), thread: Some(thread) })
}

/// The routes alone: everything goes to the sandbox. An answer that must not be delivered carries
/// [`CutBeforeHead`], which only [`start`]'s own connections can obey.
pub fn router(sandbox: Shared) -> Router {
    Router::new().fallback(handle).with_state(sandbox)
}

/// Marks an answer in whose place the connection closes.
#[derive(Clone, Copy, Debug)]
pub struct CutBeforeHead;

/// Marks an answer of whose head only so much is written, likewise.
#[derive(Clone, Copy, Debug)]
struct CutHead;

/// How much of a head is written before it is cut off: the status and the beginning of a line.
const HEAD_PART_BYTES: usize = 24;

async fn accept(listener: TcpListener, app: Router) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return eprintln!("the sandbox cannot listen: {error}"),
    };
    loop {
        // An error here is of one connection, such as too many open files: the next may work.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let app = app.clone();
        tokio::spawn(async move {
            let (stream, cut) = Cutting::new(stream);
            let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let (mut app, cut) = (app.clone(), Arc::clone(&cut));
                async move {
                    let response = match app.call(request.map(Body::new)).await {
                        Ok(response) => response,
                        Err(never) => match never {},
                    };
                    if response.extensions().get::<CutHead>().is_some() {
                        cut.store(true, Ordering::Relaxed);
                    }
                    // The only way to close a connection without a head is to fail here.
                    match response.extensions().get::<CutBeforeHead>() {
                        Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                        None => Ok(response),
                    }
                }
            });
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
            // A cut connection is an error by design, and so is a client that goes away.
            let _ = http.half_close(false).serve_connection(TokioIo::new(stream), service).await;
        });
    }
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
        return status_only(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let request = Request { method: head.method.to_string(), target, headers, body: body.to_vec() };
    let reply = lock(&sandbox).answer(&request, now_ms());
    if reply.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(reply.delay_ms)).await;
    }
    deliver(reply)
}

fn deliver(reply: Reply) -> Response {
    let Reply { answer, delivery, delay_ms: _ } = reply;
    let length = answer.body.len();
    let body = match delivery {
        Delivery::Whole | Delivery::CutHead => Body::from(answer.body),
        Delivery::CutBeforeHead => Body::empty(),
        Delivery::CutBody { keep_bytes } => Body::new(CutBody {
            part: Some(Bytes::from(answer.body).slice(..keep_bytes.min(length))),
            flushed: false,
            length: u64::try_from(length).unwrap_or_default(),
        }),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    if delivery == Delivery::CutBeforeHead {
        response.extensions_mut().insert(CutBeforeHead);
    }
    if delivery == Delivery::CutHead {
        response.extensions_mut().insert(CutHead);
    }
    response
}

/// A connection that can be told to write a part of what comes next, and to break off.
struct Cutting {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
    is_cut: bool,
}

impl Cutting {
    fn new(stream: TcpStream) -> (Self, Arc<AtomicBool>) {
        let cut = Arc::new(AtomicBool::new(false));
        (Cutting { stream, cut: Arc::clone(&cut), is_cut: false }, cut)
    }
}

impl AsyncRead for Cutting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Cutting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_cut {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if !self.cut.load(Ordering::Relaxed) {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        }
        let part = &bytes[..HEAD_PART_BYTES.min(bytes.len())];
        let written = Pin::new(&mut self.stream).poll_write(context, part);
        self.is_cut = written.is_ready();
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A body that promises its whole length, gives a part and breaks off.
struct CutBody {
    part: Option<Bytes>,
    flushed: bool,
    length: u64,
}

impl http_body::Body for CutBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(part) = self.part.take() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        if !self.flushed {
            // While a body waits, the connection writes out what it has.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

fn status_only(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A panic of another request must not make the sandbox useless.
fn lock(sandbox: &Shared) -> MutexGuard<'_, Sandbox> {
    sandbox.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
