//! A signer that signs nothing, or replaces what is beside it.

use fjord_document::Diagnostic;

use super::super::key_source::check::key_set;
use crate::features;
use crate::options::Namespace;
use crate::options::check::{Around, Findings, Spot};

/// What `auth/signer` replaces (`spec` §24).
static REPLACED: [&Namespace; 2] =
    [&features::modifier::lua_endpoint::NAMESPACE, &features::qos::ratelimit::router::NAMESPACE];

/// Checks the signer of an endpoint.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let endpoint = around.endpoint.map(|endpoint| endpoint.spot);
    for namespace in REPLACED {
        if let Some(replaced) = endpoint.and_then(|endpoint| endpoint.namespace(namespace)) {
            let message = format!("`{}` never runs beside auth/signer, as in KrakenD", namespace.name);
            let fault = Diagnostic::warning("replaced", replaced.head(), message);
            findings.add(fault.at(replaced.path.pointer()).help("do it at the service or at the backends"));
        }
    }
    key_set(spot, around, "the endpoint answers 401 to all", findings);
    if let Some(keys) = spot.get("keys_to_sign").filter(|list| list.items().len() == 0) {
        findings.add(keys.warning("no-effect", "an empty list signs nothing"));
    }
}
