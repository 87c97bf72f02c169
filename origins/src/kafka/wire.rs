//! Kafka's primitive types: what requests are written with and responses read by.
//!
//! All versions in use are from before the compact types, so that brokers from 0.11 to 4 understand them.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::broker::{BrokerFault, MAX_BODY};

/// The longest response: a fetched message and what is around it.
const MAX_RESPONSE: usize = MAX_BODY + (1 << 20);

/// A response that is being read.
#[derive(Debug)]
pub struct Reader(pub Bytes);

/// The broker breaks the protocol.
pub const fn malformed(what: &'static str) -> BrokerFault {
    BrokerFault::Protocol { protocol: "Kafka", what }
}

const SHORT: BrokerFault = malformed("a response is shorter than its fields");

/// Takes a frame from the start of `input`: the request's number, and the response; `None` if it isn't complete.
///
/// # Errors
/// What comes isn't Kafka, or is too long.
pub fn read(input: &mut BytesMut) -> Result<Option<(i32, Reader)>, BrokerFault> {
    let Some(head) = input.first_chunk::<4>() else { return Ok(None) };
    // A record of TLS: an alert, as a request isn't what it wants.
    if head.starts_with(&[0x15, 0x03]) {
        return Err(malformed("it speaks TLS"));
    }
    let size = usize::try_from(i32::from_be_bytes(*head)).unwrap_or(usize::MAX);
    if !(4..=MAX_RESPONSE).contains(&size) {
        return Err(malformed("a response has an impossible size"));
    }
    if input.len() < 4 + size {
        return Ok(None);
    }
    input.advance(4);
    let mut response = Reader(input.split_to(size).freeze());
    Ok(Some((response.i32()?, response)))
}

/// Starts a frame; [`end`] completes it.
pub fn start(to: &mut BytesMut, (key, version): (i16, i16), number: i32, client: &str) {
    to.put_i32(0);
    to.put_i16(key);
    to.put_i16(version);
    to.put_i32(number);
    put_text(to, client);
}

/// Writes the size of the frame that is all of `frame`.
pub fn end(frame: &mut BytesMut) {
    let size = (frame.len() - 4) as i32;
    frame[..4].copy_from_slice(&size.to_be_bytes());
}

/// Writes a string, of 32,767 bytes at most: the caller has checked it.
pub fn put_text(to: &mut BytesMut, text: &str) {
    to.put_i16(i16::try_from(text.len()).unwrap_or(i16::MAX));
    to.put_slice(&text.as_bytes()[..text.len().min(i16::MAX as usize)]);
}

/// Writes bytes.
pub fn put_bytes(to: &mut BytesMut, bytes: &[u8]) {
    to.put_i32(bytes.len() as i32);
    to.put_slice(bytes);
}

/// Writes a number as a zigzag varint.
pub fn put_varint(to: &mut BytesMut, number: i64) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest >= 0x80 {
        to.put_u8(rest as u8 | 0x80);
        rest >>= 7;
    }
    to.put_u8(rest as u8);
}

// === impl Reader ===

impl Reader {
    /// Takes a number of 8 bits.
    pub fn i8(&mut self) -> Result<i8, BrokerFault> {
        self.0.try_get_i8().map_err(|_| SHORT)
    }

    /// Takes a number of 16 bits.
    pub fn i16(&mut self) -> Result<i16, BrokerFault> {
        self.0.try_get_i16().map_err(|_| SHORT)
    }

    /// Takes a number of 32 bits.
    pub fn i32(&mut self) -> Result<i32, BrokerFault> {
        self.0.try_get_i32().map_err(|_| SHORT)
    }

    /// Takes a number of 64 bits.
    pub fn i64(&mut self) -> Result<i64, BrokerFault> {
        self.0.try_get_i64().map_err(|_| SHORT)
    }

    /// Takes a string; an absent one is empty.
    pub fn text(&mut self) -> Result<String, BrokerFault> {
        let size = self.i16()?;
        let bytes = self.take(usize::try_from(size).unwrap_or(0))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Takes bytes; absent ones are empty.
    pub fn bytes(&mut self) -> Result<Bytes, BrokerFault> {
        let size = self.i32()?;
        self.take(usize::try_from(size).unwrap_or(0))
    }

    /// Takes this many bytes.
    pub fn take(&mut self, size: usize) -> Result<Bytes, BrokerFault> {
        if size > self.0.len() { Err(SHORT) } else { Ok(self.0.split_to(size)) }
    }

    /// Takes an array; an absent one is empty. Nothing is allocated for elements that aren't there.
    pub fn array<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T, BrokerFault>,
    ) -> Result<Vec<T>, BrokerFault> {
        let count = self.i32()?;
        let mut elements = Vec::new();
        for _ in 0..count {
            elements.push(element(self)?);
        }
        Ok(elements)
    }

    /// Takes a zigzag varint.
    pub fn varint(&mut self) -> Result<i64, BrokerFault> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.0.try_get_u8().map_err(|_| SHORT)?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((number >> 1) as i64 ^ -((number & 1) as i64));
            }
        }
        Err(malformed("a number is too long"))
    }

    /// Takes bytes after their size, a varint; `None` if that is negative.
    pub fn sized(&mut self) -> Result<Option<Bytes>, BrokerFault> {
        match usize::try_from(self.varint()?) {
            Ok(size) => self.take(size).map(Some),
            Err(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_are_written_and_read() {
        let mut frame = BytesMut::new();
        start(&mut frame, (3, 4), 7, "fjord");
        end(&mut frame);
        assert_eq!(&frame[..], b"\0\0\0\x0f\0\x03\0\x04\0\0\0\x07\0\x05fjord");
        let response = b"\0\0\0\x06\0\0\0\x07\0\x05";
        for cut in 0..response.len() {
            assert!(read(&mut BytesMut::from(&response[..cut])).unwrap().is_none(), "{cut}");
        }
        let (number, mut reader) = read(&mut BytesMut::from(&response[..])).unwrap().unwrap();
        assert_eq!((number, reader.i16(), reader.i16()), (7, Ok(5), Err(SHORT)));
    }

    #[test]
    fn what_is_not_kafka_is_refused() {
        for bytes in
            [&b"HTTP/1.1"[..], b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x03abc", b"\x15\x03\x03\0\x02"]
        {
            assert!(read(&mut BytesMut::from(bytes)).is_err(), "{bytes:?}");
        }
        // Two billion elements, of which none is there.
        assert!(Reader(Bytes::from_static(b"\x7f\xff\xff\xff")).array(Reader::i64).is_err());
    }

    proptest! {
        #[test]
        fn any_number_comes_back(number in any::<i64>()) {
            let mut bytes = BytesMut::new();
            put_varint(&mut bytes, number);
            prop_assert_eq!(Reader(bytes.freeze()).varint(), Ok(number));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut reader = Reader(bytes.into());
            while reader.varint().is_ok() && reader.sized().is_ok() && reader.array(Reader::text).is_ok() {}
        }
    }
}
