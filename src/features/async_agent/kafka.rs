//! `async/kafka`: feeds an agent from topics of Kafka (KrakenD 2.13).

use crate::features::backend::pubsub::kafka::{CLUSTER, GROUP, REASON};
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "async/kafka",
    Scopes::ASYNC,
    "Feeds an agent from topics of Kafka.",
    Kind::Object(&[
        opt("cluster", Kind::Object(CLUSTER), "The brokers.").required(),
        opt("group", Kind::Object(GROUP), "The group of consumers."),
        opt("key_meta", Kind::Str, "The header with the message's key."),
    ]),
)
.enterprise()
.refused(REASON);
