//! Why an operation on a broker failed.

use std::io;

use crate::tls::TlsFault;

/// Why a message isn't published, received or settled. The texts follow the broker's name and a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokerFault {
    /// The call itself is wrong: the gateway's fault.
    #[error("{0}")]
    BadCall(String),
    /// The TLS profile is unusable: the configuration's fault.
    #[error("{0}")]
    Profile(String),
    /// There is no connection: no such host, refused, an address that is closed to sockets.
    #[error("no connection: {0}")]
    Connect(String),
    /// There is no TLS connection.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// The connection ended before the broker's answer. A message that was written may have arrived.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// The peer speaks another protocol, or breaks this one.
    #[error("it doesn't speak {protocol}: {what}")]
    Protocol {
        /// AMQP 0-9-1, NATS or Kafka.
        protocol: &'static str,
        /// What it says or does.
        what: &'static str,
    },
    /// The user, the password or the token is wrong.
    #[error("it refuses the credentials: {0}")]
    Credentials(String),
    /// There is no exchange, queue, topic or group of this name.
    #[error("unknown name: {0}")]
    Unknown(String),
    /// The broker refuses the operation: a permission, a flag, a setting.
    #[error("it refuses the operation: {0}")]
    Refused(String),
    /// The message is larger than the broker or this module allows.
    #[error("the message has {size} bytes, the limit is {limit}")]
    TooLarge {
        /// The bytes of the message.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The broker took the message and dropped it, as no queue is bound to its exchange by its key.
    #[error("the message reaches no queue: {0}")]
    Unroutable(String),
    /// The broker couldn't store the message.
    #[error("it didn't take the message: {0}")]
    NotTaken(String),
    /// The payload of a received message isn't in the driver's encoding.
    #[error("a received message can't be decoded: {0}")]
    Undecodable(&'static str),
    /// A name that the protocol has no room for.
    #[error("{0:?} isn't a valid name: {1}")]
    BadName(String, &'static str),
    /// The broker didn't answer in time.
    #[error("no answer within {0} ms")]
    TimedOut(u32),
    /// The broker answered, but there was no message in time.
    #[error("no message within {0} ms")]
    NoMessage(u32),
    /// The caller aborted the operation.
    #[error("the operation was aborted")]
    Aborted,
    /// The message was settled before, or given back to the broker because nobody settled it in time.
    #[error("the message isn't held any more: the broker delivers it again")]
    NotHeld,
}

// === impl BrokerFault ===

impl BrokerFault {
    /// A word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadCall(_) => "bad-call",
            Self::Profile(_) => "bad-profile",
            Self::Connect(_) => "no-connection",
            Self::Tls(fault) => fault.code(),
            Self::Lost(_) => "connection-lost",
            Self::Protocol { .. } => "wrong-protocol",
            Self::Credentials(_) => "wrong-credentials",
            Self::Unknown(_) => "unknown-name",
            Self::Refused(_) => "refused",
            Self::TooLarge { .. } => "too-large",
            Self::Unroutable(_) => "unroutable",
            Self::NotTaken(_) => "not-taken",
            Self::Undecodable(_) => "undecodable",
            Self::BadName(..) => "bad-name",
            Self::TimedOut(_) => "timed-out",
            Self::NoMessage(_) => "no-message",
            Self::Aborted => "aborted",
            Self::NotHeld => "not-held",
        }
    }

    /// The fault of a wait for a message: the broker has answered before, so it isn't the one that is late.
    #[must_use]
    pub fn while_waiting(self) -> Self {
        match self {
            Self::TimedOut(millis) => Self::NoMessage(millis),
            other => other,
        }
    }

    /// Whether another host, or the same one a moment later, may answer.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        matches!(self, Self::Connect(_) | Self::Lost(_))
    }
}

impl From<io::Error> for BrokerFault {
    fn from(error: io::Error) -> Self {
        match TlsFault::of(&error) {
            Some(fault) => Self::Tls(fault),
            None => Self::Lost(error.to_string()),
        }
    }
}
