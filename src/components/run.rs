//! A run: the outcome of each instance, and its calls.

pub(crate) mod background;
pub(crate) mod headline;
pub(crate) mod run_key;
pub(crate) mod notify;
pub(crate) mod results;
pub(crate) mod progress;
pub(crate) mod choices;
pub(crate) mod chip;
pub(crate) mod instances;
pub(crate) mod skipped;
pub(crate) mod calls;
pub(crate) mod inspector;
