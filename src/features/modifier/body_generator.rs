//! `modifier/body-generator`: writes the request body from a template; the old name of request-body-generator.

use crate::options::{Edition, Kind, Namespace, Opt, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/body-generator",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; build the body with modifier/martian (body.Modifier) or modifier/lua-backend",
    ),
    check: None,
    doc: "Writes the request body from a template; the old name of request-body-generator.",
    value: Kind::With(&Kind::Object(OPTIONS), &[Rule::OneOf(&[&["path"], &["template"]])]),
};

/// Shared by several namespaces.
pub static OPTIONS: &[Opt] = &[
    opt("content_type", Kind::Str, "Content-Type of generated body.").default("\"application/json\""),
    opt("debug", Kind::Bool, "Log input/output.").default("false"),
    opt("path", Kind::File, "Template file."),
    opt("template", Kind::Str, "Base64 inline Go template."),
];
