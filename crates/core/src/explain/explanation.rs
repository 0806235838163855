//! Builds an explanation: the texts of a catalogue entry with its captures, or what an unknown code
//! suggests.

use super::{Hint, Known, Permission, group, hint, permission};
use crate::{
    catalogue::{
        Effect, Entry, Family, Found, Group, Hop, Reached, Retry, SuggestedAction, Who, find,
        layer_that_says, pattern, remedy_at,
    },
    clouds,
    explain::index::LAYERS_ID,
    i18n::{Locale, Text, text},
    model::{cloud::Cloud, outcome::ErrorReport},
    text::{
        mask,
        visible::{visible, without_hidden},
    },
};
use serde::Serialize;

/// An explained error. Serializes as the module's `Explanation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether the catalogue has the code.
    pub recognised: bool,
    /// The cloud's id, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud: Option<&'static str>,
    /// The cloud's code, as found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// True for a passed dry run.
    pub success: bool,
    /// One line.
    pub title: String,
    /// What happened.
    pub meaning: String,
    /// What to do.
    pub remedy: String,
    /// Who can do it.
    pub who: Who,
    /// Whether trying again is safe, and when.
    pub retry: Retry,
    /// The cloud's request id, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The instances named in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instance_ids: Vec<String>,
    /// The cloud's own message.
    pub original: String,
    /// The group in the index: what to do about it.
    pub group: Group,
    /// What the error proves about the request.
    pub effect: Effect,
    /// Whether the request reached the cloud.
    pub reached: Reached,
    /// The connection on which it failed, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hop: Option<Hop>,
    /// The host at the far end, if the text names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The address in the index: `cloud/code`. `None` for an unknown code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The confidence that the text reports this error.
    #[serde(rename = "sure")]
    pub confidence: Confidence,
    /// The format in a pasted text; `None` for a decoded response.
    #[serde(rename = "seenAs", skip_serializing_if = "Option::is_none")]
    pub detected_format: Option<DetectedFormat>,
    /// The operation, by the cloud's own name, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The region, if the text names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The missing permission; `None` for other errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// What the cloud has signed, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<ServerSignature>,
    /// Possible causes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// What the page can do about it, most useful first.
    #[serde(rename = "helps", skip_serializing_if = "Vec::is_empty")]
    pub suggested_actions: Vec<SuggestedAction>,
    /// The vendor's page about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor_page: Option<String>,
}

impl Explanation {
    /// Fills what is missing from another report of the same error.
    pub(super) fn complete(&mut self, other: Explanation) {
        if self.instance_ids.is_empty() && !other.instance_ids.is_empty() {
            let (region, operation) = (self.region.take(), self.operation.take());
            *self = other;
            self.region = self.region.take().or(region);
            self.operation = self.operation.take().or(operation);
            return;
        }
        self.confidence = self.confidence.max(other.confidence);
        self.region = self.region.take().or(other.region);
        self.operation = self.operation.take().or(other.operation);
    }
}

/// The confidence that a text reports this error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Other services report this, too.
    Possible,
    /// Only one cloud has the code, without further evidence in the text.
    Likely,
    /// A cloud's response, or a text with further evidence.
    Certain,
}

/// The format in which an error was found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DetectedFormat {
    /// Nothing but the code.
    Code,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// The message of a program, or a log line.
    Prose,
    /// A web page.
    Page,
    /// A response header.
    Header,
}

/// What a cloud says it has signed, with tokens masked. Each part as in a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerSignature {
    /// The string to sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_to_sign: Option<String>,
    /// The canonical request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_request: Option<String>,
}

/// Explains an error of a cloud.
///
/// An unknown code has `recognised: false`: the text says that it only follows from the name, and
/// the cloud's message is in `original`, with secrets masked.
///
/// ```
/// use relight_core::{explain::explain, i18n::Locale, model::outcome::ErrorReport};
///
/// let report = ErrorReport { code: "Throttling.Burst".to_owned(), ..ErrorReport::default() };
/// let unknown = explain(None, &[], &report, None, Locale::En);
/// assert!(!unknown.recognised);
/// assert!(unknown.meaning.contains("requests that come too fast"));
/// ```
pub fn explain(
    cloud_id: Option<&'static str>,
    entries: &'static [Entry],
    report: &ErrorReport,
    operation: Option<&str>,
    locale: Locale,
) -> Explanation {
    explain_with(cloud_id, entries, report, operation, &Known::default(), locale)
}

