//! The console: everything that knows the browser. Names no cloud.
//!
//! Read the modules in this order. The pure part is `relight_core`.

pub mod api;
pub mod element;
mod console;
pub mod store;
mod config;
mod vault;
mod fetch;
mod clock;
pub mod journal;
pub mod locks;
pub mod text;
pub mod ui;
