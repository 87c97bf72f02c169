//! `qos/ratelimit/service`: limits the requests to the whole service.

pub mod redis;

use crate::features::qos::ratelimit::router;
use crate::registry::{Edition, Kind, Namespace, Rule, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "qos/ratelimit/service",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    doc: "Limits the requests to the whole service.",
    value: Kind::With(&Kind::Object(router::OPTIONS), &[Rule::AnyOf(&[&["max_rate"], &["client_max_rate"]])]),
};
