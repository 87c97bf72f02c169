//! `qos/ratelimit/service/redis`: limits the requests to the whole service with counters in Redis.

use crate::features::qos::ratelimit::router::redis;
use crate::registry::{Edition, Kind, Namespace, Rule, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "qos/ratelimit/service/redis",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    doc: "Limits the requests to the whole service with counters in Redis.",
    value: Kind::With(
        &Kind::Object(redis::OPTIONS),
        &[Rule::AnyOf(&[
            &["connection_pool", "max_rate"],
            &["connection_pool", "client_max_rate"],
            &["connection_name", "max_rate"],
            &["connection_name", "client_max_rate"],
        ])],
    ),
};
