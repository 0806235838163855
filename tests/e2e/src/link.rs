//! A slow link between the browser and one port of this machine.
//!
//! The browser and the server are in one network namespace, and the server stays on `127.0.0.1`, where
//! browsers look for `localhost`. What is sent to its port leaves through a device of ours instead,
//! waits for half a round trip, and comes back as if a neighbour had sent it; so do the responses. In
//! between SYNs are lost, and connections reset towards the browser alone, as a middlebox does it: the
//! server works on.

use crate::browser::Unsupported;
use anyhow::{Context, Result, bail};
use etherparse::{Ipv4Header, PacketBuilder, TcpHeader};
use std::{
    collections::BTreeMap,
    env, fs,
    net::Ipv4Addr,
    path::Path,
    process::{Command, ExitCode},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};
use tun_rs::{AsyncDevice, DeviceBuilder, SyncDevice};

/// How bad a link is.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// There and back.
    pub round_trip: Duration,
    /// Of every second connection the first packet is lost, from the first one on.
    pub loses_syns: bool,
}

/// A link that is up. It ends when this is dropped, and the port is as near as it was.
pub struct Link {
    shared: Arc<Shared>,
    device: Arc<AsyncDevice>,
    tasks: [JoinHandle<()>; 2],
    rules: Vec<Rule>,
    number: u8,
}

struct Shared {
    port: u16,
    /// The browser's side of the link.
    near: Ipv4Addr,
    /// The client address that the server sees.
    far: Ipv4Addr,
    quality: Quality,
    connections: Mutex<BTreeMap<u16, Connection>>,
}

/// A connection, by the browser's port.
#[derive(Clone, Copy, Debug)]
struct Connection {
    /// The next byte that the browser waits for.
    awaited: u32,
    is_open: bool,
    has_sent: bool,
}

/// A rule or a route, removed when dropped.
struct Rule(Vec<String>);

/// Runs this program again in a new network namespace, and returns how that ended. `None` if this
/// is in there already, or if there can be none: then links are [`Unsupported`].
pub fn enter_namespace() -> Result<Option<ExitCode>> {
    if is_inside() {
        run("ip", &["link", "set", "lo", "up"])?;
        // Where there is no way to anywhere, WebKit says that it is offline.
        run("ip", &["route", "add", "default", "dev", "lo"])?;
        for family in ["-4", "-6"] {
            // The machine's own addresses come first otherwise, before the rules of any link.
            run("ip", &[family, "rule", "add", "pref", "100", "lookup", "local"])?;
            run("ip", &[family, "rule", "del", "pref", "0"])?;
        }
        fs::write("/proc/sys/net/ipv4/conf/all/rp_filter", "0")?;
        return make_devices().map(|()| None);
    }
    if is_missing().is_some() {
        return Ok(None);
    }
    let status = Command::new("unshare")
        .args(["--net", "--"])
        .arg(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .context("unshare does not start")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(Some(code.map_or(ExitCode::FAILURE, ExitCode::from)))
}

/// Why there can be no link here, if so.
pub fn is_missing() -> Option<&'static str> {
    if is_inside() {
        return None;
    }
    let has = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    if fs::File::options().read(true).write(true).open(TUN).is_err() {
        Some("no slow link without /dev/net/tun")
    } else if !has("ip", &["-V"]) {
        Some("no slow link without iproute2")
    } else if !has("unshare", &["--net", "ip", "link", "set", "lo", "up"]) {
        Some("no slow link where no network namespace can be had (root, or CAP_SYS_ADMIN)")
    } else {
        None
    }
}

/// Set inside our namespace: routes are changed nowhere else.
const INSIDE: &str = "RELIGHT_E2E_NAMESPACE";
const TUN: &str = "/dev/net/tun";
/// Buffer size for what the device delivers at once.
const PACKET: usize = 65_535;

