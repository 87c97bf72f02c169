//! `backend/pubsub/publisher`: publishes the request as a message.

pub mod kafka;

use fjord_document::node::Node;

use crate::context::Cx;
use crate::features::backend::brokers::plan::object;
use crate::features::backend::brokers::{Broker, enqueue, first_values, whole_body};
use crate::options::check::{Around, Findings, Hosts, Spot};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::LocalFuture;
use crate::proxy::{Error, Layer, Next, Reply, Request, Response};

use super::check;
use super::driver::{self, Driver, Use};
use super::subscriber;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/pubsub/publisher",
    Scopes::BACKEND,
    "Publishes the request as a message.",
    Kind::Object(&[
        opt("topic_url", Kind::Str, "The topic, in the form of the driver that the host names.").required()
    ]),
)
.requires(Capability::Brokers)
.aliases(&["github.com/devopsfaith/krakend-pubsub/publisher"])
.check(check)
.hosts(Hosts::PubSub);

/// The topic of one backend.
enum Publisher {
    Broker(Broker),
    /// The binding of a queue of the platform.
    Queue(String),
}

/// The binding of the queue of the platform that a topic of this backend is; none for a broker's.
pub fn queue_of(backend: &Node, topic: &str) -> Option<String> {
    let (driver, address) = driver::url(backend, topic).ok()?;
    if driver != Driver::Queue {
        return None;
    }
    driver::queue(&address, &Use::Publish).ok()
}

/// Compiles the publisher.
///
/// # Errors
/// If its URL can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    // A backend with both is a subscriber, as in KrakenD.
    if site.namespace(&subscriber::NAMESPACE).is_some() {
        return Ok(None);
    }
    let options = Options::of(node, &NAMESPACE);
    let (driver, address) =
        driver::url(site.node, options.str("topic_url")?).map_err(|fault| Refusal(fault.into_text()))?;
    let publisher = match driver {
        Driver::Queue => driver::queue(&address, &Use::Publish).map(Publisher::Queue),
        _ => driver::broker(driver, &address, &Use::Publish, site.environment).map(Publisher::Broker),
    };
    Ok(Some(Box::new(publisher.map_err(Refusal)?)))
}

impl Layer for Publisher {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, _: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move { self.publish(cx, request).await.into() })
    }
}

// === impl Publisher ===

impl Publisher {
    async fn publish(&self, cx: Cx<'_>, mut request: Request) -> Result<Response, Error> {
        let body = whole_body(cx, &mut request).await?;
        match self {
            Self::Broker(broker) => {
                broker.publish(cx, object([("headers", first_values(&request))]), body).await
            }
            Self::Queue(binding) => {
                // Its messages have no header lines; the type says how the body is kept.
                let kind = request.headers.get("Content-Type").unwrap_or_default();
                enqueue(cx, binding, kind, &body).await
            }
        }
    }
}

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    check::check(spot, around, "topic_url", &Use::Publish, findings);
}
