//! `telemetry/opencensus`: reports traces and metrics through OpenCensus.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/opencensus",
    Scopes::SERVICE,
    "Reports traces and metrics through OpenCensus.",
    Kind::Object(&[
        opt(
            "enabled_layers",
            Kind::Object(&[
                opt("backend", Kind::Bool, "Report backend layer.").default("false"),
                opt("pipe", Kind::Bool, "Report proxy layer.").default("false"),
                opt("router", Kind::Bool, "Report router layer.").default("false"),
            ]),
            "Which layers report.",
        ),
        opt(
            "exporters",
            Kind::With(
                &Kind::Object(&[
                    opt(
                        "datadog",
                        Kind::Object(&[
                            opt("disable_count_per_buckets", Kind::Bool, "Datadog agent exporter.")
                                .default("false")
                                .required(),
                            opt("global_tags", Kind::FREE, "Datadog agent exporter.").required(),
                            opt("namespace", Kind::Str, "Datadog agent exporter.").required(),
                            opt("service", Kind::Str, "Datadog agent exporter.").required(),
                            opt("stats_address", Kind::Str, "Datadog agent exporter.")
                                .default("\"localhost:8125\"")
                                .required(),
                            opt("tags", Kind::STRINGS, "Static tags.").required(),
                            opt("trace_address", Kind::Str, "Datadog agent exporter.")
                                .default("\"localhost:8126\"")
                                .required(),
                        ]),
                        "Datadog agent exporter.",
                    ),
                    opt(
                        "influxdb",
                        Kind::Object(&[
                            opt("address", Kind::Str, "Exporter address.").required(),
                            opt("db", Kind::Str, "Influx exporter.").required(),
                            opt("password", Kind::Str, "Influx exporter."),
                            opt("timeout", Kind::Duration, "Influx exporter."),
                            opt("username", Kind::Str, "Influx exporter."),
                        ]),
                        "Influx exporter.",
                    ),
                    opt(
                        "jaeger",
                        Kind::With(
                            &Kind::Object(&[
                                opt("agent_endpoint", Kind::Str, "Jaeger exporter."),
                                opt("buffer_max_count", Kind::INT, "Jaeger exporter."),
                                opt("endpoint", Kind::Str, "Jaeger exporter."),
                                opt("service_name", Kind::Str, "Jaeger exporter."),
                            ]),
                            &[Rule::OneOf(&[
                                &["endpoint", "service_name"],
                                &["agent_endpoint", "service_name"],
                            ])],
                        ),
                        "Jaeger exporter.",
                    ),
                    opt(
                        "logger",
                        Kind::Object(&[
                            opt("spans", Kind::Bool, "Log spans.").default("false"),
                            opt("stats", Kind::Bool, "Log stats.").default("false"),
                        ]),
                        "Log stats/spans.",
                    ),
                    opt(
                        "ocagent",
                        Kind::Object(&[
                            opt("address", Kind::Str, "Exporter address.").required(),
                            opt("enable_compression", Kind::Bool, "OpenCensus agent (gRPC).")
                                .default("false"),
                            opt("headers", Kind::FREE, "OpenCensus agent (gRPC)."),
                            opt("insecure", Kind::Bool, "OpenCensus agent (gRPC).").default("false"),
                            opt("reconnection", Kind::Duration, "OpenCensus agent (gRPC).").default("\"2s\""),
                            opt("service_name", Kind::Str, "OpenCensus agent (gRPC).").required(),
                        ]),
                        "OpenCensus agent (gRPC).",
                    ),
                    opt(
                        "prometheus",
                        Kind::Object(&[
                            opt("namespace", Kind::Str, "Pull exporter."),
                            opt("port", Kind::INT, "Pull exporter.").required(),
                            opt("tag_host", Kind::Bool, "Pull exporter.").default("false"),
                            opt("tag_method", Kind::Bool, "Pull exporter.").default("true"),
                            opt("tag_path", Kind::Bool, "Pull exporter.").default("false"),
                            opt("tag_statuscode", Kind::Bool, "Pull exporter.").default("false"),
                        ]),
                        "Pull exporter.",
                    ),
                    opt(
                        "stackdriver",
                        Kind::Object(&[
                            opt("default_labels", Kind::FREE, "Google Cloud exporter.").required(),
                            opt("metric_prefix", Kind::Str, "Google Cloud exporter."),
                            opt("project_id", Kind::Str, "Google Cloud exporter.").default("\"\"").required(),
                        ]),
                        "Google Cloud exporter.",
                    ),
                    opt(
                        "xray",
                        Kind::With(
                            &Kind::Object(&[
                                opt("access_key_id", Kind::Str, "AWS X-Ray exporter."),
                                opt("region", Kind::Str, "AWS X-Ray exporter.").required(),
                                opt("secret_access_key", Kind::Str, "AWS X-Ray exporter."),
                                opt("use_env", Kind::Bool, "AWS X-Ray exporter.").default("false"),
                                opt("version", Kind::Str, "AWS X-Ray exporter.")
                                    .default("\"KrakenD-opencensus\"")
                                    .required(),
                            ]),
                            &[Rule::OneOf(&[
                                &["region", "version", "access_key_id", "secret_access_key"],
                                &["region", "version", "use_env"],
                            ])],
                        ),
                        "AWS X-Ray exporter.",
                    ),
                    opt(
                        "zipkin",
                        Kind::Object(&[
                            opt("collector_url", Kind::Str, "Zipkin HTTP exporter.").required(),
                            opt("service_name", Kind::Str, "Zipkin HTTP exporter.").required(),
                        ]),
                        "Zipkin HTTP exporter.",
                    ),
                ]),
                &[Rule::AtLeast(1)],
            ),
            "Exporter map.",
        )
        .required(),
        opt("reporting_period", Kind::INT, "Seconds between exports.").default("0"),
        opt("sample_rate", Kind::Int { min: 0, max: 100 }, "0–100 % of traces.").default("0"),
    ]),
)
.aliases(&["github_com/devopsfaith/krakend-opencensus"])
.no_effect(
    "nothing is exported; write telemetry/opentelemetry with an exporter of otlp: a collector passes it on to Jaeger, Zipkin, \
     Prometheus, Datadog, Google Cloud or X-Ray",
)
.superseded("telemetry/opentelemetry");
