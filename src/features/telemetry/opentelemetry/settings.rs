//! What the options say, with KrakenD's defaults: what is measured, and where it is sent.

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::trace::Propagator;

use crate::KRAKEND_VERSION;
use crate::options::{OptionError, Options, Refusal, Secret, Site};

use super::attributes::Attribute;
use super::{NAMESPACE, SECURITY};

/// Everything that is configured.
#[derive(Debug)]
pub struct Settings {
    /// What all that is sent says of the gateway.
    pub resource: Vec<Attribute>,
    /// Where it is sent.
    pub targets: Vec<Target>,
    /// Exporters that can't be served, and why.
    pub left_out: Vec<String>,
    /// The share of new traces that are recorded.
    pub sample_rate: f64,
    /// Paths of which nothing is reported.
    pub skip_paths: Vec<String>,
    /// The request as a whole.
    pub global: Layer,
    /// Whether a client's trace is ignored.
    pub ignores_clients: bool,
    /// Whether metrics have the names of version 1.27 of the conventions.
    pub newer_names: bool,
    /// An endpoint's pipe.
    pub proxy: Layer,
    /// A backend and its calls.
    pub backend: Calls,
    /// Upper bounds in seconds.
    pub time_buckets: Vec<f64>,
    /// Upper bounds in bytes.
    pub size_buckets: Vec<f64>,
    /// How traces are named in header lines.
    pub propagators: Rc<[Propagator]>,
}

/// What is reported of a backend.
#[derive(Debug, Clone)]
pub struct Calls {
    /// The backend.
    pub stage: Layer,
    /// Each of its calls to an origin.
    pub call: Layer,
    /// Calls are counted, too: always under the older names, with `detailed_connection` under the newer ones.
    pub counts: bool,
}

/// What is reported of one layer.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// A span for each.
    pub spans: bool,
    /// Measurements of each.
    pub metrics: bool,
    /// The header lines are reported, but for these (lower case).
    pub headers: Option<Vec<String>>,
    /// Of all spans.
    pub span_attributes: Vec<Attribute>,
    /// Of all measurements.
    pub metric_attributes: Vec<Attribute>,
}

/// A collector.
#[derive(Debug)]
pub struct Target {
    /// Its name in the configuration.
    pub name: String,
    /// Its URL, without `/v1/traces`.
    pub url: String,
    /// Spans are sent.
    pub traces: bool,
    /// Metrics are sent, after so many milliseconds each time.
    pub metrics_every_ms: Option<f64>,
    /// Header lines of each call.
    pub headers: Vec<(String, String)>,
}

/// OTLP over HTTP is spoken on this port.
pub const HTTP_PORT: i64 = 4318;

/// A report more often than this is sent so often.
const SHORTEST_PERIOD_S: i64 = 1;

/// As KrakenD.
const DEFAULT_SKIPPED: [&str; 4] = ["/__health", "/__debug/", "/__echo/", "/__stats/"];

// === impl Settings ===

impl Settings {
    /// Reads the namespace at the service.
    ///
    /// # Errors
    /// If a secret isn't there, or an option can't be read.
    pub fn read(site: &Site<'_>, node: &Node) -> Result<Self, Refusal> {
        let options = Options::of(node, &NAMESPACE);
        let layers = options.object("layers")?;
        let layer = |name| layers.as_ref().map_or(Ok(None), |layers| layers.object(name));
        let (global, proxy, backend) = (layer("global")?, layer("proxy")?, layer("backend")?);
        let buckets = options.object("histograms")?;
        let bounds = |name, default: &str| numbers(buckets.as_ref(), name, default);
        let mut left_out = Vec::new();
        let skipped = options.strings("skip_paths")?;
        let skip_paths = if skipped.is_empty() { DEFAULT_SKIPPED.to_vec() } else { skipped };
        let global_flag = |name| global.as_ref().map_or(Ok(false), |global| global.bool(name));
        let newer_names = match &global {
            Some(global) => global.str("semantic_convention")? == "1.27",
            None => false,
        };
        Ok(Self {
            resource: resource(site, &options)?,
            targets: targets(site, &options, &mut left_out)?,
            left_out,
            sample_rate: options.f64("trace_sample_rate")?,
            skip_paths: skip_paths.into_iter().map(str::to_owned).collect(),
            ignores_clients: global_flag("disable_propagation")?,
            newer_names,
            global: pipe_layer(global.as_ref())?,
            proxy: pipe_layer(proxy.as_ref())?,
            backend: calls(backend.as_ref(), newer_names)?,
            time_buckets: bounds("time_buckets", super::TIME_BUCKETS),
            size_buckets: bounds("size_buckets", super::SIZE_BUCKETS),
            propagators: propagators(site.environment.variable("OTEL_PROPAGATORS")),
        })
    }