/// How many links there can be at once.
const DEVICES: u8 = 16;
static NETWORK: OnceLock<SyncDevice> = OnceLock::new();
static FREE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// All devices, before there is a browser: Chromium aborts its requests when an address or a
/// link comes or goes (`ERR_NETWORK_CHANGED`). It passes over links whose name begins with `tun`, whose
/// carrier comes and goes with each case.
fn make_devices() -> Result<()> {
    // Otherwise each would assign itself an address when its carrier comes.
    fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1")?;
    // With links of that name alone Chromium is offline. This one stays as it is.
    let network =
        DeviceBuilder::new().name("net0").ipv4(Ipv4Addr::new(10, 9, u8::MAX, 1), 24, None);
    let network = network.build_sync().context("the namespace's network")?;
    NETWORK.get_or_init(|| network);
    for number in 0..DEVICES {
        let name = device_name(number);
        let address = format!("{}/24", near_address(number));
        run("ip", &["tuntap", "add", "dev", &name, "mode", "tun"])?;
        run("ip", &["address", "add", &address, "dev", &name])?;
        run("ip", &["link", "set", &name, "mtu", "1500", "up"])?;
        let settings = Path::new("/proc/sys/net/ipv4/conf").join(&name);
        for (setting, value) in [("route_localnet", "1"), ("accept_local", "1"), ("rp_filter", "0")]
        {
            fs::write(settings.join(setting), value).with_context(|| setting.to_owned())?;
        }
    }
    *free() = (0..DEVICES).rev().collect();
    Ok(())
}

fn free() -> MutexGuard<'static, Vec<u8>> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn device_name(number: u8) -> String {
    format!("tun{number}")
}

const fn near_address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 9, number, 1)
}

fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

impl Link {
    /// From now on this port is far away.
    pub fn start(port: u16, quality: Quality) -> Result<Self> {
        if !is_inside() {
            return Err(
                Unsupported(is_missing().unwrap_or("no slow link outside its namespace")).into()
            );
        }
        let number = free().pop().context("too many links at once")?;
        Self::start_on(number, port, quality).inspect_err(|_| free().push(number))
    }

    fn start_on(number: u8, port: u16, quality: Quality) -> Result<Self> {
        let (near, far) = (near_address(number), Ipv4Addr::new(10, 9, number, 2));
        let name = device_name(number);
        let device =
            Arc::new(DeviceBuilder::new().name(&name).build_async().context("the link's device")?);
        let (table, port_text) = ((1_000 + u32::from(number)).to_string(), port.to_string());
        let to_port = ["iif", "lo", "ipproto", "tcp", "dport", &port_text, "pref", "50"];
        let rules = vec![
            Rule::add("route", &["127.0.0.1", "dev", &name, "table", &table])?,
            Rule::add("rule", &[&["to", "127.0.0.1", "lookup", &table], &to_port[..]].concat())?,
            // There is one way to it, not another one beside the link.
            Rule::add("-6 rule", &[&["to", "::1", "prohibit"], &to_port[..]].concat())?,
        ];
        let connections = Mutex::default();
        let shared = Arc::new(Shared { port, near, far, quality, connections });
        let (sender, receiver) = mpsc::unbounded_channel();
        let tasks = [
            tokio::spawn(take(Arc::clone(&device), Arc::clone(&shared), sender)),
            tokio::spawn(give(Arc::clone(&device), receiver)),
        ];
        Ok(Self { shared, device, tasks, rules, number })
    }

    /// Resets every open connection, towards the browser. Returns how many that were, and how
    /// many of them had sent something.
    pub async fn reset(&self) -> Result<(usize, usize)> {
        let open: Vec<(u16, Connection)> = {
            let mut all = self.shared.connections();
            let open = all.iter_mut().filter(|(_, one)| one.is_open);
            open.map(|(port, one)| (*port, std::mem::replace(one, one.ended()))).collect()
        };
        for (port, connection) in &open {
            let builder =
                PacketBuilder::ipv4(Ipv4Addr::LOCALHOST.octets(), self.shared.near.octets(), 64)
                    .tcp(self.shared.port, *port, connection.awaited, 0)
                    .rst();
            let mut packet = Vec::with_capacity(builder.size(0));
            builder.write(&mut packet, &[])?;
            self.device.send(&packet).await.context("a reset")?;
        }
        Ok((open.len(), open.iter().filter(|(_, one)| one.has_sent).count()))
    }

