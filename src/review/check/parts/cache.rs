//! `@fjord.cache`: whether an endpoint's answers are cached at the edge, where, and why not.

use std::time::Duration;

use crate::features::endpoint_cache::{VARIABLE, reasons};
use crate::options::check::{Endpoint, Findings, Spot};
use crate::options::core::FJORD_KEY;

/// Says of an endpoint whether it's cached.
pub(super) fn check(endpoint: &Endpoint<'_>, service: &Spot<'_>, findings: &mut Findings<'_>) {
    let fjord = endpoint.spot.get(FJORD_KEY);
    let asked = fjord.as_ref().and_then(|fjord| fjord.get("cache"));
    let ttl = [endpoint.spot, service].into_iter().find_map(ttl);
    let declared = findings.worker().map(|worker| worker.names.iter().any(|name| name == VARIABLE));
    let Some(asked) = asked else {
        if let (Some(_), Some(true)) = (ttl, declared) {
            let place = endpoint.spot.get("cache_ttl").unwrap_or(*endpoint.spot);
            let note =
                place.note("cache", "answers aren't cached at the edge: the endpoint doesn't ask for it");
            findings.add(note.help(format!("\"{FJORD_KEY}\": {{\"cache\": {{}}}} does")));
        }
        return;
    };
    let mut why_not = reasons::of_endpoint(endpoint.spot.node);
    why_not.extend(reasons::of_service(service.node));
    match ttl {
        None => why_not.push("there is no cache_ttl".to_owned()),
        Some(_) if declared == Some(false) => {
            why_not.push(format!("the Wrangler file doesn't set the variable {VARIABLE}"));
        }
        Some(_) => {}
    }
    findings.add(match (why_not.is_empty(), ttl) {
        (true, Some(ttl)) => asked.note(
            "cache",
            format!("answers are cached at the edge for {} seconds, where {VARIABLE} is set", ttl.as_secs()),
        ),
        _ => asked.warning("cache", format!("answers aren't cached at the edge: {}", why_not.join("; "))),
    });
}

/// The calls that the cache of an endpoint makes in one request: a look, the record of purges, a write.
pub(super) fn calls(endpoint: &Spot<'_>, service: &Spot<'_>) -> u64 {
    let asks = endpoint.get(FJORD_KEY).is_some_and(|fjord| fjord.get("cache").is_some());
    let may =
        || reasons::of_endpoint(endpoint.node).is_empty() && reasons::of_service(service.node).is_empty();
    if asks && may() { 3 } else { 0 }
}

fn ttl(part: &Spot<'_>) -> Option<Duration> {
    part.get("cache_ttl")?.duration().filter(|ttl| *ttl > Duration::ZERO)
}
