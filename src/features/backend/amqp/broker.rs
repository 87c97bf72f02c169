//! The broker of an AMQP backend: its address is the backend's host.

use fjord_document::node::Node;
use fjord_json::Value;

use crate::features::backend::brokers::Broker;
use crate::features::backend::brokers::plan::{AmqpAddress, amqp, object, plan};
use crate::options::{Options, Refusal};

/// The broker, and what it's called for: `publisher` or `source`.
///
/// # Errors
/// If the host isn't the address of a broker.
pub(super) fn broker(backend: &Node, of: (&str, Value)) -> Result<Broker, Refusal> {
    let host = backend.get("host").and_then(|list| list.items().first()).and_then(Node::as_str);
    let host =
        host.ok_or_else(|| Refusal::new("no broker: expected a host like amqp://mq.example.com:5672"))?;
    if backend.get("disable_host_sanitize").and_then(Node::as_bool) != Some(true) {
        return Err(Refusal::new(
            "set disable_host_sanitize: without it KrakenD takes the host for an HTTP host",
        ));
    }
    let AmqpAddress { host, with_tls, login, shown } =
        amqp(host).map_err(|fault| Refusal(format!("host: {fault}")))?;
    let options = object([("login", login), of]);
    Ok(Broker { plan: Ok(plan(shown, &[host], with_tls, None, ("amqp", options))), reader: None })
}

/// The exchange, which is declared before use.
///
/// # Errors
/// If an option is of another type.
pub(super) fn exchange(options: &Options<'_>) -> Result<Value, Refusal> {
    Ok(object([
        ("name", options.str("exchange")?.into()),
        ("kind", "topic".into()),
        ("durable", options.bool("durable")?.into()),
        ("auto_delete", options.bool("delete")?.into()),
        ("internal", options.bool("exclusive")?.into()),
        ("no_wait", options.bool("no_wait")?.into()),
    ]))
}
