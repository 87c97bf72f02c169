//! The requests of a consumer: positions, records, commits; and arrays of partitions, which a producer needs as well.

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::Connection;
use super::error::Code;
use super::wire::{Reader, malformed, put_text};
use crate::broker::{BrokerFault, Host};

const FETCH: (i16, i16) = (1, 4);
const LIST_OFFSETS: (i16, i16) = (2, 1);
const OFFSET_COMMIT: (i16, i16) = (8, 2);
const OFFSET_FETCH: (i16, i16) = (9, 1);
const FIND_COORDINATOR: (i16, i16) = (10, 0);

/// The bytes that a fetch gives of one partition; a larger record comes whole.
const PARTITION_BYTES: i32 = 1 << 20;
/// The bytes that a fetch gives.
const FETCH_BYTES: i32 = 4 << 20;

/// A partition of a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub topic: String,
    pub partition: i32,
}

/// What a fetch gives of one partition.
pub struct Fetched {
    pub place: Place,
    pub code: Code,
    pub batches: Bytes,
}

/// Who coordinates a group.
///
/// # Errors
/// `Ok(Err)` where a later request may succeed.
pub async fn coordinator<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    group: &str,
) -> Result<Result<Host, Code>, BrokerFault> {
    let mut response = connection.call(FIND_COORDINATOR, |to| put_text(to, group)).await?;
    let code = Code(response.i16()?);
    response.i32()?;
    let (host, port) = (response.text()?, response.i32()?);
    match code {
        code if code.is_temporary() => Ok(Err(code)),
        code if code.is_error() => Err(code.fault(group)),
        _ => {
            let port = u16::try_from(port).map_err(|_| malformed("a broker has an impossible port"))?;
            Ok(Ok(Host(host, port)))
        }
    }
}

/// The committed positions of a group; −1 where there is none.
///
/// # Errors
/// The coordinator refuses it.
pub async fn committed<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    group: &str,
    places: &[Place],
) -> Result<Vec<(Place, i64)>, BrokerFault> {
    let request = connection.call(OFFSET_FETCH, |to| {
        put_text(to, group);
        put_places(to, places.iter().map(|place| (place, ())), |_, ()| {});
    });
    by_place(&mut request.await?, |from| {
        let offset = from.i64()?;
        from.text()?;
        let code = Code(from.i16()?);
        code.check(group).map(|()| offset)
    })
}

/// The oldest positions of partitions, or those of their ends.
///
/// # Errors
/// The leader refuses it.
pub async fn ends<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    places: &[Place],
    oldest: bool,
) -> Result<Vec<(Place, i64)>, BrokerFault> {
    let request = connection.call(LIST_OFFSETS, |to| {
        to.put_i32(-1);
        let time = if oldest { -2 } else { -1 };
        put_places(to, places.iter().map(|place| (place, time)), |to, time| to.put_i64(time));
    });
    by_place(&mut request.await?, |from| {
        let code = Code(from.i16()?);
        from.i64()?;
        let offset = from.i64()?;
        code.check("the offsets").map(|()| offset)
    })
}

/// Records from positions on; waits for the first one.
///
/// # Errors
/// The connection ends.
pub async fn fetch<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    positions: &[(Place, i64)],
    wait_millis: i32,
) -> Result<Vec<Fetched>, BrokerFault> {
    let request = connection.call(FETCH, |to| {
        to.put_i32(-1);
        to.put_i32(wait_millis);
        to.put_i32(1);
        to.put_i32(FETCH_BYTES);
        to.put_u8(0);
        put_places(to, positions.iter().map(|(place, offset)| (place, *offset)), |to, offset| {
            to.put_i64(offset);
            to.put_i32(PARTITION_BYTES);
        });
    });
    let mut response = request.await?;
    response.i32()?;
    let fetched = by_place(&mut response, |from| {
        let code = Code(from.i16()?);
        // The partition's end, and that of what is stable.
        from.take(16)?;
        // Transactions that were aborted.
        from.array(|from| from.take(16))?;
        Ok((code, from.bytes()?))
    })?;
    Ok(fetched.into_iter().map(|(place, (code, batches))| Fetched { place, code, batches }).collect())
}

/// Commits positions of a group that has no members.
///
/// # Errors
/// The coordinator refuses it: the group may have members.
pub async fn commit<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    group: &str,
    positions: &[(Place, i64)],
) -> Result<(), BrokerFault> {
    let request = connection.call(OFFSET_COMMIT, |to| {
        put_text(to, group);
        // Of no generation, by no member, for the broker's own time.
        to.put_i32(-1);
        put_text(to, "");
        to.put_i64(-1);
        put_places(to, positions.iter().map(|(place, offset)| (place, *offset)), |to, offset| {
            to.put_i64(offset);
            put_text(to, "");
        });
    });
    by_place(&mut request.await?, |from| Code(from.i16()?).check(group)).map(|_| ())
}

/// Writes an array of topics, each with one partition: brokers take a topic several times.
pub fn put_places<'a, T>(
    to: &mut BytesMut,
    places: impl ExactSizeIterator<Item = (&'a Place, T)>,
    rest: impl Fn(&mut BytesMut, T),
) {
    to.put_i32(places.len() as i32);
    for (place, value) in places {
        put_text(to, &place.topic);
        to.put_i32(1);
        to.put_i32(place.partition);
        rest(to, value);
    }
}

/// Reads an array of topics with their partitions.
///
/// # Errors
/// A value can't be read.
pub fn by_place<T>(
    response: &mut Reader,
    value: impl Fn(&mut Reader) -> Result<T, BrokerFault>,
) -> Result<Vec<(Place, T)>, BrokerFault> {
    let topics = response.array(|from| {
        let topic = from.text()?;
        from.array(|from| {
            let place = Place { topic: topic.clone(), partition: from.i32()? };
            Ok((place, value(from)?))
        })
    })?;
    Ok(topics.into_iter().flatten().collect())
}
