//! `telemetry/opentelemetry`: goes on with the traces of clients, and reports traces and metrics to collectors by OTLP over HTTP.
//!
//! The service's options reach every endpoint: [`request()`] is around everything, [`pipe`] around an endpoint's pipe, [`backend`]
//! around a backend and each of its calls. Names of spans, metrics and attributes are KrakenD's.

mod attributes;
mod check;
mod exporter;
mod metrics;
mod otlp;
mod outlet;
mod overrides;
mod own;
mod protobuf;
mod request;
mod routes;
mod settings;
mod stages;

use std::cell::OnceCell;
use std::rc::Rc;

use crate::gateway::Global;
use crate::options::{Capability, Kind, Namespace, Opt, Refusal, Rule, Scope, Scopes, Site, namespace, opt};
use crate::proxy::{Exchange, Layer};

use super::opentelemetry_security::NAMESPACE as SECURITY;
use attributes::{Attribute, route};
use exporter::Telemetry;
use metrics::Instrument;
use outlet::Outlet;
use overrides::AtEndpoint;
use routes::Route;
use settings::Calls;
use stages::{Call, Reports, Stage};

/// The namespace at the service.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/opentelemetry",
    Scopes::SERVICE,
    "Reports traces and metrics through OpenTelemetry.",
    Kind::Object(&[
        opt("deploy_env", Kind::Str, "The name of the environment.").default("\"\""),
        opt(
            "exporters",
            Kind::With(
                &Kind::Object(&[
                    opt(
                        "otlp",
                        Kind::With(
                            &Kind::List(&Kind::Object(OTLP)),
                            &[Rule::AtLeast(1)],
                        ),
                        "Collectors that it is sent to.",
                    ),
                    opt(
                        "prometheus",
                        Kind::With(
                            &Kind::List(&Kind::Object(&[
                                opt(
                                    "custom_metric_reporting_period",
                                    Kind::INT,
                                    "Per-exporter override of metric period (s).",
                                )
                                .default("0"),
                                opt("disable_metrics", Kind::Bool, "No metrics from this exporter/layer.")
                                    .default("false"),
                                opt("go_metrics", Kind::Bool, "Go runtime metrics."),
                                opt("listen_ip", Kind::Str, "Pull bind address.").default("\"0.0.0.0\""),
                                opt("name", Kind::Str, "Exporter name used by overrides/security.")
                                    .required(),
                                opt("port", Kind::PORT, "Pull port (9090).").default("9090"),
                                opt("process_metrics", Kind::Bool, "Process metrics."),
                            ])),
                            &[Rule::AtLeast(1)],
                        ),
                        "Ports that it is read from.",
                    )
                    .no_effect("a worker opens no port; write an exporter of otlp with use_http, and let the collector serve Prometheus"),
                ]),
                &[Rule::AtLeast(1)],
            ),
            "Where it is sent.",
        )
        .required(),
        opt(
            "histograms",
            Kind::Object(&[
                opt("size_buckets", Kind::List(&Kind::NUMBER), "Byte-size histogram bounds.")
                    .default(SIZE_BUCKETS),
                opt("time_buckets", Kind::List(&Kind::NUMBER), "Latency histogram bounds (s).")
                    .default(TIME_BUCKETS),
            ]),
            "Custom histogram bucket boundaries.",
        ),
        opt(
            "layers",
            Kind::Object(&[
                opt("backend", Kind::Object(CALL), "Upstream layer settings."),
                opt(
                    "global",
                    Kind::Object(&[
                        opt("disable_metrics", Kind::Bool, "No metrics from this exporter/layer.")
                            .default("false"),
                        opt(
                            "disable_propagation",
                            Kind::Bool,
                            "Ignore incoming trace context: start new root.",
                        )
                        .default("false"),
                        opt("disable_traces", Kind::Bool, "No traces from this exporter/layer.")
                            .default("false"),
                        opt(
                            "metrics_static_attributes",
                            Kind::List(&Kind::Object(ATTRIBUTES)),
                            "Constant metric labels.",
                        ),
                        opt("report_headers", Kind::Bool, "Add (request) headers as span attributes.")
                            .default("false"),
                        opt("skip_headers", Kind::STRINGS, "Headers excluded from report_headers."),
                        opt(
                            "semantic_convention",
                            Kind::Enum(&["", "1.27"]),
                            "\"\" (legacy names) or \"1.27\".",
                        ),
                        opt(
                            "traces_static_attributes",
                            Kind::List(&Kind::Object(ATTRIBUTES)),
                            "Constant span labels.",
                        ),
                    ]),
                    "Global layer settings.",
                ),
                opt("proxy", Kind::Object(PIPE), "Proxy layer settings."),
            ]),
            "What is measured: requests, endpoints, calls.",
        ),
        opt("metric_reporting_period", Kind::INT, "How many seconds lie between two reports.").default("30"),
        opt("service_name", Kind::Str, "The name of the service."),
        opt("service_version", Kind::Str, "The version of the service."),
        opt("skip_paths", Kind::STRINGS, "Paths that aren't traced.")
            .default("[\"/__health\",\"/__debug/\",\"/__echo/\",\"/__stats/\"]"),
        opt(
            "trace_sample_rate",
            Kind::Number { min: 0.0, max: 1.0 },
            "The share of requests that are traced, from 0 to 1.",
        )
        .default("1"),
    ]),
)
.requires(Capability::OpenTelemetry)
.check(check::check);

