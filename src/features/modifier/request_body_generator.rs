//! `modifier/request-body-generator`: writes the request body from a template.

use crate::features::modifier::body_generator;
use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/request-body-generator",
    aliases: &[],
    scopes: Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; build the body with modifier/martian (body.Modifier) or modifier/lua-proxy",
    ),
    check: None,
    doc: "Writes the request body from a template.",
    value: Kind::With(&Kind::Object(body_generator::OPTIONS), &[Rule::OneOf(&[&["path"], &["template"]])]),
};
