//! The operator's configuration: `relight.json`, or the same as an object.
//!
//! Every name and value is checked: a misspelt setting that was silently ignored would allow what
//! it was meant to forbid. The published JSON Schema (`static/relight.schema.json`) is generated
//! from these types by `cargo run -p relight-core --example schema`, and a test compares the two.

use crate::{
    clouds,
    form::FormEdit,
    i18n::Locale,
    model::{
        cloud::{Cloud, Mode, Operation},
        limits::{ERASE, Limits},
        query::InstanceQuery,
        route::is_proxy_base,
    },
    text::json,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// All settings. Each is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// The URL of the schema, for editors.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// The URL of the CORS proxy, absolute or relative to the page; or one for each cloud.
    pub proxy: Option<Proxies>,
    /// Whether changes are sent only after the connection check has proven that the proxy refuses
    /// the second copy of a request: browsers may repeat one by themselves.
    pub require_once: bool,
    /// The language. Default: that of the browser.
    pub language: Option<Locale>,
    /// Light or dark. Default: that of the system.
    pub theme: Option<Theme>,
    /// What is allowed. Default: everything. Presets must be allowed.
    pub allow: Allow,
    /// What must be confirmed before anything is sent.
    pub confirm: Confirm,
    /// The values filled in at the start.
    pub preset: Preset,
    /// Which of the preset values, and whether proxy, language and theme, cannot be changed:
    /// neither by hand nor by attributes or the page's URL. It narrows what is allowed and never
    /// widens it.
    pub locked: Vec<Lockable>,
    /// Where run records are sent.
    pub records: Option<Records>,
    /// Who uses the page, for the run records: set by the host page.
    pub person: Option<String>,
    /// The operator's name and texts.
    pub brand: Brand,
    /// The clouds that are called without the proxy, where that may work at all: unverified, so it
    /// is marked wherever it matters, and off unless listed here.
    pub direct: Vec<CloudId>,
    /// The source of keys, and how long they are kept.
    pub credentials: Credentials,
    /// The origins of the pages that may embed this one in a frame and have keys entered there,
    /// such as `https://portal.example.com`. Default: only the page's own origin.
    #[schemars(inner(regex(pattern = r"^https?://[a-z0-9.:\[\]-]+$")))]
    pub frames: Vec<String>,
}

/// The source of keys, and how long they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Credentials {
    /// An endpoint of the operator's for temporary keys: requested with `?cloud=…` and the user's
    /// cookies, it returns `{ "keyId", "secret", "token", "expiresAt" }`. Default: keys are
    /// entered.
    pub url: Option<String>,
    /// The key is deleted after this many seconds without activity; 0 for never. Default: 900.
    pub lock_after_seconds: Option<u32>,
    /// Whether the browser may keep a key, as a non-extractable one. Default: yes. If not, saved
    /// keys can only be deleted.
    pub keep_in_browser: Option<bool>,
}

impl Credentials {
    /// After how many milliseconds without activity the key is deleted; 0 for never.
    pub fn lock_after_ms(&self) -> u64 {
        u64::from(self.lock_after_seconds.unwrap_or(900)) * 1_000
    }