/// A collector.
static OTLP: &[Opt] = &[
    opt("custom_metric_reporting_period", Kind::INT, "Per-exporter override of metric period (s).").default("0"),
    opt("disable_metrics", Kind::Bool, "No metrics from this exporter/layer.").default("false"),
    opt("disable_traces", Kind::Bool, "No traces from this exporter/layer.").default("false"),
    opt(
        "host",
        Kind::Str,
        "The collector's host. It may have a scheme, https:// for TLS, and a path after it: /v1/traces and /v1/metrics are added.",
    )
    .required(),
    opt("name", Kind::Str, "Exporter name used by overrides/security.").required(),
    opt("port", Kind::PORT, "The collector's port; 4318 without it, since only OTLP over HTTP is spoken here.")
        .default("4317"),
    opt("use_http", Kind::Bool, "OTLP over HTTP instead of gRPC. Only with it anything is sent here."),
];

/// What the options of a service lead to, for its endpoints to find.
#[derive(Default)]
struct Found(OnceCell<Rc<Telemetry>>);

/// The step around everything, and the exporters that are left out.
pub type Begun = (Box<dyn Global>, Vec<String>);

/// Compiles the service's part.
///
/// # Errors
/// If the options can't be used, with the reason: nothing is reported then.
pub fn request(site: &Site<'_>) -> Result<Option<Begun>, Refusal> {
    let Some(node) = site.namespace(&NAMESPACE) else { return Ok(None) };
    let mut settings = settings::Settings::read(site, node)?;
    let left_out = std::mem::take(&mut settings.left_out);
    let telemetry = Rc::new(Telemetry::new(settings));
    // The first plan of an environment is its only one.
    let _ = site.environment.shared::<Found>().0.set(Rc::clone(&telemetry));
    Ok(Some((Box::new(request::Request::new(telemetry)), left_out)))
}

/// The layer around the pipe of an endpoint.
pub fn pipe(site: &Site<'_>, method: &str) -> Option<Box<dyn Layer>> {
    let telemetry = found(site)?;
    let (at, outlet) = at_endpoint(site, &telemetry);
    let places = &telemetry.places;
    let whole = Route::of_path(site.endpoint, &at.global, at.sample_rate, &outlet, places);
    telemetry.routes.add(site.endpoint, method, whole);
    let name = route(site.endpoint);
    let attributes = vec![text("http.route", name.clone()), text("http.request.method", method.to_owned())];
    let reports = Reports::new(&telemetry, &outlet, &at.proxy, name, "proxy", attributes);
    Some(Box::new(Stage::new(reports, Instrument::ProxyDuration)))
}

