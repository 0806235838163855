//! The page against the sandbox, rebuilt on change.

use std::{
    env,
    ffi::OsString,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    paths,
    process::{Group, build_sandbox, command, free_port, start_sandbox},
    tools::{self, Tool},
};

const PAGE_PORT: u16 = 8080;
const SANDBOX_PORT: u16 = 8911;
/// The sandbox's `SPEED_TO_WATCH`: a restart can be watched in progress and to its end.
const SPEED: &str = "8";

/// The options on the command line.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The page's port [default: 8080, or a free one].
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The sandbox's port [default: 8911, or a free one].
    #[arg(long)]
    sandbox_port: Option<u16>,
    /// Serve the release build.
    #[arg(long)]
    pub(crate) release: bool,
    /// Open no browser.
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Passed to the sandbox unchanged.
    #[arg(last = true, value_name = "SANDBOX OPTIONS")]
    pub(crate) sandbox: Vec<OsString>,
}

/// Serves until interrupted, or until one of the two servers ends.
pub(crate) fn run(options: &Options) -> Result<()> {
    // No browser, driver or Node: to look at the page, git and rustup are enough.
    tools::ensure(&[Tool::WasmTarget, Tool::WasmBindgen, Tool::Trunk])?;
    let sandbox_port = port(options.sandbox_port, SANDBOX_PORT)?;
    let page_port = port(options.port, PAGE_PORT)?;

    let executable = build_sandbox()?;
    // The sandbox's proxy allows only the configured origins, as a real one must.
    let mut arguments: Vec<OsString> = ["127.0.0.1", "localhost"]
        .into_iter()
        .flat_map(|host| ["--origin".into(), format!("http://{host}:{page_port}").into()])
        .collect();
    if !options.sandbox.iter().any(|argument| argument == "--speed") {
        arguments.extend(["--speed".into(), SPEED.into()]);
    }
    arguments.extend(options.sandbox.iter().cloned());
    let mut sandbox = start_sandbox(&executable, sandbox_port, &arguments)?;

    let mut trunk =
        Group::spawn(&mut trunk_serve(page_port, sandbox_port, options.release), "trunk")?;
    let page = format!("http://127.0.0.1:{page_port}/");
    let mut is_announced = false;
    loop {
        if let Some(status) = sandbox.ended()? {
            bail!("the sandbox ended: {status}");
        }
        if let Some(status) = trunk.ended()? {
            bail!("trunk ended: {status}");
        }
        if !is_announced && is_served(page_port) {
            is_announced = true;
            println!("\n  the console: {page}");
            println!("  the sandbox: http://127.0.0.1:{sandbox_port}/sandbox/calls");
            println!("  Ctrl-C ends both\n");
            if !options.no_open {
                open_browser(&page);
            }
        }
        thread::sleep(POLL_INTERVAL);
    }
}

const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// The chosen port, which must be free, or the default one, or any.
fn port(chosen: Option<u16>, default: u16) -> Result<u16> {
    let free = free_port(chosen.unwrap_or(default))?;
    match chosen {
        Some(chosen) if chosen != free => bail!("port {chosen} is in use already"),
        Some(_) | None => Ok(free),
    }
}

fn trunk_serve(page_port: u16, sandbox_port: u16, release: bool) -> Command {
    let mut trunk = command(paths::tool("trunk"));
    trunk
        .args(["serve", "--offline", "--address", "127.0.0.1", "--port", &page_port.to_string()])
        // The page's address is printed once it is served.
        .arg("--disable-address-lookup=true")
        // Not `dist/`, which is the release to publish.
        .arg("--dist")
        .arg(paths::root().join("target/serve"))
        .arg(format!("--proxy-backend=http://127.0.0.1:{sandbox_port}/proxy/"))
        .args(["--proxy-rewrite=/proxy/", "--proxy-no-redirect", "--proxy-no-system-proxy"]);
    if release {
        trunk.arg("--release");
    }
    trunk
}

/// Whether the page itself is served, and not only the port open. By hand: an HTTP client would be compiled on
/// the first use of every `cargo xtask` command, for this one request.
fn is_served(port: u16) -> bool {
    let get = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response)?;
        Ok(response.starts_with(b"HTTP/1.1 200"))
    };
    get().unwrap_or(false)
}

/// Opens the page in a browser; without a display it does nothing.
fn open_browser(address: &str) {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
    let mut open = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut start = Command::new("cmd");
        start.args(["/C", "start"]);
        start
    } else if has_display && paths::on_path("xdg-open").is_some() {
        Command::new("xdg-open")
    } else {
        return;
    };
    let result = open.arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Err(error) = result {
        println!("  no browser could be opened: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::SPEED;

    #[test]
    fn the_speed_is_the_one_that_the_sandbox_advises() {
        let advised = format!("pub const SPEED_TO_WATCH: f64 = {SPEED}.0;");
        assert!(include_str!("../../sandbox/src/sandbox.rs").contains(&advised));
    }
}
