//! `backend/pubsub/subscriber`: answers with a message of a subscription.

pub mod kafka;

use fjord_document::node::Node;

use crate::context::Cx;
use crate::features::backend::brokers::{Broker, Undecodable};
use crate::options::check::{Around, Findings, Hosts, Spot};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::LocalFuture;
use crate::proxy::{Layer, Next, Reply, Request};

use super::check;
use super::driver::{self, Use};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/pubsub/subscriber",
    Scopes::BACKEND,
    "Answers with a message of a subscription.",
    Kind::Object(&[
        opt(
            "subscription_url",
            Kind::Str,
            "The subscription, in the form of the driver; one message for each request.",
        )
        .required(),
        opt(
            "binding",
            Kind::Reader,
            "Fjord extension: the binding of a Durable Object namespace of the class FjordOrigins, which reads groups of Kafka.",
        ),
    ]),
)
.requires(Capability::Brokers)
.aliases(&["github.com/devopsfaith/krakend-pubsub/subscriber"])
.check(check)
.hosts(Hosts::PubSub);

/// The subscription of one backend.
struct Subscriber(Broker);

/// Compiles the subscriber.
///
/// # Errors
/// If its URL can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let (driver, address) = driver::url(site.node, options.str("subscription_url")?)
        .map_err(|fault| Refusal(fault.into_text()))?;
    let purpose = Use::Subscribe { binding: options.str("binding")? };
    let broker = driver::broker(driver, &address, &purpose, site.environment).map_err(Refusal)?;
    Ok(Some(Box::new(Subscriber(broker))))
}

impl Layer for Subscriber {
    fn handle<'a>(&'a self, cx: Cx<'a>, _: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        // KrakenD doesn't acknowledge what it can't decode, so the broker gives it again.
        Box::pin(async move { self.0.receive(cx, next, Undecodable::Requeued).await.into() })
    }
}

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let binding = spot.node.get("binding").and_then(Node::as_str).unwrap_or_default();
    check::check(spot, around, "subscription_url", &Use::Subscribe { binding }, findings);
}
