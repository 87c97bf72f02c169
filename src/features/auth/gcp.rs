//! `auth/gcp`: signs calls for Google Cloud.

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "auth/gcp",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; let a worker behind a `service://` host fetch the token and call on",
    ),
    check: None,
    doc: "Signs calls for Google Cloud.",
    value: Kind::With(
        &Kind::Object(&[
            opt("audience", Kind::Str, "Target audience URL."),
            opt("credentials_file", Kind::Str, "Service-account JSON file."),
            opt("credentials_json", Kind::FREE, "Inline service-account JSON."),
            opt("custom_claims", Kind::FREE, "Extra claims in the ID token."),
        ]),
        &[Rule::AnyOf(&[
            &["audience"],
            &["audience", "credentials_file"],
            &["audience", "credentials_json"],
        ])],
    ),
};
