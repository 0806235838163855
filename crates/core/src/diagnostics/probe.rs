//! A change that can change nothing, to find out whether a proxy refuses the second copy of one; and
//! what is remembered of the answer.

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
    /// What it asks for.
    pub batch: Batch,
    /// The same, signed: every copy has these bytes.
    pub request: Request<Signed>,
}

/// Makes one. `nonce` is as in a [`Signer`]; `None` if the cloud had nothing to restart.
///
/// It must be a change, since proxies let whatever only reads pass as often as it comes. That it does
/// nothing does not depend on where it is sent, on who is asked, or on how a cloud is set:
///
/// * It is signed with [`made_up_key`]. There is no way to pass another one in: neither a key nor a
///   secret is an argument. A cloud carries nothing out before it has found the key and verified the
///   signature. Were there an account with a key of that id, its secret would have to be the text
///   that is published below; clouds make secrets up themselves.
/// * It names one instance, and none that was given: an id of the right shape whose characters are
///   all `0`. Nor are there ids among the arguments.
/// * It asks for a rehearsal where the cloud has one, and in any case for the softest way.
///
/// Each of them is enough. `crates/core/tests/probe.rs` holds all three, and has the simulated clouds
/// refuse it.
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
        // The operator's limits are for what may do something.
        limits: Arc::default(),
    };
    let batch = plan::plan(&input, None).ok()?.batches.into_iter().next()?;
    let (key_id, secret) = made_up_key(cloud);
    let signer = Signer { key_id, token: None, unix_seconds, nonce, sign_action: true, locale };
    let request =
        clouds::protocol(cloud).prepare(&clouds::request(&batch), &signer).finish_with(&secret);
    Some(Probe { batch, request })
}

/// A key that no cloud knows: an id that says whose it is, with the beginning that the cloud's own
/// have, and a secret that everybody may read here.
pub fn made_up_key(cloud: &Cloud) -> (String, Secret) {
    let shape = &cloud.credential.key_id;
    let mut key_id = shape.prefixes.first().copied().unwrap_or_default().to_owned();
    key_id.push_str("RelightDoctor");
    while key_id.len() < shape.usual_length.0 {
        key_id.push('0');
    }
    (key_id, Secret::new("no cloud knows it".to_owned()))
}

/// An id of the same shape that means nobody: what stands after the prefix is zeros.
fn placeholder_id(example: &str) -> String {
    let start = example.rfind('-').map_or(0, |dash| dash + 1);
    let (prefix, rest) = example.split_at(start);
    format!("{prefix}{}", "0".repeat(rest.len()))
}

/// What [`recall`] understands. To be raised when the proof or its meaning changes: what older
/// versions have found out is then asked for again.
const VERSION: &str = "1";

/// How long an answer is believed. What a proxy does changes when somebody changes its configuration
/// or puts another behind its address, which a page does not see; that happens by releases, weeks
/// apart. After a day or two people would click the check away unread; after a month a lost setting
/// could double restarts for a month.
const BELIEVED_FOR_MS: Millis = 7 * 24 * 3_600_000;

/// What is kept of an answer: whether it holds and when that was seen, and nothing else.
pub fn remember(holds: CheckResult, seen_at: Millis) -> String {
    format!("{VERSION} {} {seen_at}", holds.word())
}

/// What was kept, if it can still be believed. What cannot be read, is too old, or comes from a time
/// that is still to come, is not known.
pub fn recall(kept: &str, now: Millis) -> CheckResult {
    let mut parts = kept.split(' ');
    let known = (parts.next(), parts.next(), parts.next().map(str::parse::<Millis>), parts.next());
    let (Some(VERSION), Some(word), Some(Ok(seen_at)), None) = known else {
        return CheckResult::Unknown;
    };
    let is_fresh = now.checked_sub(seen_at).is_some_and(|age| age <= BELIEVED_FOR_MS);
    let holds = [CheckResult::Yes, CheckResult::No].into_iter().find(|holds| holds.word() == word);
    holds.filter(|_| is_fresh).unwrap_or(CheckResult::Unknown)
}

#[cfg(test)]
mod tests {
    use super::{BELIEVED_FOR_MS, CheckResult, placeholder_id, recall, remember};

    #[test]
    fn an_answer_is_believed_for_a_while() {
        let seen = 1_795_176_000_000;
        for holds in [CheckResult::Yes, CheckResult::No, CheckResult::Unknown] {
            let kept = remember(holds, seen);
            assert_eq!(recall(&kept, seen), holds);
            assert_eq!(recall(&kept, seen + BELIEVED_FOR_MS), holds);
            assert_eq!(recall(&kept, seen + BELIEVED_FOR_MS + 1), CheckResult::Unknown);
            assert_eq!(recall(&kept, seen - 1), CheckResult::Unknown, "a clock was set back");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_known() {
        for kept in [
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
            assert_eq!(recall(kept, 1_000), CheckResult::Unknown, "{kept:?}");
        }
    }

    #[test]
    fn the_placeholder_id_has_the_shape_of_an_id() {
        assert_eq!(placeholder_id("ins-r8hr2upy"), "ins-00000000");
        assert_eq!(placeholder_id("1660545330971680835"), "0000000000000000000");
    }
}
