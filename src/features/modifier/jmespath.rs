//! `modifier/jmespath`: queries the answer with JMESPath.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/jmespath",
    aliases: &[],
    scopes: Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; use allow, deny, mapping, target and flatmap_filter, or modifier/lua-proxy",
    ),
    check: None,
    doc: "Queries the answer with JMESPath.",
    value: Kind::Object(&[opt(
        "expr",
        Kind::Str,
        "JMESPath applied on response data (result wrapped: array→collection, scalar→content).",
    )
    .required()]),
};