    /// Whether keys must not be saved beyond the tab.
    pub fn forbids_saving(&self) -> bool {
        self.keep_in_browser == Some(false)
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// By its public name.
    pub fn named(word: &str) -> Option<Self> {
        [Theme::Light, Theme::Dark].into_iter().find(|theme| theme.word() == word)
    }

    /// The public name: `dark`.
    pub const fn word(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// What is allowed. An omitted list allows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Allow {
    /// Clouds.
    pub clouds: Option<Vec<CloudId>>,
    /// Regions. Not applied to clouds that take no region in their requests.
    pub regions: Option<Vec<RegionId>>,
    /// Operations, by the cloud's own name or by `reboot` and `start`.
    pub operations: Option<Vec<OperationName>>,
    /// Modes; `erase` allows starts that erase local disks.
    pub modes: Option<Vec<ModeId>>,
    /// The most instances of one run.
    pub instances_max: Option<u32>,
    /// Instance ids, as patterns: `*` for any characters, `?` for one.
    pub instance_ids: Option<Vec<String>>,
    /// What an instance must match, as its cloud describes it: a query such as `tag:team=web
    /// state:running`. It applies to everything that is typed, pasted or linked, and an instance
    /// that was not described is not sent.
    pub selection: Option<String>,
    /// Dry runs only.
    pub dry_run_only: bool,
}

/// What must be confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Confirm {
    /// Above this many instances the count must be typed. Default: 50. Forced and erasing
    /// operations always ask.
    pub typed_count_above: Option<u32>,
    /// Whether a reason or a ticket must be given.
    pub reason_required: bool,
}

/// The values filled in at the start. Never a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Preset {
    /// The cloud.
    pub cloud: Option<CloudId>,
    /// The kind of account.
    pub site: Option<String>,
    /// The region.
    pub region: Option<RegionId>,
    /// The operation.
    pub operation: Option<OperationName>,
    /// The mode.
    pub mode: Option<ModeId>,
    /// Whether it is a dry run.
    pub dry_run: Option<bool>,
    /// The public half of the key.
    pub key_id: Option<String>,
    /// The instances.
    pub instance_ids: Option<Vec<String>>,
    /// The instances, as a query such as `tag:team=web state:running`: resolved when the page is
    /// opened, and again before each run.
    pub selection: Option<String>,
    /// The reason or ticket.
    pub reason: Option<String>,
}

/// A preset value that can be locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Lockable {
    /// The cloud.
    Cloud,
    /// The region.
    Region,
    /// The operation.
    Operation,
    /// The mode.
    Mode,
    /// Whether it is a dry run.
    DryRun,
    /// The instances.
    InstanceIds,
    /// The proxy: the attribute is then ignored.
    Proxy,
    /// The language: likewise, and there is no button for another.
    Language,
    /// Light or dark: likewise.
    Theme,
}

impl Lockable {
    /// The public name: `instanceIds`.
    pub const fn word(self) -> &'static str {
        match self {
            Lockable::Cloud => "cloud",
            Lockable::Region => "region",
            Lockable::Operation => "operation",
            Lockable::Mode => "mode",
            Lockable::DryRun => "dryRun",
            Lockable::InstanceIds => "instanceIds",
            Lockable::Proxy => "proxy",
            Lockable::Language => "language",
            Lockable::Theme => "theme",
        }
    }
}

/// Where run records are sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Records {
    /// An endpoint of the operator's that takes each finished run as JSON by `POST`.
    pub url: String,
}

/// The operator's name and texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Brand {
    /// Replaces the console's name.
    pub title: Option<LocalizedText>,
    /// The URL of an image beside it.
    pub logo: Option<String>,
    /// A note above the form.
    pub note: Option<LocalizedText>,
}

/// A text for both languages, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a text, or an object with a text for `en` and one for `zh`")]
#[schemars(rename = "Words")]
pub enum LocalizedText {
    /// One for all languages.
    One(String),
    /// One for each language.
    Each {
        /// English.
        en: String,
        /// Chinese.
        zh: String,
    },
}

impl LocalizedText {
    /// The text in a language.
    pub fn in_locale(&self, locale: Locale) -> &str {
        match (self, locale) {
            (LocalizedText::One(words), _)
            | (LocalizedText::Each { en: words, .. }, Locale::En)
            | (LocalizedText::Each { zh: words, .. }, Locale::Zh) => words,
        }
    }
}

/// The proxies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "an address, or an object with an address for each cloud")]
pub enum Proxies {
    /// One for all clouds.
    One(String),
    /// One for each cloud.
    Each(BTreeMap<CloudId, String>),
}

