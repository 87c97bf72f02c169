//! `plugin/middleware`: wraps calls in Go plugins.

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "plugin/middleware",
    aliases: &[],
    scopes: Scopes::ENDPOINT.and(Scopes::BACKEND),
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; use modifier/lua-proxy, modifier/martian or validation/cel",
    ),
    check: None,
    doc: "Wraps calls in Go plugins.",
    value: Kind::With(
        &Kind::Object(&[opt("name", Kind::STRINGS, "Middleware plugin names.").required()]),
        &[Rule::Free],
    ),
};
