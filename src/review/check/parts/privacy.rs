//! Answers for one client that others may get.

use std::time::Duration;

use crate::features;
use crate::options::Scope;
use crate::options::check::{Endpoint, Findings, Spot};

fn asks(endpoint: &Endpoint<'_>) -> bool {
    let extra = endpoint.spot.get("extra_config");
    let asks = |(key, _): (&str, Spot<'_>)| {
        features::find(Scope::Endpoint, key).is_some_and(|namespace| namespace.identifies)
    };
    extra.is_some_and(|extra| extra.members().any(asks))
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
