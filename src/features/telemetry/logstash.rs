//! `telemetry/logstash`: writes logs as JSON for Logstash.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "telemetry/logstash",
    aliases: &["github_com/devopsfaith/krakend-logstash"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::NoEffect(
        "lines go to the log of the worker; Workers Logs and Logpush carry them as JSON",
    ),
    check: None,
    doc: "Writes logs as JSON for Logstash.",
    value: Kind::Object(&[opt("enabled", Kind::Bool, "Switches it on.").default("true").required()]),
};
