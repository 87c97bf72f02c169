//! Settings of `auth/validator` that would let nobody in, or anybody.

use fjord_document::node::Kind;

use super::super::key_source::check::key_set;
use crate::options::check::{Around, Findings, Spot, looks};

/// Checks the validator of an endpoint.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(endpoint) = around.endpoint else { return };
    key_set(spot, around, "every request gets 401", findings);
    if let Some(name) = spot.get("auth_header_name") {
        looks::header_name(&name, findings);
    }
    if let (Some(cache), Some(_)) = (spot.get("cache").filter(|s| s.is_true()), spot.get("jwk_local_path")) {
        findings.add(cache.error("no-start", "a local key set isn't cached, and KrakenD refuses to start"));
    }
    if let Some(debug) = spot.get("operation_debug").filter(|s| s.is_true()) {
        findings.add(debug.warning("debug", "details of tokens get into the log"));
    }
    let some = |key: &str| spot.get(key).filter(|list| list.items().len() > 0);
    if let Some(scopes) = some("scopes")
        && spot.get("scopes_key").is_none_or(|key| key.str() == Some(""))
    {
        let fault = scopes.error("missing", "without `scopes_key` no scope is checked");
        findings.add(fault.help("add \"scopes_key\": \"scope\", or whatever claim has them"));
    }
    for key in ["audience", "roles", "scopes"] {
        if let Some(list) = spot.get(key).filter(|list| is_empty_list(list)) {
            let message = format!("an empty `{key}` asks for nothing, so every valid token passes it");
            findings
                .add(list.warning("everybody", message).help("name what a token must have, or remove it"));
        }
    }
    if some("audience").is_none() && spot.get("issuer").is_none() {
        let message = "neither audience nor issuer is checked, so tokens made for other services pass";
        findings.add(spot.note("any-audience", message));
    }
    if let Some(pairs) = spot.get("propagate_claims") {
        pairs.items().for_each(|pair| propagated(&pair, endpoint.spot, findings));
    }
}

/// A claim that goes into a header which nobody passes on.
fn propagated(pair: &Spot<'_>, endpoint: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(header) = pair.items().nth(1) else { return };
    let Some(name) = header.str() else { return };
    looks::header_name(&header, findings);
    let inputs = endpoint.get("input_headers");
    let lets_in = |text: &str| text == "*" || text.eq_ignore_ascii_case(name);
    if !inputs.is_some_and(|list| list.items().any(|item| item.str().is_some_and(lets_in))) {
        let message = format!("no backend gets the header {name}: the endpoint doesn't forward it");
        let fault = header.warning("not-let-in", message);
        findings.add(fault.help(format!("add \"{name}\" to the `input_headers` of the endpoint")));
    }
}

fn is_empty_list(spot: &Spot<'_>) -> bool {
    matches!(&spot.node.kind, Kind::Array(items) if items.is_empty())
}
