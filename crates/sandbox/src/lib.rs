//! Three simulated clouds: Alibaba Cloud ECS, Tencent Cloud CVM and Zenlayer ZEC.
//!
//! [`Sandbox`] is pure: a raw request and the time go in, an answer comes out. It verifies every
//! signature with its own code, keeps instances whose states move in time, and misbehaves when it
//! is configured to. The `server` feature puts it on a loopback port.
//!
//! The crate shares no code with the rest of the project on purpose: a mistake made in both places
//! would hide.

pub mod message;
pub mod sandbox;

pub mod cloud;
pub mod clouds;
pub mod credential;
pub mod errors;
pub mod faults;
pub mod fleet;
pub mod journal;
pub mod proxy;
pub mod signature;

mod control;
mod rates;
mod text;
pub mod time;

#[cfg(feature = "server")]
pub mod loopback;
#[cfg(feature = "server")]
pub mod server;

pub use cloud::Cloud;
pub use message::{Answer, Delivery, Reply, Request};
pub use sandbox::{Config, SPEED_TO_WATCH, Sandbox};
