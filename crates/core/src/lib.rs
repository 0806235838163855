//! Relight's pure core: no clock, no randomness, no network, no DOM.
//!
//! Read the modules in this order; data flows through them from top to bottom: a text becomes ids,
//! ids and a target become a plan, its batches become requests, requests are signed, answers become
//! outcomes, and errors become explanations.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]
// Without the engine much stands idle; it is the same code, and the full build warns.
#![cfg_attr(not(feature = "engine"), allow(dead_code, unused_imports))]

pub mod i18n;
pub mod text;
pub mod model;
pub mod signing;
pub mod catalogue;
pub mod clouds;
pub mod ids;
pub mod credential;
pub mod form;

#[cfg(feature = "engine")]
pub mod transport;
#[cfg(feature = "texts")]
pub mod explain;
#[cfg(feature = "engine")]
pub mod run;
#[cfg(feature = "texts")]
pub mod config;
#[cfg(feature = "engine")]
pub mod session;
#[cfg(feature = "engine")]
pub mod diagnostics;
