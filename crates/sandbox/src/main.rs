//! The sandbox as a program: `relight-sandbox --port 8911`.

use std::{ffi::OsString, process::ExitCode};

use lexopt::{Arg, Parser, ValueExt};
use relight_sandbox::{Config, credential::Credential, fleet::Fleet, server};

const HELP: &str = "\
Three simulated clouds on loopback.

usage: relight-sandbox [options]

  --port PORT          where to listen on 127.0.0.1; 0 is a free port (default 8911)
  --speed FACTOR       how much faster than real time states move (default 1)
  --credential KEY     CLOUD=ID:SECRET[:TOKEN]; repeat for more (default: the demo keys)
  --fleet FILE         JSON array of {cloud, region, instanceId, name, state}
  --origin ORIGIN      an origin that may use /proxy besides its own; repeat for more
  --help               this text

The first line printed is the address. GET /sandbox there lists the control endpoints.
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relight-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut config = Config::default();
    let mut credentials = Vec::new();
    let mut port = 8911_u16;
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            Arg::Long("port") => {
                port = text(&mut arguments)?.parse().map_err(|_| "--port is from 0 to 65535")?;
            }
            Arg::Long("speed") => {
                config.speed = text(&mut arguments)?
                    .parse()
                    .ok()
                    .filter(|speed: &f64| speed.is_finite() && *speed > 0.0)
                    .ok_or("--speed is a number above 0")?;
            }
            Arg::Long("credential") => credentials.push(Credential::parse(&text(&mut arguments)?)?),
            Arg::Long("fleet") => {
                let file = text(&mut arguments)?;
                let json =
                    std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
                config.fleet =
                    Fleet::from_json(&json).map_err(|error| format!("{file}: {error}"))?;
            }
            Arg::Long("origin") => config.origins.push(text(&mut arguments)?),
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    if !credentials.is_empty() {
        config.credentials = credentials;
    }
    let running =
        server::start_on(config, port).map_err(|error| format!("port {port}: {error}"))?;
    println!("{}", running.url());
    running.wait();
    Ok(())
}

fn text(arguments: &mut Parser) -> Result<String, String> {
    let value: OsString = arguments.value().map_err(|error| error.to_string())?;
    value.string().map_err(|error| error.to_string())
}
