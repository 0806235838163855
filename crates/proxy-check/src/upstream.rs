//! The clouds over TLS, as a proxy sees them: every arrival is kept as it came, and each name can
//! be told how to behave.

use std::{
    collections::{HashMap, VecDeque},
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use relight_sandbox::{Config, Delivery, Reply, Request, Sandbox};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::{
    ca::Authority,
    http::{self, Message, Side},
};

/// What a name does with a request that arrived.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// Sends these bytes, whatever they are, and ends the connection or keeps it.
    Raw {
        /// What is sent.
        bytes: Vec<u8>,
        /// What becomes of the connection.
        then: Then,
    },
    /// Says nothing for a minute.
    Silent,
    /// The simulated clouds answer.
    Clouds,
    /// A sandbox that runs elsewhere answers, on this plain HTTP address.
    Sandbox(SocketAddr),
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It waits for the next request.
    Keep,
    /// It ends as TLS wants it.
    Close,
    /// It is cut off.
    Cut,
}

impl Behaviour {
    /// A whole answer in JSON, with a request id and a date that no machine has now.
    pub fn answer(status: u16, extra_headers: &str, body: &str) -> Self {
        let bytes = format!(
            "HTTP/1.1 {status} Status\r\nDate: {CLOUD_DATE}\r\nContent-Type: application/json\r\n\
             X-Acs-Request-Id: 0A1B-2C3D\r\nContent-Length: {}\r\n{extra_headers}\r\n{body}",
            body.len()
        );
        Behaviour::Raw { bytes: bytes.into_bytes(), then: Then::Keep }
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

/// A running upstream. It takes no more connections once this is dropped.
pub struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    arrivals: Mutex<Vec<Arrival>>,
    behaviours: Mutex<HashMap<String, VecDeque<Behaviour>>>,
    default: Mutex<Behaviour>,
    sandbox: Mutex<Sandbox>,
    stop: AtomicBool,
}

impl Upstream {
    /// Listens on this address with certificates of this authority. The clouds are simulated and
    /// answer to every name that is not told otherwise.
    pub fn start(address: SocketAddr, authority: &Arc<Authority>) -> Result<Self> {
        let listener = TcpListener::bind(address).with_context(|| {
            format!("{address} (ports below 1024 are for root unless the system says otherwise)")
        })?;
        let address = listener.local_addr()?;
        let config = Arc::new(authority.server_config(&["http/1.1"])?);
        let shared = Arc::new(Shared {
            arrivals: Mutex::default(),
            behaviours: Mutex::default(),
            default: Mutex::new(Behaviour::Clouds),
            sandbox: Mutex::new(Sandbox::new(Config::default())),
            stop: AtomicBool::new(false),
        });
        let state = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if state.stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (state, config) = (Arc::clone(&state), Arc::clone(&config));
                thread::spawn(move || serve(stream, config, &state));
            }
        });
        Ok(Self { address, shared })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What every name does that was not told otherwise.
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

    /// The simulated clouds, locked: let go of them before the next request.
    pub fn clouds(&self) -> MutexGuard<'_, Sandbox> {
        lock(&self.shared.sandbox)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // The listener looks at `stop` when somebody comes.
        let _ = TcpStream::connect(self.address);
    }
}

/// A port on which connections neither succeed nor fail: nobody accepts, and the queue is full.
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

/// A client that keeps its connection and says nothing is let go after this long.
const IDLE_LIMIT: Duration = Duration::from_mins(1);
const SILENCE: Duration = Duration::from_mins(1);
/// How much of a head is written before it is cut off: the status and the beginning of a line.
const HEAD_PART_BYTES: usize = 24;

fn serve(stream: TcpStream, config: Arc<ServerConfig>, shared: &Shared) {
    // An error of a connection is the client's to notice.
    let _ = try_serve(stream, config, shared);
}

