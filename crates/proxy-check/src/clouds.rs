//! The stand-in of the clouds that a proxy under test is pointed at.

use std::{
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
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

/// The host whose port is closed.
pub const REFUSED: &str = "ecs.rc-refused.aliyuncs.com";
/// The host that does not exist.
pub const MISSING: &str = "ecs.rc-missing.aliyuncs.com";
/// The host on which a connection hangs.
pub const HANGING: &str = "ecs.rc-hanging.aliyuncs.com";
/// Hosts with a certificate that must stop a proxy.
pub const FLAWED: [(&str, Flaw); 3] = [
    ("ecs.rc-untrusted.aliyuncs.com", Flaw::Untrusted),
    ("ecs.rc-wrong-name.aliyuncs.com", Flaw::WrongName),
    ("ecs.rc-expired.aliyuncs.com", Flaw::Expired),
];

/// The clouds' own hosts that are asked for.
pub const HOSTS: [&str; 6] = [
    "ecs.aliyuncs.com",
    "ecs.cn-hangzhou.aliyuncs.com",
    "ecs-cn-hangzhou.aliyuncs.com",
    "cvm.tencentcloudapi.com",
    "cvm.ap-guangzhou.tencentcloudapi.com",
    "console.zenlayer.com",
];
/// A host of its own for each check, so that behaviour and arrivals are told apart.
pub const CHECK_HOSTS: [&str; 14] = [
    "ecs.rc-answers.aliyuncs.com",
    "ecs.rc-attempts.aliyuncs.com",
    "ecs.rc-broken-off.aliyuncs.com",
    "ecs.rc-cut.aliyuncs.com",
    "ecs.rc-elsewhere.aliyuncs.com",
    "ecs.rc-flood.aliyuncs.com",
    "ecs.rc-headers.aliyuncs.com",
    "ecs.rc-received.aliyuncs.com",
    "ecs.rc-redirects.aliyuncs.com",
    "ecs.rc-resend.aliyuncs.com",
    "ecs.rc-silent.aliyuncs.com",
    "ecs.rc-strangers.aliyuncs.com",
    "ecs.rc-token.aliyuncs.com",
    "ecs.rc-unchanged.aliyuncs.com",
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
    _hole: BlackHole,
}

impl Clouds {
    /// On a loopback address of its own, port 443: a proxy's configuration needs no other port.
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
        // Two neighbours of the upstream, in a part of the loopback net that is not given out.
        let refused = Ipv4Addr::new(first, second ^ 0x40, third, fourth);
        let hanging = Ipv4Addr::new(first, second ^ 0x20, third, fourth);
        names.set(REFUSED, Record::Address(refused));
        names.set(MISSING, Record::NoSuchName);
        names.set(HANGING, Record::Address(hanging));
        for (host, flaw) in FLAWED {
            authority.spoil(host, flaw);
        }
        let hole = BlackHole::start(hanging, port)?;
        Ok(Self { upstream, names, authority, refused, hanging, _hole: hole })
    }

    /// The names as the lines of a hosts file, for servers that ask nobody else. The host that does
    /// not exist is not in it.
    pub fn hosts_file(&self) -> String {
        let here = self.upstream.address().ip();
        let mut lines = format!("{} {REFUSED}\n{} {HANGING}\n", self.refused, self.hanging);
        let flawed = FLAWED.map(|(host, _)| host);
        for host in HOSTS.iter().chain(&CHECK_HOSTS).chain(&flawed) {
            let _ = writeln!(lines, "{here} {host}");
        }
        lines
    }
}

const NEEDS_PORT: &str = "the clouds' stand-in listens on port 443 of a loopback address: run as \
     root, or allow it with `sysctl net.ipv4.ip_unprivileged_port_start=443`";
