//! A run as a file: what was asked, which calls went out, what became of each instance. No secret,
//! token or signature is in a [`Run`], so none can get into an export.

use crate::{
    answer::{Fault, Outcome},
    eligibility::SkipReason,
    request::push_json_text,
    run::{Call, Evidence, Millis, Row, Run},
    sign::iso_8601,
    visible::visible_lines,
};
use std::{collections::VecDeque, fmt::Write as _};

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
/// need. Written by hand: what a crate for it would do is the smallest part, and none disarms.
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
    let spec = run.spec();
    let target = spec.target();
    let counts = run.counts();
    let mut json = Pretty::default();
    json.open('{');
    json.text("id", Some(&run.about().id));
    json.text("person", run.about().person.as_deref());
    json.text("cloud", Some(target.cloud.manifest().id));
    json.text("site", Some(target.site.id));
    json.text("region", Some(&target.region));
    json.text("host", Some(&target.host()));
    json.text("operation", Some(spec.operation().name));
    json.member("options");
    json.open('{');
    for (name, value) in spec.options() {
        json.text(name, Some(value.as_str()));
    }
    json.close('}');
    json.text("keyId", Some(&run.about().key_id));
    json.text("reason", Some(&run.about().reason));
    json.time("confirmedAt", Some(run.about().confirmed_at));
    json.time("startedAt", run.started_at());
    json.number("total", counts.total());
    json.member("totals");
    json.open('{');
    for outcome in Outcome::ALL {
        json.number(outcome.word(), counts.of(outcome));
    }
    json.close('}');
    json.member("calls");
    json.open('[');
    for one in run.calls() {
        call(&mut json, one);
    }
    json.close(']');
    json.member("instances");
    json.open('[');
    for row in run.rows() {
        instance(&mut json, run, row);
    }
    json.close(']');
    json.close('}');
    json.text
}

fn call(json: &mut Pretty, call: &Call) {
    json.item();
    json.open('{');
    json.text("operation", Some(call.batch.spec().operation().name));
    json.member("instanceIds");
    json.open('[');
    for id in call.batch.ids() {
        json.item();
        push_json_text(&mut json.text, id.as_str());
    }
    json.close(']');
    json.text("state", Some(call.state.word()));
    json.text("requestId", call.request_id.as_deref());
    json.number("status", call.status.map(usize::from));
    json.time("sentAt", call.sent_at);
    json.time("answeredAt", call.answered_at);
    json.close('}');
}

fn instance(json: &mut Pretty, run: &Run, row: &Row) {
    let (code, message) = fault_of(row);
    json.item();
    json.open('{');
    json.text("instanceId", Some(row.id.as_str()));
    json.text("name", Some(&row.name));
    json.text("zone", Some(&row.zone));
    json.text("address", Some(&row.address));
    json.text("outcome", Some(row.outcome.word()));
    json.text("reason", row.skipped.map(SkipReason::word));
    json.text("evidence", row.evidence.map(Evidence::word));
    json.text("previousState", row.previous_state.as_deref());
    json.text("state", row.state.as_deref());
    if code.is_empty() {
        json.text("error", None);
    } else {
        json.member("error");
        json.open('{');
        json.text("code", Some(code));
        json.text("message", Some(message));
        json.close('}');
    }
    json.text("requestId", request_id(run, row));
    json.time("sentAt", row.sent_at);
    json.time("settledAt", row.settled_at);
    json.close('}');
}

/// When a row was sent, and when it was settled.
const TIMES_KNOWN: usize = 2;

/// Writes JSON for people: one member a line, indented.
#[derive(Default)]
struct Pretty {
    text: String,
    depth: usize,
    /// The last times that were written, for the rows of a call have the same.
    times: VecDeque<(Millis, String)>,
}

impl Pretty {
    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        if !self.text.ends_with(['{', '[']) {
            self.line();
        }
        self.text.push(bracket);
    }

    /// What follows is the next one of a list.
    fn item(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
        self.line();
    }

    /// What follows is the value of this member.
    fn member(&mut self, name: &str) {
        self.item();
        push_json_text(&mut self.text, name);
        self.text.push_str(": ");
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        self.member(name);
        match value {
            Some(value) => push_json_text(&mut self.text, &plain(value)),
            None => self.text.push_str("null"),
        }
    }

    fn number(&mut self, name: &str, value: impl Into<Option<usize>>) {
        self.member(name);
        match value.into() {
            Some(value) => self.text.push_str(&value.to_string()),
            None => self.text.push_str("null"),
        }
    }

    fn time(&mut self, name: &str, at: Option<Millis>) {
        let Some(at) = at else { return self.text(name, None) };
        let known = self.times.iter().find(|known| known.0 == at).map(|known| known.1.clone());
        let words = known.unwrap_or_else(|| {
            let words = time(at);
            self.times.truncate(TIMES_KNOWN - 1);
            self.times.push_front((at, words.clone()));
            words
        });
        self.text(name, Some(&words));
    }

    fn line(&mut self) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }
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

