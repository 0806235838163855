//! The operator's configuration: a JSON file, overridden by the element's attributes.

use crate::services::frame::{UntrustedParent, untrusted_parent};
use js_sys::{Array, Object, Reflect};
use relight_core::{
    config::{Config as Settings, Proxies, Theme, no_proxy},
    i18n::Locale,
    model::{
        cloud::Cloud,
        route::{Route, is_proxy_base},
    },
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{HtmlElement, Storage};

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    /// A promise of the text of an element's configuration, or of `null`; it is rejected with an `Error`.
    #[wasm_bindgen(js_name = configuration)]
    pub(crate) fn configuration(host: &HtmlElement) -> js_sys::Promise;
}

/// The result of [`configuration`].
pub(crate) type ConfigurationText = Result<JsValue, JsValue>;

/// What the form needs of the configuration. It is not validated here: the console does that.
pub(crate) struct FormConfig {
    /// The route of calls, if all clouds have the same.
    pub(crate) route: Route,
    /// The language, if it is set; else the user's last choice, else the browser's.
    pub(crate) locale: Option<Locale>,
    /// The untrusted parent, if there is one: no key may be entered then.
    pub(crate) untrusted_parent: Option<UntrustedParent>,
    /// Whether the file has more than is understood here, or is invalid: the console is then loaded at
    /// once.
    pub(crate) more: bool,
}

impl Default for FormConfig {
    fn default() -> Self {
        FormConfig {
            route: default_route(),
            locale: None,
            untrusted_parent: untrusted_parent(&[]),
            more: false,
        }
    }
}

impl FormConfig {
    /// Of an element, from the result of [`configuration`].
    pub(crate) fn of(host: &HtmlElement, text: ConfigurationText) -> Self {
        let mut config = FormConfig::default();
        match text.map(|text| text.as_string()) {
            Ok(None) => {}
            Ok(Some(text)) => config.read(&text),
            Err(_) => config.more = true,
        }
        let source = Reflect::get(host, &"credentials".into());
        config.more |= source.is_ok_and(|source| source.is_function());
        // An attribute may be locked by a setting that is not understood here.
        if !config.more {
            if let Some(base) = attribute(host, "proxy") {
                config.route = Route::Proxy { base };
            }
            if let Some(tag) = attribute(host, "lang") {
                config.locale = Some(Locale::from_tag(&tag));
            }
        }
        config
    }

    fn read(&mut self, text: &str) {
        let is_object = text.trim_ascii_start().starts_with('{');
        let Some(members) = is_object.then(|| js_sys::JSON::parse(text).ok()).flatten() else {
            self.more = true;
            return;
        };
        let members = Object::entries(members.unchecked_ref());
        // A name and a text, each in quotes, or the file has something that is not understood here: also a
        // doubled name, of which `JSON.parse` keeps the last value.
        let quotes = text.bytes().filter(|byte| *byte == b'"').count();
        self.more |= u32::try_from(quotes) != Ok(4 * members.length());
        for member in members.iter() {
            let member = Array::from(&member);
            match (member.get(0).as_string().as_deref(), member.get(1).as_string()) {
                (Some("proxy"), Some(base)) => self.route = Route::Proxy { base },
                (Some("language"), Some(tag)) => self.locale = Some(Locale::from_tag(&tag)),
                // For editors.
                (Some("$schema"), Some(_)) => {}
                _ => self.more = true,
            }
        }
    }
}

/// The configuration, validated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// The route of calls, if all clouds have the same.
    pub(crate) route: Route,
    /// The language, if it is set; else the user's last choice, else the browser's.
    pub(crate) locale: Option<Locale>,
    /// The untrusted parent, if there is one: no key may be entered then.
    pub(crate) untrusted_parent: Option<UntrustedParent>,
    pub(crate) settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            route: default_route(),
            locale: None,
            untrusted_parent: untrusted_parent(&[]),
            settings: Settings::default(),
        }
    }
}

