//! Hints: possible causes beyond the code, such as a key of another cloud, a temporary key without
//! its token, a clock skew, another region.

use crate::{
    catalogue::{Group, Hop, SuggestedAction, pattern},
    credential::{self, Doubt},
    i18n::{Locale, Text, text},
    model::cloud::Cloud,
};
use serde::Serialize;

/// What is known about the failed request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The key id.
    pub key_id: Option<&'a str>,
    /// Whether it had a token.
    pub has_token: bool,
    /// How far this computer's clock is ahead of the cloud's, in seconds; negative if it is behind.
    pub clock_ahead_seconds: Option<i64>,
    /// The region of the request.
    pub region: Option<&'a str>,
    /// The instances of the request, if the response names none.
    pub instance_ids: &'a [&'a str],
    /// The connection on which it failed.
    pub hop: Option<Hop>,
    /// The host at its far end.
    pub host: Option<&'a str>,
    /// The missing or wrong header.
    pub header: Option<&'a str>,
    /// Whether only a copied text is known.
    pub is_text: bool,
}

/// A possible cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hint {
    /// The kind.
    pub kind: HintKind,
    /// A sentence.
    pub text: String,
}

/// The kinds of hints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HintKind {
    /// The key id looks like one of another cloud.
    KeyOfAnotherCloud,
    /// A temporary key without its token.
    TokenMissing,
    /// The length of the key id is unusual for this cloud.
    KeyMalformed,
    /// The clock skew.
    Clock,
    /// The instance may be in another region.
    Region,
}

/// The hints for an error of a cloud.
pub(super) fn hints(
    cloud: &'static Cloud,
    group: Group,
    suggested_actions: &[SuggestedAction],
    known: &Known<'_>,
    locale: Locale,
) -> Vec<Hint> {
    let labels = &cloud.credential;
    let mut hints = Vec::new();
    let mut hint = |kind, sentence: Text, values: &[(&str, &str)]| {
        let value = |name: &str| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        hints.push(Hint { kind, text: pattern::fill(sentence.in_locale(locale), value) });
    };
    if group == Group::CorrectKey
        && let Some(key_id) = known.key_id
    {
        match credential::doubt(cloud, key_id) {
            Some(Doubt::OtherCloud(other)) => {
                let (own, other) = (cloud.name, other.name);
                let values = [("other", other.in_locale(locale)), ("own", own.in_locale(locale))];
                hint(HintKind::KeyOfAnotherCloud, OTHER_CLOUD, &values);
            }
            Some(Doubt::UnusualLength) => {
                hint(HintKind::KeyMalformed, MALFORMED, &[("label", labels.key_id_label)]);
            }
            None => {}
        }
        if !known.has_token
            && credential::is_temporary(cloud, key_id)
            && let Some(label) = labels.token_label
        {
            hint(HintKind::TokenMissing, TOKEN_MISSING, &[("label", label)]);
        }
    }
    let minutes = known.clock_ahead_seconds.map(|seconds| (seconds, (seconds.abs() + 30) / 60));
    if group == Group::CorrectKey
        && let Some((seconds, minutes @ 1..)) = minutes
    {
        let sentence = if seconds > 0 { CLOCK_AHEAD } else { CLOCK_BEHIND };
        hint(HintKind::Clock, sentence, &[("minutes", &minutes.to_string())]);
    }
    if suggested_actions.contains(&SuggestedAction::OtherRegion)
        && let Some(region) = known.region.filter(|region| !region.is_empty())
    {
        let named = cloud.regions.known.iter().find(|one| one.id == region);
        let name = named.map_or(region, |one| one.name.in_locale(locale));
        hint(HintKind::Region, REGION, &[("region", region), ("name", name)]);
    }
    hints
}

const OTHER_CLOUD: Text = text(
    "The key ID looks like one of {other|another cloud}, and the request went to {own|this one}.",
    "该密钥 ID 看起来属于{other|其他云}，而请求发往了{own|本云}。",
);

const MALFORMED: Text = text(
    "The {label|key ID} is not as long as they usually are: something may be missing from it, or too much.",
    "{label|密钥 ID}的长度与通常不符，粘贴时可能有遗漏或多余的字符。",
);

const TOKEN_MISSING: Text = text(
    "This is a temporary key, and no {label|token} went with it. Without it the key is not valid.",
    "这是临时密钥，但请求没有附带{label|令牌}，缺少它则密钥无效。",
);

const CLOCK_AHEAD: Text = text(
    "Measured: this computer's clock is {minutes|some} min ahead of the cloud's.",
    "实测：本机时间比云端快{minutes|数}分钟。",
);

const CLOCK_BEHIND: Text = text(
    "Measured: this computer's clock is {minutes|some} min behind the cloud's.",
    "实测：本机时间比云端慢{minutes|数}分钟。",
);

const REGION: Text = text(
    "The request went to {name|another region} ({region|?}). An instance is found in its own region only.",
    "请求发往了{name|其他地域}（{region|?}）；实例只能在其所在地域中查到。",
);
