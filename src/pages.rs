//! The pages of the console, and their layout.

pub(crate) mod layout;
pub(crate) mod restart_start;
pub(crate) mod history;
pub(crate) mod explain;
pub(crate) mod errors;
pub(crate) mod diagnostics;
