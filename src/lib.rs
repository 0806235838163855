//! The console: everything that knows the browser. Names no cloud.
//!
//! Read the modules in this order. The pure part is `relight_core`. The front is the form alone,
//! which a page needs first; the rest comes with the feature `console`.

// The full build warns of what stands idle; the front uses a part of the same code.
#![cfg_attr(not(feature = "console"), allow(dead_code))]
// The markup of a screen is read token by token.
#![recursion_limit = "1024"]

mod config;
pub mod element;
pub mod frame;
#[cfg(not(feature = "console"))]
pub mod front;
pub mod store;
pub mod text;
pub mod ui;
pub mod vault;

#[cfg(feature = "console")]
pub mod api;
#[cfg(feature = "console")]
pub mod approval;
#[cfg(feature = "console")]
mod clock;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "console")]
mod doctor;
#[cfg(feature = "console")]
mod fetch;
#[cfg(feature = "console")]
pub mod journal;
#[cfg(feature = "console")]
pub mod locks;
#[cfg(feature = "console")]
pub mod mount;
#[cfg(feature = "console")]
pub mod place;
