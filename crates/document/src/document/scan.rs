//! The small things between brackets: blanks, comments, numbers, words, and everything that isn't JSON.

use std::ops::Range;

use super::super::diagnostic::Diagnostic;
use super::super::node::Kind;
use super::parser::{Parser, Stop};

impl Parser<'_> {
    /// Skips blanks; comments are reported and skipped.
    pub(super) fn blank(&mut self) -> Result<(), Stop> {
        loop {
            while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
                self.at += 1;
            }
            match self.peek() {
                Some(b'/') => self.comment()?,
                Some(b'#') => self.line_comment("#")?,
                Some(0xc2) if self.rest().starts_with('\u{a0}') => {
                    let fault = Diagnostic::error(
                        "odd-blank",
                        self.here(),
                        "a non-breaking space, which JSON doesn't know as a blank",
                    );
                    self.fault(fault.help("replace it by a plain space"))?;
                    self.at += 2;
                }
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Stop> {
        match self.bytes.get(self.at + 1) {
            Some(b'/') => self.line_comment("//"),
            Some(b'*') => {
                let end = self.rest().find("*/").map(|i| self.at + i + 2);
                let span = self.at as u32..end.unwrap_or(self.at + 2) as u32;
                let fault =
                    Diagnostic::error("comment", span, "a comment, which JSON doesn't have").help(COMMENT);
                self.fault(fault)?;
                match end {
                    Some(end) => self.at = end,
                    None => return Err(self.truncated()),
                }
                Ok(())
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    fn line_comment(&mut self, mark: &str) -> Result<(), Stop> {
        let end = self.rest().find('\n').map_or(self.text.len(), |i| self.at + i);
        let span = self.at as u32..end as u32;
        let message = format!("a `{mark}` comment, which JSON doesn't have");
        self.fault(Diagnostic::error("comment", span, message).help(COMMENT))?;
        self.at = end;
        Ok(())
    }

    /// A number in JSON's grammar; its text.
    pub(super) fn number(&mut self) -> Result<Box<str>, Stop> {
        let start = self.at;
        let end = start + self.bytes[start..].iter().take_while(|b| is_number_byte(**b)).count();
        let text = &self.text[start..end];
        self.at = end;
        if is_json_number(text.as_bytes()) {
            return Ok(text.into());
        }
        let span = start as u32..end as u32;
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let plain = unsigned.trim_start_matches('0');
        if unsigned.starts_with("0") && is_json_number(plain.as_bytes()) {
            let fault = Diagnostic::error("leading-zero", span, "a number can't start with zero");
            self.fault(fault.help(format!("write {plain}")))?;
            return Ok(plain.into());
        }
        let fault =
            Diagnostic::error("bad-number", span, format!("`{}` is not a number in JSON", clip(text)));
        let fault = match text.parse::<f64>() {
            Ok(value) if value.is_finite() => fault.help(format!("write {value}")),
            _ => fault.help("durations and other strings need double quotes"),
        };
        Err(self.fatal(fault))
    }

    /// A value that starts with none of JSON's characters but may be meant well.
    pub(super) fn odd_value(&mut self) -> Result<Kind, Stop> {
        let rest = self.rest();
        for (word, kind) in [("true", Kind::Bool(true)), ("false", Kind::Bool(false)), ("null", Kind::Null)] {
            if rest.starts_with(word) && !rest[word.len()..].starts_with(is_word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        match rest.chars().next() {
            None => Err(self.truncated()),
            Some(quote) if closing_quotes(quote).is_some() => Ok(Kind::String(self.odd_string(quote)?)),
            Some(c) if c.is_ascii_alphabetic() => self.word(),
            Some(_) => Err(self.unexpected("a value")),
        }
    }

    fn word(&mut self) -> Result<Kind, Stop> {
        let len = self.rest().find(|c| !is_word(c)).unwrap_or(self.rest().len());
        let word = &self.text[self.at..self.at + len];
        let span = self.at as u32..(self.at + len) as u32;
        let meant = match word.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some((Kind::Bool(true), "true")),
            "false" | "no" | "off" => Some((Kind::Bool(false), "false")),
            "null" | "none" | "nil" | "undefined" => Some((Kind::Null, "null")),
            _ => None,
        };
        let message = format!("`{}` isn't a JSON value", clip(word));
        let fault = Diagnostic::error("bad-word", span, message);
        match (meant, word) {
            (Some((kind, name)), _) => {
                self.fault(fault.help(format!("write {name}")))?;
                self.at += len;
                Ok(kind)
            }
            (None, "NaN" | "Infinity" | "inf" | "nan") => {
                Err(self.fatal(fault.help("JSON has no such number; leave the option out")))
            }
            (None, word) => {
                let help = format!("put text in double quotes: \"{}\"", clip(word));
                Err(self.fatal(fault.help(help)))
            }
        }
    }

    /// A key without JSON's quotes.
    pub(super) fn odd_key(&mut self) -> Result<Box<str>, Stop> {
        let rest = self.rest();
        match rest.chars().next() {
            None => Err(self.truncated()),
            Some(quote) if closing_quotes(quote).is_some() => self.odd_string(quote),
            Some(c) if is_word(c) || c == '$' || c == '@' => {
                let len = rest.find(|c| !is_word(c) && !"$@-/.".contains(c)).unwrap_or(rest.len());
                let key: Box<str> = rest[..len].into();
                let span = self.at as u32..(self.at + len) as u32;
                let message = format!("the key `{}` needs double quotes", clip(&key));
                let fault = Diagnostic::error("unquoted-key", span, message);
                self.fault(fault.help(format!("write \"{}\"", clip(&key))))?;
                self.at += len;
                Ok(key)
            }
            Some(_) => Err(self.unexpected("a key in double quotes")),
        }
    }

    /// A template that nobody rendered.
    pub(super) fn template(&mut self) -> Stop {
        let len = self.rest().find("}}").map_or(2, |i| i + 2);
        let span = self.at as u32..(self.at + len) as u32;
        let fault = Diagnostic::error("template", span, "a template that was not rendered");
        self.fatal(fault.help("render it first: flexible configuration is switched on with FC_ENABLE=1"))
    }

    /// Something else is expected here.
    pub(super) fn unexpected(&mut self, expected: &str) -> Stop {
        if let Some(mark) = self.conflict() {
            let span = self.at as u32..(self.at + mark.len()) as u32;
            let fault = Diagnostic::error("merge-conflict", span, "a conflict mark of version control");
            return self.fatal(fault.help("resolve the conflict and remove the marks"));
        }
        if self.peek() == Some(0) {
            let fault = Diagnostic::error("nul-byte", self.here(), "a NUL byte");
            return self.fatal(fault.help("the file is damaged or isn't text; write it again"));
        }
        if self.peek().is_none() {
            return self.truncated();
        }
        let message = format!("expected {expected}, found {}", self.found());
        let here = self.here();
        self.fatal(Diagnostic::error("unexpected", here, message))
    }

    /// The mark of an unresolved conflict here.
    pub(super) fn conflict(&self) -> Option<&'static str> {
        ["<<<<<<<", "=======", ">>>>>>>"].into_iter().find(|mark| self.rest().starts_with(mark))
    }

    /// What is here, for a message.
    pub(super) fn found(&self) -> String {
        match self.rest().chars().next() {
            None => "the end of the file".into(),
            Some('"') => {
                let token: String =
                    self.rest().chars().skip(1).take_while(|c| !"\"\n".contains(*c)).collect();
                format!("\"{}\"", clip(&token))
            }
            Some(c) if is_word(c) => {
                let token: String = self.rest().chars().take_while(|c| is_word(*c)).collect();
                format!("`{}`", clip(&token))
            }
            Some(c) if c.is_control() || c.is_whitespace() => format!("the character U+{:04X}", u32::from(c)),
            Some(c) => format!("`{c}`"),
        }
    }

    /// The place of the character here.
    pub(super) fn here(&self) -> Range<u32> {
        let len = self.rest().chars().next().map_or(0, char::len_utf8);
        self.at as u32..(self.at + len) as u32
    }

    /// The text from here on.
    pub(super) fn rest(&self) -> &str {
        // `at` moves over whole characters only.
        self.text.get(self.at..).unwrap_or("")
    }
}

const COMMENT: &str = "use a key that starts with @, $, _ or #: {\"@comment\": \"…\"}";

/// The quotes that end a text which starts with an opening quote other than JSON's.
pub(super) fn closing_quotes(open: char) -> Option<&'static [char]> {
    match open {
        '\'' => Some(&['\'']),
        '`' => Some(&['`']),
        '\u{201c}' | '\u{201d}' | '\u{201e}' => Some(&['\u{201c}', '\u{201d}', '"']),
        '\u{2018}' | '\u{2019}' => Some(&['\u{2018}', '\u{2019}', '\'']),
        _ => None,
    }
}

/// The start of a text, for a message.
pub(super) fn clip(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_number_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_')
}

/// Whether a text is a number in JSON's grammar.
fn is_json_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text[0] == b'0') {
        return false;
    }
    let mut rest = &text[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let len = digits(fraction);
        if len == 0 {
            return false;
        }
        rest = &fraction[len..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let len = digits(exponent);
        return len > 0 && len == exponent.len();
    }
    rest.is_empty()
}
