//! `telemetry/newrelic`: reports to New Relic.

use crate::options::{Kind, Namespace, Scopes, Support, namespace, opt};

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
.support(Support::ENTERPRISE_IGNORED);
