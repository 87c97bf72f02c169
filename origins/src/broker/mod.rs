//! Brokers: publishes a message, receives one, settles what was received.
//!
//! Each operation has a connection of its own, as the runtime ties sockets to one request. A received message keeps its
//! connection until it's settled: only the core knows whether the message can be decoded. Streams come from a [`Connector`], so
//! that all of this runs natively too.

mod fault;
mod message;
mod stream;

use std::future::Future;

use bytes::Bytes;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};

pub use fault::BrokerFault;
pub use message::{MAX_BODY, Message, Properties, Settlement};
pub(crate) use stream::read_next;

use crate::{amqp, kafka, nats};

/// A broker, as the gateway's plan has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// How errors name it. It has no credentials.
    pub name: String,
    /// Where it is. The first host that can be reached counts.
    pub hosts: Vec<Host>,
    /// Whether it's called over TLS.
    #[serde(default)]
    pub tls: Option<BrokerTls>,
    /// What it speaks, and what is published or received there.
    pub protocol: Protocol,
}

/// A host and its port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Host(pub String, pub u16);

/// Who speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrokerTls {
    /// The runtime, which trusts the public roots.
    Platform,
    /// This module, by the profile beside the broker in its plan.
    #[serde(skip)]
    Profile(u32),
}

/// The protocols.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// AMQP 0-9-1.
    Amqp(amqp::AmqpOptions),
    /// NATS.
    Nats(nats::NatsOptions),
    /// Kafka.
    Kafka(kafka::KafkaOptions),
}

/// Opens connections.
pub trait Connector {
    /// A connection. Dropped, it's closed.
    type Stream: AsyncRead + AsyncWrite + Unpin;

    /// Connects to a host; with TLS where the broker has it from the start.
    fn connect(&self, host: &Host, with_tls: bool)
    -> impl Future<Output = Result<Self::Stream, BrokerFault>>;

    /// Starts TLS on a connection.
    fn start_tls(
        &self,
        stream: Self::Stream,
        host: &Host,
    ) -> impl Future<Output = Result<Self::Stream, BrokerFault>>;

    /// Waits this many milliseconds.
    fn pause(&self, millis: u32) -> impl Future<Output = ()>;

    /// The time, in milliseconds since the epoch.
    fn now(&self) -> i64;

    /// Fills with random bytes.
    ///
    /// # Errors
    /// There is no randomness.
    fn random(&self, bytes: &mut [u8]) -> Result<(), BrokerFault>;
}

/// An open subscription, or a publisher that is done.
pub enum Subscription<'a, S> {
    /// A channel, whose consumer takes one message at a time.
    Amqp(amqp::Session<S>),
    /// A subscription to one message.
    Nats(nats::Session<'a, S>),
}

/// A received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The payload.
    pub body: Bytes,
    /// What settles it; `None` where the broker doesn't wait for that.
    pub tag: Option<u64>,
}

// === impl Broker ===

