//! Puts U+FFFD where Go's decoder does: for bytes that are not UTF-8 and for surrogates without a partner (`spec` §7).
//! Only bodies that failed as they were come here.

use fjord_memory::{BODY, Excess, afford};

use super::body::{Body, PADDING};
use super::scan::hex;

/// `text` with U+FFFD in place of each byte that is not part of UTF-8 and of each lone `\u` surrogate in a string.
/// `None` if nothing had to be replaced.
///
/// # Errors
/// If there's no memory for the copy: each such byte becomes three.
pub(super) fn repaired(text: &[u8]) -> Result<Option<Body>, Excess> {
    let invalid: usize = text.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    let len = text.len() + 2 * invalid;
    if len > BODY && invalid > 0 {
        return Err(Excess::Body);
    }
    afford(len + PADDING)?;
    let mut utf8 = Vec::with_capacity(len + PADDING);
    let mut changed = false;
    for chunk in text.utf8_chunks() {
        utf8.extend_from_slice(chunk.valid().as_bytes());
        // Go replaces byte by byte, not sequence by sequence.
        for _ in chunk.invalid() {
            utf8.extend_from_slice("\u{fffd}".as_bytes());
            changed = true;
        }
    }
    changed |= pair_surrogates(&mut utf8);
    Ok(changed.then(|| Body::from(utf8)))
}

/// Overwrites the lone surrogate escapes in strings by `\ufffd`; an escape has six bytes, so has this.
fn pair_surrogates(text: &mut [u8]) -> bool {
    let mut changed = false;
    let mut in_string = false;
    let mut i = 0;
    while let Some(&byte) = text.get(i) {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => match unit(text, i) {
                Some(0xd800..0xdc00) if matches!(unit(text, i + 6), Some(0xdc00..0xe000)) => i += 10,
                Some(0xd800..0xe000) => {
                    if let Some(escape) = text.get_mut(i..i + 6) {
                        escape.copy_from_slice(b"\\ufffd");
                    }
                    changed = true;
                    i += 4;
                }
                _ => i += 1,
            },
            _ => {}
        }
        i += 1;
    }
    changed
}

/// The code unit of a `\u` escape at `i`.
fn unit(text: &[u8], i: usize) -> Option<u32> {
    if text.get(i..)?.starts_with(b"\\u") { hex(text, i + 2) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_memory::with_room;

    #[test]
    fn replaces_what_go_replaces() {
        let cases: [(&[u8], Option<&str>); 9] = [
            (b"{\"a\":1}", None),
            (br#"["\ud83d\ude00"]"#, None),
            (br#"["\ud800"]"#, Some(r#"["\ufffd"]"#)),
            (br#"["\ud800\ud83d\ude00"]"#, Some(r#"["\ufffd\ud83d\ude00"]"#)),
            (br#"["\uDE00\\ud800"]"#, Some(r#"["\ufffd\\ud800"]"#)),
            (br#"["\\ud800"]"#, None),
            (b"\xff[1]", Some("\u{fffd}[1]")),
            (b"[\"\xf0\x9f\x98\"]", Some("[\"\u{fffd}\u{fffd}\u{fffd}\"]")),
            (b"[\"\\ud8", None),
        ];
        for (text, want) in cases {
            let got = repaired(text)
                .expect("it's short")
                .map(|body| String::from_utf8_lossy(body.as_slice()).into_owned());
            assert_eq!(got.as_deref(), want, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_body_does_not_swell() {
        assert_eq!(repaired(&vec![0xff; BODY / 2]).err(), Some(Excess::Body));
        assert!(matches!(repaired(&vec![0xff; BODY / 3]), Ok(Some(body)) if body.len() <= BODY));
        assert!(matches!(repaired(&vec![b'1'; BODY + 1]), Ok(None)));
        assert_eq!(with_room(10, || repaired(&[0xff; 10]).err()), Some(Excess::Room));
    }
}
