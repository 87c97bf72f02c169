//! `backend/pubsub/subscriber/kafka`: answers with a message of Kafka (KrakenD 2.13).

use crate::features::backend::pubsub::kafka::{CLUSTER, GROUP, REASON};
use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Opt, Scopes, namespace, opt};

static READER: &[Opt] = &[
    opt("cluster", Kind::Object(CLUSTER), "The brokers.").required(),
    opt("topics", Kind::STRINGS, "The topics.").required(),
    opt("group", Kind::Object(GROUP), "The group of consumers."),
    opt("key_meta", Kind::Str, "The header with the message's key."),
];

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/pubsub/subscriber/kafka",
    Scopes::BACKEND,
    "Answers with a message of Kafka.",
    Kind::Object(&[opt("reader", Kind::Object(READER), "Where and how it is read.").required()]),
)
.enterprise()
.refused(REASON)
.hosts(Hosts::Elsewhere);