impl Broker {
    /// Publishes a message; when this returns, the broker has it. What it gives back is to be left.
    ///
    /// # Errors
    /// The broker refuses it, or the connection fails. A message that was written before the connection failed may have arrived.
    pub async fn publish<C: Connector>(
        &self,
        connector: &C,
        message: &Message,
    ) -> Result<Option<Subscription<'_, C::Stream>>, BrokerFault> {
        message.check()?;
        match &self.protocol {
            Protocol::Amqp(options) => {
                let publisher = options.publisher.as_ref().ok_or_else(|| no("publisher"))?;
                let mut session = self.log_in(connector, options).await?;
                let published = session.publish(publisher, message).await;
                if matches!(published, Err(BrokerFault::Unroutable(_))) {
                    session.leave().await;
                    return published.map(|()| None);
                }
                published.map(|()| Some(Subscription::Amqp(session)))
            }
            Protocol::Nats(options) => {
                self.greet(connector, options).await?.publish(message).await.map(|()| None)
            }
            Protocol::Kafka(options) => {
                let published = options.publish(connector, &self.hosts, self.tls.is_some(), message);
                published.await.map(|()| None)
            }
        }
    }

    /// Subscribes; the next message is received by [`Subscription::message`].
    ///
    /// # Errors
    /// The broker refuses it, or the connection fails.
    pub async fn subscribe<C: Connector>(
        &self,
        connector: &C,
    ) -> Result<Subscription<'_, C::Stream>, BrokerFault> {
        match &self.protocol {
            Protocol::Amqp(options) => {
                let source = options.source.as_ref().ok_or_else(|| no("source"))?;
                let mut session = self.log_in(connector, options).await?;
                session.consume(source).await?;
                Ok(Subscription::Amqp(session))
            }
            Protocol::Nats(options) => {
                let mut session = self.greet(connector, options).await?;
                session.subscribe().await?;
                Ok(Subscription::Nats(session))
            }
            Protocol::Kafka(_) => {
                Err(BrokerFault::BadCall("a group of Kafka is read by a Durable Object".to_owned()))
            }
        }
    }

    /// Waits for the next message of a group that this process reads alone; gives its token and its body. There is one call of
    /// this at a time.
    ///
    /// # Errors
    /// The broker refuses it, or the connection fails.
    pub async fn receive_of_group<C: Connector>(&self, connector: &C) -> Result<(u32, Bytes), BrokerFault> {
        self.group()?.reader(connector, &self.hosts, self.tls.is_some())?.receive().await
    }

    /// Settles a message of a group; when this returns, the broker knows.
    ///
    /// # Errors
    /// The message isn't the receiver's any more, or the broker can't be told: then the message may be delivered again.
    pub async fn settle_of_group<C: Connector>(
        &self,
        connector: &C,
        token: u32,
        settlement: Settlement,
    ) -> Result<(), BrokerFault> {
        self.group()?.reader(connector, &self.hosts, self.tls.is_some())?.settle(token, settlement).await
    }

    /// What reads a group.
    ///
    /// # Errors
    /// The broker has no groups.
    pub fn group(&self) -> Result<&kafka::KafkaOptions, BrokerFault> {
        match &self.protocol {
            Protocol::Kafka(options) => Ok(options),
            _ => Err(BrokerFault::BadCall("only Kafka has groups".to_owned())),
        }
    }

    async fn log_in<C: Connector>(
        &self,
        connector: &C,
        options: &amqp::AmqpOptions,
    ) -> Result<amqp::Session<C::Stream>, BrokerFault> {
        let (stream, _) = self.connect(connector, self.tls.is_some()).await?;
        amqp::Session::log_in(stream, &options.login).await
    }

    /// A NATS server says who it is before TLS starts.
    async fn greet<'a, C: Connector>(
        &self,
        connector: &C,
        options: &'a nats::NatsOptions,
    ) -> Result<nats::Session<'a, C::Stream>, BrokerFault> {
        let (mut stream, host) = self.connect(connector, false).await?;
        let info = nats::greeting(&mut stream).await?;
        info.check_tls(self.tls.is_some())?;
        if self.tls.is_some() {
            stream = connector.start_tls(stream, host).await?;
        }
        nats::Session::new(stream, info, options)
    }

    /// Connects to the first host that can be reached.
    async fn connect<C: Connector>(
        &self,
        connector: &C,
        with_tls: bool,
    ) -> Result<(C::Stream, &Host), BrokerFault> {
        let mut last = BrokerFault::BadCall("it has no hosts".to_owned());
        for host in &self.hosts {
            match connector.connect(host, with_tls).await {
                Ok(stream) => return Ok((stream, host)),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}

fn no(what: &str) -> BrokerFault {
    BrokerFault::BadCall(format!("the plan has no {what} for it"))
}

// === impl Subscription ===

impl<S: AsyncRead + AsyncWrite + Unpin> Subscription<'_, S> {
    /// Waits for a message.
    ///
    /// # Errors
    /// The connection fails, or the payload can't be decoded.
    pub async fn message(&mut self) -> Result<Received, BrokerFault> {
        match self {
            Self::Amqp(session) => {
                let amqp::Delivery { tag, body } = session.delivery().await?;
                Ok(Received { body, tag: Some(tag) })
            }
            Self::Nats(session) => Ok(Received { body: session.message().await?, tag: None }),
        }
    }

    /// Settles a received message; when this returns, the broker knows.
    ///
    /// # Errors
    /// The connection ends before: then the broker may deliver the message again.
    pub async fn settle(self, tag: u64, settlement: Settlement) -> Result<(), BrokerFault> {
        match self {
            Self::Amqp(session) => session.settle(tag, settlement).await,
            Self::Nats(_) => Ok(()),
        }
    }

    /// Ends a subscription whose messages nobody waits for any more, so that the broker logs no lost connection.
    pub async fn leave(self) {
        if let Self::Amqp(session) = self {
            session.leave().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::TlsOptions;

    /// What the core has to write is in the crate's README.
    #[test]
    fn the_documented_plans_are_read() {
        let text = include_str!("../../README.md");
        let (_, plans) = text.split_once("```jsonc\n").unwrap();
        let (plans, _) = plans.split_once("```").unwrap();
        let lines = plans.lines().filter(|line| !line.trim_start().starts_with("//"));
        let plans: Vec<serde_json::Value> = serde_json::from_str(&lines.collect::<String>()).unwrap();
        let tls: TlsOptions = serde_json::from_value(plans[0]["tls"].clone()).unwrap();
        assert!(tls.public_roots && plans[0].get("broker").is_none());
        let brokers: Vec<Broker> =
            plans[1..].iter().map(|plan| serde_json::from_value(plan["broker"].clone()).unwrap()).collect();
        let names: Vec<_> = brokers.iter().map(|broker| &*broker.name).collect();
        assert_eq!(names, ["amqp://mq:5672", "rabbit://x", "nats://orders", "kafka://orders"]);
        assert_eq!(brokers[0].tls, Some(BrokerTls::Platform));
        serde_json::from_value::<TlsOptions>(plans[4]["tls"].clone()).unwrap();
        let secret = format!("{brokers:?}");
        assert!(!secret.contains("\"p\""), "a password is in a log: {secret}");
    }

    #[test]
    fn messages_are_read() {
        let message: Message = serde_json::from_str(
            r#"{"key":"k","headers":[["A","1"],["A","2"]],"properties":{"priority":7}}"#,
        )
        .unwrap();
        assert_eq!((message.headers.len(), message.properties.priority), (2, Some(7)));
        assert_eq!(serde_json::from_str::<Message>("{}").unwrap(), Message::default());
        assert!(serde_json::from_str::<Message>(r#"{"body":"x"}"#).is_err());
    }
}
