//! What nothing is sent by: exporters that only KrakenD can serve.

use crate::options::check::{Around, Findings, Spot};

use super::GRPC;

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
