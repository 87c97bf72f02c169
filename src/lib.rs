//! Fjord answers requests as a KrakenD configuration describes it, at the edge.
//!
//! Two phases: a configuration becomes a [`plan`](crate), once; a request then only reads the plan.

pub mod cel;
pub mod config;
pub mod encoding;
pub mod features;
pub mod http;
pub mod json;
pub mod pattern;
pub mod registry;
pub mod router;
