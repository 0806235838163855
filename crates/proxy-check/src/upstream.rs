//! The clouds over TLS, as a proxy sees them: every arrival is recorded as it came, and the behaviour of
//! each name can be set.

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONNECTION},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use relight_sandbox::{
    Config, Request, Sandbox,
    loopback::{self, Link, Raw, Server, Wire},
    server,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    ca::Authority,
    http::{self, Message, Side},
};

/// What a name does with a request that arrived.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// Answers so, and the connection waits for the next request.
    Answer((StatusCode, HeaderMap, String)),
    /// Sends these bytes, and the connection ends.
    Raw(Raw),
    /// Says nothing for a minute.
    Silent,
    /// The simulated clouds answer.
    Clouds,
    /// A sandbox that runs elsewhere answers, on this plain HTTP address.
    Sandbox(SocketAddr),
}

impl Behaviour {
    /// A whole answer in JSON, with a request id and a date that no machine has now.
    ///
    /// # Panics
    /// No answer has this status or these headers.
    pub fn answer(status: u16, extra_headers: &str, body: &str) -> Self {
        let own = [
            ("Date", CLOUD_DATE),
            ("Content-Type", "application/json"),
            ("X-Acs-Request-Id", "0A1B-2C3D"),
        ];
        let extra = extra_headers.lines().filter_map(|line| line.split_once(": "));
        let mut headers = HeaderMap::new();
        for (name, value) in own.into_iter().chain(extra) {
            let name = name.parse::<HeaderName>().expect("a header's name");
            headers.append(name, HeaderValue::from_str(value).expect("a header's value"));
        }
        let status = StatusCode::from_u16(status).expect("a status");
        Behaviour::Answer((status, headers, body.to_owned()))
    }
}

/// The date in the answers of [`Behaviour::answer`].
pub const CLOUD_DATE: &str = "Sun, 06 Nov 2033 08:49:37 GMT";

/// A request that reached the upstream.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The name in the TLS handshake.
    pub server_name: String,
    /// The request as it came.
    pub request: Message,
}

/// A running upstream. It ends when this is dropped.
pub struct Upstream {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    arrivals: Mutex<Vec<Arrival>>,
    behaviours: Mutex<HashMap<String, VecDeque<Behaviour>>>,
    default: Mutex<Behaviour>,
    sandbox: server::Shared,
}

impl Upstream {
    /// Listens on this address with certificates of this authority. The clouds are simulated and
    /// answer to every name that has no other behaviour.
    pub fn start(address: SocketAddr, authority: &Arc<Authority>) -> Result<Self> {
        let listener = TcpListener::bind(address).with_context(|| {
            format!("{address} (ports below 1024 are for root unless the system says otherwise)")
        })?;
        let tls = TlsAcceptor::from(Arc::new(authority.server_config(&["http/1.1"])?));
        let shared = Arc::new(Shared {
            arrivals: Mutex::default(),
            behaviours: Mutex::default(),
            default: Mutex::new(Behaviour::Clouds),
            sandbox: Arc::new(Mutex::new(Sandbox::new(Config::default()))),
        });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let state = Arc::clone(&shared);
        let server = Server::start(listener, move |stream| {
            serve(stream, tls.clone(), app.clone(), Arc::clone(&state))
        })?;
        Ok(Self { server, shared })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.addr
    }

    /// The behaviour of all other names.
    pub fn set_default(&self, behaviour: Behaviour) {
        *lock(&self.shared.default) = behaviour;
    }

    /// From now on this name does the first with the first request, and so on; the last remains.
    pub fn set(&self, host: &str, behaviours: impl IntoIterator<Item = Behaviour>) {
        lock(&self.shared.behaviours).insert(host.to_owned(), behaviours.into_iter().collect());
    }

    /// The arrivals so far that hold this text anywhere.
    pub fn arrivals(&self, text: &str) -> Vec<Arrival> {
        let holds =
            |arrival: &&Arrival| String::from_utf8_lossy(&arrival.request.raw).contains(text);
        lock(&self.shared.arrivals).iter().filter(holds).cloned().collect()
    }

    /// The simulated clouds, locked: release them before the next request.
    pub fn clouds(&self) -> MutexGuard<'_, Sandbox> {
        lock(&self.shared.sandbox)
    }
}

/// A port on which connections neither succeed nor fail: nothing accepts, and the queue is full.
#[cfg(unix)]
pub struct BlackHole {
    _listener: std::os::fd::OwnedFd,
    _queued: Vec<TcpStream>,
}

