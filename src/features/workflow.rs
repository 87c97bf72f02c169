//! `workflow`: runs a whole endpoint in the place of a backend.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Scope, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "workflow",
    Scopes::BACKEND,
    "Runs a whole endpoint in the place of a backend.",
    Kind::Part(Scope::Workflow),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; call backends one after the other with `proxy.sequential`, or an endpoint of this gateway as a backend",
)
.hosts(Hosts::Elsewhere);
