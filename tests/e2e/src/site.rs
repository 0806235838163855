//! A static host with the strict headers, and a way to the sandbox.
//!
//! It speaks just enough HTTP/1.1 for browsers: one request a connection. What goes to `/proxy/` is
//! handed on byte for byte and so is the answer, cut-off ones included.

use crate::browser::FirstScripts;
use anyhow::{Result, bail};
use relight_proxy_check::servers::fresh_listener;
use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

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
    task: JoinHandle<()>,
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
    /// Whether nothing else of the release is served.
    is_gone: AtomicBool,
    compressed: AtomicBool,
    is_bare: AtomicBool,
    /// Where the page may connect to, beside its own origin.
    connect: Mutex<String>,
    /// Who may show `embed.html` in a frame; nobody if it is empty.
    ancestors: Mutex<String>,
    /// The request header that gets lost on the way to the proxy.
    lost: Mutex<Option<String>>,
    /// What was handed in at `/records`, and whether that takes anything.
    records: Mutex<Vec<String>>,
    takes_records: AtomicBool,
    /// The file whose answer waits; none if it is empty.
    held: watch::Sender<String>,
    /// What runs in its pages before anything of theirs.
    first: FirstScripts,
}

impl Site {
    /// Serves a folder below a path that begins and ends with a slash, on a free port.
    pub async fn start(dist: PathBuf, base: &str, sandbox: SocketAddr) -> Result<Self> {
        if !dist.join("index.html").is_file() {
            bail!("there is no page in {}; `cargo xtask dist` builds it", dist.display());
        }
        let listener = fresh_listener()?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let shared = Arc::new(Shared {
            dist,
            base: base.to_owned(),
            sandbox,
            reports: Mutex::default(),
            proxied: Mutex::default(),
            missing: Mutex::default(),
            asked: Mutex::default(),
            replaced: Mutex::default(),
            is_gone: AtomicBool::new(false),
            compressed: AtomicBool::new(false),
            is_bare: AtomicBool::new(false),
            lost: Mutex::default(),
            ancestors: Mutex::default(),
            connect: Mutex::default(),
            records: Mutex::default(),
            takes_records: AtomicBool::new(true),
            held: watch::Sender::new(String::new()),
            first: FirstScripts::default(),
        });
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, base: base.to_owned(), shared, task })
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.base)
    }

    /// Closes the port, so that every further connection is refused.
    pub async fn close(&mut self) {
        self.task.abort();
        // The listener is gone once the task is.
        let _ = (&mut self.task).await;
    }

    /// What browsers reported of violations of the policy.
    pub fn violations(&self) -> Vec<String> {
        lock(&self.shared.reports).clone()
    }

    /// The requests that went to the proxy, heads and bodies as they came.
    pub fn proxied(&self) -> Vec<String> {
        lock(&self.shared.proxied).clone()
    }

    /// Files that were asked for and are not there.
    pub fn missing(&self) -> Vec<String> {
        lock(&self.shared.missing).clone()
    }

    /// The files that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.shared.asked).clone()
    }

    /// From now on serves this in the place of a file of the release.
    pub fn replace(&self, name: &str, bytes: Vec<u8>) {
        lock(&self.shared.replaced).insert(name.to_owned(), bytes);
    }

    /// From now on lets everybody wait who asks for this file, until another name is given.
    pub fn hold(&self, name: &str) {
        self.shared.held.send_replace(name.to_owned());
    }

    /// From now on serves these files, and nothing of the release any more.
    pub fn publish(&self, release: HashMap<String, Vec<u8>>) {
        *lock(&self.shared.replaced) = release;
        self.shared.is_gone.store(true, Ordering::Relaxed);
    }

    /// From now on hands this request header on to nobody.
    pub fn lose(&self, header: &str) {
        *lock(&self.shared.lost) = Some(header.to_owned());
    }

    /// From now on this origin may show `embed.html` in a frame.
    pub fn allow_frames(&self, origin: &str) {
        origin.clone_into(&mut lock(&self.shared.ancestors));
    }

    /// From now on sends no header but what HTTP needs, as hosts do that can set none.
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

    /// The run records that were taken at `/records`.
    pub fn records(&self) -> Vec<String> {
        lock(&self.shared.records).clone()
    }

    /// Whether `/records` takes records from now on; else it answers 503.
    pub fn take_records(&self, takes: bool) {
        self.shared.takes_records.store(takes, Ordering::Relaxed);
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

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A browser that goes away in the middle is no matter of the host's.
            let _ = serve(stream, &shared).await;
        });
    }
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(request) = Incoming::read(&mut stream).await? else { return Ok(()) };
    let path = request.target.split('?').next().unwrap_or_default();
    if path.starts_with("/proxy/") {
        lock(&shared.proxied).push(String::from_utf8_lossy(&request.raw).into_owned());
        let lost = lock(&shared.lost).clone();
        let raw = match lost {
            Some(name) => without(&request, &name),
            None => request.raw,
        };
        return hand_on(stream, &raw, shared.sandbox).await;
    }
    if path == "/csp-report" {
        lock(&shared.reports).push(String::from_utf8_lossy(request.body()).into_owned());
        return answer(&mut stream, "204 No Content", "", &strict(shared, &[]), b"").await;
    }
    if path == "/records" {
        let takes = shared.takes_records.load(Ordering::Relaxed);
        if takes {
            lock(&shared.records).push(String::from_utf8_lossy(request.body()).into_owned());
        }
        let status = if takes { "204 No Content" } else { "503 Service Unavailable" };
        return answer(&mut stream, status, "", &strict(shared, &[]), b"").await;
    }
    if path == FIRST {
        let all = format!("({})();\n", lock(&shared.first).join(")();\n("));
        return answer(&mut stream, "200 OK", kind(path), &strict(shared, &[]), all.as_bytes())
            .await;
    }
    let name = match path.strip_prefix(&shared.base) {
        Some("") => Some("index.html"),
        Some(name) if !name.contains("..") => Some(name),
        Some(_) | None => None,
    };
    lock(&shared.asked).extend(name.map(str::to_owned));
    // It can only fail when the host ends.
    let _ = shared.held.subscribe().wait_for(|held| Some(held.as_str()) != name).await;
    let replaced = name.and_then(|name| lock(&shared.replaced).get(name).cloned());
    let file = match name {
        Some(_) if replaced.is_some() => replaced.map(|bytes| (bytes, false)),
        Some(_) if shared.is_gone.load(Ordering::Relaxed) => None,
        Some(name) => {
            let takes_brotli = request.takes_brotli() && !runs_first(shared, name);
            load(&shared.dist, name, takes_brotli).await
        }
        None => None,
    };
    let Some((name, (bytes, is_brotli))) = name.zip(file) else {
        // Browsers ask for it unasked.
        if path != "/favicon.ico" {
            lock(&shared.missing).push(path.to_owned());
        }
        return answer(
            &mut stream,
            "404 Not Found",
            "text/plain",
            &strict(shared, &[]),
            b"not found",
        )
        .await;
    };
    let encoding: &[&str] = if is_brotli { &["Content-Encoding: br"] } else { &[] };
    shared.compressed.fetch_or(is_brotli, Ordering::Relaxed);
    // A portal is somebody else's page.
    let is_bare = shared.is_bare.load(Ordering::Relaxed) || name == "portal.html";
    let more = if is_bare { encoding.join("\r\n") } else { strict(shared, encoding) };
    let ancestors = lock(&shared.ancestors).clone();
    let more = if name == "embed.html" && !ancestors.is_empty() {
        more.replace("frame-ancestors 'none'", &format!("frame-ancestors {ancestors}"))
    } else {
        more
    };
    let bytes = if runs_first(shared, name) { with_first(&bytes) } else { bytes };
    answer(&mut stream, "200 OK", kind(name), &more, &bytes).await
}

