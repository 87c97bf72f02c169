//! `redis`: declares connections to Redis.

use crate::features::telemetry::opentelemetry;
use crate::options::core::tls;
use crate::options::{Kind, Namespace, Opt, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "redis",
    Scopes::SERVICE,
    "Declares connections to Redis.",
    Kind::Object(&[
        opt(
            "clusters",
            Kind::List(&Kind::Object(&[
                opt("addresses", Kind::STRINGS, "Cluster nodes.").required(),
                opt("client_name", Kind::Str, "CLIENT SETNAME."),
                opt("conn_max_idle_time", Kind::Duration, "Pool tuning.").default("\"30m\""),
                opt("conn_max_life_time", Kind::Duration, "Pool tuning."),
                opt("dial_timeout", Kind::Duration, "Connect timeout.").default("\"5s\""),
                opt("max_active_conns", Kind::INT, "Pool tuning.").default("0"),
                opt("max_idle_conns", Kind::INT, "Pool tuning.").default("0"),
                opt("max_redirects", Kind::INT, "Cluster MOVED redirects.").default("3"),
                opt("max_retries", Kind::INT, "Command retries.").default("3"),
                opt("max_retry_backoff", Kind::Duration, "Retry delay.").default("\"512ms\""),
                opt("min_idle_conns", Kind::INT, "Pool tuning.").default("0"),
                opt("min_retry_backoff", Kind::Duration, "Retry delay.").default("\"8ms\""),
                opt("name", Kind::Str, "Reference name.").required(),
                opt("opentelemetry", Kind::Object(OPENTELEMETRY), "OTEL on Redis calls."),
                opt("password", Kind::Str, "Password."),
                opt("pool_size", Kind::INT, "Pool size.").default("10"),
                opt("pool_timeout", Kind::Duration, "Wait for a connection."),
                opt("tls", Kind::Object(tls::CLIENT), "Redis TLS block."),
                opt("user_name", Kind::Str, "ACL user."),
            ])),
            "Cluster definitions.",
        ),
        opt(
            "connection_pools",
            Kind::List(&Kind::Object(&[
                opt("address", Kind::Str, "Host:port.").required(),
                opt("client_name", Kind::Str, "CLIENT SETNAME."),
                opt("conn_max_idle_time", Kind::Duration, "Pool tuning.").default("\"30m\""),
                opt("conn_max_life_time", Kind::Duration, "Pool tuning."),
                opt("db", Kind::INT, "Database index.").default("0"),
                opt("dial_timeout", Kind::Duration, "Connect timeout.").default("\"5s\""),
                opt("max_active_conns", Kind::INT, "Pool tuning.").default("0"),
                opt("max_idle_conns", Kind::INT, "Pool tuning.").default("0"),
                opt("max_retries", Kind::INT, "Command retries.").default("3"),
                opt("max_retry_backoff", Kind::Duration, "Retry delay.").default("\"512ms\""),
                opt("min_idle_conns", Kind::INT, "Pool tuning.").default("0"),
                opt("min_retry_backoff", Kind::Duration, "Retry delay.").default("\"8ms\""),
                opt("name", Kind::Str, "Reference name.").required(),
                opt("opentelemetry", Kind::Object(OPENTELEMETRY), "OTEL on Redis calls."),
                opt("password", Kind::Str, "Password."),
                opt("pool_size", Kind::INT, "Pool size.").default("10"),
                opt("pool_timeout", Kind::Duration, "Wait for a connection."),
                opt("tls", Kind::Object(tls::CLIENT), "Redis TLS block."),
                opt("user_name", Kind::Str, "ACL user."),
            ])),
            "Single-node pools.",
        ),
    ]),
)
.enterprise()
.no_effect("limits and quotas count in Durable Objects here: the name of a connection is that of a binding of the worker");

static OPENTELEMETRY: &[Opt] = &[
    opt("disable_metrics", Kind::Bool, "OTEL on Redis calls.").default("false"),
    opt("disable_traces", Kind::Bool, "OTEL on Redis calls.").default("false"),
    opt(
        "traces_static_attributes",
        Kind::List(&Kind::Object(opentelemetry::ATTRIBUTES)),
        "OTEL on Redis calls.",
    ),
];
