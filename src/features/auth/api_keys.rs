//! `auth/api-keys`: lets in requests that bring a known key.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = Namespace {
    name: "auth/api-keys",
    aliases: &[],
    scopes: Scopes::ENDPOINT,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_REFUSED,
    doc: "Lets in requests that bring a known key.",
    value: Kind::Object(&[
        opt("client_max_rate", Kind::NUMBER, "(endpoint) per-key requests/second → 429."),
        opt(
            "identifier",
            Kind::Str,
            "Header (default Authorization, Bearer optional) or query name (default key).",
        ),
        opt("roles", Kind::STRINGS, "(endpoint) any-of roles.").required(),
        opt("strategy", Kind::Enum(&["header", "query_string"]), "Header | query_string."),
    ]),
};

/// The namespace at the service.
pub static SERVICE: Namespace = Namespace {
    name: "auth/api-keys",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_REFUSED,
    doc: "Lets in requests that bring a known key.",
    value: Kind::Object(&[
        opt(
            "hash",
            Kind::Enum(&["plain", "fnv128", "sha256", "sha1"]),
            "How stored keys are hashed: plain, fnv128, sha256, sha1.",
        )
        .default("\"plain\""),
        opt(
            "identifier",
            Kind::Str,
            "Header (default Authorization, Bearer optional) or query name (default key).",
        )
        .default("\"Authorization\""),
        opt(
            "keys",
            Kind::List(&Kind::Object(&[
                opt("key", Kind::Str, "Key (or its hash)."),
                opt("roles", Kind::STRINGS, "Roles."),
            ])),
            "List of keys with roles.",
        )
        .required(),
        opt("propagate_role", Kind::Str, "Header sent to backend with matched role.").default("\"\""),
        opt("salt", Kind::Str, "Prefix before hashing.").default("\"\""),
        opt("strategy", Kind::Enum(&["header", "query_string"]), "Header | query_string.")
            .default("\"header\""),
    ]),
};
