//! Finds out why a text was refused: a second, slow reading that words the error as Go's scanner does.

use super::error::DecodeError;

/// Why `text` does not start with a JSON value of at most `limit` levels or, if `whole`, is not exactly one.
/// `None` if it does (and is).
pub(super) fn explain(text: &[u8], limit: usize, whole: bool) -> Option<DecodeError> {
    let mut reader = Reader { text, at: 0, limit, open: Vec::new() };
    let error = match reader.value() {
        Err(error) => error,
        Ok(()) if whole => match reader.blank() {
            Some(byte) => DecodeError::Syntax { byte, place: "after top-level value" },
            None => return None,
        },
        Ok(()) => return None,
    };
    Some(match error {
        DecodeError::Cut if whole => DecodeError::End,
        DecodeError::Cut if text.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) => {
            DecodeError::Empty
        }
        error => error,
    })
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    limit: usize,
    /// The open containers, outermost first: `true` for an object.
    open: Vec<bool>,
}

// === impl Reader ===

impl Reader<'_> {
    /// The next byte that is not blank, without taking it.
    fn blank(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn next(&mut self) -> Result<u8, DecodeError> {
        let byte = self.text.get(self.at).copied().ok_or(DecodeError::Cut)?;
        self.at += 1;
        Ok(byte)
    }

    fn next_solid(&mut self) -> Result<u8, DecodeError> {
        self.blank();
        self.next()
    }

    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn value(&mut self) -> Result<(), DecodeError> {
        loop {
            match self.next_solid()? {
                b'{' => {
                    self.push(b'{')?;
                    match self.next_solid()? {
                        b'}' => drop(self.open.pop()),
                        byte => {
                            self.key(byte)?;
                            continue;
                        }
                    }
                }
                b'[' => {
                    self.push(b'[')?;
                    if self.blank() == Some(b']') {
                        self.at += 1;
                        self.open.pop();
                    } else {
                        continue;
                    }
                }
                b'"' => self.string()?,
                b'-' => {
                    let first = self.next()?;
                    self.number(first, "in numeric literal")?;
                }
                first @ b'0'..=b'9' => self.number(first, "in numeric literal")?,
                b't' => self.literal(&TRUE)?,
                b'f' => self.literal(&FALSE)?,
                b'n' => self.literal(&NULL)?,
                byte => return syntax(byte, "looking for beginning of value"),
            }
            if self.after_value()? {
                return Ok(());
            }
        }
    }

    /// Reads on behind a value; `true` if it was the outermost one, else the next value follows.
    fn after_value(&mut self) -> Result<bool, DecodeError> {
        loop {
            let Some(&in_object) = self.open.last() else { return Ok(true) };
            match (in_object, self.next_solid()?) {
                (true, b',') => {
                    let byte = self.next_solid()?;
                    self.key(byte)?;
                    return Ok(false);
                }
                (false, b',') => return Ok(false),
                (true, b'}') | (false, b']') => drop(self.open.pop()),
                (true, byte) => return syntax(byte, "after object key:value pair"),
                (false, byte) => return syntax(byte, "after array element"),
            }
        }
    }

    fn push(&mut self, byte: u8) -> Result<(), DecodeError> {
        self.open.push(byte == b'{');
        if self.open.len() > self.limit { syntax(byte, "exceeded max depth") } else { Ok(()) }
    }

    fn key(&mut self, first: u8) -> Result<(), DecodeError> {
        if first != b'"' {
            return syntax(first, "looking for beginning of object key string");
        }
        self.string()?;
        match self.next_solid()? {
            b':' => Ok(()),
            byte => syntax(byte, "after object key"),
        }
    }

    fn string(&mut self) -> Result<(), DecodeError> {
        loop {
            match self.next()? {
                b'"' => return Ok(()),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            let byte = self.next()?;
                            if !byte.is_ascii_hexdigit() {
                                return syntax(byte, r"in \u hexadecimal character escape");
                            }
                        }
                    }
                    byte => return syntax(byte, "in string escape code"),
                },
                byte @ 0..0x20 => return syntax(byte, "in string literal"),
                _ => {}
            }
        }
    }

    fn number(&mut self, first: u8, place: &'static str) -> Result<(), DecodeError> {
        match first {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            byte => return syntax(byte, place),
        }
        if self.peek() == b'.' {
            self.at += 1;
            let byte = self.next()?;
            if !byte.is_ascii_digit() {
                return syntax(byte, "after decimal point in numeric literal");
            }
            self.digits();
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            let mut byte = self.next()?;
            if matches!(byte, b'+' | b'-') {
                byte = self.next()?;
            }
            if !byte.is_ascii_digit() {
                return syntax(byte, "in exponent of numeric literal");
            }
            self.digits();
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
    }

    fn literal(&mut self, rest: &[(u8, &'static str)]) -> Result<(), DecodeError> {
        for &(want, place) in rest {
            let byte = self.next()?;
            if byte != want {
                return syntax(byte, place);
            }
        }
        Ok(())
    }
}

fn syntax<T>(byte: u8, place: &'static str) -> Result<T, DecodeError> {
    Err(DecodeError::Syntax { byte, place })
}

const TRUE: [(u8, &str); 3] = [
    (b'r', "in literal true (expecting 'r')"),
    (b'u', "in literal true (expecting 'u')"),
    (b'e', "in literal true (expecting 'e')"),
];
const FALSE: [(u8, &str); 4] = [
    (b'a', "in literal false (expecting 'a')"),
    (b'l', "in literal false (expecting 'l')"),
    (b's', "in literal false (expecting 's')"),
    (b'e', "in literal false (expecting 'e')"),
];
const NULL: [(u8, &str); 3] = [
    (b'u', "in literal null (expecting 'u')"),
    (b'l', "in literal null (expecting 'l')"),
    (b'l', "in literal null (expecting 'l')"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> String {
        explain(text.as_bytes(), 10_000, false).map_or_else(|| "fine".to_owned(), |error| error.to_string())
    }

    #[test]
    fn texts_are_those_of_go() {
        for (text, want) in [
            ("", "EOF"),
            (" \r\n\t", "EOF"),
            ("{", "unexpected EOF"),
            ("[1,", "unexpected EOF"),
            ("tru", "unexpected EOF"),
            ("-", "unexpected EOF"),
            ("\"abc", "unexpected EOF"),
            ("12x", "fine"),
            ("{}garbage", "fine"),
            ("<html>", "invalid character '<' looking for beginning of value"),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[01]", "invalid character '1' after array element"),
            ("[-a]", "invalid character 'a' in numeric literal"),
            ("[1.]", "invalid character ']' after decimal point in numeric literal"),
            ("[1e+]", "invalid character ']' in exponent of numeric literal"),
            ("[tRue]", "invalid character 'R' in literal true (expecting 'r')"),
            ("[nulL]", "invalid character 'L' in literal null (expecting 'l')"),
            ("[\"\\x\"]", "invalid character 'x' in string escape code"),
            ("[\"\\u12g\"]", "invalid character 'g' in \\u hexadecimal character escape"),
            ("[\"a\nb\"]", "invalid character '\\n' in string literal"),
            ("\u{feff}{}", "invalid character 'ï' looking for beginning of value"),
        ] {
            assert_eq!(first(text), want, "{text:?}");
        }
        let deep = "[".repeat(10_001);
        assert_eq!(first(&deep), "invalid character '[' exceeded max depth");
        assert_eq!(first(&deep[1..]), "unexpected EOF");
    }

    #[test]
    fn a_whole_text_is_one_value() {
        let whole = |text: &str| explain(text.as_bytes(), 10, true).map(|error| error.to_string());
        assert_eq!(whole("{} "), None);
        assert_eq!(whole("").as_deref(), Some("unexpected end of JSON input"));
        assert_eq!(whole("[").as_deref(), Some("unexpected end of JSON input"));
        assert_eq!(whole("{} x").as_deref(), Some("invalid character 'x' after top-level value"));
    }
}
