//! The ES module: what other pages, workers and Node import from `relight.js`.
//!
//! Every function takes and returns plain objects; their shapes are in `api/signing.ts` and
//! `api/types.ts`, which become part of `relight.d.ts`. Nothing here needs a DOM, and nothing here sends anything.
//!
//! Values cross between JavaScript and wasm as JSON texts, not field by field: each crossing costs
//! more than reading a field of a text, and the JSON code is in the module anyway. What is signed by
//! the thousand crosses in one piece each way (`api/packed.rs`).

mod error;
#[cfg(feature = "functions")]
mod facts;
mod input;
mod json;
#[cfg(feature = "functions")]
mod output;
mod packed;
mod sign;
mod signed;
mod text;

#[cfg(feature = "functions")]
use error::Failure;
#[cfg(feature = "functions")]
use input::{Fields, Job, Options, Reply};
use js_sys::Promise;
#[cfg(feature = "functions")]
use relight_core::{
    clouds,
    explain::{TextOptions, explain_text},
    ids,
    model::plan::{self, Refusal},
    transport::{TransportResult, classify},
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(typescript_custom_section)]
const SIGNING_TYPES: &str = include_str!("api/signing.ts");

#[cfg(feature = "functions")]
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("api/types.ts");

/// The clouds and their facts: regions, operations, options, limits, the shape of instance ids.
#[cfg(feature = "functions")]
#[wasm_bindgen(unchecked_return_type = "CloudInfo[]")]
pub fn clouds() -> Result<JsValue, JsValue> {
    signed::value(&clouds::ALL.iter().map(|cloud| facts::info(*cloud)).collect::<Vec<_>>())
}

/// Finds instance ids in any text: a list, a table, JSON, console links. Never fails on a text.
///
/// With `options.cloud`, ids of other clouds become problems.
#[cfg(feature = "functions")]
#[wasm_bindgen(js_name = parseInstanceIds, unchecked_return_type = "ParsedIds")]
pub fn parse_instance_ids(
    #[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "{ cloud?: CloudId; locale?: Locale }")]
    options: &JsValue,
) -> Result<JsValue, JsValue> {
    let text = input::text_argument(text, "text")?;
    let options = Options::read(options)?;
    let parsed = ids::parse_ids(&text, options.cloud);
    signed::value(&output::ParsedIds::new(&parsed, options.locale))
}

/// Checks a job against every rule and cuts it into calls, with the request of each.
///
/// Throws a `RelightError` when the job breaks a rule. A text that is not an id is no such thing: it
/// is among the problems, and the other ids are planned.
#[cfg(feature = "functions")]
#[wasm_bindgen(js_name = planRequests, unchecked_return_type = "Plan")]
pub fn plan_requests(
    #[wasm_bindgen(unchecked_param_type = "Job")] job: &JsValue,
) -> Result<JsValue, JsValue> {
    let json = input::stringify(job);
    let Job { spec, problems, batch_size, locale } = Job::read(&Fields::parse(&json, "job")?)?;
    match plan::plan(&spec, batch_size) {
        Ok(plan) => signed::value(&output::Plan::new(&plan, &problems, locale)),
        // There were texts, only none that is an id: each is a problem already.
        Err(Refusal::NoInstances) if !problems.is_empty() => {
            signed::value(&output::Plan::empty(&problems, locale))
        }
        Err(refusal) => Err(Failure::refused(&refusal, locale).into()),
    }
}

/// Signs a request: one that is given field by field, or a call of a cloud's operation.
///
/// The secret is used once, as the key of a MAC; its copies in the module's memory are wiped. The
/// promise is rejected with a `RelightError` when the input is not complete or breaks a rule.
#[wasm_bindgen(js_name = signRequest, unchecked_return_type = "Promise<SignedRequest>")]
pub fn sign_request(
    #[wasm_bindgen(unchecked_param_type = "SignInput")] input: &JsValue,
) -> Promise {
    sign::sign(input).unwrap_or_else(|error| Promise::reject(&error))
}

/// Says what an answer means for each instance of a call: exactly one outcome for each. An answer
/// that is not understood is `unknown`, and its text is kept. With a `Proxy-Status` among the headers it
/// is read as one that came through a proxy; without one the caller is believed that nothing stood
/// between them and the cloud.
#[cfg(feature = "functions")]
#[wasm_bindgen(js_name = decodeResponse, unchecked_return_type = "BatchOutcome")]
pub fn decode_response(
    #[wasm_bindgen(unchecked_param_type = "Reply")] reply: &JsValue,
) -> Result<JsValue, JsValue> {
    let Reply { batch, response } = Reply::read(reply)?;
    let through_proxy = response.header("proxy-status").is_some();
    let answer = classify(&batch, &TransportResult::Answered(response), through_proxy);
    signed::value(&output::BatchOutcome::new(&answer))
}

/// Explains what a cloud said: an answer's body, a line of a log, or a bare code.
///
/// One explanation for each error in the text, in its order; none if there is no error in it. An
/// error that is not in the catalogue is `recognised: false`.
#[cfg(feature = "functions")]
#[wasm_bindgen(js_name = explainError, unchecked_return_type = "Explanation[]")]
pub fn explain_error(
    #[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue,
    #[wasm_bindgen(
        unchecked_optional_param_type = "{ cloud?: CloudId; operation?: string; locale?: Locale }"
    )]
    options: &JsValue,
) -> Result<JsValue, JsValue> {
    let text = input::text_argument(text, "text")?;
    let Options { cloud, operation, locale } = Options::read(options)?;
    let cloud = cloud.map(|cloud| cloud.id.to_owned());
    signed::value(&explain_text(&text, &TextOptions { cloud, operation, locale }))
}
