//! `modifier/jmespath`: queries the answer with JMESPath.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/jmespath",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    "Queries the answer with JMESPath.",
    Kind::Object(&[opt(
        "expr",
        Kind::Str,
        "JMESPath applied on response data (result wrapped: array→collection, scalar→content).",
    )
    .required()]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; use allow, deny, mapping, target and flatmap_filter, or modifier/lua-proxy",
);
