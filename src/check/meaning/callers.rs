//! Who a caller is: answers of one that a cache gives to another, and addresses that a client may choose.

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::Around;
use crate::features::qos::http_cache::Callers;
use crate::plan::TRUST;

/// Answers to one client's credentials that are kept for all.
pub(super) fn cached(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let (Some(endpoint), Some((_, backend))) = (around.endpoint, around.backend) else { return };
    let is_shared = spot.get("shared").is_some_and(|shared| shared.is_true());
    let validator = endpoint.spot.namespace("auth/validator");
    let validator = validator.as_ref().map(|validator| validator.node);
    let headers = Callers::of(endpoint.spot.node, backend.node, validator).mixed_up(is_shared);
    if headers.is_empty() {
        return;
    }
    let (names, them) = (headers.join(", "), if headers.len() == 1 { "it" } else { "them" });
    let message = format!(
        "the backend gets {names}, and its answers are given to whoever asks next: they are kept by URL and by what the \
         origin's Vary names"
    );
    let help = match is_shared {
        true => format!("don't let {them} in, or name {them} in the origin's Vary"),
        false => format!(
            "don't let {them} in, name {them} in the origin's Vary, or set \"shared\": true, which keeps no answer to \
             Authorization or Cookie unless the origin says `public`"
        ),
    };
    findings.add(spot.warning("kept-for-all", message).help(help));
}

/// A limit by address, where nobody but the client may say what that is.
pub(super) fn address(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(strategy) = spot.get("strategy").filter(|strategy| strategy.str() == Some("ip")) else { return };
    let key = spot.get("key");
    let header = key.as_ref().and_then(Spot::str).filter(|header| !header.is_empty());
    if let Some(header) = header.filter(|header| !header.eq_ignore_ascii_case("cf-connecting-ip")) {
        let message = format!("a client that writes another {header} each time is another client each time");
        let fault = strategy.warning("forged-address", message);
        findings.add(fault.help("leave `key` out: the address is then the one that the platform tells"));
        return;
    }
    let router = around.service.and_then(|service| service.namespace("router"));
    if router.is_some_and(|router| TRUST.iter().any(|name| router.get(name).is_some())) {
        return;
    }
    let message = "outside Cloudflare (`fjord run`, a workerd of your own) a client chooses its address: X-Forwarded-For is believed";
    let fault = strategy.warning("forged-address", message);
    findings.add(fault.help(
        "behind proxies of your own name them in the service's `router.trusted_proxies`; on Cloudflare the platform tells the address",
    ));
}
