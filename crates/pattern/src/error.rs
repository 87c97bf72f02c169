//! Why a pattern is refused, in the words of Go's `regexp/syntax`.

use std::fmt;

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// Where in the pattern, in bytes.
    pub offset: usize,
    /// What is wrong, with the part of the pattern it is about.
    pub message: String,
}

// === impl PatternError ===

impl PatternError {
    /// Go's `error parsing regexp: WHAT: ` and the part of the pattern in backquotes.
    pub(super) fn new(offset: usize, what: &str, part: &str) -> PatternError {
        let message = match unsupported(part) {
            Some(name) => format!("{what}: `{part}` (RE2 has no {name})"),
            None => format!("{what}: `{part}`"),
        };
        PatternError { offset, message }
    }
}

/// The name of what other dialects have and RE2 leaves out, because no search in linear time is known for it.
fn unsupported(part: &str) -> Option<&'static str> {
    Some(match part {
        "(?=" | "(?!" => "lookahead",
        "(?<" | "(?<=" | "(?<!" => "lookbehind",
        "(?>" => "atomic groups",
        "(?#" => "comments",
        "(?P=" | r"\k" => "backreferences",
        "(?R" | "(?P>" | "(?0" | "(?1" => "recursion",
        "(?(" => "conditionals",
        "(?x" => "verbose mode",
        r"\Z" => r"\Z, write \z",
        r"\G" | r"\K" | r"\X" | r"\R" | r"\h" | r"\H" => "such escape",
        _ if part.len() == 2 && part.starts_with('\\') && part.ends_with(|c: char| c.is_ascii_digit()) => {
            "backreferences"
        }
        _ => return None,
    })
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error parsing regexp: {}", self.message)
    }
}

impl std::error::Error for PatternError {}