/// The same with facts about the request: its key, its region, the clock.
pub fn explain_with(
    cloud_id: Option<&'static str>,
    entries: &'static [Entry],
    report: &ErrorReport,
    operation: Option<&str>,
    known: &Known<'_>,
    locale: Locale,
) -> Explanation {
    match find(entries, report, operation) {
        Some(found) => recognised(cloud_id, &found, report, operation, known, locale),
        None => unknown(cloud_id, report, operation, known, locale),
    }
}

/// Explains a fault of a layer below the clouds: a word that [`crate::catalogue::layer`] knows, and
/// the text that arrived instead of a response. An unknown word counts as a response that is not
/// understood.
pub fn explain_layer(word: &str, text: &str, locale: Locale) -> Explanation {
    explain_layer_at(word, text, text, &Known::default(), locale)
}

/// The same for a known hop; `says` chooses between the meanings of a word, `text` is shown.
pub(super) fn explain_layer_at(
    word: &str,
    says: &str,
    text: &str,
    known: &Known<'_>,
    locale: Locale,
) -> Explanation {
    let report =
        ErrorReport { code: word.to_owned(), message: text.to_owned(), ..ErrorReport::default() };
    let (is_known, found) = match layer_that_says(word, says) {
        Some(found) => (true, Some(found)),
        None => (false, layer_that_says("not-understood", says)),
    };
    match found {
        Some(found) => Explanation {
            recognised: is_known,
            ..recognised(None, &found, &report, None, known, locale)
        },
        None => unknown(None, &report, None, known, locale),
    }
}

fn recognised(
    cloud_id: Option<&'static str>,
    found: &Found,
    report: &ErrorReport,
    operation: Option<&str>,
    known: &Known<'_>,
    locale: Locale,
) -> Explanation {
    let entry = found.entry;
    let denied = report.denied.as_deref();
    let cloud = cloud_id.and_then(clouds::by_id);
    let denied_action = denied
        .and_then(|denied| denied.action.clone())
        .or_else(|| Some(format!("{}{}", clouds::catalogue(cloud?).action_prefix, operation?)));
    let value = |name: &str| {
        let caught = found.captures.iter().find(|(known, _)| *known == name);
        let hop = |words: fn(Hop) -> Text| known.hop.map(words).map(|at| at.in_locale(locale));
        let value = match (caught, name, report.instance_ids.as_slice()) {
            (Some((_, value)), _, _) => value.as_str(),
            (None, "instance", [only]) => only.as_str(),
            (None, "operation", _) => operation?,
            (None, "action", _) => denied_action.as_deref()?,
            (None, "resource", _) => denied?.resource.as_deref()?,
            (None, "far", _) => hop(Hop::far)?,
            (None, "near", _) => hop(Hop::near)?,
            (None, "host", _) => known.host?,
            (None, "header", _) => known.header?,
            _ => return None,
        };
        if name == "resource" && value.trim() == "*" {
            return Some(ANYTHING.in_locale(locale).to_owned());
        }
        presentable(value)
    };
    let in_words = |text: Text| {
        let words = text.in_locale(locale);
        let filled = pattern::fill(words, value);
        // A name keeps its spelling at the start of a sentence; the ends of a hop are capitalized.
        if ["{far|", "{near|"].iter().any(|hole| words.starts_with(hole)) {
            with_capital(filled)
        } else {
            filled
        }
    };
    // Codes of a vendor's programs do not come from the cloud.
    let is_answer = cloud.is_some_and(|cloud| {
        let made_up = clouds::catalogue(cloud).client_codes;
        !made_up.iter().any(|begin| entry.code.starts_with(begin))
    });
    let hop = if is_answer { Some(Hop::Cloud) } else { known.hop.or_else(|| entry.hop()) };
    let at_hop = hop.filter(|_| cloud.is_none()).and_then(|hop| remedy_at(entry, hop));
    let (who, remedy) = at_hop.unwrap_or((entry.who, entry.remedy));
    let permission = cloud
        .filter(|cloud| clouds::catalogue(cloud).permission_codes.contains(&entry.code))
        .map(|cloud| permission::permission(cloud, Some(found), report, operation, known, locale));
    let signature = server_signature(found);
    let group = group::group(cloud, entry);
    let suggested_actions =
        suggested_actions(cloud, entry, permission.as_ref(), signature.as_ref());
    let hints = cloud.map_or_else(Vec::new, |cloud| {
        hint::hints(cloud, group, &suggested_actions, known, locale)
    });
    Explanation {
        recognised: true,
        cloud: cloud_id,
        code: Some(report.code.clone()),
        success: entry.effect == Effect::DryRunPassed,
        title: in_words(entry.title),
        meaning: in_words(entry.meaning),
        remedy: in_words(remedy),
        who,
        retry: entry.retry,
        request_id: report.request_id.as_deref().map(|id| without_hidden(id).into_owned()),
        instance_ids: report.instance_ids.clone(),
        original: mask::hide_secrets(&without_hidden(&report.message)),
        group,
        effect: entry.effect,
        reached: reached(is_answer, entry.effect),
        hop,
        host: known.host.and_then(presentable),
        address: Some(address(cloud_id.unwrap_or(LAYERS_ID), entry.code)),
        confidence: Confidence::Certain,
        detected_format: None,
        operation: operation.map(str::to_owned),
        region: known.region.map(str::to_owned),
        suggested_actions,
        permission,
        signature,
        hints,
        vendor_page: cloud.map(|cloud| vendor_page(cloud, entry.code)),
    }
}

