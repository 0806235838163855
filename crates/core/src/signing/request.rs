//! Requests in two states: an unsigned one can be shown but not sent, a signed one can be sent but
//! not changed.

use super::{SigningInput, percent_encode};
use crate::model::{instance_id::InstanceId, route::Route};
use serde::Serialize;
use smol_str::SmolStr;
use std::fmt;
use zeroize::Zeroizing;

/// A request in one of two states: [`Unsigned`] or [`Signed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<State> {
    state: State,
}

/// The content of a request, without key, time or signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unsigned {
    /// Always `POST`.
    pub method: &'static str,
    /// The cloud's host, which the signature covers.
    pub host: String,
    /// The path on that host.
    pub path: &'static str,
    /// The operation, by the cloud's own name: `RebootInstances`.
    pub action: &'static str,
    /// The version of the cloud's API.
    pub version: &'static str,
    /// The region, where it is sent outside of the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The parameters.
    pub payload: Payload,
}

/// The name and the value of a parameter or of a header. Most are short enough to be stored inline.
pub type Pair = (SmolStr, SmolStr);

/// How the parameters are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Payload {
    /// As parameters of the query, decoded; the body stays empty.
    Query(Vec<Pair>),
    /// As a JSON body, exactly these bytes.
    Json(String),
}

impl Request<Unsigned> {
    /// Wraps the content of a request.
    pub fn new(unsigned: Unsigned) -> Self {
        Request { state: unsigned }
    }

    /// The content of the request.
    pub fn content(&self) -> &Unsigned {
        &self.state
    }
}

/// A request as it is sent, with the trace of its signature. Nothing in it can be changed.
///
/// It contains a signature and perhaps a session token, so it has neither `Serialize` nor
/// `Display`.
///
/// ```compile_fail,E0277
/// fn save(signed: &relight_core::signing::request::Signed) {
///     serde_json::to_string(signed);
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn show(signed: &relight_core::signing::request::Signed) {
///     format!("{signed}");
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    pub(crate) method: SmolStr,
    pub(crate) host: String,
    pub(crate) path: SmolStr,
    pub(crate) query: String,
    pub(crate) headers: Vec<Pair>,
    pub(crate) body: String,
    pub(crate) trace: Trace,
    pub(crate) signature: String,
    pub(crate) authorization: Option<SmolStr>,
    /// Kept for [`Redactor`](crate::transport::Redactor), which removes it from responses.
    pub(crate) token: Option<Zeroizing<String>>,
}

/// The steps of a signature, each a named value. Contains no secret; may contain a session token
/// until it is [redacted](Trace::redacted).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The canonical request; `None` for algorithms that have none.
    pub canonical_request: Option<String>,
    /// The text whose MAC is the signature.
    pub string_to_sign: String,
}

impl Trace {
    /// The same steps with the token replaced by `[token]`.
    #[must_use]
    pub fn redacted(&self, token: Option<&str>) -> Trace {
        Trace {
            canonical_request: self.canonical_request.as_deref().map(|text| redact(text, token)),
            string_to_sign: redact(&self.string_to_sign, token),
        }
    }
}

/// Replaces a token in a text by `[token]`: plain, percent-encoded, and encoded twice, as in some
/// strings to sign.
///
/// ```
/// use relight_core::signing::request::redact;
///
/// assert_eq!(redact("a=T%3D%3D&b=T==", Some("T==")), "a=[token]&b=[token]");
/// assert_eq!(redact("nothing to hide", None), "nothing to hide");
/// ```
pub fn redact(text: &str, token: Option<&str>) -> String {
    without(text, token.unwrap_or_default(), "[token]")
}

/// Replaces `sought` by `mark` in each of these forms.
fn without(text: &str, sought: &str, mark: &str) -> String {
    if sought.is_empty() {
        return text.to_owned();
    }
    let encoded = percent_encode(sought);
    let twice = percent_encode(&encoded);
    // The longest first: an encoded form may contain the plain one.
    [twice.as_str(), &encoded, sought]
        .iter()
        .fold(text.to_owned(), |text, form| text.replace(form, mark))
}

impl Request<Signed> {
    pub(crate) fn from_signed(signed: Signed) -> Self {
        Request { state: signed }
    }

    /// The method.
    pub fn method(&self) -> &str {
        &self.state.method
    }

    /// The cloud's host.
    pub fn host(&self) -> &str {
        &self.state.host
    }

    /// Path and query as they are sent.
    pub fn path_and_query(&self) -> String {
        let [path, separator, query] = self.state.path_and_query();
        [path, separator, query].concat()
    }

    /// The headers including `Authorization`, without `Host`, which a page cannot set.
    pub fn headers(&self) -> &[Pair] {
        &self.state.headers
    }

    /// The body; empty means that no body is sent.
    pub fn body(&self) -> &str {
        &self.state.body
    }

    /// A copy for the screen, with the token replaced wherever it occurs. It is not valid any more.
    #[must_use]
    pub fn redacted(&self, token: Option<&str>) -> Request<Signed> {
        self.rewritten(|text| redact(text, token))
    }

