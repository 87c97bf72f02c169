//! Messages, and what becomes of them.

use bytes::Bytes;
use serde::Deserialize;

use super::BrokerFault;

/// The largest body in memory, as for HTTP.
pub const MAX_BODY: usize = 32 << 20;

/// A message to publish, as the core has built it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Message {
    /// AMQP: the routing key. Kafka: the record's key. NATS has none.
    pub key: Option<String>,
    /// Names and values, in order. A name with several values comes several times.
    pub headers: Vec<(String, String)>,
    /// What only AMQP has.
    pub properties: Properties,
    /// The payload. It comes beside the JSON.
    #[serde(skip)]
    pub body: Bytes,
}

/// The properties of an AMQP message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Properties {
    /// The media type.
    pub content_type: Option<String>,
    /// 0 to 255.
    pub priority: Option<u8>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The time to live: milliseconds, as a string.
    pub expiration: Option<String>,
    /// The identifier.
    pub message_id: Option<String>,
    /// Seconds since the epoch.
    pub timestamp: Option<u64>,
}

/// What becomes of a received message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It's done.
    Ack,
    /// It goes back to the queue.
    Requeue,
    /// It's dropped, or goes to the dead letters.
    Discard,
}

// === impl Message ===

impl Message {
    /// Whether the message fits into memory.
    ///
    /// # Errors
    /// It doesn't.
    pub const fn check(&self) -> Result<(), BrokerFault> {
        let size = self.body.len();
        if size > MAX_BODY { Err(BrokerFault::TooLarge { size, limit: MAX_BODY }) } else { Ok(()) }
    }
}

// === impl Settlement ===

impl std::str::FromStr for Settlement {
    type Err = BrokerFault;

    fn from_str(text: &str) -> Result<Self, BrokerFault> {
        match text {
            "ack" => Ok(Self::Ack),
            "requeue" => Ok(Self::Requeue),
            "discard" => Ok(Self::Discard),
            _ => Err(BrokerFault::BadCall(format!("{text:?} isn't a settlement: ack, requeue or discard"))),
        }
    }
}