fn unknown(
    cloud_id: Option<&'static str>,
    report: &ErrorReport,
    operation: Option<&str>,
    known: &Known<'_>,
    locale: Locale,
) -> Explanation {
    // A sentence is better evidence than a name.
    let said = known.is_text.then(|| Family::of_message(&report.message)).flatten();
    let meaning = match (said, clouds::family(report.code.trim())) {
        (Some(_), _) => UNKNOWN_BY_MESSAGE,
        (None, Some(_)) => UNKNOWN_BY_NAME,
        (None, None) => UNKNOWN_MEANING,
    };
    let family = said.or_else(|| clouds::family(report.code.trim())).map(Family::facts);
    let value = |name: &str| match name {
        "code" => presentable(&report.code),
        "about" => family.map(|family| family.about.in_locale(locale).to_owned()),
        _ => None,
    };
    let in_words = |text: Text| pattern::fill(text.in_locale(locale), value);
    let proven = clouds::unknown_effect(report);
    // A copied error often lacks its status; such codes mean that nothing was done.
    let is_refusal = || {
        let named = clouds::family(report.code.trim()).map(|family| family.facts().effect);
        named != Some(Effect::MaybeDone) && report.status.is_none_or(|status| status < 500)
    };
    let effect = match family {
        Some(family) if known.is_text && is_refusal() => family.effect,
        Some(_) | None => proven,
    };
    let retry = match (effect, family) {
        (Effect::MaybeDone | Effect::MaybeEcho, _) => Retry::CheckFirst,
        (_, Some(family)) => family.retry,
        (_, None) => Retry::AfterFix,
    };
    let cloud = cloud_id.and_then(clouds::by_id);
    let permission = cloud
        .filter(|_| family.is_some_and(|family| family.group == Group::GetPermission))
        .map(|cloud| permission::permission(cloud, None, report, operation, known, locale));
    let group = group::group_of_unknown(family.map(|family| family.group), retry);
    let mut suggested_actions = Vec::new();
    if permission.as_ref().is_some_and(|permission| permission.policy.is_some()) {
        suggested_actions.push(SuggestedAction::CopyPolicy);
    }
    if retry == Retry::CheckFirst {
        suggested_actions.push(SuggestedAction::RefreshState);
    }
    let hints = cloud.map_or_else(Vec::new, |cloud| {
        hint::hints(cloud, group, &suggested_actions, known, locale)
    });
    Explanation {
        recognised: false,
        cloud: cloud_id,
        code: presentable(&report.code),
        success: false,
        title: in_words(UNKNOWN_TITLE),
        meaning: in_words(meaning),
        remedy: in_words(if retry == Retry::CheckFirst { CHECK_FIRST } else { READ_ORIGINAL }),
        who: family.map_or(Who::You, |family| family.who),
        retry,
        request_id: report.request_id.as_deref().map(|id| without_hidden(id).into_owned()),
        instance_ids: report.instance_ids.clone(),
        original: mask::hide_secrets(&without_hidden(&report.message)),
        group,
        effect,
        reached: reached(cloud_id.is_some() || report.request_id.is_some(), effect),
        hop: cloud_id.map(|_| Hop::Cloud),
        host: None,
        address: None,
        confidence: Confidence::Certain,
        detected_format: None,
        operation: operation.map(str::to_owned),
        region: known.region.map(str::to_owned),
        permission,
        signature: None,
        hints,
        suggested_actions,
        vendor_page: cloud.map(|cloud| vendor_page(cloud, &report.code)),
    }
}

// The texts of an unknown code.
const UNKNOWN_TITLE: Text = text("This error is not in the catalogue", "该错误尚未收录");
const UNKNOWN_MEANING: Text =
    text("What {code|it} means is not known here.", "{code|该错误}的含义暂不清楚。");
