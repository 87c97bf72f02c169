//! Addresses and header names that can't be read, and a health page that an endpoint hides.

use crate::options::check::{Around, Findings, Spot, looks};

/// Checks the options of the router.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(list) = spot.get("trusted_proxies") {
        for item in list.items() {
            let Some(text) = item.str() else { continue };
            if fjord_http::client_ip::TrustedProxies::parse([text]).1.is_some() {
                let fault =
                    item.error("bad-address", format!("\"{text}\" is neither an address nor a network"));
                findings.add(fault.help("write \"10.0.0.1\" or \"10.0.0.0/8\""));
            }
        }
    }
    if let Some(list) = spot.get("remote_ip_headers") {
        list.items().for_each(|item| looks::header_name(&item, findings));
    }
    let disabled = spot.get("disable_health").is_some_and(|s| s.is_true());
    if let Some(health) = spot.get("health_path").filter(|_| !disabled) {
        health_path(&health, around, findings);
    }
}

fn health_path(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(path) = spot.str() else { return };
    if !path.starts_with('/') {
        let fault = spot.error("bad-path", "a path starts with a slash");
        findings.add(fault.help(format!("write \"/{path}\"")));
    }
    let Some(endpoints) = around.service.and_then(|service| service.get("endpoints")) else { return };
    for endpoint in endpoints.items() {
        let other = endpoint.get("endpoint");
        let method = endpoint.get("method");
        let is_get = method.and_then(|m| m.str()).unwrap_or("GET").eq_ignore_ascii_case("GET");
        if let Some(other) = other
            && is_get
            && other.str() == Some(path)
        {
            let fault = spot.error("duplicate-route", format!("an endpoint has the path {path} too"));
            findings.add(fault.related(other.span(), "this endpoint"));
        }
    }
}
