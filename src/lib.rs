//! Fjord answers requests as a KrakenD configuration describes it, at the edge.
//!
//! Two phases: a configuration becomes a [`plan`], once; a request then only reads the plan.

// What a smaller module has no caller for. The build with all features finds what is dead in all of them.
#![cfg_attr(not(feature = "tools"), allow(dead_code, unused_imports))]

pub mod context;
pub mod edge;
mod faults;
pub mod features;
pub mod gateway;
pub mod log;
pub mod options;
pub mod plan;
pub mod platform;
pub mod proxy;
pub mod render;
#[cfg(feature = "tools")]
pub mod review;

/// The KrakenD whose answers are given: clients and origins see it where they would see KrakenD's.
pub const KRAKEND_VERSION: &str = "2.11.2";

/// How the gateway names itself to origins.
pub const KRAKEND_AGENT: &str = "KrakenD Version 2.11.2";
