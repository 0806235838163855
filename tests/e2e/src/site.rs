//! A static host with the strict headers, and a way to the sandbox.
//!
//! It serves one request per connection: a browser sends a POST again on its own when a reused connection
//! dies. What goes to `/proxy/` is forwarded, and so is the response, truncated ones to the byte.

use crate::browser::FirstScripts;
use anyhow::{Context, Result, bail};
use axum::{
    Extension, Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, LAST_MODIFIED, LOCATION, REFERRER_POLICY,
            STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::any,
};
use futures_util::stream;
use http_body_util::Full;
use relight_proxy_check::{servers::fresh_listener, upstream::forward};
use relight_sandbox::loopback::{self, Link, Server};
use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use tower_http::services::ServeDir;

/// The policy, as an operator would set it, and an address to report violations to.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types 'none'; report-uri /csp-report";

/// A running host. It ends when this is dropped.
pub struct Site {
    address: SocketAddr,
    base: String,
    shared: Arc<Shared>,
    server: Option<Server>,
}

struct Shared {
    dist: PathBuf,
    base: String,
    sandbox: SocketAddr,
    reports: Mutex<Vec<String>>,
    proxied: Mutex<Vec<String>>,
    missing: Mutex<Vec<String>>,
    asked: Mutex<Vec<String>>,
    /// Files that are served in the place of those of the release.
    replaced: Mutex<HashMap<String, Vec<u8>>>,
    /// The file that is served as `application/octet-stream`.
    octets: Mutex<Option<String>>,
    /// The file whose next answer is cut off.
    cut_off: Mutex<Option<String>>,
    /// Whether nothing else of the release is served.
    is_gone: AtomicBool,
    compressed: AtomicBool,
    is_bare: AtomicBool,
    /// Where the page may connect to, beside its own origin.
    connect: Mutex<String>,
    /// The origin that may frame `embed.html`.
    ancestors: Mutex<String>,
    /// The request header that is removed on the way to the proxy.
    lost: Mutex<Option<String>>,
    /// The records posted to `/records`, and the response to them.
    records: Mutex<Vec<String>>,
    takes_records: Mutex<Records>,
    /// The file whose response is delayed; none if it is empty.
    held: watch::Sender<String>,
    /// What runs in its pages before anything of theirs.
    first: FirstScripts,
}

/// The response to a run record that is posted to `/records`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Records {
    /// It is taken.
    #[default]
    Taken,
    /// 503.
    Refused,
    /// A redirect to a page that answers 200 to anything, as a login does.
    Redirected,
}

