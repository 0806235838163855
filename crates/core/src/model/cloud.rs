//! The facts about a cloud.

use crate::i18n::Text;
use std::fmt;

/// The facts about a cloud: all the data that a form or a plan needs. What differs by algorithm is
/// in `Protocol` and `Decoder`.
pub struct Cloud {
    /// The name in configuration, attributes and files: `tencent`.
    pub id: &'static str,
    /// The name that people use.
    pub name: Text,
    /// The product that the instances belong to, in the vendor's spelling: `CVM`.
    pub product: &'static str,
    /// The format of a key and the names of its parts.
    pub credential: Credential,
    /// The algorithm for calls without a proxy: its requests are "simple" (Fetch standard: no CORS
    /// preflight), and the cloud is reported to allow pages to read its responses. `None` where
    /// there is no evidence of that.
    pub direct: Option<&'static str>,
    /// The kinds of account, each with its own hosts. The first is the default. Never empty.
    pub sites: &'static [Site],
    /// The known regions.
    pub regions: Regions,
    /// The format of instance ids.
    pub ids: IdGrammar,
    /// The operations in the order in which they are offered. Never empty.
    pub operations: &'static [Operation],
    /// The values of parameters with [`Role::Batching`]; `None` where no operation has one.
    pub batching: Option<Batching>,
    /// The most ids that one describe call takes.
    pub describe_ids_max: usize,
    /// The most ids that one call for the state alone takes.
    pub status_ids_max: usize,
    /// Describe calls per second that the cloud allows.
    pub describe_calls_per_second: u32,
    /// Milliseconds after acceptance at which an instance that does not run is overdue. From the
    /// vendor's documentation where it says so.
    pub overdue_after_ms: u64,
    /// Whether the cloud refuses a second copy of the same signed bytes (by a nonce). If not, a
    /// refusal because of the instance's state may be the response to a second copy.
    pub refuses_repetitions: bool,
    /// Whether describe responses name the request of an instance's last operation. If so, only
    /// that proves whose operation it was.
    pub names_operations: bool,
    /// Length in milliseconds of the cloud's rate limit windows, counted per account, region and
    /// operation: a throttled call is refused until the next window. `None` if not documented.
    pub throttle_window_ms: Option<u64>,
    /// The cloud's own header, in lower case, that says how many milliseconds to wait.
    pub retry_after_ms_header: Option<&'static str>,
    /// A page of the vendor on errors, shown before it is opened.
    pub errors_url: &'static str,
    /// The same for one code, which goes into the place of `{code}`; `None` where there is none.
    pub error_url: Option<&'static str>,
}

impl Cloud {
    /// The operation with this name of the cloud's own.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// The first operation with this verb that takes several instances.
    pub fn operation_for(&self, verb: Verb) -> Option<&'static Operation> {
        self.operations
            .iter()
            .filter(|operation| operation.verb == verb)
            .max_by_key(|operation| operation.ids_max)
    }

    /// The kind of account with this id, or the default one for `None`.
    pub fn site(&self, id: Option<&str>) -> Option<&'static Site> {
        match id {
            None => self.sites.first(),
            Some(id) => self.sites.iter().find(|site| site.id == id),
        }
    }
}

impl PartialEq for Cloud {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Cloud {}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// The parts of a key.
#[derive(Debug)]
pub struct Credential {
    /// What the vendor calls the key's public half: `SecretId`.
    pub key_id_label: &'static str,
    /// What the vendor calls its secret half: `SecretKey`.
    pub secret_label: &'static str,
    /// What the vendor calls the token of a temporary key; `None` where there are none.
    pub token_label: Option<&'static str>,
    /// The format of a key id. One with another prefix is refused, since it may be the secret; an
    /// unusual length is a warning.
    pub key_id: Shape,
    /// True for a key id that can only belong to a temporary key, which needs a token.
    pub is_temporary: fn(&str) -> bool,
    /// What a secret looks like.
    pub secret: Shape,
    /// Whether the secret only derives a key per day. Even a non-extractable key then yields the daily
    /// keys of all days to come, which can be copied.
    pub derives_keys: bool,
    /// The MAC keys of the cloud's algorithms, in their order. A key store with non-extractable
    /// keys needs one key for each, imported when the secret is entered.
    pub hmac_specs: &'static [HmacSpec],
}

/// The format of a key id or a secret.
#[derive(Debug)]
pub struct Shape {
    /// Known prefixes; empty where there is no such rule.
    pub prefixes: &'static [&'static str],
    /// Usual lengths, inclusive, in characters.
    pub usual_length: (usize, usize),
}

/// A kind of account with its own hosts.
#[derive(Debug, PartialEq, Eq)]
pub struct Site {
    /// The name in configuration: `international`.
    pub id: &'static str,
    /// The display name.
    pub name: Text,
}

