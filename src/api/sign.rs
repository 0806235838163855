//! `signRequest`.

use super::{
    error::Failure,
    input::{Fields, Job, missing, not_text, stringify},
    json::Json,
    packed::{self, Packed},
    signed::signed,
    text::text,
};
use js_sys::{Object, Promise, Uint8Array};
use relight_core::{
    clouds, credential,
    signing::{
        self, Secret, Signer, SigningInput,
        request::{Request, Signed},
    },
    text::time,
};
use std::cell::RefCell;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

/// Signs what is given, with the time and the randomness of the machine where none is given.
pub(super) fn sign(value: &JsValue) -> Result<Promise, JsValue> {
    let packed = Packed::read(value);
    let fields = packed.as_ref().and_then(|packed| {
        let members = packed.members()?;
        Some((Fields::of_members(members, packed.ids()), packed))
    });
    let signed = match fields {
        Some((fields, packed)) => of_fields(&fields, packed.body(), &packed.secret)?,
        None => field_by_field(value)?,
    };
    match packed::promise(&signed) {
        Some(promise) => Ok(promise),
        None => Ok(Promise::resolve(&self::signed(&signed)?)),
    }
}

/// Reads an input of any kind, and says what is wrong with one that is none.
fn field_by_field(value: &JsValue) -> Result<Request<Signed>, JsValue> {
    if !value.is_object() {
        return Err(Failure::argument("`input` must be an object.").into());
    }
    let given: &SignInput = value.unchecked_ref();
    // The secret and the body cross by themselves: the one leaves no copy in a JSON text, the other
    // is long and full of quotes.
    let rest: SignInput = Object::assign(&Object::new(), value.unchecked_ref()).unchecked_into();
    rest.set_secret(&JsValue::UNDEFINED);
    let body = given.body();
    if !body.is_undefined() {
        rest.set_body(&JsValue::UNDEFINED);
    }
    let json = stringify(&rest);
    let fields = Fields::parse(&json, "input")?;
    let secret = Secret::new(match given.secret() {
        secret if secret.is_undefined() || secret.is_null() => return Err(missing("secret").into()),
        secret => secret.as_string().ok_or_else(|| not_text("secret"))?,
    });
    let body = match text(&body) {
        Some(body) => body,
        None if body.is_undefined() || body.is_null() => String::new(),
        None => return Err(not_text("body").into()),
    };
    Ok(of_fields(&fields, &body, &secret)?)
}

fn of_fields(fields: &Fields<'_>, body: &str, secret: &Secret) -> Result<Request<Signed>, Failure> {
    // Programs sign with key ids of any kind, in tests above all, so those are not held to how a cloud's
    // begin. A secret that begins as a key id does would have its real self in the request.
    if credential::is_secret_like_a_key_id(secret) {
        return Err(Failure::argument(
            "`secret` looks like a key id: `accessKeyId` and `secret` may be swapped.",
        ));
    }
    match fields.value("cloud") {
        None => request(fields, body, secret),
        Some(_) => operation(fields, secret),
    }
}

#[wasm_bindgen]
extern "C" {
    /// What `signRequest` takes.
    type SignInput;
    #[wasm_bindgen(method, getter)]
    fn secret(this: &SignInput) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_secret(this: &SignInput, value: &JsValue);
    #[wasm_bindgen(method, getter)]
    fn body(this: &SignInput) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_body(this: &SignInput, value: &JsValue);

    /// In pages, workers and Node alike.
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn fill_with_random_bytes(bytes: &Uint8Array) -> Result<(), JsValue>;
}

/// A request that is described field by field.
fn request(fields: &Fields<'_>, body: &str, secret: &Secret) -> Result<Request<Signed>, Failure> {
    let name = fields.text("algorithm")?;
    let Some(algorithm) = clouds::algorithm(name) else {
        return Err(Failure::argument(format!("`algorithm`: there is none called “{name}”.")));
    };
    let (raw_query, query) = match fields.value("query") {
        Some(Json::Text(raw)) => (raw.to_string(), Vec::new()),
        _ => (String::new(), fields.pairs("query")?),
    };
    let form = fields.pairs("form")?;
    let input = SigningInput {
        key_id: fields.text("accessKeyId")?.to_owned(),
        token: fields.optional_text("token")?.map(str::to_owned),
        method: fields.text("method")?.into(),
        host: fields.text("host")?.to_owned(),
        path: fields.optional_text("path")?.unwrap_or_default().into(),
        query,
        raw_query,
        headers: fields.pairs("headers")?,
        signed_headers: fields.texts("signedHeaders")?,
        lowercased_values: fields.texts("lowercasedValues")?,
        // A body of a form is written from its parameters, the signature among them.
        body: if form.is_empty() { body.to_owned() } else { String::new() },
        form,
        unsigned_payload: fields.optional_flag("unsignedPayload")?.unwrap_or_default(),
        unix_seconds: time(fields)?.ok_or_else(|| missing("timestamp"))?,
        service: fields.optional_text("service")?.unwrap_or_default().into(),
    };
    Ok(algorithm.prepare(input).finish_with(secret))
}

/// One call of a cloud's operation.
fn operation(fields: &Fields<'_>, secret: &Secret) -> Result<Request<Signed>, Failure> {
    let job = Job::read(fields)?;
    let (cloud, locale) = (job.spec.cloud, job.locale);
    let batch = job.into_batch()?;
    let signer = Signer {
        key_id: fields.text("accessKeyId")?.to_owned(),
        token: fields.optional_text("token")?.filter(|token| !token.is_empty()).map(str::to_owned),
        unix_seconds: time(fields)?.unwrap_or_else(now),
        nonce: match fields.optional_text("nonce")? {
            Some(nonce) => nonce.to_owned(),
            None => random_nonce()?,
        },
        sign_action: fields.optional_flag("signAction")?.unwrap_or(true),
        locale,
    };
    credential::check_key_id(cloud, &signer.key_id)
        .map_err(|refusal| Failure::refused(&refusal, locale))?;
    let prepared = match fields.optional_text("algorithm")? {
        None => clouds::protocol(cloud).prepare(&clouds::request(&batch), &signer),
        Some(name) => clouds::protocol(cloud)
            .prepare_with(name, &clouds::request(&batch), &signer)
            .ok_or_else(|| {
                Failure::argument(format!("`algorithm`: this cloud has none called “{name}”."))
            })?,
    };
    Ok(prepared.finish_with(secret))
}

/// Seconds since 1970 of a number or of a text like `2024-05-01T08:00:00Z`.
fn time(fields: &Fields<'_>) -> Result<Option<i64>, Failure> {
    let seconds = match fields.value("timestamp") {
        None => return Ok(None),
        Some(Json::Number(seconds)) if seconds.fract() == 0.0 && seconds.abs() < 1e11 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Some(*seconds as i64)
        }
        Some(Json::Text(text)) => time::parse_iso_8601(text),
        Some(_) => None,
    };
    seconds.map(Some).ok_or_else(|| {
        Failure::argument(
            "`timestamp` must be seconds since 1970, or UTC text like 2024-05-01T08:00:00Z.",
        )
    })
}

fn now() -> i64 {
    crate::clock::unix_seconds(0)
}

/// 128 random bits. They are drawn for many nonces at once, since asking takes longer than the rest
/// of a nonce; each is handed out once.
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
