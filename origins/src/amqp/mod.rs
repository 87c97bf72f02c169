//! AMQP 0-9-1 (RabbitMQ) as a client: publishes a message and waits for its confirm, or takes one message and settles it.
//!
//! What a broker has to be asked for before a message goes out in one write: a publish takes two round trips, one of them for
//! the login. The protocol's grammar is in <https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf>.

mod content;
mod login;
mod method;
mod session;
mod wire;

use serde::Deserialize;

pub use session::{Delivery, Session};

/// What a broker is called for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmqpOptions {
    /// Who connects.
    pub login: Login,
    /// What is published there.
    #[serde(default)]
    pub publisher: Option<Publisher>,
    /// What is received there.
    #[serde(default)]
    pub source: Option<Source>,
}

/// Who connects, and to what.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
    /// The virtual host.
    pub vhost: String,
}

/// An exchange to declare.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Its name.
    pub name: String,
    /// `topic`, for example.
    pub kind: String,
    /// Whether it survives a restart of the broker.
    pub durable: bool,
    /// Whether it's deleted when nothing is bound to it any more.
    pub auto_delete: bool,
    /// Whether only exchanges may publish to it.
    pub internal: bool,
    /// Whether the broker doesn't answer the declaration.
    pub no_wait: bool,
}

/// A queue to declare.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Whether it survives a restart of the broker.
    pub durable: bool,
    /// What binds it to the exchange.
    pub routing_keys: Vec<String>,
}

/// How a publisher publishes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// An exchange to declare, or the name of one that exists.
    pub exchange: Target,
    /// Whether the broker returns a message that reaches no queue.
    pub mandatory: bool,
    /// Whether a returned message is an error. KrakenD's `amqp/producer` never reads returns.
    pub returns_are_errors: bool,
    /// Whether a header is an array of its values, as `amqp/producer` writes it, or a string.
    pub header_arrays: bool,
}

/// An exchange, by its declaration or its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// It's declared first.
    Declare(Exchange),
    /// It exists.
    Existing(String),
}

/// What a consumer receives messages from.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Both are declared and bound first.
    Declare(Exchange, Queue),
    /// The queue exists.
    Existing(String),
}

// === impl Target ===

impl Target {
    fn name(&self) -> &str {
        match self {
            Self::Declare(exchange) => &exchange.name,
            Self::Existing(name) => name,
        }
    }
}

// A password must not end up in a log.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user", &self.user).field("vhost", &self.vhost).finish_non_exhaustive()
    }
}