/// A backend, as reports name it.
pub struct Named<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its `url_pattern`.
    pub pattern: &'a str,
    /// The method of its endpoint.
    pub endpoint_method: &'a str,
    /// Its hosts, as configured.
    pub hosts: Vec<&'a str>,
}

/// The layer around a backend, and the step around each of its calls.
pub fn backend(site: &Site<'_>, named: &Named<'_>) -> Option<(Box<dyn Layer>, Box<dyn Exchange>)> {
    let telemetry = found(site)?;
    let name = route(named.pattern);
    let mut attributes = vec![
        text("http.request.method", named.method.to_owned()),
        text("http.route", name.clone()),
        text("krakend.endpoint.route", route(site.endpoint)),
        text("krakend.endpoint.method", named.endpoint_method.to_owned()),
    ];
    let mut hosts = named.hosts.clone();
    hosts.sort_unstable();
    if !hosts.is_empty() {
        attributes.push(text("server.address", hosts.join("_")));
    }
    let (at, outlet) = at_endpoint(site, &telemetry);
    let own = telemetry.settings.at_backend(site.namespace(&BACKEND));
    let Calls { stage, call, counts } = own.unwrap_or(at.backend);
    let stage = Reports::new(&telemetry, &outlet, &stage, name.clone(), "backend", attributes.clone());
    let call = Reports::new(&telemetry, &outlet, &call, name, "backend-request", attributes);
    Some((Box::new(Stage::new(stage, Instrument::BackendDuration)), Box::new(Call::new(call, counts))))
}

/// What holds at the endpoint of a site, and where it goes.
fn at_endpoint(site: &Site<'_>, telemetry: &Telemetry) -> (AtEndpoint, Rc<Outlet>) {
    let endpoint = site.endpoint_node.map(|node| Site { scope: Scope::Endpoint, node, ..*site });
    let at = telemetry.settings.at_endpoint(endpoint.and_then(|endpoint| endpoint.namespace(&ENDPOINT)));
    let outlet = telemetry.outlet(&at.choice);
    (at, outlet)
}

/// The telemetry of the service.
fn found(site: &Site<'_>) -> Option<Rc<Telemetry>> {
    site.environment.shared::<Found>().0.get().cloned()
}

fn text(name: &'static str, text: String) -> Attribute {
    (name.into(), text)
}

const GRPC: &str =
    "a worker can't speak gRPC; write use_http: true and the collector's HTTP port, usually 4318";
const PARTS: &str = "the platform connects, and doesn't say how long the parts take";
const WHOLE: &str = "an answer comes with its body: the time of a call ends with it";

/// The namespace at the endpoint.
pub static ENDPOINT: Namespace = namespace(
    "telemetry/opentelemetry",
    Scopes::ENDPOINT,
    "Reports traces and metrics through OpenTelemetry.",
    Kind::Object(&[
        opt("backend", Kind::Object(CALL), "The backend layer of this endpoint, in place of the service's.")
            .enterprise(),
        opt(
            "exporters_override",
            Kind::Object(&[
                opt("metric_exporters", Kind::STRINGS, "Names to use for metrics."),
                opt("metric_reporting_period", Kind::INT, "Override of metric period."),
                opt("trace_exporters", Kind::STRINGS, "Names to use for traces."),
                opt("trace_sample_rate", Kind::Number { min: 0.0, max: 1.0 }, "Override sampling."),
            ]),
            "Where what this endpoint leaves is sent.",
        )
        .enterprise(),
        opt(
            "global",
            Kind::Object(&[
                opt(
                    "metrics_static_attributes",
                    Kind::List(&Kind::Object(ATTRIBUTES)),
                    "Constant metric labels.",
                ),
                opt(
                    "traces_static_attributes",
                    Kind::List(&Kind::Object(ATTRIBUTES)),
                    "Constant span labels.",
                ),
            ]),
            "Labels of the global layer, in place of the service's.",
        )
        .enterprise(),
        opt("proxy", Kind::Object(PIPE), "The proxy layer of this endpoint, in place of the service's."),
    ]),
)
.requires(Capability::OpenTelemetry)
.check(check::endpoint);

