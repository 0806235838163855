//! ZC2-HMAC-SHA256, Zenlayer's signature. The canonical path is always `/`, the query empty.

use super::{
    Authorization, Inbound, Refusal, Verified, ZENLAYER_WINDOW_S, check_window, find_key,
    header_lines, hmac_sha256, sha256_hex,
};
use crate::{cloud::Cloud, credential::Credential};

const ALGORITHM: &str = "ZC2-HMAC-SHA256";

/// Checks key, time and signature, in this order. There are no session tokens.
pub fn verify(
    request: &Inbound,
    credentials: &[Credential],
    server_s: i64,
) -> Result<Verified, Refusal> {
    let incomplete = |what: &str| Refusal::Incomplete(what.to_owned());
    let Authorization { credential: key_id, signed, signature: given } =
        Authorization::read(request, ALGORITHM)?;
    if request.header("x-zc-signature-method").is_some_and(|name| name != ALGORITHM) {
        return Err(Refusal::UnknownMethod);
    }
    let names: Vec<&str> = signed.split(';').collect();
    if !names.contains(&"content-type") || !names.contains(&"host") {
        return Err(incomplete("SignedHeaders"));
    }

    let credential = find_key(credentials, Cloud::Zenlayer, key_id)?;
    let timestamp = request.header("x-zc-timestamp").ok_or_else(|| incomplete("X-ZC-Timestamp"))?;
    check_window(timestamp.parse().map_err(|_| Refusal::BadTime)?, server_s, ZENLAYER_WINDOW_S)?;

    let lines = header_lines(request, &names, |_, value| value.to_owned())
        .ok_or_else(|| incomplete("SignedHeaders"))?;
    let canonical_request =
        format!("{}\n/\n\n{lines}\n{signed}\n{}", request.method, sha256_hex(&request.body));
    let string_to_sign =
        format!("{ALGORITHM}\n{timestamp}\n{}", sha256_hex(canonical_request.as_bytes()));
    if hex::encode(hmac_sha256(credential.secret.as_bytes(), string_to_sign.as_bytes())) != given {
        return Err(Refusal::Mismatch {
            string_to_sign,
            canonical_request: Some(canonical_request),
        });
    }
    Ok(Verified { key_id: key_id.to_owned(), nonce: None })
}
