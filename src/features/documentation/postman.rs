//! `documentation/postman`: describes the service for `fjord postman export`; nothing at run time.

use crate::options::{Kind, Namespace, Scopes, formats, namespace, opt};

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = namespace(
    "documentation/postman",
    Scopes::ENDPOINT,
    "Describes the service for `fjord postman export`.",
    Kind::Object(&[
        opt("description", Kind::Str, "Markdown text."),
        opt("folder", Kind::Str, "Folder (list at service, name at endpoint)."),
        opt("name", Kind::Str, "Collection/folder/entry name."),
    ]),
)
.enterprise();

/// The namespace at the service.
pub static SERVICE: Namespace = namespace(
    "documentation/postman",
    Scopes::SERVICE,
    "Describes the service for `fjord postman export`.",
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
.enterprise();
