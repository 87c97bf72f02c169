//! `backend/pubsub/publisher`: publishes the request as a message.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/pubsub/publisher",
    aliases: &["github.com/devopsfaith/krakend-pubsub/publisher"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    check: None,
    doc: "Publishes the request as a message.",
    value: Kind::Object(&[opt(
        "topic_url",
        Kind::Str,
        "The topic, in the form of the driver that the host names.",
    )
    .required()]),
};
