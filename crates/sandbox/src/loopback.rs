//! HTTP on a loopback port, whose responses can be corrupted to the byte, on top of hyper. The sandbox
//! uses it, and so do the proxies' upstream and the hosts of the browser tests.

use std::{
    convert::Infallible,
    io,
    net::{SocketAddr, TcpListener},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    thread::JoinHandle,
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    http::header::CONNECTION,
    response::{IntoResponse, Response},
};
use hyper::{
    body::{Buf, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::oneshot,
};
use tower_service::Service;

/// Accepts connections, on its own thread and runtime, so it can be used inside and outside of an async
/// runtime. Dropping it ends it with all connections.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Calls this for each connection. `axum::serve` has no setting for how long hyper waits for a
    /// head.
    pub fn start<F: Future<Output = ()> + Send + 'static>(
        listener: TcpListener,
        connection: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, connection) => {}
                }
            });
            // Connections that are still open end here.
            runtime.shutdown_background();
        });
        Ok(Self { addr, stop: Some(stop), thread: Some(thread) })
    }

    /// Waits until the server ends, which is never.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: tokio::net::TcpListener,
    connection: impl Fn(TcpStream) -> F,
) {
    loop {
        // An error here is of one connection, such as too many open files: the next may work.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        tokio::spawn(connection(stream));
    }
}

/// HTTP/1.1 that closes a connection on which no head of a request comes for so long.
pub fn http1(head_limit: Duration) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_limit).half_close(false);
    http
}

/// Serves one connection to its end. Returns the bytes that reached no handler.
pub async fn connection<S>(stream: S, http: http1::Builder, app: Router) -> Vec<u8>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (wire, link) = Wire::new(stream);
    // A truncated connection is an error by design, and so is a client that disconnects.
    let _ = http.serve_connection(TokioIo::new(wire), service(app, link.clone())).await;
    link.take()
}

/// The handlers, for hyper: a request has its [`Link`] as an extension, and a [`Raw`] replaces the response.
pub fn service(
    app: Router,
    link: Link,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future: Send + 'static,
> + Clone {
    service_fn(move |mut request: hyper::Request<Incoming>| {
        let (mut app, link) = (app.clone(), link.clone());
        request.extensions_mut().insert(link.clone());
        async move {
            let mut response = app.call(request.map(Body::new)).await?;
            let raw = response.extensions_mut().remove::<Raw>();
            let mut state = link.state();
            state.heard.clear();
            state.instead = raw.or(state.instead.take());
            drop(state);
            Ok(response)
        }
    })
}

/// A response that is no HTTP, or not all of it: these bytes are written instead.
#[derive(Clone, Debug)]
pub struct Raw {
    pub bytes: Bytes,
    pub then: Then,
}

/// What happens to the connection after such a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It is closed as its transport requires.
    Close,
    /// It is aborted.
    Cut,
}

impl Raw {
    /// These bytes, and the connection is aborted.
    pub fn cut(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), then: Then::Cut }
    }
}

impl IntoResponse for Raw {
    fn into_response(self) -> Response {
        ([(CONNECTION, "close")], Extension(self)).into_response()
    }
}

/// A connection that records what it reads, and writes a [`Raw`] instead if there is one.
#[derive(Debug)]
pub struct Wire<S> {
    stream: S,
    link: Link,
}

/// The other end of a [`Wire`].
#[derive(Clone, Debug, Default)]
pub struct Link(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    heard: Vec<u8>,
    instead: Option<Raw>,
}

impl<S> Wire<S> {
    pub fn new(stream: S) -> (Self, Link) {
        let link = Link::default();
        (Self { stream, link: link.clone() }, link)
    }
}

impl Link {
    /// The bytes that were read since the last call.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.state().heard)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.link.state().heard.extend(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, link } = self.get_mut();
        let mut state = link.state();
        let Some(raw) = &mut state.instead else {
            return Pin::new(stream).poll_write(context, bytes);
        };
        while !raw.bytes.is_empty() {
            let count = ready!(Pin::new(&mut *stream).poll_write(context, &raw.bytes))?;
            raw.bytes.advance(count);
        }
        ready!(Pin::new(stream).poll_flush(context))?;
        Poll::Ready(match raw.then {
            // hyper's own response is dropped.
            Then::Close => Ok(bytes.len()),
            Then::Cut => Err(io::ErrorKind::ConnectionAborted.into()),
        })
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
