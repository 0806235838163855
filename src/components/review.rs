//! The check before the review, and the review.

pub(crate) mod notices;
pub(crate) mod nothing_to_review;
pub(crate) mod recent;
pub(crate) mod preflight;
#[allow(clippy::module_inception, reason = "the review itself")]
pub(crate) mod review;
pub(crate) mod skipped;
pub(crate) mod pacing;
pub(crate) mod confirm;
