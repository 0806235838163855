//! Untrusted texts: what may be shown, what is hidden, and the formats that several modules parse.

pub mod json;
mod login;
pub mod mask;
pub(crate) mod named;
pub mod time;
pub mod visible;
