//! Base64 in its alphabet for URLs, without padding; padding at the end is let through when reading, as go-jose does.

use fjord_encoding::base64;
use fjord_encoding::base64::Alphabet;

const URL: &Alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The bytes of a text; none if it is not base64url. Bits behind the last byte are not looked at.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    base64::read(text.trim_end_matches('=').as_bytes(), URL)
}

/// The text of bytes.
pub fn encode(bytes: &[u8]) -> String {
    base64::write(bytes, URL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (bytes, text) in
            [(&b""[..], ""), (b"h", "aA"), (b"hi", "aGk"), (b"hi!", "aGkh"), (b"\xfb\xff\xbf", "-_-_")]
        {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
        for (text, bytes) in
            [("aA==", &b"h"[..]), ("aGk=", b"hi"), ("aB", b"h"), ("aGkh=", b"hi!"), ("=", b"")]
        {
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["a", "+/+/", "aG k", "a=Gk", "aGk\n", "äöü", "aGkha"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
