//! What comes from the machine: browsers, Node, Python. On Debian and its relatives missing ones
//! are installed; elsewhere a sentence says what to install.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    paths,
    process::{command, read, run},
};

/// The executables that the end-to-end tests start.
pub(crate) struct Browsers {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
    pub(crate) firefox: PathBuf,
    pub(crate) geckodriver: PathBuf,
}

impl Browsers {
    /// Those named by `CHROMIUM`, `CHROMEDRIVER`, `FIREFOX` and `GECKODRIVER`, else those found.
    pub(crate) fn find() -> Result<Self> {
        Ok(Self {
            chromium: need("CHROMIUM", CHROMIUM_NAMES, "Chromium")?,
            chromedriver: need("CHROMEDRIVER", &["chromedriver"], "chromedriver")?,
            firefox: need("FIREFOX", FIREFOX_NAMES, "Firefox")?,
            geckodriver: env::var_os("GECKODRIVER")
                .map_or_else(|| paths::tool("geckodriver"), PathBuf::from),
        })
    }
}

/// Installs the browsers that are missing, where that is possible. True when it did.
pub(crate) fn ensure_browsers() -> Result<bool> {
    let mut missing = Vec::new();
    if find("CHROMIUM", CHROMIUM_NAMES).is_none() {
        missing.push("chromium");
    }
    if find("CHROMEDRIVER", &["chromedriver"]).is_none() {
        missing.push("chromium-driver");
    }
    if find("FIREFOX", FIREFOX_NAMES).is_none() {
        missing.push("firefox-esr");
    }
    // Without it the Chinese pictures show boxes. Other systems have one.
    if paths::on_path("dpkg-query").is_some() && !is_debian_package_installed("fonts-noto-cjk") {
        missing.push("fonts-noto-cjk");
    }
    install_debian_packages(&missing)?;
    // The variables and the names are checked again: a package may not have installed it.
    find("CHROMIUM", CHROMIUM_NAMES).context("Chromium is still not found")?;
    find("CHROMEDRIVER", &["chromedriver"]).context("chromedriver is still not found")?;
    find("FIREFOX", FIREFOX_NAMES).context("Firefox is still not found")?;
    Ok(!missing.is_empty())
}

/// Installs WebKit's driver with its browser, and a virtual screen, if they are missing and
/// this is Linux: elsewhere there is no WebKitGTK, and its tests are skipped. True when it did.
pub(crate) fn ensure_webkit() -> Result<bool> {
    if !cfg!(target_os = "linux") {
        println!("set-up: WebKitGTK is for Linux; what runs in it is skipped");
        return Ok(false);
    }
    ensure_programs(&[
        ("WEBKITDRIVER", "WebKitWebDriver", "webkit2gtk-driver"),
        ("XVFB", "Xvfb", "xvfb"),
    ])
}

/// Installs what makes a slow link, if it is missing and this is Linux. True when it did.
pub(crate) fn ensure_iproute() -> Result<bool> {
    if !cfg!(target_os = "linux") {
        println!("set-up: network namespaces are for Linux; what runs on a slow link is skipped");
        return Ok(false);
    }
    // Debian installs it where only root's PATH looks, and only root can use it.
    if Path::new("/usr/sbin/ip").is_file() {
        return Ok(false);
    }
    ensure_programs(&[("IP", "ip", "iproute2")])
}

/// Installs curl, if it is missing. True when it did.
pub(crate) fn ensure_curl() -> Result<bool> {
    ensure_programs(&[("CURL", "curl", "curl")])
}

/// Each is a variable that may name it, its name, and Debian's package. True when one was missing.
fn ensure_programs(programs: &[(&str, &str, &str)]) -> Result<bool> {
    let missing: Vec<&str> = programs
        .iter()
        .filter(|(variable, name, _)| find(variable, &[name]).is_none())
        .map(|(_, _, package)| *package)
        .collect();
    install_debian_packages(&missing)?;
    for (variable, name, _) in programs {
        find(variable, &[name]).with_context(|| format!("{name} is still not found"))?;
    }
    Ok(!missing.is_empty())
}

