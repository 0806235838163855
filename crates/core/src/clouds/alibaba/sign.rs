//! The two signatures of this cloud: ACS3-HMAC-SHA256 in a header, and the older ACS-RPC-HMAC-SHA1
//! in a parameter.

use crate::{
    clouds::alibaba::manifest::{ACS_V1_HMAC, ACS3_HMAC},
    model::cloud::HmacSpec,
    signing::{
        Algorithm, Prepared, Signer, SigningInput, base64, canonical_query, canonical_request,
        percent_encode,
        request::{Pair, Payload, Signed, Trace, Unsigned},
        sha256_hex,
    },
    text::time::iso_8601,
};
use smol_str::{SmolStr, StrExt};
use std::mem;

/// The vendor's current signature, in the header `Authorization`.
pub(super) struct Acs3;

impl Algorithm for Acs3 {
    fn name(&self) -> &'static str {
        "ACS3-HMAC-SHA256"
    }

    fn hmac_spec(&self) -> HmacSpec {
        ACS3_HMAC
    }

    fn prepare(&self, mut input: SigningInput) -> Prepared {
        let names = signed_names(&mut input);
        let query = canonical_query(pairs(&input.query));
        let path = if input.path.is_empty() { "/" } else { &input.path };
        let hash = sha256_hex(input.body.as_bytes());
        let canonical = canonical_request(&input, path, &query, names, &hash);
        let hash = sha256_hex(canonical.request.as_bytes());
        // Allocated at its final size: a text that grows is copied and wiped each time.
        let string_to_sign = [self.name(), "\n", &hash].concat();
        let credential = [
            self.name(),
            " Credential=",
            &input.key_id,
            ",SignedHeaders=",
            &canonical.signed_headers,
            ",Signature=",
        ]
        .concat();
        let trace = Trace { canonical_request: Some(canonical.request), string_to_sign };
        // The canonical query is sent as signed, so that the two cannot differ.
        let unfinished = Signed::unfinished(input, query, trace);
        Prepared::with_header(self.hmac_spec(), unfinished, credential)
    }
}

/// The signature of the vendor's older RPC style, as one more parameter. It covers the parameters
/// and the method, but not the host. Needs no header that a browser would ask permission for.
pub(super) struct AcsV1;

impl Algorithm for AcsV1 {
    fn name(&self) -> &'static str {
        "ACS-RPC-HMAC-SHA1"
    }

    fn hmac_spec(&self) -> HmacSpec {
        ACS_V1_HMAC
    }

    fn prepare(&self, mut input: SigningInput) -> Prepared {
        let parameters = canonical_query(pairs(&input.query).chain(pairs(&input.form)));
        // The literal path `/`, whatever the real one; the method is signed.
        let string_to_sign = format!("{}&%2F&{}", input.method, percent_encode(&parameters));
        let trace = Trace { canonical_request: None, string_to_sign: string_to_sign.clone() };
        let query = canonical_query(pairs(&input.query));
        if input.body.is_empty() {
            input.body = canonical_query(pairs(&input.form));
        }
        // The signature is added where the key id is.
        let in_body = input.form.iter().any(|(name, _)| name == KEY_ID);
        let unfinished = Signed::unfinished(input, query, trace);
        Prepared {
            hmac_spec: self.hmac_spec(),
            message: string_to_sign.into_bytes(),
            finish: Box::new(move |tag| {
                let mut signed = unfinished;
                signed.signature = base64(tag);
                let parameters = if in_body { &mut signed.body } else { &mut signed.query };
                let separator = if parameters.is_empty() { "" } else { "&" };
                let signature = percent_encode(&signed.signature);
                parameters.extend([separator, "Signature=", &signature]);
                signed
            }),
        }
    }
}

const KEY_ID: &str = "AccessKeyId";

/// The input of [`Acs3`] for a request: the documented minimum of headers.
pub(super) fn acs3_input(request: &Unsigned, signer: &Signer) -> SigningInput {
    let (query, body) = match &request.payload {
        Payload::Query(query) => (query.clone(), String::new()),
        Payload::Json(body) => (Vec::new(), body.clone()),
    };
    let mut headers = vec![
        // Without it errors may be XML.
        pair("accept", "application/json"),
        pair("x-acs-action", request.action),
        pair("x-acs-version", request.version),
        pair("x-acs-date", iso_8601(signer.unix_seconds)),
        pair("x-acs-signature-nonce", &*signer.nonce),
        pair("x-acs-content-sha256", sha256_hex(body.as_bytes())),
    ];
    if let Some(token) = &signer.token {
        headers.push(pair("x-acs-security-token", &**token));
    }
    if !body.is_empty() {
        headers.push(pair("content-type", "application/json; charset=utf-8"));
    }
    SigningInput {
        key_id: signer.key_id.clone(),
        token: signer.token.clone(),
        method: SmolStr::new_static(request.method),
        host: request.host.clone(),
        path: SmolStr::new_static(request.path),
        query,
        headers,
        body,
        unix_seconds: signer.unix_seconds,
        ..SigningInput::default()
    }
}

/// The input of [`AcsV1`] for a request. All parameters are in the form body: key id, token and
/// signature do not appear in URLs and their logs.
pub(super) fn acs_v1_input(request: &Unsigned, signer: &Signer) -> SigningInput {
    let mut form = match &request.payload {
        Payload::Query(parameters) => parameters.clone(),
        Payload::Json(_) => Vec::new(),
    };
    form.extend([
        pair("Action", request.action),
        pair("Version", request.version),
        // The default is XML.
        pair("Format", "JSON"),
        pair(KEY_ID, &*signer.key_id),
        pair("SignatureMethod", "HMAC-SHA1"),
        pair("SignatureVersion", "1.0"),
        pair("SignatureNonce", &*signer.nonce),
        pair("Timestamp", iso_8601(signer.unix_seconds)),
    ]);
    form.extend(signer.token.iter().map(|token| pair("SecurityToken", &**token)));
    SigningInput {
        key_id: signer.key_id.clone(),
        token: signer.token.clone(),
        method: SmolStr::new_static(request.method),
        host: request.host.clone(),
        path: SmolStr::new_static(request.path),
        form,
        headers: vec![pair("content-type", "application/x-www-form-urlencoded")],
        unix_seconds: signer.unix_seconds,
        ..SigningInput::default()
    }
}

/// The given header names, or the vendor's rule: `host`, `content-type` and `x-acs-*`.
fn signed_names(input: &mut SigningInput) -> Vec<SmolStr> {
    if !input.signed_headers.is_empty() {
        return mem::take(&mut input.signed_headers);
    }
    let sent = input.headers.iter().map(|(name, _)| name.to_ascii_lowercase_smolstr());
    let signed = sent.filter(|name| name == "content-type" || name.starts_with("x-acs-"));
    signed.chain([SmolStr::new_static("host")]).collect()
}

fn pair(name: &'static str, value: impl Into<SmolStr>) -> Pair {
    (SmolStr::new_static(name), value.into())
}

fn pairs(parameters: &[Pair]) -> impl Iterator<Item = (&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}