    /// A copy with the signature replaced by `[signature]`, for an unattended screen.
    #[must_use]
    pub fn without_signature(&self) -> Request<Signed> {
        self.rewritten(|text| without(text, self.signature(), "[signature]"))
    }

    fn rewritten(&self, rewrite: impl Fn(&str) -> String) -> Request<Signed> {
        let Signed {
            method,
            host,
            path,
            query,
            headers,
            body,
            trace,
            signature,
            authorization,
            token: _,
        } = &self.state;
        Request::from_signed(Signed {
            method: method.clone(),
            host: host.clone(),
            path: path.clone(),
            query: rewrite(query),
            headers: headers
                .iter()
                .map(|(name, value)| (name.clone(), rewrite(value).into()))
                .collect(),
            body: rewrite(body),
            trace: Trace {
                canonical_request: trace.canonical_request.as_deref().map(&rewrite),
                string_to_sign: rewrite(&trace.string_to_sign),
            },
            signature: rewrite(signature),
            authorization: authorization.as_deref().map(|text| rewrite(text).into()),
            token: None,
        })
    }

    /// The steps of the signature.
    pub fn trace(&self) -> &Trace {
        &self.state.trace
    }

    /// The signature alone.
    pub fn signature(&self) -> &str {
        &self.state.signature
    }

    /// The `Authorization` header; `None` where the signature is a parameter.
    pub fn authorization(&self) -> Option<&str> {
        self.state.authorization.as_deref()
    }

    /// The session token of the request.
    pub(crate) fn token(&self) -> Option<&str> {
        self.state.token.as_ref().map(|token| token.as_str())
    }

    /// The URL by which a route reaches the cloud. A route changes nothing else.
    pub fn url(&self, route: &Route) -> String {
        let base = match route {
            Route::Direct => "https:/",
            Route::Proxy { base } => base.trim_end_matches('/'),
        };
        let [path, separator, query] = self.state.path_and_query();
        [base, "/", &self.state.host, path, separator, query].concat()
    }
}

impl Signed {
    /// A signed request that lacks its signature. `Host` is omitted: a page cannot set it, and the
    /// HTTP client derives it from [`Signed::host`].
    pub(crate) fn unfinished(input: SigningInput, query: String, trace: Trace) -> Self {
        let is_sent = |name: &str| {
            !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("authorization")
        };
        Signed {
            method: input.method,
            host: input.host,
            path: if input.path.is_empty() { SmolStr::new_static("/") } else { input.path },
            query,
            headers: input.headers.into_iter().filter(|(name, _)| is_sent(name)).collect(),
            body: input.body,
            trace,
            signature: String::new(),
            authorization: None,
            token: input.token.map(Zeroizing::new),
        }
    }

    /// Sets the `Authorization` header: `credential`, then the signature.
    pub(crate) fn authorize(mut self, credential: &str, signature: String) -> Self {
        let authorization = SmolStr::from([credential, &signature].concat());
        self.headers.push((SmolStr::new_static("authorization"), authorization.clone()));
        self.authorization = Some(authorization);
        self.signature = signature;
        self
    }
}

impl Signed {
    fn path_and_query(&self) -> [&str; 3] {
        let separator = if self.query.is_empty() { "" } else { "?" };
        [&self.path, separator, &self.query]
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers, query and trace may contain a token, and the signature is valid for minutes.
        f.debug_struct("Signed")
            .field("method", &self.method)
            .field("host", &self.host)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").finish_non_exhaustive()
    }
}

/// Writes a JSON object member by member, in call order and without white space. The bytes that are
/// hashed are the bytes that are sent, so they are serialized once.
pub(crate) struct JsonObject(String);

impl JsonObject {
    /// An object without members.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes);
        text.push('{');
        JsonObject(text)
    }

    /// Adds an array of ids.
    pub(crate) fn ids(mut self, name: &str, ids: &[InstanceId]) -> Self {
        self.name(name);
        push_json_ids(&mut self.0, ids);
        self
    }

    /// Adds a text.
    pub(crate) fn text(mut self, name: &str, text: &str) -> Self {
        self.name(name);
        push_json_text(&mut self.0, text);
        self
    }

    /// Adds a boolean or an integer.
    pub(crate) fn plain(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.name(name);
        self.0.push_str(&value.to_string());
        self
    }

    /// The object.
    pub(crate) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        push_json_text(&mut self.0, name);
        self.0.push(':');
    }
}

/// Appends a JSON array of ids.
pub(crate) fn push_json_ids(json: &mut String, ids: &[InstanceId]) {
    push_json_texts(json, ids.iter().map(InstanceId::as_str));
}

/// Appends a JSON array of texts.
pub(crate) fn push_json_texts<'a>(json: &mut String, texts: impl Iterator<Item = &'a str>) {
    push_json(json, &texts.collect::<Vec<_>>());
}

/// Appends a JSON text.
pub(crate) fn push_json_text(json: &mut String, text: &str) {
    push_json(json, text);
}

fn push_json<T: Serialize + ?Sized>(json: &mut String, value: &T) {
    // Texts and lists of them cannot fail to be written.
    json.push_str(&serde_json::to_string(value).unwrap_or_default());
}
