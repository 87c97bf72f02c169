//! Keys and users of the service that no endpoint asks for.

use fjord_document::Diagnostic;

use crate::options::check::{Around, Findings, Spot};
use crate::options::{Namespace, is_empty};

/// Warns if `spot`, the value of a namespace at the service, declares `what` and no endpoint has the namespace.
pub(super) fn unused(
    namespace: &Namespace,
    what: &str,
    spot: &Spot<'_>,
    around: &Around<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(service) = around.service else { return };
    let declared = service.namespace(namespace).filter(|declared| std::ptr::eq(declared.node, spot.node));
    let endpoints = service.get("endpoints");
    let is_used =
        endpoints.is_some_and(|list| list.items().any(|endpoint| endpoint.namespace(namespace).is_some()));
    if is_used || declared.is_none() || is_empty(spot.node) {
        return;
    }
    let message = format!("no endpoint asks for {what}, so all of them are open");
    let fault = Diagnostic::warning("unused", spot.head(), message).at(spot.path.pointer());
    findings.add(
        fault
            .help(format!("add `{}` to the extra_config of those that aren't for everybody", namespace.name)),
    );
}
