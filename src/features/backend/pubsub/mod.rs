//! Publish and subscribe, by the drivers that KrakenD has of gocloud.

mod check;
mod driver;
pub mod kafka;
pub mod publisher;
pub mod subscriber;
