//! What a link fills in: the parameters of the page's own address. Never a key.
//!
//! A link comes from anywhere, and addresses stay in histories, logs and chats. So it fills in what a
//! person then looks at and nothing else: no key, no proxy, no erasing of disks; and whatever in it
//! looks like a key is not used, whatever its name.

use crate::credential::is_like_a_key;

/// The parameters that fill something in, by the fields' public names, in the order in which they do:
/// what belongs to a cloud after the cloud.
pub(crate) const NAMES: [&str; 8] =
    ["cloud", "site", "region", "operation", "mode", "dryRun", "instanceIds", "reason"];

/// What the parameters of an address say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// What is to be filled in, by the names of [`NAMES`] and in their order.
    pub values: Vec<(&'static str, String)>,
    /// The names of the parameters that look like a key or a secret, as they stand in the address.
    pub refused: Vec<String>,
}

impl Link {
    /// Reads the decoded parameters of an address. Of a name that stands there twice the first counts,
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
