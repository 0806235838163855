//! Relight's pure core: no clock, no randomness, no network, no DOM.
//!
//! Read the modules in this order; data flows through them from top to bottom: a text becomes ids,
//! ids and a target become a plan, its batches become requests, requests are signed, answers become
//! outcomes, and errors become explanations.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod words;
pub mod cloud;
pub mod ids;
pub mod credential;
pub mod plan;
pub mod request;
pub mod sign;
pub mod answer;
pub mod eligibility;
pub mod explain;
pub mod run;
pub mod export;
pub mod session;
