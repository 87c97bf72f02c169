//! Source text to tokens.

use super::SyntaxError;
use crate::value::{Str, parse_number};

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum Tok {
    /// The end of the text.
    Eof,
    /// An identifier.
    Name(Str),
    /// A string literal, unescaped.
    Text(Str),
    /// A number literal.
    Number(f64),
    /// A reserved word.
    Word(Word),
    /// One byte of punctuation.
    Sign(u8),
    /// `==`
    Eq,
    /// `~=`
    Ne,
    /// `<=`
    Le,
    /// `>=`
    Ge,
    /// `..`
    Concat,
    /// `...`
    Dots,
    /// `::`
    Label,
}

macro_rules! words {
    ($($name:ident $text:literal),*) => {
        /// The reserved words; `goto` is one, as in gopher-lua.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs)]
        pub enum Word { $($name),* }
        fn word(text: &[u8]) -> Option<Word> {
            match std::str::from_utf8(text).ok()? { $($text => Some(Word::$name),)* _ => None }
        }
    };
}

words!(And "and", Break "break", Do "do", Else "else", ElseIf "elseif", End "end", False "false", For "for",
    Function "function", Goto "goto", If "if", In "in", Local "local", Nil "nil", Not "not", Or "or",
    Repeat "repeat", Return "return", Then "then", True "true", Until "until", While "while");

/// A token and where it stood.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub tok: Tok,
    /// Its line, from 1.
    pub line: u32,
    /// Its bytes in the source.
    pub span: (usize, usize),
}

/// Reads tokens from a source.
pub struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

// === impl Lexer ===

impl<'a> Lexer<'a> {
    /// A lexer at the beginning of a text.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The bytes of a token, for messages.
    pub fn source(&self, token: &Token) -> String {
        match &token.tok {
            Tok::Text(s) | Tok::Name(s) => s.text(),
            _ => String::from_utf8_lossy(&self.text[token.span.0..token.span.1]).into_owned(),
        }
    }

    /// The next token.
    pub fn next(&mut self) -> Result<Token, SyntaxError> {
        self.skip_blank()?;
        let start = self.at;
        let mut token = Token { tok: Tok::Eof, line: self.line, span: (start, start) };
        let Some(first) = self.peek(0) else { return Ok(token) };
        token.tok = match first {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                while self.peek(0).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
                    self.at += 1;
                }
                let name = &self.text[start..self.at];
                word(name).map_or_else(|| Tok::Name(Str::new(name)), Tok::Word)
            }
            b'0'..=b'9' => self.number()?,
            b'.' if self.peek(1).is_some_and(|b| b.is_ascii_digit()) => self.number()?,
            b'"' | b'\'' => self.string(first)?,
            b'[' if self.long_level().is_some() => Tok::Text(Str::from(self.long("string")?)),
            b'=' => self.one_or(b'=', Tok::Eq, Tok::Sign(b'=')),
            b'<' => self.one_or(b'=', Tok::Le, Tok::Sign(b'<')),
            b'>' => self.one_or(b'=', Tok::Ge, Tok::Sign(b'>')),
            b':' => self.one_or(b':', Tok::Label, Tok::Sign(b':')),
            b'~' if self.peek(1) == Some(b'=') => self.one_or(b'=', Tok::Ne, Tok::Eof),
            b'.' if self.peek(1) == Some(b'.') => {
                self.at += 2;
                if self.peek(0) == Some(b'.') {
                    self.at += 1;
                    Tok::Dots
                } else {
                    Tok::Concat
                }
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'#' | b'(' | b')' | b'{' | b'}' | b'[' | b']'
            | b';' | b',' | b'.' => {
                self.at += 1;
                Tok::Sign(first)
            }
            b'~' => return Err(self.error("~", "Invalid '~' token")),
            other => return Err(self.error(&char::from(other).to_string(), "Invalid token")),
        };
        token.span.1 = self.at;
        Ok(token)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn one_or(&mut self, second: u8, double: Tok, single: Tok) -> Tok {
        let both = self.peek(1) == Some(second);
        self.at += if both { 2 } else { 1 };
        if both { double } else { single }
    }

    fn error(&self, near: &str, message: &str) -> SyntaxError {
        if self.at >= self.text.len() {
            return SyntaxError::at_end(message);
        }
        SyntaxError::near(self.line, near, message)
    }

    fn skip_blank(&mut self) -> Result<(), SyntaxError> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.peek(1) == Some(b'-') => {
                    self.at += 2;
                    if self.peek(0) == Some(b'[') && self.long_level().is_some() {
                        self.long("comment")?;
                    } else {
                        while self.peek(0).is_some_and(|b| b != b'\n') {
                            self.at += 1;
                        }
                    }
                }
                // A first line for a shell.
                b'#' if self.at == 0 => {
                    while self.peek(0).is_some_and(|b| b != b'\n') {
                        self.at += 1;
                    }
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Tok, SyntaxError> {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            let exponent = matches!(self.text[self.at.saturating_sub(1)], b'e' | b'E')
                && !self.text[start..self.at].iter().any(|b| matches!(b, b'x' | b'X'));
            let part = byte.is_ascii_alphanumeric()
                || byte == b'.'
                || byte == b'_'
                || (self.at > start && exponent && matches!(byte, b'+' | b'-'));
            if !part {
                break;
            }
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        parse_number(text)
            .map(Tok::Number)
            .ok_or_else(|| self.error(&String::from_utf8_lossy(text), "malformed number"))
    }

    fn string(&mut self, quote: u8) -> Result<Tok, SyntaxError> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => {
                    return Err(self.error(&String::from_utf8_lossy(&out), "unterminated string"));
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut out);
                }
                Some(byte) => {
                    self.at += 1;
                    if byte == quote {
                        return Ok(Tok::Text(Str::from(out)));
                    }
                    out.push(byte);
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        let Some(byte) = self.peek(0) else { return };
        self.at += 1;
        out.push(match byte {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\n' | b'\r' => {
                if byte == b'\r' && self.peek(0) == Some(b'\n') {
                    self.at += 1;
                }
                self.line += 1;
                b'\n'
            }
            b'0'..=b'9' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit) = self.peek(0).filter(u8::is_ascii_digit) else { break };
                    code = code * 10 + u32::from(digit - b'0');
                    self.at += 1;
                }
                // gopher-lua keeps the low byte of a code above 255.
                code as u8
            }
            other => other,
        });
    }

    /// The number of `=` between the brackets if a long string begins here.
    fn long_level(&self) -> Option<usize> {
        let level = self.text[self.at + 1..].iter().take_while(|b| **b == b'=').count();
        (self.peek(level + 1) == Some(b'[')).then_some(level)
    }

    fn long(&mut self, what: &str) -> Result<Vec<u8>, SyntaxError> {
        let level = self.long_level().unwrap_or(0);
        self.at += level + 2;
        if self.peek(0) == Some(b'\r') {
            self.at += 1;
        }
        if self.peek(0) == Some(b'\n') {
            self.at += 1;
            self.line += 1;
        }
        let mut out = Vec::new();
        while let Some(byte) = self.peek(0) {
            let rest = &self.text[self.at + 1..];
            if byte == b']' && rest.iter().take(level).all(|b| *b == b'=') && rest.get(level) == Some(&b']') {
                self.at += level + 2;
                return Ok(out);
            }
            self.line += u32::from(byte == b'\n');
            self.at += 1;
            out.push(byte);
        }
        Err(SyntaxError::at_end(&format!("unterminated multiline {what}")))
    }
}
