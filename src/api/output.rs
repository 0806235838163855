//! What the functions return, in the shapes of `types.ts`.

use super::signed::Pairs;
use relight_core::{
    clouds,
    i18n::{Locale, Text},
    ids::{self, IdProblem},
    model::{
        instance_id::InstanceId,
        outcome::{BatchAnswer, Fault, InstanceAnswer, Outcome},
        plan::{self, Batch},
    },
    signing::request::{Payload, Request, Unsigned},
};
use serde::{Serialize, Serializer};

/// A text in every language.
pub(super) struct Words(pub(super) Text);

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let locales = Locale::ALL.into_iter();
        serializer.collect_map(locales.map(|locale| (locale, self.0.in_locale(locale))))
    }
}

/// The module's `ParsedIds`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ParsedIds<'a> {
    ids: Vec<ParsedId<'a>>,
    problems: Vec<Problem<'a>>,
    ignored: u32,
    ignored_examples: &'a [String],
}

impl<'a> ParsedIds<'a> {
    pub(super) fn new(parsed: &'a ids::ParsedIds, locale: Locale) -> Self {
        ParsedIds {
            ids: parsed
                .ids
                .iter()
                .map(|parsed| ParsedId {
                    id: parsed.id.as_str(),
                    cloud: parsed.cloud.id,
                    line: parsed.line,
                    warning: parsed.unusual.then(|| unusual(parsed, locale)),
                })
                .collect(),
            problems: problems(&parsed.problems, locale),
            ignored: parsed.ignored,
            ignored_examples: &parsed.ignored_examples,
        }
    }
}

/// The module's `Plan`.
#[derive(Serialize)]
pub(super) struct Plan<'a> {
    calls: Vec<Call<'a>>,
    problems: Vec<Problem<'a>>,
    warnings: Vec<String>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(plan: &'a plan::Plan, problems: &'a [IdProblem], locale: Locale) -> Self {
        Plan {
            calls: plan.batches.iter().map(Call::new).collect(),
            problems: self::problems(problems, locale),
            warnings: plan.warnings.iter().map(|warning| warning.sentence(locale)).collect(),
        }
    }

    /// No calls, only problems.
    pub(super) fn empty(problems: &'a [IdProblem], locale: Locale) -> Self {
        let problems = self::problems(problems, locale);
        Plan { calls: Vec::new(), problems, warnings: Vec::new() }
    }
}

/// The module's `BatchOutcome`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BatchOutcome<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    instances: Vec<InstanceOutcome<'a>>,
}

impl<'a> BatchOutcome<'a> {
    pub(super) fn new(answer: &'a BatchAnswer) -> Self {
        BatchOutcome {
            request_id: answer.request_id.as_deref(),
            instances: answer.instances.iter().map(InstanceOutcome::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct ParsedId<'a> {
    id: &'a str,
    cloud: &'static str,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

#[derive(Serialize)]
struct Problem<'a> {
    kind: &'static str,
    text: &'a str,
    line: u32,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Call<'a> {
    operation: &'static str,
    instance_ids: Vec<&'a str>,
    request: UnsignedRequest,
}

impl<'a> Call<'a> {
    fn new(batch: &'a Batch) -> Self {
        Call {
            operation: batch.spec().operation().name,
            instance_ids: batch.ids().iter().map(InstanceId::as_str).collect(),
            request: UnsignedRequest(clouds::request(batch)),
        }
    }
}

struct UnsignedRequest(Request<Unsigned>);

impl Serialize for UnsignedRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            method: &'static str,
            url: String,
            host: &'a str,
            path: &'static str,
            action: &'static str,
            version: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            region: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            query: Option<Pairs<'a>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            body: Option<&'a str>,
        }
        let content = self.0.content();
        let (query, body) = match &content.payload {
            Payload::Query(pairs) => {
                let pairs = pairs.iter().map(|(name, value)| (&**name, &**value));
                (Some(Pairs(pairs.collect())), None)
            }
            Payload::Json(body) => (None, Some(&**body)),
        };
        Shape {
            method: content.method,
            url: format!("https://{}{}", content.host, content.path),
            host: &content.host,
            path: content.path,
            action: content.action,
            version: content.version,
            region: content.region.as_deref(),
            query,
            body,
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstanceOutcome<'a> {
    instance_id: &'a str,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorWords<'a>>,
}

#[derive(Serialize)]
struct ErrorWords<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> InstanceOutcome<'a> {
    fn new(answer: &'a InstanceAnswer) -> Self {
        InstanceOutcome {
            instance_id: answer.id.as_str(),
            outcome: answer.outcome,
            previous_state: answer.previous_state.as_deref(),
            state: answer.state.as_deref(),
            error: answer.fault.as_deref().map(|fault| match fault {
                Fault::Cloud(report) => ErrorWords { code: &report.code, message: &report.message },
                Fault::Layer { word, text } => ErrorWords { code: word, message: text },
            }),
        }
    }
}

fn problems(problems: &[IdProblem], locale: Locale) -> Vec<Problem<'_>> {
    problems
        .iter()
        .map(|problem| Problem {
            kind: problem.kind.word(),
            text: &problem.text,
            line: problem.line,
            message: problem.sentence(locale),
            cloud: problem.cloud.map(|cloud| cloud.id),
            suggestion: problem.suggestion.as_deref(),
        })
        .collect()
}

fn unusual(parsed: &ids::ParsedId, locale: Locale) -> String {
    let manifest = parsed.cloud;
    let (name, shape) = (manifest.name.in_locale(locale), manifest.ids.shape.in_locale(locale));
    match locale {
        Locale::En => format!("An unusual id: those of {name} are {shape}."),
        Locale::Zh => format!("该 ID 的格式少见：{name}的实例 ID 通常为{shape}。"),
    }
}
