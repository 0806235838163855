//! All that must hold, part by part.

use std::{
    cell::OnceCell,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::ValueEnum;
use serde_json::json;

use crate::{
    dist::{self, Dist},
    package, paths,
    process::{build_sandbox, cargo, command, free_port, run as run_command, start_sandbox},
    proxy_check,
    system::{self, Browsers},
    tools::{self, Tool},
};

/// One part of the tests; it can be run alone by its name. What fails soon comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// rustfmt, and clippy on both targets.
    Lint,
    /// Licences, bans and sources of the dependencies.
    Deny,
    /// Core, sandbox and xtask.
    Native,
    /// The page's components in Chromium and in Firefox.
    Wasm,
    /// The release build and its budget.
    Dist,
    /// The ES module under Node, and its types.
    Module,
    /// The npm package, and every example that uses it, in Node and in the browsers.
    Examples,
    /// The vendors' SDKs against the sandbox.
    Sdk,
    /// The configurations of `deploy/` under the real servers, against the proxy contract.
    Proxies,
    /// The grade that MDN's scanner gives the page on these servers.
    Headers,
    /// One click on a slow link, through the real servers.
    SlowLink,
    /// The console in real browsers against the sandbox.
    #[value(name = "e2e")]
    EndToEnd,
}

impl Part {
    fn tools(self) -> Vec<Tool> {
        match self {
            Self::Lint => vec![Tool::WasmTarget],
            Self::Deny => vec![Tool::CargoDeny],
            Self::Native => Vec::new(),
            Self::Wasm => {
                vec![Tool::WasmTarget, Tool::WasmBindgen, Tool::Browsers, Tool::Geckodriver]
            }
            Self::Dist | Self::Module => dist::TOOLS.to_vec(),
            Self::Examples => [dist::TOOLS, &[Tool::Examples], BROWSERS].concat(),
            Self::Sdk => vec![Tool::PythonSdks, Tool::CommandLines, Tool::NodeSdks],
            Self::Proxies => vec![Tool::Node, Tool::Proxies],
            Self::Headers => [dist::TOOLS, &[Tool::Proxies, Tool::Observatory]].concat(),
            Self::EndToEnd => [dist::TOOLS, &[Tool::Proxies], BROWSERS].concat(),
            Self::SlowLink => [dist::TOOLS, &[Tool::Proxies, Tool::Iproute], BROWSERS].concat(),
        }
    }

    fn run(self, built: &Built) -> Result<()> {
        tools::ensure(&self.tools())?;
        match self {
            Self::Lint => lint(),
            Self::Deny => deny(),
            Self::Native => native(),
            Self::Wasm => wasm(),
            Self::Dist => built.dist()?.check_budget(),
            Self::Module => module(built),
            Self::Examples => examples(built),
            Self::Sdk => sdk(),
            Self::EndToEnd => end_to_end(built),
            Self::SlowLink => slow_link(built),
            Self::Proxies => proxy_check::deployed(),
            Self::Headers => {
                built.dist()?;
                proxy_check::graded()
            }
        }
    }
}

const BROWSERS: &[Tool] = &[Tool::Browsers, Tool::Webkit, Tool::Geckodriver];

