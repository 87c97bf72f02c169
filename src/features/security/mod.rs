//! Protection of clients and of the gateway.

pub mod bot_detector;
pub mod cors;
pub mod http;
pub mod policies;
pub mod steps;
