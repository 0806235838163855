//! Signatures, in three steps: prepare → one keyed MAC → finish.
//!
//! Every algorithm here uses the secret exactly once, as the key of an HMAC. The key may be a
//! non-extractable WebCrypto key or bytes in memory ([`Secret`]). This module has no clock and
//! generates no nonces; both are arguments.

pub mod request;

use crate::{
    i18n::Locale,
    model::cloud::{Hash, HmacSpec},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac, digest::Output};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use request::{Pair, Request, Signed};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;
use std::fmt;
use zeroize::Zeroizing;

/// A signing algorithm.
pub trait Algorithm: Sync {
    /// The name in the string to sign and in vectors: `TC3-HMAC-SHA256`.
    fn name(&self) -> &'static str;

    /// How the key of the MAC is derived from the secret.
    fn hmac_spec(&self) -> HmacSpec;

    /// Builds the canonical request and the string to sign.
    fn prepare(&self, input: SigningInput) -> Prepared;
}

/// Everything that a signature may cover: the request as it will be sent, the key id and the time.
/// The fields are those of the test vectors in `tests/vectors`.
#[derive(Clone, Default)]
pub struct SigningInput {
    /// The public half of the key.
    pub key_id: String,
    /// The token of a temporary key.
    pub token: Option<String>,
    /// The method: `POST`.
    pub method: SmolStr,
    /// The host that is signed.
    pub host: String,
    /// The path that the request goes to; empty for `/`.
    pub path: SmolStr,
    /// Decoded query parameters; the algorithm writes the query from them, sorted.
    pub query: Vec<Pair>,
    /// The query exactly as sent, for algorithms that sign it verbatim.
    pub raw_query: String,
    /// Decoded parameters of a form body.
    pub form: Vec<Pair>,
    /// The headers to send, without `Authorization`.
    pub headers: Vec<Pair>,
    /// Names of the headers to sign; empty for those that the algorithm asks for.
    pub signed_headers: Vec<SmolStr>,
    /// Names of signed headers whose values are lower-cased before signing.
    pub lowercased_values: Vec<SmolStr>,
    /// The body exactly as sent.
    pub body: String,
    /// Sign the literal `UNSIGNED-PAYLOAD` instead of the hash of the body, where the algorithm has that.
    pub unsigned_payload: bool,
    /// The time of the request, in seconds since 1970, UTC.
    pub unix_seconds: i64,
    /// The service of the credential scope, where there is one; empty for the first label of the
    /// host.
    pub service: SmolStr,
}

/// A request that lacks only the output of its MAC.
pub struct Prepared {
    /// How to key the MAC.
    pub hmac_spec: HmacSpec,
    /// The bytes to MAC with that key.
    pub message: Vec<u8>,
    /// Makes the signature from the MAC, and the signed request from the signature.
    #[expect(clippy::type_complexity, reason = "a name for it would say less than the type")]
    pub(crate) finish: Box<dyn FnOnce(&[u8]) -> Signed>,
}

impl Prepared {
    /// A request whose signature is the hexadecimal MAC of its string to sign, in the header
    /// `Authorization` after `credential`.
    pub(crate) fn with_header(hmac_spec: HmacSpec, unfinished: Signed, credential: String) -> Self {
        Prepared {
            hmac_spec,
            message: unfinished.trace.string_to_sign.clone().into_bytes(),
            finish: Box::new(move |tag| unfinished.authorize(&credential, hex(tag))),
        }
    }

    /// The signed request. `tag` is the HMAC of [`Prepared::message`] under the secret, keyed as
    /// [`Prepared::hmac_spec`] says.
    pub fn finish(self, tag: &[u8]) -> Request<Signed> {
        Request::from_signed((self.finish)(tag))
    }

    /// The signed request, with a key in memory.
    pub fn finish_with(self, secret: &Secret) -> Request<Signed> {
        // Where keys are derived, the tag is itself a key: wiped like the secret.
        let tag = Zeroizing::new(secret.mac(self.hmac_spec, &self.message));
        self.finish(&tag)
    }
}

