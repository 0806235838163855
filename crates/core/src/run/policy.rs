//! What is fixed when a run begins: retries, watching, pacing, and the recorded metadata.

use super::Millis;
use crate::{
    clouds,
    ids::{IdProblem, IdProblemKind},
    model::plan::Pacing,
    text::mask::hide_secrets,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a run retries, watches and paces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
// Independent switches.
#[allow(clippy::struct_excessive_bools)]
pub struct Policy {
    /// Retry a call automatically when the cloud throttled it, refused its time, or when it is
    /// proven not to have been sent.
    pub resend: bool,
    /// Watch accepted instances until they run.
    pub watch: bool,
    /// Pause after this many consecutive calls that were refused or had no response.
    pub pause_after: u32,
    /// Whether calls go through a proxy that must say who responded.
    pub through_proxy: bool,
    /// Whether calls are recorded in a journal before they are sent.
    pub journal: bool,
    /// Pause after this many calls; 0 for never.
    pub wave_calls: usize,
    /// The length of such a pause in milliseconds.
    pub wave_pause_ms: u64,
    /// Pause when more than this share of the instances sent so far was refused, in percent.
    pub stop_above_refused_percent: Option<u8>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            resend: true,
            watch: true,
            pause_after: 3,
            through_proxy: true,
            journal: false,
            wave_calls: 0,
            wave_pause_ms: 0,
            stop_above_refused_percent: None,
        }
    }
}

impl Policy {
    /// The policy of a plan's pacing.
    pub fn of(pacing: &Pacing, through_proxy: bool, journal: bool) -> Self {
        Policy {
            through_proxy,
            journal,
            wave_calls: pacing.wave_calls,
            wave_pause_ms: u64::from(pacing.wave_pause_seconds) * 1_000,
            stop_above_refused_percent: pacing.stop_above_refused_percent,
            ..Policy::default()
        }
    }
}

/// An entry of the ids field that is not sent. Secrets in it are hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, rename = "refusedEntry")]
pub struct RefusedEntry {
    /// The text, shortened if it is very long; empty where it resembles no id: it may be anything
    /// that was pasted, such as a password.
    pub text: String,
    /// `malformed`, `repeated`, `other-cloud`, `masked` or `near-miss`.
    pub kind: String,
    /// The line, from 1.
    pub line: u32,
}

impl RefusedEntry {
    pub(super) fn of(problem: &IdProblem) -> Self {
        let is_like_an_id = clouds::ALL.iter().any(|cloud| (cloud.ids.resembles)(&problem.text));
        let is_known = !matches!(problem.kind, IdProblemKind::Malformed(_));
        RefusedEntry {
            text: if is_known || is_like_an_id {
                hide_secrets(&problem.text)
            } else {
                String::new()
            },
            kind: problem.kind.word().to_owned(),
            line: problem.line,
        }
    }
}

/// The recorded metadata of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct About {
    /// A unique id of the run.
    pub id: String,
    /// The reason or ticket given by the user.
    pub reason: String,
    /// The public half of the key.
    pub key_id: String,
    /// When it was confirmed, in milliseconds since 1970.
    pub confirmed_at: Millis,
    /// Who confirmed it, if the host page said so: the page may be opened by somebody else later.
    pub person: Option<String>,
    /// The operator's selection that its instances matched, as a query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
}
