//! Signatures, recomputed from the raw request.
//!
//! Each module has `verify(request, credentials, server_unix_s)`. The list of signed headers is
//! read from the request, never assumed, because the vendors' SDKs sign different sets.

pub mod acs3;
pub mod acs_v1;
pub mod tc3;
pub mod zc2;

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::{cloud::Cloud, credential::Credential, message::header};

/// A request as a cloud sees it: behind any proxy, with the host it was addressed to.
#[derive(Clone, Debug, Default)]
pub struct Inbound {
    pub method: String,
    /// The value of the Host header, with the port if one was sent.
    pub host: String,
    pub path: String,
    /// The text after `?`, as sent.
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Inbound {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// All values of a header that a signature may name, trimmed; `host` is the host.
    fn values(&self, name: &str) -> Vec<&str> {
        if name == "host" {
            return vec![self.host.trim()];
        }
        self.headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    /// Whether the body is an HTML form.
    pub(crate) fn is_form(&self) -> bool {
        self.header("content-type").is_some_and(|kind| {
            kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
        })
    }
}

/// A request whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub key_id: String,
    /// Alibaba's nonce; the other two clouds have none.
    pub nonce: Option<String>,
}

/// Why a signature was refused. Each cloud has its own code and status for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A part of the signature is missing or unreadable; says which.
    Incomplete(String),
    UnknownMethod,
    UnknownKey,
    BadTime,
    Expired,
    /// What the server computed instead. Neither text holds a secret.
    Mismatch {
        string_to_sign: String,
        canonical_request: Option<String>,
    },
    /// A temporary key came without its token.
    MissingToken,
    /// The token is not the one of this key.
    WrongToken,
    /// The temporary key has ended.
    ExpiredToken,
}

/// Seconds that a request may differ from Alibaba's clock (vendor's gateway error table).
const ALIBABA_WINDOW_S: i64 = 15 * 60;
/// Seconds that a request may differ from Tencent's clock (vendor documentation).
const TENCENT_WINDOW_S: i64 = 5 * 60;
/// Seconds that a request may differ from Zenlayer's clock: assumed, the vendor does not say.
const ZENLAYER_WINDOW_S: i64 = 5 * 60;

fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length, so the error cannot occur; an empty tag matches nothing.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

fn find_key<'a>(
    credentials: &'a [Credential],
    cloud: Cloud,
    id: &str,
) -> Result<&'a Credential, Refusal> {
    credentials.iter().find(|key| key.cloud == cloud && key.id == id).ok_or(Refusal::UnknownKey)
}

fn check_window(sent_s: i64, server_s: i64, window_s: i64) -> Result<(), Refusal> {
    if sent_s.abs_diff(server_s) > window_s.unsigned_abs() { Err(Refusal::Expired) } else { Ok(()) }
}

fn check_token(credential: &Credential, token: Option<&str>, server_s: i64) -> Result<(), Refusal> {
    match (credential.token.as_deref(), token.filter(|token| !token.is_empty())) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Refusal::MissingToken),
        (Some(want), Some(have)) if want == have => match credential.expires_at_s {
            Some(end_s) if end_s <= server_s => Err(Refusal::ExpiredToken),
            Some(_) | None => Ok(()),
        },
        (_, Some(_)) => Err(Refusal::WrongToken),
    }
}

/// An Authorization header of the form that three clouds share.
struct Authorization<'r> {
    /// The signer: a key id, perhaps with a scope.
    credential: &'r str,
    /// The names of the signed headers, separated by semicolons.
    signed: &'r str,
    signature: &'r str,
}

impl<'r> Authorization<'r> {
    /// Reads the header, if it is of this algorithm.
    fn read(request: &'r Inbound, algorithm: &str) -> Result<Self, Refusal> {
        let incomplete = |name: &str| Refusal::Incomplete(name.to_owned());
        let header = request.header("authorization");
        let header = header.and_then(|header| header.split_once(' '));
        let (named, parameters) = header.ok_or_else(|| incomplete("Authorization"))?;
        if named != algorithm {
            return Err(Refusal::UnknownMethod);
        }
        let part = |name: &str| part(parameters, name).ok_or_else(|| incomplete(name));
        Ok(Self {
            credential: part("Credential")?,
            signed: part("SignedHeaders")?,
            signature: part("Signature")?,
        })
    }
}

/// `Name=value` out of an Authorization header whose parts are separated by commas.
fn part<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters
        .split(',')
        .filter_map(|piece| piece.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// `name:value` lines for the named headers, in the order of the list. `None`: one is not there.
fn header_lines(
    request: &Inbound,
    names: &[&str],
    change: impl Fn(&str, &str) -> String,
) -> Option<String> {
    let mut lines = String::new();
    for name in names {
        let mut values = request.values(name);
        if values.is_empty() {
            return None;
        }
        values.sort_unstable();
        let value = change(name, &values.join(","));
        let _ = writeln!(lines, "{name}:{value}");
    }
    Some(lines)
}
