//! `governance/quota`: counts requests against a quota.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "governance/quota",
    Scopes::SERVICE.and(Scopes::ENDPOINT).and(Scopes::BACKEND),
    "Counts requests against a quota.",
    Kind::Object(&[
        opt("disable_quota_headers", Kind::Bool, "Omit X-Quota-Limit / X-Quota-Remaining / Retry-After.")
            .default("false"),
        opt("on_unmatched_tier_allow", Kind::Bool, "No tier → allow (else 400).").default("false"),
        opt("quota_name", Kind::Str, "Processor to use.").required(),
        opt("tier_key", Kind::Str, "Header/param naming the tier.").required(),
        opt(
            "tiers",
            Kind::List(&Kind::Object(&[
                opt("key", Kind::Str, "Identity source name."),
                opt("rule_name", Kind::Str, "Rule in the processor.").required(),
                opt("strategy", Kind::Enum(&["header", "ip", "param"]), "Header/ip/param.")
                    .default("\"header\""),
                opt("tier_value", Kind::Str, "Literal or CEL."),
                opt("tier_value_as", Kind::Enum(&["literal", "policy", "*"]), "Literal/policy/*.")
                    .default("\"literal\""),
            ])),
            "Ordered matches.",
        )
        .required(),
        opt("weight_key", Kind::Str, "Response field/header with the cost (e.g."),
        opt("weight_strategy", Kind::Enum(&["body", "header"]), "Body or header (no-op).")
            .default("\"body\""),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have, and nobody would be limited; qos/ratelimit/router with `binding` counts exactly, for short periods",
);
