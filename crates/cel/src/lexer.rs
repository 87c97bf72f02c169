//! Cuts the source of an expression into tokens.

use super::error::CompileError;
use super::literal;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'s> {
    pub offset: usize,
    pub kind: TokenKind<'s>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind<'s> {
    Ident(&'s str),
    /// A field name in backticks.
    Quoted(&'s str),
    /// Digits without a sign: it decides whether they fit.
    Int(&'s str),
    Uint(&'s str),
    Double(&'s str),
    String(String),
    Bytes(Vec<u8>),
    /// An operator, a bracket, or one of the words `true`, `false`, `null` and `in`.
    Symbol(&'static str),
    End,
}

/// Longer ones first.
const SYMBOLS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "[", "]", "{", "}", "(", ")", ".", ",", "-", "?", ":",
    "+", "*", "/", "%",
];

const WORDS: [&str; 4] = ["true", "false", "null", "in"];

pub(super) struct Lexer<'s> {
    source: &'s str,
    offset: usize,
}

// === impl TokenKind ===

impl TokenKind<'_> {
    /// The token as an error message names it.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Ident(name) | Self::Quoted(name) => format!("'{name}'"),
            Self::Int(text) | Self::Uint(text) | Self::Double(text) => format!("'{text}'"),
            Self::String(_) => "a string".to_owned(),
            Self::Bytes(_) => "bytes".to_owned(),
            Self::Symbol(symbol) => format!("'{symbol}'"),
            Self::End => "the end of the expression".to_owned(),
        }
    }
}

// === impl Lexer ===

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, offset: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Token<'s>, CompileError> {
        self.skip_blanks();
        let offset = self.offset;
        let rest = self.rest();
        let kind = match rest.as_bytes() {
            [] => TokenKind::End,
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => self.number(rest),
            [b'`', ..] => self.quoted(rest)?,
            _ => {
                match literal::read(rest).map_err(|(at, message)| CompileError::new(offset + at, message))? {
                    Some((literal, length)) => {
                        self.offset += length;
                        literal
                    }
                    None => self.word_or_symbol(rest)?,
                }
            }
        };
        Ok(Token { offset, kind })
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.offset..).unwrap_or_default()
    }

    fn take(&mut self, length: usize) -> &'s str {
        let text = self.rest().get(..length).unwrap_or_default();
        self.offset += length;
        text
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(['\t', ' ', '\r', '\n', '\u{c}']);
            self.offset += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.offset += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn word_or_symbol(&mut self, rest: &'s str) -> Result<TokenKind<'s>, CompileError> {
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if length > 0 {
            let word = self.take(length);
            return Ok(match WORDS.iter().find(|known| **known == word) {
                Some(known) => TokenKind::Symbol(known),
                None => TokenKind::Ident(word),
            });
        }
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.offset += symbol.len();
            return Ok(TokenKind::Symbol(symbol));
        }
        let message = match rest.chars().next() {
            Some('=') => "'=' isn't an operator, did you mean '=='?".to_owned(),
            Some('&') => "'&' isn't an operator, did you mean '&&'?".to_owned(),
            Some('|') => "'|' isn't an operator, did you mean '||'?".to_owned(),
            Some(other) => format!("unexpected character {other:?}"),
            None => "unexpected end".to_owned(),
        };
        Err(CompileError::new(self.offset, message))
    }

    /// A field name in backticks: letters, digits and `_.-/ `.
    fn quoted(&mut self, rest: &'s str) -> Result<TokenKind<'s>, CompileError> {
        let name = rest.get(1..).and_then(|rest| rest.split_once('`')).map(|(name, _)| name);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/ ".contains(&byte);
        match name {
            Some(name) if !name.is_empty() && name.bytes().all(allowed) => {
                self.offset += name.len() + 2;
                Ok(TokenKind::Quoted(name))
            }
            _ => Err(CompileError::new(self.offset, "invalid field name in backticks")),
        }
    }

    fn number(&mut self, rest: &'s str) -> TokenKind<'s> {
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let hex = bytes.iter().skip(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let mut length = if rest.starts_with("0x") && hex > 0 { 2 + hex } else { digits(0) };
        if length < 2 || bytes.get(1) != Some(&b'x') {
            let whole = length;
            if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
                length += 1 + digits(length + 1);
            }
            if matches!(bytes.get(length), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
                let exponent = digits(length + 1 + sign);
                if exponent > 0 {
                    length += 1 + sign + exponent;
                }
            }
            if length > whole {
                return TokenKind::Double(self.take(length));
            }
        }
        let text = self.take(length);
        if matches!(bytes.get(length), Some(b'u' | b'U')) {
            self.offset += 1;
            return TokenKind::Uint(text);
        }
        TokenKind::Int(text)
    }
}
