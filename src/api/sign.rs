//! `signRequest`.

use super::{
    error::Failure,
    input::{
        self, Fields, Job, is_absent, optional_flag, optional_text, text, texts, texts_by_name,
    },
    output,
};
use js_sys::Uint8Array;
use relight_core::{
    credential,
    request::{Request, Signed},
    sign::{self, Secret, Signer, SigningInput},
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Signs what is given, with the time and the randomness of the machine where none is given.
pub(super) fn sign(value: &JsValue) -> Result<JsValue, JsValue> {
    let fields = input::fields(value, "input")?;
    let signed =
        if is_absent(&fields.cloud()) { request(fields)? } else { operation(fields, value)? };
    output::value(&output::SignedRequest::new(&signed))
}

#[wasm_bindgen]
extern "C" {
    /// In pages, workers and Node alike.
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn fill_with_random_bytes(bytes: &Uint8Array) -> Result<(), JsValue>;
}

/// A request that is described field by field.
fn request(fields: &Fields) -> Result<Request<Signed>, Failure> {
    let name = text(&fields.algorithm(), "algorithm")?;
    let Some(algorithm) = sign::algorithm(&name) else {
        return Err(Failure::argument(format!("`algorithm`: there is none called “{name}”.")));
    };
    let query = fields.query();
    let (raw_query, query) = match query.as_string() {
        Some(raw) => (raw, Vec::new()),
        None => (String::new(), texts_by_name(&query, "query")?),
    };
    let input = SigningInput {
        key_id: text(&fields.access_key_id(), "accessKeyId")?,
        token: optional_text(&fields.token(), "token")?,
        method: text(&fields.method(), "method")?,
        host: text(&fields.host(), "host")?,
        path: optional_text(&fields.path(), "path")?.unwrap_or_default(),
        query,
        raw_query,
        form: texts_by_name(&fields.form(), "form")?,
        headers: texts_by_name(&fields.headers(), "headers")?,
        signed_headers: texts(&fields.signed_headers(), "signedHeaders")?,
        lowercased_values: texts(&fields.lowercased_values(), "lowercasedValues")?,
        body: optional_text(&fields.body(), "body")?.unwrap_or_default(),
        unsigned_payload: optional_flag(&fields.unsigned_payload(), "unsignedPayload")?
            .unwrap_or_default(),
        unix_seconds: time(&fields.timestamp())?
            .ok_or_else(|| Failure::argument("`timestamp` is missing."))?,
        service: optional_text(&fields.service(), "service")?.unwrap_or_default(),
    };
    let secret = Secret::new(text(&fields.secret(), "secret")?);
    Ok(algorithm.prepare(&input).finish_with(&secret))
}

/// One call of a cloud's operation.
fn operation(fields: &Fields, value: &JsValue) -> Result<Request<Signed>, Failure> {
    let job = Job::read(value)?;
    let (cloud, locale) = (job.job.cloud, job.locale);
    let batch = job.into_batch()?;
    let signer = Signer {
        key_id: text(&fields.access_key_id(), "accessKeyId")?,
        token: optional_text(&fields.token(), "token")?.filter(|token| !token.is_empty()),
        unix_seconds: time(&fields.timestamp())?.unwrap_or_else(now),
        nonce: match optional_text(&fields.nonce(), "nonce")? {
            Some(nonce) => nonce,
            None => random_nonce()?,
        },
        sign_action: optional_flag(&fields.sign_action(), "signAction")?.unwrap_or(true),
        locale,
    };
    let secret = Secret::new(text(&fields.secret(), "secret")?);
    credential::check_key_id(cloud, &signer.key_id)
        .map_err(|refusal| Failure::refused(&refusal, locale))?;
    let prepared = match optional_text(&fields.algorithm(), "algorithm")? {
        None => cloud.prepare(&batch.request(), &signer),
        Some(name) => cloud.prepare_with(&name, &batch.request(), &signer).ok_or_else(|| {
            Failure::argument(format!("`algorithm`: this cloud has none called “{name}”."))
        })?,
    };
    Ok(prepared.finish_with(&secret))
}

/// Seconds since 1970 of a number or of a text like `2024-05-01T08:00:00Z`.
fn time(value: &JsValue) -> Result<Option<i64>, Failure> {
    if is_absent(value) {
        return Ok(None);
    }
    let seconds = match value.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        Some(seconds) if seconds.fract() == 0.0 && seconds.abs() < 1e11 => Some(seconds as i64),
        Some(_) => None,
        None => value.as_string().and_then(|text| sign::parse_iso_8601(&text)),
    };
    seconds.map(Some).ok_or_else(|| {
        Failure::argument(
            "`timestamp` must be seconds since 1970, or UTC text like 2024-05-01T08:00:00Z.",
        )
    })
}

fn now() -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
    let milliseconds = js_sys::Date::now() as i64;
    milliseconds.div_euclid(1000)
}

fn random_nonce() -> Result<String, Failure> {
    let bytes = Uint8Array::new_with_length(16);
    fill_with_random_bytes(&bytes).map_err(|_| {
        Failure::argument("`nonce` is missing, and there is no crypto.getRandomValues here.")
    })?;
    Ok(sign::hex(&bytes.to_vec()))
}
