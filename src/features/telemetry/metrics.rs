//! `telemetry/metrics`: collects metrics and serves them.

use crate::options::{Kind, Namespace, Scopes, formats, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/metrics",
    Scopes::SERVICE,
    "Collects metrics and serves them.",
    Kind::Object(&[
        opt("backend_disabled", Kind::Bool, "Measures no calls of backends.").default("false"),
        opt("collection_time", Kind::Duration, "The window of a measurement.").default("\"60s\""),
        opt("endpoint_disabled", Kind::Bool, "Serves no statistics page.").default("false"),
        opt("listen_address", Kind::Format(&formats::LISTEN), "The address of the statistics page.")
            .default("\":8090\""),
        opt("proxy_disabled", Kind::Bool, "Measures no endpoints.").default("false"),
        opt("router_disabled", Kind::Bool, "Measures no requests.").default("false"),
    ]),
)
.aliases(&["github_com/devopsfaith/krakend-metrics"])
.no_effect(
    "no page /__stats/ is served: each isolate would show its own part of the traffic; write telemetry/opentelemetry, whose \
     collector adds the parts up",
);
