//! `qos/ratelimit/service/redis`: limits the requests to the whole service with counters in Redis.

use crate::features::qos::ratelimit::router::redis;
use crate::options::{Edition, Namespace, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "qos/ratelimit/service/redis",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have, and nobody would be limited; qos/ratelimit/service with `binding` counts for all isolates",
    ),
    check: None,
    doc: "Limits the requests to the whole service with counters in Redis.",
    value: redis::LIMITS,
};