impl Config {
    /// The configuration of an element: its property `config`, or else the file that its attribute of
    /// that name points to; then the attributes `proxy` and `lang`, unless that is locked.
    ///
    /// `text` is the result of [`configuration`]; the problems are returned with the configuration.
    pub(crate) fn of(host: &HtmlElement, text: ConfigurationText) -> (Config, Option<String>) {
        let mut config = Config::default();
        let problem = match text.map(|text| text.as_string()) {
            Ok(text) => text.and_then(|text| config.read(&text).err()),
            Err(error) => Some(js_sys::Error::from(error).message().into()),
        };
        let attribute = config.apply_attributes(host);
        (config, problem.or(attribute))
    }

    fn read(&mut self, text: &str) -> Result<(), String> {
        self.settings = Settings::read(text).map_err(|error| error.to_string())?;
        if let Some(Proxies::One(base)) = &self.settings.proxy {
            self.route = Route::Proxy { base: base.clone() };
        }
        self.locale = self.settings.language;
        self.untrusted_parent = untrusted_parent(&self.settings.frames);
        Ok(())
    }

    /// Applies the element's attributes, and returns their problems.
    fn apply_attributes(&mut self, host: &HtmlElement) -> Option<String> {
        let mut problem = None;
        if let Some(base) = attribute(host, "proxy").filter(|_| !self.is_locked("proxy")) {
            if is_proxy_base(&base) {
                self.settings.proxy = None;
            } else {
                problem = Some(no_proxy(&base).to_string());
            }
            self.route = Route::Proxy { base };
        }
        if let Some(tag) = attribute(host, "lang").filter(|_| !self.is_locked("language")) {
            self.locale = Some(Locale::from_tag(&tag));
        }
        if !self.is_locked("theme") {
            let named = attribute(host, "theme").and_then(|word| Theme::named(&word));
            self.settings.theme = named.or(self.settings.theme);
        }
        problem
    }

    /// The route of calls to a cloud.
    pub(crate) fn route_to(&self, cloud: &Cloud) -> Route {
        if self.settings.direct.iter().any(|id| id.0 == cloud.id) {
            return Route::Direct;
        }
        let own = self.settings.proxy.as_ref().and_then(|proxies| proxies.of(cloud));
        own.map_or_else(|| self.route.clone(), |base| Route::Proxy { base: base.to_owned() })
    }

    fn is_locked(&self, name: &str) -> bool {
        self.settings.locked.iter().any(|lock| lock.word() == name)
    }
}

/// The proxy on the page's own origin.
fn default_route() -> Route {
    Route::Proxy { base: "/proxy".into() }
}

fn attribute(host: &HtmlElement, name: &str) -> Option<String> {
    host.get_attribute(name).filter(|value| !value.is_empty())
}

/// Where the user's language is stored. Besides it, the journal and saved keys (`vault::key_store`), only
/// the ids of pending uploads (`uploads`) and what is known of proxies (`duplicate_guard`) are stored.
const LANGUAGE: &str = "relight-language";

/// Stores the language that the user has chosen.
pub(crate) fn save_locale(locale: Locale) {
    if let Some(storage) = storage() {
        // Where nothing can be stored, the browser's language is used the next time.
        let _ = storage.set_item(LANGUAGE, locale.tag());
    }
}

/// The stored language, else the browser's.
pub(crate) fn default_locale() -> Locale {
    let chosen = storage().and_then(|storage| storage.get_item(LANGUAGE).ok().flatten());
    chosen.map_or_else(browser_locale, |tag| Locale::from_tag(&tag))
}

/// Access is denied in a frame without storage.
pub(crate) fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn browser_locale() -> Locale {
    let navigator = web_sys::window().map(|window| window.navigator());
    Locale::from_tag(&navigator.and_then(|navigator| navigator.language()).unwrap_or_default())
}
