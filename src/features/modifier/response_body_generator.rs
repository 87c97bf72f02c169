//! `modifier/response-body-generator`: writes the answer from a template.

use crate::features::modifier::body_generator;
use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/response-body-generator",
    aliases: &[],
    scopes: Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; build the answer with mapping, flatmap_filter or modifier/lua-proxy",
    ),
    check: None,
    doc: "Writes the answer from a template.",
    value: Kind::With(&Kind::Object(body_generator::OPTIONS), &[Rule::OneOf(&[&["path"], &["template"]])]),
};
