//! Links: the parameters of the page's URL that fill in the form. Never a key.
//!
//! A link may come from anybody, and URLs are kept in histories, logs and chats. So it only fills
//! in what the user then reviews: no key, no proxy, no erasing of disks; and a value that looks
//! like a key is ignored, whatever its name.

use crate::{
    credential::{is_like_a_key, may_be_secret},
    form::{Form, saved::is_doubtful},
    ids::IdProblemKind,
    model::cloud::Role,
};

/// The parameters by the fields' public names, in the order in which they are applied: the cloud
/// before what belongs to it.
pub const NAMES: [&str; 8] =
    ["cloud", "site", "region", "operation", "mode", "dryRun", "instanceIds", "reason"];

/// The parameters of a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The values to fill in, by the names of [`NAMES`] and in their order.
    pub values: Vec<(&'static str, String)>,
    /// The names of the parameters that look like a key or a secret, as spelt in the URL.
    pub refused: Vec<String>,
}

impl Link {
    /// Reads the decoded parameters of a URL. The first of a repeated name counts, except that
    /// `instanceIds` are joined. Unknown parameters are ignored.
    ///
    /// ```
    /// use relight_core::form::link::Link;
    ///
    /// let parameters = [("region", "ap-guangzhou"), ("cloud", "tencent"), ("secretKey", "x")];
    /// let link = Link::read(parameters.map(|(name, value)| (name.into(), value.into())));
    /// assert_eq!(link.values[0], ("cloud", "tencent".to_owned()));
    /// assert_eq!(link.refused, ["secretKey"]);
    /// ```
    pub fn read(parameters: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut link = Link::default();
        let mut rest = Vec::new();
        for (name, value) in parameters {
            if names_a_key(&name) || is_like_a_key(&name) || is_like_a_key(&value) {
                if !link.refused.contains(&name) {
                    link.refused.push(name);
                }
            } else {
                rest.push((name, value));
            }
        }
        for name in NAMES {
            let mut values = rest.iter().filter(|one| one.0 == name).map(|one| one.1.as_str());
            let value = if name == "instanceIds" {
                values.collect::<Vec<_>>().join("\n")
            } else {
                values.next().unwrap_or_default().trim().to_owned()
            };
            if !value.is_empty() {
                link.values.push((name, value));
            }
        }
        link
    }

    /// Whether there is nothing to fill in or to report.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.refused.is_empty()
    }
}

impl Form {
    /// The parameters of a link to this form, without those that have no choice. Of the ids field
    /// only possible ids.
    ///
    /// # Errors
    /// The name of a field that contains or resembles a key or a secret.
    pub fn link(&self) -> Result<Vec<(&'static str, String)>, &'static str> {
        let problems = self.parsed.problems.iter();
        let rest = problems.clone().filter(|problem| problem.kind != IdProblemKind::Repeated);
        let ids = self.parsed.ids.iter().map(|parsed| parsed.id.as_str());
        let ids = ids.chain(rest.map(|one| one.text.as_str())).collect::<Vec<_>>().join("\n");
        let is_known = self.cloud.regions.known.iter().any(|one| one.id == self.region);
        let has_key = |text: &str| self.guard.is_in(text) || is_like_a_key(text);
        if !is_known && (has_key(&self.region) || may_be_secret(&self.region)) {
            return Err("region");
        }
        if has_key(&self.reason) {
            return Err("reason");
        }
        if has_key(&self.ids_text) || problems.clone().any(is_doubtful) {
            return Err("instanceIds");
        }
        let has_choice = |name: &str| match name {
            "site" => self.cloud.sites.len() > 1,
            "mode" => self.operation.modes.len() > 1,
            "dryRun" => self.operation.parameter_for(Role::DryRun).is_some(),
            _ => true,
        };
        let mut values = self.filled();
        values.retain(|(name, _)| NAMES.contains(name) && has_choice(name));
        for (name, value) in &mut values {
            if *name == "instanceIds" {
                value.clone_from(&ids);
            }
        }
        values.retain(|(_, value)| !value.is_empty());
        Ok(values)
    }
}

/// Parts of names whose values are keys, in lower case without separators.
const KEY_WORDS: [&str; 11] = [
    "secret",
    "token",
    "password",
    "passwd",
    "signature",
    "credential",
    "accesskey",
    "privatekey",
    "apikey",
    "keyid",
    "authorization",
];
/// Names that are too short to search for within others.
const KEY_NAMES: [&str; 5] = ["ak", "sk", "pwd", "key", "pass"];

fn names_a_key(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    KEY_WORDS.iter().any(|word| name.contains(word)) || KEY_NAMES.contains(&name.as_str())
}
