//! What an endpoint does when a backend fails: `strategy`, retries, joined arrays, and where they do nothing.

use crate::features;
use crate::features::proxy::CallOrder;
use crate::options::check::{Endpoint, Findings, Spot};
use crate::options::core::FJORD_KEY;

/// Checks an endpoint's order of calls and its joined arrays.
pub(super) fn endpoint(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    let order = features::proxy::order_at(endpoint.spot);
    let count = endpoint.backends.len();
    if let Some(proxy) = endpoint.spot.namespace(&features::proxy::NAMESPACE)
        && let Some(strategy) = proxy.get("strategy")
    {
        strategies(endpoint, &proxy, &strategy, order, findings);
    }
    let fjord = endpoint.spot.get(FJORD_KEY);
    let Some(join) = fjord.as_ref().and_then(|fjord| fjord.get("join_arrays")) else { return };
    let output = endpoint.spot.get("output_encoding");
    let why_not = match order {
        _ if join.items().len() == 0 => return,
        _ if output.is_some_and(|output| output.str() == Some("no-op")) => "no-op answers aren't merged",
        CallOrder::Fallback => "a fallback has the answer of one backend",
        _ if count < 2 => "there is one backend",
        _ => return,
    };
    findings.add(join.warning("no-effect", format!("`join_arrays` has no effect: {why_not}")));
}

fn strategies(
    endpoint: &Endpoint<'_>,
    proxy: &Spot<'_>,
    strategy: &Spot<'_>,
    order: CallOrder,
    findings: &mut Findings<'_>,
) {
    if let Some(sequential) = proxy.get("sequential")
        && sequential.is_true() != (order == CallOrder::Sequential)
    {
        findings.add(sequential.warning("no-effect", "`sequential` has no effect: `strategy` wins"));
    }
    if order == CallOrder::Parallel {
        return;
    }
    if endpoint.backends.len() == 1 && proxy.get("sequential").is_none() {
        findings.add(strategy.warning("no-effect", "`strategy` has no effect: there is one backend"));
    }
    if order == CallOrder::Fallback && endpoint.backends.len() > 1 && writes(endpoint) {
        let message = "a write that fails after it has acted is done again by the next backend";
        findings.add(strategy.note("repeated-write", message));
    }
}

/// Whether any backend but the last is called by a method that changes data.
fn writes(endpoint: &Endpoint<'_>) -> bool {
    let [first @ .., _] = endpoint.backends else { return false };
    first.iter().any(|backend| matches!(&*method(backend, endpoint), "POST" | "PUT" | "PATCH" | "DELETE"))
}

fn method(backend: &Spot<'_>, endpoint: &Endpoint<'_>) -> String {
    let own = backend.get("method").and_then(|method| method.str().map(str::to_uppercase));
    own.filter(|method| !method.is_empty()).unwrap_or_else(|| endpoint.method.clone())
}

/// Checks the retries of a backend.
pub(super) fn backend(backend: &Spot<'_>, endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    let fjord = backend.get(FJORD_KEY);
    let retries = fjord.as_ref().and_then(|fjord| fjord.get("retries"));
    let Some(retries) = retries.filter(|spot| spot.f64().is_some_and(|n| n > 0.0)) else { return };
    if let Some(reason) = features::retries::why_not(backend.node, &method(backend, endpoint)) {
        findings.add(retries.warning("no-effect", format!("`retries` has no effect: {reason}")));
    }
}