const UNKNOWN_BY_NAME: Text = text(
    "What {code|it} means is not known here. By its name, and by that alone, it is about {about}.",
    "{code|该错误}的含义暂不清楚；仅从名称推测，它与“{about}”有关。",
);
const UNKNOWN_BY_MESSAGE: Text = text(
    "What {code|it} means is not known here. By the words that came with it, it is about {about}.",
    "{code|该错误}的含义暂不清楚；从随附的说明看，它与“{about}”有关。",
);
const CHECK_FIRST: Text = text(
    "Look at the instance before sending again. The cloud's own words are below; its support can tell more by the request ID.",
    "重新提交前请先查看实例状态。云端原文见下方，也可凭请求 ID 咨询云厂商的技术支持。",
);
const READ_ORIGINAL: Text = text(
    "Read the cloud's own words below; its support can tell more by the request ID.",
    "请查看下方的云端原文，也可凭请求 ID 咨询云厂商的技术支持。",
);

/// A resource of `*`.
const ANYTHING: Text = text("any resource", "任何资源");

fn reached(is_answer: bool, effect: Effect) -> Reached {
    match (is_answer, effect) {
        (true, _) => Reached::Yes,
        (false, Effect::NothingDone) => Reached::No,
        (false, _) => Reached::Unknown,
    }
}

fn with_capital(mut sentence: String) -> String {
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

/// The address in the index: `cloud/code`, without characters that a URL must escape.
pub(super) fn address(cloud_id: &str, code: &str) -> String {
    let code: String = code
        .chars()
        .filter(|c| !matches!(c, '(' | ')'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect();
    format!("{cloud_id}/{code}")
}

/// A text of an entry with its defaults.
pub(super) fn plain(text: Text, locale: Locale) -> String {
    pattern::fill(text.in_locale(locale), |_| None)
}

fn server_signature(found: &Found) -> Option<ServerSignature> {
    let caught = |name: &str| {
        let value = found.captures.iter().find(|(known, _)| *known == name)?.1.as_str();
        (!value.trim().is_empty()).then(|| mask::hide_secrets(value))
    };
    let string_to_sign = caught("server_string_to_sign");
    let canonical_request = caught("server_canonical_request");
    (string_to_sign.is_some() || canonical_request.is_some())
        .then_some(ServerSignature { string_to_sign, canonical_request })
}

fn suggested_actions(
    cloud: Option<&Cloud>,
    entry: &Entry,
    permission: Option<&Permission>,
    signature: Option<&ServerSignature>,
) -> Vec<SuggestedAction> {
    let mut suggested_actions = Vec::new();
    if permission.is_some_and(|permission| permission.policy.is_some()) {
        suggested_actions.push(SuggestedAction::CopyPolicy);
    }
    if signature.is_some() {
        suggested_actions.push(SuggestedAction::CompareSignature);
    }
    if entry.effect == Effect::ClockSkew {
        suggested_actions.push(SuggestedAction::CorrectClock);
    } else if cloud.is_some_and(|one| group::group(Some(one), entry) == Group::CorrectKey) {
        suggested_actions.push(SuggestedAction::EnterKey);
    }
    match entry.retry {
        Retry::CheckFirst => suggested_actions.push(SuggestedAction::RefreshState),
        Retry::Later if entry.effect == Effect::MaybeEcho => {
            suggested_actions.push(SuggestedAction::RefreshState);
        }
        Retry::Later => suggested_actions.push(SuggestedAction::SendAgain),
        Retry::Never | Retry::AfterFix => {}
    }
    let of_code = cloud.map_or(&[][..], |cloud| clouds::catalogue(cloud).helps).iter();
    suggested_actions
        .extend(of_code.filter(|(code, _)| *code == entry.code).map(|(_, help)| *help));
    suggested_actions
}

fn vendor_page(cloud: &Cloud, code: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match cloud.error_url {
        Some(page) if !code.is_empty() && code.chars().all(is_plain) => {
            page.replace("{code}", code)
        }
        Some(_) | None => cloud.errors_url.to_owned(),
    }
}

/// An untrusted text that may be quoted in a sentence: short, on one line, visible, and without
/// secrets. `None` if it may not.
fn presentable(value: &str) -> Option<String> {
    const BYTES_MAX: usize = 120;
    let value = value.trim();
    if value.is_empty() || value.len() > BYTES_MAX || visible(value) != value {
        return None;
    }
    Some(mask::hide_secrets(value))
}