    /// Whether any layer reports header lines.
    pub fn reports_headers(&self) -> bool {
        let Calls { stage, call, .. } = &self.backend;
        [&self.global, &self.proxy, stage, call].iter().any(|layer| layer.headers.is_some())
    }
}

/// Without `OTEL_PROPAGATORS` that of W3C. Baggage is the client's own text: it's passed on where it's asked for.
fn propagators(names: Option<&str>) -> Rc<[Propagator]> {
    let names = names.unwrap_or("tracecontext").split(',').map(str::trim);
    names.filter_map(Propagator::named).collect()
}

fn resource(site: &Site<'_>, options: &Options<'_>) -> Result<Vec<Attribute>, OptionError> {
    let (name, version) = (options.str("service_name")?, options.str("service_version")?);
    let root = site.node.get("name").and_then(Node::as_str).unwrap_or_default();
    let name = [name, root, "KrakenD"].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let version = if version.is_empty() { KRAKEND_VERSION } else { version };
    let mut resource = vec![text("service.name", name), text("service.version", version)];
    let environment = options.str("deploy_env")?;
    if !environment.is_empty() {
        resource.push(text("deployment.environment", environment));
    }
    resource.push(text("telemetry.sdk.name", "fjord"));
    resource.push(text("telemetry.sdk.language", "rust"));
    Ok(resource)
}

/// An attribute that is a text.
pub fn text(name: &'static str, value: &str) -> Attribute {
    (name.into(), value.to_owned())
}

/// The collectors that OTLP over HTTP reaches.
fn targets(
    site: &Site<'_>,
    options: &Options<'_>,
    left_out: &mut Vec<String>,
) -> Result<Vec<Target>, Refusal> {
    let Some(exporters) = options.object("exporters")? else { return Ok(Vec::new()) };
    let period = options.int("metric_reporting_period")?;
    let mut targets = Vec::new();
    for (index, node) in exporters.items("otlp")?.iter().enumerate() {
        let exporter = Options::new(node, super::OTLP);
        let name = exporter.str("name")?;
        if !exporter.bool("use_http")? {
            left_out.push(format!("exporters.otlp.{index}: {}", super::GRPC));
            continue;
        }
        let own = exporter.int("custom_metric_reporting_period")?;
        let seconds = [own, period].into_iter().find(|seconds| *seconds > 0).unwrap_or(30);
        let metrics = !exporter.bool("disable_metrics")?;
        targets.push(Target {
            name: name.to_owned(),
            url: base(exporter.str("host")?, port(&exporter)?),
            traces: !exporter.bool("disable_traces")?,
            metrics_every_ms: metrics.then(|| seconds.max(SHORTEST_PERIOD_S) as f64 * 1000.0),
            headers: credentials(site, name)?,
        });
    }
    Ok(targets)
}

fn port(exporter: &Options<'_>) -> Result<i64, OptionError> {
    let port = exporter.int("port")?;
    Ok(if exporter.given("port") && port > 0 { port } else { HTTP_PORT })
}

/// `host` may have a scheme, and a path after it; without a scheme the call is plain, as in KrakenD.
fn base(host: &str, port: i64) -> String {
    let (scheme, rest) = host.split_once("://").unwrap_or(("http", host));
    let rest = rest.trim_end_matches('/');
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    format!("{scheme}://{authority}:{port}{path}")
}

/// The header lines that `telemetry/opentelemetry-security` has for an exporter.
fn credentials(site: &Site<'_>, exporter: &str) -> Result<Vec<(String, String)>, Refusal> {
    let Some(node) = site.namespace(&SECURITY) else { return Ok(Vec::new()) };
    let mut headers = Vec::new();
    for item in Options::of(node, &SECURITY).items("otlp")? {
        if item.get("name").and_then(Node::as_str) != Some(exporter) {
            continue;
        }
        for member in item.get("headers").map(Node::members).unwrap_or_default() {
            let value = member.value.as_str().unwrap_or_default();
            let value = match Secret::Reference.named(value) {
                None => value,
                Some(name) => site.environment.variable(name).ok_or_else(|| {
                    Refusal(format!("opentelemetry-security: {}: there is no secret {name}", member.key))
                })?,
            };
            headers.push((member.key.to_string(), value.to_owned()));
        }
    }
    Ok(headers)
}

