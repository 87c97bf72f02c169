//! Cuts an XML document into tokens as Go's `encoding/xml` does: same leniency, same refusals, same words.
//!
//! Why not a crate: the texts of the errors reach clients (spec §34) and quirks such as text cut by comments decide values,
//! so a general parser (quick-xml, 55 KB of wasm) would have to be checked again token by token.

use std::borrow::Cow;

use super::fault::Fault;
use super::names::{is_name, is_name_byte};
use crate::MAX_DEPTH;

/// A name as written: `prefix:local`, or `local` alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Name {
    /// What is before the colon; empty without one.
    pub prefix: Box<str>,
    /// What is after the colon.
    pub local: Box<str>,
}

/// A piece of a document. Comments, processing instructions and directives are passed over, but do cut text in two.
#[derive(Debug, PartialEq)]
pub(crate) enum Token {
    /// `<name attributes>`; `<name/>` is followed by an `End` of its own.
    Start(Name, Vec<(Name, String)>),
    /// `</name>`, checked to close the element that is open.
    End,
    /// Text or a CDATA section, entities decoded.
    Text(String),
}

/// Reads the tokens of a document, one by one.
pub(crate) struct Tokenizer<'a> {
    pub(super) input: Cow<'a, [u8]>,
    pub(super) at: usize,
    token_start: usize,
    pub(super) strict: bool,
    open: Vec<Name>,
    pending_end: Option<Name>,
    /// Whether a declaration has named the charset.
    pub(super) declared: bool,
}

// === impl Tokenizer ===

impl<'a> Tokenizer<'a> {
    /// Reads `input`. Unless `strict`, unknown entities, bare attributes and unclosed elements are let through.
    pub fn new(input: &'a [u8], strict: bool) -> Self {
        Tokenizer {
            input: Cow::Borrowed(input),
            at: 0,
            token_start: 0,
            strict,
            open: Vec::new(),
            pending_end: None,
            declared: false,
        }
    }

    /// Where the token returned last starts.
    pub fn token_start(&self) -> usize {
        self.token_start
    }

    /// Where the token returned last ends.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The document, in UTF-8 whatever its charset was.
    pub fn into_source(self) -> Cow<'a, [u8]> {
        self.input
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &[u8] {
        self.input.get(start..end).unwrap_or_default()
    }

    /// The next token, or none at the end of a document whose elements are all closed.
    pub fn next(&mut self) -> Result<Option<Token>, Fault> {
        loop {
            self.token_start = self.at;
            if let Some(name) = self.pending_end.take() {
                return self.close(name).map(Some);
            }
            match self.peek() {
                None if self.open.is_empty() => return Ok(None),
                None => return Err(self.fault("unexpected EOF")),
                Some(b'<') => {}
                Some(_) => return self.text(None).map(|text| Some(Token::Text(text))),
            }
            self.at += 1;
            match self.must_peek()? {
                b'/' => {
                    self.at += 1;
                    return self.end_tag().map(Some);
                }
                b'?' => {
                    self.at += 1;
                    self.instruction()?;
                }
                b'!' => {
                    self.at += 1;
                    if let Some(text) = self.declaration()? {
                        return Ok(Some(Token::Text(text)));
                    }
                }
                _ => return self.start_tag().map(Some),
            }
        }
    }

