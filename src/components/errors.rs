//! Errors in words.

pub(crate) mod explanation;
pub(crate) mod comparison;
