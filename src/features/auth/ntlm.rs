//! `auth/ntlm`: logs in to the backend by NTLM.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "auth/ntlm",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; let a worker or a proxy in front of the origin log in",
    ),
    check: None,
    doc: "Logs in to the backend by NTLM.",
    value: Kind::Object(&[
        opt("password", Kind::Str, "NTLM user/password.").required(),
        opt("user", Kind::Str, "NTLM user/password.").required(),
    ]),
};
