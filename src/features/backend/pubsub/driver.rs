//! The drivers: what a URL of a topic or subscription means, and where the broker is.

use fjord_document::node::Node;
use fjord_json::Value;

use crate::features::backend::brokers::address::Address;
use crate::features::backend::brokers::plan::{self, AmqpAddress, object, optional, texts};
use crate::features::backend::brokers::{Broker, Reader};
use crate::options::Environment;
use crate::options::core::is_binding;

/// A driver that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    Kafka,
    Nats,
    Rabbit,
    /// Fjord extension: a queue of the platform, by a binding of the worker.
    Queue,
}

/// Why a URL isn't served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its driver isn't there.
    Driver(String),
    /// KrakenD wouldn't take it either.
    Url(String),
}

/// The largest record that KrakenD's client sends.
const MAX_RECORD: i64 = 1_000_000;

// === impl Driver ===

impl Driver {
    /// The driver of a scheme.
    ///
    /// # Errors
    /// If there is none, with the way around.
    pub(super) fn of(scheme: &str) -> Result<Self, String> {
        let around = match scheme {
            "kafka" => return Ok(Self::Kafka),
            "nats" => return Ok(Self::Nats),
            "rabbit" => return Ok(Self::Rabbit),
            "queue" => return Ok(Self::Queue),
            "awssns" | "awssqs" => {
                "let a backend call the service at https://SERVICE.REGION.amazonaws.com, signed by auth/aws-sigv4"
            }
            "azuresb" => {
                "Azure Service Bus has an HTTP API: let a backend post to https://NAMESPACE.servicebus.windows.net/TOPIC/messages"
            }
            "gcppubsub" => {
                "Google's Pub/Sub has an HTTP API: let a backend post to https://pubsub.googleapis.com/v1/projects/PROJECT/topics/TOPIC:publish, with a token of auth/gcp"
            }
            "mem" => "messages of one process are seen by no other",
            _ => {
                return Err(format!(
                    "there is no driver {scheme}://; kafka://, nats://, rabbit:// and queue:// are served"
                ));
            }
        };
        Err(format!("the driver {scheme}:// isn't served; {around}"))
    }

    /// The variable of the worker that says where the broker is, as for KrakenD; empty where a binding does.
    pub(super) fn variable(self) -> &'static str {
        match self {
            Self::Queue => "",
            Self::Kafka => "KAFKA_BROKERS",
            Self::Nats => "NATS_SERVER_URL",
            Self::Rabbit => "RABBIT_SERVER_URL",
        }
    }

    /// What the variable may hold.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Queue => "",
            Self::Kafka => "k1.example.com:9092,k2.example.com:9092",
            Self::Nats => "nats://USER:PASSWORD@nats.example.com:4222",
            Self::Rabbit => "amqps://USER:PASSWORD@mq.example.com:5671",
        }
    }
}

/// The URL of a topic or subscription: the first host, then what the namespace says.
///
/// # Errors
/// If it isn't one of a driver that is served.
pub(super) fn url(backend: &Node, rest: &str) -> Result<(Driver, Address), Fault> {
    let host = match backend.get("host") {
        Some(list) => list.items().first().and_then(Node::as_str).or_else(|| list.as_str()),
        None => None,
    };
    let Some(host) = host else {
        return Err(Fault::Url("no driver: expected a host like nats://".to_owned()));
    };
    let url = format!("{host}{rest}");
    let address = Address::parse(&url).map_err(|fault| Fault::Url(format!("{url}: {fault}")))?;
    let driver = Driver::of(&address.scheme).map_err(Fault::Driver)?;
    if backend.get("disable_host_sanitize").and_then(Node::as_bool) != Some(true) {
        let text = format!("set disable_host_sanitize: without it KrakenD takes {host} for an HTTP host");
        return Err(Fault::Url(text));
    }
    Ok((driver, address))
}

// === impl Fault ===

