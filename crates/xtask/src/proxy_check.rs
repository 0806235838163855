//! The proxy contract, as `crates/proxy-check` tests it. It is a separate crate: TLS and
//! certificates would make every other command wait for their compilation.

use std::{ffi::OsString, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    paths,
    process::{cargo, run as run_command},
    tools::{self, Tool},
};

/// Checks what the arguments name; they are the other program's own. The exit code is its: 0 when
/// every line holds, 1 when one does not, 2 when the proxy was not reached.
pub(crate) fn run(arguments: &[OsString]) -> Result<ExitCode> {
    // In this process group and on this terminal: the user may have to press Enter.
    let status = checker()
        .args(arguments)
        .current_dir(std::env::current_dir()?)
        .status()
        .context("cargo does not start")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, Into::into))
}

/// Holds the five real servers to it, with the configurations of `deploy/`.
pub(crate) fn deployed() -> Result<()> {
    run_command(checker().arg("--deploy").envs(servers()?))
}

/// The variables that name the servers which are not where the system keeps such.
pub(crate) fn servers() -> Result<[(&'static str, PathBuf); 2]> {
    let envoy = paths::proxies().join("python/bin/envoy");
    ensure!(envoy.is_file(), "{} is missing", envoy.display());
    Ok([("ENVOY", envoy), ("WORKERD", workerd()?)])
}

/// Measures the five real servers with `wrk`, one after the other.
pub(crate) fn measure() -> Result<()> {
    tools::ensure(&[Tool::Node, Tool::Proxies])?;
    // Optimised, or the simulated clouds would be what is measured.
    let mut checker = cargo();
    checker.args(["run", "--quiet", "--profile", "measure", "--package", "relight-proxy-check"]);
    run_command(checker.args(["--", "--measure"]).envs(servers()?))
}

/// Lets MDN's scanner grade the release on nginx, Caddy and HAProxy. An error below A+.
pub(crate) fn graded() -> Result<()> {
    run_command(
        checker()
            .arg("--grade")
            .arg(paths::root().join("tests/headers/observatory.mjs"))
            .arg("--page-folder")
            .arg(paths::dist())
            .env(
                "RELIGHT_OBSERVATORY",
                paths::observatory().join("node_modules/@mdn/mdn-http-observatory"),
            ),
    )
}

/// The program itself, which npm has in a package for each platform: the package `workerd` only
/// chooses among them, and what it starts is not ended with it.
fn workerd() -> Result<PathBuf> {
    let folder = paths::proxies().join("node/node_modules/@cloudflare");
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path().join("bin/workerd");
        if path.is_file() {
            return Ok(path);
        }
    }
    bail!("there is no workerd in {}", folder.display())
}

fn checker() -> std::process::Command {
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "relight-proxy-check", "--"]);
    command
}
