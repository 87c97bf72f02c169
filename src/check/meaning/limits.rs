//! Limits that would never fire, or always.

use std::time::Duration;

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::{Around, callers, counts, inputs};

/// `qos/ratelimit/router`, `qos/ratelimit/service`
pub(super) fn router(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let number = |key| spot.get(key).and_then(|s| s.f64());
    let (all, client) = (number("max_rate"), number("client_max_rate"));
    let limits = |rate: Option<f64>| rate.is_some_and(|rate| rate > 0.0);
    if !limits(all) && !limits(client) {
        for key in ["max_rate", "client_max_rate"] {
            zero(spot, key, "zero switches the limit off, it doesn't stop requests", findings);
        }
    }
    buckets(spot, findings);
    if let Some(every) = spot.get("every")
        && every.duration().is_some_and(|time| time < Duration::from_secs(1))
    {
        let fault = every.warning("raised", "a period below a second counts as a second");
        findings.add(fault.help("raise the rate instead"));
    }
    if let (Some(all), Some(client)) = (all, client)
        && all > 0.0
        && client > all
        && let Some(client) = spot.get("client_max_rate")
    {
        let message = "one client may do more than all together, so its limit never fires";
        findings.add(client.warning("never-fires", message));
    }
    if limits(client) {
        strategy(spot, around, findings);
        callers::address(spot, around, findings);
    }
    counts::check(spot, around, findings);
}

/// What tells clients apart.
fn strategy(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(strategy) = spot.get("strategy") else {
        let fault = spot.lacks("missing", "without `strategy` client_max_rate limits nobody");
        findings.add(fault.help("add \"strategy\": \"ip\", \"header\" or \"param\""));
        return;
    };
    let key = spot.get("key").filter(|key| key.str().is_none_or(|text| !text.is_empty()));
    match (strategy.str(), key) {
        (Some(name @ ("header" | "param")), None) => {
            let message = format!("strategy {name} needs `key`: without it every request gets 429");
            findings.add(spot.lacks("missing", message));
        }
        (Some("header"), Some(key)) => inputs::header_name(&key, findings),
        (Some("param"), Some(key)) => {
            let Some(endpoint) = around.endpoint else { return };
            let Some(name) = key.str() else { return };
            if !endpoint.params.iter().any(|param| param == name) {
                let fault = key.error("undefined-variable", format!("the endpoint declares no `{{{name}}}`"));
                let params = endpoint.params.iter().map(String::as_str);
                findings.add(match fjord_document::suggest::nearest(name, params) {
                    Some(meant) => fault.help(format!("did you mean \"{meant}\"?")),
                    None => fault,
                });
            }
        }
        _ => {}
    }
}

/// `qos/ratelimit/proxy`
pub(super) fn proxy(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    zero(spot, "max_rate", "zero switches the limit off, it doesn't stop calls", findings);
    buckets(spot, findings);
    counts::check(spot, around, findings);
}

/// Buckets that hold nothing.
fn buckets(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    for key in ["capacity", "client_capacity"] {
        zero(spot, key, "a bucket of size zero holds nothing; the rate is taken instead", findings);
    }
}

/// `qos/circuit-breaker`
pub(super) fn circuit_breaker(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    zero(spot, "interval", "zero never forgets a failure", findings);
    zero(spot, "timeout", "zero counts as 60 seconds", findings);
}

/// `qos/http-cache`
pub(super) fn http_cache(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    callers::cached(spot, around, findings);
    for (key, other) in [("max_items", "max_size"), ("max_size", "max_items")] {
        if let Some(limit) = spot.get(key)
            && spot.get(other).is_none()
        {
            let fault = limit.warning("no-effect", format!("`{key}` limits nothing without `{other}`"));
            findings.add(fault.help(format!("add `{other}`")));
        }
    }
}

/// `auth/revoker`
pub(super) fn revoker(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(share) = spot.get("P")
        && share.f64().is_some_and(|share| share <= 0.0 || share >= 1.0)
    {
        findings.add(share.error("out-of-range", "expected a probability between 0 and 1, both excluded"));
    }
}

fn zero(spot: &Spot<'_>, key: &str, message: &str, findings: &mut Findings<'_>) {
    if let Some(value) = spot.get(key)
        && value.f64() == Some(0.0)
    {
        findings.add(value.warning("zero", message));
    }
}
