//! What closes a part of the configuration: the faults that `check` reports, found again where the part is compiled.

use crate::faults::{self, Fault, Part};
use crate::features;
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

/// Says which capabilities the namespaces of this part need, those with a fault too: a module with them says what is wrong.
///
/// # Errors
/// If this module lacks one.
pub(super) fn require(site: &Site<'_>) -> Result<(), Refusal> {
    for member in site.namespaces() {
        if let Some(namespace) = features::find(site.scope, &member.key)
            && let Some(capability) = namespace.required(&member.value)
        {
            let named = |refusal| Refusal(format!("{}: {refusal}", namespace.name));
            site.require(&[capability], namespace.name).map_err(named)?;
        }
    }
    Ok(())
}

/// Refuses the part if this module can't serve it, or if anything closes it.
pub(super) fn refuse_faults(site: &Site<'_>) -> Result<(), Refusal> {
    require(site)?;
    match faults(site).into_iter().next() {
        Some(fault) => Err(Refusal(fault.reason)),
        None => Ok(()),
    }
}
