//! Relight's pure core: no clock, no randomness, no network, no DOM.
//!
//! Modules are in reading order, which is the order of the data flow: text → ids → plan and batches
//! → requests → signed requests → responses → outcomes → explanations.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod i18n;
pub mod text;
pub mod model;
pub mod signing;
pub mod catalogue;
pub mod clouds;
pub mod ids;
pub mod credential;
pub mod form;
pub mod transport;
pub mod explain;
pub mod run;
pub mod config;
pub mod session;
pub mod diagnostics;
