//! Inflates the records of a compressed batch: gzip, Snappy, LZ4 and zstd.

use std::io::Read;

use bytes::{Bytes, BytesMut};
use flate2::read::GzDecoder;
use lz4_flex::frame::FrameDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::wire::Reader;
use crate::broker::{BrokerFault, MAX_BODY};

const GZIP: i16 = 1;
const SNAPPY: i16 = 2;
const LZ4: i16 = 3;
const ZSTD: i16 = 4;

/// What snappy-java writes before its blocks: a name, then two versions.
const SNAPPY_JAVA: &[u8] = b"\x82SNAPPY\0";
const SNAPPY_JAVA_HEAD: usize = 16;

/// The records of a batch that is compressed in this way.
///
/// # Errors
/// They are damaged, take more than 32 MB, or are compressed in another way.
pub fn inflate(codec: i16, bytes: Bytes) -> Result<Bytes, BrokerFault> {
    match codec {
        0 => Ok(bytes),
        GZIP => all(GzDecoder::new(&*bytes)),
        SNAPPY => snappy(bytes),
        LZ4 => all(FrameDecoder::new(&*bytes)),
        ZSTD => all(StreamingDecoder::new(&*bytes).map_err(|_| DAMAGED)?),
        _ => Err(BrokerFault::Undecodable("its batch is compressed in an unknown way")),
    }
}

const DAMAGED: BrokerFault = BrokerFault::Undecodable("its compressed batch is damaged");
const TOO_LARGE: BrokerFault = BrokerFault::Undecodable("its compressed batch takes more than 32 MB");

/// All bytes of a stream, up to the limit.
fn all(stream: impl Read) -> Result<Bytes, BrokerFault> {
    let mut inflated = Vec::new();
    let read = stream.take(MAX_BODY as u64 + 1).read_to_end(&mut inflated);
    match read {
        Ok(size) if size > MAX_BODY => Err(TOO_LARGE),
        Ok(_) => Ok(inflated.into()),
        Err(_) => Err(DAMAGED),
    }
}

fn snappy(bytes: Bytes) -> Result<Bytes, BrokerFault> {
    let mut inflated = BytesMut::new();
    let mut block = |block: &[u8]| {
        let size = snap::raw::decompress_len(block).map_err(|_| DAMAGED)?;
        let start = inflated.len();
        if size > MAX_BODY - start {
            return Err(TOO_LARGE);
        }
        inflated.resize(start + size, 0);
        let written = snap::raw::Decoder::new().decompress(block, &mut inflated[start..]);
        written.map(|_| ()).map_err(|_| DAMAGED)
    };
    if !bytes.starts_with(SNAPPY_JAVA) {
        block(&bytes)?;
        return Ok(inflated.freeze());
    }
    let mut rest = Reader(bytes);
    rest.take(SNAPPY_JAVA_HEAD)?;
    while !rest.0.is_empty() {
        block(&rest.bytes()?)?;
    }
    Ok(inflated.freeze())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use lz4_flex::frame::FrameEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    fn lz4(bytes: &[u8]) -> Bytes {
        let mut encoder = FrameEncoder::new(Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    fn zstd(bytes: &[u8]) -> Bytes {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest).into()
    }

    fn raw_snappy(bytes: &[u8]) -> Vec<u8> {
        snap::raw::Encoder::new().compress_vec(bytes).unwrap()
    }

    /// In blocks of 1,000 bytes.
    fn snappy_java(bytes: &[u8]) -> Bytes {
        let mut written = [SNAPPY_JAVA, b"\0\0\0\x01\0\0\0\x01"].concat();
        for part in bytes.chunks(1000) {
            let block = raw_snappy(part);
            written.extend((block.len() as u32).to_be_bytes());
            written.extend(block);
        }
        written.into()
    }

    #[test]
    fn all_codecs_are_inflated() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| (number / 100) as u8).collect();
        for (codec, compressed) in [
            (0, bytes.clone().into()),
            (GZIP, gzip(&bytes)),
            (SNAPPY, snappy_java(&bytes)),
            (SNAPPY, raw_snappy(&bytes).into()),
            (LZ4, lz4(&bytes)),
            (ZSTD, zstd(&bytes)),
        ] {
            assert!(inflate(codec, compressed).unwrap() == bytes, "{codec}");
        }
        assert!(inflate(5, Bytes::new()).is_err());
    }

    #[test]
    fn bombs_are_refused() {
        let bytes = vec![0; MAX_BODY + 1];
        for (codec, compressed) in
            [(GZIP, gzip(&bytes)), (SNAPPY, raw_snappy(&bytes).into()), (LZ4, lz4(&bytes))]
        {
            assert_eq!(inflate(codec, compressed), Err(TOO_LARGE), "{codec}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(codec in 0i16..6, at in 0usize..200, byte in any::<u8>()) {
            for compressed in [gzip(&[7; 500]), snappy_java(&[7; 500]), lz4(&[7; 500]), zstd(&[7; 500])] {
                let mut bytes = compressed.to_vec();
                let at = at.min(bytes.len() - 1);
                bytes[at] = byte;
                let _ = inflate(codec, bytes.into());
            }
        }
    }
}
