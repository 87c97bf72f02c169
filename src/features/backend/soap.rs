//! `backend/soap`: calls a SOAP service.

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/soap",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; write the envelope with modifier/martian (body.Modifier), and read the answer with the encoding `xml`",
    ),
    check: None,
    doc: "Calls a SOAP service.",
    value: Kind::With(
        &Kind::Object(&[
            opt("content_type", Kind::Str, "Text/xml default.").default("\"text/xml\""),
            opt("debug", Kind::Bool, "Log generated body.").default("false"),
            opt("path", Kind::Str, "Template file."),
            opt("template", Kind::Str, "Base64 template."),
        ]),
        &[Rule::OneOf(&[&["path"], &["template"]])],
    ),
};
