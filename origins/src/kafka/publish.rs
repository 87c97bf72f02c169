//! Publishes one record.

use bytes::{BufMut, BytesMut};

use super::connection::Connection;
use super::error::Code;
use super::wire::{malformed, put_bytes, put_text};
use super::{KafkaOptions, Leaders, Publisher, metadata, records};
use crate::broker::{BrokerFault, Connector, Host, Message};

const PRODUCE: (i16, i16) = (0, 3);
/// The time that the leader has for its replicas, in milliseconds.
const TIMEOUT: i32 = 10_000;
/// The repetitions, and the pause before each, in milliseconds.
const RETRIES: u32 = 3;
const PAUSE: u32 = 100;
/// The same for a topic's leaders, as a topic may be created by the first request.
const METADATA_RETRIES: u32 = 3;
const METADATA_PAUSE: u32 = 250;
/// How long leaders are remembered, in milliseconds.
const REMEMBERED: i64 = 600_000;

/// Why an attempt failed.
struct Failure {
    fault: BrokerFault,
    /// Whether another attempt, with fresh metadata, may succeed.
    is_temporary: bool,
}

// === impl KafkaOptions ===

impl KafkaOptions {
    /// Publishes a message; when this returns, the leader has it (with 0 acknowledgements: it was written).
    ///
    /// # Errors
    /// The cluster refuses it, or it can't be reached. A message that was written before a connection failed may have arrived, and is
    /// sent again, as sarama does.
    pub async fn publish<C: Connector>(
        &self,
        connector: &C,
        hosts: &[Host],
        with_tls: bool,
        message: &Message,
    ) -> Result<(), BrokerFault> {
        let no_publisher = || BrokerFault::BadCall("the plan has no publisher for it".to_owned());
        let publisher = self.publisher.as_ref().ok_or_else(no_publisher)?;
        let size = records::size(message);
        if size > publisher.max_bytes {
            return Err(BrokerFault::TooLarge { size, limit: publisher.max_bytes });
        }
        let mut attempt = 0;
        loop {
            let attempted = self.attempt(connector, hosts, with_tls, publisher, message);
            let Err(Failure { fault, is_temporary }) = attempted.await else { return Ok(()) };
            self.leaders.replace(None);
            if !is_temporary || attempt == RETRIES {
                return Err(fault);
            }
            attempt += 1;
            connector.pause(PAUSE).await;
        }
    }

    async fn attempt<C: Connector>(
        &self,
        connector: &C,
        hosts: &[Host],
        with_tls: bool,
        publisher: &Publisher,
        message: &Message,
    ) -> Result<(), Failure> {
        let now = connector.now();
        let known = self.leaders.borrow().clone().filter(|leaders| now - leaders.at < REMEMBERED);
        let (leaders, first) = match known {
            Some(leaders) => (leaders.partitions, None),
            None => {
                let (partitions, connection) = self.ask(connector, hosts, with_tls, &publisher.topic).await?;
                self.leaders.replace(Some(Leaders { at: now, partitions: partitions.clone() }));
                (partitions, Some(connection))
            }
        };
        let mut random = [0; 4];
        connector.random(&mut random)?;
        let chosen = u32::from_ne_bytes(random) as usize % leaders.len().max(1);
        let (partition, host) = leaders.get(chosen).ok_or(malformed("a topic without partitions"))?;
        let mut connection = match first {
            Some((connection, asked)) if asked == *host => connection,
            // The connection that was for the leaders is closed by then.
            _ => self.open(connector, host, with_tls).await.map_err(Failure::of_connection)?,
        };
        let batch = records::encode(message, now);
        let body = |to: &mut BytesMut| {
            // No transaction.
            to.put_i16(-1);
            to.put_i16(publisher.acks);
            to.put_i32(TIMEOUT);
            to.put_i32(1);
            put_text(to, &publisher.topic);
            to.put_i32(1);
            to.put_i32(*partition);
            put_bytes(to, &batch);
        };
        if publisher.acks == 0 {
            return connection.send(PRODUCE, body).await.map_err(Failure::of_connection);
        }
        let mut response = connection.call(PRODUCE, body).await.map_err(Failure::of_connection)?;
        let codes = response.array(|from| {
            from.text()?;
            from.array(|from| {
                from.i32()?;
                let code = Code(from.i16()?);
                // The record's place, the time of its appending.
                from.take(16)?;
                Ok(code)
            })
        })?;
        let code = codes.into_iter().flatten().next();
        let code = code.ok_or(malformed("a response without the partition"))?;
        match code.0 {
            0 => Ok(()),
            10 | 18 => {
                let size = records::size(message);
                let fault = BrokerFault::Refused(format!("{}: {code}: it has {size} bytes", publisher.topic));
                Err(Failure { fault, is_temporary: false })
            }
            _ => Err(Failure { fault: code.fault(&publisher.topic), is_temporary: code.is_temporary() }),
        }
    }

    /// Asks the first host that can be reached for the leaders; gives its connection as well.
    async fn ask<C: Connector>(
        &self,
        connector: &C,
        hosts: &[Host],
        with_tls: bool,
        topic: &str,
    ) -> Result<(Vec<(i32, Host)>, (Connection<C::Stream>, Host)), Failure> {
        let mut last = BrokerFault::BadCall("it has no hosts".to_owned());
        for host in hosts {
            let mut connection = match self.open(connector, host, with_tls).await {
                Ok(connection) => connection,
                Err(fault @ (BrokerFault::Connect(_) | BrokerFault::Lost(_))) => {
                    last = fault;
                    continue;
                }
                Err(fault) => return Err(fault.into()),
            };
            let mut attempt = 0;
            loop {
                match metadata::leaders(&mut connection, topic).await {
                    Ok(Ok(partitions)) => return Ok((partitions, (connection, host.clone()))),
                    Ok(Err(code)) if attempt == METADATA_RETRIES => return Err(code.fault(topic).into()),
                    Ok(Err(_)) => {
                        attempt += 1;
                        connector.pause(METADATA_PAUSE).await;
                    }
                    Err(fault @ BrokerFault::Lost(_)) => {
                        last = fault;
                        break;
                    }
                    Err(fault) => return Err(fault.into()),
                }
            }
        }
        Err(last.into())
    }

    async fn open<C: Connector>(
        &self,
        connector: &C,
        host: &Host,
        with_tls: bool,
    ) -> Result<Connection<C::Stream>, BrokerFault> {
        Connection::open(connector, host, with_tls, &self.client_id, self.sasl.as_ref()).await
    }
}

// === impl Failure ===

impl Failure {
    /// A leader that is lost may have a successor.
    fn of_connection(fault: BrokerFault) -> Self {
        let is_temporary = matches!(fault, BrokerFault::Connect(_) | BrokerFault::Lost(_));
        Self { fault, is_temporary }
    }
}

impl From<BrokerFault> for Failure {
    fn from(fault: BrokerFault) -> Self {
        Self { fault, is_temporary: false }
    }
}
