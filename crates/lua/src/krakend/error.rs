//! Errors as KrakenD shows them (spec §27). It finds the line in the text of the error, and the script by counting the
//! lines of the sources; where that goes wrong, this goes wrong in the same way. [`LuaError::place`] is the true place.

use crate::compile::{Chunk, SyntaxError};

/// Stands between the message, the status and the content type of a custom error.
pub const SEPARATOR: &str = " || ";

/// What went wrong in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LuaError {
    /// KrakenD's message.
    pub message: String,
    /// The status that `custom_error` gave.
    pub status: Option<u16>,
    /// The content type that `custom_error` gave.
    pub content_type: Option<String>,
    /// Where it happened, for logs and checks.
    pub place: Option<Place>,
}

/// A line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the source, `pre-script` or `post-script`.
    pub script: String,
    /// The line, from 1.
    pub line: u32,
}

/// The scripts of a component, for finding places.
#[derive(Debug, Default)]
pub struct SourceMap {
    /// The name, the lines that KrakenD counts, and the lines that are there.
    sources: Vec<(String, i64, u32)>,
    pre: i64,
    post: i64,
}

// === impl SourceMap ===

impl SourceMap {
    /// A map of the sources, in the order they are joined, and the two scripts.
    pub fn new(sources: &[(&str, &str)], pre: &str, post: &str) -> Self {
        let entry = |(name, text): &(&str, &str)| {
            let base = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
            (base.to_owned(), counted(text), text.matches('\n').count() as u32 + 1)
        };
        Self { sources: sources.iter().map(entry).collect(), pre: counted(pre), post: counted(post) }
    }

    /// `(source.lua:L3)`, as KrakenD finds it for a line of whatever script.
    fn affected(&self, chunk: Chunk, line: i64) -> Option<String> {
        let own = match chunk {
            Chunk::Pre => Some(("pre-script", self.pre)),
            Chunk::Post => Some(("post-script", self.post)),
            Chunk::Sources | Chunk::Loaded => None,
        };
        let sources = self.sources.iter().map(|(name, lines, _)| (name.as_str(), *lines));
        let mut count = 0;
        for (name, lines) in sources.chain(own) {
            count += lines;
            if count >= line {
                return Some(format!("({name}:L{})", lines - (count - line)));
            }
        }
        None
    }

    /// The true place.
    fn place(&self, chunk: Chunk, line: u32) -> Option<Place> {
        let mut line = line;
        if line == 0 {
            return None;
        }
        match chunk {
            Chunk::Pre => Some(Place { script: "pre-script".to_owned(), line }),
            Chunk::Post => Some(Place { script: "post-script".to_owned(), line }),
            Chunk::Loaded => None,
            Chunk::Sources => {
                for (name, _, lines) in &self.sources {
                    if line <= *lines {
                        return Some(Place { script: name.clone(), line });
                    }
                    line -= lines;
                }
                None
            }
        }
    }

    /// A syntax error of the script that is read.
    pub fn syntax(&self, chunk: Chunk, error: &SyntaxError) -> LuaError {
        let message = match self.affected(chunk, error.line.into()) {
            Some(place) => format!("{} {place}", error.message),
            None => error.message.clone(),
        };
        LuaError { message, status: None, content_type: None, place: self.place(chunk, error.line) }
    }

    /// An error value that nothing caught, as text, while `running` ran.
    pub fn runtime(&self, running: Chunk, text: &str, at: Option<(Chunk, u32)>) -> LuaError {
        let place = at.and_then(|(chunk, line)| self.place(chunk, line));
        let (line, message) = split_line(text);
        let mut parts = message.split(SEPARATOR);
        let first = parts.next().unwrap_or_default().to_owned();
        let Some(code) = parts.next() else {
            let place_text = line.and_then(|line| self.affected(running, line));
            let message = match place_text {
                Some(text) => format!("{first} {text}"),
                None => first,
            };
            return LuaError { message, status: None, content_type: None, place };
        };
        let code = code.parse::<i64>().unwrap_or(500);
        if code == -1 {
            return LuaError { message: first, status: None, content_type: None, place };
        }
        // Go's server gives up on a status that is invalid.
        let status = u16::try_from(code).ok().filter(|code| (100..=999).contains(code)).unwrap_or(500);
        LuaError {
            message: first,
            status: Some(status),
            content_type: parts.next().map(str::to_owned),
            place,
        }
    }
}

/// The lines KrakenD counts: empty ones at the ends are skipped.
fn counted(text: &str) -> i64 {
    text.trim_matches('\n').matches('\n').count() as i64 + 1
}

/// `<string>:3: message` as line and message.
fn split_line(text: &str) -> (Option<i64>, &str) {
    let mut parts = text.splitn(3, ':');
    let line = parts.nth(1).and_then(|line| line.parse().ok());
    match (line, parts.next()) {
        (Some(line), Some(message)) => (Some(line), message.trim_matches(' ')),
        _ => (None, text),
    }
}

// === impl LuaError ===

impl std::fmt::Display for LuaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LuaError {}
