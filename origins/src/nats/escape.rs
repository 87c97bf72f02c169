//! Escapes texts as Go's `net/url` does for queries.

use std::fmt::Write as _;

/// A text as Go's `url.QueryEscape` writes it.
#[must_use]
pub fn query_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(byte as char),
            b' ' => escaped.push('+'),
            _ => write!(escaped, "%{byte:02X}").expect("a string takes what is written"),
        }
    }
    escaped
}

/// The text of what Go's `url.QueryUnescape` reads; `None` where an escape is malformed.
#[must_use]
pub fn query_unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, after) = rest.split_at_checked(2)?;
                let digits = std::str::from_utf8(digits)
                    .ok()
                    .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = after;
            }
            byte => bytes.push(*byte),
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_escaped_as_go_does() {
        assert_eq!(query_escape("Content-Type: a/b~é+"), "Content-Type%3A+a%2Fb~%C3%A9%2B");
        assert_eq!(query_unescape("a+b%2f%zz"), None);
        assert_eq!(query_unescape("%+1"), None);
        assert_eq!(query_unescape("%4"), None);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC*") {
            prop_assert_eq!(query_unescape(&query_escape(&text)), Some(text));
        }
    }
}
