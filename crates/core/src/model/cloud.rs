//! The facts of a cloud.

use crate::i18n::Text;
use std::fmt;

/// A cloud by its facts: data alone, all that a form or a plan needs of it. What differs by algorithm is
/// in `Protocol` and `Decoder`.
pub struct Cloud {
    /// The name in configuration, attributes and files: `tencent`.
    pub id: &'static str,
    /// The name that people use.
    pub name: Text,
    /// The product whose instances these are, in the vendor's own spelling: `CVM`.
    pub product: &'static str,
    /// What a key of this cloud looks like and what its parts are called.
    pub credential: Credential,
    /// The algorithm with which a page could call this cloud without a proxy: its requests need no
    /// leave of the cloud's (no header beyond those that any page may send, Fetch standard), and
    /// the cloud is said to let pages read its answers. `None` where nothing speaks for it.
    pub direct: Option<&'static str>,
    /// The kinds of account, each with hosts of its own. The first is the default. Never empty.
    pub sites: &'static [Site],
    /// The regions, as far as they are known.
    pub regions: Regions,
    /// What an instance id looks like.
    pub ids: IdGrammar,
    /// What can be asked, in the order in which it is offered. Never empty.
    pub operations: &'static [Operation],
    /// How parameters with [`Role::Batching`] say what they say; `None` where no operation has one.
    pub batching: Option<Batching>,
    /// The most ids that one describe call takes.
    pub describe_ids_max: usize,
    /// The most ids that one call for the state alone takes.
    pub status_ids_max: usize,
    /// Describe calls a second that the cloud allows.
    pub describe_calls_per_second: u32,
    /// How long after acceptance an instance that is not back is overdue, in milliseconds: by the
    /// vendor's word where there is one.
    pub overdue_after_ms: u64,
    /// Whether a second copy of the same signed bytes is refused as such (by a nonce). Where it is
    /// not, a refusal because of an instance's state may be the echo of a first copy.
    pub refuses_repetitions: bool,
    /// Whether an instance shows which request asked for its last operation. Where it does, nothing else
    /// proves whose an operation was.
    pub names_operations: bool,
    /// Where the cloud counts calls by windows of so many milliseconds, for an account, a region and an
    /// operation, whoever sends them: what was refused for its pace stays refused until the next one
    /// begins. `None` where it says nothing of the kind.
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
    /// What a key id looks like. One that begins otherwise is refused, since it may be the secret; an
    /// unusual length is warned about.
    pub key_id: Shape,
    /// True for a key id that can only be one of a temporary key, which is nothing without its
    /// token.
    pub is_temporary: fn(&str) -> bool,
    /// What a secret looks like.
    pub secret: Shape,
    /// Whether the secret is only ever used to derive a key for each day: whoever may sign with it can
    /// make the keys of all days to come, and take them away.
    pub derives_keys: bool,
    /// How the cloud's algorithms key their MAC, the first algorithm's first. Whoever holds a secret
    /// as keys that cannot be read back needs one of each, made when the secret is entered.
    pub hmac_specs: &'static [HmacSpec],
}

/// The outward shape of a key or a secret.
#[derive(Debug)]
pub struct Shape {
    /// Beginnings that vendors are known to use; empty when there is no such rule.
    pub prefixes: &'static [&'static str],
    /// Usual lengths, inclusive, in characters.
    pub usual_length: (usize, usize),
}

/// A kind of account with hosts of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Site {
    /// The name in configuration: `international`.
    pub id: &'static str,
    /// The name for people.
    pub name: Text,
}

/// The regions of a cloud.
#[derive(Debug)]
pub struct Regions {
    /// Whether a request needs one. If not, there are none to choose.
    pub required: bool,
    /// Those known when this was written: an offer, never a limit.
    pub known: &'static [Region],
}

/// A region.
#[derive(Debug)]
pub struct Region {
    /// The cloud's id: `ap-guangzhou`.
    pub id: &'static str,
    /// The place.
    pub name: Text,
}

/// What an instance id looks like.
#[derive(Debug)]
pub struct IdGrammar {
    /// True for an id as all known real ones are.
    pub strict: fn(&str) -> bool,
    /// True for an id that may be one: accepted with a warning.
    pub lenient: fn(&str) -> bool,
    /// True for a text that, if malformed, was probably meant as an id of this cloud.
    pub resembles: fn(&str) -> bool,
    /// Whose id a text is that has the shape of one of this cloud and is none.
    pub foreign: fn(&str) -> Option<&'static str>,
    /// The id in a name that the vendor makes of it: of a host.
    pub within: fn(&str) -> Option<String>,
    /// What a word says of the id that follows, where the shape does not tell instances from what
    /// else the cloud has: an instance, or something else.
    pub label: fn(&str) -> Option<bool>,
    /// The shape in words, for messages: "`ins-` and 8 lower-case letters or digits".
    pub shape: Text,
    /// An id of the right shape.
    pub example: &'static str,
}

/// What the operation does to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Running, through a restart, to running.
    Reboot,
    /// Stopped to running.
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

/// Something that can be asked of a cloud.
#[derive(Debug)]
pub struct Operation {
    /// The cloud's own name: `RebootInstances`.
    pub name: &'static str,
    /// What it does.
    pub verb: Verb,
    /// The most ids in one call; 1 for operations on a single instance.
    pub ids_max: usize,
    /// Calls a second that the cloud allows.
    pub calls_per_second: u32,
    /// Ways to do it, soft first; the first is preselected. Never empty.
    pub modes: &'static [Mode],
    /// Every parameter beside the ids and the region, those that a mode sets included.
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

/// A way to carry out an operation.
#[derive(Debug, PartialEq, Eq)]
pub struct Mode {
    /// `soft`, `force`, `soft-first`, `normal`.
    pub id: &'static str,
    /// The name on the button.
    pub name: Text,
    /// What it means for what runs on the instance.
    pub help: Text,
    /// Whether unsaved data may be lost, so that the count must be typed.
    pub force: bool,
    /// The options that it sets, as (parameter, value).
    pub options: &'static [(&'static str, &'static str)],
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// The cloud's own name.
    pub name: &'static str,
    /// What values it takes.
    pub kind: ParameterKind,
    /// What it is for, as far as the console treats it in a special way.
    pub role: Role,
    /// The name for people.
    pub label: Text,
    /// What it does, in a sentence.
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

/// The values of a parameter with [`Role::Batching`].
#[derive(Debug)]
pub struct Batching {
    /// Each instance for itself. A dry run says of it in any case that it passed.
    pub each: &'static str,
    /// What that does, on the button.
    pub each_name: Text,
    /// One failure refuses the whole call.
    pub together: &'static str,
    /// What that does, on the button.
    pub together_name: Text,
}

impl Batching {
    /// What a value does, in words.
    pub fn name(&self, value: &str) -> Text {
        if value == self.each { self.each_name } else { self.together_name }
    }
}

/// What a parameter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// How hard: set by the mode.
    Force,
    /// Only check.
    DryRun,
    /// All or nothing, or each for itself.
    Batching,
    /// Erases data.
    Erase,
    /// Disused by the vendor; offered only to programs.
    Disused,
}

/// How a secret becomes the key of the one keyed MAC: `prefix` + secret + `suffix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HmacSpec {
    /// The hash of the HMAC.
    pub hash: Hash,
    /// Put before the secret.
    pub prefix: &'static str,
    /// Put after it.
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
    /// The name in WebCrypto: `SHA-256`.
    pub const fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA-1",
            Hash::Sha256 => "SHA-256",
        }
    }
}
