//! The measurements of BENCHMARKS.md: the module and the page against their alternatives.
//!
//! The measuring itself is in `bench/`, in JavaScript like the alternatives. Nothing here is a test: a time
//! depends on the machine, so no time makes anything fail.

use std::fs;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::{
    dist, paths,
    process::{build_sandbox, command, run as run_command},
    proxy_check,
    system::Browsers,
    tools::{self, Tool},
};

/// What is measured.
#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(subcommand)]
    other: Option<Other>,
    /// Measure the existing `dist`.
    #[arg(long)]
    no_build: bool,
    /// Without Chromium; writes no BENCHMARKS.md.
    #[arg(long)]
    no_page: bool,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Requests per second and memory of the five servers of deploy/, instead.
    Proxies,
}

/// Builds `dist`, installs the peers, measures, prints, and writes BENCHMARKS.md.
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Some(Other::Proxies) = options.other {
        return proxy_check::measure();
    }
    tools::ensure(dist::TOOLS)?;
    if !options.no_build {
        dist::build()?;
    }
    install_peers()?;
    // The same code without wasm, as a yardstick.
    run_command(
        command("cargo")
            .args(["build", "--release", "--package", "relight-core", "--example", "explain"])
            .current_dir(paths::root()),
    )?;
    let mut bench = command("node");
    bench
        .arg(paths::root().join("bench/main.mjs"))
        .env("RELIGHT_DIST", paths::dist())
        .env("RELIGHT_BENCH_PACKAGES", packages())
        .env("RELIGHT_BENCH_NATIVE", paths::cargo_target().join("release/examples/explain"));
    if !options.no_page {
        tools::ensure(&[Tool::Browsers])?;
        bench.arg("--chromium").arg(Browsers::find()?.chromium);
        bench.arg("--sandbox").arg(build_sandbox()?);
        // Without the page the report would be incomplete.
        bench.arg("--write").arg(paths::root().join("BENCHMARKS.md"));
    }
    run_command(bench.args(["--command", "cargo xtask bench"]))
}

/// The peers, by `bench/package-lock.json`, outside of the sources.
fn install_peers() -> Result<()> {
    let source = paths::root().join("bench");
    let target = packages();
    let lock = source.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    let stamp = target.join("installed.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("set-up: the peers of the benchmarks");
    fs::create_dir_all(&target)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(source.join(name), target.join(name)).with_context(|| name.to_owned())?;
    }
    run_command(
        command("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&target),
    )?;
    fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())
}

fn packages() -> std::path::PathBuf {
    paths::root().join("target/bench")
}
