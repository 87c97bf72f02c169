//! What can be seen from outside: metrics, traces, logs.

use std::ops::Range;

use fjord_document::node::{Member, Node};

use super::super::Rule;
use super::super::Severity::{High, Medium};
use super::super::view::{View, flag};
use super::rule;

pub(super) static RULES: &[Rule] = &[
    rule(
        "4.1.1",
        Medium,
        "no metrics are exported",
        "add telemetry/opentelemetry with an exporter of otlp and use_http; Cloudflare measures each worker as a whole, not by endpoint and backend",
        |view, hits| {
            if meters(view).is_empty() {
                hits.at(view.start());
            }
        },
    ),
    rule(
        "4.1.2",
        Medium,
        "metrics of a service without a name",
        "set `name` at the root: dashboards tell services apart by it",
        |view, hits| {
            let is_named =
                |node: &Node, key| node.get(key).and_then(Node::as_str).is_some_and(|name| !name.is_empty());
            let open = view.service("telemetry/opentelemetry").map(|member| &member.value);
            if !is_named(view.root, "name") && !open.is_some_and(|node| is_named(node, "service_name")) {
                hits.maybe(meters(view).into_iter().next());
            }
        },
    ),
    rule(
        "4.1.3",
        High,
        "several components measure the same",
        "keep one: each takes time of every request",
        |view, hits| hits.maybe(meters(view).into_iter().nth(1)),
    ),
    rule(
        "4.2.1",
        Medium,
        "no traces are exported",
        "add telemetry/opentelemetry with an exporter of otlp and use_http; the worker's own traces (`observability.traces` in the Wrangler file) show its calls, but continue no client's trace",
        |view, hits| {
            let other = ["telemetry/newrelic", "telemetry/instana"];
            let traces = |exporter: &Node| flag(exporter, "disable_traces").is_none();
            let has = census(view).is_some()
                || other.iter().any(|name| view.service(name).is_some())
                || exporters(view, "otlp").iter().any(traces);
            if !has {
                hits.at(view.start());
            }
        },
    ),
    rule(
        "4.3.1",
        Medium,
        "logging is not configured",
        "without it the worker's own log has failures alone; add telemetry/logging for a line for each request",
        |view, hits| {
            let names = ["telemetry/logging", "telemetry/gelf", "telemetry/logstash"];
            if names.iter().all(|name| view.service(name).is_none()) {
                hits.at(view.start());
            }
        },
    ),
];

const METERS: &[&str] =
    &["telemetry/metrics", "telemetry/newrelic", "telemetry/ganalytics", "telemetry/instana"];

/// The places of what measures, exporters of OpenTelemetry each for itself.
fn meters(view: &View<'_>) -> Vec<Range<u32>> {
    let own = census(view).into_iter().chain(METERS.iter().filter_map(|name| view.service(name)));
    let exporters = exporters(view, "otlp").iter().chain(exporters(view, "prometheus"));
    let measuring = exporters.filter(|exporter| flag(exporter, "disable_metrics").is_none());
    let heads = measuring.map(|exporter| exporter.span.start..exporter.span.start + 1);
    own.map(|member| member.key_span.clone()).chain(heads).collect()
}

/// The old component, which does nothing without exporters.
fn census<'a>(view: &View<'a>) -> Option<&'a Member> {
    view.service("telemetry/opencensus").filter(|member| member.value.get("exporters").is_some())
}

fn exporters<'a>(view: &View<'a>, kind: &str) -> &'a [Node] {
    let open = view.service("telemetry/opentelemetry").and_then(|open| open.value.get("exporters"));
    open.and_then(|exporters| exporters.get(kind)).map_or(&[][..], Node::items)
}
