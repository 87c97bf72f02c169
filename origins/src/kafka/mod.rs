//! Kafka as a client: publishes a record and waits for the leader's acknowledgement, and reads a group's records for receivers.
//!
//! KrakenD's client, sarama, is the measure: a random partition, one acknowledgement, 1,000,000 bytes at most, three repetitions
//! 100 ms apart. Requests are of versions that brokers from 0.11 to 4 know. The protocol is at <https://kafka.apache.org/protocol>.

mod batches;
mod cluster;
mod compression;
mod connection;
mod error;
mod group;
mod metadata;
mod publish;
mod receive;
mod records;
mod requests;
mod sasl;
mod wire;

use std::cell::RefCell;

use serde::Deserialize;

use crate::broker::{BrokerFault, Connector, Host, Message};

pub use sasl::{Mechanism, Sasl};

/// What a cluster is called for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaOptions {
    /// How the client calls itself.
    #[serde(default = "fjord")]
    pub client_id: String,
    /// Who logs in.
    #[serde(default)]
    pub sasl: Option<Sasl>,
    /// What is published.
    #[serde(default)]
    pub publisher: Option<Publisher>,
    /// What is received.
    #[serde(default)]
    pub source: Option<Source>,
    /// What is read ahead for receivers.
    #[serde(skip)]
    group: RefCell<group::Group>,
    /// What is known of the cluster.
    #[serde(skip)]
    leaders: RefCell<Option<Leaders>>,
}

/// How a publisher publishes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// The topic.
    pub topic: String,
    /// The acknowledgements to wait for: 0, 1 (the leader's), or -1 (all replicas in sync).
    pub acks: i16,
    /// The largest message, as sarama counts its bytes.
    pub max_bytes: usize,
}

/// What a group receives. One reader reads it, for all receivers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The group, which has no members of its own.
    pub group: String,
    /// Its topics.
    pub topics: Vec<String>,
    /// Whether a new group begins with the oldest record, or with those that are published from then on.
    pub oldest: bool,
}

/// The leaders of a topic's partitions.
#[derive(Debug, Clone)]
struct Leaders {
    /// When they were asked for, in milliseconds since the epoch.
    at: i64,
    partitions: Vec<(i32, Host)>,
}

// === impl KafkaOptions ===

impl KafkaOptions {
    /// Publishes a message: see [`cluster::Cluster::publish`].
    pub(crate) async fn publish<C: Connector>(
        &self,
        connector: &C,
        hosts: &[Host],
        with_tls: bool,
        message: &Message,
    ) -> Result<(), BrokerFault> {
        cluster::Cluster { options: self, connector, hosts, with_tls }.publish(message).await
    }

    /// Forgets what was read ahead: another reader may have gone on since.
    pub fn forget(&self) {
        self.group.replace(group::Group::default());
    }

    /// Whether the cluster has said where the group is.
    pub fn has_joined(&self) -> bool {
        !self.group.borrow().partitions.is_empty()
    }

    /// The reader of the group.
    ///
    /// # Errors
    /// The plan has no group for it.
    pub(crate) fn reader<'a, C>(
        &'a self,
        connector: &'a C,
        hosts: &'a [Host],
        with_tls: bool,
    ) -> Result<receive::Reader<'a, C>, BrokerFault> {
        let no_source = || BrokerFault::BadCall("the plan has no source for it".to_owned());
        let source = self.source.as_ref().ok_or_else(no_source)?;
        let cluster = cluster::Cluster { options: self, connector, hosts, with_tls };
        Ok(receive::Reader { cluster, source, group: &self.group })
    }
}

fn fjord() -> String {
    "fjord".to_owned()
}
