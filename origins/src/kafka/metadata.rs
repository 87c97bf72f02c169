//! Who leads the partitions of a topic.

use bytes::BufMut;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::Connection;
use super::error::Code;
use super::wire::{Reader, malformed, put_text};
use crate::broker::{BrokerFault, Host};

const METADATA: (i16, i16) = (3, 4);

/// The partitions that have a leader, with its host. A topic that isn't there is created, where the broker does that.
///
/// # Errors
/// `Ok(Err)` where a later request may succeed: the topic is being created, or no partition has a leader.
pub async fn leaders<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    topic: &str,
) -> Result<Result<Vec<(i32, Host)>, Code>, BrokerFault> {
    let request = connection.call(METADATA, |to| {
        to.put_i32(1);
        put_text(to, topic);
        to.put_u8(1);
    });
    let mut response = request.await?;
    // How long the client should wait before its next request.
    response.i32()?;
    let brokers = response.array(|from| {
        let (id, host, port) = (from.i32()?, from.text()?, from.i32()?);
        // The rack.
        from.text()?;
        let port = u16::try_from(port).map_err(|_| malformed("a broker has an impossible port"))?;
        Ok((id, Host(host, port)))
    })?;
    // The cluster, its controller.
    response.text()?;
    response.i32()?;
    let topics = response.array(|from| {
        let code = Code(from.i16()?);
        from.text()?;
        from.i8()?;
        let partitions = from.array(|from| {
            // The partition's error; without a leader it has none to use.
            from.i16()?;
            let (partition, leader) = (from.i32()?, from.i32()?);
            // Replicas, and those in sync.
            from.array(Reader::i32)?;
            from.array(Reader::i32)?;
            let host = brokers.iter().find(|(id, _)| *id == leader);
            Ok(host.map(|(_, host)| (partition, host.clone())))
        })?;
        Ok((code, partitions))
    })?;
    let (code, partitions) = topics.into_iter().next().ok_or(malformed("metadata without the topic"))?;
    match code {
        code if code.is_temporary() => Ok(Err(code)),
        code if code.is_error() => Err(code.fault(topic)),
        _ => {
            let partitions: Vec<_> = partitions.into_iter().flatten().collect();
            Ok(if partitions.is_empty() { Err(Code::NO_LEADER) } else { Ok(partitions) })
        }
    }
}
