//! The source of temporary credentials: an address of the operator's, or a function of the host page.
//! Both give `{keyId, secret, token, expiresAt}` for a cloud.

use crate::services::{clock, vault::SecretInput};
use gloo_net::http::Request;
use js_sys::{Date, Function, Object, Promise, Reflect};
use relight_core::model::cloud::Cloud;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, RequestCache, RequestCredentials, RequestRedirect, ResponseType, Url};

/// A key is not used in the last minute before it expires: a call in flight might arrive too late.
pub(super) const LAST_SECONDS: i64 = 60;

/// The deadline of the answer.
const DEADLINE_MS: u32 = 30_000;

/// The source of credentials.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// An address, absolute or relative to the page.
    Address(String),
    /// The property `credentials` of this element, read when a key is needed.
    Host(HtmlElement),
}

/// The credentials of the source.
pub(super) struct Credentials {
    pub(super) key_id: String,
    pub(super) secret: SecretInput,
    pub(super) token: Option<SecretInput>,
    /// In seconds since 1970.
    pub(super) expires_at: Option<i64>,
}

impl Source {
    /// The host page's function, or else the operator's address, if there is one.
    pub(crate) fn of(host: &HtmlElement, url: Option<&str>) -> Option<Self> {
        match function_of(host) {
            Some(_) => Some(Source::Host(host.clone())),
            None => url.map(|url| Source::Address(url.to_owned())),
        }
    }

    /// Its name, for people.
    pub(crate) fn name(&self) -> String {
        match self {
            Source::Address(url) => url.clone(),
            Source::Host(_) => "credentials()".to_owned(),
        }
    }

    /// Asks for credentials of a cloud.
    ///
    /// # Errors
    /// What came instead, in English: a status, or what the answer lacks.
    pub(super) async fn ask(&self, cloud: &Cloud) -> Result<Credentials, String> {
        let id = cloud.id;
        let answer = clock::within(DEADLINE_MS, async {
            match self {
                Source::Address(url) => fetch(url, id).await,
                Source::Host(host) => call(host, id).await,
            }
        });
        let answer = answer.await.ok_or("no answer within 30 seconds")??;
        credentials_of(&answer)
    }
}

/// With the cookies of the portal, without cache, and without redirects: a login page is no answer.
async fn fetch(url: &str, cloud: &str) -> Result<JsValue, String> {
    let window = web_sys::window().ok_or("no page")?;
    let base = window.location().href().unwrap_or_default();
    let url = Url::new_with_base(url, &base).map_err(|_| "not an address")?;
    url.search_params().set("cloud", cloud);
    let response = Request::get(&url.href())
        .credentials(RequestCredentials::Include)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Manual)
        .send()
        .await
        .map_err(|_| "no answer, or none that this page may read")?;
    if response.type_() == ResponseType::Opaqueredirect {
        return Err("a redirect, such as to a login page".to_owned());
    }
    if !response.ok() {
        return Err(format!("HTTP {}", response.status()));
    }
    let status = response.status();
    // Parsed by the browser, and not by serde: a secret must not be in this program's memory.
    let json = web_sys::Response::from(response).json().map_err(|_| "no answer")?;
    JsFuture::from(json).await.map_err(|_| format!("HTTP {status}, but not JSON"))
}

fn function_of(host: &HtmlElement) -> Option<Function> {
    Reflect::get(host, &"credentials".into()).ok()?.dyn_into().ok()
}

async fn call(host: &HtmlElement, cloud: &str) -> Result<JsValue, String> {
    let function = function_of(host).ok_or("it is no function any more")?;
    let asked = Object::new();
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&asked, &"cloud".into(), &cloud.into());
    let failed = |error: JsValue| {
        let message = Reflect::get(&error, &"message".into()).ok();
        message.and_then(|message| message.as_string()).unwrap_or_else(|| "it failed".to_owned())
    };
    let answer = function.call1(&JsValue::UNDEFINED, &asked).map_err(failed)?;
    JsFuture::from(Promise::resolve(&answer)).await.map_err(failed)
}

fn credentials_of(answer: &JsValue) -> Result<Credentials, String> {
    let member = |name: &str| Reflect::get(answer, &name.into()).unwrap_or_default();
    let is_missing = |value: &JsValue| value.is_undefined() || value.is_null();
    let text = |name: &str| {
        let value = member(name);
        if value.is_string() { Ok(value) } else { Err(format!("`{name}` is not a text")) }
    };
    let expires_at = member("expiresAt");
    let expires_at = if is_missing(&expires_at) {
        None
    } else {
        Some(seconds(&expires_at).ok_or("`expiresAt` is not a time")?)
    };
    if expires_at.is_some_and(|at| at - clock::unix_seconds(0) < LAST_SECONDS) {
        return Err("what it gave expires within a minute".to_owned());
    }
    let token =
        if is_missing(&member("token")) { None } else { Some(SecretInput::new(text("token")?)) };
    Ok(Credentials {
        key_id: text("keyId")?.as_string().unwrap_or_default(),
        secret: SecretInput::new(text("secret")?),
        token,
        expires_at,
    })
}

/// Seconds since 1970 from a text that `Date` reads, or from a number of seconds.
pub(crate) fn seconds(time: &JsValue) -> Option<i64> {
    let seconds = match time.as_string() {
        Some(text) => Date::parse(&text) / 1_000.0,
        None => time.as_f64()?,
    };
    #[allow(clippy::cast_possible_truncation, reason = "whole seconds in the range of dates")]
    (seconds.is_finite() && seconds.abs() < 1e11).then_some(seconds as i64)
}
