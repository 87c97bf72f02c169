//! `documentation/postman`: describes the service for a Postman export.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, formats, opt};

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = Namespace {
    name: "documentation/postman",
    aliases: &[],
    scopes: Scopes::ENDPOINT,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    check: None,
    doc: "Describes the service for a Postman export.",
    value: Kind::Object(&[
        opt("description", Kind::Str, "Markdown text."),
        opt("folder", Kind::Str, "Folder (list at service, name at endpoint)."),
        opt("name", Kind::Str, "Collection/folder/entry name."),
    ]),
};

/// The namespace at the service.
pub static SERVICE: Namespace = Namespace {
    name: "documentation/postman",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    check: None,
    doc: "Describes the service for a Postman export.",
    value: Kind::Object(&[
        opt("description", Kind::Str, "Markdown text."),
        opt(
            "folder",
            Kind::List(&Kind::Object(&[
                opt("description", Kind::Any, "Markdown text."),
                opt("name", Kind::Str, "Collection/folder/entry name.").required(),
            ])),
            "Folder (list at service, name at endpoint).",
        ),
        opt("name", Kind::Str, "Collection/folder/entry name."),
        opt("version", Kind::Format(&formats::VERSION), "Semver of collection."),
    ]),
};
