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

// === impl Parser: groups ===

impl Parser<'_> {
    /// Reads what stands behind `(?`; whether a group was opened, and the flags from there on.
    pub(super) fn question(&mut self) -> Result<(bool, Flags), PatternError> {
        let start = self.at;
        self.at += 2;
        if self.is_named(start) {
            return self.name(start).map(|()| (true, self.flags));
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
                ':' | ')' if on || seen => return Ok((c == ':', flags)),
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

    /// Names are checked and forgotten: nothing asks for the text of a group.
    fn name(&mut self, start: usize) -> Result<(), PatternError> {
        self.take("P");
        self.at += 1;
        let length = self.rest().find('>');
        let name = &self.rest()[..length.unwrap_or(0)];
        let valid = !name.is_empty() && name.bytes().all(|c| c == b'_' || c.is_ascii_alphanumeric());
        self.at = length.map_or(self.text.len(), |length| self.at + length + 1);
        valid.then_some(()).ok_or_else(|| self.error_from(start, "invalid named capture"))
    }
}
