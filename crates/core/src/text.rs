//! Texts from outside, whoever wrote them: what may be shown of them, what is hidden, and the notations
//! that more than one module reads.

pub mod json;
mod login;
pub mod mask;
pub(crate) mod named;
pub mod time;
pub mod visible;
