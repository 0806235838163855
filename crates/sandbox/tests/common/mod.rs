//! Signs requests for the tests, apart from the code that verifies them.

#![allow(dead_code)] // each test file uses its own part

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use relight_sandbox::{
    Cloud, Config, Reply, Request, Sandbox, credential::Credential, fleet::State, time,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// 2026-11-20T12:00:00Z.
pub(crate) const NOW_MS: i64 = 1_795_176_000_000;

/// One call to be made.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) cloud: Cloud,
    pub(crate) action: String,
    /// Query parameters of Alibaba; ignored for the others.
    pub(crate) query: Vec<(String, String)>,
    /// Body of Tencent and Zenlayer; ignored for Alibaba.
    pub(crate) body: Value,
    pub(crate) region: String,
    pub(crate) version: String,
    pub(crate) host: String,
    pub(crate) accept: String,
    pub(crate) nonce: String,
    pub(crate) at_ms: i64,
    pub(crate) key: Credential,
}

impl Ask {
    /// A call with the demo key, in the region of the fleet's first instances.
    pub(crate) fn new(cloud: Cloud, action: &str) -> Self {
        let (host, region, version) = match cloud {
            Cloud::Alibaba => ("ecs.cn-hangzhou.aliyuncs.com", "cn-hangzhou", "2014-05-26"),
            Cloud::Tencent => ("cvm.tencentcloudapi.com", "ap-guangzhou", "2017-03-12"),
            Cloud::Zenlayer => ("console.zenlayer.com", "", "2025-09-01"),
        };
        let key =
            Credential::demo().into_iter().find(|key| key.cloud == cloud).expect("a demo key");
        Self {
            cloud,
            action: action.to_owned(),
            query: Vec::new(),
            body: json!({}),
            region: region.to_owned(),
            version: version.to_owned(),
            host: host.to_owned(),
            accept: "application/json".to_owned(),
            nonce: String::new(),
            at_ms: NOW_MS,
            key,
        }
    }

    /// A power or status call for these instances, by whatever parameters the cloud has for it.
    pub(crate) fn ids(mut self, ids: &[&str]) -> Self {
        match self.cloud {
            Cloud::Alibaba if self.is_single() => {
                self.query.push(("InstanceId".to_owned(), ids[0].to_owned()));
            }
            Cloud::Alibaba => {
                for (place, id) in ids.iter().enumerate() {
                    self.query.push((format!("InstanceId.{}", place + 1), (*id).to_owned()));
                }
            }
            Cloud::Tencent => self.body["InstanceIds"] = json!(ids),
            Cloud::Zenlayer => self.body["instanceIds"] = json!(ids),
        }
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn field(mut self, name: &str, value: Value) -> Self {
        self.body[name] = value;
        self
    }

    fn is_single(&self) -> bool {
        ["RebootInstance", "StartInstance", "StopInstance"].contains(&self.action.as_str())
    }

    /// The request, signed, as it would arrive directly.
    pub(crate) fn sign(&self) -> Request {
        match self.cloud {
            Cloud::Alibaba => self.acs3(),
            Cloud::Tencent => self.tc3(),
            Cloud::Zenlayer => self.zc2(),
        }
    }

    /// The request, signed, as a page sends it to the proxy.
    pub(crate) fn sign_for_proxy(&self) -> Request {
        let mut request = self.sign();
        request.headers.retain(|(name, _)| name != "host");
        request.headers.push(("host".to_owned(), "127.0.0.1:8911".to_owned()));
        request.target = format!("/proxy/{}{}", self.host, request.target);
        request
    }

    fn acs3(&self) -> Request {
        let mut query = self.query.clone();
        let needs_region = !self.is_single() && self.action != "DescribeRegions";
        if needs_region && !query.iter().any(|(name, _)| name == "RegionId") {
            query.push(("RegionId".to_owned(), self.region.clone()));
        }
        query.sort();
        let pairs: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let query = pairs.join("&");
        let mut headers = vec![
            ("host".to_owned(), self.host.clone()),
            ("x-acs-action".to_owned(), self.action.clone()),
            ("x-acs-content-sha256".to_owned(), hex::encode(Sha256::digest(b""))),
            ("x-acs-date".to_owned(), time::iso(self.at_ms / 1_000)),
        ];
        if let Some(token) = &self.key.token {
            headers.push(("x-acs-security-token".to_owned(), token.clone()));
        }
        let nonce = if self.nonce.is_empty() { fresh_nonce() } else { self.nonce.clone() };
        headers.push(("x-acs-signature-nonce".to_owned(), nonce));
        headers.push(("x-acs-version".to_owned(), self.version.clone()));
        headers.sort();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let canonical = format!(
            "POST\n/\n{query}\n{}\n{names}\n{}",
            lines(&headers),
            hex::encode(Sha256::digest(b""))
        );
        let to_sign = format!("ACS3-HMAC-SHA256\n{}", hex::encode(Sha256::digest(canonical)));
        let signature = hex::encode(mac(self.key.secret.as_bytes(), &to_sign));
        headers.push((
            "authorization".to_owned(),
            format!(
                "ACS3-HMAC-SHA256 Credential={},SignedHeaders={names},Signature={signature}",
                self.key.id
            ),
        ));
        if !self.accept.is_empty() {
            headers.push(("accept".to_owned(), self.accept.clone()));
        }
        let target = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
        Request { method: "POST".to_owned(), target, headers, body: Vec::new() }
    }

    fn tc3(&self) -> Request {
        self.tc3_as("POST", "application/json", "", self.body.to_string())
    }

    /// Tencent's GET, with the parameters in the query exactly as given.
    pub(crate) fn tc3_get(&self, query: &str) -> Request {
        self.tc3_as("GET", "application/x-www-form-urlencoded", query, String::new())
    }

    fn tc3_as(&self, method: &str, content_type: &str, query: &str, body: String) -> Request {
        let seconds = self.at_ms / 1_000;
        let signed = [
            ("content-type".to_owned(), content_type.to_owned()),
            ("host".to_owned(), self.host.clone()),
            ("x-tc-action".to_owned(), self.action.to_lowercase()),
        ];
        let names = "content-type;host;x-tc-action";
        let payload = hex::encode(Sha256::digest(&body));
        let canonical = format!("{method}\n/\n{query}\n{}\n{names}\n{payload}", lines(&signed));
        let date = time::date(seconds);
        let scope = format!("{date}/cvm/tc3_request");
        let to_sign = format!(
            "TC3-HMAC-SHA256\n{seconds}\n{scope}\n{}",
            hex::encode(Sha256::digest(canonical))
        );
        let day = mac(format!("TC3{}", self.key.secret).as_bytes(), &date);
        let signature = hex::encode(mac(&mac(&mac(&day, "cvm"), "tc3_request"), &to_sign));
        let mut headers = vec![
            ("host".to_owned(), self.host.clone()),
            ("content-type".to_owned(), content_type.to_owned()),
            ("x-tc-action".to_owned(), self.action.clone()),
            ("x-tc-version".to_owned(), self.version.clone()),
            ("x-tc-timestamp".to_owned(), seconds.to_string()),
            (
                "authorization".to_owned(),
                format!(
                    "TC3-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
                    self.key.id
                ),
            ),
        ];
        if !self.region.is_empty() {
            headers.push(("x-tc-region".to_owned(), self.region.clone()));
        }
        if let Some(token) = &self.key.token {
            headers.push(("x-tc-token".to_owned(), token.clone()));
        }
        let target = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
        Request { method: method.to_owned(), target, headers, body: body.into_bytes() }
    }

    fn zc2(&self) -> Request {
        let body = self.body.to_string();
        let seconds = self.at_ms / 1_000;
        let signed = [
            ("content-type".to_owned(), "application/json".to_owned()),
            ("host".to_owned(), self.host.clone()),
        ];
        let names = "content-type;host";
        let canonical = format!(
            "POST\n/\n\n{}\n{names}\n{}",
            lines(&signed),
            hex::encode(Sha256::digest(&body))
        );
        let to_sign =
            format!("ZC2-HMAC-SHA256\n{seconds}\n{}", hex::encode(Sha256::digest(canonical)));
        let signature = hex::encode(mac(self.key.secret.as_bytes(), &to_sign));
        let headers = [
            ("host", self.host.as_str()),
            ("content-type", "application/json"),
            ("x-zc-action", &self.action),
            ("x-zc-version", &self.version),
            ("x-zc-timestamp", &seconds.to_string()),
            ("x-zc-signature-method", "ZC2-HMAC-SHA256"),
            (
                "authorization",
                &format!(
                    "ZC2-HMAC-SHA256 Credential={}, SignedHeaders={names}, Signature={signature}",
                    self.key.id
                ),
            ),
        ];
        Request {
            method: "POST".to_owned(),
            target: "/api/v2/zec".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: body.into_bytes(),
        }
    }
}

/// A sandbox with the demo keys and the standard fleet.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::new(Config::default())
}

