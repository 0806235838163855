//! What is handed to the operator of a run, held against the schema that is published.

use relight_core::run::{Run, export};
use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let text = include_str!("../../../../package/relight-record.schema.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
});

/// The record says what the run is, in the shape that is published.
pub(crate) fn fits(run: &Run) -> Result<(), String> {
    let text = export::record(run);
    let record: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let run = &record["run"];
    let sum: u64 =
        run["totals"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum();
    if Some(sum) != run["total"].as_u64()
        || run["instances"].as_array().map(Vec::len) != usize::try_from(sum).ok()
    {
        return Err(format!("the record does not add up: {text}"));
    }
    SCHEMA.validate(&record).map_err(|error| format!("{}: {error}", error.instance_path()))
}
