//! The measurements of BENCHMARKS.md: the module and the page against their alternatives.
//!
//! The measuring itself is in `bench/`, in JavaScript like the alternatives. Nothing here is a test: a time
//! depends on the machine, so no time makes anything fail.

use anyhow::Result;
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
    // The peers, by `bench/package-lock.json`, outside of the sources.
    tools::npm_packages("bench", &paths::root().join("bench"), &packages())?;
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

fn packages() -> std::path::PathBuf {
    paths::root().join("target/bench")
}