impl Fault {
    /// The reason, with the way around.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Driver(text) | Self::Url(text) => text,
        }
    }
}

/// The binding of a queue of the platform.
///
/// # Errors
/// If the URL names none, or a subscription: a queue delivers to a handler of the worker.
pub(super) fn queue(address: &Address, purpose: &Use<'_>) -> Result<String, String> {
    address.only(&[])?;
    let name = address.name()?;
    match purpose {
        Use::Subscribe { .. } => {
            Err("a queue of the platform has no subscribers; it delivers to a `queue` handler".to_owned())
        }
        Use::Publish if is_binding(&name) => Ok(name),
        Use::Publish => Err(format!("expected the name of a binding like queue://ORDERS, found {name:?}")),
    }
}

/// What is published, or received.
pub(super) enum Use<'a> {
    /// A topic.
    Publish,
    /// A subscription; `binding` names the Durable Object's namespace that reads groups of Kafka.
    Subscribe { binding: &'a str },
}

/// The broker of a URL.
///
/// # Errors
/// If the URL or the variable can't be read.
pub(super) fn broker(
    driver: Driver,
    address: &Address,
    purpose: &Use<'_>,
    environment: &Environment,
) -> Result<Broker, String> {
    if driver == Driver::Queue {
        return Err(queue(address, purpose).err().unwrap_or_else(|| "a queue isn't a broker".to_owned()));
    }
    let name = address.name()?;
    let shown = format!("{}://{name}", address.scheme);
    let Some(place) = environment.variable(driver.variable()).filter(|place| !place.is_empty()) else {
        let reason = format!(
            "{shown}: the worker has no variable {}, which says where the broker is",
            driver.variable()
        );
        parameters(driver, address, purpose)?;
        return Ok(Broker { plan: Err(reason), reader: None });
    };
    parameters(driver, address, purpose)?;
    let unreadable = |fault| format!("the variable {}: {fault}", driver.variable());
    let mut reader = None;
    let plan = match driver {
        Driver::Queue | Driver::Kafka => {
            let hosts = plan::hosts(place, 9092).map_err(unreadable)?;
            let options = match purpose {
                Use::Publish => {
                    let publisher = object([
                        ("topic", name.into()),
                        ("acks", Value::number(1)),
                        ("max_bytes", Value::number(MAX_RECORD)),
                    ]);
                    object([("publisher", publisher)])
                }
                Use::Subscribe { binding } => {
                    reader = Some(Reader { binding: (*binding).to_owned(), name: name.clone() });
                    let oldest = address.values("offset").next() == Some("oldest");
                    let source = object([
                        ("group", name.into()),
                        ("topics", texts(address.values("topic"))),
                        ("oldest", oldest.into()),
                    ]);
                    object([("source", source)])
                }
            };
            plan::plan(shown, &hosts, false, None, ("kafka", options))
        }
        Driver::Nats => {
            let server = NatsServer::parse(place).map_err(unreadable)?;
            let options = object([
                ("subject", name.into()),
                ("queue", optional(address.values("queue").next())),
                ("headers", address.values("natsv2").next().is_some_and(is_on).into()),
                ("credentials", server.credentials),
            ]);
            plan::plan(shown, &server.hosts, server.with_tls, None, ("nats", options))
        }
        Driver::Rabbit => {
            let AmqpAddress { host, with_tls, login, .. } = plan::amqp(place).map_err(unreadable)?;
            let of = match purpose {
                Use::Publish => {
                    let publisher = object([
                        ("exchange", object([("existing", name.into())])),
                        ("mandatory", true.into()),
                        ("returns_are_errors", true.into()),
                        ("header_arrays", false.into()),
                    ]);
                    ("publisher", publisher)
                }
                Use::Subscribe { .. } => ("source", object([("existing", name.into())])),
            };
            plan::plan(shown, &[host], with_tls, None, ("amqp", object([("login", login), of])))
        }
    };
    Ok(Broker { plan: Ok(plan), reader })
}

