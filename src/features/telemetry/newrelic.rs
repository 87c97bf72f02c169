//! `telemetry/newrelic`: reports to New Relic.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/newrelic",
    Scopes::SERVICE,
    "Reports to New Relic.",
    Kind::Object(&[
        opt("debug", Kind::Bool, "Verbose agent log.").default("false"),
        opt("headers_to_pass", Kind::STRINGS, "Request headers reported."),
        opt("license", Kind::Str, "Licence key.").required(),
    ]),
)
.enterprise()
.no_effect(
    "nothing is sent by it; New Relic takes OTLP: write telemetry/opentelemetry with an exporter of otlp, host \
     https://otlp.nr-data.net, port 4318 and use_http, and its licence key as the header api-key in \
     telemetry/opentelemetry-security",
);
