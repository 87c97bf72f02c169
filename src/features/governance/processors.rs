//! `governance/processors`: declares the quotas that governance/quota refers to.

use crate::options::{Kind, Namespace, Scopes, Support, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "governance/processors",
    Scopes::SERVICE,
    "Declares the quotas that governance/quota refers to.",
    Kind::Object(&[opt(
        "quotas",
        Kind::List(&Kind::Object(&[
            opt("connection_name", Kind::Str, "Redis connection.").required(),
            opt("deny_queue_flush_interval", Kind::Duration, "Bloom write interval.").default("\"1s\""),
            opt("deny_queue_flush_threshold", Kind::INT, "Bloom write threshold.").default("10"),
            opt("deny_queue_size", Kind::INT, "Bloom buffer."),
            opt("hash_keys", Kind::Bool, "Hash identities (PII).").default("false"),
            opt("name", Kind::Str, "Quota name referenced by attachments.").required(),
            opt("on_failure_allow", Kind::Bool, "Continue when store down."),
            opt(
                "on_failure_backoff_strategy",
                Kind::Enum(&["linear", "exponential"]),
                "Linear/exponential retry.",
            )
            .default("\"exponential\""),
            opt("on_failure_max_retries", Kind::INT, "Retries before giving up.").default("0"),
            opt(
                "rejecter_cache",
                Kind::Object(&[
                    opt("N", Kind::INT, "Bloom capacity.").required(),
                    opt("P", Kind::NUMBER, "Bloom false-positive.").required(),
                    opt("cleanup_interval", Kind::Duration, "Bloom reset.").default("\"30m\""),
                    opt("hash_name", Kind::Enum(&["optimal", "default"]), "Bloom hash.")
                        .default("\"optimal\""),
                ]),
                "Bloom cache of already rejected keys.",
            ),
            opt(
                "rules",
                Kind::List(&Kind::Object(&[
                    opt(
                        "limits",
                        Kind::List(&Kind::Object(&[
                            opt("amount", Kind::NUMBER, "Units allowed per window.").required(),
                            opt(
                                "unit",
                                Kind::Enum(&["second", "minute", "hour", "day", "week", "month", "year"]),
                                "Hour/day/week/month/year.",
                            )
                            .required(),
                        ])),
                        "Limits, all must hold.",
                    )
                    .required(),
                    opt("name", Kind::Str, "Rule name.").required(),
                ])),
                "Named rules (plans).",
            )
            .required(),
        ])),
        "Quota engines.",
    )
    .required()]),
)
.enterprise()
.support(Support::ENTERPRISE_IGNORED);