/// The key id, the time and the options of a signature.
#[derive(Clone)]
pub struct Signer {
    /// The public half of the key.
    pub key_id: String,
    /// The token of a temporary key.
    pub token: Option<String>,
    /// The time in seconds since 1970, UTC, already corrected by the clock skew.
    pub unix_seconds: i64,
    /// A nonce: 32 hexadecimal digits.
    pub nonce: String,
    /// Sign the operation's name too, where the cloud leaves that optional. On by default: it keeps
    /// a proxy from changing a start into another operation.
    pub sign_action: bool,
    /// The language of the cloud's error messages, where it offers a choice.
    pub locale: Locale,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("unix_seconds", &self.unix_seconds).finish_non_exhaustive()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("hmac_spec", &self.hmac_spec).finish_non_exhaustive()
    }
}

/// The secret half of a key, in memory. It cannot be displayed, compared, cloned or serialized, and
/// is wiped when dropped: none of these compiles.
///
/// ```compile_fail,E0277
/// format!("{}", relight_core::signing::Secret::new("hunter2".into()));
/// ```
///
/// ```compile_fail,E0277
/// serde_json::to_string(&relight_core::signing::Secret::new("hunter2".into()));
/// ```
///
/// ```compile_fail,E0599
/// relight_core::signing::Secret::new("hunter2".into()).clone();
/// ```
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret.
    pub fn new(secret: String) -> Self {
        Secret(Zeroizing::new(secret))
    }

    /// The secret as text, only to check its format.
    pub(crate) fn as_text(&self) -> &str {
        &self.0
    }

    /// The HMAC of a message under this secret.
    pub fn mac(&self, hmac_spec: HmacSpec, message: &[u8]) -> Vec<u8> {
        // Allocated at its final size: a buffer that grows leaves copies behind.
        let mut key = Zeroizing::new(Vec::with_capacity(
            hmac_spec.prefix.len() + self.0.len() + hmac_spec.suffix.len(),
        ));
        key.extend_from_slice(hmac_spec.prefix.as_bytes());
        key.extend_from_slice(self.0.as_bytes());
        key.extend_from_slice(hmac_spec.suffix.as_bytes());
        match hmac_spec.hash {
            Hash::Sha1 => hmac_sha1(&key, message).to_vec(),
            Hash::Sha256 => hmac_sha256(&key, message).to_vec(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// HMAC-SHA1, for a legacy signature.
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    hmac::<Hmac<Sha1>>(key, message).into()
}

/// HMAC-SHA256.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac::<Hmac<Sha256>>(key, message).into()
}

fn hmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Output<M> {
    match <M as KeyInit>::new_from_slice(key) {
        Ok(mac) => mac.chain_update(message).finalize().into_bytes(),
        // HMAC takes keys of any length; the trait's signature allows for MACs that do not.
        Err(_) => Output::<M>::default(),
    }
}

/// The lower-case hexadecimal SHA-256 of some bytes.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
///
/// ```
/// assert_eq!(relight_core::signing::hex(&[0, 0xab, 0xff]), "00abff");
/// ```
pub fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// Base64 with padding (RFC 4648).
///
/// ```
/// assert_eq!(relight_core::signing::base64(b"four"), "Zm91cg==");
/// ```
pub fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// The bytes that are percent-encoded: all but `A-Z a-z 0-9 - _ . ~` (RFC 3986, unreserved).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Percent-encodes everything but `A-Z a-z 0-9 - _ . ~`, in upper-case digits (RFC 3986).
///
/// ```
/// assert_eq!(relight_core::signing::percent_encode("a b/ü"), "a%20b%2F%C3%BC");
/// ```
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Decodes percent-encoding. Malformed escapes are copied unchanged.
///
/// ```
/// assert_eq!(relight_core::signing::percent_decode("a%20b%2F%C3%BC %4"), "a b/ü %4");
/// ```
pub fn percent_decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `name=value` for each parameter, both percent-encoded, sorted by the bytes of the name (then of
/// the value), joined by `&`. Serves as a query and as a form body.
///
/// ```
/// use relight_core::signing::canonical_query;
///
/// let parameters = [("b", "2 3"), ("a.2", "x"), ("a.10", "")];
/// assert_eq!(canonical_query(parameters), "a.10=&a.2=x&b=2%203");
/// ```
pub fn canonical_query<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut parameters: Vec<_> = parameters.into_iter().collect();
    #[allow(
        clippy::stable_sort_primitive,
        reason = "merges what is in order: numbered names mostly are"
    )]
    parameters.sort();
    let bytes = parameters.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut query = String::with_capacity(bytes);
    for (name, value) in parameters {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(name, RESERVED));
        query.push('=');
        query.extend(utf8_percent_encode(value, RESERVED));
    }
    query
}

