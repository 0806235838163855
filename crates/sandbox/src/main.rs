//! The sandbox as a program: `relight-sandbox --port 8911`.

use std::process::ExitCode;

use clap::Parser;
use relight_sandbox::{Config, credential::Credential, fleet::Fleet, server};

/// Three simulated clouds on loopback.
///
/// The first line printed is the address. GET /sandbox there lists the control endpoints.
#[derive(Parser)]
#[command(name = "relight-sandbox", max_term_width = 100)]
struct Arguments {
    /// Where to listen on 127.0.0.1; 0 is a free port.
    #[arg(long, default_value_t = 8911)]
    port: u16,
    /// How much faster than real time states move.
    #[arg(long, value_name = "FACTOR", value_parser = speed)]
    speed: Option<f64>,
    /// CLOUD=ID:SECRET[:TOKEN]; repeat for more [default: the demo keys].
    // Not parsed by clap, whose errors would show the secret.
    #[arg(long, value_name = "KEY")]
    credential: Vec<String>,
    /// JSON array of {cloud, region, instanceId, name, state}.
    #[arg(long, value_name = "FILE", value_parser = fleet)]
    fleet: Option<Fleet>,
    /// An origin that may use /proxy besides its own; repeat for more.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relight-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { port, speed, credential, fleet, origin } = arguments;
    let mut config = Config::default();
    config.origins.extend(origin);
    config.speed = speed.unwrap_or(config.speed);
    config.fleet = fleet.unwrap_or(config.fleet);
    if !credential.is_empty() {
        let keys = credential.iter().map(|text| Credential::parse(text));
        config.credentials = keys.collect::<Result<_, _>>()?;
    }
    let running =
        server::start_on(config, port).map_err(|error| format!("port {port}: {error}"))?;
    println!("{}", running.url());
    running.wait();
    Ok(())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed: &f64| speed.is_finite() && *speed > 0.0);
    speed.ok_or_else(|| "it is a number above 0".to_owned())
}

fn fleet(file: &str) -> Result<Fleet, String> {
    let json = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    Fleet::from_json(&json)
}
