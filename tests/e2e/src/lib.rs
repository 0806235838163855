//! The console in real browsers against the sandbox: the support code of the cases.
//!
//! A [`suite`] runs every case in every browser. Each case gets a [`Fixture`]: a sandbox of its own, a
//! [`Site`](site::Site) that serves the built page under the strict policy and forwards `/proxy/` to
//! that sandbox, and a [`Page`](page::Page) in a browser that other cases have used before. Since
//! every site has a port of its own, no storage is shared. Where a case asks for it, a
//! [`RealServer`](real::Real) server serves the page or carries its calls.

pub mod browser;
pub mod link;
pub mod machine;
mod memory;
pub mod page;
pub mod plain;
pub mod real;
pub mod release;
pub mod secure;
pub mod site;
pub mod fixture;
pub mod suite;
mod wait;
mod webkit;

pub use fixture::{Fixture, Setting};
pub use wait::until;