/// Refuses parameters that the drivers don't know.
fn parameters(driver: Driver, address: &Address, purpose: &Use<'_>) -> Result<(), String> {
    match (driver, purpose) {
        (Driver::Kafka, Use::Subscribe { binding }) => {
            address.only(&["topic", "offset"])?;
            if address.values("topic").next().is_none() {
                return Err("the topic is missing: kafka://GROUP?topic=TOPIC".to_owned());
            }
            if let Some(odd) = address.values("offset").find(|offset| !matches!(*offset, "oldest" | "newest"))
            {
                return Err(format!("offset: expected oldest or newest, found {odd:?}"));
            }
            if binding.is_empty() {
                return Err(
                    "set `binding`: a group of Kafka is read by one Durable Object of the class FjordOrigins"
                        .to_owned(),
                );
            }
            Ok(())
        }
        (Driver::Nats, Use::Publish) => address.only(&["natsv2"]),
        (Driver::Nats, Use::Subscribe { .. }) => address.only(&["natsv2", "queue"]),
        (Driver::Kafka, Use::Publish) | (Driver::Rabbit | Driver::Queue, _) => address.only(&[]),
    }
}

/// A switch in a URL; alone it's on.
fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "f" | "F" | "false" | "FALSE" | "False")
}

/// What `NATS_SERVER_URL` says.
struct NatsServer {
    hosts: Vec<(String, u16)>,
    with_tls: bool,
    credentials: Value,
}

// === impl NatsServer ===

