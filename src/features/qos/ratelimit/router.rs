//! `qos/ratelimit/router`: limits the requests to an endpoint, of each client and of all.

pub mod redis;

use fjord_document::node::Node;

use super::counter::BINDING;
use super::limiter::Limiter;
use super::{check, counting};
use crate::context::Cx;
use crate::gateway::{Handler, Incoming, NextHandler};
use crate::options::check::Purpose;
use crate::options::{Kind, Namespace, Opt, Options, Refusal, Rule, Scopes, Site, namespace, opt};
use crate::platform::{Answer, LocalFuture};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/router",
    Scopes::ENDPOINT,
    "Limits the requests to an endpoint, of each client and of all.",
    Kind::With(&Kind::Object(OPTIONS), &[Rule::AnyOf(&[&["max_rate"], &["client_max_rate"]])]),
)
.check(check::router)
.calls(Purpose::Counters, counting::calls);

const NO_SWEEPING: &str = "the counters live in the memory of one isolate, which needs no sweeping";

/// The limits of the service and of the router are written alike.
pub static OPTIONS: &[Opt] = &[
    BINDING,
    opt("capacity", Kind::NATURAL, "How many requests may come at once; max_rate by default."),
    opt("cleanup_period", Kind::Duration, "How often counters of absent clients are removed.")
        .default("\"1m\"")
        .no_effect(NO_SWEEPING),
    opt("cleanup_threads", Kind::INT, "How many workers remove counters.")
        .default("1")
        .no_effect(NO_SWEEPING),
    opt(
        "client_capacity",
        Kind::NATURAL,
        "How many requests of one client may come at once; client_max_rate by default.",
    ),
    opt("client_max_rate", Kind::RATE, "The requests of one client in a period; more get 429."),
    opt("every", Kind::Duration, "The period of both rates; a second at least.").default("\"1s\""),
    opt("key", Kind::Str, "The header or parameter that tells clients apart."),
    opt("max_rate", Kind::RATE, "The requests of all clients in a period; more get 503. 0 for no limit."),
    opt("num_shards", Kind::INT, "The number of tables of counters.").default("2048").no_effect(NO_SWEEPING),
    opt(
        "strategy",
        Kind::Enum(&["ip", "header", "param"]),
        "What tells clients apart; without it client_max_rate does nothing.",
    ),
];

/// The limits of one endpoint.
struct Router(Limiter);

/// Compiles the limits; rates of zero switch them off.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let limiter = Limiter::new(site, &Options::of(node, &NAMESPACE))?;
    Ok((!limiter.is_off()).then(|| Box::new(Router(limiter)) as Box<dyn Handler>))
}

impl Handler for Router {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            match self.0.take(cx.reach(), &incoming, cx.deadline.remaining_ms()).await {
                Ok(()) => next.run(cx, incoming).await,
                Err(limited) => limited.answer(cx.reach(), &incoming),
            }
        })
    }
}
