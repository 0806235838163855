//! What can be said of a key before it is used: never more than its shape.

use crate::cloud::{self, Cloud};
#[cfg(feature = "signing")]
use crate::plan::Refusal;

/// A doubt about a key that is no reason to refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It looks like a key id of another cloud.
    OtherCloud(&'static dyn Cloud),
    /// It is shorter or longer than keys of this cloud usually are.
    UnusualLength,
}

/// Checks the parts of a key by their characters: what cannot travel in a header is refused.
///
/// # Errors
/// A part that is missing or has white space, control characters or anything beyond ASCII; a token
/// for a cloud that has none.
#[cfg(feature = "signing")]
pub fn check(
    cloud: &'static dyn Cloud,
    key_id: &str,
    secret: &str,
    token: Option<&str>,
) -> Result<(), Refusal> {
    check_key_id(cloud, key_id)?;
    if !is_printable(secret) {
        return Err(Refusal::SecretMalformed { label: cloud.manifest().credential.secret_label });
    }
    match (token.filter(|token| !token.is_empty()), cloud.manifest().credential.token_label) {
        (Some(_), None) => Err(Refusal::TokenMalformed { used: false }),
        (Some(token), Some(_)) if !is_printable(token) => {
            Err(Refusal::TokenMalformed { used: true })
        }
        (None, _) | (Some(_), Some(_)) => Ok(()),
    }
}

/// Checks a key id alone.
///
/// # Errors
/// As for [`check`].
#[cfg(feature = "signing")]
pub fn check_key_id(cloud: &'static dyn Cloud, key_id: &str) -> Result<(), Refusal> {
    let plausible = is_printable(key_id) && !key_id.contains(['/', ',', '=', ';', '"']);
    plausible
        .then_some(())
        .ok_or(Refusal::KeyIdMalformed { label: cloud.manifest().credential.key_id_label })
}

/// Whether this can only be the id of a temporary key of the cloud, which needs its token.
pub fn is_temporary(cloud: &dyn Cloud, key_id: &str) -> bool {
    (cloud.manifest().credential.is_temporary)(key_id)
}

/// What is odd about a key id, if anything.
pub fn doubt(cloud: &'static dyn Cloud, key_id: &str) -> Option<Doubt> {
    let own = &cloud.manifest().credential.key_id;
    let begins = |cloud: &dyn Cloud| {
        let prefixes = cloud.manifest().credential.key_id.prefixes;
        prefixes.iter().any(|prefix| key_id.starts_with(prefix))
    };
    if !begins(cloud)
        && let Some(other) =
            cloud::ALL.iter().copied().find(|other| *other != cloud && begins(*other))
    {
        return Some(Doubt::OtherCloud(other));
    }
    let (least, most) = own.usual_length;
    (!(least..=most).contains(&key_id.len())).then_some(Doubt::UnusualLength)
}

#[cfg(feature = "signing")]
fn is_printable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
