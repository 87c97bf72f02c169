//! `workflow`: runs a whole endpoint in the place of a backend.
//!
//! The plan compiles it (`plan/build/workflow.rs`): it is made of backends, as an endpoint is. Its backends see the parameters and
//! header lines of the request that its own backend would have sent.

use crate::options::check::{Around, Findings, Hosts, Spot};
use crate::options::{Capability, Kind, Namespace, Scope, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "workflow",
    Scopes::BACKEND,
    "Runs a whole endpoint in the place of a backend.",
    Kind::Part(Scope::Workflow),
)
.enterprise()
.requires(Capability::Workflows)
.check(check)
.hosts(Hosts::Elsewhere);

/// How deep workflows may be within each other.
pub const MAX_DEPTH: usize = 16;

/// Why deeper ones are refused.
pub const TOO_DEEP: &str = "workflows are nested more than 16 levels deep";

/// Why an undecoded answer is refused.
pub const NO_OP: &str = "a workflow makes an answer of data, and no-op has none";

/// Why a shadow is refused.
pub const NO_SHADOW: &str = "a workflow has no shadow backends: put them at the endpoint";

/// Checks what the workflow is in, and what it hands on.
fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let is_no_op =
        |part: &Spot<'_>| part.get("output_encoding").is_some_and(|output| output.str() == Some("no-op"));
    let outer = around.endpoint.map(|endpoint| endpoint.spot);
    let inherits = |part: &Spot<'_>| part.get("output_encoding").is_none();
    let service = around.service.filter(|service| is_no_op(service));
    if is_no_op(spot) || outer.is_some_and(|outer| is_no_op(outer) || inherits(outer) && service.is_some()) {
        findings.add(spot.lacks("no-op-merge", NO_OP));
    }
    if depth(spot) > MAX_DEPTH {
        findings.add(spot.lacks("no-start", TOO_DEEP));
    }
    if let Some(backends) = spot.get("backend") {
        for backend in backends.items() {
            let proxy = backend.component(|key| key == "proxy");
            if let Some(shadow) = proxy.as_ref().and_then(|proxy| proxy.get("shadow"))
                && shadow.is_true()
            {
                findings.add(shadow.error("no-start", NO_SHADOW));
            }
        }
    }
    if let (Some(own), Some(outer)) = (spot.get("timeout"), outer.and_then(|outer| outer.get("timeout")))
        && let (Some(inner), Some(all)) = (own.duration(), outer.duration())
        && inner > all
    {
        findings.add(
            own.warning("long-timeout", "the workflow ends with its endpoint, whose timeout is shorter"),
        );
    }
}

/// How many workflows are within each other here, this one included.
fn depth(workflow: &Spot<'_>) -> usize {
    let Some(backends) = workflow.get("backend") else { return 1 };
    let inner =
        backends.items().map(|backend| backend.namespace(&NAMESPACE).map_or(0, |inner| depth(&inner)));
    1 + inner.max().unwrap_or_default()
}
