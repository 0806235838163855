//! The console in every browser: what the user sees on the page, and what arrived at the clouds.

mod answers;
mod comfort;
mod copy_as;
mod demo;
mod diagnostics;
mod embed;
mod embedding;
mod errors;
mod faults;
mod form;
mod frames;
mod guards;
mod hands;
mod history;
mod host;
mod hosting;
mod instances;
mod integrity;
mod interruptions;
mod links;
mod operator;
mod payloads;
mod pictures;
mod printing;
mod proxies;
mod runs;
mod saved_keys;
mod scale;
mod screens;
mod secrets;
mod story;
mod support;
mod vault;
mod wire;

use anyhow::Result;
use relight_e2e::suite;
use std::process::ExitCode;

fn main() -> Result<ExitCode> {
    let parts = [
        story::cases(),
        screens::cases(),
        answers::cases(),
        faults::cases(),
        proxies::cases(),
        wire::cases(),
        interruptions::cases(),
        runs::cases(),
        scale::cases(),
        guards::cases(),
        hands::cases(),
        integrity::cases(),
        frames::cases(),
        diagnostics::cases(),
        form::cases(),
        comfort::cases(),
        copy_as::cases(),
        instances::cases(),
        secrets::cases(),
        payloads::cases(),
        vault::cases(),
        saved_keys::cases(),
        embedding::cases(),
        embed::cases(),
        links::cases(),
        errors::cases(),
        operator::cases(),
        host::cases(),
        history::cases(),
        hosting::cases(),
        demo::cases(),
        pictures::cases(),
        printing::cases(),
    ];
    suite::run(parts.into_iter().flatten().collect())
}
