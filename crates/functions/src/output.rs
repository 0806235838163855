//! The results of the functions.

use relight_core::{
    clouds,
    i18n::Locale,
    ids,
    model::{
        instance_id::InstanceId,
        outcome::{BatchAnswer, Fault, InstanceAnswer, Outcome},
        plan::{self, Batch},
    },
    signing::request::{Payload, Request, Unsigned},
};
use relight_sign::write;
use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::JsValue;

/// What was found in a text.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParsedIds<'a> {
    /// In the order of the text, each once.
    #[tsify(type = "{ id: string; cloud: CloudId; line: number; warning?: string }[]")]
    ids: Vec<ParsedId<'a>>,
    problems: Vec<IdProblem<'a>>,
    /// How many pieces of text were next to ids and ignored as other columns or headings.
    ignored: u32,
    /// The first few of them.
    ignored_examples: &'a [String],
}

impl<'a> ParsedIds<'a> {
    pub(crate) fn new(parsed: &'a ids::ParsedIds, locale: Locale) -> Self {
        ParsedIds {
            ids: parsed
                .ids
                .iter()
                .map(|parsed| ParsedId {
                    id: parsed.id.as_str(),
                    cloud: parsed.cloud.id,
                    line: parsed.line,
                    warning: warning(parsed, locale),
                })
                .collect(),
            problems: problems(&parsed.problems, locale),
            ignored: parsed.ignored,
            ignored_examples: &parsed.ignored_examples,
        }
    }
}

/// What will be sent, and what will not.
#[derive(Serialize, Tsify)]
pub(crate) struct Plan<'a> {
    #[tsify(type = "{ operation: string; instanceIds: string[]; request: UnsignedRequest }[]")]
    calls: Vec<Call<'a>>,
    problems: Vec<IdProblem<'a>>,
    warnings: Vec<String>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(
        plan: &'a plan::Plan,
        problems: &'a [ids::IdProblem],
        locale: Locale,
    ) -> Self {
        Plan {
            calls: plan.batches.iter().map(Call::new).collect(),
            problems: self::problems(problems, locale),
            warnings: plan.warnings.iter().map(|warning| warning.sentence(locale)).collect(),
        }
    }

    /// No calls, only problems.
    pub(crate) fn empty(problems: &'a [ids::IdProblem], locale: Locale) -> Self {
        let problems = self::problems(problems, locale);
        Plan { calls: Vec::new(), problems, warnings: Vec::new() }
    }
}

/// What an answer says: exactly one outcome for each instance, in the order of the call.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchOutcome<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    /// In `error`, `code` is the cloud's, or a word for what failed below the cloud.
    #[tsify(
        type = "{ instanceId: string; outcome: Outcome; previousState?: string; state?: string; error?: { code: string; message: string } }[]"
    )]
    instances: Vec<InstanceOutcome<'a>>,
}

impl<'a> BatchOutcome<'a> {
    pub(crate) fn new(answer: &'a BatchAnswer) -> Self {
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

/// A piece of text that is not sent, and why.
#[derive(Serialize, Tsify)]
struct IdProblem<'a> {
    #[tsify(type = "\"malformed\" | \"repeated\" | \"other-cloud\" | \"masked\" | \"near-miss\"")]
    kind: &'static str,
    text: &'a str,
    /// From 1; the position in an array of ids.
    line: u32,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(type = "CloudId")]
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
            request: UnsignedRequest::new(&clouds::request(batch)),
        }
    }
}

/// A request without key, time or signature.
#[derive(Serialize, Tsify)]
struct UnsignedRequest {
    #[tsify(type = "\"POST\"")]
    method: &'static str,
    /// Where it goes, without the parameters.
    url: String,
    host: String,
    path: &'static str,
    /// The operation and the version of the cloud's API.
    action: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// Decoded parameters, where they travel in the query.
    #[serde(skip_serializing_if = "JsValue::is_undefined", with = "serde_wasm_bindgen::preserve")]
    #[tsify(optional, type = "Record<string, string>")]
    query: JsValue,
    /// The body, where they travel in one: exactly these bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

impl UnsignedRequest {
    fn new(request: &Request<Unsigned>) -> Self {
        let content = request.content();
        let (query, body) = match &content.payload {
            Payload::Query(pairs) => {
                let pairs = pairs.iter().map(|(name, value)| (&**name, &**value));
                (write::pairs(pairs).into(), None)
            }
            Payload::Json(body) => (JsValue::UNDEFINED, Some(body.clone())),
        };
        UnsignedRequest {
            method: content.method,
            url: format!("https://{}{}", content.host, content.path),
            host: content.host.clone(),
            path: content.path,
            action: content.action,
            version: content.version,
            region: content.region.clone(),
            query,
            body,
        }
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

fn problems(problems: &[ids::IdProblem], locale: Locale) -> Vec<IdProblem<'_>> {
    problems
        .iter()
        .map(|problem| IdProblem {
            kind: problem.kind.word(),
            text: &problem.text,
            line: problem.line,
            message: problem.sentence(locale),
            cloud: problem.cloud.map(|cloud| cloud.id),
            suggestion: problem.suggestion.as_deref(),
        })
        .collect()
}

fn warning(parsed: &ids::ParsedId, locale: Locale) -> Option<String> {
    let rounded = parsed.rounded.then(|| ids::ROUNDED.in_locale(locale).to_owned());
    rounded.or_else(|| parsed.unusual.then(|| unusual(parsed, locale)))
}

fn unusual(parsed: &ids::ParsedId, locale: Locale) -> String {
    let manifest = parsed.cloud;
    let (name, shape) = (manifest.name.in_locale(locale), manifest.ids.shape.in_locale(locale));
    match locale {
        Locale::En => format!("An unusual id: those of {name} are {shape}."),
        Locale::Zh => format!("该 ID 的格式少见：{name}的实例 ID 通常为{shape}。"),
    }
}
