//! Limits that would never fire, or always, and clients that aren't told apart.

use std::time::Duration;

use super::counting;
use crate::features;
use crate::features::router::TRUST;
use crate::options::check::{Around, Findings, Spot, looks};

/// `qos/ratelimit/router`, `qos/ratelimit/service`
pub(super) fn router(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let number = |key| spot.get(key).and_then(|s| s.f64());
    let (all, client) = (number("max_rate"), number("client_max_rate"));
    let limits = |rate: Option<f64>| rate.is_some_and(|rate| rate > 0.0);
    if !limits(all) && !limits(client) {
        for key in ["max_rate", "client_max_rate"] {
            looks::zero(spot, key, "zero switches the limit off, it doesn't stop requests", findings);
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
        address(spot, around, findings);
    }
    counting::check(spot, around, findings);
}

/// What tells clients apart.
fn strategy(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(strategy) = spot.get("strategy") else {
        let fault = spot.lacks("missing", "without `strategy` client_max_rate limits no client");
        findings.add(fault.help("add \"strategy\": \"ip\", \"header\" or \"param\""));
        return;
    };
    let key = spot.get("key").filter(|key| key.str().is_none_or(|text| !text.is_empty()));
    match (strategy.str(), key) {
        (Some(name @ ("header" | "param")), None) => {
            let message = format!("strategy {name} needs `key`: without it every request gets 429");
            findings.add(spot.lacks("missing", message));
        }
        (Some("header"), Some(key)) => looks::header_name(&key, findings),
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
    looks::zero(spot, "max_rate", "zero switches the limit off, it doesn't stop calls", findings);
    buckets(spot, findings);
    counting::check(spot, around, findings);
}

/// Buckets that hold nothing.
fn buckets(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    for key in ["capacity", "client_capacity"] {
        looks::zero(spot, key, "a bucket of size zero holds nothing; the rate is taken instead", findings);
    }
}

/// A limit by address, where nobody but the client may say what that is.
fn address(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(strategy) = spot.get("strategy").filter(|strategy| strategy.str() == Some("ip")) else { return };
    let key = spot.get("key");
    let header = key.as_ref().and_then(Spot::str).filter(|header| !header.is_empty());
    if let Some(header) = header.filter(|header| !header.eq_ignore_ascii_case("cf-connecting-ip")) {
        let message = format!("a client that writes another {header} each time is another client each time");
        let fault = strategy.warning("forged-address", message);
        findings.add(fault.help("leave `key` out: the address is then the one that the platform tells"));
        return;
    }
    let router = around.service.and_then(|service| service.namespace(&features::router::NAMESPACE));
    if router.is_some_and(|router| TRUST.iter().any(|name| router.get(name).is_some())) {
        return;
    }
    let message = "outside Cloudflare (`fjord run`, a workerd of your own) a client chooses its address: X-Forwarded-For is believed";
    let fault = strategy.warning("forged-address", message);
    findings.add(fault.help(
        "behind proxies of your own name them in the service's `router.trusted_proxies`; on Cloudflare the platform tells the address",
    ));
}
