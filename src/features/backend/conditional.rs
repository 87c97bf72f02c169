//! `backend/conditional`: calls the backend only if a condition holds.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/conditional",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; give each case an endpoint of its own, or hold calls back with validation/cel at the backend",
    ),
    check: None,
    doc: "Calls the backend only if a condition holds.",
    value: Kind::Object(&[
        opt("name", Kind::Str, "Header name (canonical) for strategy header."),
        opt("strategy", Kind::Enum(&["header", "policy", "fallback"]), "Header = literal value compare.")
            .required(),
        opt("value", Kind::Str, "Expected header value or policy expression."),
    ]),
};