#[cfg(unix)]
impl BlackHole {
    /// Such a port.
    pub fn start(address: Ipv4Addr, port: u16) -> Result<Self> {
        use nix::sys::socket::{
            AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, listen, setsockopt,
            socket, sockopt,
        };
        use std::os::fd::AsRawFd;
        let listener = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
        setsockopt(&listener, sockopt::ReuseAddr, &true)?;
        let name = std::net::SocketAddrV4::new(address, port);
        bind(listener.as_raw_fd(), &SockaddrIn::from(name)).with_context(|| name.to_string())?;
        listen(&listener, Backlog::new(0)?)?;
        let mut queued = Vec::new();
        // The queue holds one or two, as the system likes; then a connection hangs.
        while let Ok(stream) = TcpStream::connect_timeout(&name.into(), Duration::from_millis(300))
        {
            queued.push(stream);
            anyhow::ensure!(queued.len() < 16, "{name}: the queue of connections never fills");
        }
        Ok(Self { _listener: listener, _queued: queued })
    }
}

/// An idle connection of a client is closed after this long.
const IDLE_LIMIT: Duration = Duration::from_mins(1);
const SILENCE: Duration = Duration::from_mins(1);

/// The name in the TLS handshake of a connection.
#[derive(Clone)]
struct ServerName(String);

async fn serve(stream: tokio::net::TcpStream, tls: TlsAcceptor, app: Router, shared: Arc<Shared>) {
    // An error of a connection is the client's to notice.
    let Ok(stream) = tls.accept(stream).await else { return };
    let server_name = stream.get_ref().1.server_name().unwrap_or_default().to_owned();
    let app = app.layer(Extension(ServerName(server_name.clone())));
    let mut http = loopback::http1(IDLE_LIMIT);
    // As the clouds write them.
    http.title_case_headers(true);
    let refused = loopback::connection(stream, http, app).await;
    // What hyper does not take for a request has arrived all the same.
    shared.keep(&refused, server_name);
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    Extension(ServerName(server_name)): Extension<ServerName>,
    Extension(link): Extension<Link>,
    request: axum::extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    // One that breaks off is recorded as far as it came.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let behaviour = shared.behaviour(&server_name);
    let Some(request) = shared.keep(&link.take(), server_name) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match behaviour {
        Behaviour::Answer(answer) => answer.into_response(),
        Behaviour::Raw(raw) => raw.into_response(),
        Behaviour::Silent => {
            tokio::time::sleep(SILENCE).await;
            Raw::cut("").into_response()
        }
        Behaviour::Clouds => {
            let (method, target) = request.method_and_target();
            let (method, target) = (method.to_owned(), target.to_owned());
            let Message { headers, body, .. } = request;
            server::answer(&shared.sandbox, &Request { method, target, headers, body }).await
        }
        Behaviour::Sandbox(address) => {
            forward(address, axum::extract::Request::from_parts(head, Full::new(body))).await
        }
    }
}

/// Forwards a request and returns the response, or as much of it as there is.
pub async fn forward(address: SocketAddr, request: axum::http::Request<Full<Bytes>>) -> Response {
    let Ok(stream) = tokio::net::TcpStream::connect(address).await else {
        return Raw::cut("").into_response();
    };
    let (wire, link) = Wire::new(stream);
    let answered = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(wire)).await?;
        tokio::spawn(connection);
        let (mut head, body) = sender.send_request(request).await?.into_parts();
        // Whether this connection lives on is not the other's to say.
        head.headers.remove(CONNECTION);
        Ok(Response::from_parts(head, Body::from(body.collect().await?.to_bytes())))
    };
    answered.await.unwrap_or_else(|_: hyper::Error| Raw::cut(link.take()).into_response())
}

impl Shared {
    fn behaviour(&self, host: &str) -> Behaviour {
        let mut behaviours = lock(&self.behaviours);
        let queued = behaviours.get_mut(host).and_then(|queue| {
            if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
        });
        queued.unwrap_or_else(|| lock(&self.default).clone())
    }

    /// Records what has arrived, if it has a head.
    fn keep(&self, bytes: &[u8], server_name: String) -> Option<Message> {
        let request = http::read(&mut &*bytes, Side::Request)?;
        lock(&self.arrivals).push(Arrival { server_name, request: request.clone() });
        Some(request)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A loopback address on which nothing listens at this port, for an upstream: the clouds
/// are on port 443, and so must the simulated ones be.
pub fn free_address(port: u16) -> io::Result<Ipv4Addr> {
    let seed = std::process::id();
    for _ in 0..2_000_u32 {
        // The next caller gets another one, although nothing listens on this one yet.
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let number = seed.wrapping_mul(31).wrapping_add(step.wrapping_mul(7)) % 60_000;
        let [_, _, high, low] = number.to_be_bytes();
        let address = Ipv4Addr::new(127, 77, high, low.max(1));
        match TcpListener::bind((address, port)) {
            Ok(_) => return Ok(address),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}
