//! A change without effect, to find out whether a proxy refuses its second copy; and the stored
//! result.

use super::CheckResult;
use crate::{
    clouds,
    i18n::Locale,
    ids,
    model::{
        cloud::{Cloud, Role, Verb},
        plan::{self, Batch, PlanInput, Target},
    },
    run::Millis,
    signing::{
        Secret, Signer,
        request::{Request, Signed},
    },
};
use std::sync::Arc;

/// A signed change that no cloud carries out.
#[derive(Debug)]
pub struct Probe {
    /// The batch.
    pub batch: Batch,
    /// The signed request; every copy has the same bytes.
    pub request: Request<Signed>,
}

/// Makes a probe. `nonce` is as in a [`Signer`]; `None` if the cloud has no restart.
///
/// It must be a change, since proxies forward reads any number of times. Why it has no effect,
/// whatever the target, the proxy or the cloud's settings:
///
/// * It is signed with [`made_up_key`]; no key or secret is an argument. A cloud carries nothing
///   out before it has found the key and verified the signature. If an account had a key with that
///   id, its secret would have to be the published text below; but clouds generate secrets.
/// * It names one instance, which is not an argument: an id of the right format whose characters
///   are all `0`.
/// * It is a dry run where the cloud has one, and in any case the softest mode.
///
/// Each of these is enough. `crates/core/tests/probe.rs` checks all three, and that the simulated
/// clouds refuse it.
pub fn probe(target: &Target, unix_seconds: i64, nonce: String, locale: Locale) -> Option<Probe> {
    let cloud = target.cloud;
    let operation = cloud.operation_for(Verb::Reboot)?;
    let mode = operation.modes.iter().find(|mode| !mode.force)?;
    let mut options: Vec<(String, String)> =
        mode.options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let rehearsal = operation.parameter_for(Role::DryRun);
    options.extend(rehearsal.map(|parameter| (parameter.name.to_owned(), "true".to_owned())));
    let input = PlanInput {
        cloud,
        site: Some(target.site.id.to_owned()),
        region: target.region.clone(),
        operation: operation.name.to_owned(),
        ids: vec![ids::parse_id(&placeholder_id(cloud.ids.example), cloud)?],
        options,
        // The operator's limits apply to requests with an effect.
        limits: Arc::default(),
    };
    let batch = plan::plan(&input, None).ok()?.batches.into_iter().next()?;
    let (key_id, secret) = made_up_key(cloud);
    let signer = Signer { key_id, token: None, unix_seconds, nonce, sign_action: true, locale };
    let request =
        clouds::protocol(cloud).prepare(&clouds::request(&batch), &signer).finish_with(&secret);
    Some(Probe { batch, request })
}

/// A key that no cloud knows: an id with the cloud's prefix that explains itself, and a public
/// secret.
pub fn made_up_key(cloud: &Cloud) -> (String, Secret) {
    let shape = &cloud.credential.key_id;
    let mut key_id = shape.prefixes.first().copied().unwrap_or_default().to_owned();
    key_id.push_str("RelightDoctor");
    while key_id.len() < shape.usual_length.0 {
        key_id.push('0');
    }
    (key_id, Secret::new("no cloud knows it".to_owned()))
}

/// An id of the same format that belongs to no instance: zeros after the prefix.
fn placeholder_id(example: &str) -> String {
    let start = example.rfind('-').map_or(0, |dash| dash + 1);
    let (prefix, rest) = example.split_at(start);
    format!("{prefix}{}", "0".repeat(rest.len()))
}

/// The version that [`recall`] reads. Increase it when the proof or its meaning changes: older
/// results are then checked again.
const VERSION: &str = "1";

/// How long a result is valid. A proxy changes with its configuration or when another takes its
/// place, which the page does not see; that happens with releases, weeks apart. After a day or two
/// users would dismiss the check unread; after a month a lost setting could repeat restarts for a
/// month.
const VALID_FOR_MS: Millis = 7 * 24 * 3_600_000;

/// The stored form of a result: the result and its time.
pub fn remember(holds: CheckResult, seen_at: Millis) -> String {
    format!("{VERSION} {} {seen_at}", holds.word())
}

/// The stored result, if it is still valid. Unreadable, expired, or from the future is unknown.
pub fn recall(stored: &str, now: Millis) -> CheckResult {
    let mut parts = stored.split(' ');
    let known = (parts.next(), parts.next(), parts.next().map(str::parse::<Millis>), parts.next());
    let (Some(VERSION), Some(word), Some(Ok(seen_at)), None) = known else {
        return CheckResult::Unknown;
    };
    let is_fresh = now.checked_sub(seen_at).is_some_and(|age| age <= VALID_FOR_MS);
    let holds = [CheckResult::Yes, CheckResult::No].into_iter().find(|holds| holds.word() == word);
    holds.filter(|_| is_fresh).unwrap_or(CheckResult::Unknown)
}

#[cfg(test)]
mod tests {
    use super::{CheckResult, VALID_FOR_MS, placeholder_id, recall, remember};

    #[test]
    fn a_result_is_valid_for_a_while() {
        let seen = 1_795_176_000_000;
        for holds in [CheckResult::Yes, CheckResult::No, CheckResult::Unknown] {
            let stored = remember(holds, seen);
            assert_eq!(recall(&stored, seen), holds);
            assert_eq!(recall(&stored, seen + VALID_FOR_MS), holds);
            assert_eq!(recall(&stored, seen + VALID_FOR_MS + 1), CheckResult::Unknown);
            assert_eq!(recall(&stored, seen - 1), CheckResult::Unknown, "a clock was set back");
        }
    }

    #[test]
    fn unreadable_results_are_unknown() {
        for stored in [
            "",
            " ",
            "yes",
            "1",
            "1 yes",
            "1 yes ",
            "1 yes -1",
            "1 yes 1 2",
            "1 yes 1e3",
            "1 YES 1",
            "0 yes 1",
            "2 yes 1",
            "1  yes 1",
            "1 yes 1\n",
            "1 perhaps 1",
            "1 yes 99999999999999999999",
        ] {
            assert_eq!(recall(stored, 1_000), CheckResult::Unknown, "{stored:?}");
        }
    }

    #[test]
    fn the_placeholder_id_has_the_shape_of_an_id() {
        assert_eq!(placeholder_id("ins-r8hr2upy"), "ins-00000000");
        assert_eq!(placeholder_id("1660545330971680835"), "0000000000000000000");
    }
}