    /// How many connections were made so far, and how many of them never sent anything.
    pub fn made(&self) -> (usize, usize) {
        let all = self.shared.connections();
        (all.len(), all.values().filter(|one| !one.has_sent).count())
    }

    /// How many connections are open that have sent something.
    pub fn busy(&self) -> usize {
        self.shared.connections().values().filter(|one| one.is_open && one.has_sent).count()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.rules.clear();
        free().push(self.number);
    }
}

impl Connection {
    fn ended(self) -> Self {
        Self { is_open: false, ..self }
    }
}

impl Shared {
    fn connections(&self) -> MutexGuard<'_, BTreeMap<u16, Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What comes out at the other end. `None` for lost packets, and for unrelated ones.
    fn carry(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let (mut ip, rest) = Ipv4Header::from_slice(packet).ok()?;
        let (mut tcp, content) = TcpHeader::from_slice(rest).ok()?;
        if tcp.destination_port == self.port && ip.source == self.near.octets() {
            if !self.note(&tcp, content) {
                return None;
            }
            ip.source = self.far.octets();
        } else if tcp.source_port == self.port && ip.destination == self.far.octets() {
            if (tcp.fin || tcp.rst)
                && let Some(one) = self.connections().get_mut(&tcp.destination_port)
            {
                one.is_open = false;
            }
            ip.destination = self.near.octets();
        } else {
            return None;
        }
        ip.header_checksum = ip.calc_header_checksum();
        tcp.checksum = tcp.calc_checksum_ipv4(&ip, content).ok()?;
        let mut carried = Vec::with_capacity(packet.len());
        ip.write(&mut carried).ok()?;
        tcp.write(&mut carried).ok()?;
        carried.extend_from_slice(content);
        Some(carried)
    }

    /// Whether it arrives.
    fn note(&self, tcp: &TcpHeader, content: &[u8]) -> bool {
        let mut all = self.connections();
        let count = all.len();
        let is_new = tcp.syn && !all.get(&tcp.source_port).is_some_and(|one| one.is_open);
        if is_new {
            let fresh = Connection { awaited: 0, is_open: true, has_sent: false };
            all.insert(tcp.source_port, fresh);
        }
        if let Some(one) = all.get_mut(&tcp.source_port) {
            one.has_sent |= !content.is_empty();
            one.is_open &= !tcp.fin && !tcp.rst;
            if tcp.ack {
                one.awaited = tcp.acknowledgment_number;
            }
        }
        !(is_new && self.quality.loses_syns && count.is_multiple_of(2))
    }
}

impl Rule {
    /// `what` is the object of the `ip` command: `rule`, `-6 rule`, `route`.
    fn add(what: &str, words: &[&str]) -> Result<Self> {
        let line = |verb: &str| {
            let all = what.split(' ').chain([verb]).chain(words.iter().copied());
            all.map(str::to_owned).collect::<Vec<_>>()
        };
        run("ip", &line("add").iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(Self(line("del")))
    }
}

impl Drop for Rule {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(&self.0).output();
    }
}

type Sent = (Instant, Vec<u8>);

/// Takes what is sent, for as long as the link is up.
async fn take(device: Arc<AsyncDevice>, shared: Arc<Shared>, sender: mpsc::UnboundedSender<Sent>) {
    let mut buffer = vec![0; PACKET];
    while let Ok(length) = device.recv(&mut buffer).await {
        let due = Instant::now() + shared.quality.round_trip / 2;
        if let Some(packet) = shared.carry(buffer.get(..length).unwrap_or_default())
            && sender.send((due, packet)).is_err()
        {
            return;
        }
    }
}

/// Delivers it when it is due. All packets take equally long, so they come in the order in which they
/// went.
async fn give(device: Arc<AsyncDevice>, mut receiver: mpsc::UnboundedReceiver<Sent>) {
    while let Some((due, packet)) = receiver.recv().await {
        tokio::time::sleep_until(due).await;
        // A lost packet is retransmitted by its sender.
        let _ = device.send(&packet).await;
    }
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("{program} does not start"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{program} {}: {}", arguments.join(" "), said.trim());
    }
    Ok(())
}
