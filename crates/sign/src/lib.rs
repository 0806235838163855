//! `signRequest` for JavaScript.
//!
//! Values are passed as plain objects by `serde_wasm_bindgen` and derived types. A secret is not:
//! it is taken out of its object into a buffer that is wiped. No DOM, no network. The exports are
//! in the programs, since an export links everything that it may call.

pub mod error;
pub mod read;
pub mod write;
pub mod job;

use error::Failure;
use job::ParsedJob;
use js_sys::{Object, Promise, Uint8Array};
use read::{Argument, Members, Query, Texts, UnixSeconds, missing, must_be};
use relight_core::{
    clouds, credential,
    model::route::Route,
    signing::{
        self, Secret, Signer, SigningInput,
        request::{Request, Signed},
    },
};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use tsify::Tsify;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// By hand: the input has the secret, which no derived type may contain; an error is no plain
/// object; and languages and kinds of errors are core's, which does not know JavaScript.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.ts");

/// Signs a request. Time and nonce default to the current time and random bits.
pub fn sign_request(input: &JsValue) -> Promise {
    match Argument::take(input, "input").and_then(|input| sign(&input)) {
        Ok(signed) => Promise::resolve(&signed),
        Err(failure) => Promise::reject(&failure.into()),
    }
}

fn sign(input: &Argument) -> Result<JsValue, Failure> {
    let secret = secret(input)?;
    let cloud = input.member("cloud");
    let signed = if cloud.is_undefined() || cloud.is_null() {
        request(input.read()?, &secret)?
    } else {
        operation(ParsedJob::read(input)?, input.read()?, &secret)?
    };
    write::value(&SignedRequest {
        method: signed.method(),
        url: signed.url(&Route::Direct),
        headers: write::pairs(signed.headers().iter().map(|(name, value)| (&**name, &**value))),
        body: signed.body(),
        canonical_request: signed.trace().canonical_request.as_deref(),
        string_to_sign: &signed.trace().string_to_sign,
        signature: signed.signature(),
        authorization: signed.authorization(),
    })
}

/// Copies the secret into a buffer that is wiped: no other code sees it.
fn secret(input: &Argument) -> Result<Secret, Failure> {
    let text = input.member("secret");
    if text.is_undefined() || text.is_null() {
        return Err(missing("secret"));
    }
    let secret = text.as_string().map(Secret::new).ok_or_else(|| must_be("secret", "text"))?;
    // Programs sign with any key id, above all in tests, so its prefix is not checked. But a secret
    // that looks like a key id is refused: the real secret would then be sent as the key id.
    if credential::is_secret_like_a_key_id(&secret) {
        return Err(Failure::argument(
            "`secret` looks like a key id: `accessKeyId` and `secret` may be swapped.",
        ));
    }
    Ok(secret)
}

/// A request described field by field; the secret is read separately.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestToSign {
    algorithm: String,
    access_key_id: String,
    token: Option<String>,
    method: String,
    host: String,
    path: Option<String>,
    #[serde(default)]
    query: Query,
    #[serde(default)]
    form: Members<String>,
    #[serde(default)]
    headers: Members<String>,
    #[serde(default)]
    signed_headers: Texts,
    #[serde(default)]
    lowercased_values: Texts,
    body: Option<String>,
    timestamp: UnixSeconds,
    service: Option<String>,
    unsigned_payload: Option<bool>,
}

