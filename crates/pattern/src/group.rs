//! What a `(?` begins: a group with a name, a group with flags, or flags for the rest of the group around.

use super::error::PatternError;
use super::parse::Parser;

/// What changes how the pattern is read from here to the end of the group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`: letters match both cases.
    pub fold: bool,
    /// `m`: `^` and `$` match at lines.
    pub lines: bool,
    /// `s`: `.` matches a line break.
    pub dot_all: bool,
    /// `U`: repetitions prefer few.
    pub lazy: bool,
}

/// What a `(?` begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Flags for the rest of the group around.
    Flags,
    /// A group that isn't counted.
    Plain,
    /// A group with a name.
    Named(Box<str>),
}

// === impl Parser: groups ===

impl Parser<'_> {
    /// Reads what is after `(?`: what it begins, and the flags from there on.
    pub(super) fn question(&mut self) -> Result<(Opening, Flags), PatternError> {
        let start = self.at;
        self.at += 2;
        if self.is_named(start) {
            return self.name(start).map(|name| (Opening::Named(name), self.flags));
        }
        let mut flags = self.flags;
        let mut on = true;
        let mut seen = false;
        while let Some(c) = self.next() {
            match c {
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_all = on,
                'U' => flags.lazy = on,
                '-' if on => {
                    on = false;
                    seen = false;
                    continue;
                }
                ':' if on || seen => return Ok((Opening::Plain, flags)),
                ')' if on || seen => return Ok((Opening::Flags, flags)),
                _ => break,
            }
            seen = true;
        }
        Err(self.error_from(start, "invalid or unsupported Perl syntax"))
    }

    fn is_named(&self, start: usize) -> bool {
        let rest = &self.text[start..];
        // `(?<=` and `(?<!` are no names: say what they are.
        let named = rest.starts_with("(?<") && !rest.starts_with("(?<=") && !rest.starts_with("(?<!");
        rest.len() > 4 && rest.starts_with("(?P<") || rest.len() > 3 && named
    }

    fn name(&mut self, start: usize) -> Result<Box<str>, PatternError> {
        self.take("P");
        self.at += 1;
        let length = self.rest().find('>');
        let name: Box<str> = self.rest()[..length.unwrap_or(0)].into();
        let valid = !name.is_empty() && name.bytes().all(|c| c == b'_' || c.is_ascii_alphanumeric());
        self.at = length.map_or(self.text.len(), |length| self.at + length + 1);
        valid.then_some(name).ok_or_else(|| self.error_from(start, "invalid named capture"))
    }
}
