//! Rate limits, circuit breakers, caches.

pub mod bucket;
pub mod circuit_breaker;
pub mod clients;
pub mod http_cache;
pub mod ratelimit;
pub mod tier;
