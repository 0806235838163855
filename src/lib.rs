//! The console: everything that knows the browser. Names no cloud.
//!
//! Read the modules in this order. The pure part is `relight_core`. [`app`] is the form; what `console`
//! draws comes with the part of the program that is fetched later (`lazy`).

mod config;
pub mod element;
pub mod frame;
mod app;
mod lazy;
mod link;
pub mod store;
mod context;
pub mod text;
pub mod ui;
pub mod vault;

pub mod api;
pub mod approval;
mod clock;
mod console;
mod diagnostics;
mod fetch;
mod duplicate_guard;
mod timing;
pub mod database;
pub mod journal;
pub mod run_history;
pub mod locks;
pub mod mount;
pub mod routes;
mod uploads;
