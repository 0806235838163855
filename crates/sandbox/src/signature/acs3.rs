//! ACS3-HMAC-SHA256, Alibaba's current signature: headers, query and the hash of the body.

use super::{
    ALIBABA_WINDOW_S, Authorization, Inbound, Refusal, Verified, check_token, check_window,
    find_key, header_lines, hmac_sha256, sha256_hex,
};
use crate::{
    cloud::Cloud,
    credential::Credential,
    text::{canonical_pairs, parse_pairs},
    time,
};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Headers without which a request is not accepted, although the list of signed ones is free.
const REQUIRED: [&str; 6] = [
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
];

/// Checks key, time, signature and token, in this order.
pub fn verify(
    request: &Inbound,
    credentials: &[Credential],
    server_s: i64,
) -> Result<Verified, Refusal> {
    let incomplete = |what: &str| Refusal::Incomplete(what.to_owned());
    let Authorization { credential: key_id, signed, signature: given } =
        Authorization::read(request, ALGORITHM)?;
    let names: Vec<&str> = signed.split(';').collect();
    if let Some(missing) = REQUIRED.iter().find(|name| !names.contains(name)) {
        return Err(incomplete(missing));
    }
    // Every x-acs-* header and the content type that came along must be covered.
    let uncovered =
        request.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).find(|name| {
            (name.starts_with("x-acs-") || (name == "content-type" && !request.body.is_empty()))
                && !names.contains(&name.as_str())
        });
    if let Some(name) = uncovered {
        return Err(Refusal::Incomplete(name));
    }

    let credential = find_key(credentials, Cloud::Alibaba, key_id)?;
    let date = request.header("x-acs-date").ok_or_else(|| incomplete("x-acs-date"))?;
    check_window(time::parse_iso(date).ok_or(Refusal::BadTime)?, server_s, ALIBABA_WINDOW_S)?;

    let lines = header_lines(request, &names, |_, value| value.to_owned())
        .ok_or_else(|| incomplete("SignedHeaders"))?;
    let canonical_request = format!(
        "{}\n{}\n{}\n{lines}\n{signed}\n{}",
        request.method,
        if request.path.is_empty() { "/" } else { &request.path },
        canonical_pairs(parse_pairs(&request.query)),
        sha256_hex(&request.body),
    );
    let string_to_sign = format!("{ALGORITHM}\n{}", sha256_hex(canonical_request.as_bytes()));
    let expected =
        hex::encode(hmac_sha256(credential.secret.as_bytes(), string_to_sign.as_bytes()));
    if expected != given {
        return Err(Refusal::Mismatch {
            string_to_sign,
            canonical_request: Some(canonical_request),
        });
    }
    check_token(credential, request.header("x-acs-security-token"), server_s)?;
    Ok(Verified {
        key_id: key_id.to_owned(),
        nonce: request.header("x-acs-signature-nonce").map(str::to_owned),
    })
}
