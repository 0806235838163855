//! The group of an error in the index.

use crate::{
    catalogue::{Effect, Entry, Group, Retry, Who, find},
    clouds,
    model::{cloud::Cloud, outcome::Fault},
};

/// The group of an entry; `cloud` is `None` for the layers below the clouds.
pub(super) fn group(cloud: Option<&Cloud>, entry: &Entry) -> Group {
    let is_layer = cloud.is_none();
    match (entry.effect, entry.retry) {
        (Effect::DryRunPassed, _) => return Group::NothingToDo,
        (Effect::ClockSkew, _) => return Group::CorrectKey,
        (_, Retry::CheckFirst) => return Group::LookFirst,
        _ if is_layer => return Group::MendConnection,
        (_, Retry::Later) => return Group::Wait,
        (_, Retry::Never | Retry::AfterFix) => {}
    }
    if cloud.is_some_and(|cloud| clouds::catalogue(cloud).permission_codes.contains(&entry.code)) {
        return Group::GetPermission;
    }
    let about = clouds::family(entry.code).map(|family| family.facts().group);
    match (entry.who, entry.retry, about) {
        (_, Retry::AfterFix, Some(Group::CorrectKey)) => Group::CorrectKey,
        (Who::AccountOwner, _, _) => Group::SettleAccount,
        (Who::Vendor, _, _) => Group::AskVendor,
        (Who::You, Retry::Never, _) => Group::LeaveIt,
        (Who::Administrator, _, _) => Group::AskAdministrator,
        (Who::You, _, Some(Group::CorrectRequest)) => Group::CorrectRequest,
        (Who::You, _, _) => Group::PrepareInstance,
    }
}

/// The group of an unknown code, by what it is about.
pub(super) fn group_of_unknown(about: Option<Group>, retry: Retry) -> Group {
    match (retry, about) {
        (Retry::CheckFirst, _) => Group::LookFirst,
        (_, None) => Group::AskVendor,
        (_, Some(group)) => group,
    }
}

/// Whether a cloud refused the key or the signature: with the same key it will refuse again. Not
/// for a clock skew.
pub(crate) fn is_wrong_key(cloud: &Cloud, fault: &Fault) -> bool {
    let Fault::Cloud(report) = fault else { return false };
    find(clouds::catalogue(cloud).errors, report, None).is_some_and(|found| {
        found.entry.effect != Effect::ClockSkew
            && group(Some(cloud), found.entry) == Group::CorrectKey
    })
}
