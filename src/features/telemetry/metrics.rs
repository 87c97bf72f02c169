//! `telemetry/metrics`: collects metrics and serves them.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, formats, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "telemetry/metrics",
    aliases: &["github_com/devopsfaith/krakend-metrics"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::NoEffect("the platform measures requests itself; no statistics page is served"),
    check: None,
    doc: "Collects metrics and serves them.",
    value: Kind::Object(&[
        opt("backend_disabled", Kind::Bool, "Measures no calls of backends.").default("false"),
        opt("collection_time", Kind::Duration, "The window of a measurement.").default("\"60s\""),
        opt("endpoint_disabled", Kind::Bool, "Serves no statistics page.").default("false"),
        opt("listen_address", Kind::Format(&formats::LISTEN), "The address of the statistics page.")
            .default("\":8090\""),
        opt("proxy_disabled", Kind::Bool, "Measures no endpoints.").default("false"),
        opt("router_disabled", Kind::Bool, "Measures no requests.").default("false"),
    ]),
};
