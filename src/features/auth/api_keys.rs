//! `auth/api-keys`: lets in requests that bring a known key.
//!
//! A feature of the Enterprise edition, built by its documentation: no key or an unknown one is 401, a key without the
//! role is 403, one that comes too often is 429.

mod check;
mod handler;
mod ring;

pub use handler::{compile, share};
pub use ring::SharedRing;

use crate::options::{Capability, Kind, Namespace, Opt, Scopes, namespace, opt};

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = namespace(
    "auth/api-keys",
    Scopes::ENDPOINT,
    "Lets in requests that bring a known key.",
    Kind::Object(&[
        opt(
            "client_max_rate",
            Kind::RATE,
            "The requests with one key in a second; more get 429. 0 for no limit.",
        ),
        opt(
            "identifier",
            Kind::Str,
            "The header or the query parameter with the key; the service's by default.",
        ),
        opt(
            "roles",
            Kind::STRINGS,
            "The roles of which a key needs one, else 403; an empty list takes any key.",
        )
        .required(),
        opt(
            "strategy",
            Kind::Enum(&["header", "query_string"]),
            "Where a request has its key; the service's by default.",
        ),
    ]),
)
.enterprise()
.requires(Capability::ApiKeys)
.check(check::check)
.identifies();

/// The options of a key.
static KEY: &[Opt] = &[
    opt("key", Kind::Str, "The key, or its hash."),
    opt("roles", Kind::STRINGS, "What the key is good for."),
];

/// The namespace at the service.
pub static SERVICE: Namespace = namespace(
    "auth/api-keys",
    Scopes::SERVICE,
    "Lets in requests that bring a known key.",
    Kind::Object(&[
        opt(
            "hash",
            Kind::Enum(&["plain", "fnv128", "sha256", "sha1"]),
            "What was done to the keys before they were written here, in hexadecimal: sha256 keeps them out of the bundle. fnv128 is \
             refused, as keys that fit it are easily made.",
        )
        .default("\"plain\""),
        opt(
            "identifier",
            Kind::Str,
            "The header with the key, whose leading Bearer is taken off; with query_string the parameter, which is then `key` by \
             default.",
        )
        .default("\"Authorization\""),
        opt(
            "keys",
            Kind::List(&Kind::Object(KEY)),
            "The keys that are known.",
        )
        .required(),
        opt(
            "propagate_role",
            Kind::Str,
            "The header that tells backends the role that let the request in, or ANY; it needs input_headers to pass.",
        )
        .default("\"\""),
        opt("salt", Kind::Str, "What is put before a key when it is hashed.").default("\"\""),
        opt("strategy", Kind::Enum(&["header", "query_string"]), "Where a request has its key.")
            .default("\"header\""),
    ]),
)
.enterprise()
.requires(Capability::ApiKeys)
.check(check::check);
