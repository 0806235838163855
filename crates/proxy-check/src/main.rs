//! `cargo xtask proxy-check`: the contract against a proxy, or against the servers of `deploy/`.

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use relight_proxy_check::{
    check::{self, Options},
    client::Target,
    clouds::Clouds,
    report::Report,
    rules::{Rule, Server},
    servers::{self, Setting},
    upstream::Behaviour,
};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("proxy-check: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Tests a deployed proxy, such as https://console.example.org/proxy, against the contract.
///
/// Sends only what must be refused or cannot change anything. What arrives at the clouds is not seen,
/// unless they are simulated.
#[derive(Parser)]
#[command(bin_name = "cargo xtask proxy-check", arg_required_else_help = true)]
#[command(max_term_width = 100)]
struct Arguments {
    /// The proxy's address; with --deploy and --measure, which servers instead of all.
    #[arg(value_name = "URL|NAME")]
    words: Vec<String>,
    /// As a page of this origin.
    #[arg(long)]
    origin: Option<String>,
    /// Simulates the clouds on this loopback address, port 443 by default, with a name server on its
    /// UDP port 5353; set the proxy up for them first.
    #[arg(long, value_name = "IP[:PORT]")]
    observe: Option<String>,
    /// Writes the certificate that such a proxy must trust, and waits for Enter.
    #[arg(long, value_name = "FILE")]
    ca_out: Option<PathBuf>,
    /// Trusts this authority for the proxy's own certificate.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// A log of the proxy to search; repeat for more.
    #[arg(long, value_name = "FILE")]
    log: Vec<PathBuf>,
    /// The page that the same server serves.
    #[arg(long, value_name = "URL")]
    page: Option<String>,
    /// nginx, caddy, haproxy, envoy or worker: shows only its fixes, and accepts the rules that this
    /// server is known to break.
    #[arg(long, value_name = "NAME", value_parser = server)]
    server: Option<Server>,
    /// This rule; repeat for more.
    #[arg(long, value_name = "RULE", value_parser = rule)]
    only: Vec<Rule>,
    /// Starts the servers with the configurations of deploy/ on this machine, in front of simulated
    /// clouds, and checks every rule. A rule that a server is known to break is reported, and fails if it
    /// passes after all.
    #[arg(long)]
    deploy: bool,
    /// With --deploy: preserves the configurations and logs.
    #[arg(long)]
    keep: bool,
    /// Starts nginx, Caddy and HAProxy in the same way, with this page, and lets the script, which Node
    /// runs, grade each: MDN's HTTP Observatory.
    #[arg(long, value_name = "SCRIPT", requires = "page_folder")]
    grade: Option<PathBuf>,
    /// The page that is graded.
    #[arg(long, value_name = "DIST")]
    page_folder: Option<PathBuf>,
    /// The servers' throughput on this machine with `wrk`, and their memory: one after the other.
    #[arg(long)]
    measure: bool,
}

impl Arguments {
    fn servers(&self) -> Result<Vec<Server>> {
        if self.words.is_empty() {
            return Ok(Server::ALL.to_vec());
        }
        self.words.iter().map(|name| server(name)).collect()
    }
}

fn run() -> Result<bool> {
    let arguments = Arguments::parse();
    if let Some(script) = &arguments.grade {
        grade(script, arguments.page_folder.as_deref().context("--page-folder is missing")?)
    } else if arguments.measure {
        measure(&arguments)
    } else if arguments.deploy {
        deploy(&arguments)
    } else {
        one(&arguments)
    }
}

fn one(arguments: &Arguments) -> Result<bool> {
    let [url] = arguments.words.as_slice() else { bail!("which proxy? One URL is checked") };
    let ca = arguments.ca.as_ref().map(fs::read_to_string).transpose().context("--ca")?;
    let target = Target::parse(url, ca.as_deref())?;
    let origin = arguments.origin.clone().unwrap_or_else(|| target.origin());
    let mut options = Options::new(&origin);
    options.logs.clone_from(&arguments.log);
    options.page.clone_from(&arguments.page);
    options.only = (!arguments.only.is_empty()).then(|| arguments.only.clone());
    let clouds = arguments.observe.as_deref().map(observe).transpose()?;
    if let (Some(clouds), Some(path)) = (&clouds, &arguments.ca_out) {
        fs::write(path, clouds.authority.pem()).with_context(|| path.display().to_string())?;
        println!(
            "The clouds are on {}, their names at {} (UDP), their authority in {}.\n\
             Point the proxy there, reload it, and press Enter.",
            clouds.upstream.address(),
            clouds.names.address(),
            path.display()
        );
        std::io::stdin().read_line(&mut String::new())?;
    }
    println!("{url}, as a page of {origin}");
    announce_waits(&options);
    let report = check::run(&target, &options, clouds.as_ref())?;
    let known = arguments.server.map_or(&[][..], unsupported_rules);
    print!("{}", report.text(arguments.server));
    Ok(sum_up(&report, known, arguments.server).is_empty())
}

/// Announces the slow checks, which print nothing meanwhile.
fn announce_waits(options: &Options) {
    if options.only.as_ref().is_none_or(|only| only.contains(&Rule::SecondCopy)) {
        let seconds = options.copy_memory.as_secs();
        println!("`{}` asks again after {seconds} s; this waits for it", Rule::SecondCopy);
    }
}

/// Reports how many rules pass and which are known to fail; returns the others that fail.
fn sum_up(report: &Report, known: &[Rule], server: Option<Server>) -> Vec<Rule> {
    let (rules, expectations) = report.counts();
    let (expected, unexpected): (Vec<Rule>, Vec<Rule>) =
        report.broken().into_iter().partition(|rule| known.contains(rule));
    let number = expected.len() + unexpected.len();
    println!("{rules} rules pass ({expectations} expectations), {number} fail");
    for rule in expected {
        let name = server.map_or("it", Server::name);
        println!("known: {name} breaks `{rule}`; deploy/README.md says what that means");
    }
    unexpected
}

fn observe(address: &str) -> Result<Clouds> {
    let with_port =
        if address.contains(':') { address.to_owned() } else { format!("{address}:443") };
    let SocketAddr::V4(address) = with_port.parse().context("--observe")? else {
        bail!("--observe wants an address of IP version 4");
    };
    ensure!(address.ip().is_loopback(), "--observe wants a loopback address");
    Clouds::start_on(*address.ip(), address.port(), 5353)
}

/// What each server's modules cannot do; README.md in its folder says the same.
fn unsupported_rules(server: Server) -> &'static [Rule] {
    match server {
        Server::Nginx => &[Rule::AnswerList, Rule::OneOrigin, Rule::StatusLine, Rule::Interim],
        Server::Caddy => &[Rule::BrokenOff, Rule::Throttle, Rule::SecondCopy, Rule::Interim],
        Server::Haproxy => &[Rule::Interim],
        Server::Envoy => &[],
        Server::Worker => &[
            Rule::Close,
            Rule::Refused,
            Rule::Dns,
            Rule::CertificateType,
            Rule::ConnectTime,
            Rule::Throttle,
            Rule::Silence,
        ],
    }
}

