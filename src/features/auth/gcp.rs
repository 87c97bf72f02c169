//! `auth/gcp`: signs calls for Google Cloud.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/gcp",
    Scopes::BACKEND,
    "Signs calls for Google Cloud.",
    Kind::With(
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
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; let a worker behind a `service://` host fetch the token and call on",
);
