//! `auth/ntlm`: logs in to the backend by NTLM.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/ntlm",
    Scopes::BACKEND,
    "Logs in to the backend by NTLM.",
    Kind::Object(&[
        opt("password", Kind::Str, "NTLM user/password.").required(),
        opt("user", Kind::Str, "NTLM user/password.").required(),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; let a worker or a proxy in front of the origin log in",
);
