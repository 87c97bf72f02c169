//! `qos/ratelimit/service/redis`: limits the requests to the whole service with counters in Redis.

use crate::features::qos::ratelimit::router::redis;
use crate::options::{Namespace, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/service/redis",
    Scopes::SERVICE,
    "Limits the requests to the whole service with counters in Redis.",
    redis::LIMITS,
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have, and nobody would be limited; qos/ratelimit/service with `binding` counts for all isolates",
);
