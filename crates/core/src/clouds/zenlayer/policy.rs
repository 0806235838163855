//! This cloud has no policies as text: an administrator of the team selects one of the vendor's
//! predefined policies and a resource group for each member (vendor documentation).

use crate::clouds::Grant;

/// Always `None`.
pub(super) fn policy(_grant: &Grant<'_>) -> Option<String> {
    None
}