/// The answer's status and its error code, or `ok`.
pub(crate) fn outcome(reply: &Reply) -> (u16, String) {
    let body = json_of(reply);
    let code = [&body["Code"], &body["Response"]["Error"]["Code"], &body["code"]]
        .into_iter()
        .find_map(Value::as_str);
    (reply.answer.status, code.unwrap_or("ok").to_owned())
}

pub(crate) fn json_of(reply: &Reply) -> Value {
    let text = String::from_utf8_lossy(&reply.answer.body);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub(crate) fn send(sandbox: &mut Sandbox, ask: &Ask) -> (u16, String) {
    outcome(&sandbox.answer(&ask.sign(), ask.at_ms))
}

/// Instances of the region that `Ask::new` uses, without an assigned error and in this state.
pub(crate) fn pick(sandbox: &Sandbox, cloud: Cloud, state: State, count: usize) -> Vec<String> {
    let region = sandbox.fleet().all().iter().find(|one| one.cloud == cloud).map(|one| &one.region);
    let found: Vec<String> = sandbox
        .fleet()
        .all()
        .iter()
        .filter(|one| one.cloud == cloud && Some(&one.region) == region)
        .filter(|one| one.state == state && one.error_code.is_none())
        .map(|one| one.id.clone())
        .take(count)
        .collect();
    assert_eq!(found.len(), count, "the fleet has so many");
    found
}

/// Adds a fault over the control endpoint, as a test of the page would.
pub(crate) fn fault(sandbox: &mut Sandbox, value: &Value) {
    let reply = control(sandbox, "POST", "/sandbox/faults", &value.to_string());
    assert_eq!(reply.answer.status, 200, "{}", String::from_utf8_lossy(&reply.answer.body));
}

pub(crate) fn control(sandbox: &mut Sandbox, method: &str, target: &str, body: &str) -> Reply {
    let request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: vec![("host".to_owned(), "127.0.0.1:8911".to_owned())],
        body: body.as_bytes().to_vec(),
    };
    sandbox.answer(&request, NOW_MS)
}

fn fresh_nonce() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:032x}", COUNT.fetch_add(1, Ordering::Relaxed))
}

fn lines(headers: &[(String, String)]) -> String {
    headers.iter().fold(String::new(), |out, (name, value)| format!("{out}{name}:{value}\n"))
}

fn percent(text: &str) -> String {
    const RESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
