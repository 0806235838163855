//! `relight/core`: all functions without the console.

use js_sys::Promise;
use relight_functions as functions;
use std::alloc::System;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use zeroizing_alloc::ZeroAlloc;

/// Wipes memory when it is freed.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// The clouds and their facts: regions, operations, options, limits, the shape of instance ids.
#[wasm_bindgen(unchecked_return_type = "CloudInfo[]")]
pub fn clouds() -> Result<JsValue, JsValue> {
    functions::clouds()
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
    functions::parse_instance_ids(text, options)
}

/// Checks a job against every rule and cuts it into calls, with the request of each.
///
/// Throws a `RelightError` when the job breaks a rule. A text that is not an id does not: it is
/// among the problems, and the other ids are planned.
#[wasm_bindgen(js_name = planRequests, unchecked_return_type = "Plan")]
pub fn plan_requests(
    #[wasm_bindgen(unchecked_param_type = "Job")] job: &JsValue,
) -> Result<JsValue, JsValue> {
    functions::plan_requests(job)
}

/// Signs a request: one that is given field by field, or a call of a cloud's operation.
///
/// The secret is used once, as the key of a MAC; its copies in the module's memory are wiped. The
/// promise is rejected with a `RelightError` when the input is not complete or breaks a rule.
#[wasm_bindgen(js_name = signRequest, unchecked_return_type = "Promise<SignedRequest>")]
pub fn sign_request(
    #[wasm_bindgen(unchecked_param_type = "SignInput")] input: &JsValue,
) -> Promise {
    functions::sign_request(input)
}

/// Decodes a response for each instance of a call: exactly one outcome each. A response that is not
/// understood is `unknown`, and its text is kept. With a `Proxy-Status` among the headers it is
/// read as one that came through a proxy; without one the caller asserts that it came from the
/// cloud itself.
#[wasm_bindgen(js_name = decodeResponse, unchecked_return_type = "BatchOutcome")]
pub fn decode_response(
    #[wasm_bindgen(unchecked_param_type = "Reply")] reply: &JsValue,
) -> Result<JsValue, JsValue> {
    functions::decode_response(reply)
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
    functions::explain_error(text, options)
}

// There is nothing to start.
fn main() {}
