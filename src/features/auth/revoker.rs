//! `auth/revoker`: refuses tokens that were revoked, by a filter of their claims.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support, opt};

const NO_RPC: &str = "its filter is filled over a port that a worker doesn't have, and each isolate would have its own; give \
    tokens short lives, or refuse them by a claim in validation/cel";

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "auth/revoker",
    aliases: &["github_com/devopsfaith/bloomfilter"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::Refused(NO_RPC),
    doc: "Refuses tokens that were revoked, by a filter of their claims.",
    value: Kind::Object(&[
        opt("N", Kind::POSITIVE, "How many tokens the filter is made for.").required(),
        opt(
            "P",
            Kind::Number { min: 0.0, max: 1.0 },
            "The share of good tokens that may be taken for revoked ones.",
        )
        .required(),
        opt("TTL", Kind::POSITIVE, "How long a revoked token is remembered, in seconds.").required(),
        opt("hash_name", Kind::Enum(&["optimal", "default"]), "The hash functions of the filter.").required(),
        opt("port", Kind::PORT, "The port on which KrakenD takes revocations.")
            .required()
            .no_effect("a worker has no port; revocations come over HTTP"),
        opt("revoke_server_api_key", Kind::Str, "Shared key.").enterprise(),
        opt("revoke_server_max_retries", Kind::INT, "Retries.").default("0").enterprise(),
        opt("revoke_server_max_workers", Kind::INT, "Push workers.").default("5").enterprise(),
        opt("revoke_server_ping_interval", Kind::Duration, "Heartbeat.").enterprise(),
        opt("revoke_server_ping_url", Kind::Str, "Registration URL.").enterprise(),
        opt("token_keys", Kind::STRINGS, "The claims by which tokens are revoked; a match answers 401.")
            .required(),
        opt("headers", Kind::STRINGS, "Request headers whose values revoke too."),
    ]),
};
