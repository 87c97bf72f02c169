//! Rate limits.

pub mod counter;
pub mod limiter;
pub mod proxy;
pub mod router;
pub mod service;
pub mod tiered;
