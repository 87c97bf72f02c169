//! `auth/aws-sigv4`: signs calls for Amazon Web Services.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "auth/aws-sigv4",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; backend/lambda signs calls of functions; for other services let a worker behind a `service://` host sign",
    ),
    check: None,
    doc: "Signs calls for Amazon Web Services.",
    value: Kind::Object(&[
        opt("assume_role_arn", Kind::Str, "STS role."),
        opt("debug", Kind::Bool, "Log signing.").default("false"),
        opt("region", Kind::Str, "AWS region.").required(),
        opt("service", Kind::Str, "AWS service code.").required(),
        opt("sts_region", Kind::Str, "STS region."),
    ]),
};
