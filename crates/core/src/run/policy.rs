//! What is fixed when a run begins: its pacing, and what is recorded about it.

use super::Millis;
use crate::{
    clouds,
    ids::{IdProblem, IdProblemKind},
    model::plan::Pacing,
    text::mask::hide_secrets,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a run goes about its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
// Switches that have nothing to do with each other.
#[allow(clippy::struct_excessive_bools)]
pub struct Policy {
    /// Send a call again by itself when the cloud refused it for pace or clock, or when it is proven
    /// not to have left.
    pub resend: bool,
    /// Look at accepted instances until they are back.
    pub watch: bool,
    /// This many calls in a row without an answer, or refused, pause the run.
    pub pause_after: u32,
    /// Whether the calls travel through a proxy that must say who answered.
    pub through_proxy: bool,
    /// Whether calls are written to a journal before they go out.
    pub journal: bool,
    /// Pause after this many calls; 0 for never.
    pub wave_calls: usize,
    /// How long such a pause is, in milliseconds.
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
    /// As somebody has set the pacing of a plan.
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

/// An entry of the field of ids that is not sent. What looked like a secret in it is hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, rename = "refusedEntry")]
pub struct RefusedEntry {
    /// As it was, shortened if it is very long; empty where it is like no id: then it may be anything
    /// that was pasted, a password too.
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

/// What is written about a run beside what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct About {
    /// A name that no other run has.
    pub id: String,
    /// The reason or ticket that the person gave.
    pub reason: String,
    /// The public half of the key.
    pub key_id: String,
    /// When it was confirmed, in milliseconds since 1970.
    pub confirmed_at: Millis,
    /// Who confirmed it, if the page around the console said so: whoever opens the page later may be
    /// somebody else.
    pub person: Option<String>,
    /// The operator's selection that its instances were seen to match, as it can be typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<String>,
}
