//! A host over TLS that speaks HTTP/2 only, with a way to the sandbox for its own page or for one of
//! another origin, and whose connection can be made to die between a request and its answer.

use crate::site::kind;
use anyhow::Result;
use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode, Version,
        header::{CONTENT_TYPE, HOST, ORIGIN, REFERER},
    },
    response::{IntoResponse, Response},
    routing::any,
};
use http_body_util::Full;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use relight_proxy_check::{ca::Authority, servers::fresh_listener, upstream::forward};
use relight_sandbox::loopback::{self, Raw, Server, Wire};
use serde_json::Value;
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio_rustls::TlsAcceptor;
use tower_http::services::ServeDir;

/// A running host. It ends when this is dropped.
pub struct SecureSite {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    sandbox: SocketAddr,
    cut: AtomicBool,
    /// The origin of the page elsewhere that the way is for.
    page: Option<String>,
    /// Whether the answers have no `Timing-Allow-Origin`.
    is_silent: AtomicBool,
    /// How many reboots have arrived.
    reboots: AtomicUsize,
    /// What is served as `relight.json`: the release's at first.
    configuration: Mutex<String>,
}

impl SecureSite {
    /// Serves a folder on a free port, with an untrusted certificate.
    pub fn start(dist: PathBuf, sandbox: SocketAddr) -> Result<Self> {
        Self::start_for(dist, sandbox, None)
    }

    /// The same, with the way to the sandbox for a page of this origin.
    pub fn start_for(dist: PathBuf, sandbox: SocketAddr, page: Option<String>) -> Result<Self> {
        let authority = Arc::new(Authority::new()?);
        let tls = TlsAcceptor::from(Arc::new(authority.server_config(&["h2"])?));
        let shared = Arc::new(Shared {
            sandbox,
            cut: AtomicBool::new(false),
            page,
            is_silent: AtomicBool::new(false),
            reboots: AtomicUsize::new(0),
            configuration: Mutex::new(std::fs::read_to_string(dist.join("relight.json"))?),
        });
        let app = Router::new()
            .route("/proxy/", any(proxy))
            .route("/proxy/{*cloud}", any(proxy))
            .route("/relight.json", any(configuration))
            .fallback_service(ServeDir::new(dist))
            .with_state(Arc::clone(&shared));
        let server = Server::start(fresh_listener()?, move |stream| {
            let (tls, app) = (tls.clone(), app.clone());
            async move {
                // A browser that disconnects in the middle is no error of the host.
                let Ok(stream) = tls.accept(stream).await else { return };
                let (wire, link) = Wire::new(stream);
                let http = http2::Builder::new(TokioExecutor::new());
                let _ =
                    http.serve_connection(TokioIo::new(wire), loopback::service(app, link)).await;
            }
        })?;
        Ok(Self { server, shared })
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("{}/", self.origin())
    }

    /// The page's origin.
    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.server.addr.port())
    }

    /// Replaces the configuration.
    pub fn configure(&self, configuration: &Value) {
        let mut shared = self.shared.configuration.lock().unwrap_or_else(PoisonError::into_inner);
        *shared = configuration.to_string();
    }

    /// From now on omits `Timing-Allow-Origin`, so that other origins cannot see the protocol.
    pub fn keep_silent(&self) {
        self.shared.is_silent.store(true, Ordering::Relaxed);
    }

    /// How many reboots have arrived here, copies that a browser has sent on its own included.
    pub fn reboots(&self) -> usize {
        self.shared.reboots.load(Ordering::Relaxed)
    }

    /// The next reboot is forwarded to the cloud, which executes it; then its connection dies
    /// without a response. Once: a second request is answered.
    pub fn cut_next(&self) {
        self.shared.cut.store(true, Ordering::Relaxed);
    }
}

/// Forwards a request to the sandbox's proxy, and returns its response.
async fn proxy(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    let is_reboot = head.headers.values().any(|value| value == "RebootInstances");
    shared.reboots.fetch_add(usize::from(is_reboot), Ordering::Relaxed);
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let origin = header(&format!("http://{}", shared.sandbox));
    let page = shared.page.as_deref().map(header);
    // For a page elsewhere it is what its proxy is for: the page of its own origin. The sandbox is
    // another origin than this host, and lets requests of none pass.
    if page.is_none() {
        head.headers.remove(ORIGIN);
    } else if head.headers.get(ORIGIN) == page.as_ref() {
        head.headers.insert(ORIGIN, origin.clone());
    }
    head.headers.remove(REFERER);
    head.headers.insert(HOST, header(&shared.sandbox.to_string()));
    head.uri = head.uri.path_and_query().cloned().map(Into::into).unwrap_or_default();
    head.version = Version::HTTP_11;
    let mut answer = forward(shared.sandbox, Request::from_parts(head, Full::new(body))).await;
    let is_spoilt = answer.extensions().get::<Raw>().is_some();
    if is_spoilt || (is_reboot && shared.cut.swap(false, Ordering::Relaxed)) {
        // The bytes of another protocol are nothing here.
        return Raw::cut("").into_response();
    }
    if shared.is_silent.load(Ordering::Relaxed) {
        answer.headers_mut().remove("timing-allow-origin");
    }
    for value in answer.headers_mut().values_mut().filter(|value| **value == origin) {
        value.clone_from(page.as_ref().unwrap_or(&origin));
    }
    answer
}

async fn configuration(State(shared): State<Arc<Shared>>) -> Response {
    let own = shared.configuration.lock().unwrap_or_else(PoisonError::into_inner).clone();
    ([(CONTENT_TYPE, kind("relight.json"))], own).into_response()
}

fn header(value: &str) -> HeaderValue {
    HeaderValue::try_from(value).expect("origins are plain")
}
