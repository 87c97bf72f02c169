//! An item of `backend`: one call.

use super::super::table::{Kind, Opt, Rule, Scope, opt};

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "CONNECT", "TRACE"];
const ENCODINGS: &[&str] = &["json", "safejson", "fast-json", "xml", "rss", "string", "no-op", "yaml"];
const NAMES: Kind = Kind::With(&Kind::STRINGS, &[Rule::Unique]);

/// The options of a backend.
pub static BACKEND: &[Opt] = &[
    opt("url_pattern", Kind::Str, "The path and query, with {placeholders} of the endpoint.").required(),
    opt("host", Kind::STRINGS, "The origins, called in turn: scheme://name:port; the service's by default."),
    opt("method", Kind::Enum(METHODS), "The method; the endpoint's by default."),
    opt("encoding", Kind::Enum(ENCODINGS), "How the answer is read.").default("\"json\""),
    opt("allow", NAMES, "Keeps these fields only; a dot leads into an object.").default("[]"),
    opt("deny", NAMES, "Removes these fields; has no effect beside allow.").default("[]"),
    opt("mapping", Kind::Map(&Kind::Str), "Renames fields of the first level, after allow and deny."),
    opt("group", Kind::Str, "Wraps the answer in an object with this key, last of all."),
    opt("target", Kind::Str, "Goes on with the object under this key alone, first of all."),
    opt("is_collection", Kind::Bool, "The answer is a list; it becomes {\"collection\": […]}.")
        .default("false"),
    opt("input_headers", NAMES, "The headers that are sent to the backend, of those that the endpoint forwards.")
        .default("[]"),
    opt("input_query_strings", NAMES, "The query parameters that are sent to the backend, of those that the endpoint forwards.")
        .default("[]"),
    opt("disable_host_sanitize", Kind::Bool, "Takes the hosts as written.").default("false"),
    opt(
        "sd",
        Kind::Enum(&["static", "dns", "dns-shared"]),
        "How hosts are found: as listed, or by SRV records of the first host, asked over HTTPS (the variable FJORD_DNS names another resolver).",
    )
    .default("\"static\""),
    opt("sd_scheme", Kind::Enum(&["http", "https"]), "The scheme of hosts found by DNS.").default("\"http\""),
    opt("extra_config", Kind::ExtraConfig(Scope::Backend), "Components of the backend, by namespace."),
    opt(
        super::FJORD_KEY,
        Kind::Object(super::FJORD_OF_BACKEND),
        "Fjord extension: what KrakenD has no option for.",
    ),
];
