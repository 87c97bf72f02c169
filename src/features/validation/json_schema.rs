//! `validation/json-schema`: lets in only bodies that fit a JSON schema.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "validation/json-schema",
    aliases: &["github.com/devopsfaith/krakend-jsonschema"],
    scopes: Scopes::ENDPOINT.and(Scopes::WORKFLOW),
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Lets in only bodies that fit a JSON schema.",
    value: Kind::FREE,
};
