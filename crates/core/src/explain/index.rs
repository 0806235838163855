//! The index of errors: the catalogue as a list to search, link to and print.

use super::group;
use crate::{
    catalogue::{Effect, Entry, Group, LAYERS, Retry, Who},
    clouds,
    explain::explanation::{address, plain},
    i18n::Locale,
    model::cloud::Cloud,
};
use serde::Serialize;

/// In addresses, the id of the layers below the clouds: page, proxy, network.
pub const LAYERS_ID: &str = "page";

/// An entry of the catalogue in one language. A code with several meanings has several items with
/// the same address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The cloud's id, or [`LAYERS_ID`].
    pub cloud: &'static str,
    /// The code as in the response.
    pub code: &'static str,
    /// The address: `cloud/code`, without characters that a URL must escape.
    pub address: String,
    /// Distinguishes meanings of the same code: the cloud's message, or the HTTP status. `None` for
    /// a code with one meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distinguished_by: Option<String>,
    /// The group: what to do about it.
    pub group: Group,
    /// One line.
    pub title: String,
    /// What happened.
    pub meaning: String,
    /// What to do.
    pub remedy: String,
    /// Who can fix it.
    pub who: Who,
    /// Whether trying again is safe, and when.
    pub retry: Retry,
    /// What the error proves about the request.
    pub effect: Effect,
    /// The HTTP status on the vendor's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The operations that can return it; empty means any.
    pub operations: &'static [&'static str],
}

/// Every entry, in the order of the clouds and of their catalogues; the layers below come last.
///
/// ```
/// use relight_core::{explain::index, i18n::Locale};
///
/// let all = index(Locale::En);
/// assert!(all.iter().any(|item| item.address.ends_with("/IncorrectInstanceStatus")));
/// ```
pub fn index(locale: Locale) -> Vec<Item> {
    let of_clouds = clouds::ALL.iter().flat_map(|cloud| {
        clouds::catalogue(cloud).errors.iter().map(move |entry| item(Some(cloud), entry, locale))
    });
    of_clouds.chain(LAYERS.iter().map(|entry| item(None, entry, locale))).collect()
}

/// The items at an address. The code may be spelt as in the response, in any case. Empty if
/// unknown.
pub fn find_in_index(cloud_id: &str, code: &str, locale: Locale) -> Vec<Item> {
    let (cloud, entries) = match clouds::by_id(cloud_id) {
        Some(cloud) => (Some(cloud), clouds::catalogue(cloud).errors),
        None if cloud_id == LAYERS_ID => (None, LAYERS),
        None => return Vec::new(),
    };
    entries
        .iter()
        .filter(|entry| {
            entry.code.eq_ignore_ascii_case(code)
                || address(cloud_id, entry.code)
                    .split_once('/')
                    .is_some_and(|(_, part)| part.eq_ignore_ascii_case(code))
        })
        .map(|entry| item(cloud, entry, locale))
        .collect()
}

/// The least similarity for a suggestion (normalized Damerau-Levenshtein, 0 to 1).
const ALIKE: f64 = 0.55;

/// The number of suggestions.
const CLOSEST: usize = 3;

/// The entries with the most similar codes, of one cloud or of all; each code once.
///
/// ```
/// use relight_core::{explain::closest_in_index, i18n::Locale};
///
/// let closest = closest_in_index(None, "IncorectInstanceStatus", Locale::En);
/// assert_eq!(closest[0].code, "IncorrectInstanceStatus");
/// ```
pub fn closest_in_index(cloud_id: Option<&str>, code: &str, locale: Locale) -> Vec<Item> {
    let code = code.to_ascii_lowercase();
    let of_clouds = clouds::ALL
        .iter()
        .filter(|cloud| cloud_id.is_none_or(|id| id == cloud.id))
        .flat_map(|cloud| clouds::catalogue(cloud).errors.iter().map(move |entry| (cloud, entry)));
    let mut closest: Vec<_> = of_clouds
        .map(|(cloud, entry)| {
            let known = entry.code.to_ascii_lowercase();
            (strsim::normalized_damerau_levenshtein(&code, &known), *cloud, entry)
        })
        .filter(|(alike, ..)| (ALIKE..1.0).contains(alike))
        .collect();
    closest.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut items: Vec<Item> = Vec::new();
    for (_, cloud, entry) in closest {
        if items.len() < CLOSEST && items.iter().all(|item| item.code != entry.code) {
            items.push(item(Some(cloud), entry, locale));
        }
    }
    items
}

fn item(cloud: Option<&'static Cloud>, entry: &'static Entry, locale: Locale) -> Item {
    let (cloud_id, entries) =
        cloud.map_or((LAYERS_ID, LAYERS), |cloud| (cloud.id, clouds::catalogue(cloud).errors));
    let has_others =
        entries.iter().any(|other| other.code == entry.code && !std::ptr::eq(other, entry));
    let message = entry.messages.iter().find(|message| !message.contains('{'));
    let distinguished_by = match (has_others, message, entry.status) {
        (true, Some(message), _) => Some((*message).to_owned()),
        (true, None, Some(status)) => Some(format!("HTTP {status}")),
        (false, _, _) | (true, None, None) => None,
    };
    Item {
        cloud: cloud_id,
        code: entry.code,
        address: address(cloud_id, entry.code),
        distinguished_by,
        group: group::group(cloud, entry),
        title: plain(entry.title, locale),
        meaning: plain(entry.meaning, locale),
        remedy: plain(entry.remedy, locale),
        who: entry.who,
        retry: entry.retry,
        effect: entry.effect,
        status: entry.status,
        operations: entry.operations,
    }
}