fn try_serve(stream: TcpStream, config: Arc<ServerConfig>, shared: &Shared) -> Result<()> {
    stream.set_read_timeout(Some(IDLE_LIMIT))?;
    stream.set_nodelay(true)?;
    let mut tls = StreamOwned::new(ServerConnection::new(config)?, stream);
    while let Some(request) = http::read(&mut tls, Side::Request) {
        let server_name = tls.conn.server_name().unwrap_or_default().to_owned();
        let behaviour = shared.behaviour(&server_name);
        lock(&shared.arrivals).push(Arrival { server_name, request: request.clone() });
        let then = match behaviour {
            Behaviour::Raw { bytes, then } => {
                tls.write_all(&bytes)?;
                then
            }
            Behaviour::Silent => {
                thread::sleep(SILENCE);
                Then::Cut
            }
            Behaviour::Clouds => ask_clouds(&mut tls, &request, shared)?,
            Behaviour::Sandbox(address) => ask_sandbox(&mut tls, &request, address)?,
        };
        tls.flush()?;
        match then {
            Then::Keep if !request.says_close() => {}
            Then::Keep | Then::Close => {
                tls.conn.send_close_notify();
                tls.flush()?;
                return Ok(());
            }
            Then::Cut => return Ok(()),
        }
    }
    Ok(())
}

impl Shared {
    fn behaviour(&self, host: &str) -> Behaviour {
        let mut behaviours = lock(&self.behaviours);
        let told = behaviours.get_mut(host).and_then(|queue| {
            if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
        });
        told.unwrap_or_else(|| lock(&self.default).clone())
    }
}

fn ask_clouds(stream: &mut impl Write, request: &Message, shared: &Shared) -> Result<Then> {
    let (method, target) = request.method_and_target();
    let request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: request.headers.clone(),
        body: request.body.clone(),
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now_ms = i64::try_from(since.as_millis())?;
    let Reply { answer, delivery, delay_ms } = lock(&shared.sandbox).answer(&request, now_ms);
    thread::sleep(Duration::from_millis(delay_ms));
    let mut bytes = format!("HTTP/1.1 {} Status\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        write!(bytes, "{name}: {value}\r\n")?;
    }
    write!(bytes, "content-length: {}\r\n\r\n", answer.body.len())?;
    let (body, then) = match delivery {
        Delivery::CutHead => {
            bytes.truncate(HEAD_PART_BYTES);
            (&[][..], Then::Cut)
        }
        Delivery::Whole => (answer.body.as_slice(), Then::Keep),
        Delivery::CutBeforeHead => return Ok(Then::Cut),
        Delivery::CutBody { keep_bytes } => {
            (answer.body.get(..keep_bytes).unwrap_or(&answer.body), Then::Cut)
        }
    };
    bytes.extend(body);
    stream.write_all(&bytes)?;
    Ok(then)
}

/// Hands a request on and its answer back, however much of it there is.
fn ask_sandbox(stream: &mut impl Write, request: &Message, address: SocketAddr) -> Result<Then> {
    let mut sandbox = TcpStream::connect(address)?;
    sandbox.set_read_timeout(Some(IDLE_LIMIT))?;
    sandbox.write_all(&request.raw)?;
    let mut heard = Heard { stream: sandbox, bytes: Vec::new() };
    let Some(answer) = http::read(&mut heard, Side::Answer) else {
        // Perhaps the beginning of a head.
        stream.write_all(&heard.bytes)?;
        return Ok(Then::Cut);
    };
    stream.write_all(&answer.raw)?;
    Ok(if answer.is_whole { Then::Keep } else { Then::Cut })
}

/// What has been read of a connection.
struct Heard {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Read for Heard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.bytes.extend(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A loopback address that nobody listens on at this port, for an upstream of one's own: the clouds
/// are on port 443, and so must their stand-in be.
pub fn free_address(port: u16) -> io::Result<Ipv4Addr> {
    let seed = std::process::id();
    for _ in 0..2_000_u32 {
        // Whoever asks next gets another one, although nobody listens on this one yet.
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
