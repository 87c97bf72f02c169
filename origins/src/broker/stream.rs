//! What the protocols read from a connection.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::BrokerFault;

/// Reads until `take` finds something whole at the start of `input`.
///
/// # Errors
/// The connection ends before, or what comes breaks the protocol.
pub async fn read_next<T>(
    stream: &mut (impl AsyncRead + Unpin),
    input: &mut BytesMut,
    mut take: impl FnMut(&mut BytesMut) -> Result<Option<T>, BrokerFault>,
) -> Result<T, BrokerFault> {
    loop {
        if let Some(whole) = take(input)? {
            return Ok(whole);
        }
        if stream.read_buf(input).await? == 0 {
            return Err(BrokerFault::Lost("it ended the connection".to_owned()));
        }
    }
}
