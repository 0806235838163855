//! Explanations of errors.

pub(crate) mod explanation;
pub(crate) mod comparison;
