//! The frames of AMQP 0-9-1, and the values in them.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::broker::{BrokerFault, MAX_BODY};

/// The longest frame that this client takes: RabbitMQ's default. Brokers write no longer ones than was agreed on.
pub const MAX_FRAME: u32 = 131_072;

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const HEARTBEAT: u8 = 8;
const END: u8 = 0xce;
/// Type, channel, size; and the end.
const OVERHEAD: usize = 8;

/// A frame of the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A method: class and number, its arguments.
    Method((u16, u16), Bytes),
    /// The size of the body that follows.
    Header(u64),
    Body(Bytes),
    Heartbeat,
}

/// A value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Table(Vec<(String, Value)>),
}

/// Takes a frame from the start of `input`; `None` if it isn't complete.
///
/// # Errors
/// What comes isn't AMQP, or is too long.
pub fn read(input: &mut BytesMut) -> Result<Option<Frame>, BrokerFault> {
    // A broker that refuses the version says which one it has.
    if input.starts_with(b"AMQP") {
        return Err(malformed("it wants another version of AMQP"));
    }
    let Some((kind, size)) =
        input.get(..7).map(|head| (head[0], u32::from_be_bytes([head[3], head[4], head[5], head[6]])))
    else {
        return Ok(None);
    };
    if !matches!(kind, METHOD | HEADER | BODY | HEARTBEAT) || size > MAX_FRAME {
        return Err(malformed("a frame is malformed"));
    }
    let size = size as usize;
    let Some(end) = input.get(7 + size) else { return Ok(None) };
    if *end != END {
        return Err(malformed("a frame doesn't end where it should"));
    }
    let mut payload = input.split_to(size + OVERHEAD).freeze();
    payload.advance(7);
    payload.truncate(size);
    Ok(Some(match kind {
        METHOD => Frame::Method((take_u16(&mut payload)?, take_u16(&mut payload)?), payload),
        HEADER => {
            // Class and weight, then the size; the properties aren't needed.
            take_u32(&mut payload)?;
            let size = take_u64(&mut payload)?;
            if size > MAX_BODY as u64 {
                return Err(BrokerFault::TooLarge { size: size as usize, limit: MAX_BODY });
            }
            Frame::Header(size)
        }
        BODY => Frame::Body(payload),
        _ => Frame::Heartbeat,
    }))
}

/// The broker breaks the protocol.
pub const fn malformed(what: &'static str) -> BrokerFault {
    BrokerFault::Protocol { protocol: "AMQP 0-9-1", what }
}

const SHORT: BrokerFault = malformed("a method is shorter than its arguments");

/// Takes a number of 16 bits.
///
/// # Errors
/// There are fewer bytes.
pub fn take_u16(from: &mut Bytes) -> Result<u16, BrokerFault> {
    from.try_get_u16().map_err(|_| SHORT)
}

/// Takes a number of 32 bits.
///
/// # Errors
/// There are fewer bytes.
pub fn take_u32(from: &mut Bytes) -> Result<u32, BrokerFault> {
    from.try_get_u32().map_err(|_| SHORT)
}

/// Takes a number of 64 bits.
///
/// # Errors
/// There are fewer bytes.
pub fn take_u64(from: &mut Bytes) -> Result<u64, BrokerFault> {
    from.try_get_u64().map_err(|_| SHORT)
}

/// Takes a short string.
///
/// # Errors
/// There are fewer bytes.
pub fn take_text(from: &mut Bytes) -> Result<String, BrokerFault> {
    let size = usize::from(from.try_get_u8().map_err(|_| SHORT)?);
    if from.len() < size {
        return Err(SHORT);
    }
    Ok(String::from_utf8_lossy(&from.split_to(size)).into_owned())
}

/// Writes a method's frame; `arguments` writes its arguments.
pub fn method(
    to: &mut BytesMut,
    channel: u16,
    (class, number): (u16, u16),
    arguments: impl FnOnce(&mut BytesMut),
) {
    frame(to, METHOD, channel, |to| {
        to.put_u16(class);
        to.put_u16(number);
        arguments(to);
    });
}

/// Writes a message's content: its header with the properties, its body in frames that are no longer than agreed on.
pub fn content(
    to: &mut BytesMut,
    channel: u16,
    max_frame: u32,
    body: &[u8],
    properties: impl FnOnce(&mut BytesMut),
) {
    frame(to, HEADER, channel, |to| {
        to.put_u16(super::method::BASIC);
        to.put_u16(0);
        to.put_u64(body.len() as u64);
        properties(to);
    });
    for part in body.chunks(max_frame as usize - OVERHEAD) {
        frame(to, BODY, channel, |to| to.put_slice(part));
    }
}

