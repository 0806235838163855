//! What arrived, in order. Never a secret, a signature or a token.

use serde_json::{Value, json};

use crate::{cloud::Cloud, time};

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// `/proxy/{host}/…`
    Proxy,
    /// The Host header named the cloud.
    Host,
    /// Only the headers or parameters named the cloud.
    Headers,
}

/// One arrival at a cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub at_ms: i64,
    pub cloud: Cloud,
    pub via: Via,
    pub host: String,
    pub method: String,
    pub action: String,
    pub version: String,
    pub region: String,
    pub ids: Vec<String>,
    pub key_id: String,
    /// `ok`, `not checked`, or the code with which it was refused.
    pub signature: String,
    /// Whether the operation was carried out, on one instance at least. A dry run is not.
    pub executed: bool,
    /// The instances that it was not carried out on, each with a code, if the others were not refused
    /// with them.
    pub refused: Vec<(String, String)>,
    pub request_id: String,
    /// The status that was answered, even if the answer was then lost.
    pub status: u16,
    /// The error code that was answered, if any.
    pub code: Option<String>,
    /// The fault that took effect, if any.
    pub fault: Option<&'static str>,
}

impl Call {
    /// One element of `GET /sandbox/calls`.
    pub fn to_json(&self, number: usize) -> Value {
        json!({
            "number": number,
            "time": time::iso(self.at_ms.div_euclid(1_000)),
            "unixMs": self.at_ms,
            "cloud": self.cloud.name(),
            "via": match self.via {
                Via::Proxy => "proxy",
                Via::Host => "direct",
                Via::Headers => "headers",
            },
            "host": self.host,
            "method": self.method,
            "action": self.action,
            "version": self.version,
            "region": self.region,
            "ids": self.ids,
            "keyId": self.key_id,
            "signature": self.signature,
            "executed": self.executed,
            "refused": self.refused.iter().map(|(id, code)| json!({ "instanceId": id, "code": code }))
                .collect::<Vec<_>>(),
            "requestId": self.request_id,
            "status": self.status,
            "code": self.code,
            "fault": self.fault,
        })
    }
}

/// A request that the proxy did not let through or could not deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    pub at_ms: i64,
    pub method: String,
    pub path: String,
    pub status: u16,
    pub reason: String,
}

impl Undelivered {
    /// One element of `GET /sandbox/undelivered`.
    pub fn to_json(&self) -> Value {
        json!({
            "time": time::iso(self.at_ms.div_euclid(1_000)),
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "reason": self.reason,
        })
    }
}
