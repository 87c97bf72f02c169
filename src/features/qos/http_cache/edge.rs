//! The edge's own cache, which all isolates of a place share. It only stores: what an answer is worth is for the policy to
//! say, whenever it is read.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use fjord_http::Headers;

use crate::context::{Cx, Reach};
use crate::platform::{Deadline, Level};

use super::store::Kept;

/// The most that a look into the cache takes of a request's time, in milliseconds.
pub const PATIENCE_MS: u32 = 500;

/// The answer under a key. A cache that fails is an empty one.
pub async fn find(cx: Cx<'_>, key: &str) -> Option<Kept> {
    decode(&call(cx, "cache_find", vec![name(key)]).await?)
}

/// Keeps an answer; the host continues with that after the client has its own.
pub async fn put(cx: Cx<'_>, key: &str, kept: &Kept) {
    call(cx, "cache_put", vec![name(key), encode(kept)]).await;
}

/// Forgets an answer.
pub async fn remove(cx: Cx<'_>, key: &str) {
    call(cx, "cache_remove", vec![name(key)]).await;
}

/// The bytes under a key that no answer has; none if there are none.
pub async fn read(reach: Reach<'_>, deadline: &Deadline<'_>, key: &str) -> Option<Vec<u8>> {
    let read = tried(reach, deadline, "cache_find", vec![name(key)]).await;
    read.map_err(|reason| warn(reach, "[SERVICE: Cache]", &reason)).ok().filter(|bytes| !bytes.is_empty())
}

/// Keeps bytes under a key that no answer has; says whether it could.
pub async fn write(reach: Reach<'_>, deadline: &Deadline<'_>, key: &str, bytes: Vec<u8>) -> bool {
    let written = tried(reach, deadline, "cache_put", vec![name(key), bytes]).await;
    written.map_err(|reason| warn(reach, "[SERVICE: Cache]", &reason)).is_ok()
}

async fn call(cx: Cx<'_>, op: &'static str, args: Vec<Vec<u8>>) -> Option<Vec<u8>> {
    let called = tried(cx.reach(), cx.deadline, op, args).await;
    let part = || format!("[ENDPOINT: {}][HTTP-Cache]", cx.endpoint.path);
    called.map_err(|reason| warn(cx.reach(), &part(), &reason)).ok()
}

async fn tried(
    reach: Reach<'_>,
    deadline: &Deadline<'_>,
    op: &'static str,
    args: Vec<Vec<u8>>,
) -> Result<Vec<u8>, String> {
    let patience = deadline.within(PATIENCE_MS);
    match patience.bound(reach.io.call(op, args)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(error.to_string()),
        Err(expired) => Err(expired.to_string()),
    }
}

fn warn(reach: Reach<'_>, part: &str, reason: &str) {
    reach.log(Level::Warning, || format!("{part} the edge's cache: {reason}"));
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

/// The status, the header lines, the request's values that the answer varies by, the body. Each text has its length
/// in front: what a client or a token says of itself stays inside its own text.
fn encode(kept: &Kept) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256 + kept.body.len());
    number(&mut bytes, usize::from(kept.status));
    number(&mut bytes, kept.headers.len());
    let headers = kept.headers.iter();
    let varied = kept.varied.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for part in headers.flat_map(<[&str; 2]>::from) {
        text(&mut bytes, part);
    }
    number(&mut bytes, kept.varied.len());
    for part in varied.flat_map(<[&str; 2]>::from) {
        text(&mut bytes, part);
    }
    bytes.extend_from_slice(&kept.body);
    bytes
}

fn number(bytes: &mut Vec<u8>, number: usize) {
    // Nothing here is longer than the module's memory, which 32 bits count.
    bytes.extend_from_slice(&(number as u32).to_le_bytes());
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

/// The other way round; nothing if the bytes are something else.
fn decode(bytes: &[u8]) -> Option<Kept> {
    let mut rest = Rest(bytes);
    let status = u16::try_from(rest.number()?).ok()?;
    let (mut headers, mut varied) = (Headers::default(), Vec::new());
    for _ in 0..rest.number()? {
        headers.add(rest.text()?.to_owned(), rest.text()?);
    }
    for _ in 0..rest.number()? {
        varied.push((rest.text()?.to_owned(), rest.text()?.to_owned()));
    }
    Some(Kept { status, headers, body: rest.0.into(), varied })
}

/// What of a stored form is still to be read.
struct Rest<'b>(&'b [u8]);

// === impl Rest ===

impl<'b> Rest<'b> {
    fn number(&mut self) -> Option<usize> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(u32::from_le_bytes(*number)).ok()
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = self.number()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
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
        let varied = vec![
            ("Accept".to_owned(), "a:b".to_owned()),
            ("X".to_owned(), String::new()),
            // Whatever a value holds, it can't become a header line or a body.
            ("X-User".to_owned(), "ann\nhX-Role:admin\n\n{\"admin\":true}\0\u{1}".to_owned()),
        ];
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
    fn a_part_of_an_answer_is_no_answer() {
        let headers = Headers::from_iter([("X-A", "1")]);
        let varied = vec![("X-B".to_owned(), "2".to_owned())];
        let kept = Kept { status: 200, headers, body: b""[..].into(), varied };
        let whole = encode(&kept);
        for end in 0..whole.len() {
            assert!(decode(&whole[..end]).is_none(), "{end}");
        }
        let numbers = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
        for bytes in [
            numbers(&[70_000, 0, 0]),
            numbers(&[200, u32::MAX, 0]),
            numbers(&[200, 1, u32::MAX]),
            [numbers(&[200, 1, 1]), vec![0xff, 0, 0, 0, 0]].concat(),
        ] {
            assert!(decode(&bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn names_are_alike_in_all_isolates() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(name(""), empty.as_bytes());
        assert_ne!(name("http://a/"), name("HEAD http://a/"));
    }
}
