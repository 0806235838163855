//! Set-up, serve, test, bench and dist: `cargo xtask help` lists the commands.
//!
//! Nothing is needed beforehand but git, rustup and a C linker. Tools are installed under
//! `target/tools` at the versions pinned in `tools.rs`, and each command installs only what it
//! uses.

mod reproducible;
mod bench;
mod dist;
mod glue;
mod package;
mod paths;
mod process;
mod package_check;
mod proxy_check;
mod integrity;
mod serve;
mod system;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::{Arg, Parser, ValueExt};

const HELP: &str = "\
cargo xtask <command>

  serve [options] [-- sandbox options]
                     build, start the sandbox, serve the page, rebuild on change
      --port N           the page's port (default: 8080, or a free one)
      --sandbox-port N   the sandbox's port (default: 8911, or a free one)
      --release          serve the release build
      --no-open          open no browser
  test [part…]       all parts, or those named: lint deny native wasm dist module sdk e2e
                     examples proxies headers
  dist               the release build in dist/, with sizes and the budget
      --twice            and once more in another folder: the same bytes must come out
  sbom               what the page is made of, as CycloneDX, in dist/relight.cdx.json
  package            the npm package of the release build, in target/package/
  bench [options]    the measurements of BENCHMARKS.md
      proxies            instead: calls a second and memory of the five servers of deploy/
      --no-build         of `dist` as it is
      --no-page          without Chromium; writes nothing
  simulate [--seeds N] [--seed K]
                     schedules of faults against the run: N of them (default: 100000), or
                     the one with number K, step by step
  proxy-check …      a proxy against the contract; `cargo xtask proxy-check --help`
  setup              everything that the other commands would install
";

fn main() -> ExitCode {
    let outcome = process::end_children_on_signal().and_then(|()| run(Parser::from_env()));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Parser) -> Result<ExitCode> {
    let Some(argument) = arguments.next()? else {
        print!("{HELP}");
        return Ok(ExitCode::FAILURE);
    };
    let command = match argument {
        Arg::Value(value) => value.string()?,
        Arg::Long("help") | Arg::Short('h') => "help".to_owned(),
        Arg::Long(_) | Arg::Short(_) => return Err(argument.unexpected().into()),
    };
    match command.as_str() {
        "help" => print!("{HELP}"),
        "setup" => {
            no_more(arguments)?;
            tools::ensure(&tools::Tool::ALL)?;
        }
        "serve" => serve::run(&serve::Options::parse(arguments)?)?,
        "test" => return Ok(test::run(&test::parse(arguments)?)),
        "dist" => {
            let is_twice = match arguments.next()? {
                None => false,
                Some(Arg::Long("twice")) => true,
                Some(other) => return Err(other.unexpected().into()),
            };
            no_more(arguments)?;
            tools::ensure(dist::TOOLS)?;
            dist::build()?.check_budget()?;
            if is_twice {
                reproducible::rebuild_and_compare()?;
            }
        }
        "sbom" => {
            no_more(arguments)?;
            tools::ensure(&[tools::Tool::Sbom])?;
            reproducible::list_parts()?;
        }
        "package" => {
            no_more(arguments)?;
            tools::ensure(dist::TOOLS)?;
            dist::build()?.check_budget()?;
            package::document()?;
            println!("{}", package::build()?.display());
        }
        "proxy-check" => return proxy_check::run(arguments),
        "bench" => {
            if arguments
                .try_raw_args()
                .is_some_and(|rest| rest.peek().is_some_and(|one| one == "proxies"))
            {
                return proxy_check::measure();
            }
            bench::run(arguments)?;
        }
        "simulate" => simulate(arguments)?,
        other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Plays schedules of the simulation in core's tests, optimised.
fn simulate(mut arguments: Parser) -> Result<()> {
    let (mut seeds, mut seed) = (100_000_u64, None::<u64>);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("seeds") => seeds = arguments.value()?.parse()?,
            Arg::Long("seed") => seed = Some(arguments.value()?.parse()?),
            Arg::Long(_) | Arg::Short(_) | Arg::Value(_) => {
                return Err(argument.unexpected().into());
            }
        }
    }
    let mut cargo = process::command("cargo");
    cargo
        .args(["test", "--release", "--package", "relight-core", "--test", "simulation"])
        .args(["--", "--nocapture"])
        .env("SIMULATION_SEEDS", seeds.to_string());
    if let Some(seed) = seed {
        cargo.env("SIMULATION_SEED", seed.to_string());
    }
    process::run(&mut cargo)
}

fn no_more(mut arguments: Parser) -> Result<()> {
    match arguments.next()? {
        Some(argument) => Err(argument.unexpected().into()),
        None => Ok(()),
    }
}
