//! One connection to a broker of a cluster: requests and responses, one after the other.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::sasl::Sasl;
use super::wire::{self, Reader, malformed};
use crate::broker::{BrokerFault, Connector, Host, read_next};

/// A connection whose user is known to the broker.
pub struct Connection<S> {
    stream: S,
    input: BytesMut,
    client: String,
    number: i32,
}

// === impl Connection ===

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Connects to a host and logs in.
    ///
    /// # Errors
    /// The host can't be reached, or it refuses the credentials.
    pub async fn open<C: Connector<Stream = S>>(
        connector: &C,
        host: &Host,
        with_tls: bool,
        client: &str,
        sasl: Option<&Sasl>,
    ) -> Result<Self, BrokerFault> {
        let stream = connector.connect(host, with_tls).await?;
        let mut connection = Self { stream, input: BytesMut::new(), client: client.to_owned(), number: 0 };
        if let Some(sasl) = sasl {
            sasl.log_in(connector, &mut connection).await?;
        }
        Ok(connection)
    }

    /// Sends a request of this key and version, and waits for its response.
    ///
    /// # Errors
    /// The connection ends, or what comes isn't the response.
    pub async fn call(
        &mut self,
        api: (i16, i16),
        body: impl FnOnce(&mut BytesMut),
    ) -> Result<Reader, BrokerFault> {
        self.send(api, body).await?;
        match read_next(&mut self.stream, &mut self.input, wire::read).await? {
            (number, response) if number == self.number => Ok(response),
            _ => Err(malformed("a response of another request")),
        }
    }

    /// Sends a request that has no response.
    ///
    /// # Errors
    /// The connection ends.
    pub async fn send(
        &mut self,
        api: (i16, i16),
        body: impl FnOnce(&mut BytesMut),
    ) -> Result<(), BrokerFault> {
        self.number = self.number.wrapping_add(1);
        let mut frame = BytesMut::new();
        wire::start(&mut frame, api, self.number, &self.client);
        body(&mut frame);
        wire::end(&mut frame);
        self.stream.write_all_buf(&mut frame).await?;
        Ok(self.stream.flush().await?)
    }
}