/// The namespace at the backend.
pub static BACKEND: Namespace = namespace(
    "telemetry/opentelemetry",
    Scopes::BACKEND,
    "Reports traces and metrics through OpenTelemetry.",
    Kind::Object(&[opt(
        "backend",
        Kind::Object(CALL),
        "The layer of this backend, in place of the service's.",
    )]),
)
.requires(Capability::OpenTelemetry)
.check(check::backend);

/// What is reported of a backend and its calls.
static CALL: &[Opt] = &[
    opt("metrics", Kind::Object(CALL_METRICS), "Metrics settings of the layer."),
    opt(
        "traces",
        Kind::Object(&[
            opt("detailed_connection", Kind::Bool, "DNS/TLS/connect phase timings.")
                .default("false")
                .no_effect(PARTS),
            opt("disable_stage", Kind::Bool, "Turn this signal off for the layer.").default("false"),
            opt("read_payload", Kind::Bool, "Measure body read.").default("false").no_effect(WHOLE),
            opt("report_headers", Kind::Bool, "Add (request) headers as span attributes.").default("false"),
            opt("round_trip", Kind::Bool, "Measure full HTTP round trip.").default("false"),
            opt("skip_headers", Kind::STRINGS, "Headers excluded from report_headers."),
            opt(
                "static_attributes",
                Kind::List(&Kind::Object(CALL_ATTRIBUTES)),
                "Constant labels [{key,value}].",
            ),
        ]),
        "Trace settings of the layer.",
    ),
];

const SIZE_BUCKETS: &str = "[128,256,512,1024,4096,8192,16384,32768,65536,262144,524288,1048576,\
    4194304,16777216,67108864]";

const TIME_BUCKETS: &str = "[0.01,0.02,0.05,0.075,0.1,0.125,0.15,0.175,0.2,0.25,0.3,0.35,0.5,0.75,\
    1.0,1.5,2.0,3.5,5.0,10.0]";

static CALL_METRICS: &[Opt] = &[
    opt(
        "detailed_connection",
        Kind::Bool,
        "Counts calls, too, under the newer names. The times of DNS, TLS and connecting aren't known here.",
    )
    .default("false"),
    opt("disable_stage", Kind::Bool, "Turn this signal off for the layer.").default("false"),
    opt("read_payload", Kind::Bool, "Measure body read.").default("false").no_effect(WHOLE),
    opt("round_trip", Kind::Bool, "Measure full HTTP round trip.").default("false"),
    opt("static_attributes", Kind::List(&Kind::Object(CALL_ATTRIBUTES)), "Constant labels [{key,value}]."),
];

static CALL_ATTRIBUTES: &[Opt] =
    &[opt("key", Kind::Str, "Label name.").required(), opt("value", Kind::Str, "Label value.").required()];

/// Shared by several namespaces.
pub static ATTRIBUTES: &[Opt] =
    &[opt("key", Kind::Str, "Label name."), opt("value", Kind::Str, "Label value.")];

static PIPE: &[Opt] = &[
    opt("disable_metrics", Kind::Bool, "No metrics from this exporter/layer.").default("false"),
    opt("disable_traces", Kind::Bool, "No traces from this exporter/layer.").default("false"),
    opt("metrics_static_attributes", Kind::List(&Kind::Object(ATTRIBUTES)), "Constant metric labels."),
    opt("report_headers", Kind::Bool, "Add (request) headers as span attributes.").default("false"),
    opt("skip_headers", Kind::STRINGS, "Headers excluded from report_headers."),
    opt("traces_static_attributes", Kind::List(&Kind::Object(ATTRIBUTES)), "Constant span labels."),
];