impl Proxies {
    /// The proxy's URL for a cloud, if any.
    pub fn of(&self, cloud: &Cloud) -> Option<&str> {
        match self {
            Proxies::One(base) => Some(base),
            Proxies::Each(each) => {
                each.iter().find(|(id, _)| id.0 == cloud.id).map(|(_, base)| &**base)
            }
        }
    }
}

/// Declares a string type that is checked against a list.
macro_rules! checked {
    ($(#[$about:meta])* $name:ident, $what:literal, $known:expr) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                one_of($what, &$known, String::deserialize(deserializer)?).map($name)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let known: Vec<&str> = $known;
                schemars::json_schema!({ "type": "string", "enum": known })
            }
        }
    };
}

checked!(
    /// A cloud, by its id.
    CloudId,
    "cloud",
    unique(clouds::ALL.iter().map(|cloud| cloud.id))
);

checked!(
    /// An operation, by the cloud's own name or by its verb.
    OperationName,
    "operation",
    unique(operations().flat_map(|operation| [operation.verb.word(), operation.name]))
);

checked!(
    /// A mode, by its id.
    ModeId,
    "mode",
    unique(modes().map(|mode| mode.id).chain([ERASE]))
);

/// A region: not checked against the known ones, since clouds add more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RegionId(pub String);

