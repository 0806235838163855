//! What people paste, as texts to read in `data/pasted`: what is recognised in each, and that
//! nothing is claimed where there is nothing.

use relight_core::{
    explain::{Explanation, TextOptions, explain_text},
    i18n::Locale,
};
use std::collections::BTreeMap;

/// The files, by what is pasted.
const FILES: &[(&str, &str)] = &[
    ("JSON", include_str!("data/pasted/json.txt")),
    ("XML", include_str!("data/pasted/xml.txt")),
    ("Python", include_str!("data/pasted/python.txt")),
    ("Node and browsers", include_str!("data/pasted/node.txt")),
    ("Go", include_str!("data/pasted/go.txt")),
    ("Java", include_str!("data/pasted/java.txt")),
    ("other clients, chats, tickets", include_str!("data/pasted/others.txt")),
    ("command lines", include_str!("data/pasted/cli.txt")),
    ("logs", include_str!("data/pasted/logs.txt")),
    ("bare codes", include_str!("data/pasted/bare.txt")),
    ("web pages", include_str!("data/pasted/pages.txt")),
    ("several at once", include_str!("data/pasted/several.txt")),
];

const UNRELATED: &str = include_str!("data/pasted/unrelated.txt");

struct Sample<'t> {
    name: &'t str,
    expected: Vec<String>,
    text: &'t str,
}

/// The texts of a file. A line that begins with `@@` opens one.
fn samples(file: &str) -> Vec<Sample<'_>> {
    file.strip_prefix("@@")
        .expect("a file begins with a sample")
        .split("\n@@")
        .map(|sample| {
            let (head, text) = sample.split_once('\n').unwrap_or((sample, ""));
            let (name, expected) = head.split_once('|').unwrap_or((head, ""));
            let expected = expected.split(';').map(str::trim).filter(|one| !one.is_empty());
            Sample { name: name.trim(), expected: expected.map(str::to_owned).collect(), text }
        })
        .collect()
}

/// How an explanation is written in the files.
fn told(one: &Explanation) -> String {
    let code = one.code.as_deref().unwrap_or("");
    let request_id = one.request_id.as_deref().unwrap_or("-");
    match (one.recognised, one.cloud) {
        (true, Some(cloud)) => format!("{cloud}/{code} {request_id}"),
        (true, None) => format!("page/{code} {request_id}"),
        (false, Some(cloud)) => format!("{cloud}/?{code} {request_id}"),
        (false, None) => format!("?{code} {request_id}"),
    }
}

#[test]
fn what_people_paste_is_recognised() {
    let mut wrong = Vec::new();
    let mut figures = Vec::new();
    let (mut right, mut all) = (0, 0);
    for (kind, file) in FILES {
        let (mut right_here, mut all_here) = (0, 0);
        for sample in samples(file) {
            assert!(!sample.expected.is_empty(), "{}", sample.name);
            all_here += 1;
            let mut is_right = true;
            for locale in Locale::ALL {
                let options = TextOptions { locale, ..TextOptions::default() };
                let found = explain_text(sample.text, &options);
                let seen: Vec<_> = found.iter().map(told).collect();
                if seen != sample.expected {
                    is_right = false;
                    let Sample { name, expected, .. } = &sample;
                    wrong.push(format!(
                        "{kind}: {name}\n  expected {expected:?}\n  found    {seen:?}"
                    ));
                    break;
                }
                for one in &found {
                    assert!(
                        one.detected_format.is_some() && !one.original.is_empty(),
                        "{}",
                        sample.name
                    );
                }
            }
            right_here += usize::from(is_right);
        }
        figures.push(format!("{kind} {right_here}/{all_here}"));
        right += right_here;
        all += all_here;
    }
    println!("recognised {right} of {all} pasted texts: {}", figures.join(", "));
    assert!(all >= 120, "only {all} samples");
    assert_eq!(right, all, "\n{}", wrong.join("\n"));
}

#[test]
fn unrelated_texts_claim_nothing() {
    let samples = samples(UNRELATED);
    assert!(samples.len() >= 50, "only {} texts", samples.len());
    let claims: Vec<_> = samples
        .iter()
        .filter_map(|sample| {
            let found = explain_text(sample.text, &TextOptions::default());
            (!found.is_empty()).then(|| (sample.name, found.iter().map(told).collect::<Vec<_>>()))
        })
        .collect();
    println!("{} false claims on {} unrelated texts", claims.len(), samples.len());
    assert_eq!(claims, []);
}

#[test]
fn every_format_is_told_by_its_cloud() {
    // The cloud that a text comes from is named by whoever knows it; the result is the same or more.
    let mut by_cloud: BTreeMap<String, usize> = BTreeMap::new();
    for (_, file) in FILES {
        for sample in samples(file) {
            for expected in &sample.expected {
                let cloud = expected.split('/').next().unwrap_or("").to_owned();
                *by_cloud.entry(cloud).or_default() += 1;
            }
        }
    }
    for cloud in relight_core::clouds::ALL {
        let id = cloud.id;
        assert!(by_cloud.get(id).is_some_and(|count| *count >= 20), "{id}: {by_cloud:?}");
    }
}
