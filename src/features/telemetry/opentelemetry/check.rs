//! What nothing is sent by: exporters that only KrakenD can serve, and names of exporters that aren't there.

use fjord_document::node::Node;

use crate::options::check::{Around, Findings, Spot};

use super::{GRPC, NAMESPACE};

pub(super) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(exporters) = spot.get("exporters") else { return };
    let collectors = exporters.get("otlp");
    for exporter in collectors.iter().flat_map(Spot::items) {
        if !exporter.get("use_http").is_some_and(|flag| flag.is_true()) {
            findings.add(exporter.warning("grpc", format!("nothing is sent to it: {GRPC}")));
        } else if exporter.get("port").is_some_and(|port| port.f64() == Some(4317.0)) {
            let port = exporter.get("port").unwrap_or(exporter);
            findings.add(
                port.warning("grpc", "4317 is a collector's port for gRPC; that of HTTP is usually 4318"),
            );
        }
    }
}

pub(super) fn endpoint(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(service) = of_service(spot, around, findings) else { return };
    let kinds = ["otlp", "prometheus"].map(|kind| service.get("exporters").and_then(|all| all.get(kind)));
    let known = || kinds.into_iter().flatten().flat_map(Node::items);
    let is_known = |name| known().any(|exporter| exporter.get("name").and_then(Node::as_str) == Some(name));
    let Some(exporters) = spot.get("exporters_override") else { return };
    let lists = ["trace_exporters", "metric_exporters"].map(|list| exporters.get(list));
    for list in lists.iter().flatten() {
        for named in list.items() {
            if let Some(name) = named.str().filter(|name| !is_known(name)) {
                findings.add(named.warning("no-effect", format!("no exporter is called {name:?}")));
            }
        }
    }
}

pub(super) fn backend(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    of_service(spot, around, findings);
}

/// The options at the service; a finding where there are none, since nothing is reported then.
fn of_service<'a>(spot: &Spot<'_>, around: &Around<'a>, findings: &mut Findings<'_>) -> Option<&'a Node> {
    let found = around.service?.namespace(&NAMESPACE).map(|service| service.node);
    if found.is_none() {
        findings.add(spot.warning(
            "no-effect",
            "nothing is reported: telemetry/opentelemetry is missing at the service, with its exporters",
        ));
    }
    found
}
