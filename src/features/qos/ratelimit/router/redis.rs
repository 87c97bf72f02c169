//! `qos/ratelimit/router/redis`: limits the requests to an endpoint with counters that all isolates share.
//!
//! KrakenD counts in Redis, which a worker can't reach within a request's time from everywhere. Here the connection's name is that of a binding
//! of the worker: a Durable Object namespace, which counts exactly.

use fjord_document::node::Node;

use super::Router;
use crate::features::qos::ratelimit::limiter::Limiter;
use crate::features::qos::ratelimit::{check, counting};
use crate::gateway::Handler;
use crate::options::check::Purpose;
use crate::options::{
    Capability, Kind, Namespace, Opt, Options, Refusal, Rule, Scopes, Site, namespace, opt,
};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/router/redis",
    Scopes::ENDPOINT,
    "Limits the requests to an endpoint with counters in Redis.",
    LIMITS,
)
.enterprise()
.requires(Capability::Redis)
.check(check::router)
.calls(Purpose::Counters, counting::calls);

/// Limits with counters in Redis; shared by several namespaces.
pub const LIMITS: Kind = Kind::With(
    &Kind::Object(OPTIONS),
    &[Rule::AnyOf(&[
        &["connection_pool", "max_rate"],
        &["connection_pool", "client_max_rate"],
        &["connection_name", "max_rate"],
        &["connection_name", "client_max_rate"],
    ])],
);

/// Compiles the limits; rates of zero switch them off.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let limiter = Limiter::redis(site, &Options::of(node, &NAMESPACE), format!("{} redis", site.name()))?;
    Ok((!limiter.is_off()).then(|| Box::new(Router(limiter)) as Box<dyn Handler>))
}

static OPTIONS: &[Opt] = &[
    opt("capacity", Kind::NATURAL, "Bucket size.").default("1"),
    opt("client_capacity", Kind::NATURAL, "Per-client bucket size.").default("1"),
    opt("client_max_rate", Kind::RATE, "Per-client rate."),
    opt("connection_name", Kind::Binding, "Redis pool name; here the name of a binding."),
    opt("connection_pool", Kind::Binding, "Deprecated alias.").deprecated("connection_name"),
    opt("every", Kind::Duration, "Period.").default("\"1s\""),
    opt("key", Kind::Str, "Header/param."),
    opt("max_rate", Kind::RATE, "Global rate."),
    opt("on_failure_allow", Kind::Bool, "Allow when store is down.").default("false"),
    opt("strategy", Kind::Enum(&["ip", "header", "param"]), "Ip/header/param."),
];
