//! Everything that the browser does for the console beside drawing it.

pub(crate) mod config;
pub(crate) mod link;
pub(crate) mod frame;
pub(crate) mod clock;
pub(crate) mod vault;
pub(crate) mod page_policy;
pub(crate) mod cloud_client;
pub(crate) mod duplicate_guard;
pub(crate) mod timing;
pub(crate) mod diagnostics;
pub(crate) mod approval;
pub mod database;
pub mod journal;
pub(crate) mod run_history;
pub mod locks;
pub(crate) mod uploads;
