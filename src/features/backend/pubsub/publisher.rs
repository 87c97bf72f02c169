//! `backend/pubsub/publisher`: publishes the request as a message.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Scopes, Support, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/pubsub/publisher",
    Scopes::BACKEND,
    "Publishes the request as a message.",
    Kind::Object(&[
        opt("topic_url", Kind::Str, "The topic, in the form of the driver that the host names.").required()
    ]),
)
.aliases(&["github.com/devopsfaith/krakend-pubsub/publisher"])
.support(Support::NOT_YET)
.hosts(Hosts::PubSub);