impl NatsServer {
    /// Reads a list of URLs. The login is that of the first one.
    fn parse(list: &str) -> Result<Self, String> {
        let mut server = Self { hosts: Vec::new(), with_tls: false, credentials: object([]) };
        for url in list.split(',').map(str::trim).filter(|url| !url.is_empty()) {
            let whole = if url.contains("://") { url.to_owned() } else { format!("nats://{url}") };
            let Address { scheme, user, password, host, port, .. } = Address::parse(&whole)?;
            let with_tls = match &*scheme {
                "nats" => false,
                "tls" => true,
                other => return Err(format!("expected nats:// or tls://, found {other}://")),
            };
            if host.is_empty() {
                return Err("the host is missing".to_owned());
            }
            if server.hosts.is_empty() {
                server.credentials = match (user, password) {
                    (None, _) => object([]),
                    (Some(token), None) => object([("token", token.into())]),
                    (Some(user), Some(password)) => {
                        object([("user", user.into()), ("password", password.into())])
                    }
                };
            }
            server.with_tls |= with_tls;
            server.hosts.push((host, port.unwrap_or(4222)));
        }
        if server.hosts.is_empty() { Err("no host is listed".to_owned()) } else { Ok(server) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    fn plan(host: &str, rest: &str, purpose: &Use<'_>, place: &str) -> Result<String, String> {
        let backend = format!(r#"{{"host": ["{host}"], "disable_host_sanitize": true}}"#);
        let backend = Document::parse(&backend).unwrap().root;
        let (driver, address) = url(&backend, rest).map_err(Fault::into_text)?;
        let variables = match place {
            "" => Default::default(),
            place => [(driver.variable().to_owned(), place.to_owned())].into(),
        };
        let environment = Environment { variables, ..Environment::default() };
        broker(driver, &address, purpose, &environment)?.plan.map(|plan| plan.to_string())
    }

    const NONE: Use<'_> = Use::Subscribe { binding: "" };
    const GROUPS: Use<'_> = Use::Subscribe { binding: "GROUPS" };

    #[test]
    fn urls_and_variables_become_plans() {
        for (host, rest, purpose, place, expected) in [
            (
                "kafka://",
                "orders",
                &Use::Publish,
                "k1:9092, k2",
                r#"{"broker":{"hosts":[["k1",9092],["k2",9092]],"name":"kafka://orders","protocol":{"kafka":{"publisher":{"acks":1,"max_bytes":1000000,"topic":"orders"}}}}}"#,
            ),
            (
                "kafka://",
                "g?topic=a&topic=b&offset=oldest",
                &GROUPS,
                "k1",
                r#"{"broker":{"hosts":[["k1",9092]],"name":"kafka://g","protocol":{"kafka":{"source":{"group":"g","oldest":true,"topics":["a","b"]}}}}}"#,
            ),
            (
                "nats://",
                "a.b?natsv2",
                &Use::Publish,
                "me:pw@n1, tls://n2:1",
                r#"{"broker":{"hosts":[["n1",4222],["n2",1]],"name":"nats://a.b","protocol":{"nats":{"credentials":{"password":"pw","user":"me"},"headers":true,"queue":null,"subject":"a.b"}},"tls":"platform"}}"#,
            ),
            (
                "nats://a",
                "?queue=w&natsv2=false",
                &NONE,
                "nats://t0ken@n1",
                r#"{"broker":{"hosts":[["n1",4222]],"name":"nats://a","protocol":{"nats":{"credentials":{"token":"t0ken"},"headers":false,"queue":"w","subject":"a"}}}}"#,
            ),
            (
                "rabbit://",
                "x",
                &Use::Publish,
                "amqps://a:b@mq",
                r#"{"broker":{"hosts":[["mq",5671]],"name":"rabbit://x","protocol":{"amqp":{"login":{"password":"b","user":"a","vhost":"/"},"publisher":{"exchange":{"existing":"x"},"header_arrays":false,"mandatory":true,"returns_are_errors":true}}},"tls":"platform"}}"#,
            ),
            (
                "rabbit://",
                "q",
                &NONE,
                "amqp://mq/v",
                r#"{"broker":{"hosts":[["mq",5672]],"name":"rabbit://q","protocol":{"amqp":{"login":{"password":"guest","user":"guest","vhost":"v"},"source":{"existing":"q"}}}}}"#,
            ),
        ] {
            assert_eq!(plan(host, rest, purpose, place).as_deref(), Ok(expected), "{host}{rest}");
        }
    }

    #[test]
    fn what_cant_work_is_refused_by_name() {
        for (host, rest, purpose, place, reason) in [
            ("kafka://", "t?key=x", &Use::Publish, "k", "invalid query parameter \"key\""),
            ("kafka://", "g", &GROUPS, "k", "the topic is missing: kafka://GROUP?topic=TOPIC"),
            (
                "kafka://",
                "g?topic=t&offset=1",
                &GROUPS,
                "k",
                "offset: expected oldest or newest, found \"1\"",
            ),
            (
                "kafka://",
                "g?topic=t",
                &NONE,
                "k",
                "set `binding`: a group of Kafka is read by one Durable Object of the class FjordOrigins",
            ),
            ("nats://", "s?queue=q", &Use::Publish, "n", "invalid query parameter \"queue\""),
            (
                "nats://",
                "s",
                &Use::Publish,
                "http://n",
                "the variable NATS_SERVER_URL: expected nats:// or tls://, found http://",
            ),
            ("nats://", "", &Use::Publish, "n", "the name is missing"),
            (
                "nats://",
                "s",
                &Use::Publish,
                "",
                "nats://s: the worker has no variable NATS_SERVER_URL, which says where the broker is",
            ),
            (
                "redis://",
                "x",
                &Use::Publish,
                "",
                "there is no driver redis://; kafka://, nats://, rabbit:// and queue:// are served",
            ),
            (
                "azuresb://",
                "x",
                &Use::Publish,
                "",
                "the driver azuresb:// isn't served; Azure Service Bus has an HTTP API: let a backend post to https://NAMESPACE.servicebus.windows.net/TOPIC/messages",
            ),
        ] {
            assert_eq!(plan(host, rest, purpose, place), Err(reason.to_owned()), "{host}{rest}");
        }
    }
}
