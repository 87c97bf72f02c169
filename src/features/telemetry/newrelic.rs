//! `telemetry/newrelic`: reports to New Relic.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "telemetry/newrelic",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    check: None,
    doc: "Reports to New Relic.",
    value: Kind::Object(&[
        opt("debug", Kind::Bool, "Verbose agent log.").default("false"),
        opt("headers_to_pass", Kind::STRINGS, "Request headers reported."),
        opt("license", Kind::Str, "Licence key.").required(),
    ]),
};
