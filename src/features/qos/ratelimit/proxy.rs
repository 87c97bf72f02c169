//! `qos/ratelimit/proxy`: limits the calls to a backend.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "qos/ratelimit/proxy",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Limits the calls to a backend.",
    value: Kind::Object(&[
        opt("capacity", Kind::NATURAL, "How many calls may go out at once; max_rate by default.").required(),
        opt("every", Kind::Duration, "The period.").default("\"1s\""),
        opt("max_rate", Kind::RATE, "The calls of this backend in a period; more fail.").required(),
    ]),
};
