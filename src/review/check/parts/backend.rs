//! One backend: its path, its hosts, its method, its filters.

use super::{hosts, inputs, response, url_pattern};
use crate::options::check::{Around, Endpoint, Findings, Spot};

pub(super) fn check(
    spot: &Spot<'_>,
    endpoint: &Endpoint<'_>,
    around: &Around<'_>,
    findings: &mut Findings<'_>,
) {
    let Some((index, _)) = around.backend else { return };
    if let Some(pattern) = spot.get("url_pattern") {
        url_pattern::check(&pattern, index, endpoint, around, findings);
    }
    host(spot, around, findings);
    if let Some(method) = spot.get("method")
        && let Some(name @ ("CONNECT" | "TRACE")) = method.str()
    {
        findings.add(method.error("not-supported", format!("a worker can't send {name} requests")));
    }
    inputs::backend(spot, endpoint, findings);
    response::filters(spot, findings);
}

fn host(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    // Null is reported as a wrong type.
    if !matches!(spot.node.kind, fjord_document::node::Kind::Object(_)) {
        return;
    }
    let rules = hosts::Rules::of(spot);
    let list = spot.get("host");
    if let Some(list) = list.as_ref().filter(|list| list.items().len() > 0) {
        return hosts::list(list, rules, around, findings);
    }
    let inherited =
        around.service.is_some_and(|service| service.get("host").is_some_and(|list| list.items().len() > 0));
    let wrong_type =
        list.as_ref().is_some_and(|list| !matches!(list.node.kind, fjord_document::node::Kind::Array(_)));
    if inherited || wrong_type || hosts::is_elsewhere(spot) {
        return;
    }
    let message = "no host: neither the backend nor the service names one, so every call fails";
    let fault = match &list {
        Some(list) => list.lacks("missing-host", message),
        None => spot.lacks("missing-host", message),
    };
    findings.add(fault.help("add \"host\": [\"https://api.example.com\"]"));
}
