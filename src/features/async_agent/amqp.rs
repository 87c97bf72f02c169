//! `async/amqp`: feeds an agent from an AMQP queue.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "async/amqp",
    Scopes::ASYNC,
    "Feeds an agent from an AMQP queue.",
    Kind::Object(&[
        opt("auto_ack", Kind::Bool, "Takes messages as done on delivery.").default("false"),
        opt("delete", Kind::Bool, "Deletes the queue when nobody uses it.").default("false"),
        opt("durable", Kind::Bool, "Keeps the queue over a restart of the broker.").default("false"),
        opt("exchange", Kind::Str, "The exchange.").required(),
        opt("exclusive", Kind::Bool, "Lets nobody else read the queue.").default("false"),
        opt("host", Kind::Str, "The address of the broker.").required(),
        opt("nack_discard", Kind::Bool, "Drops messages that can't be read.").default("false"),
        opt("name", Kind::Str, "The queue.").required(),
        opt("no_local", Kind::Bool, "Doesn't deliver messages of the same connection."),
        opt("no_wait", Kind::Bool, "Doesn't wait for the broker's confirmation."),
        opt("prefetch_count", Kind::INT, "How many messages are fetched ahead.").default("10"),
        opt("prefetch_size", Kind::INT, "How many bytes are fetched ahead.").default("0"),
    ]),
)
.aliases(&["github.com/devopsfaith/krakend-amqp/agent"])
.refused("a worker can't hold a connection to a broker; consume a queue of the platform by async/queue");
