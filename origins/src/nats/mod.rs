//! NATS as a client: publishes a message, or waits for one.
//!
//! gocloud's driver is the measure, as KrakenD speaks NATS through it. It's fire and forget there; here a publish waits until the
//! server has it (`PING`, `PONG`).

mod gob;
mod protocol;

use bytes::{Bytes, BytesMut};
use fjord_http::escape::{escape_query, unescape_query};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::broker::{BrokerFault, Message, read_next};

pub use protocol::Info;
use protocol::{Reader, ServerOp, malformed};

/// A subject of a server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsOptions {
    /// The name that messages go by.
    pub subject: String,
    /// Of subscribers in one group, one gets a message.
    #[serde(default)]
    pub queue: Option<String>,
    /// Whether metadata is header lines (`natsv2`) instead of a gob.
    #[serde(default)]
    pub headers: bool,
    /// Who the client is.
    #[serde(default)]
    pub credentials: Credentials,
}

/// Who a client is; nobody if all is empty.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Credentials {
    /// A name,
    pub user: Option<String>,
    /// and its password;
    pub password: Option<String>,
    /// or a token.
    pub token: Option<String>,
}

/// A connection to a server.
pub struct Session<'a, S> {
    stream: S,
    options: &'a NatsOptions,
    reader: Reader,
    input: BytesMut,
    info: Info,
    /// A message that came before the server's answer to the subscription.
    early: Option<(Bytes, Bytes)>,
}

/// Reads what a server says it is. It says so before TLS starts.
///
/// # Errors
/// What is connected isn't a NATS server.
pub async fn greeting(stream: &mut (impl AsyncRead + Unpin)) -> Result<Info, BrokerFault> {
    let (mut reader, mut input) = (Reader::default(), BytesMut::new());
    match read_next(stream, &mut input, |input| reader.read(input)).await? {
        // Before a client has spoken a server says nothing else.
        ServerOp::Info(info) if input.is_empty() => Ok(info),
        _ => Err(malformed("it doesn't begin with INFO")),
    }
}

// === impl Session ===

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Session<'a, S> {
    /// A session on a connection whose server has said what it is ([`greeting`]). What the client is goes out with the first
    /// request.
    ///
    /// # Errors
    /// The subject or the queue can't be part of a line.
    pub fn new(stream: S, info: Info, options: &'a NatsOptions) -> Result<Self, BrokerFault> {
        for name in [Some(&options.subject), options.queue.as_ref()].into_iter().flatten() {
            if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
                return Err(BrokerFault::BadName(name.clone(), "a subject of NATS has no blanks"));
            }
        }
        Ok(Self { stream, options, reader: Reader::default(), input: BytesMut::new(), info, early: None })
    }

    /// Publishes a message; when this returns, the server has it.
    ///
    /// # Errors
    /// The server refuses the client or the message, or the connection ends before it has said that it has the message.
    pub async fn publish(&mut self, message: &Message) -> Result<(), BrokerFault> {
        let (payload, lines) = match self.options.headers {
            false => (gob::encode(&message.headers, &message.body), Vec::new()),
            true if !self.info.headers && !message.headers.is_empty() => {
                return Err(BrokerFault::Refused("it has no headers, which natsv2 needs".to_owned()));
            }
            true => {
                let line = |(name, value): &(String, String)| (escaped(name), escaped(value));
                (message.body.clone(), message.headers.iter().map(line).collect())
            }
        };
        let (head, size) = protocol::publish(&self.options.subject, &lines, payload.len());
        if size > self.info.max_payload {
            return Err(BrokerFault::TooLarge { size, limit: self.info.max_payload });
        }
        self.send(&[&*self.connect(), head.as_bytes(), &*payload, b"\r\nPING\r\n"].concat()).await?;
        self.pong().await
    }

    /// Subscribes to one message: the first one that is published from now on.
    ///
    /// # Errors
    /// The server refuses the client or the subject, or the connection ends.
    pub async fn subscribe(&mut self) -> Result<(), BrokerFault> {
        let NatsOptions { subject, queue, .. } = self.options;
        let queue = queue.as_ref().map_or_else(String::new, |queue| format!(" {queue}"));
        // One, then none: what would come besides is another subscriber's.
        let subscribe = format!("SUB {subject}{queue} 1\r\nUNSUB 1 1\r\nPING\r\n");
        self.send(&[&*self.connect(), subscribe.as_bytes()].concat()).await?;
        self.pong().await
    }

    /// Waits for the message of the subscription.
    ///
    /// # Errors
    /// The connection ends, or the payload isn't what the driver writes.
    pub async fn message(&mut self) -> Result<Bytes, BrokerFault> {
        if let Some((header, payload)) = self.early.take() {
            return self.body(&header, &payload);
        }
        loop {
            if let ServerOp::Message { header, payload } = self.next().await? {
                return self.body(&header, &payload);
            }
        }
    }

    /// The body of a payload. The metadata is read because the driver reads it: where it's malformed there is no message.
    fn body(&self, header: &[u8], payload: &Bytes) -> Result<Bytes, BrokerFault> {
        if !self.options.headers {
            let decoded = gob::decode(payload).ok_or(BrokerFault::Undecodable("a gob without a body"))?;
            return Ok(decoded.1);
        }
        let is_escaped = |text: &String| unescape_query(text).is_ok();
        match protocol::lines(header).iter().all(|(name, value)| is_escaped(name) && is_escaped(value)) {
            true => Ok(payload.clone()),
            false => Err(BrokerFault::Undecodable("a header isn't escaped as in a query")),
        }
    }

    /// The line that says who the client is.
    fn connect(&self) -> Vec<u8> {
        let Credentials { user, password, token } = &self.options.credentials;
        let mut fields = json!({
            "verbose": false, "pedantic": false, "lang": "rust", "version": env!("CARGO_PKG_VERSION"), "protocol": 1,
            "headers": self.info.headers, "no_responders": false,
        });
        for (name, value) in [("user", user), ("pass", password), ("auth_token", token)] {
            if let Some(value) = value {
                fields[name] = json!(value);
            }
        }
        format!("CONNECT {fields}\r\n").into_bytes()
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), BrokerFault> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }

    /// Waits for the server's answer to a `PING`: it has taken what came before. A message may come first.
    async fn pong(&mut self) -> Result<(), BrokerFault> {
        loop {
            match self.next().await? {
                ServerOp::Pong => return Ok(()),
                ServerOp::Message { header, payload } => self.early = Some((header, payload)),
                _ => {}
            }
        }
    }

    /// The next operation but the server's `PING`, which is answered, and its errors, which are faults.
    async fn next(&mut self) -> Result<ServerOp, BrokerFault> {
        loop {
            match read_next(&mut self.stream, &mut self.input, |input| self.reader.read(input)).await? {
                ServerOp::Ping => self.send(b"PONG\r\n").await?,
                ServerOp::Error(text) => return Err(refusal(text)),
                op => return Ok(op),
            }
        }
    }
}

/// A text as Go's `url.QueryEscape` writes it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    escape_query(text.as_bytes(), &mut escaped);
    escaped
}

/// What a server means by an error.
fn refusal(text: String) -> BrokerFault {
    let lower = text.to_ascii_lowercase();
    match ["authorization violation", "authentication", "nkey", "jwt"].iter().any(|word| lower.contains(word))
    {
        true => BrokerFault::Credentials(text),
        false => BrokerFault::Refused(text),
    }
}

// Credentials must not end up in a log.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}
