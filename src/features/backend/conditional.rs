//! `backend/conditional`: calls the backend only if a condition holds.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/conditional",
    Scopes::BACKEND,
    "Calls the backend only if a condition holds.",
    Kind::Object(&[
        opt("name", Kind::Str, "Header name (canonical) for strategy header."),
        opt("strategy", Kind::Enum(&["header", "policy", "fallback"]), "Header = literal value compare.")
            .required(),
        opt("value", Kind::Str, "Expected header value or policy expression."),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; give each case an endpoint of its own, or hold calls back with validation/cel at the backend",
)
.hosts(Hosts::Elsewhere);
