//! `telemetry/gelf`: sends logs to Graylog.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/gelf",
    Scopes::SERVICE,
    "Sends logs to Graylog.",
    Kind::Object(&[
        opt("address", Kind::Str, "The address of Graylog.").required(),
        opt("enable_tcp", Kind::Bool, "Sends over TCP instead of UDP.").required(),
    ]),
)
.aliases(&["github_com/devopsfaith/krakend-gelf"])
.no_effect(
    "nothing is sent to Graylog: GELF goes over UDP or a bare TCP connection, and fetch opens neither; have Logpush or a tail \
     worker send the worker's log to an HTTP input of Graylog",
);
