//! Explains errors: what one means, what to do, who can do it, and whether a retry is safe.

mod compare;
mod explanation;
mod group;
mod hint;
mod index;
mod paste;
mod permission;

pub(crate) use group::is_wrong_key;

pub use compare::{Cause, Comparison, Difference, Excerpt, compare};
pub use explanation::{
    Confidence, DetectedFormat, Explanation, ServerSignature, explain, explain_layer, explain_with,
};
pub use hint::{Hint, HintKind, Known};
pub use index::{Item, LAYERS_ID, closest_in_index, find_in_index, index};
pub use paste::{TextOptions, explain_text};
pub use permission::Permission;
