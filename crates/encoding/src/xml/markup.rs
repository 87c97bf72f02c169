//! Reads what is neither element nor text: processing instructions, comments, directives. Only a declared charset counts.

use std::borrow::Cow;

use fjord_memory::afford;

use super::fault::Fault;
use super::token::Tokenizer;
use crate::charset;

// === impl Tokenizer ===

impl Tokenizer<'_> {
    /// `<?target data?>`; the XML declaration may change the charset of what follows.
    pub(super) fn instruction(&mut self) -> Result<(), Fault> {
        let target = self.full_name("expected target name after <?")?;
        self.space();
        let start = self.at;
        let data = self.until(b"?>")?;
        if target != "xml" {
            return Ok(());
        }
        let content = String::from_utf8_lossy(self.slice(start, data)).into_owned();
        let version = pseudo_attribute("version", &content);
        if !version.is_empty() && version != "1.0" {
            return Err(Fault::Version(version.to_owned()));
        }
        let label = pseudo_attribute("encoding", &content);
        // Only the first counts: each decoding could double the text.
        let is_first = !label.is_empty() && !self.declared;
        self.declared |= is_first;
        if is_first && !label.eq_ignore_ascii_case("utf-8") {
            let rest = charset::decode(label, self.slice(self.at, self.input.len()))?;
            let rest = rest.ok_or_else(|| Fault::Charset(label.to_owned()))?;
            // What was read stays in front, so that offsets and line numbers keep their meaning.
            afford(self.at + rest.len())?;
            let mut input = Vec::with_capacity(self.at + rest.len());
            input.extend_from_slice(self.slice(0, self.at));
            input.extend_from_slice(rest.as_bytes());
            self.input = Cow::Owned(input);
        }
        Ok(())
    }

    /// `<!…>`: a comment, a CDATA section (its text is returned) or a directive such as DOCTYPE, whose entities are not read.
    pub(super) fn declaration(&mut self) -> Result<Option<String>, Fault> {
        match self.must_peek()? {
            b'-' => {
                self.at += 1;
                if self.must_bump()? != b'-' {
                    return Err(self.fault("invalid sequence <!- not part of <!--"));
                }
                self.until(b"--")?;
                if self.must_bump()? != b'>' {
                    return Err(self.fault("invalid sequence \"--\" not allowed in comments"));
                }
                Ok(None)
            }
            b'[' => {
                self.at += 1;
                for expected in b"CDATA[" {
                    if self.must_bump()? != *expected {
                        return Err(self.fault("invalid <![ sequence"));
                    }
                }
                self.cdata().map(Some)
            }
            _ => self.directive().map(|()| None),
        }
    }

    fn directive(&mut self) -> Result<(), Fault> {
        // The first byte is taken as it is, even a quote or a bracket.
        self.at += 1;
        let mut quote = None;
        let mut depth = 0_usize;
        loop {
            let byte = self.must_bump()?;
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'>') if depth == 0 => return Ok(()),
                (None, b'>') => depth -= 1,
                (None, b'<') if self.input[self.at..].starts_with(b"!--") => {
                    self.at += 3;
                    self.until(b"-->")?;
                }
                (None, b'<') => depth += 1,
                _ => {}
            }
        }
    }
}

/// The value of `name="value"` in the data of an XML declaration, as loosely as Go looks for it; empty if there is none.
fn pseudo_attribute<'t>(name: &str, content: &'t str) -> &'t str {
    let bytes = content.as_bytes();
    let mut at = 0;
    while let Some(found) = content.get(at..).and_then(|rest| rest.find(name)) {
        let equals = at + found + name.len();
        at = equals + 2;
        if bytes.get(equals) != Some(&b'=') {
            at = equals;
            continue;
        }
        match bytes.get(equals + 1) {
            Some(&quote @ (b'"' | b'\'')) => {
                let value = &content[equals + 2..];
                return value.find(char::from(quote)).map_or("", |end| &value[..end]);
            }
            None => return "",
            Some(_) => {}
        }
    }
    ""
}
