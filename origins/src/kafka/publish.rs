//! Publishes one record.

use bytes::{BufMut, BytesMut};

use super::cluster::Cluster;
use super::error::Code;
use super::requests::{Place, by_place, put_places};
use super::wire::{malformed, put_bytes};
use super::{Leaders, Publisher, records};
use crate::broker::{BrokerFault, Connector, Message};

const PRODUCE: (i16, i16) = (0, 3);
/// The time that the leader has for its replicas, in milliseconds.
const TIMEOUT: i32 = 10_000;
/// The repetitions, and the pause before each, in milliseconds.
const RETRIES: u32 = 3;
const PAUSE: u32 = 100;
/// How long leaders are remembered, in milliseconds.
const REMEMBERED: i64 = 600_000;

/// Why an attempt failed.
struct Failure {
    fault: BrokerFault,
    /// Whether another attempt, with fresh metadata, may succeed.
    is_temporary: bool,
}

// === impl Cluster ===

impl<C: Connector> Cluster<'_, C> {
    /// Publishes a message; when this returns, the leader has it (with 0 acknowledgements: it was written).
    ///
    /// # Errors
    /// The cluster refuses it, or it can't be reached. A message that was written before a connection failed may have arrived, and is
    /// sent again, as sarama does.
    pub async fn publish(&self, message: &Message) -> Result<(), BrokerFault> {
        let no_publisher = || BrokerFault::BadCall("the plan has no publisher for it".to_owned());
        let publisher = self.options.publisher.as_ref().ok_or_else(no_publisher)?;
        let size = records::size(message);
        if size > publisher.max_bytes {
            return Err(BrokerFault::TooLarge { size, limit: publisher.max_bytes });
        }
        let mut attempt = 0;
        loop {
            let attempted = self.attempt(publisher, message).await;
            let Err(Failure { fault, is_temporary }) = attempted else { return Ok(()) };
            self.options.leaders.replace(None);
            if !is_temporary || attempt == RETRIES {
                return Err(fault);
            }
            attempt += 1;
            self.connector.pause(PAUSE).await;
        }
    }

    async fn attempt(&self, publisher: &Publisher, message: &Message) -> Result<(), Failure> {
        let now = self.connector.now();
        let known = self.options.leaders.borrow().clone().filter(|leaders| now - leaders.at < REMEMBERED);
        let (leaders, asked) = match known {
            Some(leaders) => (leaders.partitions, None),
            None => {
                let (mut connection, host) = self.open_any().await?;
                let partitions = self.leaders(&mut connection, &publisher.topic).await;
                let partitions = partitions.map_err(Failure::of_leader)?;
                self.options.leaders.replace(Some(Leaders { at: now, partitions: partitions.clone() }));
                (partitions, Some((connection, host)))
            }
        };
        let mut random = [0; 4];
        self.connector.random(&mut random)?;
        let chosen = u32::from_ne_bytes(random) as usize % leaders.len().max(1);
        let (partition, leader) = leaders.get(chosen).ok_or(malformed("a topic without partitions"))?;
        let mut connection = match asked {
            Some((connection, host)) if host == leader => connection,
            _ => self.open(leader).await.map_err(Failure::of_leader)?,
        };
        let place = Place { topic: publisher.topic.clone(), partition: *partition };
        let batch = records::encode(message, now);
        let body = |to: &mut BytesMut| {
            // No transaction.
            to.put_i16(-1);
            to.put_i16(publisher.acks);
            to.put_i32(TIMEOUT);
            put_places(to, [(&place, &batch)].into_iter(), |to, batch| put_bytes(to, batch));
        };
        if publisher.acks == 0 {
            return connection.send(PRODUCE, body).await.map_err(Failure::of_leader);
        }
        let mut response = connection.call(PRODUCE, body).await.map_err(Failure::of_leader)?;
        let codes = by_place(&mut response, |from| {
            let code = Code(from.i16()?);
            // The record's place, the time of its appending.
            from.take(16)?;
            Ok(code)
        })?;
        let (_, code) = codes.into_iter().next().ok_or(malformed("a response without the partition"))?;
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
}

// === impl Failure ===

impl Failure {
    /// A leader that is lost may have a successor.
    fn of_leader(fault: BrokerFault) -> Self {
        let is_temporary = fault.is_unreachable();
        Self { fault, is_temporary }
    }
}

impl From<BrokerFault> for Failure {
    fn from(fault: BrokerFault) -> Self {
        Self { fault, is_temporary: false }
    }
}