/// Sets up what the parts need, runs them all, whatever fails, and reports each result.
pub(crate) fn run(mut parts: Vec<Part>) -> ExitCode {
    if parts.is_empty() {
        parts = Part::value_variants().to_vec();
    }
    let start = Instant::now();
    let needed =
        Tool::ALL.into_iter().filter(|tool| parts.iter().any(|part| part.tools().contains(tool)));
    println!("── set-up");
    if let Err(error) = tools::ensure(&needed.collect::<Vec<_>>()) {
        // The parts that need what is missing will fail with the same words; the others run.
        println!("{error:#}");
    }
    let mut lines = vec![format!("set-up   {:>5} s", start.elapsed().as_secs())];
    let built = Built::default();
    let mut failed = 0;
    for part in &parts {
        let name = part.to_possible_value().map(|value| value.get_name().to_owned());
        let name = name.unwrap_or_default();
        println!("── {name}");
        let start = Instant::now();
        let outcome = part.run(&built);
        let seconds = start.elapsed().as_secs();
        lines.push(match outcome {
            Ok(()) => format!("{name:<8} {seconds:>5} s  passed"),
            Err(error) => {
                failed += 1;
                println!("{name} failed: {error:#}");
                format!("{name:<8} {seconds:>5} s  FAILED  {error:#}")
            }
        });
    }
    println!("── summary");
    for line in lines {
        println!("{line}");
    }
    println!("all in {} s", start.elapsed().as_secs());
    println!("{} passed, {failed} failed", parts.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The release build, made once a run for all parts that need it.
#[derive(Default)]
struct Built(OnceCell<Result<Dist, String>>);

impl Built {
    fn dist(&self) -> Result<&Dist> {
        let built = self.0.get_or_init(|| dist::build().map_err(|error| format!("{error:#}")));
        built.as_ref().map_err(|error| anyhow!("there is no release build: {error}"))
    }
}

const WASM: &str = "wasm32-unknown-unknown";

fn lint() -> Result<()> {
    run_all([
        cargo().args(["fmt", "--all", "--check"]),
        cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
        cargo()
            .args(["clippy", "--package", "relight-core", "--target", WASM])
            .args(["--", "-D", "warnings"]),
        cargo().args(["clippy", "--package", "relight", "--package", "relight-functions"]).args([
            "--all-targets",
            "--target",
            WASM,
            "--",
            "-D",
            "warnings",
        ]),
        cargo()
            .args(["clippy", "--package", "relight-sign", "--all-targets"])
            .args(["--target", WASM, "--", "-D", "warnings"]),
    ])
}

fn deny() -> Result<()> {
    // It checks every dependency of every platform; cargo has fetched only this one's so far.
    run_command(cargo().args(["fetch", "--quiet"]))?;
    run_command(command(paths::tool("cargo-deny")).args([
        "--workspace",
        "--offline",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    advisories()
}

/// What is known of the versions in the lock file, by a database that is somewhere else: where it is
/// not, that is reported.
fn advisories() -> Result<()> {
    let Some(database) = env::var_os("RELIGHT_ADVISORY_DB") else {
        println!("SKIPPED: advisories; RELIGHT_ADVISORY_DB names a checkout of their database");
        return Ok(());
    };
    tools::ensure(&[Tool::CargoAudit])?;
    // Of any age: its date is printed.
    run_command(
        command(paths::tool("cargo-audit"))
            .args(["audit", "--no-fetch", "--stale", "--db"])
            .arg(database),
    )
}

fn native() -> Result<()> {
    run_all([cargo()
        .args(["test", "--workspace", "--exclude", "relight", "--exclude", "relight-e2e"])
        .arg("--no-fail-fast")])
}

fn wasm() -> Result<()> {
    let browsers = Browsers::find()?;
    let chromium = capabilities("chromium", &browsers.chromium)?;
    let firefox = capabilities("firefox", &browsers.firefox)?;
    let outcomes = [
        ("Chromium", wasm_in("CHROMEDRIVER", &browsers.chromedriver, &chromium)),
        ("Firefox", wasm_in("GECKODRIVER", &browsers.geckodriver, &firefox)),
    ];
    let failures: Vec<String> = outcomes
        .into_iter()
        .filter_map(|(name, outcome)| Some(format!("{name}: {:#}", outcome.err()?)))
        .collect();
    ensure!(failures.is_empty(), "{}", failures.join("; "));
    Ok(())
}

fn wasm_in(variable: &str, driver: &Path, capabilities: &Path) -> Result<()> {
    println!("with {}", driver.display());
    run_command(
        cargo()
            .args(["test", "--package", "relight", "--target", WASM, "--lib", "--test", "*"])
            .arg("--no-fail-fast")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                paths::tool("wasm-bindgen-test-runner"),
            )
            // The runner uses the first driver that is named.
            .env_remove("CHROMEDRIVER")
            .env_remove("GECKODRIVER")
            .env_remove("SAFARIDRIVER")
            .env(variable, driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
            .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60"),
    )
}

/// Writes the driver's capabilities, and returns the file's name.
fn capabilities(name: &str, executable: &Path) -> Result<PathBuf> {
    let json = match name {
        "chromium" => {
            let arguments: Vec<&str> = CHROMIUM_ARGUMENTS.lines().collect();
            json!({ "goog:chromeOptions": { "binary": executable, "args": arguments } })
        }
        _ => json!({ "moz:firefoxOptions": { "binary": executable, "args": ["-headless"] } }),
    };
    let folder = paths::root().join("target/webdriver");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.json"));
    fs::write(&path, json.to_string()).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// As root it runs without its sandbox only; the other arguments stop it from calling home.
const CHROMIUM_ARGUMENTS: &str = include_str!("../../../tests/chromium-arguments.txt");

fn module(built: &Built) -> Result<()> {
    built.dist()?;
    let folder = paths::root().join("tests/module");
    let scripts = files(&folder, ".test.mjs")?;
    let tests = |module: &str| {
        let mut tests = command("node");
        tests.args(["--test", "--test-reporter=spec"]).args(&scripts);
        tests.env("RELIGHT_DIST", paths::dist()).env("RELIGHT_MODULE", module);
        tests
    };
    run_all([
        &mut tests("relight"),
        &mut tests("relight-core"),
        command("node")
            .args(["--test", "--test-reporter=spec"])
            .arg(folder.join("sign.test.mjs"))
            .env("RELIGHT_DIST", paths::dist())
            .env("RELIGHT_MODULE", "relight-sign"),
        command("node")
            .arg(paths::node_package("typescript").join("bin/tsc"))
            .args(["--strict", "--noEmit", "--skipLibCheck", "false"])
            .args(["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"])
            .args(["--lib", "es2022,dom,dom.iterable,esnext.disposable"])
            .args(["consumer.ts", "element.ts", "same.ts"].map(|name| folder.join(name))),
    ])?;
    package::document()
}

fn sdk() -> Result<()> {
    let folder = paths::root().join("tests/sdk");
    let executable = build_sandbox()?;
    run_command(cargo().args([
        "build",
        "--package",
        "relight-core",
        "--example",
        "command_lines",
    ]))?;
    let lines = format!("command_lines{}", env::consts::EXE_SUFFIX);
    let lines = paths::cargo_target().join("debug/examples").join(lines);
    let mut failures = Vec::new();
    let scripts = [(paths::python(), ".py"), (PathBuf::from("node"), ".mjs")];
    for (program, suffix) in scripts {
        for file in files(&folder, suffix)? {
            println!("with {}", file.display());
            // Each begins with a new sandbox.
            let port = free_port(0)?;
            let _sandbox = start_sandbox(&executable, port, &[])?;
            let outcome = run_command(
                command(&program)
                    .arg(&file)
                    .env("RELIGHT_SANDBOX", format!("http://127.0.0.1:{port}"))
                    .env("RELIGHT_SANDBOX_PORT", port.to_string())
                    .env("RELIGHT_COMMAND_LINES", &lines)
                    .env("RELIGHT_TCCLI", paths::python_program("command-lines", "tccli")),
            );
            if let Err(error) = outcome {
                failures.push(format!("{error:#}"));
            }
        }
    }
    ensure!(failures.is_empty(), "{}", failures.join("; "));
    Ok(())
}

fn end_to_end(built: &Built) -> Result<()> {
    built.dist()?;
    run_command(in_browsers("console")?.envs(proxy_check::servers()?).arg("--lib"))
}

fn slow_link(built: &Built) -> Result<()> {
    built.dist()?;
    run_command(in_browsers("slow-link")?.envs(proxy_check::servers()?))
}

fn examples(built: &Built) -> Result<()> {
    built.dist()?;
    let pages = package::build_examples()?;
    run_command(in_browsers("examples")?.env("RELIGHT_DIST", pages))
}

/// Cases that drive the browsers.
fn in_browsers(cases: &str) -> Result<Command> {
    let browsers = Browsers::find()?;
    let screenshots = paths::root().join("target/screenshots");
    fs::create_dir_all(&screenshots)?;
    let mut tests = cargo();
    tests
        .args(["test", "--package", "relight-e2e", "--no-fail-fast", "--test", cases])
        .env("CHROMIUM", browsers.chromium)
        .env("CHROMEDRIVER", browsers.chromedriver)
        .env("FIREFOX", browsers.firefox)
        .env("GECKODRIVER", browsers.geckodriver)
        .env("RELIGHT_DIST", paths::dist())
        .env("RELIGHT_AXE", paths::node_package("axe-core").join("axe.min.js"))
        .env("RELIGHT_SCREENSHOTS", screenshots);
    if let Some((driver, screen)) = system::webkit() {
        tests.env("WEBKITDRIVER", driver).env("XVFB", screen);
    }
    Ok(tests)
}

/// Runs all, so that one run shows all that is wrong.
fn run_all<'a>(commands: impl IntoIterator<Item = &'a mut Command>) -> Result<()> {
    let failures: Vec<String> = commands
        .into_iter()
        .filter_map(|command| run_command(command).err())
        .map(|error| format!("{error:#}"))
        .collect();
    ensure!(failures.is_empty(), "{}", failures.join("; "));
    Ok(())
}

/// The tests of a folder in the order of their names. An error when there is none, since a part
/// that ran nothing has shown nothing.
fn files(folder: &Path, suffix: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(suffix) {
            found.push(path);
        }
    }
    if found.is_empty() {
        bail!("there is no test *{suffix} in {}", folder.display());
    }
    found.sort();
    Ok(found)
}
