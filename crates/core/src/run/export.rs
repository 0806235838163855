//! Exports of a run: the operation, the calls and the outcome of each instance. A [`Run`] has no
//! secret, token or signature, so no export has one.
//!
//! The published JSON Schema (`package/relight-record.schema.json`) is generated from the exported
//! types by `cargo run -p relight-core --example schema record`, and a test compares the two.

use super::{Call, CallState, Evidence, Millis, RefusedEntry, Row, Run};
use crate::{
    clouds,
    model::{
        eligibility::SkipReason,
        outcome::{Fault, Outcome},
    },
    text::{time::iso_8601, visible::visible_lines},
};
use csv::{Terminator, WriterBuilder};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Serialize, Serializer};
use std::{collections::BTreeMap, iter};

const COLUMNS: [&str; 22] = [
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
    "evidence",
    "skipReason",
    "run",
    "person",
    "cloud",
    "region",
    "operation",
    "keyId",
    "ticket",
];

/// In the outcome column of an entry that is not an instance of the run.
const REFUSED_ENTRY: &str = "refused-entry";

/// The file name of a run without extension: the UTC time of its confirmation and the beginning of
/// its id.
pub fn file_stem(run: &Run) -> String {
    let id: String = run.about().id.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    file_stem_at(run.about().confirmed_at, &id)
}

/// The file name of several runs without extension.
pub fn file_stem_at(at: Millis, of: &str) -> String {
    let time: String = iso_8601(i64::try_from(at / 1_000).unwrap_or_default())
        .chars()
        .take("2024-05-01T08:00".len())
        .filter(|one| *one != ':')
        .map(|one| if one == 'T' { '-' } else { one })
        .collect();
    ["relight", &time, of].join("-")
}

/// CSV (RFC 4180) with a header and one line per instance and per refused entry; cells that a
/// spreadsheet would take for a formula are escaped.
pub fn csv<'run>(runs: impl IntoIterator<Item = &'run Run>) -> String {
    write_csv(iter::once(COLUMNS.map(str::to_owned)).chain(runs.into_iter().flat_map(lines)))
}

fn lines(run: &Run) -> impl Iterator<Item = [String; COLUMNS.len()]> {
    let (about, target) = (run.about(), run.spec().target());
    let ends = move |evidence, skip_reason| {
        [
            evidence,
            skip_reason,
            about.id.as_str(),
            about.person.as_deref().unwrap_or_default(),
            target.cloud.id,
            &target.region,
            run.spec().operation().name,
            &about.key_id,
            &about.reason,
        ]
    };
    let instances = run.rows().iter().map(move |row| {
        let (code, message) = fault_of(row);
        let skip_reason = row.skipped.map_or("", |reason| reason.word());
        let (sent_at, settled_at) = (row.sent_at.map(time), row.settled_at.map(time));
        line(
            [
                row.id.as_str(),
                &row.name,
                &row.zone,
                &row.address,
                row.outcome.word(),
                skip_reason,
                row.previous_state.as_deref().unwrap_or_default(),
                row.state.as_deref().unwrap_or_default(),
                code,
                message,
                request_id(run, row).unwrap_or_default(),
                &sent_at.unwrap_or_default(),
                &settled_at.unwrap_or_default(),
            ],
            ends(row.evidence.map_or("", Evidence::word), skip_reason),
        )
    });
    let entries = run.refused_entries().iter().map(move |entry| {
        let mut begins = [""; 13];
        [begins[0], begins[4], begins[5]] = [&entry.text, REFUSED_ENTRY, &entry.kind];
        line(begins, ends("", &entry.kind))
    });
    instances.chain(entries)
}

fn line(begins: [&str; 13], ends: [&str; 9]) -> [String; COLUMNS.len()] {
    let mut cells = begins.into_iter().chain(ends).map(escape_formula);
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

fn write_csv<const CELLS: usize>(lines: impl Iterator<Item = [String; CELLS]>) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        // Writing to memory cannot fail, and all lines have the same number of cells.
        let _ = writer.write_record(line);
    }
    let written = writer.into_inner().ok().map(String::from_utf8);
    written.and_then(Result::ok).unwrap_or_default()
}

/// A run as JSON.
pub fn json(run: &Run) -> String {
    // Strings, numbers and maps of strings cannot fail to serialize.
    serde_json::to_string_pretty(&ExportedRun::of(run)).unwrap_or_default()
}

