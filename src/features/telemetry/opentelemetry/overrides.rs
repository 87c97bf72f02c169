//! What endpoints and backends say themselves: each part in place of the service's, as in KrakenD, which merges nothing.

use fjord_document::node::Node;

use crate::options::Options;

use super::outlet::Choice;
use super::settings::{Calls, Layer, Settings, attributes, calls, pipe_layer};
use super::{BACKEND, ENDPOINT};

/// What an endpoint says itself: each part in place of the service's.
#[derive(Debug)]
pub struct AtEndpoint {
    /// The request as a whole.
    pub global: Layer,
    /// The pipe.
    pub proxy: Layer,
    /// Its backends.
    pub backend: Calls,
    /// The share of new traces that are recorded.
    pub sample_rate: f64,
    /// Where it is sent.
    pub choice: Choice,
}

// === impl Settings ===

impl Settings {
    /// What holds at an endpoint with this namespace. What can't be read is the service's.
    pub fn at_endpoint(&self, node: Option<&Node>) -> AtEndpoint {
        let options = node.map(|node| Options::of(node, &ENDPOINT));
        let part = |name| options.as_ref().and_then(|options| options.object(name).ok().flatten());
        let mut at = AtEndpoint {
            global: self.global.clone(),
            proxy: self.proxy.clone(),
            backend: self.backend.clone(),
            sample_rate: self.sample_rate,
            choice: Choice::default(),
        };
        if let Some(global) = part("global") {
            let own = |name| global.given(name).then(|| attributes(&global, name).ok()).flatten();
            at.global.span_attributes = own("traces_static_attributes").unwrap_or(at.global.span_attributes);
            at.global.metric_attributes =
                own("metrics_static_attributes").unwrap_or(at.global.metric_attributes);
        }
        if let Some(proxy) = part("proxy").and_then(|proxy| pipe_layer(Some(&proxy)).ok()) {
            at.proxy = proxy;
        }
        if let Some(backend) = part("backend") {
            at.backend = calls(Some(&backend), self.newer_names).unwrap_or(at.backend);
        }
        if let Some(exporters) = part("exporters_override") {
            let names = |list| {
                let names = exporters.strings(list).unwrap_or_default();
                (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())
            };
            let period = exporters.int("metric_reporting_period").ok().filter(|seconds| *seconds > 0);
            at.choice = Choice {
                traces: names("trace_exporters"),
                metrics: names("metric_exporters"),
                every_ms: period.map(|seconds| seconds as f64 * 1000.0),
            };
            if exporters.given("trace_sample_rate") {
                at.sample_rate = exporters.f64("trace_sample_rate").unwrap_or(at.sample_rate);
            }
        }
        at
    }

    /// What holds at a backend with this namespace; none where it says nothing itself.
    pub fn at_backend(&self, node: Option<&Node>) -> Option<Calls> {
        let backend = Options::of(node?, &BACKEND).object("backend").ok()??;
        calls(Some(&backend), self.newer_names).ok()
    }
}
