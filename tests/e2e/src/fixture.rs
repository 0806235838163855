//! The fixture of a case: sandbox, host, browser and page.

use crate::{
    browser::{Browser, Session, Theme},
    link::{Link, Quality},
    machine,
    page::Page,
    real::RealServer,
    secure::SecureSite,
    site::Site,
};
use anyhow::{Context, Result};
use relight_proxy_check::rules::Server;
use relight_sandbox::{
    Cloud, Config,
    faults::Fault,
    fleet::{Fleet, Instance},
    journal::Call,
    server,
};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The setting of a case.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The browser.
    pub browser: Browser,
    /// The system's colour scheme.
    pub theme: Theme,
    /// The width of the page in CSS pixels.
    pub width: u32,
    /// Where the page is served: begins and ends with a slash.
    pub base: &'static str,
    /// Whether the browser's profile outlives the browser, which may then be killed.
    pub keep_profile: bool,
    /// How much faster than real time the instances are.
    pub speed: f64,
    /// What there is.
    pub fleet: fn() -> Fleet,
    /// The real server that carries the calls, and serves the page if its configuration does; none
    /// for our own host and the sandbox's own proxy.
    pub server: Option<Server>,
    /// Whether the page is served over HTTP/2, by a host whose certificate the browser is set to
    /// take.
    pub http2: bool,
    /// What the link to the real server is like, which then speaks TLS as it is deployed; none for
    /// plain HTTP from next door.
    pub link: Option<Quality>,
}

impl Setting {
    /// A wide page in light colours, at the root of its host.
    pub fn new(browser: Browser) -> Self {
        Self {
            browser,
            theme: Theme::Light,
            width: 1_280,
            base: "/",
            keep_profile: false,
            speed: SPEED,
            fleet: Fleet::standard,
            server: None,
            http2: false,
            link: None,
        }
    }
}

/// A new sandbox, host and page.
pub struct Fixture {
    /// The setting.
    pub setting: Setting,
    /// The page; the form is open.
    pub page: Page,
    /// The host.
    pub site: Site,
    // Before the server, whose port it is about.
    link: Option<Link>,
    real: Option<RealServer>,
    secure: Option<SecureSite>,
    sandbox: server::Running,
}

/// A reboot takes 60 to 90 simulated seconds: long enough that the page sees it under way when it
/// first describes, after 2 s, and short enough to wait for.
const SPEED: f64 = 18.0;

/// The height of a page of this width, a phone's or a desk's, in CSS pixels.
pub fn height(width: u32) -> u32 {
    if width < 600 { 740 } else { 900 }
}

impl Fixture {
    /// Sets everything up and opens the page. On failure the session is returned with the error.
    pub(crate) async fn set(
        setting: Setting,
        session: Session,
    ) -> Result<Self, (Session, anyhow::Error)> {
        match Self::start_servers(setting, &session).await {
            Ok(Servers { sandbox, site, real, secure, link }) => {
                Ok(Self { setting, page: Page::new(session), site, link, real, secure, sandbox })
            }
            Err(error) => Err((session, error)),
        }
    }

    async fn start_servers(setting: Setting, session: &Session) -> Result<Servers> {
        let sandbox = server::start(Config {
            speed: setting.speed,
            fleet: (setting.fleet)(),
            ..Config::default()
        })
        .context("the sandbox does not start")?;
        let site = Site::start(machine::dist(), setting.base, sandbox.addr)?;
        let real = match setting.server {
            Some(server) => {
                Some(RealServer::start(server, sandbox.addr, &site, setting.link.is_some()).await?)
            }
            None => None,
        };
        let secure = if setting.http2 {
            Some(SecureSite::start(machine::dist(), sandbox.addr)?)
        } else {
            None
        };
        let is_own = secure.is_none() && real.as_ref().and_then(RealServer::page_url).is_none();
        session.served_by(is_own.then(|| site.first_scripts()));
        session.resize(setting.width, height(setting.width)).await?;
        session.take_errors();
        let link = match (setting.link, &real) {
            (Some(quality), Some(real)) => Some(Link::start(real.port(), quality)?),
            (_, _) => None,
        };
        Ok(Servers { sandbox, site, real, secure, link })
    }

    /// Opens the page.
    pub async fn open(&self) -> Result<()> {
        self.page.open(&self.url()).await
    }

    /// The page's address.
    pub fn url(&self) -> String {
        let own = self.real.as_ref().and_then(RealServer::page_url);
        let own = own.or_else(|| self.secure.as_ref().map(SecureSite::url));
        own.unwrap_or_else(|| self.site.url())
    }

    /// The sandbox's own proxy, which is on another origin than the page.
    pub fn foreign_proxy(&self) -> String {
        format!("http://{}/proxy", self.sandbox.addr)
    }

