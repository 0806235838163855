//! ZC2-HMAC-SHA256: like TC3, but without scope and key derivation, and with a constant path.

use crate::{
    clouds::zenlayer::manifest::ZC2_HMAC,
    model::cloud::HmacSpec,
    signing::{
        Algorithm, Prepared, Signer, SigningInput, canonical_request,
        request::{Pair, Payload, Signed, Trace, Unsigned},
        sha256_hex,
    },
};
use smol_str::SmolStr;
use std::mem;

/// The vendor's current signature.
pub(super) struct Zc2;

impl Algorithm for Zc2 {
    fn name(&self) -> &'static str {
        "ZC2-HMAC-SHA256"
    }

    fn hmac_spec(&self) -> HmacSpec {
        ZC2_HMAC
    }

    fn prepare(&self, mut input: SigningInput) -> Prepared {
        let names = signed_names(&mut input);
        let hash = sha256_hex(input.body.as_bytes());
        // Neither the real path nor a query is signed.
        let canonical = canonical_request(&input, "/", "", names, &hash);
        let string_to_sign = format!(
            "{}\n{}\n{}",
            self.name(),
            input.unix_seconds,
            sha256_hex(canonical.request.as_bytes())
        );
        let credential = format!(
            "{} Credential={}, SignedHeaders={}, Signature=",
            self.name(),
            input.key_id,
            canonical.signed_headers
        );
        let trace = Trace { canonical_request: Some(canonical.request), string_to_sign };
        let query = mem::take(&mut input.raw_query);
        let unfinished = Signed::unfinished(input, query, trace);
        Prepared::with_header(self.hmac_spec(), unfinished, credential)
    }
}

/// The input of [`Zc2`] for a request: host, content type and body.
///
/// [`Signer::sign_action`] does not apply. The vendor's documentation allows more signed headers,
/// but has no example and no SDK that does it; a service that ignored the list would refuse every
/// request.
pub(super) fn input(request: &Unsigned, signer: &Signer) -> SigningInput {
    let body = match &request.payload {
        Payload::Json(body) => body.clone(),
        // This cloud has no query parameters; none means an empty object.
        Payload::Query(_) => "{}".to_owned(),
    };
    SigningInput {
        key_id: signer.key_id.clone(),
        method: SmolStr::new_static(request.method),
        host: request.host.clone(),
        path: SmolStr::new_static(request.path),
        headers: vec![
            header("content-type", "application/json"),
            header("x-zc-action", request.action),
            header("x-zc-version", request.version),
            header("x-zc-timestamp", signer.unix_seconds.to_string()),
            header("x-zc-signature-method", Zc2.name()),
        ],
        body,
        unix_seconds: signer.unix_seconds,
        ..SigningInput::default()
    }
}

fn signed_names(input: &mut SigningInput) -> Vec<SmolStr> {
    if input.signed_headers.is_empty() {
        vec![SmolStr::new_static("content-type"), SmolStr::new_static("host")]
    } else {
        mem::take(&mut input.signed_headers)
    }
}

fn header(name: &'static str, value: impl Into<SmolStr>) -> Pair {
    (SmolStr::new_static(name), value.into())
}
