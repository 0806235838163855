//! Requests to the proxy, byte by byte: what a browser would clean up must reach it as it is.

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use crate::http::{self, Message, Side};

/// The proxy under test.
#[derive(Clone)]
pub struct Target {
    /// `Some` for https.
    tls: Option<Arc<ClientConfig>>,
    host: String,
    port: u16,
    /// What comes before `/{host}` of the cloud: `/proxy`.
    base: String,
}

impl Target {
    /// From `http[s]://host[:port]/base`. For https the machine's authorities are trusted, and
    /// those in `authorities`, which is PEM.
    pub fn parse(url: &str, authorities: Option<&str>) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").context("the address has no scheme")?;
        let is_tls = match scheme {
            "http" => false,
            "https" => true,
            _ => bail!("the address begins with neither http:// nor https://"),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, port.parse().context("the port is no number")?)
            }
            _ => (authority, if is_tls { 443 } else { 80 }),
        };
        let path = path.trim_end_matches('/');
        let base = if path.is_empty() { String::new() } else { format!("/{path}") };
        let tls = if is_tls { Some(Arc::new(client_config(authorities)?)) } else { None };
        Ok(Self { tls, host: host.to_owned(), port, base })
    }

    /// Another address, trusted in the same way.
    pub fn beside(&self, url: &str) -> Result<Self> {
        let mut target = Self::parse(url, None)?;
        if target.is_tls() && self.is_tls() {
            target.tls.clone_from(&self.tls);
        }
        Ok(target)
    }

    /// What comes before the cloud's host on the request line.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether it is spoken to over TLS.
    pub fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// The value of the `Host` header.
    pub fn authority(&self) -> String {
        let default = if self.is_tls() { 443 } else { 80 };
        if self.port == default {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The origin of a page on the same host.
    pub fn origin(&self) -> String {
        let scheme = if self.is_tls() { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// The protocol that the proxy chooses when a browser offers both; `None` without TLS.
    pub fn chosen_protocol(&self) -> Result<Option<String>> {
        let Some(config) = &self.tls else { return Ok(None) };
        let mut config = ClientConfig::clone(config);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut tls = self.handshake(Arc::new(config), self.connect()?)?;
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock)?;
        }
        let chosen = tls.conn.alpn_protocol().unwrap_or(b"http/1.1");
        Ok(Some(String::from_utf8_lossy(chosen).into_owned()))
    }

    /// Sends the bytes and reads one answer, for at most this long between two parts of it.
    /// Then it waits so long for the proxy to close the connection.
    pub fn send(
        &self,
        bytes: &[u8],
        side: Side,
        silence_limit: Duration,
        close_limit: Duration,
    ) -> Result<Exchange> {
        let stream = self.connect()?;
        stream.set_read_timeout(Some(silence_limit))?;
        stream.set_write_timeout(Some(silence_limit))?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => Ok(exchange(stream, |stream| stream, bytes, side, close_limit)),
            Some(config) => {
                let tls = self.handshake(Arc::clone(config), stream)?;
                Ok(exchange(tls, |tls| &mut tls.sock, bytes, side, close_limit))
            }
        }
    }

    /// Connects and sends nothing, for at most this long.
    pub fn keep_silent(&self, limit: Duration) -> Result<Silence> {
        let mut stream = self.connect()?;
        stream.set_read_timeout(Some(limit))?;
        let outcome = |read: std::io::Result<usize>, start: Instant| Silence {
            is_closed: is_end(&read),
            has_spoken: read.is_ok_and(|count| count > 0),
            took: start.elapsed(),
        };
        let Some(config) = &self.tls else {
            let start = Instant::now();
            return Ok(outcome(stream.read(&mut [0; 1]), start));
        };
        let mut tls = self.handshake(Arc::clone(config), stream)?;
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock)?;
        }
        let start = Instant::now();
        Ok(outcome(tls.read(&mut [0; 1]), start))
    }

    /// Opens a connection and does not begin the handshake; `None` where there is none.
    pub fn begin_nothing(&self, limit: Duration) -> Result<Option<Silence>> {
        if self.tls.is_none() {
            return Ok(None);
        }
        let mut stream = self.connect()?;
        stream.set_read_timeout(Some(limit))?;
        let start = Instant::now();
        let read = stream.read(&mut [0; 1]);
        let has_spoken = read.as_ref().is_ok_and(|count| *count > 0);
        Ok(Some(Silence { is_closed: is_end(&read), has_spoken, took: start.elapsed() }))
    }

    fn connect(&self) -> Result<TcpStream> {
        let name = self.host.trim_start_matches('[').trim_end_matches(']');
        let addresses = (name, self.port).to_socket_addrs().with_context(|| name.to_owned())?;
        let mut failure = None;
        for address in addresses {
            match TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) => Err(error).with_context(|| format!("{name}:{}", self.port)),
            None => bail!("{name} has no address"),
        }
    }

    fn handshake(
        &self,
        config: Arc<ClientConfig>,
        stream: TcpStream,
    ) -> Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = ServerName::try_from(self.host.clone())?;
        Ok(StreamOwned::new(ClientConnection::new(config, name)?, stream))
    }
}