/// WebKit's driver, and `Xvfb`; none where this machine has no WebKitGTK.
pub(crate) fn webkit() -> Option<(PathBuf, PathBuf)> {
    find("WEBKITDRIVER", &["WebKitWebDriver"]).zip(find("XVFB", &["Xvfb"]))
}

/// Installs the proxy servers that are missing, where that is possible. True when it did.
pub(crate) fn ensure_proxies() -> Result<bool> {
    let is_there = |name: &str| {
        // Debian installs servers where only root's PATH looks.
        paths::on_path(name).is_some() || Path::new("/usr/sbin").join(name).is_file()
    };
    let servers = [("nginx", "nginx-light"), ("caddy", "caddy"), ("haproxy", "haproxy")];
    let missing: Vec<&str> = servers
        .into_iter()
        .filter(|(name, _)| !is_there(name))
        .map(|(_, package)| package)
        .collect();
    install_debian_packages(&missing)?;
    for (name, package) in servers {
        if !is_there(name) {
            bail!("{name} is still not found; Debian's package is {package}");
        }
    }
    Ok(!missing.is_empty())
}

/// Installs Node and npm if there are none. True when it did; an error if Node is older than that.
pub(crate) fn ensure_node(oldest_major: u32) -> Result<bool> {
    let mut missing = Vec::new();
    for (program, package) in [("node", "nodejs"), ("npm", "npm")] {
        if paths::on_path(program).is_none() && paths::on_path(&format!("{program}.cmd")).is_none()
        {
            missing.push(package);
        }
    }
    install_debian_packages(&missing)?;
    let version = read(command("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    if major.is_none_or(|major: u32| major < oldest_major) {
        bail!("Node {oldest_major} or newer is needed, here is {version}; see https://nodejs.org");
    }
    Ok(!missing.is_empty())
}

/// Makes a Python environment in `folder`, anew if there was one.
pub(crate) fn make_python_environment(folder: &Path) -> Result<()> {
    let found = ["python3", "python"].into_iter().find(|name| paths::on_path(name).is_some());
    if found.is_none() {
        install_debian_packages(&["python3", "python3-venv"])?;
    }
    let python = found.unwrap_or("python3");
    let make = || run(command(python).args(["-m", "venv", "--clear"]).arg(folder));
    // Debian has the `venv` module in a separate package.
    make().or_else(|_| {
        install_debian_packages(&["python3-venv"])?;
        make()
    })
}

const CHROMIUM_NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const FIREFOX_NAMES: &[&str] =
    &["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

fn find(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Some(path.into());
    }
    names.iter().find_map(|name| {
        let path = Path::new(name);
        if path.is_absolute() {
            return path.is_file().then(|| path.to_path_buf());
        }
        paths::on_path(name)
    })
}

fn need(variable: &str, names: &[&str], what: &str) -> Result<PathBuf> {
    find(variable, names).with_context(|| format!("{what} is not found; `{variable}` may name it"))
}

fn is_debian_package_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

/// An error that names the packages when they cannot be installed from here.
fn install_debian_packages(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if paths::on_path("apt-get").is_none() {
        bail!("please install what Debian calls: {names}");
    }
    let is_root = read(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
    // `-n`: never asks for a password, since the run may be unattended.
    let may_become_root = || {
        Command::new("sudo")
            .args(["-n", "true"])
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let prefix: &[&str] = if is_root {
        &["env"]
    } else if may_become_root() {
        &["sudo", "-n", "env"]
    } else {
        bail!("please run: sudo apt-get install {names}");
    };
    println!("set-up: apt-get install {names}");
    let apt_get = |arguments: &[&str]| {
        run(command(prefix[0])
            .args(&prefix[1..])
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"])
            .args(arguments))
    };
    apt_get(&["update"])?;
    apt_get(&[&["install", "--no-install-recommends"], packages].concat())
}