fn frame(to: &mut BytesMut, kind: u8, channel: u16, payload: impl FnOnce(&mut BytesMut)) {
    to.put_u8(kind);
    to.put_u16(channel);
    sized(to, payload);
    to.put_u8(END);
}

/// Writes the size of what `payload` writes, in 32 bits, before it.
fn sized(to: &mut BytesMut, payload: impl FnOnce(&mut BytesMut)) {
    let at = to.len();
    to.put_u32(0);
    payload(to);
    let size = (to.len() - at - 4) as u32;
    to[at..at + 4].copy_from_slice(&size.to_be_bytes());
}

/// Writes a short string, of 255 bytes at most: the caller has checked it.
pub fn put_short(to: &mut BytesMut, text: &str) {
    let size = u8::try_from(text.len()).unwrap_or(u8::MAX);
    to.put_u8(size);
    to.put_slice(&text.as_bytes()[..usize::from(size)]);
}

/// Writes a long string.
pub fn put_long(to: &mut BytesMut, bytes: &[u8]) {
    sized(to, |to| to.put_slice(bytes));
}

/// Writes a table.
pub fn put_table(to: &mut BytesMut, entries: &[(String, Value)]) {
    sized(to, |to| {
        for (name, value) in entries {
            put_short(to, name);
            put_value(to, value);
        }
    });
}

fn put_value(to: &mut BytesMut, value: &Value) {
    let put_text = |to: &mut BytesMut, text: &String| {
        to.put_u8(b'S');
        put_long(to, text.as_bytes());
    };
    match value {
        Value::Flag(flag) => {
            to.put_u8(b't');
            to.put_u8(u8::from(*flag));
        }
        Value::Text(text) => put_text(to, text),
        Value::Texts(texts) => {
            to.put_u8(b'A');
            sized(to, |to| texts.iter().for_each(|text| put_text(to, text)));
        }
        Value::Table(entries) => {
            to.put_u8(b'F');
            put_table(to, entries);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn methods_are_written_and_read() {
        let mut bytes = BytesMut::new();
        method(&mut bytes, 1, (60, 80), |to| {
            to.put_u64(7);
            put_short(to, "é");
        });
        assert_eq!(&bytes[..], b"\x01\0\x01\0\0\0\x0f\0\x3c\0\x50\0\0\0\0\0\0\0\x07\x02\xc3\xa9\xce");
        let whole = bytes.clone();
        for cut in 0..whole.len() {
            assert_eq!(read(&mut BytesMut::from(&whole[..cut])), Ok(None), "{cut}");
        }
        let Some(Frame::Method((60, 80), mut arguments)) = read(&mut bytes).unwrap() else { panic!() };
        assert_eq!((take_u64(&mut arguments), take_text(&mut arguments)), (Ok(7), Ok("é".to_owned())));
        assert_eq!(take_u16(&mut arguments), Err(SHORT));
    }

    #[test]
    fn bodies_are_cut_to_frames() {
        let mut bytes = BytesMut::new();
        content(&mut bytes, 1, 12, b"0123456789", |to| to.put_u16(0));
        let frames: Vec<_> = std::iter::from_fn(|| read(&mut bytes).unwrap()).collect();
        let body = |text| Frame::Body(Bytes::from_static(text));
        assert_eq!(frames, [Frame::Header(10), body(b"0123"), body(b"4567"), body(b"89")]);
    }

    #[test]
    fn tables_are_written() {
        let mut bytes = BytesMut::new();
        let texts = Value::Texts(vec!["b".to_owned(), String::new()]);
        put_table(&mut bytes, &[("a".to_owned(), texts), ("c".to_owned(), Value::Flag(true))]);
        assert_eq!(&bytes[..], b"\0\0\0\x16\x01aA\0\0\0\x0bS\0\0\0\x01bS\0\0\0\0\x01ct\x01");
    }

    #[test]
    fn what_is_not_amqp_is_refused() {
        for bytes in [
            &b"HTTP/1.1"[..],
            b"AMQP\0\0\x09\x01",
            b"\x01\0\0\xff\0\0\0",
            b"\x08\0\0\0\0\0\0\0",
            b"\x01\0\0\0\0\0\x01\0\xce",
        ] {
            assert!(read(&mut BytesMut::from(bytes)).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop::sample::select(vec![0u8, 1, 2, 3, 8, 0xce, 60]), 0..60)) {
            let mut input = BytesMut::from(&bytes[..]);
            while let Ok(Some(frame)) = read(&mut input) {
                if let Frame::Method(_, mut arguments) = frame {
                    let _ = (take_text(&mut arguments), take_u64(&mut arguments));
                }
            }
        }
    }
}
