//! A run as a file: what was asked, which calls went out, what became of each instance. No secret,
//! token or signature is in a [`Run`], so none can get into an export.

use crate::{
    answer::{Fault, Outcome},
    run::{Call, Millis, Row, Run},
    sign::iso_8601,
};
use serde_json::{Value, json};
use std::fmt::Write as _;

const COLUMNS: [&str; 13] = [
    "instanceId",
    "name",
    "zone",
    "address",
    "outcome",
    "reason",
    "previousState",
    "state",
    "code",
    "message",
    "requestId",
    "sentAt",
    "settledAt",
];

/// One line an instance, with a head; RFC 4180, with the marks against formulas that spreadsheets
/// need.
pub fn csv(run: &Run) -> String {
    let mut text = COLUMNS.join(",");
    text.push_str("\r\n");
    for row in run.rows() {
        let (code, message) = fault_of(row);
        let cells = [
            row.id.as_str(),
            &row.name,
            &row.zone,
            &row.address,
            row.outcome.word(),
            row.skipped.map_or("", |reason| reason.word()),
            row.previous_state.as_deref().unwrap_or_default(),
            row.state.as_deref().unwrap_or_default(),
            code,
            message,
            request_id(run, row).unwrap_or_default(),
            &row.sent_at.map(time).unwrap_or_default(),
            &row.settled_at.map(time).unwrap_or_default(),
        ]
        .map(cell);
        let _ = write!(text, "{}\r\n", cells.join(","));
    }
    text
}

/// Everything, as JSON.
pub fn json(run: &Run) -> String {
    let order = run.order();
    let target = order.target();
    let options: serde_json::Map<String, Value> = order
        .options()
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
        .collect();
    let counts = run.counts();
    let totals: serde_json::Map<String, Value> = Outcome::ALL
        .iter()
        .map(|outcome| (outcome.word().to_owned(), Value::from(counts.of(*outcome))))
        .collect();
    let value = json!({
        "cloud": target.cloud.manifest().id,
        "site": target.site.id,
        "region": target.region,
        "host": target.host(),
        "operation": order.operation().name,
        "options": options,
        "startedAt": run.started_at().map(time),
        "total": counts.total(),
        "totals": totals,
        "calls": run.calls().iter().map(call).collect::<Vec<_>>(),
        "instances": run.rows().iter().map(|row| instance(run, row)).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

fn call(call: &Call) -> Value {
    json!({
        "operation": call.batch.order().operation().name,
        "instanceIds": call.batch.ids().iter().map(crate::ids::InstanceId::as_str).collect::<Vec<_>>(),
        "state": call.state,
        "requestId": call.request_id,
        "status": call.status,
        "sentAt": call.sent_at.map(time),
        "answeredAt": call.answered_at.map(time),
    })
}

fn instance(run: &Run, row: &Row) -> Value {
    let (code, message) = fault_of(row);
    json!({
        "instanceId": row.id.as_str(),
        "name": row.name,
        "zone": row.zone,
        "address": row.address,
        "outcome": row.outcome,
        "reason": row.skipped,
        "evidence": row.evidence,
        "previousState": row.previous_state,
        "state": row.state,
        "error": (!code.is_empty()).then(|| json!({ "code": code, "message": message })),
        "requestId": request_id(run, row),
        "sentAt": row.sent_at.map(time),
        "settledAt": row.settled_at.map(time),
    })
}

fn fault_of(row: &Row) -> (&str, &str) {
    match row.fault.as_deref() {
        None => ("", ""),
        Some(Fault::Cloud(report)) => (&report.code, &report.message),
        Some(Fault::Layer { word, text }) => (word, text),
    }
}

fn request_id<'run>(run: &'run Run, row: &Row) -> Option<&'run str> {
    run.calls().get(row.call?)?.request_id.as_deref()
}

fn time(at: Millis) -> String {
    iso_8601(i64::try_from(at / 1_000).unwrap_or_default())
}

/// Quotes a cell where it must be, and disarms one that a spreadsheet would take for a formula.
fn cell(text: &str) -> String {
    let armed = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if armed { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
