//! Logs, metrics, traces.

pub mod gelf;
pub mod influx;
pub mod logging;
pub mod logstash;
pub mod metrics;
pub mod moesif;
pub mod newrelic;
pub mod opencensus;
pub mod opentelemetry;
pub mod opentelemetry_security;
