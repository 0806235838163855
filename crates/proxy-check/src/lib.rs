//! The proxy contract as a test that can be run against any proxy.
//!
//! [`check::run`] sends requests byte by byte and judges what comes back. With [`clouds::Clouds`]
//! behind the proxy — the simulated clouds over TLS, with a name server and a test authority — it
//! also judges what arrived there. [`servers`] starts the real servers with the configurations of
//! `deploy/`, for this crate's own tests and for those in a browser.

pub mod rules;
pub mod check;
pub mod report;
pub mod clouds;
pub mod servers;

pub mod ca;
pub mod client;
pub mod dns;
pub mod http;
pub mod upstream;

mod answered;
mod observed;