/// Several runs as a JSON array.
pub fn json_of_all(runs: &[Run]) -> String {
    let runs: Vec<ExportedRun> = runs.iter().map(ExportedRun::of).collect();
    serde_json::to_string_pretty(&runs).unwrap_or_default()
}

/// The record that is posted to the operator's endpoint, as JSON.
pub fn record(run: &Run) -> String {
    let record = Record { person: run.about().person.clone(), run: ExportedRun::of(run) };
    serde_json::to_string(&record).unwrap_or_default()
}

/// The JSON Schema of [`record`].
pub fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Record>();
    schema.insert("title".to_owned(), "A run record, as it is posted to `records.url`".into());
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The record that is posted to the operator's endpoint.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Record {
    /// `person` of the configuration when the run was confirmed. Reported by the page and not
    /// proven: an endpoint should rely on its own session.
    person: Option<String>,
    run: ExportedRun,
}

/// A run, as exported and as in the event `relight-run-finished`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, rename = "run")]
struct ExportedRun {
    /// Unique: a record that arrives twice has the same id.
    #[schemars(length(min = 1))]
    id: String,
    /// Who confirmed it, according to the page.
    person: Option<String>,
    cloud: &'static str,
    /// The kind of account.
    site: &'static str,
    /// Empty for a cloud without regions in its requests.
    region: String,
    host: String,
    /// The cloud's own name.
    operation: String,
    /// The cloud's own parameters.
    #[serde(serialize_with = "as_members")]
    #[schemars(with = "BTreeMap<String, String>")]
    options: Vec<(&'static str, &'static str)>,
    /// The public half of the key.
    key_id: String,
    reason: String,
    confirmed_at: Option<Time>,
    started_at: Option<Time>,
    /// The number of instances; the sum of `totals`.
    total: usize,
    /// The number of instances with each outcome.
    #[schemars(extend(
        "minProperties" = Outcome::ALL.len(),
        "propertyNames" = serde_json::json!({ "$ref": "#/$defs/Outcome" }),
    ))]
    totals: BTreeMap<Outcome, usize>,
    calls: Vec<ExportedCall>,
    instances: Vec<ExportedInstance>,
    /// Entries of the ids field that were not sent; not counted in the totals.
    refused_entries: Vec<RefusedEntry>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, rename = "call")]
struct ExportedCall {
    operation: String,
    #[schemars(length(min = 1))]
    instance_ids: Vec<String>,
    state: CallState,
    /// The cloud's request id.
    request_id: Option<String>,
    /// The HTTP status; null without a response.
    status: Option<u16>,
    sent_at: Option<Time>,
    answered_at: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, rename = "instance")]
struct ExportedInstance {
    instance_id: String,
    name: String,
    zone: String,
    address: String,
    /// Each outcome is described in docs/public-names.md.
    outcome: Outcome,
    /// Why it was skipped.
    reason: Option<SkipReason>,
    /// The same as `reason`, by its name in the CSV.
    skip_reason: Option<SkipReason>,
    /// The evidence for the outcome.
    evidence: Option<Evidence>,
    /// In the cloud's own word.
    previous_state: Option<String>,
    /// In the cloud's own word.
    state: Option<String>,
    error: Option<ExportedError>,
    request_id: Option<String>,
    sent_at: Option<Time>,
    settled_at: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "error")]
struct ExportedError {
    /// The cloud's code, or a word for what failed below the cloud.
    code: String,
    message: String,
}

