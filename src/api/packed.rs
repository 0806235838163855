//! What `signRequest` takes and gives, each in one piece (`static/signing.js` has the other half).

use super::json::Json;
use js_sys::Promise;
use relight_core::{
    ids::line_breaks,
    model::route::Route,
    signing::{
        Secret,
        request::{Request, Signed},
    },
};
use std::{borrow::Cow, str::SplitTerminator};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use zeroize::Zeroize;

/// A plain input: an object whose texts are all ASCII.
pub(super) struct Packed {
    /// The secret. No copy of it is left in the module's memory.
    pub(super) secret: Secret,
    text: String,
    body_start: usize,
    ids_start: usize,
    rest_start: usize,
    has_ids: bool,
}

impl Packed {
    /// Reads an input; `None` if it is not plain.
    pub(super) fn read(input: &JsValue) -> Option<Self> {
        /// A hundred ids and everything beside them.
        const USUAL_BYTES: usize = 4096;
        let mut bytes = vec![0; USUAL_BYTES];
        let mut length = pack(input, &mut bytes);
        if length < 0 {
            bytes = vec![0; usize::try_from(length.unsigned_abs()).ok()?];
            length = pack(input, &mut bytes);
        }
        let packed =
            usize::try_from(length).ok().and_then(|length| Packed::cut(&mut bytes, length));
        if packed.is_none() {
            bytes.zeroize();
        }
        packed
    }

    /// Takes the secret out, wipes it there, and cuts the rest.
    fn cut(bytes: &mut Vec<u8>, length: usize) -> Option<Self> {
        let line = bytes.get(..length)?.split(|byte| *byte == b'\n').next()?;
        let body_start = line.len() + 1;
        let mut lengths = std::str::from_utf8(line).ok()?.split(' ');
        let mut next = || lengths.next()?.parse::<usize>().ok();
        let (secret, body, ids, lines) = (next()?, next()?, next()?, next()?);
        let count = next();
        let ids_start = body_start.checked_add(body)?;
        let rest_start = ids_start.checked_add(ids)?;

        let secret = bytes.get_mut(length..length.checked_add(secret)?)?;
        let key = Secret::new(std::str::from_utf8(secret).ok()?.to_owned());
        secret.zeroize();
        bytes.truncate(length);
        let packed = Packed {
            secret: key,
            text: String::from_utf8(std::mem::take(bytes)).ok()?,
            body_start,
            ids_start,
            rest_start,
            has_ids: count.is_some(),
        };
        // An id with a line break in it would be two of them, and so would any other text.
        let breaks = count.map_or(Some(0), |count| count.checked_sub(1))?.checked_add(lines)?;
        (line_breaks(packed.text.get(ids_start..)?) == breaks).then_some(packed)
    }

    /// The body; empty if there is none.
    pub(super) fn body(&self) -> &str {
        self.text.get(self.body_start..self.ids_start).unwrap_or_default()
    }

    /// The ids, a line each, if they are an array.
    pub(super) fn ids(&self) -> Option<&str> {
        if self.has_ids { self.text.get(self.ids_start..self.rest_start) } else { None }
    }

    /// Everything else; `None` if it is not as `pack` writes it.
    pub(super) fn members(&self) -> Option<Vec<(Cow<'_, str>, Json<'_>)>> {
        members(&mut self.rest().split_terminator('\n'))
    }

    fn rest(&self) -> &str {
        self.text.get(self.rest_start..).unwrap_or_default()
    }
}

/// Members until their object ends. The first byte of a member's line says what its value is, the
/// others are its name.
fn members<'t>(lines: &mut SplitTerminator<'t, char>) -> Option<Vec<(Cow<'t, str>, Json<'t>)>> {
    const USUAL_MEMBERS: usize = 16;
    let mut members = Vec::with_capacity(USUAL_MEMBERS);
    while let Some(line) = lines.next() {
        let (kind, name) = line.split_at_checked(1)?;
        let value = match kind {
            "s" => Json::Text(Cow::Borrowed(lines.next()?)),
            "t" => Json::Flag(true),
            "f" => Json::Flag(false),
            "n" => Json::Number(whole(lines.next()?)?),
            "[" => {
                let count = lines.next()?.parse::<usize>().ok()?;
                let texts = lines.by_ref().take(count);
                Json::Array(texts.map(|text| Json::Text(Cow::Borrowed(text))).collect())
            }
            "{" => Json::Object(self::members(lines)?),
            "}" => break,
            _ => return None,
        };
        members.push((Cow::Borrowed(name), value));
    }
    Some(members)
}

/// A whole number that JavaScript holds exactly. To read any number would be 20 kB of code.
#[expect(clippy::cast_precision_loss, reason = "`pack` writes none that loses any")]
fn whole(text: &str) -> Option<f64> {
    text.parse::<i64>().ok().map(|number| number as f64)
}

/// The promise of a signed request; `None` for one that is not all ASCII, or whose headers would not
/// be told from each other.
pub(super) fn promise(signed: &Request<Signed>) -> Option<Promise> {
    let url = signed.url(&Route::Direct);
    let canonical = signed.trace().canonical_request.as_deref();
    let to_sign = &*signed.trace().string_to_sign;
    let authorization = signed.authorization();
    let mut text = String::with_capacity(
        url.len() + signed.body().len() + canonical.map_or(0, str::len) + 2048,
    );
    for part in [signed.method(), &url, signed.body()] {
        text.push_str(part);
    }
    for part in canonical.into_iter().chain([to_sign, signed.signature()]).chain(authorization) {
        text.push_str(part);
    }
    let headers = signed.headers();
    if headers.iter().any(|(name, _)| name == "__proto__") {
        return None;
    }
    let headers_start = text.len();
    let names = headers.iter().map(|(name, _)| name);
    let values = headers.iter().map(|(_, value)| value);
    for line in names.clone().chain(values) {
        text.push_str(line);
        text.push('\n');
    }
    if line_breaks(text.get(headers_start..)?) != headers.len() * 2 {
        return None;
    }
    let names = names.map(|name| name.len() + 1).sum::<usize>();
    let length = |part: Option<&str>| part.map_or(Some(-1), |part| i32::try_from(part.len()).ok());
    unpack(
        &text,
        length(Some(&text))?,
        length(Some(signed.method()))?,
        length(Some(&url))?,
        length(Some(signed.body()))?,
        length(canonical)?,
        length(Some(to_sign))?,
        length(Some(signed.signature()))?,
        length(authorization)?,
        i32::try_from(names).ok()?,
    )
}

#[wasm_bindgen(module = "/static/signing.js")]
extern "C" {
    fn pack(input: &JsValue, target: &mut [u8]) -> i32;

    fn unpack(
        text: &str,
        bytes: i32,
        method: i32,
        url: i32,
        body: i32,
        canonical: i32,
        to_sign: i32,
        signature: i32,
        authorization: i32,
        names: i32,
    ) -> Option<Promise>;
}