/// The result of a request.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The answer; `None` when the connection ended or stayed silent instead.
    pub answer: Option<Message>,
    /// Whether the proxy closed the connection after it.
    pub is_closed: bool,
    /// From the first byte sent to the answer's last.
    pub took: Duration,
}

/// What the proxy did with a connection on which nothing was sent.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// Whether it closed it.
    pub is_closed: bool,
    /// Whether it sent something first.
    pub has_spoken: bool,
    /// From the end of the handshake.
    pub took: Duration,
}

/// Whether the stream has ended, as opposed to being idle.
fn is_end(read: &std::io::Result<usize>) -> bool {
    match read {
        Ok(count) => *count == 0,
        Err(error) => {
            !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
        }
    }
}

/// A request that can be bent out of shape.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The word on the request line.
    pub method: String,
    /// The rest of the request line up to the version, exactly.
    pub target: String,
    /// Sent in this order; lengths are not added to it.
    pub headers: Vec<(String, String)>,
    /// Sent with its length, unless `framing` is another.
    pub body: Vec<u8>,
    /// How the body is framed.
    pub framing: Framing,
}

/// How a body says where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By its length.
    Length,
    /// In one chunk.
    Chunked,
    /// These header lines, and then the body as it is.
    Lines(String),
}

impl Ask {
    /// The same with this header in place of all others of its name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with one header more.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without any header of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let mut body = self.body.clone();
        match &self.framing {
            Framing::Length if body.is_empty() && self.method != "POST" => {}
            Framing::Length => {
                let _ = write!(head, "Content-Length: {}\r\n", body.len());
            }
            Framing::Chunked => {
                head.push_str("Transfer-Encoding: chunked\r\n");
                let mut chunked = format!("{:x}\r\n", body.len()).into_bytes();
                chunked.extend(&body);
                chunked.extend(b"\r\n0\r\n\r\n");
                body = chunked;
            }
            Framing::Lines(lines) => head.push_str(lines),
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(body);
        bytes
    }
}

const CONNECT_LIMIT: Duration = Duration::from_secs(5);

fn exchange<S: Read + Write>(
    mut stream: S,
    socket: impl Fn(&mut S) -> &mut TcpStream,
    bytes: &[u8],
    side: Side,
    close_limit: Duration,
) -> Exchange {
    let start = Instant::now();
    // A proxy that refuses may close before it has read all: its answer is what counts.
    let _ = stream.write_all(bytes).and_then(|()| stream.flush());
    let answer = http::read(&mut stream, side);
    let took = start.elapsed();
    let _ = socket(&mut stream).set_read_timeout(Some(close_limit));
    let is_closed = is_end(&stream.read(&mut [0; 1]));
    Exchange { answer, is_closed, took }
}

fn client_config(authorities: Option<&str>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    // An authority that cannot be read is one that is not trusted, no more.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = authorities {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.context("the authority's certificate")?)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
