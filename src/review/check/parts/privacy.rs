//! Answers for one client that others may get.

use std::time::Duration;

use crate::features;
use crate::options::Namespace;
use crate::options::check::{Endpoint, Findings, Spot};

/// Namespaces that ask who a client is.
static ASKS: [&Namespace; 3] = [
    &features::auth::validator::NAMESPACE,
    &features::auth::basic::NAMESPACE,
    &features::auth::api_keys::NAMESPACE,
];

fn asks(endpoint: &Endpoint<'_>) -> bool {
    ASKS.iter().any(|namespace| endpoint.spot.namespace(namespace).is_some())
}

/// `cache_ttl`: KrakenD calls such an answer public whoever asked.
pub(super) fn cache_ttl(endpoint: &Endpoint<'_>, service: &Spot<'_>, findings: &mut Findings<'_>) {
    if endpoint.method != "GET" || !asks(endpoint) {
        return;
    }
    let is_set = |ttl: &Spot<'_>| ttl.duration().is_some_and(|ttl| ttl > Duration::ZERO);
    let own = endpoint.spot.get("cache_ttl").filter(is_set);
    let inherited = service.get("cache_ttl").filter(is_set);
    let place = match (&own, &inherited) {
        (Some(own), _) => own,
        (None, Some(_)) => &endpoint.spot.get("endpoint").unwrap_or(*endpoint.spot),
        (None, None) => return,
    };
    let message = "answers to clients that were let in by name go out with `Cache-Control: public`, so a shared cache may hand \
                   them to others";
    findings.add(
        place
            .warning("public-answer", message)
            .help("set `cache_ttl` at the endpoints that are for everybody only"),
    );
}
