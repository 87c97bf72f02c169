//! Headers for browsers, host checks, bots, policies.

pub mod bot_detector;
pub mod cors;
pub mod http;
mod patterns;
pub mod policies;
pub mod steps;
