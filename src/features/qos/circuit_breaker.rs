//! `qos/circuit-breaker`: stops calling a backend that keeps failing.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "qos/circuit-breaker",
    aliases: &["github.com/devopsfaith/krakend-circuitbreaker/gobreaker"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Stops calling a backend that keeps failing.",
    value: Kind::Object(&[
        opt("interval", Kind::NATURAL, "After how many seconds failures are forgotten.").required(),
        opt("log_status_change", Kind::Bool, "Logs each change of state.").default("false"),
        opt(
            "max_errors",
            Kind::NATURAL,
            "The consecutive failures that are tolerated; one more opens the circuit.",
        )
        .required(),
        opt("name", Kind::Str, "A name for logs."),
        opt("timeout", Kind::NATURAL, "How many seconds calls are refused before one is tried.").required(),
    ]),
};
