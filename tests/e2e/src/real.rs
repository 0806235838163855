//! A real server with its configuration of `deploy/`, between the browser and the sandbox.

use crate::{machine, site::Site};
use anyhow::{Context, Result, ensure};
use relight_proxy_check::{
    clouds::Clouds,
    dns::Record,
    rules::Server,
    servers::{self, Running, Setting},
    upstream::Behaviour,
};
use std::{fs, net::SocketAddr};
use tempfile::TempDir;

/// A server, and behind it the clouds' names over TLS, which lead to the sandbox.
pub struct RealServer {
    running: Running,
    clouds: Clouds,
    // Last: the server writes into it.
    _folder: TempDir,
}

impl RealServer {
    /// Starts both. Where the configuration serves no page, `site` does, and calls through this.
    pub(crate) async fn start(
        server: Server,
        sandbox: SocketAddr,
        site: &Site,
        is_tls: bool,
    ) -> Result<Self> {
        let origin = site.origin();
        // Waiting for servers has its own thread.
        let started =
            tokio::task::spawn_blocking(move || Self::start_now(server, sandbox, origin, is_tls));
        let real = started.await.context("the server's start")??;
        if real.page_url().is_none() {
            site.send_through(&real.running.proxy_url());
        }
        Ok(real)
    }

    fn start_now(
        server: Server,
        sandbox: SocketAddr,
        origin: String,
        is_tls: bool,
    ) -> Result<Self> {
        let clouds = Clouds::start()?;
        clouds.upstream.set_default(Behaviour::Sandbox(sandbox));
        let folder = TempDir::new()?;
        let setting = Setting {
            origins: vec![origin],
            page: machine::dist(),
            folder: folder.path().to_owned(),
            is_unlimited: false,
            is_tls,
        };
        let running = servers::start(server, &clouds, &setting)?;
        Ok(Self { running, clouds, _folder: folder })
    }

    /// Where the page is, if the server serves it.
    pub fn page_url(&self) -> Option<String> {
        match self.running.server() {
            Server::Nginx | Server::Caddy | Server::Haproxy => {
                Some(format!("{}/", self.running.url()))
            }
            Server::Envoy | Server::Worker => None,
        }
    }

    /// Where it listens, on `localhost`.
    pub fn port(&self) -> u16 {
        self.running.port()
    }

    /// How many of its requests reached a cloud's name, as counted by the clouds.
    pub fn arrivals(&self, text: &str) -> usize {
        self.clouds.upstream.arrivals(text).len()
    }

    /// From now on a cloud's name leads there, or nowhere, for a server that asks for it anew.
    pub fn lead(&self, host: &str, record: Record) {
        self.clouds.names.set(host, record);
    }

    /// The proxy's address, as `relight.json` names it.
    pub fn proxy_url(&self) -> String {
        self.running.proxy_url()
    }

    /// The address of a TLS server with a certificate that no browser trusts.
    pub fn untrusted_url(&self) -> String {
        format!("https://{}/proxy", self.clouds.upstream.address())
    }

    /// Kills the processes of the server that talk to clients, at once. nginx's first process stays
    /// and starts others in their place, so that a retry is served.
    pub fn kill_workers(&self) -> Result<()> {
        let id = self.running.process_id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        let children: Vec<&str> = children.split_whitespace().collect();
        ensure!(!children.is_empty(), "the server has no workers");
        let killed = std::process::Command::new("kill").arg("-KILL").args(children).status()?;
        ensure!(killed.success(), "the workers are not killed");
        Ok(())
    }
}
