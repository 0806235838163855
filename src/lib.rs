//! The console: everything that knows the browser. Names no cloud.
//!
//! The pure part is `relight_core`. [`app`] is the root component: it renders the form until the second part
//! of the program (`lazy`) is loaded and the `console`, which holds all other state, takes over.

pub mod element;
pub mod mount;
mod app;
mod lazy;
mod console;
pub mod api;
mod store;
mod routes;
mod context;
mod pages;
mod components;
pub mod services;
pub mod i18n;
