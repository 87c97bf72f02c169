//! The pattern of a line, in the notation of KrakenD's logger: `%{level:.4s} %{message}`.

use std::cell::Cell;

use super::clock::Layout;
use crate::platform::Level;

/// A pattern, cut into its pieces.
#[derive(Debug)]
pub struct Pattern(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Time(Layout),
    Level(Width),
    Message(Width),
    /// A number that counts lines.
    Id(Cell<u64>),
}

/// How wide a text is written: `-8.6s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Width {
    left: bool,
    least: usize,
    most: usize,
}

/// Why a string isn't a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// It has no `%{verb}` at all.
    Empty(String),
    /// No such verb.
    Verb(String),
    /// The width of a verb can't be read.
    Width(String),
}

/// Widths beyond this are mistakes.
const WIDEST: usize = 1000;

// === impl Pattern ===

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// If the options can't be served, with the reason.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        let mut plain = String::new();
        let mut has_verb = false;
        while let Some(at) = rest.find("%{") {
            let behind = &rest[at + 2..];
            let name_end = behind.bytes().take_while(u8::is_ascii_lowercase).count();
            let name = &behind[..name_end];
            let (layout, end) = match behind[name_end..].strip_prefix(':') {
                Some(layout) => (layout.find('}').map(|end| &layout[..end]), layout.find('}').map(|e| e + 2)),
                None => (None, behind[name_end..].starts_with('}').then_some(1)),
            };
            // What isn't closed is text.
            let Some(end) = end.filter(|_| !name.is_empty()) else {
                plain.push_str(&rest[..at + 2]);
                rest = behind;
                continue;
            };
            plain.push_str(&rest[..at]);
            rest = &behind[name_end + end..];
            has_verb = true;
            let piece = match verb(name, layout)? {
                Piece::Text(text) => {
                    plain.push_str(&text);
                    continue;
                }
                piece => piece,
            };
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            pieces.push(piece);
        }
        if !has_verb {
            return Err(PatternError::Empty(text.to_owned()));
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Pattern(pieces))
    }

    /// Writes a line of a moment in milliseconds since 1970.
    pub fn write(&self, now: f64, level: Level, message: &str, out: &mut String) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Time(layout) => layout.write(now, out),
                Piece::Level(width) => width.write(super::level_name(level), out),
                Piece::Message(width) => width.write(message, out),
                Piece::Id(next) => {
                    next.set(next.get() + 1);
                    out.push_str(&next.get().to_string());
                }
            }
        }
    }
}

fn verb(name: &str, layout: Option<&str>) -> Result<Piece, PatternError> {
    let width = || match layout {
        None => Ok(Width { left: false, least: 0, most: usize::MAX }),
        Some(text) => Width::parse(text).ok_or_else(|| PatternError::Width(text.to_owned())),
    };
    let fixed = |text: &str| {
        let mut out = String::new();
        width()?.write(text, &mut out);
        Ok(Piece::Text(out))
    };
    match name {
        "time" => Ok(Piece::Time(Layout::parse(layout.unwrap_or("2006-01-02T15:04:05.999Z07:00")))),
        "level" => Ok(Piece::Level(width()?)),
        "message" => Ok(Piece::Message(width()?)),
        "module" => fixed("KRAKEND"),
        "program" => fixed("fjord"),
        "id" => Ok(Piece::Id(Cell::new(0))),
        "pid" => Ok(Piece::Text("0".to_owned())),
        // The platform's log shows colours of its own.
        "color" => Ok(Piece::Text(String::new())),
        // Places in Go's sources.
        "longfile" | "shortfile" | "longpkg" | "shortpkg" | "longfunc" | "shortfunc" | "callpath" => {
            Ok(Piece::Text("???".to_owned()))
        }
        _ => Err(PatternError::Verb(name.to_owned())),
    }
}

// === impl Width ===

impl Width {
    fn parse(text: &str) -> Option<Width> {
        let rest = text.strip_suffix('s')?;
        let (left, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
        let (least, most) = rest.split_once('.').map_or((rest, None), |(least, most)| (least, Some(most)));
        let number = |text: &str| match text {
            "" => Some(0),
            text => text.parse().ok().filter(|number| *number <= WIDEST),
        };
        Some(Width { left, least: number(least)?, most: most.map_or(Some(usize::MAX), number)? })
    }

    fn write(self, text: &str, out: &mut String) {
        let end = text.char_indices().nth(self.most).map_or(text.len(), |(end, _)| end);
        let (text, least) = (&text[..end], self.least);
        out.push_str(&if self.left { format!("{text:<least$}") } else { format!("{text:>least$}") });
    }
}

// === impl PatternError ===

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PatternError::Empty(text) => write!(f, "logger: invalid log format: {text}"),
            PatternError::Verb(name) => write!(f, "logger: unknown variable: {name}"),
            PatternError::Width(text) => write!(f, "logger: invalid width: {text}"),
        }
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_by_pattern() {
        for (pattern, expected) in [
            ("%{message}", "a message"),
            ("%{level} %{level:.4s} %{level:.6s}|", "WARNING WARN WARNIN|"),
            ("%{level:-9s}|%{level:9.2s}|", "WARNING  |       WA|"),
            ("%{color}%{module}%{color:reset} %{time:15:04} %{shortfile}", "KRAKEND 22:13 ???"),
            ("%{id} %{open %{ %{message:.1s}%", "1 %{open %{ a%"),
        ] {
            let mut out = String::new();
            let pattern = Pattern::parse(pattern).unwrap();
            pattern.write(1_700_000_000_000.0, Level::Warning, "a message", &mut out);
            assert_eq!(out, expected);
        }
        for (pattern, error) in [
            ("", "logger: invalid log format: "),
            ("no verb", "logger: invalid log format: no verb"),
            ("%{nope}", "logger: unknown variable: nope"),
            ("%{level:x}", "logger: invalid width: x"),
            ("%{level:99999s}", "logger: invalid width: 99999s"),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap_err().to_string(), error);
        }
    }
}