/// With milliseconds: calls of one run are a tenth of a second apart.
fn time(at: Millis) -> String {
    let seconds = iso_8601(i64::try_from(at / 1_000).unwrap_or_default());
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at % 1_000)
}

/// A text in one line, with what cannot be seen written out: control characters move cursors, end lines
/// and make cells.
fn plain(text: &str) -> String {
    visible_lines(text).replace(['\t', '\n', '\r'], " ")
}

/// What a spreadsheet may take for the beginning of a formula, the wide forms too (OWASP, "CSV
/// Injection").
const ARMED: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Quotes a cell where it must be, and disarms one that a spreadsheet would take for a formula. Some
/// split at semicolons, and do not heed quotes inside of what is one cell to them: there is none left.
fn cell(text: &str) -> String {
    let text = plain(text).replace(';', "；");
    let armed = text.trim_start().starts_with(ARMED);
    let text = if armed { format!("'{text}") } else { text };
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::{ARMED, Pretty, cell, json};
    use crate::{
        cloud,
        eligibility::SkipReason,
        ids::parse_ids,
        plan::{PlanInput, plan},
        run::{About, Policy, Run},
    };

    #[test]
    fn an_export_is_json_with_everything_in_it() {
        let cloud = cloud::by_id("tencent").unwrap();
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
        assert_eq!(value["instances"][1]["error"], serde_json::Value::Null);
        assert_eq!(value["instances"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn a_cell_is_no_formula_and_stays_one_cell() {
        assert_eq!(cell("web-01"), "web-01");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("＝1＋1"), "'＝1＋1");
        assert_eq!(cell("\t=1"), "' =1");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"so\"\r\n"), "\"say \"\"so\"\"  \"");
        assert_eq!(cell("a;=1\tb\n=2"), "a；=1 b =2");
        assert_eq!(cell("\u{1b}[2J\u{0}\u{9b}"), "⟨U+001B⟩[2J⟨U+0000⟩⟨U+009B⟩");
        assert_eq!(cell("@x,\"y\""), "\"'@x,\"\"y\"\"\"");
        for first in ARMED {
            assert!(
                cell(&format!("{first}1")).trim_start_matches('"').starts_with('\''),
                "{first}"
            );
        }
    }

    /// Whatever a cell holds, whatever a spreadsheet splits at, and whether or not it heeds quotes:
    /// nothing in a line begins like a formula.
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
            // At commas, quotes count.
            let inner = cell(&text);
            let inner =
                inner.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&inner);
            assert!(!inner.trim_start().starts_with(ARMED), "{text:?}");
            assert!(!line.contains(char::is_control), "{text:?}");
        }
    }

    #[test]
    fn json_has_no_control_characters() {
        let mut json = Pretty::default();
        json.open('{');
        json.text("a", Some("\u{1b}[2J\u{85}\u{9b}\n\u{0}x"));
        json.close('}');
        assert!(!json.text.contains("\\u"), "{}", json.text);
        let value: serde_json::Value = serde_json::from_str(&json.text).unwrap();
        assert_eq!(value["a"], "⟨U+001B⟩[2J⟨U+0085⟩⟨U+009B⟩ ⟨U+0000⟩x");
    }

    #[test]
    fn what_is_written_looks_like_what_serde_json_writes() {
        let mut ours = Pretty::default();
        ours.open('{');
        ours.text("a", Some("x{"));
        ours.member("b");
        ours.open('[');
        ours.close(']');
        ours.member("c");
        ours.open('[');
        ours.item();
        ours.open('{');
        ours.number("d", 1);
        ours.text("e", None);
        ours.close('}');
        ours.close(']');
        ours.close('}');
        let value: serde_json::Value = serde_json::from_str(&ours.text).unwrap();
        assert_eq!(ours.text, serde_json::to_string_pretty(&value).unwrap());
    }
}
