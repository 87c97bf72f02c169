//! Logs in: who the client is, what it can, how long frames may be.

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Login;
use super::method::*;
use super::session::{Session, check};
use super::wire::{self, MAX_FRAME, Value, put_long, put_short, put_table, take_u16, take_u32};
use crate::broker::BrokerFault;

// === impl Session ===

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Logs in on a connection.
    ///
    /// # Errors
    /// The peer isn't a broker, or it refuses the user or the virtual host.
    pub async fn log_in(stream: S, login: &Login) -> Result<Self, BrokerFault> {
        check([&*login.vhost])?;
        let output = BytesMut::from(&b"AMQP\0\0\x09\x01"[..]);
        let mut session = Self { stream, input: BytesMut::new(), output, max_frame: MAX_FRAME };
        session.expect(CONNECTION_START).await?;
        wire::method(&mut session.output, 0, CONNECTION_START_OK, |to| {
            put_table(to, &capabilities());
            put_short(to, "PLAIN");
            put_long(to, format!("\0{}\0{}", login.user, login.password).as_bytes());
            put_short(to, "en_US");
        });
        let mut tune = session.expect(CONNECTION_TUNE).await.map_err(|fault| match fault {
            BrokerFault::Refused(text) => BrokerFault::Credentials(text),
            other => other,
        })?;
        let channels = take_u16(&mut tune)?;
        session.max_frame = match take_u32(&mut tune)? {
            0 => MAX_FRAME,
            most => most.clamp(4096, MAX_FRAME),
        };
        let max_frame = session.max_frame;
        wire::method(&mut session.output, 0, CONNECTION_TUNE_OK, |to| {
            to.put_u16(channels);
            to.put_u32(max_frame);
            // No heartbeats: a connection lives as long as one call.
            to.put_u16(0);
        });
        wire::method(&mut session.output, 0, CONNECTION_OPEN, |to| {
            put_short(to, &login.vhost);
            put_short(to, "");
            to.put_u8(0);
        });
        session.request(CHANNEL_OPEN, |to| put_short(to, ""));
        Ok(session)
    }
}

/// What this client can: be told why it's refused, and that its queue is deleted.
fn capabilities() -> Vec<(String, Value)> {
    let flags =
        ["authentication_failure_close", "basic.nack", "consumer_cancel_notify", "publisher_confirms"];
    let flags = flags.map(|name| (name.to_owned(), Value::Flag(true))).to_vec();
    vec![
        ("product".to_owned(), Value::Text("fjord".to_owned())),
        ("capabilities".to_owned(), Value::Table(flags)),
    ]
}
