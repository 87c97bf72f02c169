//! `backend/soap`: calls a SOAP service.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/soap",
    Scopes::BACKEND,
    "Calls a SOAP service.",
    Kind::With(
        &Kind::Object(&[
            opt("content_type", Kind::Str, "Text/xml default.").default("\"text/xml\""),
            opt("debug", Kind::Bool, "Log generated body.").default("false"),
            opt("path", Kind::Str, "Template file."),
            opt("template", Kind::Str, "Base64 template."),
        ]),
        &[Rule::OneOf(&[&["path"], &["template"]])],
    ),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; write the envelope with modifier/martian (body.Modifier), and read the answer with the encoding `xml`",
);