/// In UTC, with milliseconds, by the clock of the user's machine.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "time")]
struct Time(#[schemars(regex(pattern = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"))] String);

impl Time {
    fn of(at: Millis) -> Self {
        Time(time(at))
    }
}

impl ExportedRun {
    fn of(run: &Run) -> Self {
        let (about, spec, counts) = (run.about(), run.spec(), run.counts());
        let target = spec.target();
        ExportedRun {
            id: plain(&about.id),
            person: about.person.as_deref().map(plain),
            cloud: target.cloud.id,
            site: target.site.id,
            region: plain(&target.region),
            host: plain(&clouds::host(target)),
            operation: spec.operation().name.to_owned(),
            options: spec.options().iter().map(|(name, value)| (*name, value.as_str())).collect(),
            key_id: plain(&about.key_id),
            reason: plain(&about.reason),
            confirmed_at: Some(Time::of(about.confirmed_at)),
            started_at: run.started_at().map(Time::of),
            total: counts.total(),
            totals: Outcome::ALL.map(|outcome| (outcome, counts.of(outcome))).into(),
            calls: run.calls().iter().map(ExportedCall::of).collect(),
            instances: run.rows().iter().map(|row| ExportedInstance::of(run, row)).collect(),
            refused_entries: run.refused_entries().iter().map(shown).collect(),
        }
    }
}

impl ExportedCall {
    fn of(call: &Call) -> Self {
        ExportedCall {
            operation: call.batch.spec().operation().name.to_owned(),
            instance_ids: call.batch.ids().iter().map(ToString::to_string).collect(),
            state: call.state,
            request_id: call.request_id.as_deref().map(plain),
            status: call.status,
            sent_at: call.sent_at.map(Time::of),
            answered_at: call.answered_at.map(Time::of),
        }
    }
}

impl ExportedInstance {
    fn of(run: &Run, row: &Row) -> Self {
        let (code, message) = fault_of(row);
        let error = || ExportedError { code: plain(code), message: plain(message) };
        ExportedInstance {
            instance_id: plain(row.id.as_str()),
            name: plain(&row.name),
            zone: plain(&row.zone),
            address: plain(&row.address),
            outcome: row.outcome,
            reason: row.skipped,
            skip_reason: row.skipped,
            evidence: row.evidence,
            previous_state: row.previous_state.as_deref().map(plain),
            state: row.state.as_deref().map(plain),
            error: (!code.is_empty()).then(error),
            request_id: request_id(run, row).map(plain),
            sent_at: row.sent_at.map(Time::of),
            settled_at: row.settled_at.map(Time::of),
        }
    }
}

fn shown(entry: &RefusedEntry) -> RefusedEntry {
    RefusedEntry { text: plain(&entry.text), kind: plain(&entry.kind), line: entry.line }
}

/// Serializes pairs as an object, in their order.
fn as_members<S: Serializer>(
    pairs: &[(&'static str, &'static str)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
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

/// With milliseconds: consecutive calls are a tenth of a second apart.
fn time(at: Millis) -> String {
    let seconds = iso_8601(i64::try_from(at / 1_000).unwrap_or_default());
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at % 1_000)
}

/// A text on one line, with invisible characters escaped: control characters move the cursor, break
/// lines and make cells.
fn plain(text: &str) -> String {
    let text = visible_lines(text);
    // Fast path: there may be ten thousand instances.
    if text.bytes().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r')) {
        text.replace(['\t', '\n', '\r'], " ")
    } else {
        text.into_owned()
    }
}

/// Characters that a spreadsheet may take for the beginning of a formula, including full-width ones
/// (OWASP, "CSV Injection").
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell that no spreadsheet takes for a formula, which the csv crate does not ensure. Semicolons
/// are replaced: some spreadsheets split at them and ignore quotes within a cell.
fn escape_formula(text: &str) -> String {
    let text = plain(text).replace(';', "；");
    let is_formula = text.trim_start().starts_with(FORMULA_STARTS);
    if is_formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::{
        COLUMNS, FORMULA_STARTS, csv, escape_formula, file_stem, json, json_of_all, plain, schema,
        write_csv,
    };
    use crate::{
        clouds,
        ids::parse_ids,
        model::{
            eligibility::SkipReason,
            plan::{PlanInput, plan},
        },
        run::{About, Policy, Run},
    };

    #[test]
    fn the_json_export_is_complete() {
        let cloud = clouds::by_id("tencent").unwrap();
        let ids: Vec<_> = parse_ids("ins-8xk2p0qa ins-8xk2p0qb", None).ids;
        let [first, second] = [0, 1].map(|at| ids[at].id.clone());
        let input = PlanInput {
            cloud,
            site: None,
            region: "ap-guangzhou".to_owned(),
            operation: "RebootInstances".into(),
            ids: vec![first],
            options: Vec::new(),
            limits: std::sync::Arc::default(),
        };
        let skipped = [(second, SkipReason::NotFound)];
        let plan = plan(&input, None).unwrap();
        let about = About {
            id: "run-7".to_owned(),
            person: Some("李雷 \"ops\"".to_owned()),
            reason: "=T-1".to_owned(),
            key_id: "AKIDEXAMPLE".to_owned(),
            confirmed_at: 1_714_550_400_042,
            ..About::default()
        };
        let run = Run::new(about, &plan, &skipped, &[], Policy::default());
        let text = json(&run);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap()["total"], 2);
        assert_eq!(value["id"], "run-7");
        assert_eq!(value["person"], "李雷 \"ops\"");
        assert_eq!(value["cloud"], "tencent");
        assert_eq!(value["totals"]["queued"], 1);
        assert_eq!(value["startedAt"], serde_json::Value::Null);
        assert_eq!(super::time(1_714_550_400_042), "2024-05-01T08:00:00.042Z");
        assert_eq!(value["calls"][0]["instanceIds"][0], "ins-8xk2p0qa");
        assert_eq!(value["calls"][0]["state"], serde_json::to_value(run.calls()[0].state).unwrap());
        assert_eq!(value["instances"][1]["outcome"], "skipped");
        assert_eq!(value["instances"][1]["reason"], "not-found");
        assert_eq!(value["instances"][1]["skipReason"], "not-found");
        assert_eq!(value["instances"][1]["error"], serde_json::Value::Null);
        assert_eq!(value["instances"].as_array().map(Vec::len), Some(2));
        assert_eq!(file_stem(&run), "relight-2024-05-01-0800-run7");
        let all: serde_json::Value =
            serde_json::from_str(&json_of_all(&[run.clone(), run.clone()])).unwrap();
        assert_eq!(all[1], value);
        let csv = csv([&run, &run]);
        let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[0].split(',').collect::<Vec<_>>(), COLUMNS);
        let about =
            ",run-7,\"李雷 \"\"ops\"\"\",tencent,ap-guangzhou,RebootInstances,AKIDEXAMPLE,'=T-1";
        assert!(lines[1..].iter().all(|line| line.ends_with(about)), "{csv}");
        assert!(lines[2].contains(",not-found,run-7,"), "{csv}");
    }

    #[test]
    fn formulas_are_escaped_and_stay_one_cell() {
        assert_eq!(cell("web-01"), "web-01");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("＝1＋1"), "'＝1＋1");
        assert_eq!(cell("\t=1"), "' =1");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"so\"\r\n"), "\"say \"\"so\"\"  \"");
        assert_eq!(cell("a;=1\tb\n=2"), "a；=1 b =2");
        assert_eq!(cell("\u{1b}[2J\u{0}\u{9b}"), "⟨U+001B⟩[2J⟨U+0000⟩⟨U+009B⟩");
        assert_eq!(cell("@x,\"y\""), "\"'@x,\"\"y\"\"\"");
        for first in FORMULA_STARTS {
            assert!(
                cell(&format!("{first}1")).trim_start_matches('"').starts_with('\''),
                "{first}"
            );
        }
    }

    /// Whatever a cell contains, at whatever character a spreadsheet splits, and whether or not it
    /// respects quotes: no part of a line begins like a formula.
    #[test]
    fn no_separator_makes_a_formula() {
        let pieces =
            ["=1", "+1", "-1", "@x", "；=1", ";", "\t", "\n", "\r", "\"", "'", " ", "a", "＝1"];
        let mut texts: Vec<String> = vec![String::new()];
        for _ in 0..3 {
            let longer = |text: &String| pieces.map(|piece| format!("{text}{piece}"));
            texts = texts.iter().flat_map(longer).collect();
        }
        for text in texts {
            let line = format!("i-1,{},running", cell(&text));
            for separator in [';', '\t', '\n', '\r'] {
                assert_eq!(line.split(separator).count(), 1, "{text:?}");
            }
            // Quotes are respected at commas.
            let inner = cell(&text);
            let inner =
                inner.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&inner);
            assert!(!inner.trim_start().starts_with(FORMULA_STARTS), "{text:?}");
            assert!(!line.contains(char::is_control), "{text:?}");
        }
    }

    #[test]
    fn invisible_characters_are_escaped() {
        let text = "\u{1b}[2J\u{85}\u{9b}\n\u{0}x";
        assert_eq!(plain(text), "⟨U+001B⟩[2J⟨U+0085⟩⟨U+009B⟩ ⟨U+0000⟩x");
    }

    /// As published in the npm package.
    #[test]
    fn the_published_schema_is_up_to_date() {
        let path = "/../../package/relight-record.schema.json";
        let path = [env!("CARGO_MANIFEST_DIR"), path].concat();
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            schema(),
            "run: cargo run -p relight-core --example schema record \
             > package/relight-record.schema.json"
        );
    }

    /// A text as the only cell of a line, without the line break.
    fn cell(text: &str) -> String {
        let line = write_csv([[escape_formula(text)]].into_iter());
        line.strip_suffix("\r\n").unwrap().to_owned()
    }
}
