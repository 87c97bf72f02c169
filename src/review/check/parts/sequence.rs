//! Endpoints in which no backend answers.

use crate::features;
use crate::options::check::{Endpoint, Findings, Spot};

/// An endpoint without a backend that answers.
pub(super) fn shadows(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    let is_shadow = |backend: &Spot<'_>| {
        backend
            .namespace(&features::proxy::NAMESPACE)
            .is_some_and(|proxy| proxy.get("shadow").is_some_and(|s| s.is_true()))
    };
    if endpoint.backends.is_empty() || !endpoint.backends.iter().all(is_shadow) {
        return;
    }
    for backend in endpoint.backends {
        let Some(proxy) = backend.namespace(&features::proxy::NAMESPACE) else { continue };
        let Some(shadow) = proxy.get("shadow") else { continue };
        let fault =
            shadow.error("no-answer", "every backend of the endpoint is a shadow, so there is no answer");
        findings.add(fault.help("let one backend answer"));
    }
}
