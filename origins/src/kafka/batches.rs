//! Reads record batches, format 2: what a fetch gives.

use bytes::Bytes;

use super::compression::inflate;
use super::records::PREFIX;
use super::wire::{Reader, malformed};
use crate::broker::{BrokerFault, MAX_BODY};

/// From the field after the size to the records.
const FIXED: usize = 49;

/// A record that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the partition.
    pub offset: i64,
    /// The value.
    pub value: Bytes,
}

/// The records from `offset` on, in batches of which the last may be cut; and where the next fetch starts.
///
/// # Errors
/// A batch is of an older format or compressed in an unknown way, or isn't a batch.
pub fn decode(batches: Bytes, offset: i64) -> Result<(Vec<Record>, i64), BrokerFault> {
    let (mut batches, mut next, mut records) = (Reader(batches), offset, Vec::new());
    let mut inflated_bytes = 0;
    // What is left is fetched again.
    while batches.0.len() >= PREFIX && inflated_bytes < MAX_BODY {
        let base = batches.i64()?;
        let size = usize::try_from(batches.i32()?).unwrap_or(usize::MAX);
        if size > batches.0.len() {
            break;
        }
        let mut batch = Reader(batches.take(size)?);
        if size < FIXED {
            return Err(malformed("a batch is shorter than its head"));
        }
        batch.i32()?;
        if batch.i8()? != 2 {
            return Err(BrokerFault::Undecodable("its record format is older than 0.11"));
        }
        batch.i32()?;
        let attributes = batch.i16()?;
        let last = i64::from(batch.i32()?);
        // Times, the producer.
        batch.take(30)?;
        let count = batch.i32()?;
        let after = base.saturating_add(last).saturating_add(1);
        if after <= next || attributes & CONTROL != 0 {
            next = next.max(after);
            continue;
        }
        let mut inflated = Reader(inflate(attributes & COMPRESSION, batch.0)?);
        inflated_bytes += inflated.0.len();
        for _ in 0..count {
            let record = record(&mut inflated, base)?;
            if record.offset >= next {
                records.push(record);
            }
        }
        next = after;
    }
    Ok((records, next))
}

const COMPRESSION: i16 = 0b111;
/// Markers of transactions.
const CONTROL: i16 = 0b10_0000;

fn record(batch: &mut Reader, base: i64) -> Result<Record, BrokerFault> {
    let bytes = batch.sized()?.ok_or(malformed("a record without a size"))?;
    let mut record = Reader(bytes);
    record.i8()?;
    record.varint()?;
    let offset = base.saturating_add(record.varint()?);
    record.sized()?;
    Ok(Record { offset, value: record.sized()?.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::super::records::encode;
    use super::*;
    use crate::broker::Message;

    fn message(headers: &[(&str, &str)], body: &'static [u8]) -> Message {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Message { headers, body: Bytes::from_static(body), ..Message::default() }
    }

    #[test]
    fn records_are_found_by_their_offsets() {
        let mut batches = BytesMut::new();
        for (base, body) in [(5_i64, &b"five"[..]), (6, b"six"), (9, b"nine")] {
            let mut batch = encode(&message(&[], body), 0);
            batch[..8].copy_from_slice(&base.to_be_bytes());
            batches.extend_from_slice(&batch);
        }
        let all = batches.freeze();
        let found = |offset| {
            let (records, next) = decode(all.clone(), offset).unwrap();
            (records.iter().map(|record| record.offset).collect::<Vec<_>>(), next)
        };
        assert_eq!(found(0), (vec![5, 6, 9], 10));
        assert_eq!(found(6), (vec![6, 9], 10));
        assert_eq!(found(7), (vec![9], 10));
        assert_eq!(found(10), (vec![], 10));
        assert_eq!(decode(all.clone(), 6).unwrap().0[0].value, "six");
        // The last batch may be cut.
        assert_eq!(decode(all.slice(..all.len() - 1), 7).unwrap(), (vec![], 7));
        let mut marker = BytesMut::from(&all[..]);
        marker[22] = 0x20;
        assert_eq!(decode(marker.freeze(), 0).unwrap().0[0].offset, 6);
        let mut compressed = BytesMut::from(&all[..]);
        compressed[22] = 1;
        assert!(matches!(decode(compressed.freeze(), 0), Err(BrokerFault::Undecodable(_))));
    }

    proptest! {
        #[test]
        fn any_message_comes_back(key in prop::option::of("\\PC*"), body in prop::collection::vec(any::<u8>(), 0..300)) {
            let message = Message { key, body: Bytes::from(body), headers: vec![("é".to_owned(), String::new())], ..Message::default() };
            let (records, _) = decode(encode(&message, 1).freeze(), 0).unwrap();
            prop_assert_eq!(&records[0].value, &message.body);
        }

        #[test]
        fn any_bytes_are_read_or_refused(at in 0usize..90, byte in any::<u8>(), cut in 0usize..90) {
            let mut bytes = encode(&message(&[("a", "b")], b"hello"), 1);
            let at = at.min(bytes.len() - 1);
            bytes[at] = byte;
            bytes.truncate(cut);
            let _ = decode(bytes.freeze(), 0);
        }
    }
}
