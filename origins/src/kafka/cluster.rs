//! A cluster as one operation reaches it.

use super::connection::Connection;
use super::error::Code;
use super::{KafkaOptions, metadata};
use crate::broker::{BrokerFault, Connector, Host};

/// The repetitions of what may succeed a moment later, and the pause before each, in milliseconds: a topic is created by its first
/// request, the topic of offsets by the first group.
const RETRIES: u32 = 20;
const PAUSE: u32 = 250;

/// A cluster, and how to reach it.
#[derive(Debug)]
pub struct Cluster<'a, C> {
    pub options: &'a KafkaOptions,
    pub connector: &'a C,
    /// Those to ask for the others.
    pub hosts: &'a [Host],
    pub with_tls: bool,
}

/// A connection of this connector.
pub type Open<C> = Connection<<C as Connector>::Stream>;

// === impl Cluster ===

impl<C: Connector> Cluster<'_, C> {
    /// A connection to a host.
    ///
    /// # Errors
    /// The host can't be reached, or it refuses the credentials.
    pub async fn open(&self, host: &Host) -> Result<Open<C>, BrokerFault> {
        let KafkaOptions { client_id, sasl, .. } = self.options;
        Connection::open(self.connector, host, self.with_tls, client_id, sasl.as_ref()).await
    }

    /// A connection to the first host that can be reached.
    ///
    /// # Errors
    /// There is none, or it refuses the credentials.
    pub async fn open_any(&self) -> Result<(Open<C>, &Host), BrokerFault> {
        let mut last = BrokerFault::BadCall("it has no hosts".to_owned());
        for host in self.hosts {
            match self.open(host).await {
                Ok(connection) => return Ok((connection, host)),
                Err(fault) if fault.is_unreachable() => last = fault,
                Err(fault) => return Err(fault),
            }
        }
        Err(last)
    }

    /// The partitions of a topic, with their leaders.
    ///
    /// # Errors
    /// There is no such topic, or the connection ends.
    pub async fn leaders(
        &self,
        connection: &mut Open<C>,
        topic: &str,
    ) -> Result<Vec<(i32, Host)>, BrokerFault> {
        self.repeat(async || metadata::leaders(connection, topic).await, topic).await
    }

    /// Repeats what may succeed a moment later.
    ///
    /// # Errors
    /// It didn't, or the request fails for good.
    pub async fn repeat<T>(
        &self,
        mut request: impl AsyncFnMut() -> Result<Result<T, Code>, BrokerFault>,
        name: &str,
    ) -> Result<T, BrokerFault> {
        let mut attempt = 0;
        loop {
            match request().await? {
                Ok(value) => return Ok(value),
                // A topic that is unknown after three times isn't being created.
                Err(code) if attempt == RETRIES || (code == Code::UNKNOWN_TOPIC && attempt == 3) => {
                    return Err(code.fault(name));
                }
                Err(_) => {
                    attempt += 1;
                    self.connector.pause(PAUSE).await;
                }
            }
        }
    }
}
