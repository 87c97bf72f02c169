//! Writes record batches, format 2: what topics consist of.

use bytes::{BufMut, BytesMut};

use super::wire::put_varint;
use crate::broker::Message;

/// What sarama adds to a record's key, value and headers before it compares them with its limit.
const OVERHEAD: usize = 36;
const HEADER_OVERHEAD: usize = 10;

/// From the batch's first byte to its checksum's end.
pub const PREFIX: usize = 21;
/// The bytes of a message as KrakenD's client counts them.
#[must_use]
pub fn size(message: &Message) -> usize {
    let headers = message.headers.iter().map(|(name, value)| name.len() + value.len() + HEADER_OVERHEAD);
    OVERHEAD + message.key.as_ref().map_or(0, String::len) + message.body.len() + headers.sum::<usize>()
}

/// A batch of one record.
#[must_use]
pub fn encode(message: &Message, now: i64) -> BytesMut {
    let mut record = BytesMut::with_capacity(message.body.len() + 256);
    // Attributes, the difference to the batch's time and to its offset.
    record.put_slice(&[0, 0, 0]);
    put_sized(&mut record, message.key.as_ref().map(String::as_bytes));
    put_sized(&mut record, Some(&message.body));
    put_varint(&mut record, message.headers.len() as i64);
    for (name, value) in &message.headers {
        put_sized(&mut record, Some(name.as_bytes()));
        put_sized(&mut record, Some(value.as_bytes()));
    }
    let mut checked = BytesMut::with_capacity(record.len() + 64);
    // No compression, no transaction.
    checked.put_i16(0);
    // The last record's offset in the batch.
    checked.put_i32(0);
    checked.put_i64(now);
    checked.put_i64(now);
    // No idempotent producer: its number, its epoch, the first sequence.
    checked.put_i64(-1);
    checked.put_i16(-1);
    checked.put_i32(-1);
    checked.put_i32(1);
    put_varint(&mut checked, record.len() as i64);
    checked.put_slice(&record);
    let mut batch = BytesMut::with_capacity(checked.len() + PREFIX);
    batch.put_i64(0);
    batch.put_i32((checked.len() + 9) as i32);
    batch.put_i32(-1);
    batch.put_i8(2);
    batch.put_u32(crc32c(&checked));
    batch.put_slice(&checked);
    batch
}

fn put_sized(to: &mut BytesMut, bytes: Option<&[u8]>) {
    put_varint(to, bytes.map_or(-1, |bytes| bytes.len() as i64));
    to.put_slice(bytes.unwrap_or_default());
}

/// CRC-32C, by the reflected polynomial of Castagnoli.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| (crc >> 8) ^ TABLE[usize::from(crc as u8 ^ byte)])
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let (mut crc, mut bit) = (index as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn message(headers: &[(&str, &str)], body: &'static [u8]) -> Message {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Message { headers, body: Bytes::from_static(body), ..Message::default() }
    }

    #[test]
    fn checksums_are_castagnolis() {
        // RFC 3720, B.4.
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn a_message_is_a_batch() {
        let batch = encode(&message(&[("a", "b")], b"hi"), 258);
        let records = b"\x18\0\0\0\x01\x04hi\x02\x02a\x02b";
        assert_eq!(batch.len(), PREFIX + 40 + records.len());
        assert!(batch.ends_with(records), "{batch:?}");
        assert_eq!(i32::from_be_bytes(batch[8..12].try_into().unwrap()) as usize, batch.len() - 12);
        assert_eq!(size(&message(&[("a", "b")], b"hi")), 36 + 2 + 12);
    }
}
