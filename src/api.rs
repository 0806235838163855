//! The ES module: what other pages, workers and Node import from `relight.js`.
//!
//! Only the exports; the functions are those of `relight_functions`, which `relight/core` exports too. They are
//! in the part of the program that the page fetches when it is needed; the module's `init` has fetched it.

use crate::lazy;
use js_sys::Promise;
use relight_functions as functions;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// The functions, callable across the split.
pub(crate) struct Functions {
    clouds: fn() -> Result<JsValue, JsValue>,
    parse_instance_ids: fn(&JsValue, &JsValue) -> Result<JsValue, JsValue>,
    plan_requests: fn(&JsValue) -> Result<JsValue, JsValue>,
    sign_request: fn(&JsValue) -> Promise,
    decode_response: fn(&JsValue) -> Result<JsValue, JsValue>,
    explain_error: fn(&JsValue, &JsValue) -> Result<JsValue, JsValue>,
}

impl Functions {
    pub(crate) const ALL: Functions = Functions {
        clouds: functions::clouds,
        parse_instance_ids: functions::parse_instance_ids,
        plan_requests: functions::plan_requests,
        sign_request: functions::sign_request,
        decode_response: functions::decode_response,
        explain_error: functions::explain_error,
    };
}

/// A function was called before `init` has finished, or after it has failed.
pub(crate) fn not_loaded(why: &str) -> JsValue {
    functions::not_loaded(why)
}

fn loaded() -> Result<&'static Functions, JsValue> {
    let rest = lazy::loaded().ok_or_else(|| not_loaded("await init() first"))?;
    Ok(&rest.functions)
}

/// The clouds and their facts: regions, operations, options, limits, the shape of instance ids.
#[wasm_bindgen(unchecked_return_type = "CloudInfo[]")]
pub fn clouds() -> Result<JsValue, JsValue> {
    (loaded()?.clouds)()
}

/// Finds instance ids in any text: a list, a table, JSON, console links. Never fails on a text.
///
/// With `options.cloud`, ids of other clouds become problems.
#[wasm_bindgen(js_name = parseInstanceIds, unchecked_return_type = "ParsedIds")]
pub fn parse_instance_ids(
    #[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "{ cloud?: CloudId; locale?: Locale }")]
    options: &JsValue,
) -> Result<JsValue, JsValue> {
    (loaded()?.parse_instance_ids)(text, options)
}

/// Checks a job against every rule and cuts it into calls, with the request of each.
///
/// Throws a `RelightError` when the job breaks a rule. A text that is not an id does not: it is among
/// the problems, and the other ids are planned.
#[wasm_bindgen(js_name = planRequests, unchecked_return_type = "Plan")]
pub fn plan_requests(
    #[wasm_bindgen(unchecked_param_type = "Job")] job: &JsValue,
) -> Result<JsValue, JsValue> {
    (loaded()?.plan_requests)(job)
}

/// Signs a request: one that is given field by field, or a call of a cloud's operation.
///
/// The secret is used once, as the key of a MAC; its copies in the module's memory are wiped. The
/// promise is rejected with a `RelightError` when the input is not complete or breaks a rule.
#[wasm_bindgen(js_name = signRequest, unchecked_return_type = "Promise<SignedRequest>")]
pub fn sign_request(
    #[wasm_bindgen(unchecked_param_type = "SignInput")] input: &JsValue,
) -> Promise {
    match loaded() {
        Ok(functions) => (functions.sign_request)(input),
        Err(error) => Promise::reject(&error),
    }
}

/// Decodes a response for each instance of a call: exactly one outcome each. A response that is not
/// understood is `unknown`, and its text is kept. With a `Proxy-Status` among the headers it is read as
/// one that came through a proxy; without one the caller asserts that it came from the cloud itself.
#[wasm_bindgen(js_name = decodeResponse, unchecked_return_type = "BatchOutcome")]
pub fn decode_response(
    #[wasm_bindgen(unchecked_param_type = "Reply")] reply: &JsValue,
) -> Result<JsValue, JsValue> {
    (loaded()?.decode_response)(reply)
}

/// Explains a cloud's error: a response body, a line of a log, or a bare code.
///
/// One explanation for each error in the text, in its order; none if there is no error in it. An
/// error that is not in the catalogue is `recognised: false`.
#[wasm_bindgen(js_name = explainError, unchecked_return_type = "Explanation[]")]
pub fn explain_error(
    #[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue,
    #[wasm_bindgen(
        unchecked_optional_param_type = "{ cloud?: CloudId; operation?: string; locale?: Locale }"
    )]
    options: &JsValue,
) -> Result<JsValue, JsValue> {
    (loaded()?.explain_error)(text, options)
}
