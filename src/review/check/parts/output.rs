//! Encodings that don't fit each other: what passes unread can't be filtered, merged or rendered.

use crate::features;
use crate::features::proxy::CallOrder;
use crate::options::check::{Around, Endpoint, Findings, Spot};

/// Options of a backend that look into its answer.
pub(super) const READS: [&str; 6] = ["allow", "deny", "mapping", "group", "target", "is_collection"];

pub(super) fn check(endpoint: &Endpoint<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let own = endpoint.spot.get("output_encoding");
    let output = own.or_else(|| around.service?.get("output_encoding"));
    let encoding = output.as_ref().and_then(Spot::str).unwrap_or("json");
    match (encoding, &output) {
        ("no-op", Some(output)) => no_op(output, endpoint, findings),
        ("fast-json", Some(output)) => {
            findings.add(
                output
                    .note("no-effect", "fast-json is an Enterprise name; answers are the same as with json"),
            );
            unread(endpoint, findings);
        }
        _ => unread(endpoint, findings),
    }
    calls(endpoint, findings);
}

/// The answer passes as it is.
fn no_op(output: &Spot<'_>, endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    let is_fallback = features::proxy::order_at(endpoint.spot) == CallOrder::Fallback;
    if endpoint.backends.len() > 1 && !is_fallback {
        let message =
            format!("no-op passes one answer through, and there are {} backends", endpoint.backends.len());
        let mut fault = output.error("no-op-merge", message);
        if let Some(list) = endpoint.spot.get("backend") {
            fault = fault.related(list.head(), "of this endpoint");
        }
        findings.add(fault.help("keep one backend, or choose an encoding that can be merged"));
    }
    for part in endpoint.backends.iter().chain([endpoint.spot]) {
        let Some(proxy) = part.namespace(&features::proxy::NAMESPACE) else { continue };
        for key in ["static", "flatmap_filter"] {
            if let Some(spot) = proxy.get(key) {
                let message = format!("`{key}` has no effect: no-op passes the answer through unread");
                findings.add(spot.warning("no-effect", message));
            }
        }
    }
    for backend in endpoint.backends {
        for key in READS {
            let Some(spot) = backend.get(key) else { continue };
            let empty = spot.node.items().is_empty()
                && matches!(spot.node.kind, fjord_document::node::Kind::Array(_));
            if !empty && spot.node.as_bool() != Some(false) {
                let message = format!("`{key}` has no effect: no-op passes the answer through unread");
                findings.add(spot.warning("no-effect", message));
            }
        }
    }
}

/// Backends whose answers nobody reads, under an output that needs them read.
fn unread(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    let proxy = endpoint.spot.namespace(&features::proxy::NAMESPACE);
    let params = proxy.as_ref().and_then(|proxy| proxy.get("sequential_propagated_params"));
    for (index, backend) in endpoint.backends.iter().enumerate() {
        let Some(encoding) = backend.get("encoding").filter(|spot| spot.str() == Some("no-op")) else {
            continue;
        };
        let name = format!("resp{index}");
        let uses = |text: &str| text == name || text.starts_with(&format!("{name}_"));
        if params.as_ref().is_some_and(|list| list.items().any(|item| item.str().is_some_and(uses))) {
            continue;
        }
        let message = "no-op reads nothing, so nothing of this backend is in the answer";
        let fault = encoding.warning("unread", message);
        findings.add(fault.help("set output_encoding to no-op as well, or read the answer"));
    }
}

/// Several calls at once of something that changes data.
fn calls(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    let Some(calls) =
        endpoint.spot.get("concurrent_calls").filter(|spot| spot.f64().is_some_and(|n| n > 1.0))
    else {
        return;
    };
    let writes = |backend: &Spot<'_>| {
        let own = backend.get("method").and_then(|m| m.str()).map(str::to_uppercase);
        matches!(own.as_deref().unwrap_or(&endpoint.method), "POST" | "PUT" | "PATCH" | "DELETE")
    };
    if endpoint.backends.iter().any(writes) {
        let message = "a write is sent several times, as each of the concurrent calls";
        findings.add(calls.warning("repeated-write", message).help("keep concurrent_calls for reads"));
    }
}
