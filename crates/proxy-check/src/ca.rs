//! A certificate authority for tests: the clouds' names, and certificates that must be refused.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::ring::sign::any_supported_type,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Issued for the right name, but by an untrusted authority.
    Untrusted,
    /// It is a trusted one, for another cloud's name.
    WrongName,
    /// It is a trusted one that ended years ago.
    Expired,
}

/// An authority whose certificates the proxy under test trusts, and one that it does not.
pub struct Authority {
    trusted: CertifiedIssuer<'static, KeyPair>,
    untrusted: CertifiedIssuer<'static, KeyPair>,
    flaws: Mutex<HashMap<String, Flaw>>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Authority {
    /// A new one, with new keys.
    pub fn new() -> Result<Self> {
        Ok(Self {
            trusted: issuer("Relight test authority")?,
            untrusted: issuer("An authority nobody trusts")?,
            flaws: Mutex::default(),
            made: Mutex::default(),
        })
    }

    /// The certificate to trust.
    pub fn pem(&self) -> String {
        self.trusted.pem()
    }

    /// A server's side of TLS, with a certificate for each requested name.
    pub fn server_config(self: &Arc<Self>, protocols: &[&str]) -> Result<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Resolver(Arc::clone(self))));
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(config)
    }

    /// A trusted certificate for this name and its key, both as PEM, for a server's files.
    pub fn issue(&self, name: &str) -> Result<(String, String)> {
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate()?;
        Ok((params.signed_by(&key, &self.trusted)?.pem(), key.serialize_pem()))
    }

    /// From now on the certificate for this name has this flaw.
    pub fn set_flaw(&self, host: &str, flaw: Flaw) {
        self.flaws.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), flaw);
    }

    fn certificate(&self, host: &str) -> Result<Arc<CertifiedKey>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(host) {
            return Ok(Arc::clone(known));
        }
        let flaw = self.flaws.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied();
        let key = Arc::new(self.make(host, flaw)?);
        made.insert(host.to_owned(), Arc::clone(&key));
        Ok(key)
    }

    fn make(&self, host: &str, flaw: Option<Flaw>) -> Result<CertifiedKey> {
        let name = if flaw == Some(Flaw::WrongName) { "elsewhere.example" } else { host };
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        if flaw == Some(Flaw::Expired) {
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let key = KeyPair::generate()?;
        let issuer = if flaw == Some(Flaw::Untrusted) { &self.untrusted } else { &self.trusted };
        let certificate = params.signed_by(&key, issuer)?;
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(CertifiedKey::new(
            vec![certificate.der().clone(), issuer.der().clone()],
            any_supported_type(&private)?,
        ))
    }
}

/// Answers each handshake with a certificate for the name that was asked for.
struct Resolver(Arc<Authority>);

impl std::fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Resolver")
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Without a name there is no certificate: the handshake fails, as it does at the clouds.
        self.0.certificate(hello.server_name()?).ok()
    }
}

fn issuer(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?).context("a test authority")
}
