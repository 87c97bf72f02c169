//! The root: addresses, and timeouts that don't fit each other.

use std::time::Duration;

use fjord_document::{Diagnostic, Severity};

use crate::options::check::{Around, Endpoint, Findings, Spot, looks};

/// More keeps connections, and the memory of what is collected, for long.
const LONG: Duration = Duration::from_secs(60);
const DEFAULT: Duration = Duration::from_secs(2);

pub(super) fn check(root: &Spot<'_>, findings: &mut Findings<'_>) {
    if let Some(spot) = root.get("listen_ip")
        && let Some(text) = spot.str()
        && !text.is_empty()
        && text.parse::<std::net::IpAddr>().is_err()
    {
        let fault = spot.error("bad-address", format!("\"{text}\" isn't an IP address"));
        findings.add(fault.help("write an address like \"127.0.0.1\" or \"::\""));
    }
    if root.get("endpoints").is_none_or(|list| list.items().len() == 0) {
        // A lint takes it for the skeleton that it may be.
        let severity = if findings.lints() { Severity::Note } else { Severity::Warning };
        let message = "there is no endpoint, so every request gets 404";
        findings.add(Diagnostic::new(severity, "no-endpoints", root.head(), message));
    }
    if let Some(spot) = root.get("tls") {
        looks::versions(&spot, findings);
    }
    if let Some(spot) = root.get("client_tls") {
        looks::client_tls(&spot, findings);
    }
    if let Some(spot) = root.get("dns_cache_ttl")
        && spot.duration().is_some_and(|time| time < Duration::from_secs(1))
    {
        findings.add(spot.warning("no-effect", "less than a second is ignored, and 30 seconds are taken"));
    }
    let timeout = root.get("timeout");
    if let Some(spot) = &timeout {
        long(spot, findings);
    }
    let timeout = timeout.and_then(|spot| spot.duration()).filter(|t| !t.is_zero()).unwrap_or(DEFAULT);
    let longest = longest_timeout(root, timeout);
    for key in ["response_header_timeout", "dialer_timeout", "expect_continue_timeout"] {
        if let Some(spot) = root.get(key)
            && spot.duration().is_some_and(|time| time > longest)
        {
            let message = format!("`{key}` is longer than any endpoint takes, so it never fires");
            findings.add(spot.warning("never-fires", message));
        }
    }
    if let Some(spot) = root.get("write_timeout")
        && spot.duration().is_some_and(|time| !time.is_zero() && time < longest)
    {
        let message = "KrakenD cuts answers before the longest endpoint's time is over";
        findings.add(spot.warning("cuts-answers", message).help("make it longer than each `timeout`"));
    }
}

/// The longest time of an endpoint.
fn longest_timeout(root: &Spot<'_>, default: Duration) -> Duration {
    let Some(endpoints) = root.get("endpoints") else { return default };
    let times = endpoints.items().map(|spot| {
        spot.get("timeout").and_then(|s| s.duration()).filter(|t| !t.is_zero()).unwrap_or(default)
    });
    times.max().unwrap_or(default)
}

pub(super) fn endpoint_timeout(endpoint: &Endpoint<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(spot) = endpoint.spot.get("timeout") {
        long(&spot, findings);
    }
}

fn long(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    if spot.duration().is_some_and(|time| time > LONG) {
        let message = "more than a minute: slow origins then hold many requests at once";
        findings.add(spot.warning("long-timeout", message));
    }
}
