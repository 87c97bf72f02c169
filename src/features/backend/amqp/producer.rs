//! `backend/amqp/producer`: sends the request as a message to an AMQP exchange.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/amqp/producer",
    Scopes::BACKEND,
    "Sends the request as a message to an AMQP exchange.",
    Kind::Object(&[
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
        opt("exp_key", Kind::Str, "The parameter with the life time of the message.").default("\"\""),
        opt("immediate", Kind::Bool, "AMQP immediate.").default("false"),
        opt("mandatory", Kind::Bool, "AMQP mandatory.").default("false"),
        opt("max_retries", Kind::INT, "Attempts to connect; 0 for no limit.").default("0"),
        opt("msg_id_key", Kind::Str, "The parameter with the id of the message.").default("\"\""),
        opt("name", Kind::Str, "The queue.").required(),
        opt("no_local", Kind::Bool, "AMQP no-local flag."),
        opt("no_wait", Kind::Bool, "AMQP no-wait flag."),
        opt("priority_key", Kind::Str, "The parameter with the priority of the message.").default("\"\""),
        opt("reply_to_key", Kind::Str, "The parameter with the address for answers.").default("\"\""),
        opt(
            "routing_key",
            Kind::Str,
            "The parameter with the routing key, or the key itself with static_routing_key.",
        )
        .default("\"#\"")
        .required(),
        opt("static_routing_key", Kind::Bool, "Takes routing_key as the key itself.").default("false"),
    ]),
)
.aliases(&["github.com/devopsfaith/krakend-amqp/produce"])
.refused("a worker can't hold a connection to a broker; use a queue of the platform")
.hosts(Hosts::Amqp);
