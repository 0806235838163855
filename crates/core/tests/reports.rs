//! Errors as they are in public threads (`data/pasted/reports.json`), and texts of our own of the same
//! kinds (`data/pasted/kinds.json`, `second.json`): what is read in each, at which hop, whether anything was
//! done, who can act, and what must not be claimed.

use relight_core::{
    explain::{TextOptions, explain_text},
    i18n::Locale,
};
use serde_json::Value;
use std::collections::BTreeMap;

const FILES: &[(&str, &str)] = &[
    ("reports", include_str!("data/pasted/reports.json")),
    ("kinds", include_str!("data/pasted/kinds.json")),
    ("second", include_str!("data/pasted/second.json")),
];

/// How well a text was read, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Reading {
    /// Something that the text does not say was claimed.
    False,
    /// A secret is in what is shown.
    Secret,
    /// Another error was read.
    Wrong,
    /// Nothing was read.
    Missed,
    /// The right error, and something about it is missing.
    Partly,
    Right,
}

fn strings<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    match &value[key] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether an explanation is of `[cloud, code]`.
fn is_of(one: &Value, pair: &Value) -> bool {
    one["cloud"] == pair[0] && one["code"] == pair[1]
}

/// Whether an effect says what is wanted of it.
fn is_done(one: &Value, done: &str) -> bool {
    let effect = one["effect"].as_str().unwrap_or("");
    match done {
        "no" => ["nothing-done", "throttled", "clock-skew"].contains(&effect),
        _ => ["maybe-done", "maybe-echo"].contains(&effect),
    }
}

