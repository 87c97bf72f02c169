//! Turns byte offsets of a text into lines and columns, only when somebody asks.

use std::cell::Cell;
use std::ops::Range;

/// Where the lines of a text start.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
    /// The last place that was asked for, as bytes and column: the next one often follows in the same line, which may have
    /// megabytes.
    last: Cell<(usize, usize)>,
}

/// A place as people and editors count: from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

// === impl Lines ===

impl<'a> Lines<'a> {
    /// Indexes the lines of `text`.
    pub fn new(text: &'a str) -> Lines<'a> {
        let ends = text.match_indices('\n').map(|(at, _)| at as u32 + 1);
        Lines { text, starts: std::iter::once(0).chain(ends).collect(), last: Cell::default() }
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The place of a byte offset; an offset behind the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = (offset as usize).min(self.text.len());
        let line = self.starts.partition_point(|start| *start as usize <= offset);
        let start = self.starts[line - 1] as usize;
        // A byte order mark isn't a column of the first line.
        let start = if start == 0 && self.text.starts_with('\u{feff}') { 3.min(offset) } else { start };
        let (from, column) = match self.last.get() {
            (last, column) if (start + 1..=offset).contains(&last) => (last, column),
            _ => (start, 1),
        };
        let column =
            column + self.text.as_bytes()[from..offset].iter().filter(|b| **b & 0xc0 != 0x80).count();
        self.last.set((offset, column));
        Position { line, column }
    }

    /// The text of line `line` (from 1) without its end, and its place.
    pub fn line(&self, line: usize) -> Option<(&'a str, Range<usize>)> {
        let start = *self.starts.get(line.checked_sub(1)?)? as usize;
        let end = self.starts.get(line).map_or(self.text.len(), |next| *next as usize);
        let text = self.text.get(start..end)?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        Some((text, start..start + text.len()))
    }

    /// The number of lines.
    pub fn count(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_not_bytes() {
        let lines = Lines::new("a\nélan x\r\n\nz");
        let at = |offset| {
            let p = lines.position(offset);
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(2), (2, 1));
        assert_eq!(at(8), (2, 6));
        assert_eq!(at(11), (3, 1));
        assert_eq!(at(12), (4, 1));
        assert_eq!(at(99), (4, 2));
        assert_eq!(lines.line(2), Some(("élan x", 2..9)));
        assert_eq!(lines.line(5), None);
        assert_eq!(lines.line(0), None);
    }
}
