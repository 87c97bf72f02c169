//! `telemetry/opentelemetry`: reports traces and metrics through OpenTelemetry.

use crate::options::{Kind, Namespace, Opt, Rule, Scopes, Support, namespace, opt};

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
                            &Kind::List(&Kind::Object(&[
                                opt(
                                    "custom_metric_reporting_period",
                                    Kind::INT,
                                    "Per-exporter override of metric period (s).",
                                )
                                .default("0"),
                                opt("disable_metrics", Kind::Bool, "No metrics from this exporter/layer.")
                                    .default("false"),
                                opt("disable_traces", Kind::Bool, "No traces from this exporter/layer.")
                                    .default("false"),
                                opt("host", Kind::Str, "Collector host (scheme allowed with http).")
                                    .required(),
                                opt("name", Kind::Str, "Exporter name used by overrides/security.")
                                    .required(),
                                opt("port", Kind::PORT, "Collector port (4317 gRPC, 4318 HTTP).")
                                    .default("4317"),
                                opt("use_http", Kind::Bool, "OTLP over HTTP instead of gRPC."),
                            ])),
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
                    ),
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
                opt(
                    "backend",
                    Kind::Object(&[
                        opt("metrics", Kind::Object(CALL_METRICS), "Metrics settings of the layer."),
                        opt(
                            "traces",
                            Kind::Object(&[
                                opt("detailed_connection", Kind::Bool, "DNS/TLS/connect phase timings.")
                                    .default("false"),
                                opt("disable_stage", Kind::Bool, "Turn this signal off for the layer.")
                                    .default("false"),
                                opt("read_payload", Kind::Bool, "Measure body read.").default("false"),
                                opt(
                                    "report_headers",
                                    Kind::Bool,
                                    "Add (request) headers as span attributes.",
                                )
                                .default("false"),
                                opt("round_trip", Kind::Bool, "Measure full HTTP round trip.")
                                    .default("false"),
                                opt("skip_headers", Kind::STRINGS, "Headers excluded from report_headers."),
                                opt(
                                    "static_attributes",
                                    Kind::List(&Kind::Object(CALL_ATTRIBUTES)),
                                    "Constant labels [{key,value}].",
                                ),
                            ]),
                            "Trace settings of the layer.",
                        ),
                    ]),
                    "Upstream layer settings.",
                ),
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
.no_effect("nothing is exported; switch on the traces of the platform");

/// The namespace at the endpoint.
pub static ENDPOINT: Namespace = namespace(
    "telemetry/opentelemetry",
    Scopes::ENDPOINT,
    "Reports traces and metrics through OpenTelemetry.",
    Kind::Object(&[
        opt("backend", Kind::Object(CALL), "Per-endpoint/backend override block."),
        opt(
            "exporters_override",
            Kind::Object(&[
                opt("metric_exporters", Kind::STRINGS, "Names to use for metrics."),
                opt("metric_reporting_period", Kind::INT, "Override of metric period."),
                opt("trace_exporters", Kind::STRINGS, "Names to use for traces."),
                opt("trace_sample_rate", Kind::Number { min: 0.0, max: 1.0 }, "Override sampling."),
            ]),
            "Exporters used by this endpoint.",
        ),
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
            "Override of the global layer.",
        ),
        opt("proxy", Kind::Object(PIPE), "Override of the proxy layer."),
    ]),
)
.enterprise()
.support(Support::ENTERPRISE_IGNORED);

/// The namespace at the backend.
pub static BACKEND: Namespace = namespace(
    "telemetry/opentelemetry",
    Scopes::BACKEND,
    "Reports traces and metrics through OpenTelemetry.",
    Kind::Object(&[opt("backend", Kind::Object(CALL), "Per-endpoint/backend override block.")]),
)
.enterprise()
.support(Support::ENTERPRISE_IGNORED);

/// What a backend measures otherwise than the service says.
static CALL: &[Opt] = &[
    opt("metrics", Kind::Object(CALL_METRICS), "Metrics settings of the layer."),
    opt(
        "traces",
        Kind::Object(&[
            opt("detailed_connection", Kind::Bool, "DNS/TLS/connect phase timings.").default("false"),
            opt("disable_stage", Kind::Bool, "Turn this signal off for the layer.").default("false"),
            opt("read_payload", Kind::Bool, "Measure body read.").default("false"),
            opt("report_headers", Kind::Bool, "Add (request) headers as span attributes.").default("false"),
            opt("round_trip", Kind::Bool, "Measure full HTTP round trip.").default("false"),
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
    opt("detailed_connection", Kind::Bool, "DNS/TLS/connect phase timings.").default("false"),
    opt("disable_stage", Kind::Bool, "Turn this signal off for the layer.").default("false"),
    opt("read_payload", Kind::Bool, "Measure body read.").default("false"),
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
    opt("traces_static_attributes", Kind::List(&Kind::Object(ATTRIBUTES)), "Constant span labels."),
];
