//! What a link fills in: the parameters of the page's own address. Never a key.
//!
//! A link comes from anywhere, and addresses stay in histories, logs and chats. So it fills in what a
//! person then looks at and nothing else: no key, no proxy, no erasing of disks; and whatever in it
//! looks like a key is not used, whatever its name.

use crate::{
    credential::{is_like_a_key, may_be_secret},
    form::{Form, saved::is_doubtful},
    ids::IdProblemKind,
    model::cloud::Role,
};

/// The parameters that fill something in, by the fields' public names, in the order in which they do:
/// what belongs to a cloud after the cloud.
pub const NAMES: [&str; 8] =
    ["cloud", "site", "region", "operation", "mode", "dryRun", "instanceIds", "reason"];

/// What the parameters of an address say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// What is to be filled in, by the names of [`NAMES`] and in their order.
    pub values: Vec<(&'static str, String)>,
    /// The names of the parameters that look like a key or a secret, as they are in the address.
    pub refused: Vec<String>,
}

impl Link {
    /// Reads the decoded parameters of an address. Of a name that is there twice the first counts,
    /// but for `instanceIds`, which add up. Others are somebody else's and are left alone.
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

    /// Whether there is nothing to fill in and nothing to say.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.refused.is_empty()
    }
}

impl Form {
    /// What a link to this form says: the parameters that [`Link::read`] fills in, as far as there is a
    /// choice. Of the ids' text only what may be ids.
    ///
    /// # Errors
    /// The name of a field in which something is or looks like a key or a secret: it is in no link.
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

/// Parts of names whose values are keys, in small letters without what separates words.
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
/// Names that are too short to look for in others.
const KEY_NAMES: [&str; 5] = ["ak", "sk", "pwd", "key", "pass"];

fn names_a_key(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    KEY_WORDS.iter().any(|word| name.contains(word)) || KEY_NAMES.contains(&name.as_str())
}