fn deploy(arguments: &Arguments) -> Result<bool> {
    let servers = arguments.servers()?;
    let folder = env::temp_dir().join(format!("relight-proxy-check-{}", std::process::id()));
    let page = folder.join("page");
    make_page(&page)?;
    let only = (!arguments.only.is_empty()).then(|| arguments.only.clone());
    announce_waits(&Options { only: only.clone(), ..Options::new("") });
    let start = Instant::now();
    let reports: Vec<(Server, Result<Report>)> = thread::scope(|scope| {
        let running: Vec<_> = servers
            .iter()
            .map(|server| {
                let (folder, page, only) = (folder.clone(), page.clone(), only.clone());
                scope.spawn(move || (*server, deployed(*server, folder, page, only)))
            })
            .collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    ensure!(reports.len() == servers.len(), "a check panicked");
    let mut failed = 0;
    for (server, report) in reports {
        println!("── {}", server.name());
        failed += usize::from(!judge(server, report));
    }
    println!("all in {} s", start.elapsed().as_secs());
    println!("{} passed, {failed} failed", servers.len() - failed);
    if arguments.keep || failed > 0 {
        println!("configurations and logs are in {}", folder.display());
    } else {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    Ok(failed == 0)
}

/// MDN's scanner against each server that serves the page, as deployed: with TLS and the redirect to
/// it. The script prints the grade of each, and fails below A+.
fn grade(script: &Path, page: &Path) -> Result<bool> {
    let folder = env::temp_dir().join(format!("relight-grade-{}", std::process::id()));
    let mut failed = 0;
    for server in [Server::Nginx, Server::Caddy, Server::Haproxy] {
        let clouds = Clouds::start()?;
        let setting = Setting {
            origins: Vec::new(),
            page: page.canonicalize().with_context(|| page.display().to_string())?,
            folder: folder.clone(),
            is_unlimited: false,
            is_tls: true,
        };
        let running = servers::start(server, &clouds, &setting)?;
        let authority = folder.join("authority.pem");
        fs::write(&authority, clouds.authority.pem())?;
        let status = Command::new("node")
            .arg(script)
            .args([server.name(), "localhost"])
            .args([running.http_port().to_string(), running.port().to_string()])
            .env("NODE_EXTRA_CA_CERTS", &authority)
            .status()
            .context("node does not start")?;
        failed += usize::from(!status.success());
    }
    fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(failed == 0)
}

/// Calls through the proxy beside a small file from the same server, both as deployed: over TLS, each
/// on a new connection. With all servers, the figures go into `deploy/README.md`.
fn measure(arguments: &Arguments) -> Result<bool> {
    let servers = arguments.servers()?;
    let folder = env::temp_dir().join(format!("relight-proxy-measure-{}", std::process::id()));
    let page = folder.join("page");
    make_page(&page)?;
    let cores = thread::available_parallelism()?;
    let mut table = format!(
        "`wrk`, {CONNECTIONS} connections for {SECONDS} s, everything on one machine of {cores} cores \
         whose load was {} before; the processor's time is that of the server alone.\n\n\
         | | files/s | calls/s | calls to files | time for a file | for a call | calls to files | \
         memory, started | after the calls |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        load()
    );
    for server in servers {
        let row = measured(server, &folder, &page)?;
        eprint!("{row}");
        table.push_str(&row);
    }
    fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    println!("{table}");
    if arguments.words.is_empty() {
        publish(&table)?;
    }
    Ok(true)
}

const CONNECTIONS: u32 = 16;
const SECONDS: u32 = 5;

fn measured(server: Server, folder: &Path, page: &Path) -> Result<String> {
    let origin = "https://portal.example.org";
    let clouds = Clouds::start()?;
    let host = "cvm.tencentcloudapi.com";
    let answer = Behaviour::answer(200, "", "{\"Response\":{\"RequestId\":\"a-b\"}}");
    clouds.upstream.set(host, [answer]);
    let setting = Setting {
        origins: vec![origin.to_owned()],
        page: page.to_owned(),
        folder: folder.to_owned(),
        is_unlimited: true,
        is_tls: true,
    };
    let running = servers::start(server, &clouds, &setting)?;
    let started_mib = running.memory_mib();
    let post = folder.join("post.lua");
    fs::write(
        &post,
        format!(
            "wrk.method = 'POST'\nwrk.body = '{{\"InstanceIds\":[\"ins-5hdvx000\"]}}'\n\
             wrk.headers['Origin'] = '{origin}'\nwrk.headers['X-TC-Action'] = 'DescribeInstances'\n\
             wrk.headers['Content-Type'] = 'application/json'\n\
             wrk.headers['Authorization'] = '{}'\n",
            "a1b2".repeat(60)
        ),
    )?;
    let timed = |arguments: &[&str]| -> Result<(f64, f64)> {
        let before = running.cpu_seconds();
        let (rate, answers) = wrk(arguments)?;
        Ok((rate, (running.cpu_seconds() - before) * 1e6 / answers))
    };
    let serves_page = matches!(server, Server::Nginx | Server::Caddy | Server::Haproxy);
    let file =
        serves_page.then(|| timed(&[&format!("{}/relight.json", running.url())])).transpose()?;
    let (rate, micros) =
        timed(&["-s", &post.display().to_string(), &format!("{}/{host}/", running.proxy_url())])?;
    let memory = format!("{started_mib} MiB | {} MiB", running.memory_mib());
    let name = server.name();
    Ok(match file {
        Some((file_rate, file_micros)) => format!(
            "| {name} | {file_rate:.0} | {rate:.0} | {:.2} | {file_micros:.0} µs | {micros:.0} µs | \
             {:.1} | {memory} |\n",
            rate / file_rate,
            micros / file_micros
        ),
        None => format!("| {name} | none | {rate:.0} | | | {micros:.0} µs | | {memory} |\n"),
    })
}

/// Writes the figures between their marks in the file.
fn publish(table: &str) -> Result<()> {
    let path = servers::configuration(Server::Nginx).join("../README.md");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let (begin, end) = ("<!-- figures -->\n", "<!-- end of figures -->");
    let (before, rest) = text.split_once(begin).context("no place for the figures")?;
    let (_, after) = rest.split_once(end).context("no end of the figures")?;
    fs::write(&path, format!("{before}{begin}{table}{end}{after}"))
        .with_context(|| path.display().to_string())
}

/// What else the machine had to do in the last minute, as the system says.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

/// Answers a second, and how many there were; an error when some were not 2xx, since those are not
/// what is measured.
fn wrk(arguments: &[&str]) -> Result<(f64, f64)> {
    let (connections, duration) = (CONNECTIONS.to_string(), format!("{SECONDS}s"));
    let output = Command::new("wrk")
        .args(["--threads", "2", "--connections", &connections, "--duration", &duration])
        .args(arguments)
        .output()
        .context("wrk does not start: `apt-get install wrk`")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name));
    if let Some(others) = line("Non-2xx or 3xx responses:") {
        bail!("{others} answers of wrk's were no 2xx");
    }
    if let Some(errors) = line("Socket errors:") {
        bail!("wrk had errors: {errors}");
    }
    let rate: f64 = line("Requests/sec:").context("wrk says nothing")?.trim().parse()?;
    let answers = text.lines().find_map(|line| line.trim().split_once(" requests in "));
    let answers: f64 = answers.context("wrk counts nothing")?.0.parse()?;
    Ok((rate, answers))
}

fn judge(server: Server, report: Result<Report>) -> bool {
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            println!("{error:#}");
            return false;
        }
    };
    print!("{}", report.text(Some(server)));
    let unknown = sum_up(&report, unsupported_rules(server), Some(server));
    let broken = report.broken();
    let now_kept: Vec<&Rule> = unsupported_rules(server)
        .iter()
        .filter(|rule| report.findings.contains_key(rule) && !broken.contains(rule))
        .collect();
    for rule in &now_kept {
        println!("`{rule}` holds, although {} is said not to keep it", server.name());
    }
    unknown.is_empty() && now_kept.is_empty()
}

