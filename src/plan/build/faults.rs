//! What closes a part of the configuration: the faults that `check` reports, found again where the part is compiled.

use crate::faults::{self, Fault, Part};
use crate::options::{Refusal, Site};

/// What closes this part, or namespaces of it: what this version doesn't serve, and what is unknown or broken in a guard. A
/// misspelt validator must not open an endpoint.
pub(super) fn faults(site: &Site<'_>) -> Vec<Fault> {
    faults::faults(&Part {
        scope: site.scope,
        node: site.node,
        endpoint: site.endpoint_node.map(|node| (node, site.backend)),
        disable_rest: site.disable_rest,
        is_later: site.is_later,
        files: &site.environment.files,
    })
}

/// Refuses the part if anything closes it.
pub(super) fn refuse_faults(site: &Site<'_>) -> Result<(), Refusal> {
    match faults(site).into_iter().next() {
        Some(fault) => Err(Refusal(fault.reason)),
        None => Ok(()),
    }
}