/// Where a page finds the scripts that run before its own.
const FIRST: &str = "/first.js";

fn runs_first(shared: &Shared, name: &str) -> bool {
    kind(name).starts_with("text/html") && !lock(&shared.first).is_empty()
}

/// A page with the scripts that run before its own, at the first place where a script can stand.
fn with_first(page: &[u8]) -> Vec<u8> {
    let head = find(page, b"<head>").map(|at| at + b"<head>".len());
    let doctype = || page.iter().position(|byte| *byte == b'>').map(|at| at + 1);
    let (before, after) = page.split_at(head.or_else(doctype).unwrap_or(0));
    [before, format!("<script src=\"{FIRST}\"></script>").as_bytes(), after].concat()
}

/// The headers that an operator should set, and further ones.
fn strict(shared: &Shared, more: &[&str]) -> String {
    let connect = format!("connect-src 'self'{};", lock(&shared.connect));
    let policy = POLICY.replace("connect-src 'self';", &connect);
    let own = format!(
        "Content-Security-Policy: {policy}\r\nX-Content-Type-Options: nosniff\r\n\
         Referrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n\
         Cross-Origin-Opener-Policy: same-origin\r\nStrict-Transport-Security: max-age=63072000\r\n\
         Permissions-Policy: camera=(), geolocation=(), microphone=()\r\nCache-Control: no-cache\r\n\
         Vary: Accept-Encoding"
    );
    std::iter::once(own.as_str()).chain(more.iter().copied()).collect::<Vec<_>>().join("\r\n")
}