/// Why a configuration is invalid: in English, for operators, with the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable(pub String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Config {
    /// Parses a configuration.
    ///
    /// ```
    /// use relight_core::config::Config;
    ///
    /// let config = Config::read(r#"{ "allow": { "clouds": ["tencent"] }, "language": "zh" }"#);
    /// assert!(config.is_ok());
    /// let error = Config::read("{\n  \"allow\": { \"cluods\": [] }\n}").unwrap_err();
    /// assert!(error.0.contains("unknown field `cluods`, expected one of `clouds`"));
    /// assert!(error.0.contains("line 2"));
    /// ```
    ///
    /// # Errors
    /// Invalid JSON, an unknown setting, or an invalid value: with the valid ones and the line.
    pub fn read(text: &str) -> Result<Self, Unusable> {
        let config: Config =
            serde_json::from_str(text).map_err(|error| Unusable(error.to_string()))?;
        only_objects(text)?;
        config.check(text)?;
        Ok(config)
    }

    /// The limits: the lists, narrowed to what is locked.
    pub fn limits(&self) -> Arc<Limits> {
        let mut limits = self.allowed();
        let preset = &self.preset;
        let only = |value: Option<&String>, is_allowed: &dyn Fn(&str) -> bool| {
            value.map(|value| is_allowed(value).then(|| value.clone()).into_iter().collect())
        };
        for lock in &self.locked {
            match lock {
                Lockable::Cloud => {
                    let is_allowed = |id: &str| allows(limits.clouds.as_ref(), id);
                    limits.clouds = only(preset.cloud.as_ref().map(|id| &id.0), &is_allowed);
                }
                Lockable::Region => {
                    let is_allowed = |id: &str| limits.allows_region(id);
                    limits.regions = only(preset.region.as_ref().map(|id| &id.0), &is_allowed);
                }
                Lockable::Operation => {
                    let wanted = preset.operation.as_ref().map(|name| &name.0);
                    limits.operations = Some(operations_of(wanted, limits.operations.as_ref()));
                }
                Lockable::Mode => {
                    let is_allowed = |id: &str| allows(limits.modes.as_ref(), id);
                    limits.modes = only(preset.mode.as_ref().map(|id| &id.0), &is_allowed);
                }
                Lockable::DryRun => {
                    limits.dry_run_only = limits.dry_run_only || preset.dry_run == Some(true);
                }
                Lockable::InstanceIds => {
                    let ids = preset.instance_ids.iter().flatten();
                    let allowed = ids.filter(|id| is_one_id(id) && limits.allows_id(id));
                    limits.instance_ids = Some(allowed.cloned().collect());
                }
                Lockable::Proxy | Lockable::Language | Lockable::Theme => {}
            }
        }
        // Without a proxy nothing can be sent.
        if let Some(Proxies::Each(each)) = &self.proxy {
            let reachable = |id: &String| each.keys().any(|cloud| cloud.0 == *id);
            limits.clouds = Some(match limits.clouds.take() {
                Some(clouds) => clouds.into_iter().filter(reachable).collect(),
                None => each.keys().map(|cloud| cloud.0.clone()).collect(),
            });
        }
        Arc::new(limits)
    }

    /// The lists, without regard to what is locked.
    fn allowed(&self) -> Limits {
        let allow = &self.allow;
        Limits {
            clouds: names(allow.clouds.as_deref(), |id| &id.0),
            regions: names(allow.regions.as_deref(), |id| &id.0),
            operations: names(allow.operations.as_deref(), |name| &name.0),
            modes: names(allow.modes.as_deref(), |id| &id.0),
            instances_max: allow.instances_max.map(|most| most as usize),
            instance_ids: allow.instance_ids.clone(),
            selection: allow.selection.as_deref().map(InstanceQuery::parse),
            dry_run_only: allow.dry_run_only,
            typed_count_above: self.confirm.typed_count_above.map(|count| count as usize),
            reason_required: self.confirm.reason_required,
            once_required: self.require_once,
            once_proven: false,
        }
    }

    /// The edits that fill in the presets, in order.
    pub fn fills(&self) -> Vec<FormEdit> {
        let preset = &self.preset;
        let mut fills = Vec::new();
        let mut edit = |value: Option<&String>, edit: fn(String) -> FormEdit| {
            fills.extend(value.cloned().map(edit));
        };
        edit(preset.cloud.as_ref().map(|id| &id.0), FormEdit::Cloud);
        edit(preset.site.as_ref(), FormEdit::Site);
        edit(preset.region.as_ref().map(|id| &id.0), FormEdit::Region);
        edit(preset.operation.as_ref().map(|name| &name.0), FormEdit::Operation);
        edit(preset.mode.as_ref().map(|id| &id.0), FormEdit::Mode);
        edit(preset.key_id.as_ref(), FormEdit::KeyId);
        edit(preset.reason.as_ref(), FormEdit::Reason);
        fills.extend(preset.dry_run.map(FormEdit::DryRun));
        fills.extend(preset.instance_ids.as_ref().map(|ids| FormEdit::IdsText(ids.join("\n"))));
        fills
    }

    /// The checks that no type expresses.
    fn check(&self, text: &str) -> Result<(), Unusable> {
        self.check_preset(text)?;
        for lock in &self.locked {
            let preset = &self.preset;
            let is_set = match lock {
                Lockable::Cloud => preset.cloud.is_some(),
                Lockable::Region => preset.region.is_some(),
                Lockable::Operation => preset.operation.is_some(),
                Lockable::Mode => preset.mode.is_some(),
                Lockable::DryRun => preset.dry_run.is_some(),
                Lockable::InstanceIds => preset.instance_ids.is_some(),
                Lockable::Proxy => self.proxy.is_some(),
                Lockable::Language => self.language.is_some(),
                Lockable::Theme => self.theme.is_some(),
            };
            if !is_set {
                let name = lock.word();
                return Err(Unusable(format!(
                    "`locked` has `{name}`, but there is no value that it could be locked to"
                )));
            }
        }
        for (name, query) in [
            ("allow.selection", &self.allow.selection),
            ("preset.selection", &self.preset.selection),
        ] {
            if let Some(query) = query.as_deref().filter(|query| query.trim().is_empty()) {
                return Err(Unusable(format!(
                    "`{name}` is `{query}`, expected a query such as `tag:team=web`"
                )));
            }
        }
        let clouds = clouds::ALL.iter().copied();
        let limits = self.limits();
        let usable = clouds
            .filter(|cloud| limits.allows_cloud(cloud))
            .any(|cloud| cloud.operations.iter().any(|one| limits.allows_operation(one)));
        if !usable {
            return Err(Unusable(
                "`allow`, `locked` and `proxy` together leave no operation of any cloud".to_owned(),
            ));
        }
        let addresses = self.records.iter().map(|records| ("records.url", &records.url));
        let addresses = addresses.chain(self.brand.logo.iter().map(|url| ("brand.logo", url)));
        let keys = self.credentials.url.iter().map(|url| ("credentials.url", url));
        for (name, url) in addresses.chain(keys) {
            if !is_address(url) {
                return Err(Unusable(format!(
                    "`{name}` is `{url}`, expected an address that begins with `https:` or \
                     `http:`, or one relative to the page"
                )));
            }
        }
        let proxies: Vec<&String> = match &self.proxy {
            None => Vec::new(),
            Some(Proxies::One(base)) => vec![base],
            Some(Proxies::Each(each)) => each.values().collect(),
        };
        if let Some(base) = proxies.into_iter().find(|base| !is_proxy_base(base)) {
            return Err(no_proxy(base));
        }
        let may = |cloud: &&&'static Cloud| cloud.direct.is_some();
        for id in &self.direct {
            let mut able = clouds::ALL.iter().filter(may).map(|cloud| cloud.id);
            if !able.any(|able| able == id.0) {
                return Err(Unusable(format!(
                    "`direct` has `{}`, which no page can call without a proxy",
                    id.0
                )));
            }
        }
        for origin in &self.frames {
            if !is_origin(origin) {
                return Err(Unusable(format!(
                    "`frames` has `{origin}`, expected an origin such as `https://portal.example.com`"
                )));
            }
        }
        Ok(())
    }
}

