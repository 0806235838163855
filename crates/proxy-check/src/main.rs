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
use lexopt::{Arg, ValueExt};
use relight_proxy_check::{
    check::{self, Options},
    client::Target,
    clouds::Clouds,
    report::Report,
    rules::{Rule, Server},
    servers::{self, Setting},
    upstream::Behaviour,
};

const HELP: &str = "\
cargo xtask proxy-check URL --origin ORIGIN [options]
    Checks a deployed proxy, such as https://console.example.org/proxy. Sends only what must be
    refused or cannot change anything. What arrives at the clouds is not seen, unless they are ours:
      --observe IP[:PORT]  stands in for the clouds on this loopback address, port 443 by default,
                           with a name server on UDP port 5353 of it; set the proxy up for them first
      --ca-out FILE        writes the certificate that such a proxy must trust, and waits for Enter
    Further:
      --ca FILE            trusts this authority for the proxy's own certificate
      --log FILE           a log of the proxy to search; repeat for more
      --page URL           the page that the same server serves
      --server NAME        says how to mend it in nginx, caddy, haproxy, envoy or worker only
      --only RULE          this rule; repeat for more

cargo xtask proxy-check --deploy [NAME…] [--only RULE] [--keep]
    Starts the servers with the configurations of deploy/ on this machine, in front of clouds of
    ours, and checks every line. A line that a server is known not to keep is named, and fails when
    it is kept after all.

cargo xtask proxy-check --grade SCRIPT --page-folder DIST
    Starts nginx, Caddy and HAProxy in the same way, with this page, and lets the script, which Node
    runs, grade each: MDN's HTTP Observatory.

cargo xtask proxy-check --measure [NAME…]
    Their throughput on this machine with `wrk`, and their memory: one after the other.
";

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

#[derive(Default)]
struct Arguments {
    url: Option<String>,
    origin: Option<String>,
    observe: Option<String>,
    ca_out: Option<PathBuf>,
    ca: Option<PathBuf>,
    logs: Vec<PathBuf>,
    page: Option<String>,
    server: Option<Server>,
    only: Vec<Rule>,
    is_deploy: bool,
    is_measure: bool,
    grade: Option<PathBuf>,
    page_folder: Option<PathBuf>,
    is_kept: bool,
    names: Vec<Server>,
}

fn run() -> Result<bool> {
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                return Ok(true);
            }
            Arg::Long("origin") => arguments.origin = Some(parser.value()?.string()?),
            Arg::Long("observe") => arguments.observe = Some(parser.value()?.string()?),
            Arg::Long("ca-out") => arguments.ca_out = Some(parser.value()?.into()),
            Arg::Long("ca") => arguments.ca = Some(parser.value()?.into()),
            Arg::Long("log") => arguments.logs.push(parser.value()?.into()),
            Arg::Long("page") => arguments.page = Some(parser.value()?.string()?),
            Arg::Long("server") => arguments.server = Some(server(&parser.value()?.string()?)?),
            Arg::Long("only") => arguments.only.push(rule(&parser.value()?.string()?)?),
            Arg::Long("deploy") => arguments.is_deploy = true,
            Arg::Long("measure") => {
                arguments.is_deploy = true;
                arguments.is_measure = true;
            }
            Arg::Long("grade") => arguments.grade = Some(parser.value()?.into()),
            Arg::Long("page-folder") => arguments.page_folder = Some(parser.value()?.into()),
            Arg::Long("keep") => arguments.is_kept = true,
            Arg::Value(value) if arguments.is_deploy => {
                arguments.names.push(server(&value.string()?)?);
            }
            Arg::Value(value) if arguments.url.is_none() => {
                arguments.url = Some(value.string()?);
            }
            Arg::Value(_) | Arg::Long(_) | Arg::Short(_) => {
                return Err(argument.unexpected().into());
            }
        }
    }
    if let Some(script) = &arguments.grade {
        grade(script, arguments.page_folder.as_deref().context("--page-folder is missing")?)
    } else if arguments.is_measure {
        measure(&arguments)
    } else if arguments.is_deploy {
        deploy(&arguments)
    } else {
        one(&arguments)
    }
}

fn one(arguments: &Arguments) -> Result<bool> {
    let Some(url) = &arguments.url else {
        print!("{HELP}");
        return Ok(false);
    };
    let ca = arguments.ca.as_ref().map(fs::read_to_string).transpose().context("--ca")?;
    let target = Target::parse(url, ca.as_deref())?;
    let origin = arguments.origin.clone().unwrap_or_else(|| target.origin());
    let mut options = Options::new(&origin);
    options.logs.clone_from(&arguments.logs);
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
    let report = check::run(&target, &options, clouds.as_ref())?;
    print!("{}", report.text(arguments.server));
    let (rules, expectations) = report.counts();
    let broken = report.broken();
    println!("{rules} lines hold ({expectations} expectations), {} do not", broken.len());
    Ok(broken.is_empty())
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
fn cannot(server: Server) -> &'static [Rule] {
    match server {
        Server::Nginx => &[Rule::AnswerList],
        Server::Caddy => &[Rule::BrokenOff, Rule::Throttle],
        Server::Haproxy | Server::Envoy => &[],
        Server::Worker => &[
            Rule::Close,
            Rule::Refused,
            Rule::Dns,
            Rule::CertificateType,
            Rule::ConnectTime,
            Rule::Throttle,
        ],
    }
}

