//! Rate limits.

mod check;
pub mod counter;
mod counting;
pub mod limiter;
pub mod proxy;
pub mod router;
pub mod service;
pub mod tiered;
