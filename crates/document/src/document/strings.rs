//! Strings: decoded once, borrowed bytes copied in one piece where nothing is escaped.

use super::super::diagnostic::Diagnostic;
use super::parser::{Parser, Stop};
use super::scan::closing_quotes;

impl Parser<'_> {
    /// A string whose opening quote is here, decoded.
    pub(super) fn string(&mut self, quote: u8) -> Result<Box<str>, Stop> {
        let open = self.at;
        self.at += 1;
        let mut decoded = String::new();
        let mut run = self.at;
        loop {
            let special = |b: &u8| *b == quote || *b == b'\\' || *b < 0x20;
            let Some(len) = self.bytes[self.at..].iter().position(special) else {
                return Err(self.unclosed(open));
            };
            self.at += len;
            // A run ends at ASCII bytes, so it is whole characters.
            let plain = &self.text[run..self.at];
            match self.bytes[self.at] {
                b'\\' => {
                    decoded.push_str(plain);
                    self.escape(&mut decoded)?;
                    run = self.at;
                }
                b'\n' | b'\r' => return Err(self.unclosed(open)),
                control if control != quote => {
                    let name = match control {
                        b'\t' => "a raw tab".to_owned(),
                        0 => "a NUL byte".to_owned(),
                        other => format!("a raw control character U+{other:04X}"),
                    };
                    let help =
                        if control == b'\t' { "write \\t" } else { "remove it, or write it as \\u00XX" };
                    let fault = Diagnostic::error(
                        "control-character",
                        self.here(),
                        format!("{name} inside a string"),
                    );
                    self.fault(fault.help(help))?;
                    self.at += 1;
                }
                _ => {
                    self.at += 1;
                    if decoded.is_empty() {
                        return Ok(plain.into());
                    }
                    decoded.push_str(plain);
                    return Ok(decoded.into());
                }
            }
        }
    }

    /// A text in quotes that JSON doesn't know: reported, then read as meant.
    pub(super) fn odd_string(&mut self, quote: char) -> Result<Box<str>, Stop> {
        let open = self.at;
        let closers = closing_quotes(quote).unwrap_or(&['"']);
        let body = open + quote.len_utf8();
        let line = self.text[body..].lines().next().unwrap_or("");
        let Some((len, closer)) = line.char_indices().find(|(_, c)| closers.contains(c)) else {
            return Err(self.unclosed(open));
        };
        let text: Box<str> = line[..len].into();
        let what = if quote.is_ascii() { "single" } else { "typographic" };
        let span = open as u32..(body + len + closer.len_utf8()) as u32;
        let fault = Diagnostic::error(
            "wrong-quotes",
            span,
            format!("{what} quotes: strings and keys need double quotes"),
        );
        self.fault(fault.help(format!("write \"{}\"", super::scan::clip(&text))))?;
        self.at = body + len + closer.len_utf8();
        Ok(text)
    }

    fn unclosed(&mut self, open: usize) -> Stop {
        let end = self.text[open..].find(['\n', '\r']).map_or(self.text.len(), |i| open + i);
        let fault = Diagnostic::error("unclosed-string", open as u32..end as u32, "the string is not closed");
        self.fatal(fault.help("add the closing quote; a line break inside a string is written \\n"))
    }

    /// Decodes the escape whose backslash is here.
    fn escape(&mut self, decoded: &mut String) -> Result<(), Stop> {
        let start = self.at;
        self.at += 2;
        let decoded_char = match self.bytes.get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start, decoded),
            None => {
                self.at = self.text.len();
                return Ok(());
            }
            Some(_) => {
                self.at = start + 1;
                let c = self.rest().chars().next().unwrap_or('\\');
                let span = start as u32..self.here().end;
                let fault = Diagnostic::error("bad-escape", span, format!("`\\{c}` isn't an escape in JSON"));
                self.fault(fault.help("a backslash itself is written \\\\"))?;
                decoded.push('\\');
                // A line break is left to the caller: it ends the string.
                return Ok(());
            }
        };
        decoded.push(decoded_char);
        Ok(())
    }

    fn unicode(&mut self, start: usize, decoded: &mut String) -> Result<(), Stop> {
        let Some(high) = self.hex(start + 2) else {
            let span = start as u32..start as u32 + 2;
            let fault = Diagnostic::error("bad-escape", span, "`\\u` needs four hexadecimal digits");
            self.fault(fault)?;
            decoded.push('\u{fffd}');
            return Ok(());
        };
        self.at = start + 6;
        if let Some(c) = char::from_u32(high) {
            decoded.push(c);
            return Ok(());
        }
        if high < 0xdc00
            && self.rest().starts_with("\\u")
            && let Some(low @ 0xdc00..0xe000) = self.hex(start + 8)
        {
            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            decoded.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            self.at = start + 12;
            return Ok(());
        }
        let span = start as u32..start as u32 + 6;
        let fault = Diagnostic::warning(
            "lone-surrogate",
            span,
            "half of a surrogate pair, which isn't a character; it is read as U+FFFD",
        );
        self.fault(fault)?;
        decoded.push('\u{fffd}');
        Ok(())
    }

    /// Four hexadecimal digits.
    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |sum, b| Some(sum * 16 + char::from(*b).to_digit(16)?))
    }
}
