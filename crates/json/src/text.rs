//! JSON strings: from the text between the quotes to characters and back.

use std::borrow::Cow;

use super::scan::hex;

/// The characters of a valid JSON string, given the text between its quotes. Lone surrogates become U+FFFD.
pub fn unquote(raw: &[u8]) -> Cow<'_, str> {
    if !raw.contains(&b'\\') {
        return String::from_utf8_lossy(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.iter().position(|&byte| byte == b'\\') {
        let (plain, escape) = rest.split_at(at);
        text.push_str(&String::from_utf8_lossy(plain));
        let (char, len) = unescape(escape);
        text.push(char);
        rest = escape.get(len..).unwrap_or_default();
    }
    text.push_str(&String::from_utf8_lossy(rest));
    Cow::Owned(text)
}

/// The character of the escape that `raw` starts with, and the length of the escape.
fn unescape(raw: &[u8]) -> (char, usize) {
    let char = match raw.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(raw),
        Some(&other) => char::from(other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (char, 2)
}

fn unescape_unicode(raw: &[u8]) -> (char, usize) {
    let first = hex(raw, 2).unwrap_or(0xfffd);
    if let (0xd800..0xdc00, Some(b"\\u")) = (first, raw.get(6..8))
        && let Some(second @ 0xdc00..0xe000) = hex(raw, 8)
        && let Some(char) = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    {
        return (char, 12);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// Writes `text` as a JSON string, quotes included, as Go does: `<`, `>`, `&`, U+2028 and U+2029 are escaped too.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(wants_a_look) {
        let (plain, tail) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        // `tail` starts with that byte, which is ASCII or begins a character.
        let mut chars = tail.chars();
        if let Some(char) = chars.next() {
            write_char(char, out);
        }
        rest = chars.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

/// How many bytes [`write_string`] appends.
pub(super) fn written_len(text: &str) -> usize {
    let mut len = text.len() + 2;
    let mut rest = text;
    while let Some(at) = rest.bytes().position(wants_a_look) {
        let mut chars = rest.split_at(at).1.chars();
        len += match chars.next() {
            Some('"' | '\\' | '\u{8}' | '\u{c}' | '\n' | '\r' | '\t') => 1,
            Some('\0'..' ' | '<' | '>' | '&') => 5,
            Some('\u{2028}' | '\u{2029}') => 3,
            _ => 0,
        };
        rest = chars.as_str();
    }
    len
}

/// Whether a character that starts with this byte may have to be escaped (0xe2 begins U+2028).
fn wants_a_look(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2)
}

fn write_char(char: char, out: &mut Vec<u8>) {
    let short = match char {
        '"' => b'"',
        '\\' => b'\\',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
            out.extend_from_slice(b"\\u");
            let code = u32::from(char);
            out.extend([12, 8, 4, 0].map(|shift| b"0123456789abcdef"[(code >> shift & 15) as usize]));
            return;
        }
        plain => return out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strings_are_written_as_go_writes_them() {
        for (text, want) in [
            ("", r#""""#),
            ("a\"b\\c/", r#""a\"b\\c/""#),
            ("\u{0}\u{1f}\n\r\t\u{8}\u{c}\u{7f}", "\"\\u0000\\u001f\\n\\r\\t\\b\\f\u{7f}\""),
            ("<a&b>", r#""\u003ca\u0026b\u003e""#),
            ("x\u{2028}\u{2029}\u{2030}é😀", "\"x\\u2028\\u2029\u{2030}é😀\""),
        ] {
            let mut out = Vec::new();
            write_string(text, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), want);
            assert_eq!(written_len(text), out.len());
        }
    }

    #[test]
    fn escapes_become_characters() {
        for (raw, want) in [
            ("plain é", "plain é"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"\u00e9x\uD83D\uDE00", "éx😀"),
            (r"\ud83dx\ude00\ud83d", "\u{fffd}x\u{fffd}\u{fffd}"),
            ("\\", "\u{fffd}"),
            (r"\ud8", "\u{fffd}"),
        ] {
            assert_eq!(unquote(raw.as_bytes()), want);
        }
    }

    proptest! {
        #[test]
        fn writing_and_reading_give_the_same(text: String) {
            let mut out = Vec::new();
            write_string(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).expect("it is JSON"), text.as_str());
            prop_assert_eq!(written_len(&text), out.len());
            prop_assert_eq!(unquote(&out[1..out.len() - 1]), text);
        }

        #[test]
        fn any_bytes_are_unquoted_without_panic(raw: Vec<u8>) {
            unquote(&raw);
        }
    }
}
