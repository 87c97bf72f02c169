//! `backend/amqp/consumer`: answers with a message of an AMQP queue.

use fjord_document::node::Node;

use crate::context::Cx;
use crate::features::backend::brokers::plan::{object, texts};
use crate::features::backend::brokers::{Broker, Undecodable};
use crate::options::check::Hosts;
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::LocalFuture;
use crate::proxy::{Layer, Next, Reply, Request};

use super::broker::{broker, exchange};

const ANEW: &str = "each request connects anew, once";
const GONE: &str = "the queue would go with the connection of each request; remove this option";

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/amqp/consumer",
    Scopes::BACKEND,
    "Answers with a message of an AMQP queue.",
    Kind::Object(&[
        opt("auto_ack", Kind::Bool, "Takes messages as done on delivery.")
            .default("false")
            .no_effect("a message is acknowledged once it has been decoded"),
        opt(
            "backoff_strategy",
            Kind::Enum(&["linear", "linear-jitter", "exponential", "exponential-jitter", "fallback"]),
            "How the wait between attempts to connect grows.",
        )
        .default("\"fallback\"")
        .no_effect(ANEW),
        opt("delete", Kind::Bool, "Deletes the queue when nobody uses it.").default("false").refused(GONE),
        opt("durable", Kind::Bool, "Keeps the queue over a restart of the broker.").default("false"),
        opt("exchange", Kind::Str, "The exchange.").required(),
        opt("exclusive", Kind::Bool, "Lets nobody else read the queue.").default("false").refused(GONE),
        opt("max_retries", Kind::INT, "Attempts to connect; 0 for no limit.").default("0").no_effect(ANEW),
        opt("nack_discard", Kind::Bool, "Drops messages that can't be read.").default("false"),
        opt("name", Kind::Str, "The queue.").required(),
        opt("no_local", Kind::Bool, "AMQP no-local flag.").no_effect("RabbitMQ knows no such flag"),
        opt("no_wait", Kind::Bool, "AMQP no-wait flag."),
        opt("prefetch_count", Kind::INT, "QoS count.").default("0").no_effect("a request takes one message"),
        opt("routing_key", Kind::STRINGS, "The keys that the queue is bound to.").required(),
    ]),
)
.requires(Capability::Brokers)
.aliases(&["github.com/devopsfaith/krakend-amqp/consume"])
.hosts(Hosts::Amqp);

/// The queue of one backend.
struct Consumer {
    broker: Broker,
    undecodable: Undecodable,
}

/// Compiles the consumer.
///
/// # Errors
/// If its options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let queue = object([
        ("name", options.str("name")?.into()),
        ("durable", options.bool("durable")?.into()),
        ("routing_keys", texts(options.strings("routing_key")?)),
    ]);
    let source = object([("declare", vec![exchange(&options)?, queue].into())]);
    let undecodable =
        if options.bool("nack_discard")? { Undecodable::Discarded } else { Undecodable::Requeued };
    Ok(Some(Box::new(Consumer { broker: broker(site.node, ("source", source))?, undecodable })))
}

impl Layer for Consumer {
    fn handle<'a>(&'a self, cx: Cx<'a>, _: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move { self.broker.receive(cx, next, self.undecodable).await.into() })
    }
}