/// The regions of a cloud.
#[derive(Debug)]
pub struct Regions {
    /// Whether requests need a region. If not, there are none to choose.
    pub required: bool,
    /// The regions known at the time of writing: suggestions, not a limit.
    pub known: &'static [Region],
}

/// A region.
#[derive(Debug)]
pub struct Region {
    /// The cloud's id: `ap-guangzhou`.
    pub id: &'static str,
    /// The display name: the place.
    pub name: Text,
}

/// The format of instance ids.
#[derive(Debug)]
pub struct IdGrammar {
    /// True for the format of all known real ids.
    pub strict: fn(&str) -> bool,
    /// True for a possible id: accepted with a warning.
    pub lenient: fn(&str) -> bool,
    /// True for a malformed text that was probably meant as an id of this cloud.
    pub resembles: fn(&str) -> bool,
    /// The other vendor that an id belongs to, although it has the format of this cloud's.
    pub foreign: fn(&str) -> Option<&'static str>,
    /// Extracts the id from a host name that the vendor generates.
    pub within: fn(&str) -> Option<String>,
    /// What a word says about the number after it, where the format does not tell instances from
    /// other resources: `Some(true)` for an instance, `Some(false)` for something else.
    pub label: fn(&str) -> Option<bool>,
    /// The format in words, for messages: "`ins-` and 8 lower-case letters or digits".
    pub shape: Text,
    /// A valid example.
    pub example: &'static str,
}

/// What the operation does to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// From running, through a restart, to running.
    Reboot,
    /// From stopped to running.
    Start,
}

impl Verb {
    /// The public name: `reboot`.
    pub const fn word(self) -> &'static str {
        match self {
            Verb::Reboot => "reboot",
            Verb::Start => "start",
        }
    }
}

/// An operation of a cloud.
#[derive(Debug)]
pub struct Operation {
    /// The cloud's own name: `RebootInstances`.
    pub name: &'static str,
    /// What it does.
    pub verb: Verb,
    /// The most ids in one call; 1 for operations on a single instance.
    pub ids_max: usize,
    /// Calls per second that the cloud allows.
    pub calls_per_second: u32,
    /// Modes, soft first; the first is preselected. Never empty.
    pub modes: &'static [Mode],
    /// Every parameter except ids and region, including those that a mode sets.
    pub parameters: &'static [Parameter],
}

impl Operation {
    /// The parameter with this name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The parameter with this role.
    pub fn parameter_for(&self, role: Role) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.role == role)
    }

    /// The mode with this id.
    pub fn mode(&self, id: &str) -> Option<&'static Mode> {
        self.modes.iter().find(|mode| mode.id == id)
    }
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Operation {}

/// A mode of an operation: soft, forced, …
#[derive(Debug, PartialEq, Eq)]
pub struct Mode {
    /// `soft`, `force`, `soft-first`, `normal`.
    pub id: &'static str,
    /// The name on the button.
    pub name: Text,
    /// What it means for the software on the instance.
    pub help: Text,
    /// Whether unsaved data may be lost; the count must then be typed.
    pub force: bool,
    /// The options that the mode sets, as (parameter, value).
    pub options: &'static [(&'static str, &'static str)],
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// The cloud's own name.
    pub name: &'static str,
    /// What values it takes.
    pub kind: ParameterKind,
    /// Its purpose, as far as the console treats it specially.
    pub role: Role,
    /// The display name.
    pub label: Text,
    /// A sentence on what it does.
    pub help: Text,
    /// Parameters that may not be given together with this one.
    pub excludes: &'static [&'static str],
}

/// The values of a parameter.
#[derive(Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// `true` or `false`.
    Boolean,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// The two values of a parameter with [`Role::Batching`].
#[derive(Debug)]
pub struct Batching {
    /// Each instance separately. A dry run then always passes.
    pub each: &'static str,
    /// The label of that choice.
    pub each_name: Text,
    /// One failure refuses the whole call.
    pub together: &'static str,
    /// The label of that choice.
    pub together_name: Text,
}

impl Batching {
    /// The label of a value.
    pub fn name(&self, value: &str) -> Text {
        if value == self.each { self.each_name } else { self.together_name }
    }
}

/// The purpose of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Forces; set by the mode.
    Force,
    /// Dry run.
    DryRun,
    /// All or nothing, or each instance separately.
    Batching,
    /// Erases data.
    Erase,
    /// Deprecated by the vendor; available to programs only.
    Disused,
}

/// The key of the MAC: `prefix` + secret + `suffix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HmacSpec {
    /// The hash of the HMAC.
    pub hash: Hash,
    /// Prepended to the secret.
    pub prefix: &'static str,
    /// Appended to the secret.
    pub suffix: &'static str,
}

/// The hash of an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Hash {
    /// The WebCrypto name: `SHA-256`.
    pub const fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA-1",
            Hash::Sha256 => "SHA-256",
        }
    }
}