    /// A temporary key of a cloud that has such, in the shape that a page's endpoint answers.
    pub fn issue_key(&self, cloud: Cloud, seconds: i64) -> Result<Value> {
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let key = self.sandbox.sandbox().issue(cloud, seconds, i64::try_from(now_ms)?);
        let key = key.with_context(|| format!("{} has no temporary keys", cloud.name()))?;
        Ok(json!({ "keyId": key.id, "secret": key.secret, "token": key.token,
            "expiresAt": key.expires_at_s }))
    }

    /// The sandbox's own address, without a slash at the end.
    pub fn sandbox_url(&self) -> String {
        format!("http://{}", self.sandbox.addr)
    }

    /// The real server and the clouds behind it, if the case is set so.
    pub fn real(&self) -> Result<&RealServer> {
        self.real.as_ref().context("a real server")
    }

    /// The link to the real server, if the case is set so.
    pub fn link(&self) -> Result<&Link> {
        self.link.as_ref().context("a slow link")
    }

    /// The HTTP/2 host, if the case has one.
    pub fn secure(&self) -> Result<&SecureSite> {
        self.secure.as_ref().context("a host over HTTP/2")
    }

    /// A second HTTP/2 host, with a proxy to the sandbox for the page of the first one.
    pub fn secure_elsewhere(&self) -> Result<SecureSite> {
        let page = Some(self.secure()?.origin());
        SecureSite::start_for(machine::dist(), self.sandbox.addr, page)
    }

    /// Kills the browser and starts it again on the same profile; no page is open then.
    pub async fn kill_browser(&mut self) -> Result<()> {
        let session = self.page.session_mut();
        session.kill_and_start_again().await?;
        session.resize(self.setting.width, height(self.setting.width)).await
    }

    /// Every arrival at a cloud so far.
    pub fn calls(&self) -> Vec<Call> {
        self.sandbox.sandbox().calls().to_vec()
    }

    /// The arrivals that would change something.
    pub fn power_calls(&self) -> Vec<Call> {
        let sandbox = self.sandbox.sandbox();
        sandbox.calls().iter().filter(|call| is_power(call)).cloned().collect()
    }

    /// How many they are. The sandbox, which cannot answer meanwhile, is not delayed by it.
    pub fn power_count(&self) -> usize {
        self.sandbox.sandbox().calls().iter().filter(|call| is_power(call)).count()
    }

    /// The number of describe requests that arrived.
    pub fn describe_count(&self) -> usize {
        let sandbox = self.sandbox.sandbox();
        sandbox.calls().iter().filter(|call| call.action.starts_with("Describe")).count()
    }

    /// How many requests the proxy did not forward.
    pub fn undelivered(&self) -> usize {
        self.sandbox.sandbox().undelivered().len()
    }

    /// Adds a fault, in the format of `POST /sandbox/faults`.
    pub fn fault(&self, fault: &Value) -> Result<()> {
        let fault = Fault::from_json(fault).map_err(anyhow::Error::msg)?;
        self.sandbox.sandbox().add_fault(fault);
        Ok(())
    }

    /// Takes away all faults that still wait.
    pub fn clear_faults(&self) {
        self.sandbox.sandbox().clear_faults();
    }

    /// Restarts an instance from outside; false if it is not running.
    pub fn restart_from_outside(&self, cloud: Cloud, id: &str) -> Result<bool> {
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        Ok(self.sandbox.sandbox().restart_from_outside(cloud, id, i64::try_from(now_ms)?))
    }

    /// An instance as it is now.
    pub fn instance(&self, cloud: Cloud, id: &str) -> Result<Instance> {
        self.sandbox.sandbox().fleet().find(cloud, id).cloned().with_context(|| format!("no {id}"))
    }

    /// All instances of a cloud as they are now.
    pub fn all_instances(&self, cloud: Cloud) -> Vec<Instance> {
        let sandbox = self.sandbox.sandbox();
        sandbox.fleet().all().iter().filter(|one| one.cloud == cloud).cloned().collect()
    }

    /// All instances of a cloud's region as they are now.
    pub fn instances(&self, cloud: Cloud, region: &str) -> Vec<Instance> {
        let sandbox = self.sandbox.sandbox();
        let all = sandbox.fleet().all().iter();
        all.filter(|one| one.cloud == cloud && one.region == region).cloned().collect()
    }
}

/// What there is around a page.
struct Servers {
    sandbox: server::Running,
    site: Site,
    real: Option<RealServer>,
    secure: Option<SecureSite>,
    link: Option<Link>,
}

fn is_power(call: &Call) -> bool {
    call.action.starts_with("Reboot") || call.action.starts_with("Start")
}
