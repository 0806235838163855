//! An instance id, stored inline.

use smol_str::SmolStr;
use std::fmt;

/// A validated id. Only [`ids`](crate::ids) makes one. All known ids are short enough to be stored
/// inline.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(SmolStr);

impl InstanceId {
    /// Wraps a text that has been validated.
    pub(crate) fn new(text: &str) -> Self {
        InstanceId(text.into())
    }

    /// The id as the cloud spells it. Always text: some are 64-bit numbers, which JavaScript would
    /// round.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
