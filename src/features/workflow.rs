//! `workflow`: runs a whole endpoint in the place of a backend.

use crate::options::{Edition, Kind, Namespace, Scope, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "workflow",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; call backends one after the other with `proxy.sequential`, or an endpoint of this gateway as a backend",
    ),
    check: None,
    doc: "Runs a whole endpoint in the place of a backend.",
    value: Kind::Part(Scope::Workflow),
};
