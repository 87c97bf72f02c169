//! `auth/basic`: asks for a user and a password.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "auth/basic",
    aliases: &[],
    scopes: Scopes::SERVICE.and(Scopes::ENDPOINT),
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; use auth/api-keys or auth/validator",
    ),
    doc: "Asks for a user and a password.",
    value: Kind::Object(&[
        opt("htpasswd_path", Kind::Str, "Htpasswd file."),
        opt("users", Kind::Map(&Kind::Str), "User→hash map."),
    ]),
};
