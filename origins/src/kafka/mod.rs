//! Kafka as a client: publishes a record and waits for the leader's acknowledgement.
//!
//! KrakenD's client, sarama, is the measure: a random partition, one acknowledgement, 1,000,000 bytes at most, three repetitions
//! 100 ms apart. Requests are of versions that brokers from 0.11 to 4 know. The protocol is at <https://kafka.apache.org/protocol>.

mod connection;
mod error;
mod metadata;
mod publish;
mod records;
mod sasl;
mod wire;

use std::cell::RefCell;

use serde::Deserialize;

use crate::broker::Host;

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

/// The leaders of a topic's partitions.
#[derive(Debug, Clone)]
struct Leaders {
    /// When they were asked for, in milliseconds since the epoch.
    at: i64,
    partitions: Vec<(i32, Host)>,
}

fn fjord() -> String {
    "fjord".to_owned()
}
