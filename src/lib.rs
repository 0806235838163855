//! The console: everything that knows the browser. Names no cloud.
//!
//! Read the modules in this order. The pure part is `relight_core`. The front is the form alone,
//! which a page needs first; the rest comes with the feature `console`.

// The full build warns of what stands idle; the front uses a part of the same code.
#![cfg_attr(not(feature = "console"), allow(dead_code))]

mod config;
pub mod element;
pub mod frame;
#[cfg(not(feature = "console"))]
pub mod front;
mod link;
pub mod store;
mod context;
pub mod text;
pub mod ui;
pub mod vault;

#[cfg(feature = "console")]
pub mod api;
#[cfg(feature = "console")]
pub mod approval;
mod clock;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "console")]
mod diagnostics;
#[cfg(feature = "console")]
mod fetch;
#[cfg(feature = "console")]
mod duplicate_guard;
#[cfg(feature = "console")]
mod timing;
#[cfg(feature = "console")]
pub mod database;
#[cfg(feature = "console")]
pub mod journal;
#[cfg(feature = "console")]
pub mod run_history;
#[cfg(feature = "console")]
pub mod locks;
#[cfg(feature = "console")]
pub mod mount;
#[cfg(feature = "console")]
pub mod routes;
#[cfg(feature = "console")]
mod uploads;
