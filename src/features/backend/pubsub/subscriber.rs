//! `backend/pubsub/subscriber`: answers with a message of a subscription.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Scopes, Support, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/pubsub/subscriber",
    Scopes::BACKEND,
    "Answers with a message of a subscription.",
    Kind::Object(&[opt(
        "subscription_url",
        Kind::Str,
        "The subscription, in the form of the driver; one message for each request.",
    )
    .required()]),
)
.aliases(&["github.com/devopsfaith/krakend-pubsub/subscriber"])
.support(Support::NOT_YET)
.hosts(Hosts::PubSub);
