//! What `signRequest` returns where it is not plain, in the shape of `types.ts`.

use super::error::Failure;
use relight_core::{
    model::route::Route,
    signing::request::{Request, Signed},
};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

/// The module's `SignedRequest`. What is short goes as JSON; what may be long goes by itself, which
/// spares writing and reading its escapes.
pub(super) fn signed(signed: &Request<Signed>) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Short<'a> {
        method: &'a str,
        headers: Pairs<'a>,
        string_to_sign: &'a str,
        signature: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        authorization: Option<&'a str>,
    }
    let headers = signed.headers().iter();
    let object = value(&Short {
        method: signed.method(),
        headers: Pairs(headers.map(|(name, value)| (&**name, &**value)).collect()),
        string_to_sign: &signed.trace().string_to_sign,
        signature: signed.signature(),
        authorization: signed.authorization(),
    })?;
    let long: &SignedRequest = object.unchecked_ref();
    long.set_url(&signed.url(&Route::Direct));
    long.set_body(signed.body());
    if let Some(canonical) = &signed.trace().canonical_request {
        long.set_canonical_request(canonical);
    }
    Ok(object)
}

#[wasm_bindgen]
extern "C" {
    type SignedRequest;
    #[wasm_bindgen(method, setter)]
    fn set_url(this: &SignedRequest, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_body(this: &SignedRequest, value: &str);
    #[wasm_bindgen(method, setter, js_name = canonicalRequest)]
    fn set_canonical_request(this: &SignedRequest, value: &str);
}

/// The value as a JavaScript object.
pub(super) fn value(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let json = serde_json::to_string(value)
        .map_err(|error| Failure::argument(format!("the result cannot be written: {error}")))?;
    js_sys::JSON::parse(&json)
}

/// Pairs as an object.
pub(super) struct Pairs<'a>(pub(super) Vec<(&'a str, &'a str)>);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