impl Config {
    /// A preset value that is not allowed would be silently ignored, and a locked one would allow
    /// nothing.
    fn check_preset(&self, text: &str) -> Result<(), Unusable> {
        let (preset, allowed) = (&self.preset, self.allowed());
        let outside = |member: &str, value: &str, list: &str| {
            let line = line_of(text, member);
            Err(Unusable(format!(
                "`preset.{member}` is `{value}`, which `{list}` does not have{line}: a preset value \
                 has to be one that is allowed, and to lock it allows nothing more"
            )))
        };
        if let Some(CloudId(id)) = &preset.cloud
            && !allows(allowed.clouds.as_ref(), id)
        {
            return outside("cloud", id, "allow.clouds");
        }
        if let Some(RegionId(id)) = &preset.region
            && !allowed.allows_region(id)
        {
            return outside("region", id, "allow.regions");
        }
        if let Some(OperationName(name)) = &preset.operation
            && operations_of(Some(name), allowed.operations.as_ref()).is_empty()
        {
            return outside("operation", name, "allow.operations");
        }
        if let Some(ModeId(id)) = &preset.mode
            && !allows(allowed.modes.as_ref(), id)
        {
            return outside("mode", id, "allow.modes");
        }
        if preset.dry_run == Some(false) && allowed.dry_run_only {
            let line = line_of(text, "dryRun");
            return Err(Unusable(format!(
                "`preset.dryRun` is `false`, but `allow.dryRunOnly` is `true`{line}"
            )));
        }
        for id in preset.instance_ids.iter().flatten() {
            if self.locked.contains(&Lockable::InstanceIds) && !is_one_id(id) {
                let line = line_of(text, "instanceIds");
                return Err(Unusable(format!(
                    "`preset.instanceIds` has `{id}`, and is locked{line}: expected one id in each \
                     text, without `*` and `?`"
                )));
            }
            if is_one_id(id) && !allowed.allows_id(id) {
                return outside("instanceIds", id, "allow.instanceIds");
            }
        }
        Ok(())
    }
}

