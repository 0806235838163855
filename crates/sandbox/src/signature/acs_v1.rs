//! Alibaba's older RPC signature: HMAC-SHA1 over all parameters of query and form together.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::{ALIBABA_WINDOW_S, Inbound, Refusal, Verified, check_token, check_window, find_key};
use crate::{
    cloud::Cloud,
    credential::Credential,
    text::{canonical_pairs, parse_pairs, percent_encode},
    time,
};
use base64::{Engine, prelude::BASE64_STANDARD};

/// Checks key, time, signature and token, in this order.
pub fn verify(
    request: &Inbound,
    credentials: &[Credential],
    server_s: i64,
) -> Result<Verified, Refusal> {
    let mut pairs = parse_pairs(&request.query);
    if request.is_form() {
        pairs.extend(parse_pairs(&String::from_utf8_lossy(&request.body)));
    }
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name.as_bytes())
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    };
    let needed = |name: &str| {
        value(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Refusal::Incomplete(name.to_owned()))
    };
    let key_id = needed("AccessKeyId")?;
    let given = needed("Signature")?;
    let nonce = needed("SignatureNonce")?;
    // One of the vendor's own worked examples spells it TimeStamp.
    let timestamp = needed("Timestamp").or_else(|missing| value("TimeStamp").ok_or(missing))?;
    if needed("SignatureMethod")? != "HMAC-SHA1" || needed("SignatureVersion")? != "1.0" {
        return Err(Refusal::UnknownMethod);
    }
    let token = value("SecurityToken");

    let credential = find_key(credentials, Cloud::Alibaba, &key_id)?;
    check_window(time::parse_iso(&timestamp).ok_or(Refusal::BadTime)?, server_s, ALIBABA_WINDOW_S)?;

    pairs.retain(|(name, _)| name != b"Signature");
    let canonical = canonical_pairs(pairs);
    let string_to_sign = format!("{}&%2F&{}", request.method, percent_encode(canonical.as_bytes()));
    if mac(&credential.secret, &string_to_sign) != given {
        return Err(Refusal::Mismatch { string_to_sign, canonical_request: None });
    }
    check_token(credential, token.as_deref(), server_s)?;
    Ok(Verified { key_id, nonce: Some(nonce) })
}

fn mac(secret: &str, message: &str) -> String {
    Hmac::<Sha1>::new_from_slice(format!("{secret}&").as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(message.as_bytes());
            BASE64_STANDARD.encode(mac.finalize().into_bytes())
        },
    )
}
