//! `validation/response-json-schema`: lets out only answers that fit a JSON schema.

use crate::features::security::policies;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "validation/response-json-schema",
    Scopes::ENDPOINT.and(Scopes::BACKEND),
    "Lets out only answers that fit a JSON schema.",
    Kind::Object(&[
        opt("error", Kind::Object(policies::ERROR), "Custom rejection."),
        opt("schema", Kind::FREE, "JSON schema object.").required(),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; check the answer with validation/cel (resp_data), or with modifier/lua-proxy",
);
