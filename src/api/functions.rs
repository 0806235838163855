//! What the module's functions do. They are in the part of the program that is fetched when it is needed.

use super::{
    error::Failure,
    facts,
    input::{self, Fields, Job, Options, Reply},
    output, sign, signed,
};
use js_sys::Promise;
use relight_core::{
    clouds,
    explain::{TextOptions, explain_text},
    ids,
    model::plan,
    transport::{TransportResult, classify},
};
use wasm_bindgen::JsValue;

/// The clouds and their facts: regions, operations, options, limits, the shape of instance ids.
pub(super) fn clouds() -> Result<JsValue, JsValue> {
    signed::value(&clouds::ALL.iter().map(|cloud| facts::info(*cloud)).collect::<Vec<_>>())
}

/// Finds instance ids in any text: a list, a table, JSON, console links. Never fails on a text.
///
/// With `options.cloud`, ids of other clouds become problems.
pub(super) fn parse_instance_ids(text: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let text = input::text_argument(text, "text")?;
    let options = Options::read(options)?;
    let parsed = ids::parse_ids(&text, options.cloud);
    signed::value(&output::ParsedIds::new(&parsed, options.locale))
}

/// Checks a job against every rule and cuts it into calls, with the request of each.
///
/// Throws a `RelightError` when the job breaks a rule. A text that is not an id is no such thing: it
/// is among the problems, and the other ids are planned.
pub(super) fn plan_requests(job: &JsValue) -> Result<JsValue, JsValue> {
    let json = input::stringify(job);
    let Job { spec, problems, batch_size, locale } = Job::read(&Fields::parse(&json, "job")?)?;
    match plan::plan(&spec, batch_size) {
        Ok(plan) => signed::value(&output::Plan::new(&plan, &problems, locale)),
        // There were texts, only none that is an id: each is a problem already.
        Err(plan::Refusal::NoInstances) if !problems.is_empty() => {
            signed::value(&output::Plan::empty(&problems, locale))
        }
        Err(refusal) => Err(Failure::refused(&refusal, locale).into()),
    }
}

/// Signs a request: one that is given field by field, or a call of a cloud's operation.
///
/// The secret is used once, as the key of a MAC; its copies in the module's memory are wiped. The
/// promise is rejected with a `RelightError` when the input is not complete or breaks a rule.
pub(super) fn sign_request(input: &JsValue) -> Promise {
    sign::sign(input).unwrap_or_else(|error| Promise::reject(&error))
}

/// Says what an answer means for each instance of a call: exactly one outcome for each. An answer
/// that is not understood is `unknown`, and its text is kept. With a `Proxy-Status` among the headers it
/// is read as one that came through a proxy; without one the caller is believed that nothing stood
/// between them and the cloud.
pub(super) fn decode_response(reply: &JsValue) -> Result<JsValue, JsValue> {
    let Reply { batch, response } = Reply::read(reply)?;
    let through_proxy = response.header("proxy-status").is_some();
    let answer = classify(&batch, &TransportResult::Answered(response), through_proxy);
    signed::value(&output::BatchOutcome::new(&answer))
}

/// Explains what a cloud said: an answer's body, a line of a log, or a bare code.
///
/// One explanation for each error in the text, in its order; none if there is no error in it. An
/// error that is not in the catalogue is `recognised: false`.
pub(super) fn explain_error(text: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let text = input::text_argument(text, "text")?;
    let Options { cloud, operation, locale } = Options::read(options)?;
    let cloud = cloud.map(|cloud| cloud.id.to_owned());
    signed::value(&explain_text(&text, &TextOptions { cloud, operation, locale }))
}
