//! The simulated clouds that a proxy under test is pointed at.

use std::{
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use anyhow::{Context, Result};

use crate::{
    ca::{Authority, Flaw},
    dns::{NameServer, Record},
    upstream::{BlackHole, Upstream, free_address},
};

/// The clouds' port.
pub const PORT: u16 = 443;

/// Every host of a cloud that a proxy lets through, and there are no others; one a line in
/// `deploy/hosts.txt`.
pub fn hosts() -> impl Iterator<Item = &'static str> {
    include_str!("../../../deploy/hosts.txt").lines()
}

/// The host whose port is closed. The sandbox has nothing in this region, nor in the next five.
pub const REFUSED: &str = "ecs.ap-southeast-6.aliyuncs.com";
/// The host that does not exist.
pub const MISSING: &str = "ecs.ap-southeast-7.aliyuncs.com";
/// The host on which a connection hangs.
pub const HANGING: &str = "ecs.ap-southeast-8.aliyuncs.com";
/// The host that takes a connection and then says nothing, not in the handshake either.
pub const MUTE: &str = "ecs.cn-north-2-gov-1.aliyuncs.com";
/// Hosts with a certificate that must stop a proxy.
pub const FLAWED: [(&str, Flaw); 3] = [
    ("ecs.us-southeast-1.aliyuncs.com", Flaw::Untrusted),
    ("ecs.na-south-1.aliyuncs.com", Flaw::WrongName),
    ("ecs.me-central-1.aliyuncs.com", Flaw::Expired),
];

/// A different host for each check, so that behaviour and arrivals can be distinguished.
pub const CHECK_HOSTS: [(&str, &str); 17] = [
    ("answers", "ecs.cn-qingdao.aliyuncs.com"),
    ("attempts", "ecs.cn-zhangjiakou.aliyuncs.com"),
    ("broken-off", "ecs.cn-huhehaote.aliyuncs.com"),
    ("copies", "ecs.cn-wulanchabu.aliyuncs.com"),
    ("cut", "ecs.cn-heyuan.aliyuncs.com"),
    ("elsewhere", "ecs.cn-guangzhou.aliyuncs.com"),
    ("flood", "ecs.cn-chengdu.aliyuncs.com"),
    ("forged", "ecs.eu-west-1.aliyuncs.com"),
    ("headers", "ecs.cn-nanjing.aliyuncs.com"),
    ("interim", "ecs.ap-northeast-2.aliyuncs.com"),
    ("received", "ecs.cn-fuzhou.aliyuncs.com"),
    ("redirects", "ecs.cn-wuhan-lr.aliyuncs.com"),
    ("resend", "ecs.cn-zhengzhou-jva.aliyuncs.com"),
    ("silent", "ecs.cn-zhongwei.aliyuncs.com"),
    ("unlisted", "ecs.us-west-1.aliyuncs.com"),
    ("token", "ecs.us-east-1.aliyuncs.com"),
    ("unchanged", "ecs.me-east-1.aliyuncs.com"),
];

/// Upstream, names and certificates. All end when this is dropped.
pub struct Clouds {
    /// Where requests arrive.
    pub upstream: Upstream,
    /// Where the proxy must look names up.
    pub names: NameServer,
    /// Whom the proxy must trust.
    pub authority: Arc<Authority>,
    refused: Ipv4Addr,
    hanging: Ipv4Addr,
    mute: Ipv4Addr,
    _hole: BlackHole,
    _mute: TcpListener,
}

impl Clouds {
    /// On a separate loopback address, port 443: a proxy's configuration needs no other port.
    pub fn start() -> Result<Self> {
        Self::start_on(free_address(PORT).context(NEEDS_PORT)?, PORT, 0)
    }

    /// On this address and port, with the name server on this port of it (0: a free one).
    pub fn start_on(address: Ipv4Addr, port: u16, names_port: u16) -> Result<Self> {
        let authority = Arc::new(Authority::new()?);
        let upstream = Upstream::start(SocketAddr::from((address, port)), &authority)?;
        let port = upstream.address().port();
        let names = NameServer::start_on(SocketAddr::from((address, names_port)), address)
            .context("the name server does not start")?;
        let [first, second, third, fourth] = address.octets();
        // Neighbours of the upstream, in a part of the loopback net that is not given out.
        let refused = Ipv4Addr::new(first, second ^ 0x40, third, fourth);
        let hanging = Ipv4Addr::new(first, second ^ 0x20, third, fourth);
        let mute = Ipv4Addr::new(first, second ^ 0x10, third, fourth);
        names.set(REFUSED, Record::Address(refused));
        names.set(MISSING, Record::NoSuchName);
        names.set(HANGING, Record::Address(hanging));
        names.set(MUTE, Record::Address(mute));
        for (host, flaw) in FLAWED {
            authority.set_flaw(host, flaw);
        }
        let hole = BlackHole::start(hanging, port)?;
        // The system accepts connections for it, and nothing reads from them.
        let silent = TcpListener::bind((mute, port)).with_context(|| mute.to_string())?;
        Ok(Self { upstream, names, authority, refused, hanging, mute, _hole: hole, _mute: silent })
    }

    /// The names as the lines of a hosts file, for servers that resolve no other way. The host that does
    /// not exist is not in it.
    pub fn hosts_file(&self) -> String {
        let here = self.upstream.address().ip();
        let mut lines = format!(
            "{} {REFUSED}\n{} {HANGING}\n{} {MUTE}\n",
            self.refused, self.hanging, self.mute
        );
        for host in hosts().filter(|host| ![REFUSED, HANGING, MISSING, MUTE].contains(host)) {
            let _ = writeln!(lines, "{here} {host}");
        }
        lines
    }
}

const NEEDS_PORT: &str = "the simulated clouds listen on port 443 of a loopback address: run as \
     root, or allow it with `sysctl net.ipv4.ip_unprivileged_port_start=443`";