fn deploy(arguments: &Arguments) -> Result<bool> {
    let servers =
        if arguments.names.is_empty() { Server::ALL.to_vec() } else { arguments.names.clone() };
    let folder = env::temp_dir().join(format!("relight-proxy-check-{}", std::process::id()));
    let page = folder.join("page");
    make_page(&page)?;
    let only = (!arguments.only.is_empty()).then(|| arguments.only.clone());
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
    if arguments.is_kept || failed > 0 {
        println!("configurations and logs are in {}", folder.display());
    } else {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    Ok(failed == 0)
}

/// MDN's scanner against each server that serves the page, as deployed: with TLS and the redirect to
/// it. The script says on its own what it thinks of each, and fails below A+.
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

/// Calls through the proxy, beside files from the same server, kept and closed connections apart.
fn measure(arguments: &Arguments) -> Result<bool> {
    let servers =
        if arguments.names.is_empty() { Server::ALL.to_vec() } else { arguments.names.clone() };
    let folder = env::temp_dir().join(format!("relight-proxy-measure-{}", std::process::id()));
    let page = folder.join("page");
    make_page(&page)?;
    let origin = "https://portal.example.org";
    println!("server    file/s  file, closed/s  call/s  call to file  call to closed  memory");
    for server in servers {
        let clouds = Clouds::start()?;
        let host = "cvm.tencentcloudapi.com";
        let answer = Behaviour::answer(200, "", "{\"Response\":{\"RequestId\":\"a-b\"}}");
        clouds.upstream.set(host, [answer]);
        let setting = Setting {
            origins: vec![origin.to_owned()],
            page: page.clone(),
            folder: folder.clone(),
            is_unlimited: true,
            is_tls: false,
        };
        let running = servers::start(server, &clouds, &setting)?;
        let post = folder.join("post.lua");
        fs::write(
            &post,
            format!(
                "wrk.method = 'POST'\nwrk.body = '{{\"InstanceIds\":[\"ins-5hdvx000\"]}}'\n\
                 wrk.headers['Origin'] = '{origin}'\nwrk.headers['X-TC-Action'] = 'Describe'\n\
                 wrk.headers['Content-Type'] = 'application/json'\n\
                 wrk.headers['Authorization'] = '{}'\n",
                "a1b2".repeat(60)
            ),
        )?;
        let serves_page = matches!(server, Server::Nginx | Server::Caddy | Server::Haproxy);
        let file = format!("{}/relight.json", running.url());
        let kept = if serves_page { wrk(&[&file])? } else { 0.0 };
        let closed = if serves_page { wrk(&["-H", "Connection: close", &file])? } else { 0.0 };
        let call =
            wrk(&["-s", &post.display().to_string(), &format!("{}/{host}/", running.proxy_url())])?;
        let ratio = |base: f64| {
            if base > 0.0 { format!("{:.3}", call / base) } else { "-".to_owned() }
        };
        println!(
            "{:<8} {kept:>7.0} {closed:>15.0} {call:>7.0} {:>13} {:>15} {:>4} MiB",
            server.name(),
            ratio(kept),
            ratio(closed),
            running.memory_mib()
        );
    }
    fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(true)
}

/// Answers a second; an error when some were not 2xx, since those are not what is measured.
fn wrk(arguments: &[&str]) -> Result<f64> {
    let output = Command::new("wrk")
        .args(["--threads", "2", "--connections", "16", "--duration", "5s"])
        .args(arguments)
        .output()
        .context("wrk does not start: `apt-get install wrk`")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name));
    if let Some(others) = line("Non-2xx or 3xx responses:") {
        bail!("{others} answers of wrk's were no 2xx");
    }
    let rate = line("Requests/sec:").context("wrk says nothing")?;
    rate.trim().parse().context("wrk's rate")
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
    let broken = report.broken();
    let unknown: Vec<&Rule> = broken.iter().filter(|rule| !cannot(server).contains(rule)).collect();
    let mended: Vec<&Rule> = cannot(server)
        .iter()
        .filter(|rule| report.findings.contains_key(rule) && !broken.contains(rule))
        .collect();
    let (rules, expectations) = report.counts();
    println!("{rules} lines hold ({expectations} expectations), {} do not", broken.len());
    for rule in cannot(server).iter().filter(|rule| broken.contains(rule)) {
        println!("known: {} cannot keep `{rule}`", server.name());
    }
    for rule in &mended {
        println!("`{rule}` holds, although {} is said not to keep it", server.name());
    }
    unknown.is_empty() && mended.is_empty()
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
    // Envoy and the Worker leave the page to a static host.
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
