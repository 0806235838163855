//! The functions of the ES module, for pages, workers and Node.
//!
//! Every function takes and returns plain objects, which are passed by `serde_wasm_bindgen` and
//! derived types; these also generate the TypeScript. No DOM, no network. The exports are in the
//! programs, since an export links everything that it may call.

mod facts;
mod output;

pub use relight_sign::sign_request;

use facts::CloudInfo;
use relight_core::{
    clouds,
    explain::{TextOptions, explain_text},
    i18n::Locale,
    ids,
    model::{outcome::Response, plan},
    transport::{TransportResult, classify},
};
use relight_sign::{
    error::Failure,
    job::ParsedJob,
    read::{self, Argument, Members, must_be, text_argument},
    write::value,
};
use serde::Deserialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// By hand: a reply is a job with more members, and nested derived types would be copied; outcomes
/// and explanations are core's, which does not know JavaScript.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.ts");

/// The `RelightError` of a function in a part of the program that is not loaded.
pub fn not_loaded(why: &str) -> JsValue {
    Failure::not_loaded(why).into()
}

/// The facts about the clouds, as `CloudInfo[]`.
pub fn clouds() -> Result<JsValue, JsValue> {
    let clouds: Vec<_> = clouds::ALL.iter().map(|cloud| CloudInfo::of(cloud)).collect();
    Ok(value(&clouds)?)
}

/// The ids in a text, as `ParsedIds`.
pub fn parse_instance_ids(text: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let text = text_argument(text, "text")?;
    let options = Options::read(options)?;
    let cloud = options.cloud.as_deref().map(read::cloud).transpose()?;
    let parsed = ids::parse_ids(&text, cloud);
    Ok(value(&output::ParsedIds::new(&parsed, options.locale()))?)
}

/// The calls of a `Job`, as `Plan`.
pub fn plan_requests(job: &JsValue) -> Result<JsValue, JsValue> {
    let job = ParsedJob::read(&Argument::take(job, "job")?)?;
    let ParsedJob { input, problems, batch_size, locale } = job;
    Ok(match plan::plan(&input, batch_size) {
        Ok(plan) => value(&output::Plan::new(&plan, &problems, locale))?,
        // There were texts without a valid id: each is a problem already.
        Err(plan::Refusal::NoInstances) if !problems.is_empty() => {
            value(&output::Plan::empty(&problems, locale))?
        }
        Err(refusal) => return Err(Failure::refused(&refusal, locale).into()),
    })
}

/// The outcome of each instance of a `Reply`, as `BatchOutcome`.
pub fn decode_response(reply: &JsValue) -> Result<JsValue, JsValue> {
    let reply = Argument::take(reply, "reply")?;
    let mut job = ParsedJob::read(&reply)?;
    let regions = &job.input.cloud.regions;
    if regions.required && job.input.region.is_empty() {
        // A response is decoded alike in every region.
        job.input.region =
            regions.known.first().map(|region| region.id.to_owned()).unwrap_or_default();
    }
    let response = reply.read::<Reply>()?.response()?;
    let batch = job.into_batch()?;
    let through_proxy = response.header("proxy-status").is_some();
    let answer = classify(&batch, &TransportResult::Answered(response), through_proxy);
    Ok(value(&output::BatchOutcome::new(&answer))?)
}

/// The errors in a text, as `Explanation[]`.
pub fn explain_error(text: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let text = text_argument(text, "text")?;
    let options = Options::read(options)?;
    let cloud = options.cloud.as_deref().map(read::cloud).transpose()?;
    let options = TextOptions {
        cloud: cloud.map(|cloud| cloud.id.to_owned()),
        locale: options.locale(),
        operation: options.operation,
    };
    Ok(value(&explain_text(&text, &options))?)
}

/// Options for texts.
#[derive(Default, Deserialize)]
struct Options {
    /// The cloud, if known.
    cloud: Option<String>,
    /// The operation, by the cloud's own name.
    operation: Option<String>,
    /// The language of messages.
    locale: Option<String>,
}

impl Options {
    fn read(options: &JsValue) -> Result<Self, Failure> {
        if options.is_undefined() || options.is_null() {
            return Ok(Options::default());
        }
        Argument::take(options, "options")?.read()
    }

    fn locale(&self) -> Locale {
        read::locale(self.locale.as_deref())
    }
}

/// A response; the call that it answers is read as a job.
#[derive(Deserialize)]
struct Reply {
    status: u32,
    #[serde(default)]
    headers: Members<String>,
    body: String,
}

impl Reply {
    fn response(self) -> Result<Response, Failure> {
        let Members(headers) = self.headers;
        Ok(Response {
            status: u16::try_from(self.status).map_err(|_| must_be("status", "an HTTP status"))?,
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value))
                .collect(),
            body: self.body,
        })
    }
}