fn request(given: RequestToSign, secret: &Secret) -> Result<Request<Signed>, Failure> {
    let Some(algorithm) = clouds::algorithm(&given.algorithm) else {
        let name = given.algorithm;
        return Err(Failure::argument(format!("`algorithm`: there is none called “{name}”.")));
    };
    let (raw_query, query) = match given.query {
        Query::Raw(raw) => (raw, Members::default()),
        Query::Parameters(parameters) => (String::new(), parameters),
    };
    let pairs = |Members(members): Members<String>| {
        members.into_iter().map(|(name, value)| (name.into(), value.into())).collect::<Vec<_>>()
    };
    let names = |Texts(names): Texts| names.into_iter().map(Into::into).collect();
    let form = pairs(given.form);
    let input = SigningInput {
        key_id: given.access_key_id,
        token: given.token,
        method: given.method.into(),
        host: given.host,
        path: given.path.unwrap_or_default().into(),
        query: pairs(query),
        raw_query,
        headers: pairs(given.headers),
        signed_headers: names(given.signed_headers),
        lowercased_values: names(given.lowercased_values),
        // A form body is built from its parameters, which include the signature.
        body: given.body.filter(|_| form.is_empty()).unwrap_or_default(),
        form,
        unsigned_payload: given.unsigned_payload.unwrap_or_default(),
        unix_seconds: given.timestamp.0,
        service: given.service.unwrap_or_default().into(),
    };
    Ok(algorithm.prepare(input).finish_with(secret))
}

/// How a call of an operation is signed; the job and the secret are read separately.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OperationToSign {
    algorithm: Option<String>,
    access_key_id: String,
    token: Option<String>,
    timestamp: Option<UnixSeconds>,
    nonce: Option<String>,
    sign_action: Option<bool>,
}

fn operation(
    job: ParsedJob,
    given: OperationToSign,
    secret: &Secret,
) -> Result<Request<Signed>, Failure> {
    let (cloud, locale) = (job.input.cloud, job.locale);
    let batch = job.into_batch()?;
    let signer = Signer {
        key_id: given.access_key_id,
        token: given.token.filter(|token| !token.is_empty()),
        unix_seconds: given.timestamp.map_or_else(now, |UnixSeconds(seconds)| seconds),
        nonce: given.nonce.map_or_else(random_nonce, Ok)?,
        sign_action: given.sign_action.unwrap_or(true),
        locale,
    };
    credential::check_key_id(cloud, &signer.key_id)
        .map_err(|refusal| Failure::refused(&refusal, locale))?;
    let prepared = match given.algorithm {
        None => clouds::protocol(cloud).prepare(&clouds::request(&batch), &signer),
        Some(name) => clouds::protocol(cloud)
            .prepare_with(&name, &clouds::request(&batch), &signer)
            .ok_or_else(|| {
                Failure::argument(format!("`algorithm`: this cloud has none called “{name}”."))
            })?,
    };
    Ok(prepared.finish_with(secret))
}

#[expect(clippy::disallowed_methods, reason = "what programs sign without a time is signed now")]
#[expect(clippy::cast_possible_truncation, reason = "in the range of dates")]
fn now() -> i64 {
    (js_sys::Date::now() / 1_000.0) as i64
}

/// 128 random bits. Drawn for many nonces at once, since a call of the browser takes longer than
/// the rest; each is used once.
fn random_nonce() -> Result<String, Failure> {
    const NONCE_BYTES: usize = 16;
    const DRAWN_BYTES: u32 = 1024;
    thread_local! {
        static DRAWN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    DRAWN.with_borrow_mut(|drawn| {
        if drawn.len() < NONCE_BYTES {
            let bytes = Uint8Array::new_with_length(DRAWN_BYTES);
            fill_with_random_bytes(&bytes).map_err(|_| {
                Failure::argument("`nonce` is missing, and crypto.getRandomValues is not there.")
            })?;
            *drawn = bytes.to_vec();
        }
        let rest = drawn.len().saturating_sub(NONCE_BYTES);
        let nonce = drawn.get(rest..).map(signing::hex).unwrap_or_default();
        drawn.truncate(rest);
        Ok(nonce)
    })
}

#[wasm_bindgen]
extern "C" {
    /// Available in pages, workers and Node.
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn fill_with_random_bytes(bytes: &Uint8Array) -> Result<(), JsValue>;
}

/// A request as it goes out: `fetch(url, { method, headers, body: body || undefined })` sends it.
/// `Host` is not among the headers, since the url sets it.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct SignedRequest<'a> {
    method: &'a str,
    url: String,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Record<string, string>")]
    headers: Object,
    /// Empty means that none is sent.
    body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_request: Option<&'a str>,
    string_to_sign: &'a str,
    signature: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization: Option<&'a str>,
}
