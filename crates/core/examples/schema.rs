//! Prints the JSON Schema of `relight.json`, as it is published in `static/relight.schema.json`; with
//! the argument `record` that of a run record, as it is in `package/relight-record.schema.json`.

use relight_core::{config, run::export};
use std::env;

fn main() {
    let is_record = env::args().nth(1).is_some_and(|argument| argument == "record");
    print!("{}", if is_record { export::schema() } else { config::schema() });
}
