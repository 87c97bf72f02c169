//! `validation/response-json-schema`: lets out only answers that fit a JSON schema.

use crate::features::security::policies;
use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "validation/response-json-schema",
    aliases: &[],
    scopes: Scopes::ENDPOINT.and(Scopes::BACKEND),
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; check the answer with validation/cel (resp_data), or with modifier/lua-proxy",
    ),
    check: None,
    doc: "Lets out only answers that fit a JSON schema.",
    value: Kind::Object(&[
        opt("error", Kind::Object(policies::ERROR), "Custom rejection."),
        opt("schema", Kind::FREE, "JSON schema object.").required(),
    ]),
};