/// `layers.global` and `layers.proxy`; all is reported where they aren't there.
pub(super) fn pipe_layer(options: Option<&Options<'_>>) -> Result<Layer, OptionError> {
    let Some(options) = options else { return Ok(Layer { spans: true, metrics: true, ..Layer::default() }) };
    Ok(Layer {
        spans: !options.bool("disable_traces")?,
        metrics: !options.bool("disable_metrics")?,
        headers: reported(options)?,
        span_attributes: attributes(options, "traces_static_attributes")?,
        metric_attributes: attributes(options, "metrics_static_attributes")?,
    })
}

/// `layers.backend`: the stage and the calls; without options of its own each reports everything.
pub(super) fn calls(options: Option<&Options<'_>>, newer_names: bool) -> Result<Calls, OptionError> {
    let part = |name| options.map_or(Ok(None), |options| options.object(name));
    let (traces, metrics) = (part("traces")?, part("metrics")?);
    let mut stage = Layer { spans: true, metrics: true, ..Layer::default() };
    let (mut call, mut detailed) = (stage.clone(), true);
    if let Some(traces) = &traces {
        stage.spans = !traces.bool("disable_stage")?;
        call.spans = traces.bool("round_trip")? || traces.bool("read_payload")?;
        stage.headers = reported(traces)?;
        call.headers = stage.headers.clone();
        stage.span_attributes = attributes(traces, "static_attributes")?;
        call.span_attributes = stage.span_attributes.clone();
    }
    if let Some(metrics) = &metrics {
        stage.metrics = !metrics.bool("disable_stage")?;
        call.metrics = metrics.bool("round_trip")? || metrics.bool("read_payload")?;
        detailed = metrics.bool("detailed_connection")?;
        stage.metric_attributes = attributes(metrics, "static_attributes")?;
        call.metric_attributes = stage.metric_attributes.clone();
    }
    Ok(Calls { stage, call, counts: detailed || !newer_names })
}

fn reported(options: &Options<'_>) -> Result<Option<Vec<String>>, OptionError> {
    if !options.bool("report_headers")? {
        return Ok(None);
    }
    Ok(Some(options.strings("skip_headers")?.iter().map(|name| name.to_ascii_lowercase()).collect()))
}

/// Those with both a key and a value, as in KrakenD.
pub(super) fn attributes(options: &Options<'_>, list: &str) -> Result<Vec<Attribute>, OptionError> {
    let pair = |item: &Node| {
        let part = |name| item.get(name).and_then(Node::as_str).filter(|part| !part.is_empty());
        Some((part("key")?.to_owned().into(), part("value")?.to_owned()))
    };
    Ok(options.items(list)?.iter().filter_map(pair).collect())
}

/// Upper bounds, in order; the default where none are given.
fn numbers(options: Option<&Options<'_>>, name: &str, default: &str) -> Vec<f64> {
    let given = options.and_then(|options| options.node(name)).map(Node::items).unwrap_or_default();
    let mut bounds: Vec<f64> =
        given.iter().filter_map(Node::as_f64).filter(|bound| bound.is_finite()).collect();
    if bounds.is_empty() {
        bounds =
            default.trim_matches(['[', ']']).split(',').filter_map(|text| text.trim().parse().ok()).collect();
    }
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_become_urls() {
        for (host, port, url) in [
            ("collector", 4318, "http://collector:4318"),
            ("http://collector/", 4318, "http://collector:4318"),
            ("https://otlp.example.com/otlp", 443, "https://otlp.example.com:443/otlp"),
        ] {
            assert_eq!(base(host, port), url);
        }
    }

    #[test]
    fn w3c_is_spoken_unless_the_environment_says_otherwise() {
        assert_eq!(&*propagators(None), [Propagator::TraceContext]);
        assert_eq!(&*propagators(Some("none")), []);
        let some = [Propagator::B3, Propagator::Baggage];
        assert_eq!(&*propagators(Some("b3, baggage,xray")), some);
    }

    #[test]
    fn default_bounds_are_krakends() {
        let bounds = numbers(None, "time_buckets", super::super::TIME_BUCKETS);
        assert_eq!((bounds.len(), bounds[0], bounds[19]), (20, 0.01, 10.0));
        assert_eq!(numbers(None, "size_buckets", super::super::SIZE_BUCKETS).len(), 15);
    }
}
