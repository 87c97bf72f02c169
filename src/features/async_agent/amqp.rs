//! `async/amqp`: feeds an agent from an AMQP queue.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "async/amqp",
    aliases: &["github.com/devopsfaith/krakend-amqp/agent"],
    scopes: Scopes::ASYNC,
    edition: Edition::Ce,
    support: Support::Refused(
        "a worker can not hold a connection to a broker; consume a queue of the platform",
    ),
    check: None,
    doc: "Feeds an agent from an AMQP queue.",
    value: Kind::Object(&[
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
};
