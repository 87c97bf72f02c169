//! Messages as gocloud's NATS driver writes them by default: a Go gob of the metadata, then one of the body.
//!
//! Of gob (<https://pkg.go.dev/encoding/gob>) two values are needed, a `map[string]string` and a `[]byte`. Each value is a message:
//! its length, the number of its type, a zero, its content. A definition comes before the first value of the map's type.

use bytes::Bytes;

/// Names and values, in order.
type Metadata = Vec<(String, String)>;

/// The number of the map's type: the first one that Go gives to a type that isn't built in. Readers take any.
const MAP: i64 = 64;
const BYTES: i64 = 5;
/// `map[string]string`, as a definition of the type [`MAP`].
const DEFINITION: &[u8] =
    &[0x0d, 0x7f, 0x04, 0x01, 0x02, 0xff, 0x80, 0x00, 0x01, 0x0c, 0x01, 0x0c, 0x00, 0x00];

/// The payload of a message. Without metadata it's the body alone.
#[must_use]
pub fn encode(metadata: &[(String, String)], body: &Bytes) -> Bytes {
    if metadata.is_empty() {
        return body.clone();
    }
    let mut content = Vec::new();
    put_unsigned(&mut content, metadata.len() as u64);
    for (name, value) in metadata {
        put_bytes(&mut content, name.as_bytes());
        put_bytes(&mut content, value.as_bytes());
    }
    let mut payload = DEFINITION.to_vec();
    put_value(&mut payload, MAP, &content);
    content.clear();
    put_bytes(&mut content, body);
    put_value(&mut payload, BYTES, &content);
    payload.into()
}

/// The message of a payload. One that doesn't begin with a map is all body, as there; `None` if a map comes without a body.
#[must_use]
pub fn decode(payload: &Bytes) -> Option<(Metadata, Bytes)> {
    let mut rest = &**payload;
    let Some(metadata) = map(&mut rest) else {
        return Some((Vec::new(), payload.clone()));
    };
    let mut content = value(&mut rest, |kind| kind == BYTES)?;
    let body = take_bytes(&mut content)?;
    Some((metadata, payload.slice_ref(body)))
}

fn map(rest: &mut &[u8]) -> Option<Metadata> {
    let mut definition = value(rest, |kind| kind < 0)?;
    // Of the definition only its sort counts: a map of strings to strings.
    definition = definition.strip_prefix(&[0x04, 0x01, 0x02])?;
    signed(&mut definition)?;
    definition.strip_prefix(&[0x00, 0x01, 0x0c, 0x01, 0x0c, 0x00, 0x00])?;
    let mut content = value(rest, |kind| kind > 0)?;
    let count = unsigned(&mut content)?;
    let mut metadata = Vec::new();
    for _ in 0..count {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        metadata.push((text(take_bytes(&mut content)?), text(take_bytes(&mut content)?)));
    }
    Some(metadata)
}

/// The content of the next value, if it's of such a type.
fn value<'a>(rest: &mut &'a [u8], is_expected: impl Fn(i64) -> bool) -> Option<&'a [u8]> {
    let mut message = take_bytes(rest)?;
    let kind = signed(&mut message)?;
    match is_expected(kind) {
        true if kind > 0 => message.strip_prefix(&[0]),
        true => Some(message),
        false => None,
    }
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let size = usize::try_from(unsigned(rest)?).ok()?;
    let (bytes, after) = rest.split_at_checked(size)?;
    *rest = after;
    Some(bytes)
}

/// A number below 128 is a byte; a larger one is its length, negated, then its bytes, the highest first.
fn unsigned(rest: &mut &[u8]) -> Option<u64> {
    let (&first, after) = rest.split_first()?;
    if first < 128 {
        *rest = after;
        return Some(u64::from(first));
    }
    let size = usize::from(first.wrapping_neg());
    let (bytes, after) = after.split_at_checked(size).filter(|_| size <= 8)?;
    *rest = after;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The lowest bit says whether the rest is complemented.
fn signed(rest: &mut &[u8]) -> Option<i64> {
    let number = unsigned(rest)?;
    let value = i64::try_from(number >> 1).ok()?;
    Some(if number & 1 == 1 { !value } else { value })
}

fn put_value(to: &mut Vec<u8>, kind: i64, content: &[u8]) {
    let mut head = Vec::new();
    put_unsigned(&mut head, (kind as u64) << 1);
    head.push(0);
    put_unsigned(to, (head.len() + content.len()) as u64);
    to.extend_from_slice(&head);
    to.extend_from_slice(content);
}

fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_unsigned(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

fn put_unsigned(to: &mut Vec<u8>, number: u64) {
    if number < 128 {
        to.push(number as u8);
        return;
    }
    let bytes = number.to_be_bytes();
    let bytes = &bytes[number.leading_zeros() as usize / 8..];
    to.push((bytes.len() as u8).wrapping_neg());
    to.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(metadata: &[(&str, &str)], body: &[u8]) -> (Metadata, Bytes) {
        let metadata =
            metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        (metadata, Bytes::copy_from_slice(body))
    }

    fn hex(text: &str) -> Bytes {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    /// Written by Go's encoding/gob as gocloud does it.
    const GO: &str = "0d7f040102ff8000010c010c000022ff8000010c436f6e74656e742d54797065106170706c69636174696f6e2f6a736f6e0a0a00077b2261223a317d";

    #[test]
    fn what_go_writes_is_read_and_written() {
        let json = message(&[("Content-Type", "application/json")], b"{\"a\":1}");
        assert_eq!(decode(&hex(GO)), Some(json.clone()));
        assert_eq!(encode(&json.0, &json.1), hex(GO));
        // A map without entries, an empty body.
        assert_eq!(decode(&hex("0d7f040102ff8000010c010c000004ff800000030a0000")), Some(message(&[], b"")));
        // Of a program that has other types before.
        let other = hex("0eff81040102ff8200010c010c000008ff8200010161016203 0a00".replace(' ', "").as_str());
        assert_eq!(decode(&other), None);
        let other = hex("0eff81040102ff8200010c010c000008ff82000101610162040a000178");
        assert_eq!(decode(&other), Some(message(&[("a", "b")], b"x")));
    }

    #[test]
    fn lengths_are_as_go_writes_them() {
        let (value, body) = ("v".repeat(300), vec![b'b'; 70_000]);
        let long = encode(&message(&[("k", &value)], &[]).0, &Bytes::copy_from_slice(&body));
        assert_eq!(long.len(), 70_336);
        assert_eq!(long[14..30], *hex("fe0135ff800001016bfe012c76767676"));
        assert_eq!(decode(&long), Some(message(&[("k", &value)], &body)));
    }

    #[test]
    fn without_metadata_the_body_is_raw() {
        for body in [&b"{\"a\":1}"[..], b"", b"\x0d\x7f\x04"] {
            assert_eq!(encode(&[], &Bytes::from_static(body)), body);
            assert_eq!(decode(&Bytes::copy_from_slice(body)), Some(message(&[], body)));
        }
    }

    proptest! {
        #[test]
        fn any_message_comes_back(metadata in prop::collection::vec(("\\PC*", "\\PC*"), 1..5), body in prop::collection::vec(any::<u8>(), 0..300)) {
            let body = body.into();
            prop_assert_eq!(decode(&encode(&metadata, &body)), Some((metadata, body)));
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..60), cut in 0usize..60) {
            bytes.splice(0..0, DEFINITION.iter().copied());
            bytes.truncate(cut);
            let _ = decode(&bytes.into());
        }
    }
}
