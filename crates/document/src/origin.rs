//! Where a configuration's text came from, when it was made from other files: YAML, TOML, a template.

use std::ops::Range;

use serde::Deserialize;

use super::Lines;
use super::lines::Position;

/// The files that a text was made from.
#[derive(Debug, Default, Deserialize)]
pub struct Origin {
    sources: Vec<Source>,
    /// In the order of the text.
    pieces: Vec<Piece>,
}

/// One of the files.
#[derive(Debug, Deserialize)]
pub struct Source {
    /// Its name.
    pub file: String,
    /// What is in it.
    pub text: String,
}

/// Bytes of the text (start, end), and the bytes that they come from (source, start, end).
#[derive(Debug, Deserialize)]
struct Piece(u32, u32, usize, u32, u32);

/// Finds files, lines and columns for people.
#[derive(Debug)]
pub struct Places<'a> {
    file: &'a str,
    lines: Lines<'a>,
    origin: Option<&'a Origin>,
    sources: Vec<Lines<'a>>,
}

// === impl Origin ===

impl Origin {
    /// The files.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The source of a piece of the text, and its place there; the first source's start if it has none.
    pub fn place(&self, span: &Range<u32>) -> (usize, Range<u32>) {
        let Some(first) = self.piece(span.start) else { return (0, 0..0) };
        let start = first.shifted(span.start, span);
        // A text in quotes may be made of several pieces.
        let last =
            self.piece(span.end.saturating_sub(1)).filter(|last| last.2 == first.2 && last.4 > start.start);
        let end = last.map_or(start.end, |last| last.shifted(span.end.saturating_sub(1), span).end);
        (first.2, start.start..end.max(start.start))
    }

    /// The piece with the byte at `offset`.
    fn piece(&self, offset: u32) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.0 <= offset);
        self.pieces.get(after.checked_sub(1)?)
    }
}

// === impl Piece ===

impl Piece {
    /// The byte in the source that the byte at `offset` comes from; all of the piece if that can't be told, or if
    /// `span` is all of it.
    fn shifted(&self, offset: u32, span: &Range<u32>) -> Range<u32> {
        let Piece(start, end, _, from, to) = *self;
        let (length, written) = (end.saturating_sub(start), to.saturating_sub(from));
        // A plain text of YAML got its quotes on the way.
        let quotes = u32::from(length == written + 2);
        let is_whole = span.start <= start && span.end >= end;
        if is_whole || offset >= end || (length != written && quotes == 0) {
            return from..to;
        }
        let inside = offset.saturating_sub(start).saturating_sub(quotes);
        let at = from.saturating_add(inside).min(to);
        at..at.saturating_add(1).min(to)
    }
}

// === impl Places ===

impl<'a> Places<'a> {
    /// Places in `text`, which is that of `file` or was made as `origin` says.
    pub fn new(text: &'a str, file: &'a str, origin: Option<&'a Origin>) -> Places<'a> {
        let sources = origin.map(Origin::sources).unwrap_or_default();
        let sources = sources.iter().map(|source| Lines::new(&source.text)).collect();
        Places { file, lines: Lines::new(text), origin, sources }
    }

    /// The file, and the place there.
    pub fn of(&self, span: &Range<u32>) -> (&'a str, Position) {
        if let Some(origin) = self.origin {
            let (source, span) = origin.place(span);
            if let (Some(Source { file, .. }), Some(lines)) =
                (origin.sources.get(source), self.sources.get(source))
            {
                return (file, lines.position(span.start));
            }
        }
        (self.file, self.lines.position(span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lead_back_to_their_sources() {
        // {"a":"bc","d":12} from the lines `a: bc` and `d: 0xc`, and a piece of another file.
        let origin: Origin = serde_json::from_str(
            r#"{"sources":[{"file":"k.yaml","text":"a: bc\nd: 0xc\n"},{"file":"t.tmpl","text":"{{ .x }}"}],
                "pieces":[[0,1,0,0,1],[1,4,0,0,1],[5,9,0,3,5],[10,13,0,6,7],[14,16,0,9,12],[16,17,1,0,8]]}"#,
        )
        .unwrap();
        let cases = [
            (1..4, (0, 0..1)),
            (5..9, (0, 3..5)),
            (7..8, (0, 4..5)),
            (14..16, (0, 9..12)),
            (15..16, (0, 9..12)),
            (16..17, (1, 0..8)),
            (99..100, (1, 0..8)),
        ];
        for (span, place) in cases {
            assert_eq!(origin.place(&span), place, "{span:?}");
        }
        assert_eq!(Origin::default().place(&(3..4)), (0, 0..0));
        let places = Places::new("", "k.json", Some(&origin));
        assert_eq!(places.of(&(14..16)), ("k.yaml", Position { line: 2, column: 4 }));
    }
}
