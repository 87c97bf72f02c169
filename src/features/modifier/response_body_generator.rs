//! `modifier/response-body-generator`: writes the answer from a template.

use crate::features::modifier::body_generator;
use crate::options::{Kind, Namespace, Rule, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/response-body-generator",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    "Writes the answer from a template.",
    Kind::With(&Kind::Object(body_generator::OPTIONS), &[Rule::OneOf(&[&["path"], &["template"]])]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; build the answer with mapping, flatmap_filter or modifier/lua-proxy",
);
