//! Publish and subscribe.

pub mod publisher;
pub mod subscriber;