    fn start_tag(&mut self) -> Result<Token, Fault> {
        let name = self.name("expected element name after <")?;
        let mut attributes = Vec::new();
        loop {
            self.space();
            match self.must_peek()? {
                b'/' => {
                    self.at += 1;
                    if self.must_bump()? != b'>' {
                        return Err(self.fault("expected /> in element"));
                    }
                    self.pending_end = Some(name.clone());
                    break;
                }
                b'>' => {
                    self.at += 1;
                    break;
                }
                _ => attributes.push(self.attribute()?),
            }
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::Depth);
        }
        self.open.push(name.clone());
        Ok(Token::Start(name, attributes))
    }

    fn attribute(&mut self) -> Result<(Name, String), Fault> {
        let name = self.name("expected attribute name in element")?;
        self.space();
        if self.must_peek()? != b'=' {
            if self.strict {
                self.at += 1;
                return Err(self.fault("attribute name without = in element"));
            }
            let value = name.local.to_string();
            return Ok((name, value));
        }
        self.at += 1;
        self.space();
        let quote = self.must_bump()?;
        if matches!(quote, b'"' | b'\'') {
            return Ok((name, self.text(Some(quote))?));
        }
        if self.strict {
            return Err(self.fault("unquoted or missing attribute value in element"));
        }
        self.at -= 1;
        let start = self.at;
        while self.must_peek()?.is_ascii_alphanumeric() || matches!(self.must_peek()?, b'_' | b':' | b'-') {
            self.at += 1;
        }
        Ok((name, String::from_utf8_lossy(self.slice(start, self.at)).into_owned()))
    }

    fn end_tag(&mut self) -> Result<Token, Fault> {
        let name = self.name("expected element name after </")?;
        self.space();
        if self.must_bump()? != b'>' {
            return Err(self.fault(format!("invalid characters between </{} and >", name.local)));
        }
        self.close(name)
    }

    fn close(&mut self, name: Name) -> Result<Token, Fault> {
        let Some(open) = self.open.pop() else {
            return Err(self.fault(format!("unexpected end element </{}>", name.local)));
        };
        if open.local != name.local {
            if self.strict {
                return Err(self.fault(format!("element <{}> closed by </{}>", open.local, name.local)));
            }
            // The element that is open ends here, and the same end tag is tried on the next one out.
            self.pending_end = Some(name);
        } else if open.prefix != name.prefix {
            let inner = if name.prefix.is_empty() { "\"\"" } else { &name.prefix };
            return Err(self.fault(format!(
                "element <{}> in space {} closed by </{}> in space {inner}",
                open.local, open.prefix, name.local
            )));
        }
        Ok(Token::End)
    }

    fn name(&mut self, missing: &'static str) -> Result<Name, Fault> {
        let full = self.full_name(missing)?;
        if full.matches(':').count() > 1 {
            return Err(self.fault(missing));
        }
        Ok(match full.split_once(':') {
            Some((prefix, local)) if !prefix.is_empty() && !local.is_empty() => {
                Name { prefix: prefix.into(), local: local.into() }
            }
            _ => Name { prefix: "".into(), local: full.into() },
        })
    }

    pub(super) fn full_name(&mut self, missing: &'static str) -> Result<String, Fault> {
        let start = self.at;
        if !self.read_name()? {
            return Err(self.fault(missing));
        }
        match std::str::from_utf8(self.slice(start, self.at)) {
            Ok(name) if is_name(name) => Ok(name.to_owned()),
            _ => {
                let name = String::from_utf8_lossy(self.slice(start, self.at)).into_owned();
                Err(self.fault(format!("invalid XML name: {name}")))
            }
        }
    }

    /// Passes over the bytes of a name; whether there was one.
    pub(super) fn read_name(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        while is_name_byte(self.must_peek()?) {
            self.at += 1;
        }
        Ok(self.at > start)
    }

    /// Passes over everything up to and including `end`; where `end` starts.
    pub(super) fn until(&mut self, end: &[u8]) -> Result<usize, Fault> {
        let start = self.at;
        match self.input[start..].windows(end.len()).position(|w| w == end) {
            Some(length) => {
                self.at = start + length + end.len();
                Ok(start + length)
            }
            None => {
                self.at = self.input.len();
                Err(self.fault("unexpected EOF"))
            }
        }
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\r' | b'\n' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    pub(super) fn must_peek(&self) -> Result<u8, Fault> {
        self.peek().ok_or_else(|| self.fault("unexpected EOF"))
    }

    pub(super) fn must_bump(&mut self) -> Result<u8, Fault> {
        let byte = self.must_peek()?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        let line = 1 + self.slice(0, self.at).iter().filter(|&&byte| byte == b'\n').count();
        Fault::Syntax { line, message: message.into() }
    }
}
