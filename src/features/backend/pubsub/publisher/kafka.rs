//! `backend/pubsub/publisher/kafka`: publishes the request as a message of Kafka (KrakenD 2.13).

use crate::features::backend::pubsub::kafka::{CLUSTER, PRODUCER, REASON};
use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Opt, Scopes, namespace, opt};

static WRITER: &[Opt] = &[
    opt("cluster", Kind::Object(CLUSTER), "The brokers.").required(),
    opt("topic", Kind::Str, "The topic.").required(),
    opt("producer", Kind::Object(PRODUCER), "How messages are sent."),
    opt("key_meta", Kind::Str, "The header with the message's key."),
];

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/pubsub/publisher/kafka",
    Scopes::BACKEND,
    "Publishes the request as a message of Kafka.",
    Kind::Object(&[
        opt("writer", Kind::Object(WRITER), "Where and how it is written.").required(),
        opt("success_status_code", Kind::Number { min: 200.0, max: 201.0 }, "The status of an answer.")
            .default("200"),
    ]),
)
.enterprise()
.refused(REASON)
.hosts(Hosts::Elsewhere);
