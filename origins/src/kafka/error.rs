//! Kafka's error codes, by what becomes of an operation.

use std::fmt;

use crate::broker::BrokerFault;

/// A code of a response; 0 means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(pub i16);

// === impl Code ===

impl Code {
    /// A position that the partition doesn't have.
    pub const OFFSET_OUT_OF_RANGE: Self = Self(1);
    /// A topic that isn't there, or not yet.
    pub const UNKNOWN_TOPIC: Self = Self(3);
    /// A partition that waits for a leader.
    pub const NO_LEADER: Self = Self(5);

    /// Whether it's an error.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 != 0
    }

    /// Whether the operation may succeed a moment later, with fresh metadata: what sarama's producer repeats.
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        // Unknown topic or partition (it may just be created), no leader, another leader, time out, no coordinator yet.
        matches!(self.0, 3 | 5 | 6 | 7 | 14 | 15 | 16 | 19 | 20)
    }

    /// The operation on a topic or a group succeeded.
    ///
    /// # Errors
    /// It's an error.
    pub fn check(self, name: &str) -> Result<(), BrokerFault> {
        if self.is_error() { Err(self.fault(name)) } else { Ok(()) }
    }

    /// The fault of an operation on a topic or a group.
    #[must_use]
    pub fn fault(self, name: &str) -> BrokerFault {
        let text = format!("{name}: {self}");
        match self.0 {
            3 | 17 => BrokerFault::Unknown(text),
            _ if self.is_temporary() => BrokerFault::NotTaken(text),
            58 => BrokerFault::Credentials(text),
            _ => BrokerFault::Refused(text),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            1 => "the offset is out of range",
            2 => "the message is corrupt",
            3 => "no such topic or partition",
            5 => "the partition has no leader",
            6 => "the broker isn't the partition's leader any more",
            7 => "the broker's own time was up",
            10 => "the message is too large for the topic",
            14 => "the group's coordinator is loading",
            15 => "the group has no coordinator yet",
            16 => "the broker isn't the group's coordinator any more",
            17 => "the topic's name is invalid",
            18 => "the batch is too large for the topic",
            19 => "too few replicas are in sync",
            20 => "too few replicas have the message",
            22 | 25 => "the group has members of its own: use a group for the gateway alone",
            29 => "no permission for the topic",
            30 => "no permission for the group",
            31 => "no permission for the cluster",
            33 => "the SASL mechanism isn't supported",
            35 => "the broker doesn't support the version of the request",
            58 => "the credentials are wrong",
            87 => "the record is refused by the topic's rules",
            code => return write!(f, "error {code}"),
        };
        write!(f, "{name} ({})", self.0)
    }
}