/// A canonical request, as shared by the algorithms that sign headers.
pub(crate) struct Canonical {
    /// The text that is hashed.
    pub(crate) request: String,
    /// The names of the signed headers, sorted, joined by `;`.
    pub(crate) signed_headers: String,
}

/// Method, path, query, signed headers, their names and the hash of the body, each on its line.
///
/// `names` are the headers to sign, in any order and case. A header's value is trimmed; several
/// values of one name are sorted and joined by commas; `host` is always [`SigningInput::host`].
pub(crate) fn canonical_request(
    input: &SigningInput,
    path: &str,
    query: &str,
    names: Vec<SmolStr>,
    payload_hash: &str,
) -> Canonical {
    let lower: Vec<SmolStr> = names.into_iter().map(lower_case).collect();
    let mut names: Vec<_> = lower.iter().map(SmolStr::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let signed_headers = names.join(";");
    let mut request = String::with_capacity(query.len() + 1024);
    for line in [&input.method, path, query] {
        request.push_str(line);
        request.push('\n');
    }
    for name in &names {
        request.push_str(name);
        request.push(':');
        let lowercased = input.lowercased_values.iter().any(|other| other == name);
        push_value(&mut request, input, name, lowercased);
        request.push('\n');
    }
    for line in ["\n", &signed_headers, "\n", payload_hash] {
        request.push_str(line);
    }
    Canonical { request, signed_headers }
}

/// The name in lower case, without allocating where it already is.
fn lower_case(name: SmolStr) -> SmolStr {
    let has_upper = name.bytes().any(|byte| byte.is_ascii_uppercase());
    if has_upper { name.to_ascii_lowercase().into() } else { name }
}

fn push_value(request: &mut String, input: &SigningInput, name: &str, lowercased: bool) {
    let start = request.len();
    if name == "host" {
        request.push_str(&input.host);
    } else {
        let of_name = |(header, _): &&Pair| header.eq_ignore_ascii_case(name);
        let values = input.headers.iter().filter(of_name).map(|(_, value)| value.trim());
        let mut values: Vec<_> = values.collect();
        values.sort_unstable();
        request.push_str(&values.join(","));
    }
    if lowercased && let Some(value) = request.get_mut(start..) {
        value.make_ascii_lowercase();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_rfc_3986() {
        assert_eq!(percent_encode("a b*~+/=%&重\n"), "a%20b%2A~%2B%2F%3D%25%26%E9%87%8D%0A");
        for byte in 0..=127_u8 {
            let text = char::from(byte).to_string();
            let is_unreserved = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            let expected = if is_unreserved { text.clone() } else { format!("%{byte:02X}") };
            assert_eq!(percent_encode(&text), expected);
        }
    }

    #[test]
    fn signed_headers_are_sorted_trimmed_and_joined() {
        let pair = |name: &str, value: &str| (name.into(), value.into());
        let input = SigningInput {
            method: "POST".into(),
            host: "signed.example".into(),
            headers: vec![
                pair("X-Two", "b"),
                pair("x-one", "\t inner  blanks stay "),
                pair("x-two", " A "),
                pair("Host", "sent.example"),
                pair("x-unsigned", "no"),
            ],
            lowercased_values: vec!["x-two".into()],
            ..SigningInput::default()
        };
        let names = ["x-two", "Host", "x-one", "x-absent", "X-ONE"].map(SmolStr::new_static);
        let canonical = canonical_request(&input, "/p", "q=1", names.to_vec(), "hash");
        assert_eq!(
            canonical.request,
            "POST\n/p\nq=1\nhost:signed.example\nx-absent:\nx-one:inner  blanks stay\n\
             x-two:a,b\n\nhost;x-absent;x-one;x-two\nhash"
        );
        assert_eq!(canonical.signed_headers, "host;x-absent;x-one;x-two");
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (&[0xfb, 0xef, 0xff, 0x00], "++//AA=="),
        ] {
            assert_eq!(base64(bytes), text);
        }
    }

    #[test]
    fn a_secret_cannot_be_shown() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "Secret(***)");
    }
}
