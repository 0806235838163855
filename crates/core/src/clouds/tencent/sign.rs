//! TC3-HMAC-SHA256: the key of the signature is derived from the secret, the date and the service.

use crate::{
    clouds::tencent::manifest::TC3_HMAC,
    i18n::Locale,
    model::cloud::HmacSpec,
    signing::{
        Algorithm, Prepared, Signer, SigningInput, canonical_query, canonical_request, hex,
        hmac_sha256,
        request::{Pair, Payload, Signed, Trace, Unsigned},
        sha256_hex,
    },
    text::time::iso_date,
};
use smol_str::SmolStr;
use std::mem;
use zeroize::Zeroizing;

/// The vendor's current signature.
pub(super) struct Tc3;

impl Algorithm for Tc3 {
    fn name(&self) -> &'static str {
        "TC3-HMAC-SHA256"
    }

    fn hmac_spec(&self) -> HmacSpec {
        TC3_HMAC
    }

    fn prepare(&self, mut input: SigningInput) -> Prepared {
        let names = signed_names(&mut input);
        let date = iso_date(input.unix_seconds);
        let service = if input.service.is_empty() {
            input.host.split('.').next().unwrap_or_default().into()
        } else {
            input.service.clone()
        };
        let scope = [&*date, "/", &service, "/", TERMINATOR].concat();
        let hash = if input.unsigned_payload {
            sha256_hex(b"UNSIGNED-PAYLOAD")
        } else {
            sha256_hex(input.body.as_bytes())
        };
        let path = if input.path.is_empty() { "/" } else { &input.path };
        // A raw query is signed as sent, neither sorted nor encoded again.
        let query = if input.raw_query.is_empty() {
            canonical_query(input.query.iter().map(|(name, value)| (&**name, &**value)))
        } else {
            input.raw_query.clone()
        };
        let canonical = canonical_request(&input, path, &query, names, &hash);
        let (seconds, hash) =
            (input.unix_seconds.to_string(), sha256_hex(canonical.request.as_bytes()));
        // Allocated at its final size: a text that grows is copied and wiped each time.
        let string_to_sign = [self.name(), "\n", &seconds, "\n", &scope, "\n", &hash].concat();
        let credential = [
            self.name(),
            " Credential=",
            &input.key_id,
            "/",
            &scope,
            ", SignedHeaders=",
            &canonical.signed_headers,
            ", Signature=",
        ]
        .concat();
        let trace = Trace { canonical_request: Some(canonical.request), string_to_sign };
        let unfinished = Signed::unfinished(input, query, trace);
        Prepared {
            hmac_spec: self.hmac_spec(),
            // The secret is the key of the first of four MACs; its output, valid for a day, that of
            // the second.
            message: date.into_bytes(),
            finish: Box::new(move |tag| {
                let key = Zeroizing::new(hmac_sha256(tag, service.as_bytes()));
                let key = Zeroizing::new(hmac_sha256(&*key, TERMINATOR.as_bytes()));
                let message = unfinished.trace.string_to_sign.as_bytes();
                let signature = hex(&hmac_sha256(&*key, message));
                unfinished.authorize(&credential, signature)
            }),
        }
    }
}

const TERMINATOR: &str = "tc3_request";

const ACTION: &str = "x-tc-action";

/// The input of [`Tc3`] for a request.
///
/// The vendor's SDKs sign host, content type and body only, so a proxy could replace the operation
/// by another on the same ids. The documentation's own example signs the operation too, with its
/// value in lower case; so does this, unless it is switched off.
pub(super) fn input(request: &Unsigned, signer: &Signer) -> SigningInput {
    let body = match &request.payload {
        Payload::Json(body) => body.clone(),
        // This cloud has no query parameters; none means an empty object.
        Payload::Query(_) => "{}".to_owned(),
    };
    let language = match signer.locale {
        Locale::En => "en-US",
        Locale::Zh => "zh-CN",
    };
    let mut headers = vec![
        header("content-type", "application/json"),
        header(ACTION, request.action),
        header("x-tc-version", request.version),
        header("x-tc-timestamp", signer.unix_seconds.to_string()),
        header("x-tc-language", language),
    ];
    if let Some(region) = &request.region {
        headers.push(header("x-tc-region", &**region));
    }
    if let Some(token) = &signer.token {
        headers.push(header("x-tc-token", &**token));
    }
    let mut signed_headers = usual_names();
    let mut lowercased_values = Vec::new();
    if signer.sign_action {
        signed_headers.push(SmolStr::new_static(ACTION));
        lowercased_values.push(SmolStr::new_static(ACTION));
    }
    SigningInput {
        key_id: signer.key_id.clone(),
        token: signer.token.clone(),
        method: SmolStr::new_static(request.method),
        host: request.host.clone(),
        path: SmolStr::new_static(request.path),
        headers,
        signed_headers,
        lowercased_values,
        body,
        unix_seconds: signer.unix_seconds,
        service: SmolStr::new_static("cvm"),
        ..SigningInput::default()
    }
}

fn signed_names(input: &mut SigningInput) -> Vec<SmolStr> {
    if input.signed_headers.is_empty() {
        usual_names()
    } else {
        mem::take(&mut input.signed_headers)
    }
}

/// What the vendor's SDKs sign.
fn usual_names() -> Vec<SmolStr> {
    vec![SmolStr::new_static("content-type"), SmolStr::new_static("host")]
}

fn header(name: &'static str, value: impl Into<SmolStr>) -> Pair {
    (SmolStr::new_static(name), value.into())
}
