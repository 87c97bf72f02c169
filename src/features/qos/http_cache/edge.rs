//! The edge's own cache, which all isolates of a place share. It only stores: what an answer is worth is for the policy to
//! say, whenever it is read.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::http::Headers;
use crate::platform::Level;
use crate::proxy::Cx;

use super::store::Kept;

/// The most that a look into the cache takes of a request's time, in milliseconds.
const PATIENCE_MS: u32 = 500;

/// The answer under a key. A cache that fails is an empty one.
pub async fn find(cx: Cx<'_>, key: &str) -> Option<Kept> {
    decode(&call(cx, "cache_find", vec![name(key)]).await?)
}

/// Keeps an answer; the host goes on with that after the client has its own.
pub async fn put(cx: Cx<'_>, key: &str, kept: &Kept) {
    call(cx, "cache_put", vec![name(key), encode(kept)]).await;
}

/// Forgets an answer.
pub async fn remove(cx: Cx<'_>, key: &str) {
    call(cx, "cache_remove", vec![name(key)]).await;
}

async fn call(cx: Cx<'_>, op: &'static str, args: Vec<Vec<u8>>) -> Option<Vec<u8>> {
    let patience = crate::platform::Deadline::new(cx.io, cx.deadline.remaining_ms().min(PATIENCE_MS));
    let reason = match patience.bound(cx.io.call(op, args)).await {
        Ok(Ok(answer)) => return Some(answer),
        Ok(Err(error)) => error.to_string(),
        Err(expired) => expired.to_string(),
    };
    cx.log(Level::Warning, || {
        format!("[ENDPOINT: {}][HTTP-Cache] the edge's cache: {reason}", cx.endpoint.path)
    });
    None
}

/// A key as a segment of a path: URLs have any length and any character.
fn name(key: &str) -> Vec<u8> {
    let mut name = String::with_capacity(64);
    for byte in Sha256::digest(key.as_bytes()) {
        // Writing to a text can't fail.
        let _ = write!(name, "{byte:02x}");
    }
    name.into_bytes()
}

/// `STATUS`, a line for each header line (`h`) and value that the answer varies by (`v`), an empty line, the body.
fn encode(kept: &Kept) -> Vec<u8> {
    let mut head = format!("{}\n", kept.status);
    let fields = kept.headers.iter().map(|(name, value)| ('h', name, value));
    let varied = kept.varied.iter().map(|(name, value)| ('v', name.as_str(), value.as_str()));
    for (kind, name, value) in fields.chain(varied) {
        let _ = writeln!(head, "{kind}{name}:{value}");
    }
    head.push('\n');
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&kept.body);
    bytes
}

/// The other way round; nothing if the bytes are something else.
fn decode(bytes: &[u8]) -> Option<Kept> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split('\n');
    let status = lines.next()?.parse().ok()?;
    let (mut headers, mut varied) = (Headers::default(), Vec::new());
    for line in lines {
        let (name, value) = line.get(1..)?.split_once(':')?;
        match line.as_bytes().first()? {
            b'h' => headers.add(name.to_owned(), value),
            b'v' => varied.push((name.to_owned(), value.to_owned())),
            _ => return None,
        }
    }
    Some(Kept { status, headers, body: bytes[end + 2..].into(), varied })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_back_as_they_were() {
        let mut headers = Headers::default();
        for (name, value) in [("Set-Cookie", "a=1"), ("Set-Cookie", "b=é:2"), ("X-Empty", "")] {
            headers.add(name, value);
        }
        let varied = vec![("Accept".to_owned(), "a:b".to_owned()), ("X".to_owned(), String::new())];
        for (headers, varied, body) in
            [(Headers::default(), Vec::new(), &b""[..]), (headers, varied, b"\n\nh:\0\xff\n\n")]
        {
            let kept = Kept { status: 404, headers, body: body.into(), varied };
            let back = decode(&encode(&kept)).unwrap();
            assert_eq!(
                (back.status, &back.headers, &back.body, &back.varied),
                (kept.status, &kept.headers, &kept.body, &kept.varied)
            );
        }
    }

    #[test]
    fn other_bytes_are_no_answer() {
        for bytes in [
            &b""[..],
            b"\n\n",
            b"200",
            b"200\n\xff:\n\n",
            b"200\nx\n\n",
            b"200\nqa:b\n\n",
            b"99999\n\n",
            "200\né:b\n\n".as_bytes(),
        ] {
            assert!(decode(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn names_are_alike_in_all_isolates() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(name(""), empty.as_bytes());
        assert_ne!(name("http://a/"), name("HEAD http://a/"));
    }
}