/// The line of a member of `preset`, as the end of an error.
fn line_of(text: &str, member: &str) -> String {
    let after = |from: usize, name: &str| {
        let name = format!("\"{name}\"");
        let rest = text.get(from..).unwrap_or_default();
        rest.match_indices(&name)
            .map(|(at, _)| from + at + name.len())
            .find(|end| text.get(*end..).is_some_and(|rest| rest.trim_start().starts_with(':')))
    };
    let place = after(0, "preset").and_then(|preset| after(preset, member));
    place.map_or_else(String::new, |place| {
        let before = text.get(..place).unwrap_or_default();
        format!(" at line {}", before.lines().count())
    })
}

fn allows(list: Option<&Vec<String>>, name: &str) -> bool {
    list.is_none_or(|list| list.iter().any(|one| one == name))
}

/// The clouds' own names of the operations that are both wanted and allowed; each list has names or
/// verbs.
fn operations_of(wanted: Option<&String>, allowed: Option<&Vec<String>>) -> Vec<String> {
    let is_named =
        |name: &str, operation: &Operation| name == operation.name || name == operation.verb.word();
    let is_both = |operation: &&Operation| {
        wanted.is_none_or(|name| is_named(name, operation))
            && allowed.is_none_or(|list| list.iter().any(|name| is_named(name, operation)))
    };
    let names = unique(operations().filter(is_both).map(|operation| operation.name));
    names.into_iter().map(str::to_owned).collect()
}

/// Whether a text can only be one id and no pattern.
fn is_one_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|one| one.is_ascii_alphanumeric() || "-_".contains(one))
}

/// The JSON Schema of the configuration.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(Config);
    schema.insert("$id".to_owned(), "relight.schema.json".into());
    schema.insert("title".to_owned(), "What the operator of a Relight page sets".into());
    // A map of strings cannot fail to serialize.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Refuses an array in place of an object: serde would read it as the settings in their order, and
/// an empty one as none.
fn only_objects(text: &str) -> Result<(), Unusable> {
    let is_list = |value: Option<&Value>| matches!(value, Some(Value::Array(_)));
    let whole = json::read(text).ok();
    if is_list(whole.as_ref()) {
        return Err(Unusable("invalid type: a list, expected an object at line 1".to_owned()));
    }
    for name in ["allow", "confirm", "preset", "records", "brand", "credentials"] {
        if is_list(whole.as_ref().and_then(|whole| whole.get(name))) {
            return Err(Unusable(format!("`{name}` is a list, expected an object")));
        }
    }
    Ok(())
}

/// The error for an invalid proxy URL, in the file or in the element's attribute.
pub fn no_proxy(base: &str) -> Unusable {
    Unusable(format!(
        "`proxy` is `{base}`, expected an address such as `https://proxy.example.com` or `/proxy`, \
         without a query and without a name or password"
    ))
}

/// Whether a text is an `http(s)` URL, or relative to one.
fn is_address(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    !url.is_empty()
        && !url.contains(char::is_whitespace)
        && scheme.is_none_or(|scheme| {
            ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
                || scheme.contains(['/', '?', '#'])
        })
}

/// Whether a text is an origin as browsers serialize it: scheme, host and port, nothing after it.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty()
            && host.chars().all(|one| {
                one.is_ascii_lowercase() || one.is_ascii_digit() || ".-:[]".contains(one)
            })
    })
}

fn names<T>(list: Option<&[T]>, name: fn(&T) -> &String) -> Option<Vec<String>> {
    list.map(|list| list.iter().map(|one| name(one).clone()).collect())
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    clouds::ALL.iter().flat_map(|cloud| cloud.operations)
}

fn modes() -> impl Iterator<Item = &'static Mode> {
    operations().flat_map(|operation| operation.modes)
}

fn unique(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut list = Vec::new();
    for name in names {
        if !list.contains(&name) {
            list.push(name);
        }
    }
    list
}

fn one_of<E: de::Error>(what: &str, known: &[&'static str], text: String) -> Result<String, E> {
    if known.contains(&text.as_str()) {
        return Ok(text);
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Err(E::custom(format!("unknown {what} `{text}`, expected one of {}", known.join(", "))))
}
