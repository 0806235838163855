//! TC3-HMAC-SHA256, Tencent's signature: a derived key, and content type and host at least.

use super::{
    Authorization, Inbound, Refusal, TENCENT_WINDOW_S, Verified, check_token, check_window,
    find_key, header_lines, hmac_sha256, sha256_hex,
};
use crate::{cloud::Cloud, credential::Credential, time};

const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// Checks key, time, signature and token, in this order.
///
/// The service in the scope may be any label, and the host may lack the port: the vendor's Node
/// SDK pointed at `127.0.0.1:PORT` signs host `127.0.0.1` and service `127` (observed).
/// A signed value may also be in lower case, as in the vendor's worked example.
pub fn verify(
    request: &Inbound,
    credentials: &[Credential],
    server_s: i64,
) -> Result<Verified, Refusal> {
    let incomplete = |what: &str| Refusal::Incomplete(what.to_owned());
    let Authorization { credential: claim, signed, signature: given } =
        Authorization::read(request, ALGORITHM)?;
    let (key_id, scope) = claim.split_once('/').ok_or_else(|| incomplete("Credential"))?;
    let mut pieces = scope.split('/');
    let (Some(date), Some(service), Some("tc3_request"), None) =
        (pieces.next(), pieces.next(), pieces.next(), pieces.next())
    else {
        return Err(incomplete("Credential"));
    };
    let names: Vec<&str> = signed.split(';').collect();
    if !names.contains(&"content-type") || !names.contains(&"host") {
        return Err(incomplete("SignedHeaders"));
    }

    let credential = find_key(credentials, Cloud::Tencent, key_id)?;
    let timestamp = request.header("x-tc-timestamp").ok_or_else(|| incomplete("X-TC-Timestamp"))?;
    let sent_s: i64 = timestamp.parse().map_err(|_| Refusal::BadTime)?;
    check_window(sent_s, server_s, TENCENT_WINDOW_S)?;
    if time::date(sent_s) != date {
        return Err(incomplete("Credential"));
    }

    let payload = match request.header("x-tc-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => sha256_hex(b"UNSIGNED-PAYLOAD"),
        Some(_) | None => sha256_hex(&request.body),
    };
    let day_key = hmac_sha256(format!("TC3{}", credential.secret).as_bytes(), date.as_bytes());
    let service_key = hmac_sha256(&day_key, service.as_bytes());
    let key = hmac_sha256(&service_key, b"tc3_request");
    let bare_host = request.host.rsplit_once(':').map_or(request.host.as_str(), |(host, _)| host);

    let mut first_try = None;
    for host in [request.host.as_str(), bare_host] {
        for case in [Case::AsSent, Case::LowerNew, Case::LowerAll] {
            let change = |name: &str, value: &str| match (name, case) {
                ("host", Case::LowerAll) => host.to_ascii_lowercase(),
                ("host", Case::AsSent | Case::LowerNew) => host.to_owned(),
                (_, Case::AsSent) | ("content-type", Case::LowerNew) => value.to_owned(),
                (_, Case::LowerNew | Case::LowerAll) => value.to_lowercase(),
            };
            let lines =
                header_lines(request, &names, change).ok_or_else(|| incomplete("SignedHeaders"))?;
            let canonical_request =
                format!("{}\n/\n{}\n{lines}\n{signed}\n{payload}", request.method, request.query);
            let string_to_sign = format!(
                "{ALGORITHM}\n{timestamp}\n{scope}\n{}",
                sha256_hex(canonical_request.as_bytes())
            );
            if hex::encode(hmac_sha256(&key, string_to_sign.as_bytes())) == given {
                check_token(credential, request.header("x-tc-token"), server_s)?;
                return Ok(Verified { key_id: key_id.to_owned(), nonce: None });
            }
            first_try.get_or_insert((string_to_sign, canonical_request));
        }
    }
    let (string_to_sign, canonical_request) = first_try.unwrap_or_default();
    Err(Refusal::Mismatch { string_to_sign, canonical_request: Some(canonical_request) })
}

/// Which signed values are taken in lower case.
#[derive(Clone, Copy)]
enum Case {
    AsSent,
    /// All but content type and host, which the SDKs sign as sent.
    LowerNew,
    LowerAll,
}
