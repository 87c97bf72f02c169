//! E-mail addresses as Go's `mail.ParseAddress` takes them: with or without a name, and with comments.

/// One address.
pub(super) fn is_address(text: &str) -> bool {
    let whole = |reader: Option<Reader<'_>>| {
        reader
            .and_then(|mut reader| reader.comments().then_some(reader))
            .is_some_and(|reader| reader.rest.is_empty())
    };
    let start = Reader { rest: text }.trimmed();
    if let Some(after) = start.address() {
        return whole(Some(after));
    }
    let named = || {
        let after_name = if start.rest.starts_with('<') { start } else { start.name()? };
        after_name.trimmed().after('<')?.address()?.trimmed().after('>')
    };
    whole(named())
}

/// What is not read yet.
#[derive(Clone, Copy)]
struct Reader<'a> {
    rest: &'a str,
}

// === impl Reader ===

impl<'a> Reader<'a> {
    fn trimmed(self) -> Reader<'a> {
        Reader { rest: self.rest.trim_start_matches([' ', '\t']) }
    }

    fn after(self, c: char) -> Option<Reader<'a>> {
        self.rest.strip_prefix(c).map(|rest| Reader { rest })
    }

    /// `local@domain`
    fn address(self) -> Option<Reader<'a>> {
        let reader = self.trimmed();
        let local = match reader.quoted() {
            // Quotes with nothing in them are no local part.
            Some((content, rest)) => (!content.is_empty()).then_some(rest)?,
            None => reader.dotted(true)?,
        };
        let domain = local.trimmed().after('@')?.trimmed();
        match domain.after('[') {
            Some(literal) => literal.rest.split_once(']').map(|(_, rest)| Reader { rest }),
            None => domain.dotted(true),
        }
    }

    /// Words and quoted texts before an address.
    fn name(self) -> Option<Reader<'a>> {
        let mut reader = self.word()?;
        while let Some(next) = reader.word() {
            reader = next;
        }
        Some(reader)
    }

    fn word(self) -> Option<Reader<'a>> {
        let reader = self.trimmed();
        reader.quoted().map(|(_, rest)| rest).or_else(|| reader.dotted(false))
    }

    /// A text in quotes, as it is written, and what follows.
    fn quoted(self) -> Option<(&'a str, Reader<'a>)> {
        let inside = self.rest.strip_prefix('"')?;
        let mut escaped = false;
        for (i, c) in inside.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '"' => return Some((&inside[..i], Reader { rest: &inside[i + 1..] })),
                '\\' => escaped = true,
                ' ' | '\t' => {}
                c if c.is_ascii_control() => return None,
                _ => {}
            }
        }
        None
    }

    /// A word; dots must be between letters if it is `strict`.
    fn dotted(self, strict: bool) -> Option<Reader<'a>> {
        let is_atom = |c: char| !c.is_ascii() || c.is_ascii_graphic() && !"()<>[]:;@\\,\"".contains(c);
        let end = self.rest.find(|c| !is_atom(c)).unwrap_or(self.rest.len());
        let (atom, rest) = self.rest.split_at(end);
        let sound = !strict || !(atom.starts_with('.') || atom.ends_with('.') || atom.contains(".."));
        (!atom.is_empty() && sound).then_some(Reader { rest })
    }

    /// Skips blanks and comments, which may hold comments; whether all are closed.
    fn comments(&mut self) -> bool {
        loop {
            *self = self.trimmed();
            let Some(inside) = self.rest.strip_prefix('(') else { return true };
            let (mut depth, mut escaped) = (1, false);
            let end = inside.find(|c| {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            let Some(end) = end else { return false };
            self.rest = &inside[end + 1..];
        }
    }
}
