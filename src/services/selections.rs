//! Selections with a name: queries, not lists of ids, in this browser's storage. There is no key in them.

use crate::services::config::storage;
use serde::{Deserialize, Serialize};

/// What they are stored under.
const NAME: &str = "relight-selections";

/// A selection that somebody has named.
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
    /// What it found the last time, to tell what is new and what is gone.
    #[serde(default)]
    pub(crate) ids: Vec<String>,
}

/// Those of this browser, by name. What cannot be read is as if it were not there.
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
