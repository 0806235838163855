//! The keys that the simulated clouds know.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::cloud::Cloud;

/// One key of one cloud. The secret and the token are shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub cloud: Cloud,
    pub id: String,
    pub secret: String,
    /// The session token of a temporary key; requests with this key must carry it.
    pub token: Option<String>,
    /// When a temporary key ends, in seconds since 1970 by the cloud's clock; `None` for one that
    /// lasts.
    pub expires_at_s: Option<i64>,
}

/// How long an issued key may last, in seconds, as Alibaba's `AssumeRole` has it; shorter ones are
/// for tests.
pub(crate) const LIFETIME_S: std::ops::RangeInclusive<i64> = 1..=43_200;

impl Credential {
    /// Reads `CLOUD=ID:SECRET[:TOKEN]`. A token may itself hold colons.
    ///
    /// The error is a sentence for the person who typed it; it never repeats the secret.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shape = "a credential is CLOUD=ID:SECRET or CLOUD=ID:SECRET:TOKEN";
        let (cloud, rest) = text.split_once('=').ok_or(shape)?;
        let cloud = Cloud::parse(cloud)
            .ok_or_else(|| format!("no cloud is called {cloud:?}: alibaba, tencent or zenlayer"))?;
        let mut parts = rest.splitn(3, ':');
        let id = parts.next().filter(|part| !part.is_empty()).ok_or(shape)?;
        let secret = parts.next().filter(|part| !part.is_empty()).ok_or(shape)?;
        let token = parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
        Ok(Self { cloud, id: id.to_owned(), secret: secret.to_owned(), token, expires_at_s: None })
    }

    /// A fresh temporary key, in the shape of its cloud; `None` where the cloud has none. It is made of
    /// a count and the time, so that a run is reproducible: a sandbox protects nothing.
    pub fn temporary(cloud: Cloud, count: u64, expires_at_s: i64) -> Option<Self> {
        let made = |what: &str| {
            let seed = format!("{what} {} {count} {expires_at_s}", cloud.name());
            hex::encode(Sha256::digest(seed.as_bytes()))
        };
        let id = match cloud {
            Cloud::Alibaba => format!("STS.{:.24}", made("id")),
            Cloud::Tencent => format!("AKID{:.48}", made("id")),
            Cloud::Zenlayer => return None,
        };
        Some(Self {
            cloud,
            id,
            secret: format!("{:.40}", made("secret")),
            token: Some(format!("sandbox/{}+{}==", cloud.name(), made("token"))),
            expires_at_s: Some(expires_at_s),
        })
    }

    /// The documented demo keys: one lasting key for each cloud, and a temporary one with a token
    /// for Alibaba and Tencent (Zenlayer has no session tokens).
    pub fn demo() -> Vec<Self> {
        let key = |cloud, id: &str, secret: &str, token: Option<&str>| Self {
            cloud,
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: token.map(str::to_owned),
            expires_at_s: None,
        };
        vec![
            key(Cloud::Alibaba, "LTAIsandboxdemo000000001", "sandbox-alibaba-secret-0000001", None),
            key(
                Cloud::Alibaba,
                "STS.sandboxdemo000000000002",
                "sandbox-alibaba-secret-0000002",
                Some("sandbox/alibaba+session=token=="),
            ),
            key(
                Cloud::Tencent,
                "AKIDsandboxdemo000000000000000000001",
                "sandbox-tencent-secret-000000001",
                None,
            ),
            key(
                Cloud::Tencent,
                "AKIDsandboxdemo000000000000000000002",
                "sandbox-tencent-secret-000000002",
                Some("sandbox/tencent+session=token=="),
            ),
            key(Cloud::Zenlayer, "zenSandboxDemo01", "sandboxZenlayerPassword01", None),
        ]
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({} {})", self.cloud.name(), self.id)
    }
}
