//! `backend/amqp/consumer`: answers with a message of an AMQP queue.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/amqp/consumer",
    Scopes::BACKEND,
    "Answers with a message of an AMQP queue.",
    Kind::Object(&[
        opt("auto_ack", Kind::Bool, "Takes messages as done on delivery.").default("false"),
        opt(
            "backoff_strategy",
            Kind::Enum(&["linear", "linear-jitter", "exponential", "exponential-jitter", "fallback"]),
            "How the wait between attempts to connect grows.",
        )
        .default("\"fallback\""),
        opt("delete", Kind::Bool, "Deletes the queue when nobody uses it.").default("false"),
        opt("durable", Kind::Bool, "Keeps the queue over a restart of the broker.").default("false"),
        opt("exchange", Kind::Str, "The exchange.").required(),
        opt("exclusive", Kind::Bool, "Lets nobody else read the queue.").default("false"),
        opt("max_retries", Kind::INT, "Attempts to connect; 0 for no limit.").default("0"),
        opt("nack_discard", Kind::Bool, "Drops messages that can't be read.").default("false"),
        opt("name", Kind::Str, "The queue.").required(),
        opt("no_local", Kind::Bool, "AMQP no-local flag."),
        opt("no_wait", Kind::Bool, "AMQP no-wait flag."),
        opt("prefetch_count", Kind::INT, "QoS count.").default("0"),
        opt("routing_key", Kind::STRINGS, "The keys that the queue is bound to.").required(),
    ]),
)
.aliases(&["github.com/devopsfaith/krakend-amqp/consume"])
.refused("a worker can't hold a connection to a broker; use a queue of the platform")
.hosts(Hosts::Amqp);