impl Site {
    /// Serves a folder below a path that begins and ends with a slash, on a free port.
    pub fn start(dist: PathBuf, base: &str, sandbox: SocketAddr) -> Result<Self> {
        if !dist.join("index.html").is_file() {
            bail!("there is no page in {}; `cargo xtask dist` builds it", dist.display());
        }
        let shared = Arc::new(Shared {
            dist,
            base: base.to_owned(),
            sandbox,
            reports: Mutex::default(),
            proxied: Mutex::default(),
            missing: Mutex::default(),
            asked: Mutex::default(),
            replaced: Mutex::default(),
            octets: Mutex::default(),
            cut_off: Mutex::default(),
            is_gone: AtomicBool::new(false),
            compressed: AtomicBool::new(false),
            is_bare: AtomicBool::new(false),
            lost: Mutex::default(),
            ancestors: Mutex::new("'none'".to_owned()),
            connect: Mutex::default(),
            records: Mutex::default(),
            takes_records: Mutex::default(),
            held: watch::Sender::new(String::new()),
            first: FirstScripts::default(),
        });
        let app = Router::new()
            .route("/proxy/", any(proxy))
            .route("/proxy/{*cloud}", any(proxy))
            .route("/csp-report", any(report))
            .route("/records", any(record))
            .route(FIRST, any(first))
            .fallback(file)
            .with_state(Arc::clone(&shared));
        let server = serve(app)?;
        Ok(Self { address: server.addr, base: base.to_owned(), shared, server: Some(server) })
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.base)
    }

    /// Closes the port, so that every further connection is refused.
    pub fn close(&mut self) {
        self.server = None;
    }

    /// What browsers reported of violations of the policy.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.shared.reports).clone()
    }

    /// The requests that went to the proxy, heads and bodies as they came.
    pub fn proxied(&self) -> Vec<String> {
        lock(&self.shared.proxied).clone()
    }

    /// Files that were requested and are missing.
    pub fn missing(&self) -> Vec<String> {
        lock(&self.shared.missing).clone()
    }

    /// The files that were requested, in order.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.shared.asked).clone()
    }

    /// From now on serves this in the place of a file of the release.
    pub fn replace(&self, name: &str, bytes: Vec<u8>) {
        lock(&self.shared.replaced).insert(name.to_owned(), bytes);
    }

    /// From now on sends this file as what a host sends that does not know its kind.
    pub fn send_as_octets(&self, name: &str) {
        *lock(&self.shared.octets) = Some(name.to_owned());
    }

    /// The next answer with this file ends in the middle.
    pub fn cut_off_once(&self, name: &str) {
        *lock(&self.shared.cut_off) = Some(name.to_owned());
    }

    /// From now on delays the responses with this file, until another name is given.
    pub fn hold(&self, name: &str) {
        self.shared.held.send_replace(name.to_owned());
    }

    /// From now on serves these files, and nothing of the release any more.
    pub fn publish(&self, release: HashMap<String, Vec<u8>>) {
        *lock(&self.shared.replaced) = release;
        self.shared.is_gone.store(true, Ordering::Relaxed);
    }

    /// From now on removes this request header.
    pub fn lose(&self, header: &str) {
        *lock(&self.shared.lost) = Some(header.to_owned());
    }

    /// From now on this origin may show `embed.html` in a frame.
    pub fn allow_frames(&self, origin: &str) {
        origin.clone_into(&mut lock(&self.shared.ancestors));
    }

    /// From now on sends no header but what HTTP needs, like hosts that cannot set any.
    pub fn without_headers(&self) {
        self.shared.is_bare.store(true, Ordering::Relaxed);
    }

    /// From now on the page's calls travel through a proxy elsewhere, and its policy allows that.
    pub fn send_through(&self, proxy: &str) {
        let origin: String = proxy.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let mut connect = lock(&self.shared.connect);
        connect.push(' ');
        connect.push_str(&origin);
        self.replace("relight.json", format!(r#"{{ "proxy": "{proxy}" }}"#).into_bytes());
    }

    /// The run records that were accepted at `/records`.
    pub fn records(&self) -> Vec<String> {
        lock(&self.shared.records).clone()
    }

    /// What `/records` responds from now on.
    pub fn take_records(&self, takes: Records) {
        *lock(&self.shared.takes_records) = takes;
    }

    /// What runs in its pages before anything of theirs, for a driver that cannot do that.
    pub(crate) fn first_scripts(&self) -> FirstScripts {
        Arc::clone(&self.shared.first)
    }

    /// The page's origin.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves the release again as it is.
    pub fn restore(&self) {
        lock(&self.shared.replaced).clear();
        self.shared.is_gone.store(false, Ordering::Relaxed);
    }

    /// Whether a file went out compressed.
    pub fn has_compressed(&self) -> bool {
        self.shared.compressed.load(Ordering::Relaxed)
    }
}

/// One request a connection, on a port that no page of this run has had.
pub(crate) fn serve(app: Router) -> Result<Server> {
    // Browsers keep spare connections open: one that dies has no effect.
    let mut http = loopback::http1(Duration::from_hours(1));
    http.keep_alive(false);
    let server = Server::start(fresh_listener()?, move |stream| {
        let served = loopback::connection(stream, http.clone(), app.clone());
        async move {
            served.await;
        }
    });
    server.context("the host does not start")
}

type Host = State<Arc<Shared>>;

async fn proxy(
    State(shared): Host,
    Extension(link): Extension<Link>,
    request: Request,
) -> Response {
    let (mut head, body) = request.into_parts();
    // A request that the browser has aborted goes nowhere: nobody waits for its response.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    lock(&shared.proxied).push(String::from_utf8_lossy(&link.take()).into_owned());
    if let Some(name) = lock(&shared.lost).as_deref() {
        head.headers.remove(name);
    }
    forward(shared.sandbox, Request::from_parts(head, Full::new(body))).await
}

async fn report(State(shared): Host, body: Bytes) -> Response {
    lock(&shared.reports).push(String::from_utf8_lossy(&body).into_owned());
    (StatusCode::NO_CONTENT, strict(&shared)).into_response()
}

async fn record(State(shared): Host, body: Bytes) -> Response {
    match *lock(&shared.takes_records) {
        Records::Taken => {}
        Records::Refused => {
            return (StatusCode::SERVICE_UNAVAILABLE, strict(&shared)).into_response();
        }
        Records::Redirected => {
            let login = [(LOCATION, "index.html")];
            return (StatusCode::FOUND, strict(&shared), login).into_response();
        }
    }
    lock(&shared.records).push(String::from_utf8_lossy(&body).into_owned());
    (StatusCode::NO_CONTENT, strict(&shared)).into_response()
}

async fn first(State(shared): Host) -> Response {
    let all = format!("({})();\n", lock(&shared.first).join(")();\n("));
    (strict(&shared), [(CONTENT_TYPE, kind(FIRST))], all).into_response()
}

async fn file(State(shared): Host, request: Request) -> Response {
    let path = request.uri().path();
    let name = path.strip_prefix(&shared.base);
    let name = name.map(|name| if name.is_empty() { "index.html" } else { name });
    lock(&shared.asked).extend(name.map(str::to_owned));
    // It can only fail when the host ends.
    let _ = shared.held.subscribe().wait_for(|held| Some(held.as_str()) != name).await;
    let found = match name {
        Some(name) => load(&shared, name, request.headers()).await,
        None => None,
    };
    let Some((name, mut response)) = name.zip(found) else {
        // Browsers request it on their own.
        if path != "/favicon.ico" {
            lock(&shared.missing).push(path.to_owned());
        }
        return (StatusCode::NOT_FOUND, strict(&shared), "not found").into_response();
    };
    if lock(&shared.octets).as_deref() == Some(name) {
        let octets = HeaderValue::from_static("application/octet-stream");
        response.headers_mut().insert(CONTENT_TYPE, octets);
    }
    if lock(&shared.cut_off).take_if(|cut_off| cut_off == name).is_some() {
        let body = std::mem::take(response.body_mut());
        *response.body_mut() = half(&to_bytes(body, usize::MAX).await.unwrap_or_default());
    }
    let is_brotli = response.headers().contains_key(CONTENT_ENCODING);
    shared.compressed.fetch_or(is_brotli, Ordering::Relaxed);
    if runs_first(&shared, name) {
        let body = std::mem::take(response.body_mut());
        *response.body_mut() = with_first(&to_bytes(body, usize::MAX).await.unwrap_or_default());
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    // A portal is another site's page.
    if !shared.is_bare.load(Ordering::Relaxed) && name != "portal.html" {
        let ancestors = lock(&shared.ancestors).clone();
        let ancestors = if name == "embed.html" { ancestors.as_str() } else { "'none'" };
        response.headers_mut().extend(strict_for(&shared, ancestors));
    }
    response
}

/// Half of it, and then the connection breaks.
fn half(whole: &Bytes) -> Body {
    let pieces =
        [Ok(whole.slice(..whole.len() / 2)), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    Body::from_stream(stream::iter(pieces))
}

/// The file of the release, or its replacement.
async fn load(shared: &Shared, name: &str, asked: &HeaderMap) -> Option<Response> {
    if let Some(bytes) = lock(&shared.replaced).get(name).cloned() {
        return Some(([(CONTENT_TYPE, kind(name))], bytes).into_response());
    }
    if shared.is_gone.load(Ordering::Relaxed) {
        return None;
    }
    // Of what a browser says only this: it is to have the file itself each time, and all of it.
    let encoding = asked.get(ACCEPT_ENCODING).filter(|_| !runs_first(shared, name));
    let mut request = Request::builder().uri(format!("/{name}"));
    request.headers_mut()?.extend(encoding.cloned().map(|value| (ACCEPT_ENCODING, value)));
    let mut files = ServeDir::new(&shared.dist).precompressed_br();
    let response = files.try_call(request.body(Body::empty()).ok()?).await.ok()?;
    let mut response = response.map(Body::new);
    response.headers_mut().remove(LAST_MODIFIED);
    response.headers_mut().insert(CONTENT_TYPE, kind(name));
    response.status().is_success().then_some(response)
}

/// Where a page finds the scripts that run before its own.
const FIRST: &str = "/first.js";

fn runs_first(shared: &Shared, name: &str) -> bool {
    Path::new(name).extension().is_some_and(|kind| kind == "html")
        && !lock(&shared.first).is_empty()
}

/// A page with the scripts that run before its own, at the first place where a script is allowed.
fn with_first(page: &[u8]) -> Body {
    let page = String::from_utf8_lossy(page);
    let head = page.find("<head>").map(|at| at + "<head>".len());
    let doctype = || page.find('>').map(|at| at + 1);
    let (before, after) = page.split_at(head.or_else(doctype).unwrap_or(0));
    format!("{before}<script src=\"{FIRST}\"></script>{after}").into()
}

/// The headers that an operator should set.
fn strict(shared: &Shared) -> HeaderMap {
    strict_for(shared, "'none'")
}

/// The same for a page that these may show in a frame.
fn strict_for(shared: &Shared, ancestors: &str) -> HeaderMap {
    let connect = format!("connect-src 'self'{};", lock(&shared.connect));
    let policy = POLICY
        .replace("connect-src 'self';", &connect)
        .replace("ancestors 'none'", &format!("ancestors {ancestors}"));
    let own = |name| HeaderName::from_static(name);
    let mut headers: HeaderMap = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (own("cross-origin-resource-policy"), "same-origin"),
        (own("cross-origin-opener-policy"), "same-origin"),
        (STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
        (own("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "Accept-Encoding"),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)))
    .into_iter()
    .collect();
    let policy = HeaderValue::try_from(policy).expect("origins are plain");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers
}

/// Text is UTF-8.
pub(crate) fn kind(name: &str) -> HeaderValue {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let charset = if kind.type_() == "text" { "; charset=utf-8" } else { "" };
    HeaderValue::try_from(format!("{kind}{charset}")).expect("a kind is plain")
}

fn lock<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
