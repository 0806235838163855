//! The browser's services: everything but rendering.

pub(crate) mod config;
pub(crate) mod link;
pub(crate) mod frame;
pub(crate) mod clock;
pub(crate) mod vault;
pub(crate) mod csp;
pub(crate) mod cloud_client;
pub(crate) mod duplicate_guard;
pub(crate) mod connection;
pub(crate) mod timing;
pub(crate) mod diagnostics;
pub(crate) mod approval;
pub mod database;
pub mod journal;
pub(crate) mod run_history;
pub(crate) mod selections;
pub(crate) mod saved_form;
pub mod locks;
pub(crate) mod uploads;
