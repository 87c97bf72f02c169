//! `auth/aws-sigv4`: signs calls for Amazon Web Services.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/aws-sigv4",
    Scopes::BACKEND,
    "Signs calls for Amazon Web Services.",
    Kind::Object(&[
        opt("assume_role_arn", Kind::Str, "STS role."),
        opt("debug", Kind::Bool, "Log signing.").default("false"),
        opt("region", Kind::Str, "AWS region.").required(),
        opt("service", Kind::Str, "AWS service code.").required(),
        opt("sts_region", Kind::Str, "STS region."),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; backend/lambda signs calls of functions; for other services let a worker behind a `service://` host sign",
);
