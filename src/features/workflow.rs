//! `workflow`: runs a whole endpoint in the place of a backend.

use crate::registry::{Edition, Kind, Namespace, Scope, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "workflow",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_REFUSED,
    doc: "Runs a whole endpoint in the place of a backend.",
    value: Kind::Part(Scope::Workflow),
};
