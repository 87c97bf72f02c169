//! `modifier/request-body-generator`: writes the request body from a template.

use crate::features::modifier::body_generator;
use crate::options::{Kind, Namespace, Rule, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/request-body-generator",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    "Writes the request body from a template.",
    Kind::With(&Kind::Object(body_generator::OPTIONS), &[Rule::OneOf(&[&["path"], &["template"]])]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; build the body with modifier/martian (body.Modifier) or modifier/lua-proxy",
);
