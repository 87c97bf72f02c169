//! `backend/pubsub/subscriber`: answers with a message of a subscription.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/pubsub/subscriber",
    aliases: &["github.com/devopsfaith/krakend-pubsub/subscriber"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    check: None,
    doc: "Answers with a message of a subscription.",
    value: Kind::Object(&[opt(
        "subscription_url",
        Kind::Str,
        "The subscription, in the form of the driver; one message for each request.",
    )
    .required()]),
};
