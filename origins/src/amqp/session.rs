//! One connection to a broker with one channel: one publish, or one delivery and its settlement.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::content::{check_properties, put_properties};
use super::method::*;
use super::wire::{self, Frame, malformed, put_short, put_table, take_text, take_u16, take_u64};
use super::{Exchange, Publisher, Queue, Source, Target};
use crate::broker::{BrokerFault, Message, Settlement, read_next};

/// The only channel.
const CHANNEL: u16 = 1;
/// The consumer's name on its channel.
const TAG: &str = "fjord";

/// A connection. Requests gather in `output` and go out in one write when an answer is waited for.
pub struct Session<S> {
    pub(super) stream: S,
    pub(super) input: BytesMut,
    pub(super) output: BytesMut,
    pub(super) max_frame: u32,
}

/// A message that isn't settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number on the channel.
    pub tag: u64,
    /// The payload.
    pub body: Bytes,
}

// === impl Session ===

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Publishes a message; when this returns, the broker has it. Then [`Session::leave`] is due.
    ///
    /// # Errors
    /// The broker refuses something, or the connection ends before the confirm: then the broker may have the message.
    pub async fn publish(&mut self, publisher: &Publisher, message: &Message) -> Result<(), BrokerFault> {
        let name = publisher.exchange.name();
        check([name])?;
        check_properties(message)?;
        if let Target::Declare(exchange) = &publisher.exchange {
            self.declare_exchange(exchange);
        }
        self.request(CONFIRM_SELECT, |to| to.put_u8(0));
        self.request(BASIC_PUBLISH, |to| {
            to.put_u16(0);
            put_short(to, name);
            put_short(to, message.key.as_deref().unwrap_or_default());
            to.put_u8(u8::from(publisher.mandatory));
        });
        wire::content(&mut self.output, CHANNEL, self.max_frame, &message.body, |to| {
            put_properties(to, message, publisher.header_arrays);
        });
        self.opened().await?;
        if let Target::Declare(exchange) = &publisher.exchange {
            self.exchange_declared(exchange).await?;
        }
        self.expect(CONFIRM_SELECT_OK).await?;
        let mut returned = None;
        loop {
            let (method, mut arguments) = self.next().await?;
            match method {
                BASIC_ACK => break,
                BASIC_NACK => return Err(BrokerFault::NotTaken("its confirm is negative".to_owned())),
                BASIC_RETURN => {
                    let code = take_u16(&mut arguments)?;
                    returned = Some(format!("{code} {}", take_text(&mut arguments)?));
                    self.content().await?;
                }
                _ => return Err(unexpected()),
            }
        }
        match returned.filter(|_| publisher.returns_are_errors) {
            Some(text) => Err(BrokerFault::Unroutable(text)),
            None => Ok(()),
        }
    }

    /// Starts a consumer.
    ///
    /// # Errors
    /// The broker refuses something, or the connection ends.
    pub async fn consume(&mut self, source: &Source) -> Result<(), BrokerFault> {
        let queue = match source {
            Source::Existing(queue) => queue,
            Source::Declare(exchange, queue) => {
                self.declare_queue(exchange, queue)?;
                &queue.name
            }
        };
        check([&**queue])?;
        // One message at a time, or the broker would send more than this call can take.
        self.request(BASIC_QOS, |to| {
            to.put_u32(0);
            to.put_u16(1);
            to.put_u8(0);
        });
        self.request(BASIC_CONSUME, |to| {
            to.put_u16(0);
            put_short(to, queue);
            put_short(to, TAG);
            to.put_u8(0);
            put_table(to, &[]);
        });
        self.opened().await?;
        if let Source::Declare(exchange, queue) = source {
            self.exchange_declared(exchange).await?;
            self.expect(QUEUE_DECLARE_OK).await?;
            for _ in &queue.routing_keys {
                self.expect(QUEUE_BIND_OK).await?;
            }
        }
        self.expect(BASIC_QOS_OK).await?;
        self.expect(BASIC_CONSUME_OK).await.map(|_| ())
    }

    /// Waits for the consumer's message. Until it's settled the broker gives it to nobody else; a connection that ends gives it
    /// back.
    ///
    /// # Errors
    /// The queue is deleted, or the connection ends, before a message comes.
    pub async fn delivery(&mut self) -> Result<Delivery, BrokerFault> {
        let mut arguments = match self.next().await? {
            (BASIC_DELIVER, arguments) => arguments,
            (BASIC_CANCEL, _) => return Err(BrokerFault::Unknown("the queue was deleted".to_owned())),
            _ => return Err(unexpected()),
        };
        take_text(&mut arguments)?;
        let tag = take_u64(&mut arguments)?;
        Ok(Delivery { tag, body: self.content().await? })
    }

    /// Settles a delivery; when this returns, the broker knows.
    ///
    /// # Errors
    /// The connection ends before: then the broker may deliver the message again.
    pub async fn settle(mut self, tag: u64, settlement: Settlement) -> Result<(), BrokerFault> {
        // The consumer ends first: after the settlement the broker would send the next message to it.
        self.request(BASIC_CANCEL, |to| {
            put_short(to, TAG);
            to.put_u8(1);
        });
        match settlement {
            Settlement::Ack => self.request(BASIC_ACK, |to| {
                to.put_u64(tag);
                to.put_u8(0);
            }),
            Settlement::Requeue | Settlement::Discard => self.request(BASIC_NACK, |to| {
                to.put_u64(tag);
                to.put_u8(u8::from(settlement == Settlement::Requeue) << 1);
            }),
        }
        self.close();
        while self.next().await?.0 != CONNECTION_CLOSE_OK {}
        Ok(())
    }

    /// Says goodbye and waits for the answer, or the broker would log a lost connection.
    pub async fn leave(mut self) {
        self.close();
        while let Ok((method, _)) = self.next().await
            && method != CONNECTION_CLOSE_OK
        {}
    }

    fn declare_exchange(&mut self, exchange: &Exchange) {
        let flags = [exchange.durable, exchange.auto_delete, exchange.internal, exchange.no_wait];
        self.request(EXCHANGE_DECLARE, |to| {
            to.put_u16(0);
            put_short(to, &exchange.name);
            put_short(to, &exchange.kind);
            // The first flag asks only whether it exists.
            to.put_u8((1..).zip(flags).fold(0, |bits, (bit, flag)| bits | u8::from(flag) << bit));
            put_table(to, &[]);
        });
    }

    async fn exchange_declared(&mut self, exchange: &Exchange) -> Result<(), BrokerFault> {
        if exchange.no_wait { Ok(()) } else { self.expect(EXCHANGE_DECLARE_OK).await.map(|_| ()) }
    }

    fn declare_queue(&mut self, exchange: &Exchange, queue: &Queue) -> Result<(), BrokerFault> {
        check([&*exchange.name, &*queue.name])?;
        check(queue.routing_keys.iter().map(String::as_str))?;
        self.declare_exchange(exchange);
        self.request(QUEUE_DECLARE, |to| {
            to.put_u16(0);
            put_short(to, &queue.name);
            to.put_u8(u8::from(queue.durable) << 1);
            put_table(to, &[]);
        });
        for key in &queue.routing_keys {
            self.request(QUEUE_BIND, |to| {
                to.put_u16(0);
                put_short(to, &queue.name);
                put_short(to, &exchange.name);
                put_short(to, key);
                to.put_u8(0);
                put_table(to, &[]);
            });
        }
        Ok(())
    }

    /// The answers to the end of the login.
    async fn opened(&mut self) -> Result<(), BrokerFault> {
        self.expect(CONNECTION_OPEN_OK).await?;
        self.expect(CHANNEL_OPEN_OK).await.map(|_| ())
    }

    pub(super) fn request(&mut self, method: (u16, u16), arguments: impl FnOnce(&mut BytesMut)) {
        wire::method(&mut self.output, CHANNEL, method, arguments);
    }

    fn close(&mut self) {
        wire::method(&mut self.output, 0, CONNECTION_CLOSE, |to| {
            to.put_u16(200);
            put_short(to, "");
            to.put_u32(0);
        });
    }

    async fn send(&mut self) -> Result<(), BrokerFault> {
        self.stream.write_all_buf(&mut self.output).await?;
        Ok(self.stream.flush().await?)
    }

    pub(super) async fn expect(&mut self, wanted: (u16, u16)) -> Result<Bytes, BrokerFault> {
        match self.next().await? {
            (method, arguments) if method == wanted => Ok(arguments),
            _ => Err(unexpected()),
        }
    }

    /// The next method but the broker's errors, which are faults.
    async fn next(&mut self) -> Result<((u16, u16), Bytes), BrokerFault> {
        match self.frame().await? {
            Frame::Method(CONNECTION_CLOSE | CHANNEL_CLOSE, mut arguments) => {
                Err(refusal(take_u16(&mut arguments)?, &take_text(&mut arguments)?))
            }
            Frame::Method(method, arguments) => Ok((method, arguments)),
            _ => Err(malformed("content without a method")),
        }
    }

    /// The body of a message that follows.
    async fn content(&mut self) -> Result<Bytes, BrokerFault> {
        let Frame::Header(size) = self.frame().await? else {
            return Err(malformed("a message without a header"));
        };
        let mut body = BytesMut::new();
        while (body.len() as u64) < size {
            match self.frame().await? {
                Frame::Body(part) if !part.is_empty() => body.extend_from_slice(&part),
                _ => return Err(malformed("a message without its body")),
            }
        }
        if body.len() as u64 > size {
            return Err(malformed("a message is longer than its size"));
        }
        Ok(body.freeze())
    }

    /// Sends what is to be sent, then waits for the next frame.
    async fn frame(&mut self) -> Result<Frame, BrokerFault> {
        if self.output.has_remaining() {
            self.send().await?;
        }
        loop {
            match read_next(&mut self.stream, &mut self.input, wire::read).await? {
                Frame::Heartbeat => {}
                frame => return Ok(frame),
            }
        }
    }
}

/// What a broker means that closes the channel or the connection.
fn refusal(code: u16, text: &str) -> BrokerFault {
    let text = format!("{code} {text}");
    match code {
        404 => BrokerFault::Unknown(text),
        // The operator closes it, or it shuts down.
        320 => BrokerFault::Lost(text),
        _ => BrokerFault::Refused(text),
    }
}

fn unexpected() -> BrokerFault {
    malformed("an unexpected method")
}

/// Whether names fit.
///
/// # Errors
/// One is longer than 255 bytes.
pub fn check<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), BrokerFault> {
    match names.into_iter().find(|name| name.len() > 255) {
        Some(name) => Err(BrokerFault::BadName(name.to_owned(), "AMQP has room for 255 bytes")),
        None => Ok(()),
    }
}
