//! `backend/amqp/producer`: sends the request as a message to an AMQP exchange.

use fjord_document::node::Node;
use fjord_json::Value;

use crate::context::Cx;
use crate::features::backend::brokers::plan::object;
use crate::features::backend::brokers::{Broker, all_values, whole_body};
use crate::options::check::{Around, Findings, Hosts, Spot};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::LocalFuture;
use crate::proxy::{Error, Layer, Next, Reply, Request, Response};

use super::broker::{broker, exchange};
use super::consumer;

const ANEW: &str = "each request connects anew, once";

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
        .default("\"fallback\"")
        .no_effect(ANEW),
        opt("delete", Kind::Bool, "Deletes the exchange when nobody uses it.").default("false"),
        opt("durable", Kind::Bool, "Keeps the exchange over a restart of the broker.").default("false"),
        opt("exchange", Kind::Str, "The exchange.").required(),
        opt("exclusive", Kind::Bool, "Makes the exchange internal: the broker refuses each message.")
            .default("false"),
        opt("exp_key", Kind::Str, "The parameter with the life time of the message.").default("\"\""),
        opt("immediate", Kind::Bool, "AMQP immediate.")
            .default("false")
            .refused("RabbitMQ ends the connection of who asks for it; remove this option"),
        opt("mandatory", Kind::Bool, "AMQP mandatory.").default("false"),
        opt("max_retries", Kind::INT, "Attempts to connect; 0 for no limit.").default("0").no_effect(ANEW),
        opt("msg_id_key", Kind::Str, "The parameter with the id of the message.").default("\"\""),
        opt("name", Kind::Str, "The queue; a producer declares none.").required(),
        opt("no_local", Kind::Bool, "AMQP no-local flag.").no_effect("RabbitMQ knows no such flag"),
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
.requires(Capability::Brokers)
.aliases(&["github.com/devopsfaith/krakend-amqp/produce"])
.check(check)
.hosts(Hosts::Amqp);

/// The exchange of one backend.
struct Producer {
    broker: Broker,
    routing_key: RoutingKey,
    /// The parameters with properties of the message; empty for none.
    expiration: String,
    reply_to: String,
    message_id: String,
    priority: String,
}

/// Where the routing key comes from.
enum RoutingKey {
    Fixed(String),
    /// A parameter.
    Param(String),
}

/// Compiles the producer.
///
/// # Errors
/// If its options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    // A backend with both is a consumer, as in KrakenD.
    if site.namespace(&consumer::NAMESPACE).is_some() {
        return Ok(None);
    }
    let options = Options::of(node, &NAMESPACE);
    let publisher = object([
        ("exchange", object([("declare", exchange(&options)?)])),
        ("mandatory", options.bool("mandatory")?.into()),
        ("returns_are_errors", false.into()),
        ("header_arrays", true.into()),
    ]);
    let text = |name| options.str(name).map(str::to_owned);
    let key = text("routing_key")?;
    let routing_key =
        if options.bool("static_routing_key")? { RoutingKey::Fixed(key) } else { RoutingKey::Param(key) };
    Ok(Some(Box::new(Producer {
        broker: broker(site.node, ("publisher", publisher))?,
        routing_key,
        expiration: text("exp_key")?,
        reply_to: text("reply_to_key")?,
        message_id: text("msg_id_key")?,
        priority: text("priority_key")?,
    })))
}

impl Layer for Producer {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, _: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move { self.publish(cx, request).await.into() })
    }
}

// === impl Producer ===

impl Producer {
    async fn publish(&self, cx: Cx<'_>, mut request: Request) -> Result<Response, Error> {
        let body = whole_body(cx, &mut request).await?;
        let message = self.message(&request, (cx.io.now() / 1000.0) as i64);
        self.broker.publish(cx, message, body).await
    }

    /// What is around the body. Parameters are looked for by the name as it is written, as in KrakenD: `Id`.
    fn message(&self, request: &Request, now: i64) -> Value {
        let param = |name: &str| request.params.get(name).filter(|value| !value.is_empty());
        let mut properties = vec![("timestamp", Value::number(now))];
        let texts = [
            ("content_type", request.headers.get("Content-Type")),
            ("expiration", param(&self.expiration)),
            ("reply_to", param(&self.reply_to)),
            ("message_id", param(&self.message_id)),
        ];
        properties.extend(texts.into_iter().filter_map(|(name, value)| Some((name, value?.into()))));
        // Go cuts the number to eight bits; what is none leaves the property out.
        let priority = param(&self.priority).and_then(|value| value.parse::<i64>().ok());
        properties.extend(priority.map(|priority| ("priority", Value::number(i64::from(priority as u8)))));
        let key = match &self.routing_key {
            RoutingKey::Fixed(key) => key,
            RoutingKey::Param(name) => request.params.get(name).unwrap_or_default(),
        };
        let properties = properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        object([
            ("key", key.into()),
            ("headers", all_values(request)),
            ("properties", Value::Object(properties)),
        ])
    }
}

/// What the broker would refuse.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(exclusive) = spot.get("exclusive").filter(Spot::is_true) {
        let message =
            "an exclusive producer declares an internal exchange, and the broker refuses its messages";
        findings.add(exclusive.warning("no-answer", message).help("remove it"));
    }
}
