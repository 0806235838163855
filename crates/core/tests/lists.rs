//! Lists of ids as people paste them: what is sent, what is not, and what is said of it.

use relight_core::{
    clouds,
    ids::{ParsedIds, parse_ids},
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    name: String,
    #[expect(dead_code, reason = "for who reads the file")]
    source: String,
    text: String,
    /// What is sent, in this order.
    ids: Vec<String>,
    /// What must not be sent, nor offered instead of something else.
    #[serde(default)]
    never: Vec<String>,
    /// What is named as not sent, or sent with a warning.
    #[serde(default)]
    warned: Vec<String>,
    /// What is sent with a warning.
    #[serde(default)]
    warned_ids: Vec<String>,
    /// What is offered instead of what is there.
    #[serde(default)]
    suggested: Vec<String>,
    /// Nothing of it is a problem.
    #[serde(default)]
    quiet: bool,
    /// At most so many problems.
    problems_max: Option<usize>,
    /// So many problems.
    problems: Option<usize>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("data/lists.json")).unwrap()
}

fn ids(parsed: &ParsedIds) -> Vec<&str> {
    parsed.ids.iter().map(|id| id.id.as_str()).collect()
}

fn wrong(case: &Case) -> Vec<String> {
    let parsed = parse_ids(&case.text, None);
    let mut wrong = Vec::new();
    let ids = ids(&parsed);
    let problems: Vec<String> = parsed
        .problems
        .iter()
        .map(|problem| format!("{} {} {:?}", problem.kind.word(), problem.text, problem.suggestion))
        .collect();
    if ids != case.ids {
        wrong.push(format!("sends {ids:?}"));
    }
    for never in &case.never {
        let offered = |id: &Option<String>| id.as_ref() == Some(never);
        if ids.contains(&never.as_str())
            || parsed.problems.iter().any(|problem| offered(&problem.suggestion))
        {
            wrong.push(format!("takes {never}"));
        }
    }
    let has_warning = |text: &str| {
        parsed.ids.iter().any(|id| id.id.as_str() == text && (id.unusual || id.rounded))
    };
    for text in &case.warned {
        if !problems.iter().any(|problem| problem.contains(text.as_str())) && !has_warning(text) {
            wrong.push(format!("says nothing of {text}"));
        }
    }
    for text in case.warned_ids.iter().filter(|text| !has_warning(text)) {
        wrong.push(format!("does not warn of {text}"));
    }
    for text in &case.suggested {
        if !parsed.problems.iter().any(|problem| problem.suggestion.as_ref() == Some(text)) {
            wrong.push(format!("does not offer {text}"));
        }
    }
    let count = problems.len();
    if case.quiet && count > 0
        || case.problems_max.is_some_and(|max| count > max)
        || case.problems.is_some_and(|exact| count != exact)
    {
        wrong.push(format!("{count} problems: {problems:?}"));
    }
    for cloud in clouds::ALL.iter().copied() {
        let own: Vec<&str> = case
            .ids
            .iter()
            .map(String::as_str)
            .filter(|id| (cloud.ids.strict)(id) || (cloud.ids.lenient)(id))
            .collect();
        let chosen = parse_ids(&case.text, Some(cloud));
        let sent = self::ids(&chosen);
        if sent != own {
            wrong.push(format!("sends {sent:?} to {cloud:?}"));
        }
    }
    wrong
}

#[test]
fn every_list_is_read_as_it_should_be() {
    let cases = cases();
    let all = cases.len();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let wrong = wrong(case);
            (!wrong.is_empty()).then(|| format!("{}\n    {}", case.name, wrong.join("\n    ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {all} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
