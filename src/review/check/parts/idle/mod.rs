//! Valid options of which nothing comes, or that contradict another one. What a namespace knows more of, its own room checks.

mod declared;
mod rows;
mod shape;

pub(super) use declared::check as service;
pub(super) use rows::check;

use crate::features;
use crate::options::check::{Around, Endpoint, Findings, Spot};

/// What the method, or the number of backends, makes idle.
pub(super) fn endpoint(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    if endpoint.method != "GET"
        && let Some(ttl) = endpoint.spot.get("cache_ttl")
        && ttl.duration().is_some_and(|ttl| !ttl.is_zero())
    {
        let message = format!("clients keep no answer to {}", endpoint.method);
        findings.add(ttl.warning("no-effect", message));
    }
    let Some(proxy) = endpoint.spot.namespace(&features::proxy::NAMESPACE) else { return };
    if let [_] = endpoint.backends
        && let Some(filter) = proxy.get("flatmap_filter").filter(|list| list.items().len() > 0)
    {
        let message = "with one backend KrakenD passes over the endpoint's flatmap_filter";
        findings.add(filter.note("no-effect", message).help("move it into the `proxy` of the backend"));
    }
    if let Some(fixed) = proxy.get("static")
        && let Some(data) = fixed.get("data").filter(|data| !rows::is_on(data))
    {
        findings.add(data.note("no-effect", "`static` adds nothing: its `data` is empty"));
    }
}

/// What the method or the answer of a call makes idle.
pub(super) fn backend(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let own = spot.get("method").and_then(|method| method.str()).map(str::to_uppercase);
    let method = own.or_else(|| Some(around.endpoint?.method.clone())).unwrap_or_default();
    if let Some(cache) = spot.namespace(&features::qos::http_cache::NAMESPACE)
        && !matches!(&*method, "" | "GET" | "HEAD")
    {
        findings.add(cache.warning("no-effect", format!("no answer to {method} is kept")));
    }
    shape::check(spot, around, findings);
    shape::failures(spot, around, findings);
    client_tls(spot, around, findings);
}

/// TLS towards hosts that are called without.
fn client_tls(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let client = spot.namespace(&features::backend::http::client::NAMESPACE);
    let Some(tls) = client.as_ref().and_then(|client| client.get("client_tls")).filter(rows::is_on) else {
        return;
    };
    let own = spot.get("host").filter(rows::is_on);
    let hosts = own.or_else(|| around.service?.get("host"));
    let Some(hosts) = hosts.filter(rows::is_on) else { return };
    let is_plain = |host: Spot<'_>| host.str().is_some_and(|host| host.starts_with("http://"));
    let is_found = spot.get("sd").is_some_and(|sd| sd.str().is_some_and(|sd| sd != "static"));
    if !is_found && hosts.items().all(is_plain) {
        findings.add(tls.note("no-effect", "`client_tls` has no effect: each host is http://"));
    }
}
