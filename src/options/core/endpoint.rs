//! An item of `endpoints`, and its copy inside a backend's `workflow`.

use super::super::table::{Kind, Opt, Rule, Scope, opt};

/// The renderings of an answer.
pub(super) const ENCODINGS: &[&str] =
    &["json", "json-collection", "yaml", "fast-json", "xml", "negotiate", "string", "no-op"];

const CALLS: Kind = Kind::Int { min: 1, max: 5 };
const BACKENDS: Kind = Kind::With(&Kind::List(&Kind::Part(Scope::Backend)), &[Rule::AtLeast(1)]);
const NAMES: Kind = Kind::With(&Kind::STRINGS, &[Rule::Unique]);

/// The options of an endpoint.
pub static ENDPOINT: &[Opt] = &[
    opt(
        "endpoint",
        Kind::Str,
        "The path, with {placeholders} for whole segments and /* at the end for the rest.",
    )
    .required(),
    opt("method", Kind::Enum(&["GET", "POST", "PUT", "PATCH", "DELETE"]), "The method.").default("\"GET\""),
    opt("backend", BACKENDS, "The calls whose answers are merged.").required(),
    opt("timeout", Kind::Duration, "The time from the request to the last byte; the service's by default."),
    opt("cache_ttl", Kind::Duration, "How long clients may keep complete answers; the service's by default."),
    opt("output_encoding", Kind::Enum(ENCODINGS), "How the answer is rendered; the service's by default."),
    opt("concurrent_calls", CALLS, "Calls each backend this many times at once; the first good answer wins.")
        .default("1"),
    opt("input_headers", NAMES, "The client's headers that are forwarded; * for all.").default("[]"),
    opt("input_query_strings", NAMES, "The client's query parameters that are forwarded; * for all.")
        .default("[]"),
    opt("extra_config", Kind::ExtraConfig(Scope::Endpoint), "Components of the endpoint, by namespace."),
    opt(
        super::FJORD_KEY,
        Kind::Object(super::FJORD_OF_ENDPOINT),
        "Fjord extension: what KrakenD has no option for.",
    ),
];

/// The options of a workflow.
pub static WORKFLOW: &[Opt] = &[
    opt("endpoint", Kind::Str, "A name for logs.").required(),
    opt("backend", BACKENDS, "The calls whose answers are merged.").required(),
    opt("timeout", Kind::Duration, "The time of the whole workflow."),
    opt("output_encoding", Kind::Enum(ENCODINGS), "How the answer is handed on.").default("\"json\""),
    opt("concurrent_calls", CALLS, "Calls each backend this many times at once.").default("1"),
    opt("ignore_errors", Kind::Any, "Goes on when a backend fails.").default("false"),
    opt("extra_config", Kind::ExtraConfig(Scope::Workflow), "Components of the workflow, by namespace."),
];
