//! Set-up, serve, test, bench and dist: `cargo xtask help` lists the commands.
//!
//! Nothing is needed beforehand but git, rustup and a C linker. Tools are installed under
//! `target/tools` at the versions pinned in `tools.rs`, and each command installs only what it
//! uses.

mod reproducible;
mod bench;
mod dist;
mod package;
mod paths;
mod process;
mod package_check;
mod proxy_check;
mod integrity;
mod serve;
mod split;
mod system;
mod test;
mod tools;

use std::{ffi::OsString, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Tasks that are not plain cargo. You need git, rustup and a C linker.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build, start the sandbox, serve the page, rebuild on change.
    Serve(serve::Options),
    /// All parts of the tests, or those named.
    Test {
        /// In the order in which they run.
        parts: Vec<test::Part>,
    },
    /// The release build in dist/, with sizes and the budget.
    Dist {
        /// Builds once more in another folder: the bytes must be the same.
        #[arg(long)]
        twice: bool,
    },
    /// The page's dependencies as CycloneDX, in dist/relight.cdx.json.
    Sbom,
    /// The npm package of the release build, in target/package/.
    Package,
    /// The measurements of BENCHMARKS.md.
    Bench(bench::Options),
    /// Simulates runs with random faults.
    Simulate {
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        seeds: u64,
        /// Only the one with this number, step by step.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Tests a proxy against the contract; see `cargo xtask proxy-check --help`.
    #[command(disable_help_flag = true)]
    ProxyCheck {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Installs everything that the other commands need.
    Setup,
}

fn main() -> ExitCode {
    if split::is_wanted() {
        return ended(split::run_wasm_bindgen().map(|()| ExitCode::SUCCESS));
    }
    let Arguments { command } = Arguments::parse();
    let outcome = process::end_children_on_signal().and_then(|()| run(command));
    ended(outcome)
}

fn ended(outcome: Result<ExitCode>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve(options) => serve::run(&options)?,
        Command::Test { parts } => return Ok(test::run(parts)),
        Command::Dist { twice } => {
            tools::ensure(dist::TOOLS)?;
            dist::build()?.check_budget()?;
            if twice {
                reproducible::rebuild_and_compare()?;
            }
        }
        Command::Sbom => {
            tools::ensure(&[tools::Tool::Sbom])?;
            reproducible::list_parts()?;
        }
        Command::Package => {
            tools::ensure(dist::TOOLS)?;
            dist::build()?.check_budget()?;
            package::document()?;
            println!("{}", package::build()?.display());
        }
        Command::Bench(options) => bench::run(&options)?,
        Command::Simulate { seeds, seed } => simulate(seeds, seed)?,
        Command::ProxyCheck { arguments } => return proxy_check::run(&arguments),
        Command::Setup => tools::ensure(&tools::Tool::ALL)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs schedules of the simulation in core's tests, optimised.
fn simulate(seeds: u64, seed: Option<u64>) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::{Arguments, Command, test::Part};
    use clap::{CommandFactory, Parser};

    fn parse(words: &str) -> Result<Command, clap::Error> {
        let words = words.split(' ');
        Arguments::try_parse_from(std::iter::once("xtask").chain(words)).map(|read| read.command)
    }

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn arguments_after_the_dashes_go_to_the_sandbox() {
        let read = parse("serve --port 9000 --no-open -- --fleet x.json");
        let Ok(Command::Serve(options)) = read else { panic!("{read:?}") };
        assert_eq!(options.port, Some(9000));
        assert!(options.no_open && !options.release);
        assert_eq!(options.sandbox, ["--fleet", "x.json"]);
    }

    #[test]
    fn parts_keep_their_order() {
        let read = parse("test e2e lint");
        let Ok(Command::Test { parts }) = read else { panic!("{read:?}") };
        assert_eq!(parts, [Part::EndToEnd, Part::Lint]);
    }

    #[test]
    fn the_proxy_check_has_options_of_its_own() {
        let read = parse("proxy-check --help --origin x");
        let Ok(Command::ProxyCheck { arguments }) = read else { panic!("{read:?}") };
        assert_eq!(arguments, ["--help", "--origin", "x"]);
    }

    #[test]
    fn a_wrong_argument_is_refused_with_the_valid_ones() {
        assert!(parse("serve --prot 9000").is_err() && parse("serve --port many").is_err());
        let error = parse("test wsam").unwrap_err().to_string();
        assert!(error.contains("wsam") && error.contains("wasm"), "{error}");
    }
}
