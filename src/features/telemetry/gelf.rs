//! `telemetry/gelf`: sends logs to Graylog.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "telemetry/gelf",
    aliases: &["github_com/devopsfaith/krakend-gelf"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::NoEffect(
        "nothing is sent to Graylog; collect the log of the worker with Workers Logs or Logpush",
    ),
    check: None,
    doc: "Sends logs to Graylog.",
    value: Kind::Object(&[
        opt("address", Kind::Str, "The address of Graylog.").required(),
        opt("enable_tcp", Kind::Bool, "Sends over TCP instead of UDP.").required(),
    ]),
};
