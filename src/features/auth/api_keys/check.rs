//! Keys that nobody has, that anybody has, or that nobody asks for.

use super::super::unused::unused;
use crate::features;
use crate::options::check::{Around, Findings, Spot};

/// Checks the keys of the service, or an endpoint, which takes those.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let lacks_keys = |service: &Spot<'_>| service.namespace(&features::auth::api_keys::NAMESPACE).is_none();
    if around.endpoint.is_some() && around.service.is_some_and(lacks_keys) {
        let fault = spot.lacks("missing", "the service declares no keys, so every request gets 401");
        findings.add(fault.help("add auth/api-keys with `keys` to the extra_config of the service"));
    }
    unused(&super::NAMESPACE, "a key", spot, around, findings);
    for item in spot.get("keys").iter().flat_map(Spot::items) {
        if item.get("key").is_none_or(|key| key.str() == Some("")) {
            findings.add(item.lacks("empty", "an empty key would let everybody in"));
        }
    }
}
