//! `qos/ratelimit/router/redis`: limits the requests to an endpoint with counters in Redis.

use crate::options::{Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/router/redis",
    Scopes::ENDPOINT,
    "Limits the requests to an endpoint with counters in Redis.",
    LIMITS,
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have, and nobody would be limited; qos/ratelimit/router with `binding` counts for all isolates",
);

/// Limits with counters in Redis; shared by several namespaces.
pub const LIMITS: Kind = Kind::With(
    &Kind::Object(OPTIONS),
    &[Rule::AnyOf(&[
        &["connection_pool", "max_rate"],
        &["connection_pool", "client_max_rate"],
        &["connection_name", "max_rate"],
        &["connection_name", "client_max_rate"],
    ])],
);

static OPTIONS: &[Opt] = &[
    opt("capacity", Kind::NATURAL, "Bucket size.").default("1"),
    opt("client_capacity", Kind::NATURAL, "Per-client bucket size.").default("1"),
    opt("client_max_rate", Kind::RATE, "Per-client rate."),
    opt("connection_name", Kind::Str, "Redis pool name."),
    opt("connection_pool", Kind::Str, "Deprecated alias.").deprecated("connection_name"),
    opt("every", Kind::Duration, "Period.").default("\"1s\""),
    opt("key", Kind::Str, "Header/param."),
    opt("max_rate", Kind::RATE, "Global rate."),
    opt("on_failure_allow", Kind::Bool, "Allow when store is down.").default("false"),
    opt("strategy", Kind::Enum(&["ip", "header", "param"]), "Ip/header/param."),
];
