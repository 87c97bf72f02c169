//! Percent escapes as Go's `net/url` writes and reads them, and Go's quoted strings for error texts.

use std::borrow::Cow;
use std::fmt;

/// An invalid percent escape: the `%` and up to two bytes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscapeError(Box<[u8]>);

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// The decoded text. `+` stays. Bytes that are not UTF-8 become U+FFFD.
///
/// # Errors
/// A `%` that no two hexadecimal digits follow.
pub fn unescape(text: &str) -> Result<Cow<'_, str>, EscapeError> {
    if !text.as_bytes().contains(&b'%') {
        return Ok(Cow::Borrowed(text));
    }
    Ok(match unescape_bytes(text)? {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
    })
}

/// The decoded bytes. `+` stays.
///
/// # Errors
/// A `%` that no two hexadecimal digits follow.
pub fn unescape_bytes(text: &str) -> Result<Cow<'_, [u8]>, EscapeError> {
    decode(text, b'+')
}

/// The decoded bytes of a part of a query: `+` is a space.
///
/// # Errors
/// A `%` that no two hexadecimal digits follow.
pub fn unescape_query(text: &str) -> Result<Cow<'_, [u8]>, EscapeError> {
    decode(text, b' ')
}

fn decode(text: &str, plus: u8) -> Result<Cow<'_, [u8]>, EscapeError> {
    let bytes = text.as_bytes();
    let encoded = |&byte: &u8| byte == b'%' || (byte == b'+' && plus != b'+');
    let Some(first) = bytes.iter().position(encoded) else { return Ok(Cow::Borrowed(bytes)) };
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..first]);
    let mut at = first;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'%' => {
                let Some(decoded) = escaped(&bytes[at..]) else {
                    return Err(EscapeError(bytes[at - 1..bytes.len().min(at + 2)].into()));
                };
                out.push(decoded);
                at += 2;
            }
            b'+' => out.push(plus),
            byte => out.push(byte),
        }
    }
    Ok(Cow::Owned(out))
}

/// The byte that the two hexadecimal digits at the beginning of `bytes` mean.
pub(super) fn escaped(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    Some((digit(0)? * 16 + digit(1)?) as u8)
}

/// The first invalid escape of `text`.
pub(super) fn check(text: &str) -> Result<(), EscapeError> {
    let bytes = text.as_bytes();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        if escaped(&bytes[at + 1..]).is_none() {
            return Err(EscapeError(bytes[at..bytes.len().min(at + 3)].into()));
        }
    }
    Ok(())
}

/// A decoded path, escaped as Go does by default.
pub fn escape_path(path: &str) -> Cow<'_, str> {
    escape(path, is_path_byte)
}

pub(super) fn escape_path_bytes(path: &[u8], out: &mut String) {
    escape_into(path, is_path_byte, out);
}

/// A text as one segment of a path: Go's `url.PathEscape`.
pub(super) fn escape_segment(text: &str, out: &mut String) {
    escape_into(text.as_bytes(), is_segment_byte, out);
}

/// A text as a value in the query of a `url_pattern`. Lists keep their commas, as in KrakenD's calls.
pub(super) fn escape_query_value(text: &str, out: &mut String) {
    escape_into(text.as_bytes(), |byte| is_unreserved(byte) || byte == b',', out);
}

/// A part of a query: a space becomes `+`.
pub fn escape_query(text: &[u8], out: &mut String) {
    for &byte in text {
        match byte {
            b' ' => out.push('+'),
            byte if is_unreserved(byte) => out.push(char::from(byte)),
            byte => push_escape(byte, out),
        }
    }
}

/// Whether Go's `EscapedPath` keeps a path that has only such bytes as it was written.
pub(super) fn is_kept_in_path(byte: u8) -> bool {
    is_path_byte(byte) || matches!(byte, b'!' | b'\'' | b'(' | b')' | b'*' | b'[' | b']' | b'%')
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

fn is_path_byte(byte: u8) -> bool {
    is_unreserved(byte) || matches!(byte, b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'@')
}

fn is_segment_byte(byte: u8) -> bool {
    is_unreserved(byte) || matches!(byte, b'$' | b'&' | b'+' | b':' | b'=' | b'@')
}

fn escape(text: &str, keep: fn(u8) -> bool) -> Cow<'_, str> {
    if text.bytes().all(keep) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    escape_into(text.as_bytes(), keep, &mut out);
    Cow::Owned(out)
}

pub(super) fn escape_into(bytes: &[u8], keep: fn(u8) -> bool, out: &mut String) {
    for &byte in bytes {
        match keep(byte) {
            true => out.push(char::from(byte)),
            false => push_escape(byte, out),
        }
    }
}

pub(super) fn push_escape(byte: u8, out: &mut String) {
    out.push('%');
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}

/// The text in double quotes, as Go's `%q` prints it.
pub fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| quote_char(c, '"', false, &mut out));
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

/// A character of what `quote` surrounds, as Go's `%q` prints it; in ASCII, as `%+q` does, if that's asked for.
pub fn quote_char(c: char, quote: char, ascii: bool, out: &mut String) {
    let short = match c {
        '\\' => '\\',
        c if c == quote => quote,
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0c' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0b' => 'v',
        c if is_printable(c) && (c.is_ascii() || !ascii) => return out.push(c),
        c => {
            let code = u32::from(c);
            out.push_str(&match code {
                0..=0x7f => format!("\\x{code:02x}"),
                0x80..=0xffff => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            });
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

/// Go's `unicode.IsPrint`, but for characters of the newest versions of Unicode: letters, marks, numbers, punctuation, symbols,
/// and the blank.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    // Rust's debug output has the same rule, but for a mark at the beginning.
    let mut text = String::from("x");
    text.push(c);
    text.escape_debug().nth(1) == Some(c)
}

// === impl EscapeError ===

impl fmt::Display for EscapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid URL escape {}", quote(&self.0))
    }
}

impl std::error::Error for EscapeError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped_query(text: &str) -> String {
        let mut escaped = String::new();
        escape_query(text.as_bytes(), &mut escaped);
        escaped
    }

    #[test]
    fn queries_are_escaped_as_go_does() {
        assert_eq!(escaped_query("Content-Type: a/b~é+"), "Content-Type%3A+a%2Fb~%C3%A9%2B");
        for text in ["a+b%2f%zz", "%+1", "%4"] {
            assert!(unescape_query(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC*") {
            let escaped = escaped_query(&text);
            prop_assert_eq!(&*unescape_query(&escaped).unwrap(), text.as_bytes());
        }
    }
}
