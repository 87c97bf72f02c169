//! Writes values into a `url_pattern` so that none of them leaves its place.
//!
//! | value | in the path | in the query |
//! |---|---|---|
//! | a claim, a header, a query parameter | one escaped segment | escaped |
//! | a parameter, an earlier answer | as it is, but `?` and `#` are escaped | as it is, but `#` is escaped |
//!
//! The second row is KrakenD's way (spec §4), up to the bytes that end a path or a query.

use std::fmt;

use super::Variable;
use crate::escape;
use crate::url::settled;

/// A variable at its place in a [`UrlPattern`](super::UrlPattern).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// Which value.
    pub variable: Variable,
    /// What stays if there is no value: `{{.Name}}`.
    pub missing: Box<str>,
    /// Where it lands.
    pub part: Part,
}

/// The part of a URL in which a value lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The path. A value that is the whole segment must not be empty.
    Path { whole_segment: bool },
    /// The query.
    Query,
}

/// A value that can't be put into its place. The call isn't made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    /// The variable whose value it is.
    pub variable: Variable,
    /// What is wrong with the value.
    pub kind: ValueErrorKind,
}

/// The kinds of [`ValueError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueErrorKind {
    /// It makes a `.` or `..` segment, which `fetch` resolves.
    DotSegment,
    /// It is empty, so its segment would be missing.
    Empty,
    /// It has a control character.
    Control,
}

// === impl Slot ===

impl Slot {
    /// Appends `value`. With `settle` the path that comes of it is not escaped once more.
    pub fn write(&self, value: &str, settle: bool, out: &mut String) -> Result<(), ValueErrorKind> {
        match (self.variable.is_foreign(), self.part) {
            (true, Part::Path { whole_segment }) => {
                if value.is_empty() && whole_segment {
                    return Err(ValueErrorKind::Empty);
                }
                if value.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
                    return Err(ValueErrorKind::Control);
                }
                escape::escape_segment(value, out);
            }
            (true, Part::Query) => escape::escape_query_value(value, out),
            (false, Part::Path { .. }) if value.contains(['?', '#']) => {
                let value = value.replace('?', "%3F").replace('#', "%23");
                out.push_str(&if settle { settled(&value) } else { value.into() });
            }
            (false, Part::Path { .. }) if settle => out.push_str(&settled(value)),
            (false, Part::Query) if value.contains('#') => out.push_str(&value.replace('#', "%23")),
            (false, _) => out.push_str(value),
        }
        Ok(())
    }
}

// === impl Variable ===

impl Variable {
    /// Whether the client, or whoever made its token, chooses the value freely. Parameters have been checked by the
    /// router.
    pub(super) fn is_foreign(&self) -> bool {
        matches!(self, Self::Jwt(_) | Self::InputHeader(_) | Self::InputQuery(_))
    }
}

// === impl ValueError ===

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.kind {
            ValueErrorKind::DotSegment => "would leave its place in the path",
            ValueErrorKind::Empty => "is empty: its segment of the path would be missing",
            ValueErrorKind::Control => "has a control character",
        };
        write!(f, "the value of '{}' {text}", self.variable)
    }
}

impl std::error::Error for ValueError {}
