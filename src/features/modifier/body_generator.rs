//! `modifier/body-generator`: writes the request body from a template; the old name of request-body-generator.

use crate::options::{Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/body-generator",
    Scopes::BACKEND,
    "Writes the request body from a template; the old name of request-body-generator.",
    Kind::With(&Kind::Object(OPTIONS), &[Rule::OneOf(&[&["path"], &["template"]])]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; build the body with modifier/martian (body.Modifier) or modifier/lua-backend",
)
.superseded("modifier/request-body-generator");

/// Shared by several namespaces.
pub static OPTIONS: &[Opt] = &[
    opt("content_type", Kind::Str, "Content-Type of generated body.").default("\"application/json\""),
    opt("debug", Kind::Bool, "Log input/output.").default("false"),
    opt("path", Kind::File, "Template file."),
    opt("template", Kind::Str, "Base64 inline Go template."),
];
