//! Relight's pure core: no clock, no randomness, no network, no DOM.
//!
//! Read the modules in this order; data flows through them from top to bottom.

pub mod words;
pub mod cloud;
pub mod explain;
