//! `telemetry/logstash`: writes logs as JSON for Logstash.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/logstash",
    Scopes::SERVICE,
    "Writes logs as JSON for Logstash.",
    Kind::Object(&[opt("enabled", Kind::Bool, "Switches it on.").default("true").required()]),
)
.aliases(&["github_com/devopsfaith/krakend-logstash"])
.no_effect("lines go to the log of the worker; Workers Logs and Logpush carry them as JSON");
