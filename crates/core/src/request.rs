//! Requests: unsigned ones can be shown but not sent, signed ones can be sent but not changed.

use serde::Serialize;
use std::fmt;

/// A request in one of two states: [`Unsigned`] or [`Signed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<State> {
    state: State,
}

/// What will be asked, without key, time or signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unsigned {
    /// Always `POST`.
    pub method: &'static str,
    /// The cloud's host, which the signature covers.
    pub host: String,
    /// The path on that host.
    pub path: &'static str,
    /// The operation, by the cloud's own name.
    pub action: &'static str,
    /// The version of the cloud's API.
    pub version: &'static str,
    /// The region, where it travels beside the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What is asked.
    pub payload: Payload,
}

/// How the parameters travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Payload {
    /// As parameters of the query, decoded; the body stays empty.
    Query(Vec<(String, String)>),
    /// As a JSON body, exactly these bytes.
    Json(String),
}

impl Request<Unsigned> {
    /// A request that asks for this.
    pub fn new(unsigned: Unsigned) -> Self {
        Request { state: unsigned }
    }

    /// What it asks for.
    pub fn content(&self) -> &Unsigned {
        &self.state
    }
}

/// A request as it goes out, with the trace of its signature. Nothing in it can be changed.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) trace: Trace,
    pub(crate) signature: String,
    pub(crate) authorization: Option<String>,
}

/// The steps of a signature, each a named value. Holds no secret; may hold a session token until
/// [`redact`]ed for the screen.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The canonical request; `None` for algorithms that have none.
    pub canonical_request: Option<String>,
    /// The text whose MAC is the signature.
    pub string_to_sign: String,
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

    /// Path and query, as they go out.
    pub fn path_and_query(&self) -> String {
        let Signed { path, query, .. } = &self.state;
        if query.is_empty() { path.clone() } else { format!("{path}?{query}") }
    }

    /// The headers, `Authorization` among them, without `Host`, which no page may set.
    pub fn headers(&self) -> &[(String, String)] {
        &self.state.headers
    }

    /// The body; empty means that none is sent.
    pub fn body(&self) -> &str {
        &self.state.body
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

    /// The address at which a route reaches the cloud: the only thing that a route changes.
    pub fn url(&self, route: &Route) -> String {
        let rest = self.path_and_query();
        match route {
            Route::Direct => format!("https://{}{rest}", self.state.host),
            Route::Proxy { base } => {
                format!("{}/{}{rest}", base.trim_end_matches('/'), self.state.host)
            }
        }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers, query and trace may hold a token, and the signature is good for minutes.
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

/// How a call travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Route {
    /// Straight to the cloud's host.
    Direct,
    /// Through a CORS proxy at `{base}/{host}{path}`.
    Proxy {
        /// An absolute or page-relative address.
        base: String,
    },
}
