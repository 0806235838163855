//! Named selections: queries for instances, in this browser's storage. Never a key.

use crate::services::config::storage;
use serde::{Deserialize, Serialize};

/// What they are stored under.
const NAME: &str = "relight-selections";

/// A named selection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedSelection {
    pub(crate) name: String,
    /// The cloud's id.
    pub(crate) cloud: String,
    /// The kind of account.
    pub(crate) site: String,
    pub(crate) region: String,
    /// The query, as it can be typed.
    pub(crate) query: String,
    /// The ids that it found the last time, to count what has changed.
    #[serde(default)]
    pub(crate) ids: Vec<String>,
}

/// The selections of this browser, by name; none if they cannot be read.
pub(crate) fn read() -> Vec<SavedSelection> {
    let text = storage().and_then(|storage| storage.get_item(NAME).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Whether there are any.
pub(crate) fn is_saved() -> bool {
    !read().is_empty()
}

/// Stores them. Where nothing can be stored they last as long as the page.
pub(crate) fn write(selections: &[SavedSelection]) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(selections)) {
        let _ = storage.set_item(NAME, &text);
    }
}
