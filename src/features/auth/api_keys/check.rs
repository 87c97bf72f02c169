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
    if let Some(strategy) = spot.get("strategy").filter(|strategy| strategy.str() == Some("query_string")) {
        let message = "a key in a URL is read by whoever reads logs, histories and `Referer`";
        findings.add(strategy.note("insecure", message).help("take it from a header"));
    }
    roles(spot, around, findings);
    propagated(spot, around, findings);
    unused(&super::NAMESPACE, "a key", spot, around, findings);
    for item in spot.get("keys").iter().flat_map(Spot::items) {
        if item.get("key").is_none_or(|key| key.str() == Some("")) {
            findings.add(item.lacks("empty", "an empty key would let everybody in"));
        }
    }
}

/// Roles of an endpoint that no key has.
fn roles(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let (Some(service), Some(_), Some(wanted)) = (around.service, around.endpoint, spot.get("roles")) else {
        return;
    };
    let Some(declared) = service.namespace(&super::SERVICE) else { return };
    let keys = declared.get("keys");
    let has = |key: &Spot<'_>, role: &str| {
        key.get("roles").is_some_and(|roles| roles.items().any(|own| own.str() == Some(role)))
    };
    for role in wanted.items() {
        if let Some(text) = role.str()
            && !keys.iter().flat_map(Spot::items).any(|key| has(&key, text))
        {
            findings.add(role.warning("never-matches", format!("no key has the role \"{text}\"")));
        }
    }
}

/// A header with the role that no endpoint forwards.
fn propagated(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let (Some(service), None, Some(header)) = (around.service, around.endpoint, spot.get("propagate_role"))
    else {
        return;
    };
    let Some(name) = header.str().filter(|name| !name.is_empty()) else { return };
    let lets_in = |endpoint: &Spot<'_>| {
        let listed = endpoint.get("input_headers");
        let is_it = |item: &str| item == "*" || item.eq_ignore_ascii_case(name);
        listed.is_some_and(|list| list.items().any(|item| item.str().is_some_and(is_it)))
    };
    let endpoints = service.get("endpoints");
    let mut asking = endpoints
        .iter()
        .flat_map(Spot::items)
        .filter(|endpoint| endpoint.namespace(&super::NAMESPACE).is_some())
        .peekable();
    if asking.peek().is_some() && !asking.any(|endpoint| lets_in(&endpoint)) {
        let message = format!("no backend gets the header {name}: no endpoint forwards it");
        let fault = header.warning("not-let-in", message);
        findings.add(fault.help(format!("add \"{name}\" to the `input_headers` of the endpoints")));
    }
}
