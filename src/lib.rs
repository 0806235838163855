//! The console: everything that knows the browser. Names no cloud.
//!
//! Read the modules in this order. The pure part is `relight_core`. The front is the form alone,
//! which a page needs first; the rest comes with the feature `console`. With the features `functions`
//! or `signing` alone there is no page at all.

// The full build warns of what stands idle; the front uses a part of the same code.
#![cfg_attr(not(feature = "console"), allow(dead_code))]

#[cfg(any(feature = "console", not(feature = "signing")))]
mod config;
#[cfg(any(feature = "console", not(feature = "signing")))]
pub mod element;
#[cfg(any(feature = "console", not(feature = "signing")))]
pub mod frame;
#[cfg(not(feature = "signing"))]
pub mod front;
#[cfg(any(feature = "console", not(feature = "signing")))]
mod link;
#[cfg(any(feature = "console", not(feature = "signing")))]
pub mod store;
#[cfg(any(feature = "console", not(feature = "signing")))]
mod context;
#[cfg(any(feature = "console", not(feature = "signing")))]
pub mod text;
#[cfg(any(feature = "console", not(feature = "signing")))]
pub mod ui;
#[cfg(any(feature = "console", not(feature = "signing")))]
pub mod vault;

#[cfg(feature = "signing")]
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
