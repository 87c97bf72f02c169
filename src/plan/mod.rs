//! From the configuration to what a gateway serves: everything a request needs, compiled once per isolate, at the first request that
//! needs it, and then only read.

mod agents;
pub mod build;
mod endpoints;
mod needs;
pub mod order;
#[cfg(test)]
mod tests;

pub use build::{BuildError, Refusals, build, refusals};
pub use needs::{CLIENT, COPIED, UNSEEN, UNTOLD};
