//! The stand-in of the clouds that a proxy under test is pointed at.

use std::{
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

/// Upstream, names and certificates. All end when this is dropped.
pub struct Clouds {
    /// Where requests arrive.
    pub upstream: Upstream,
    /// Where the proxy must look names up.
    pub names: NameServer,
    /// Whom the proxy must trust.
    pub authority: Arc<Authority>,
    _hanging: BlackHole,
}

impl Clouds {
    /// On a loopback address of its own, port 443: a proxy's configuration needs no other port.
    pub fn start() -> Result<Self> {
        Self::start_on(free_address(PORT).context(NEEDS_PORT)?, PORT, 0)
    }

    /// On this address and port, with the name server on this port of it (0: a free one).
    pub fn start_on(address: Ipv4Addr, port: u16, names_port: u16) -> Result<Self> {
        let authority = Arc::new(Authority::new()?);
        let upstream = Upstream::start(SocketAddr::from((address, port)), Arc::clone(&authority))?;
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
        Ok(Self { upstream, names, authority, _hanging: hole })
    }
}

const NEEDS_PORT: &str = "the clouds' stand-in listens on port 443 of a loopback address: run as \
     root, or allow it with `sysctl net.ipv4.ip_unprivileged_port_start=443`";
