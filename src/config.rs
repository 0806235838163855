//! What the operator of the page has set: a JSON file, and the element's attributes over it.

use crate::frame::{Stranger, stranger};
use relight_core::{
    json::{self, Value},
    request::Route,
    words::Locale,
};
use web_sys::{HtmlElement, Storage};

/// Where the configuration ends up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// How calls travel.
    pub(crate) route: Route,
    /// The language, if it is set; else a person's last choice, else the browser's.
    pub(crate) locale: Option<Locale>,
    /// The page around this one, if it may not have keys entered here.
    pub(crate) stranger: Option<Stranger>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            route: Route::Proxy { base: "/proxy".into() },
            locale: None,
            stranger: stranger(&[]),
        }
    }
}

/// `relight.json`.
#[derive(Debug, Default)]
struct File {
    /// The proxy's address, absolute or relative to the page.
    proxy: Option<String>,
    /// `en` or `zh`.
    language: Option<String>,
    /// The origins that may frame the page.
    frames: Vec<String>,
}

impl File {
    fn read(text: &str) -> Result<Self, String> {
        let Ok(Value::Object(members)) = json::read(text) else {
            return Err("not a JSON object".to_owned());
        };
        let mut file = File::default();
        for (name, value) in members {
            let setting = match name.as_str() {
                "proxy" => &mut file.proxy,
                "language" => &mut file.language,
                // For editors.
                "$schema" => continue,
                "frames" => {
                    let Value::Array(origins) = &value else {
                        return Err(format!("`{name}` must be a list"));
                    };
                    file.frames = origins.iter().filter_map(text_of).collect();
                    continue;
                }
                _ => return Err(format!("there is no setting `{name}`")),
            };
            *setting = match value {
                Value::String(text) => Some(text),
                Value::Null => None,
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    return Err(format!("`{name}` must be a text"));
                }
            };
        }
        Ok(file)
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

impl Config {
    /// The configuration of an element: the file that its `config` attribute names, then the
    /// attributes `proxy` and `lang`.
    ///
    /// # Errors
    /// A file that cannot be had or read, in words; the attributes are heeded all the same.
    pub(crate) async fn load(host: &HtmlElement) -> (Config, Option<String>) {
        let mut config = Config::default();
        let mut problem = None;
        if let Some(url) = host.get_attribute("config").filter(|url| !url.is_empty()) {
            match fetch(&url).await {
                Ok(file) => {
                    if let Some(base) = file.proxy {
                        config.route = Route::Proxy { base };
                    }
                    config.stranger = stranger(&file.frames);
                    config.locale = file.language.as_deref().map(Locale::from_tag);
                }
                Err(error) => problem = Some(format!("{url}: {error}")),
            }
        }
        config.heed(host);
        (config, problem)
    }

    /// Takes over what the element's attributes say.
    fn heed(&mut self, host: &HtmlElement) {
        if let Some(base) = host.get_attribute("proxy").filter(|base| !base.is_empty()) {
            self.route = Route::Proxy { base };
        }
        if let Some(tag) = host.get_attribute("lang").filter(|tag| !tag.is_empty()) {
            self.locale = Some(Locale::from_tag(&tag));
        }
    }
}

/// Where a person's choice of the language is kept. Nothing else is kept beside the journal.
const LANGUAGE: &str = "relight-language";

/// Keeps the language that a person has chosen for the next time.
pub(crate) fn remember(locale: Locale) {
    if let Some(storage) = storage() {
        // Where nothing may be kept the browser's language is used the next time.
        let _ = storage.set_item(LANGUAGE, locale.tag());
    }
}

/// The language that was chosen the last time, else the one that the browser asks for.
pub(crate) fn usual_locale() -> Locale {
    let chosen = storage().and_then(|storage| storage.get_item(LANGUAGE).ok().flatten());
    chosen.map_or_else(browser_locale, |tag| Locale::from_tag(&tag))
}

/// Refused in a frame whose page may keep nothing.
fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn browser_locale() -> Locale {
    let navigator = web_sys::window().map(|window| window.navigator());
    Locale::from_tag(&navigator.and_then(|navigator| navigator.language()).unwrap_or_default())
}

async fn fetch(url: &str) -> Result<File, String> {
    let response = gloo_net::http::Request::get(url).send().await.map_err(|e| e.to_string())?;
    if !response.ok() {
        return Err(format!("HTTP {}", response.status()));
    }
    let text = response.text().await.map_err(|error| error.to_string())?;
    File::read(&text)
}
