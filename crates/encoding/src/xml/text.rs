//! Reads what is between tags: text, attribute values, CDATA sections and the entities in them.

use super::fault::Fault;
use super::token::Tokenizer;

// === impl Tokenizer ===

impl Tokenizer<'_> {
    /// Text up to the next `<`, or up to `quote` in an attribute.
    pub(super) fn text(&mut self, quote: Option<u8>) -> Result<String, Fault> {
        let mut text = Vec::new();
        let (mut before, mut last) = (0, 0);
        while let Some(byte) = self.peek() {
            match byte {
                b'<' if quote.is_none() => break,
                b'<' => return Err(self.fault("unescaped < inside quoted string")),
                b'>' if quote.is_none() && before == b']' && last == b']' => {
                    return Err(self.fault("unescaped ]]> not in CDATA section"));
                }
                b'&' => {
                    self.reference(&mut text)?;
                    (before, last) = (0, 0);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            if Some(byte) == quote {
                break;
            }
            push_normalised(&mut text, last, byte);
            (before, last) = (last, byte);
        }
        self.checked(text)
    }

    pub(super) fn cdata(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let Some(length) = self.input[start..].windows(3).position(|w| w == b"]]>") else {
            self.at = self.input.len();
            return Err(self.fault("unexpected EOF in CDATA section"));
        };
        let mut text = Vec::with_capacity(length);
        let mut last = 0;
        for &byte in &self.input[start..start + length] {
            push_normalised(&mut text, last, byte);
            last = byte;
        }
        self.at = start + length + 3;
        self.checked(text)
    }

    /// `&name;`, `&#10;`, `&#xa;`: only the five names of XML itself are known, so nothing can expand.
    fn reference(&mut self, text: &mut Vec<u8>) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        let decoded = if self.must_peek()? == b'#' {
            self.at += 1;
            let base = if self.must_peek()? == b'x' { 16 } else { 10 };
            self.at += usize::from(base == 16);
            let digits = self.at;
            while char::from(self.must_peek()?).is_digit(base) {
                self.at += 1;
            }
            let digits = String::from_utf8_lossy(self.slice(digits, self.at)).into_owned();
            self.semicolon()?
                .then(|| u64::from_str_radix(&digits, base).ok().filter(|&code| code <= 0x10_FFFF))
                .flatten()
                .map(|code| u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\u{FFFD}'))
        } else {
            self.read_name()?;
            let name = self.slice(start + 1, self.at).to_vec();
            self.semicolon()?.then(|| predefined(&name)).flatten()
        };
        if let Some(c) = decoded {
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        } else if self.strict {
            let mut entity = String::from_utf8_lossy(self.slice(start, self.at)).into_owned();
            if !entity.ends_with(';') {
                entity.push_str(" (no semicolon)");
            }
            return Err(self.fault(format!("invalid character entity {entity}")));
        } else {
            text.extend_from_slice(self.slice(start, self.at));
        }
        Ok(())
    }

    fn semicolon(&mut self) -> Result<bool, Fault> {
        let found = self.must_peek()? == b';';
        self.at += usize::from(found);
        Ok(found)
    }

    /// `text` as a string, if it has only characters of XML.
    fn checked(&self, text: Vec<u8>) -> Result<String, Fault> {
        let (valid, whole) = match std::str::from_utf8(&text) {
            Ok(text) => (text, true),
            Err(error) => (std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default(), false),
        };
        let illegal = |c: &char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
        match valid.chars().find(illegal) {
            Some(c) => Err(self.fault(format!("illegal character code U+{:04X}", u32::from(c)))),
            None if !whole => Err(self.fault("invalid UTF-8")),
            None => Ok(String::from_utf8(text).unwrap_or_default()),
        }
    }
}

/// Appends `byte`, lines ended by `\n` however they were ended.
fn push_normalised(text: &mut Vec<u8>, last: u8, byte: u8) {
    match byte {
        b'\r' => text.push(b'\n'),
        b'\n' if last == b'\r' => {}
        _ => text.push(byte),
    }
}

fn predefined(name: &[u8]) -> Option<char> {
    Some(match name {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"apos" => '\'',
        b"quot" => '"',
        _ => return None,
    })
}
