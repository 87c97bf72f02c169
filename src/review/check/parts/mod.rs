//! What the parts of the format do together: routes, variables, hosts, sequences, timeouts.
//!
//! What one namespace means its own room in [`features`](crate::features) checks.

mod agents;
mod backend;
mod bindings;
mod cache;
mod edge;
mod failing;
mod hosts;
mod idle;
mod inputs;
mod output;
mod plugins;
mod privacy;
mod private;
mod response;
mod routes;
mod sequence;
mod service;
mod url_pattern;

use fjord_document::node::Node;

use crate::faults::namespaces::{self, endpoint_at};
use crate::features;
use crate::options::Scope;
use crate::options::check::{Around, Endpoint, Findings, Spot};

pub use edge::Cost;

/// What each endpoint of a document costs the worker.
pub(super) fn costs(root: &Node) -> Vec<Cost> {
    let root = Spot::root(root);
    let Some(list) = root.get("endpoints") else { return Vec::new() };
    list.items().map(|endpoint| Cost::of(&endpoint, &root)).collect()
}

/// Checks what a whole document means.
pub(super) fn check(root: &Node, findings: &mut Findings<'_>) {
    let root = Spot::root(root);
    let disable_rest = root.get("disable_rest").is_some_and(|spot| spot.is_true());
    let around = Around { service: Some(&root), disable_rest, endpoint: None, backend: None };
    service::check(&root, findings);
    idle::check(&root, Scope::Service, findings);
    idle::service(&root, findings);
    private::check(&root, findings);
    plugins::check(&root, findings);
    bindings::check(&root, findings);
    if let Some(hosts) = root.get("host") {
        hosts::list(&hosts, hosts::Rules::HTTP, &around, findings);
    }
    namespaces::check(&root, Scope::Service, &around, findings);
    if let Some(list) = root.get("endpoints") {
        list.items().for_each(|spot| endpoint(&spot, &root, &around, findings));
        routes::conflicts(&list, &around, findings);
    }
    agents::check(&root, &around, findings);
}

fn endpoint(spot: &Spot<'_>, root: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let list = spot.get("backend");
    let backends: Vec<Spot<'_>> = list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
    let endpoint = endpoint_at(spot, &backends, around.disable_rest);
    let around = Around { endpoint: Some(&endpoint), ..*around };
    routes::path(spot, &around, findings);
    output::check(&endpoint, &around, findings);
    idle::check(spot, Scope::Endpoint, findings);
    idle::endpoint(&endpoint, findings);
    inputs::endpoint(&endpoint, findings);
    service::endpoint_timeout(&endpoint, &around, findings);
    privacy::cache_ttl(&endpoint, root, findings);
    cache::check(&endpoint, root, findings);
    failing::endpoint(&endpoint, findings);
    response::groups(&endpoint, findings);
    sequence::shadows(&endpoint, findings);
    edge::limits(spot, root, findings);
    namespaces::check(spot, Scope::Endpoint, &around, findings);
    backends_of(&endpoint, &around, findings);
}

/// Checks the backends of an endpoint, and those of their workflows. Depth is bounded by the document's.
fn backends_of(endpoint: &Endpoint<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    for (index, spot) in endpoint.backends.iter().enumerate() {
        let around = Around { backend: Some((index, spot)), ..*around };
        backend::check(spot, endpoint, &around, findings);
        failing::backend(spot, endpoint, findings);
        idle::check(spot, Scope::Backend, findings);
        idle::backend(spot, &around, findings);
        namespaces::check(spot, Scope::Backend, &around, findings);
        if let Some(workflow) = spot.namespace(&features::workflow::NAMESPACE) {
            let list = workflow.get("backend");
            let backends: Vec<Spot<'_>> =
                list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
            let proxy = workflow.namespace(&features::proxy::WORKFLOW);
            let sequential = proxy.as_ref().and_then(|proxy| proxy.get("sequential"));
            let inside = Endpoint {
                method: endpoint.method.clone(),
                is_sequential: sequential.is_none_or(|spot| spot.is_true()),
                ..endpoint_at(&workflow, &backends, around.disable_rest)
            };
            let around = Around { endpoint: Some(&inside), backend: None, ..around };
            idle::check(&workflow, Scope::Workflow, findings);
            namespaces::check(&workflow, Scope::Workflow, &around, findings);
            backends_of(&inside, &around, findings);
        }
    }
}
