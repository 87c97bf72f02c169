//! `qos/ratelimit/tiered`: limits requests by the tier of the client.

use crate::features::qos::ratelimit::router;
use crate::features::qos::ratelimit::router::redis;
use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/tiered",
    Scopes::SERVICE.and(Scopes::ENDPOINT),
    "Limits requests by the tier of the client.",
    Kind::Object(&[
        opt("tier_key", Kind::Str, "Header naming the tier (case-insensitive).").required(),
        opt(
            "tiers",
            Kind::List(&Kind::Object(&[
                opt(
                    "ratelimit",
                    Kind::With(
                        &Kind::Object(router::OPTIONS),
                        &[Rule::AnyOf(&[&["max_rate"], &["client_max_rate"]])],
                    ),
                    "Stateless limiter of that tier.",
                ),
                opt("ratelimit_redis", redis::LIMITS, "Stateful limiter."),
                opt("tier_value", Kind::Str, "Literal tier name or policy.").default("\"\""),
                opt("tier_value_as", Kind::Enum(&["literal", "policy", "*"]), "Literal | policy | * (any).")
                    .default("\"literal\""),
            ])),
            "Ordered list, first match wins.",
        )
        .required(),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have, and nobody would be limited; use qos/ratelimit/router, at endpoints of their own for each tier",
);