/// Every sentence of ours in an explanation.
fn sentences(one: &Value) -> String {
    let mut texts = vec![one["title"].clone(), one["meaning"].clone(), one["remedy"].clone()];
    texts.push(one["permission"]["advice"].clone());
    texts.push(one["permission"]["policy"].clone());
    texts.extend(one["hints"].as_array().into_iter().flatten().map(|hint| hint["text"].clone()));
    texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// What an explanation claims that its text does not say: ids, a region, a policy, a request id.
fn claims(one: &Value, want: &Value) -> Vec<String> {
    let mut claims = Vec::new();
    if one["requestId"].as_str().is_some_and(|id| id == "None" || id.contains('\n')) {
        claims.push(format!("request id {}", one["requestId"]));
    }
    if !want["onlyIds"].is_null() && one["instanceIds"] != want["onlyIds"] {
        claims.push(format!("ids {}", one["instanceIds"]));
    }
    if want["noIds"] == true && !one["instanceIds"].is_null() {
        claims.push(format!("ids {}", one["instanceIds"]));
    }
    for id in strings(want, "notIds") {
        if strings(one, "instanceIds").contains(&id) {
            claims.push(format!("ids {}", one["instanceIds"]));
        }
    }
    if want["noRegion"] == true && !one["region"].is_null() {
        claims.push(format!("region {}", one["region"]));
    }
    let has_policy = one["permission"]["policy"].is_string();
    if want["noPolicy"] == true && has_policy || want["policy"] == true && !has_policy {
        claims.push(format!("policy {}", one["permission"]["policy"]));
    }
    claims
}

fn judged(text: &str, want: &Value) -> (Reading, Vec<String>) {
    let mut faults = Vec::new();
    let mut worst = Reading::Right;
    let mut fault = |reading: Reading, what: String| {
        worst = worst.min(reading);
        faults.push(format!("{reading:?}: {what}"));
    };
    let read = |locale| {
        let options = TextOptions { locale, ..TextOptions::default() };
        serde_json::to_value(explain_text(text, &options)).expect("it is JSON")
    };
    let (found, chinese) = (read(Locale::En), read(Locale::Zh));
    let found = found.as_array().expect("a list");
    assert_eq!(found.len(), chinese.as_array().expect("a list").len(), "{text}");
    let shown = format!("{found:?}{chinese:?}");
    for secret in strings(want, "mustMask") {
        if shown.contains(secret) {
            fault(Reading::Secret, format!("{secret} is shown"));
        }
    }
    let told: Vec<_> =
        found.iter().map(|one| format!("{}/{}", one["cloud"], one["code"])).collect();
    if want["none"] == true {
        if !found.is_empty() {
            fault(Reading::False, format!("claims {told:?}"));
        }
        return (worst, faults);
    }
    for one in found {
        for never in strings(want, "never").into_iter().chain(strings(want, "notText")) {
            if sentences(one).contains(never) {
                fault(Reading::False, format!("says {never:?}"));
            }
        }
    }
    let Some(first) = found.first() else {
        if want["softNone"] == true {
            return (worst, faults);
        }
        fault(Reading::Missed, "nothing".to_owned());
        return (worst, faults);
    };
    let codes = |key: &str| want[key].as_array().cloned().unwrap_or_default();
    let any = codes("codesAny");
    let mut of_code = if any.is_empty() { true } else { any.iter().any(|pair| is_of(first, pair)) };
    for pair in codes("codes").iter().chain(&codes("codesAll")) {
        of_code &= found.iter().any(|one| is_of(one, pair));
    }
    if !codes("codes").is_empty() && found.len() != codes("codes").len() {
        fault(Reading::False, format!("claims {told:?}"));
    }
    if let Some(layer) = want["layer"].as_str() {
        of_code &= first["cloud"].is_null() && first["code"] == layer;
    }
    let done = match (want["browser"].as_str(), want["done"].as_str()) {
        (Some("no-answer"), _) => Some("maybe"),
        (Some(_), _) => Some("no"),
        (None, done) => done,
    };
    if !of_code {
        fault(Reading::Wrong, format!("reads {told:?}"));
    }
    if let Some(done) = done
        && !found.iter().all(|one| is_done(one, done))
    {
        fault(Reading::False, format!("done should be {done}: {}", first["effect"]));
    }
    for effect in strings(want, "effect") {
        if first["effect"] != effect {
            fault(Reading::False, format!("effect {}", first["effect"]));
        }
    }
    for key in ["retry", "retryFirst"] {
        let retries = strings(want, key);
        if !retries.is_empty() && !retries.iter().any(|retry| first["retry"] == *retry) {
            fault(Reading::Partly, format!("retry {}", first["retry"]));
        }
    }
    for (key, at) in [("requestId", "requestId"), ("hop", "hop"), ("who", "who"), ("host", "host")]
    {
        if !want[key].is_null() && first[at] != want[key] {
            fault(Reading::Partly, format!("{key} {}", first[at]));
        }
    }
    if !want["permission"].is_null() && first["permission"]["action"] != want["permission"] {
        fault(Reading::Partly, format!("action {}", first["permission"]["action"]));
    }
    for words in strings(want, "says") {
        if !sentences(first).contains(words) {
            fault(Reading::Partly, format!("does not say {words}"));
        }
    }
    for what in claims(first, want) {
        fault(Reading::False, what);
    }
    (worst, faults)
}

#[test]
fn what_stands_in_threads_is_read() {
    let mut wrong = Vec::new();
    let mut all = 0;
    for (name, file) in FILES {
        let mut figures: BTreeMap<String, usize> = BTreeMap::new();
        let cases: Vec<Value> = serde_json::from_str(file).expect("the cases are JSON");
        for case in &cases {
            let text = case["text"].as_str().expect("a case has a text");
            let (reading, faults) = judged(text, &case["want"]);
            *figures.entry(format!("{reading:?}")).or_default() += 1;
            if reading != Reading::Right {
                wrong.push(format!("{name} {}: {}", case["id"], faults.join("; ")));
            }
        }
        println!("{name}: {} texts, {figures:?}", cases.len());
        all += cases.len();
    }
    assert!(all >= 800, "only {all} texts");
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}
