//! `@fjord`: what only Fjord knows. KrakenD reads no key that starts with `@`, and its linter lets it pass.

use super::super::table::{Format, Kind, Opt, opt};

/// The key at the root.
pub const KEY: &str = "@fjord";

static BINDING: Format = Format {
    expected: "the name of a binding like USERS",
    pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
    test: is_binding,
};

/// The members of `@fjord`.
pub static FJORD: &[Opt] = &[
    opt(
        "hosts",
        Kind::Map(&Kind::Format(&BINDING)),
        "Fjord extension: hosts that a binding of the worker reaches, each with the binding's name. A call to such a host goes through the binding with its URL kept. `*.internal` is each host below `internal`.",
    ),
    opt(
        "plugins",
        Kind::Map(&Kind::Format(&BINDING)),
        "Fjord extension: plugins that a worker stands in for, each with the name of the service binding that reaches the worker.",
    ),
];

/// The members of `@fjord` at an endpoint.
pub static FJORD_OF_ENDPOINT: &[Opt] = &[
    opt(
        "cache",
        Kind::Object(CACHE),
        "Fjord extension: caches whole answers at the edge for cache_ttl, where the variable FJORD_CACHE of the worker is set. See docs/caching.md.",
    ),
    opt(
        "all_or_nothing",
        Kind::Bool,
        "Fjord extension: answers 502 if a backend fails, instead of what the others answered.",
    )
    .default("false"),
    opt(
        "join_arrays",
        Kind::STRINGS,
        "Fjord extension: keys of the first level whose arrays are joined, in the order of the backends. Without it the later backend's array wins.",
    )
    .default("[]"),
];

/// The most retries of a call in one request.
pub const MAX_RETRIES: u32 = 3;

/// The members of `@fjord` at a backend.
pub static FJORD_OF_BACKEND: &[Opt] = &[opt(
    "retries",
    Kind::Int { min: 0, max: MAX_RETRIES as i64 },
    "Fjord extension: how often a failed idempotent call is made again, on another host if there is one.",
)
.default("0")];

static CACHE: &[Opt] = &[
    opt(
        "stale_while_revalidate",
        Kind::Duration,
        "How long after cache_ttl an answer is used while it's fetched anew.",
    )
    .default("\"0s\""),
    opt("stale_if_error", Kind::Duration, "How long after cache_ttl an answer is used if backends fail.")
        .default("\"0s\""),
    opt("tags", Kind::STRINGS, "Names by which answers are purged, beside the endpoint's path."),
];

/// Whether a text can be the name of a binding: an identifier.
pub fn is_binding(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
