//! `plugin/middleware`: wraps calls in Go plugins.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "plugin/middleware",
    Scopes::ENDPOINT.and(Scopes::BACKEND),
    "Wraps calls in Go plugins.",
    Kind::With(
        &Kind::Object(&[opt("name", Kind::STRINGS, "Middleware plugin names.").required()]),
        &[Rule::Free],
    ),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; use modifier/lua-proxy, modifier/martian or validation/cel",
);
