//! A host over TLS that speaks HTTP/2 only, with a way to the sandbox for its own page or for one of
//! another origin, and whose connection can be made to die between a request and its answer.

use crate::site::kind;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use h2::{RecvStream, server::SendResponse};
use http::{Request, Response, StatusCode};
use relight_proxy_check::{ca::Authority, servers::fresh_listener};
use serde_json::Value;
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// A running host. It ends when this is dropped.
pub struct SecureSite {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    dist: PathBuf,
    sandbox: SocketAddr,
    cut: AtomicBool,
    /// The origin of the page elsewhere that the way is for.
    page: Option<String>,
    /// Whether the answers have no `Timing-Allow-Origin`.
    is_silent: AtomicBool,
    /// How many reboots have arrived.
    reboots: AtomicUsize,
    /// What is served as `relight.json`, in the place of the release's.
    configuration: Mutex<Option<String>>,
}

impl SecureSite {
    /// Serves a folder on a free port, with a certificate that nobody trusts.
    pub async fn start(dist: PathBuf, sandbox: SocketAddr) -> Result<Self> {
        Self::start_for(dist, sandbox, None).await
    }

    /// The same, with the way to the sandbox for a page of this origin.
    pub async fn start_for(
        dist: PathBuf,
        sandbox: SocketAddr,
        page: Option<String>,
    ) -> Result<Self> {
        let authority = Arc::new(Authority::new()?);
        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config(&["h2"])?));
        let listener = fresh_listener()?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            dist,
            sandbox,
            cut: AtomicBool::new(false),
            page,
            is_silent: AtomicBool::new(false),
            reboots: AtomicUsize::new(0),
            configuration: Mutex::new(None),
        });
        let state = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (acceptor, state) = (acceptor.clone(), Arc::clone(&state));
                tokio::spawn(async move {
                    // A browser that goes away in the middle is no matter of the host's.
                    let _ = serve(stream, acceptor, state).await;
                });
            }
        });
        Ok(Self { address, shared, task })
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("{}/", self.origin())
    }

    /// The page's origin.
    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// From now on the page is set so.
    pub fn configure(&self, configuration: &Value) {
        let mut shared = self.shared.configuration.lock().unwrap_or_else(PoisonError::into_inner);
        *shared = Some(configuration.to_string());
    }

    /// From now on keeps from pages of other origins over which protocol they call.
    pub fn keep_silent(&self) {
        self.shared.is_silent.store(true, Ordering::Relaxed);
    }

    /// How many reboots have arrived here, copies that a browser has sent by itself included.
    pub fn reboots(&self) -> usize {
        self.shared.reboots.load(Ordering::Relaxed)
    }

    /// The next reboot is handed on to the cloud, which carries it out; then its connection dies
    /// without an answer. Once: whoever asks again is answered.
    pub fn cut_next(&self) {
        self.shared.cut.store(true, Ordering::Relaxed);
    }
}

impl Drop for SecureSite {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>) -> Result<()> {
    let mut connection = h2::server::handshake(acceptor.accept(stream).await?).await?;
    let (die, mut dead) = mpsc::channel(1);
    loop {
        let accepted = tokio::select! {
            accepted = connection.accept() => accepted,
            _ = dead.recv() => return Ok(()),
        };
        let Some((request, respond)) = accepted.transpose()? else { return Ok(()) };
        let (shared, die) = (Arc::clone(&shared), die.clone());
        tokio::spawn(async move {
            if answer(request, respond, &shared).await.is_err() {
                let _ = die.send(()).await;
            }
        });
    }
}

/// An error ends the connection.
async fn answer(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    shared: &Shared,
) -> Result<()> {
    let path = request.uri().path().to_owned();
    let (response, body) = if path.starts_with("/proxy/") {
        let is_reboot =
            request.headers().values().any(|value| value.as_bytes() == b"RebootInstances");
        shared.reboots.fetch_add(usize::from(is_reboot), Ordering::Relaxed);
        let answered = hand_on(request, shared).await?;
        ensure!(!(is_reboot && shared.cut.swap(false, Ordering::Relaxed)), "cut");
        answered
    } else {
        let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
        let own = (name == "relight.json")
            .then(|| shared.configuration.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let read = match own.flatten() {
            Some(text) => Ok(text.into_bytes()),
            None => tokio::fs::read(shared.dist.join(name)).await,
        };
        match read {
            Ok(bytes) => {
                let response = Response::builder().header("content-type", kind(name));
                (response.body(())?, bytes)
            }
            Err(_) => (Response::builder().status(StatusCode::NOT_FOUND).body(())?, Vec::new()),
        }
    };
    respond.send_response(response, false)?.send_data(body.into(), true)?;
    Ok(())
}

/// Gives a request to the sandbox's proxy in HTTP/1.1, and its answer back.
async fn hand_on(request: Request<RecvStream>, shared: &Shared) -> Result<(Response<()>, Vec<u8>)> {
    let (head, mut incoming) = request.into_parts();
    let mut body = Vec::new();
    while let Some(part) = incoming.data().await.transpose()? {
        incoming.flow_control().release_capacity(part.len())?;
        body.extend_from_slice(&part);
    }
    let target = head.uri.path_and_query().context("a path")?;
    let mut raw = format!("{} {target} HTTP/1.1\r\nhost: {}\r\n", head.method, shared.sandbox);
    let sandbox_origin = format!("http://{}", shared.sandbox);
    for (name, value) in &head.headers {
        let value = value.to_str()?;
        match name.as_str() {
            // For a page elsewhere it is what its proxy is for: the page of its own origin.
            "origin" if shared.page.as_deref() == Some(value) => {
                raw.push_str(&format_header("origin", &sandbox_origin));
            }
            // The sandbox is another origin than this host, and lets requests of none pass.
            "origin" if shared.page.is_none() => {}
            "content-length" | "referer" => {}
            name => raw.push_str(&format_header(name, value)),
        }
    }
    raw.push_str(&format_header("content-length", &body.len().to_string()));
    raw.push_str("\r\n");
    let mut sandbox = TcpStream::connect(shared.sandbox).await?;
    sandbox.write_all(raw.as_bytes()).await?;
    sandbox.write_all(&body).await?;
    let mut answer = Vec::new();
    sandbox.read_to_end(&mut answer).await?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("a head")?;
    let text = std::str::from_utf8(&answer[..end])?;
    let mut lines = text.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("a status")?;
    let mut response = Response::builder().status(status);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let value = match &shared.page {
            Some(page) if value == sandbox_origin => page,
            Some(_) | None => value,
        };
        match name.to_ascii_lowercase().as_str() {
            "connection" | "transfer-encoding" => {}
            "timing-allow-origin" if shared.is_silent.load(Ordering::Relaxed) => {}
            name => response = response.header(name, value),
        }
    }
    Ok((response.body(())?, answer.split_off(end + 4)))
}

fn format_header(name: &str, value: &str) -> String {
    format!("{name}: {value}\r\n")
}