fn deployed(
    server: Server,
    folder: PathBuf,
    page: PathBuf,
    only: Option<Vec<Rule>>,
) -> Result<Report> {
    let clouds = Clouds::start()?;
    let origin = "https://portal.example.org";
    let origins = vec![origin.to_owned()];
    let setting = Setting { origins, page, folder, is_unlimited: false, is_tls: true };
    let running = servers::start(server, &clouds, &setting)?;
    let target = Target::parse(&running.proxy_url(), Some(&clouds.authority.pem()))?;
    let mut options = Options::new(origin);
    options.only = only;
    options.logs = running.logs().to_vec();
    // Envoy and the Worker do not serve the page.
    options.page =
        matches!(server, Server::Nginx | Server::Caddy | Server::Haproxy).then(|| running.url());
    check::run(&target, &options, Some(&clouds))
}

/// A page of three files with the names of the release's: what counts is how they are served.
fn make_page(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join(".git"))?;
    fs::write(folder.join("index.html"), "<!doctype html><title>Relight</title>")?;
    fs::write(folder.join("relight.json"), "{ \"proxy\": \"/proxy\" }")?;
    // Longer than any server's buffer.
    fs::write(folder.join("relight_bg.wasm"), [b"\0asm\x01\0\0\0".repeat(100_000)].concat())?;
    fs::write(folder.join(".git/config"), "private")?;
    Ok(())
}

fn server(name: &str) -> Result<Server> {
    let names = Server::ALL.map(Server::name).join(" ");
    Server::parse(name).with_context(|| format!("there is no server `{name}`, but: {names}"))
}

fn rule(name: &str) -> Result<Rule> {
    let known = Rule::ALL.iter().copied().find(|rule| rule.id() == name);
    let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    known.with_context(|| format!("there is no rule `{name}`, but: {}", names.join(" ")))
}
