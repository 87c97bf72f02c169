//! `documentation/postman`: describes the service for a Postman export.

use crate::options::{Kind, Namespace, Scopes, Support, formats, namespace, opt};

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = namespace(
    "documentation/postman",
    Scopes::ENDPOINT,
    "Describes the service for a Postman export.",
    Kind::Object(&[
        opt("description", Kind::Str, "Markdown text."),
        opt("folder", Kind::Str, "Folder (list at service, name at endpoint)."),
        opt("name", Kind::Str, "Collection/folder/entry name."),
    ]),
)
.enterprise()
.support(Support::ENTERPRISE_IGNORED);

/// The namespace at the service.
pub static SERVICE: Namespace = namespace(
    "documentation/postman",
    Scopes::SERVICE,
    "Describes the service for a Postman export.",
    Kind::Object(&[
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
)
.enterprise()
.support(Support::ENTERPRISE_IGNORED);
