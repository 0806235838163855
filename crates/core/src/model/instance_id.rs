//! An instance id, stored without an allocation.

use smol_str::SmolStr;
use std::fmt;

/// A checked id. Only [`ids`](crate::ids) make one. All ids that are known are short enough to be kept in
/// place.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(SmolStr);

impl InstanceId {
    /// Of a text that has been checked.
    pub(crate) fn new(text: &str) -> Self {
        InstanceId(text.into())
    }

    /// The id as the cloud spells it. Always text: some clouds' ids look like numbers, but are too
    /// large for a JavaScript number.
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
