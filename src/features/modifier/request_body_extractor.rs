//! `modifier/request-body-extractor`: copies values of the request's body into headers or the query (KrakenD 2.13).

pub mod early;

use crate::options::{Kind, Namespace, Opt, Scopes, namespace, opt};

pub(super) const REASON: &str = "an Enterprise feature of KrakenD 2.13 that Fjord doesn't have; use modifier/lua-endpoint or modifier/lua-proxy";

pub(super) static OPTIONS: &[Opt] = &[opt(
    "operations",
    Kind::List(&Kind::Object(&[
        opt("type", Kind::Enum(&["header", "query_string"]), "Where the value goes.").required(),
        opt("strategy", Kind::Enum(&["dotnotation", "jmespath"]), "How the expression is read.").required(),
        opt("expression", Kind::Str, "Which value of the body.").required(),
        opt("target", Kind::Str, "The name of the header or parameter.").required(),
        opt(
            "on_conflict",
            Kind::Enum(&["skip", "replace", "append"]),
            "What becomes of a value that is there.",
        )
        .required(),
    ])),
    "The values, one after the other.",
)
.required()];

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/request-body-extractor",
    Scopes::SERVICE.and(Scopes::ENDPOINT),
    "Copies values of the request's body into headers or the query.",
    Kind::Object(OPTIONS),
)
.enterprise()
.refused(REASON);