async fn load(dist: &Path, name: &str, takes_brotli: bool) -> Option<(Vec<u8>, bool)> {
    if takes_brotli && let Ok(bytes) = tokio::fs::read(dist.join(format!("{name}.br"))).await {
        return Some((bytes, true));
    }
    tokio::fs::read(dist.join(name)).await.ok().map(|bytes| (bytes, false))
}

async fn answer(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    more: &str,
    body: &[u8],
) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\nContent-Type: {kind}\r\n",
        body.len()
    );
    if !more.is_empty() {
        head.push_str(more);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.shutdown().await
}

/// Gives the request to the sandbox and its answer to the browser, as far as there is one.
async fn hand_on(mut browser: TcpStream, request: &[u8], sandbox: SocketAddr) -> io::Result<()> {
    let mut upstream = TcpStream::connect(sandbox).await?;
    upstream.write_all(request).await?;
    tokio::io::copy_bidirectional(&mut browser, &mut upstream).await?;
    Ok(())
}

/// The request without one of its headers.
fn without(request: &Incoming, name: &str) -> Vec<u8> {
    let is_lost =
        |line: &&str| line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
    let head: Vec<&str> = request.head.split("\r\n").filter(|line| !is_lost(line)).collect();
    [head.join("\r\n").as_bytes(), request.body()].concat()
}

/// A request, as it came.
struct Incoming {
    target: String,
    head: String,
    raw: Vec<u8>,
}

impl Incoming {
    /// Reads one; none if the browser opened a connection and said nothing.
    async fn read(stream: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut raw = Vec::new();
        let end = loop {
            if let Some(end) = find(&raw, b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut raw).await? == 0 {
                return Ok(None);
            }
        };
        let head = String::from_utf8_lossy(&raw[..end]).into_owned();
        let length = header(&head, "content-length")
            .and_then(|value| value.parse::<usize>().ok())
            .unwrap_or(0);
        while raw.len() < end + length {
            if stream.read_buf(&mut raw).await? == 0 {
                return Ok(None);
            }
        }
        let target = head.split(' ').nth(1).unwrap_or("/").to_owned();
        Ok(Some(Self { target, head, raw }))
    }

    fn body(&self) -> &[u8] {
        self.raw.get(self.head.len()..).unwrap_or_default()
    }

    fn takes_brotli(&self) -> bool {
        header(&self.head, "accept-encoding")
            .is_some_and(|value| value.split(',').any(|one| one.trim() == "br"))
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

pub(crate) fn kind(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some(_) | None => "application/octet-stream",
    }
}

fn lock<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
