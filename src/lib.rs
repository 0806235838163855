//! The console: everything that knows the browser. Names no cloud.
//!
//! The pure part is `relight_core`. [`app`] is the root component: it draws the form until the part of the
//! program that is fetched later (`lazy`) draws the `console`, which holds the state of everything else.

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
