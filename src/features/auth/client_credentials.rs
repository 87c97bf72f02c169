//! `auth/client-credentials`: gets a token for the backend by OAuth2 client credentials and sends it along.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "auth/client-credentials",
    aliases: &["github.com/devopsfaith/krakend-oauth2-clientcredentials"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Gets a token for the backend by OAuth2 client credentials and sends it along.",
    value: Kind::Object(&[
        opt("client_id", Kind::Str, "The id of the client, sent by Basic auth.").required(),
        opt("client_secret", Kind::Str, "The secret of the client.").required(),
        opt(
            "endpoint_params",
            Kind::Map(&Kind::STRINGS),
            "Further fields of the token request, each a list of texts.",
        ),
        opt("scopes", Kind::Str, "The scopes to ask for, with commas between."),
        opt(
            "token_url",
            Kind::Str,
            "Where tokens are asked for; they are kept until ten seconds before they end.",
        )
        .required(),
    ]),
};
