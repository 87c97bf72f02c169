//! `url_pattern`s: cut once into texts and variables, filled for each call (spec §2.5, §4).
//!
//! [`super::url::join`] makes a URL of the result. A value stays in the part of the URL where the pattern has it: the
//! [`value`] module says how. `fetch` resolves dot segments, which KrakenD sends, so a value that makes one is refused
//! before the call.

mod compile;
mod dots;
mod value;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

pub use compile::{Endpoint, PatternError};
pub(super) use dots::dot_segments;
pub use value::{ValueError, ValueErrorKind};

use value::Slot;

/// A compiled `url_pattern`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPattern {
    text: Box<str>,
    pieces: Box<[Piece]>,
    /// The path has an escaped value: nothing may decode it once more, so the other pieces are escaped on their own.
    settled: bool,
}

/// A part of a [`UrlPattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    Value(Slot),
}

/// A variable of a [`UrlPattern`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Variable {
    /// A parameter, by the name KrakenD stores it under: first letter in upper case.
    Param(Box<str>),
    /// `{JWT.claim}`, with its `JWT.`
    Jwt(Box<str>),
    /// `{respN_path}` of a sequential endpoint.
    Resp {
        /// N. A number too large to be one is the largest.
        backend: usize,
        /// The parameter's name: `RespN_path`.
        name: Box<str>,
    },
    /// `{input_headers.Name}`, name in canonical form.
    InputHeader(Box<str>),
    /// `{input_query_strings.name}`
    InputQuery(Box<str>),
    /// The `*` at the end of the pattern of an endpoint that ends in `/*`.
    Rest,
}

/// The name under which KrakenD stores a parameter: first byte in upper case, the rest as it is.
pub fn title(name: &str) -> Cow<'_, str> {
    match name.as_bytes().first() {
        Some(first) if first.is_ascii_lowercase() => {
            let mut titled = name.to_owned();
            titled[..1].make_ascii_uppercase();
            Cow::Owned(titled)
        }
        _ => Cow::Borrowed(name),
    }
}

// === impl UrlPattern ===

impl UrlPattern {
    /// The pattern as KrakenD converts it, which its error texts show: `/x/{{.Foo}}`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole path, if the pattern has no variables.
    pub fn as_static(&self) -> Option<&str> {
        match self.variables().next() {
            None => Some(&self.text),
            Some(_) => None,
        }
    }

    /// The variables, in order.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Value(slot) => Some(&slot.variable),
        })
    }

    /// Whether the pattern itself has a `.` or `..` segment, which `fetch` resolves before the upstream sees it.
    pub fn has_dot_segments(&self) -> bool {
        dot_segments(&self.text).next().is_some()
    }

    /// The path (with the pattern's query) for one call. A variable without a value stays as `{{.Name}}`.
    ///
    /// # Errors
    ///
    /// A value that can't be put into its place. The request is at fault (400), or the answer that the value is from.
    pub fn expand<'v>(
        &self,
        lookup: impl Fn(&Variable) -> Option<Cow<'v, str>>,
    ) -> Result<Cow<'_, str>, ValueError> {
        if let Some(text) = self.as_static() {
            return Ok(Cow::Borrowed(text));
        }
        let path = self.fill(&lookup, |_, _| {})?;
        if dot_segments(&path).next().is_some() {
            self.check_dots(&path, &lookup)?;
        }
        Ok(Cow::Owned(path))
    }

    /// Puts the values into the pattern; `landed` gets to know where.
    fn fill<'p, 'v>(
        &'p self,
        lookup: impl Fn(&Variable) -> Option<Cow<'v, str>>,
        mut landed: impl FnMut(&'p Variable, Range<usize>),
    ) -> Result<String, ValueError> {
        let mut path = String::with_capacity(self.text.len() + 32);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => path.push_str(text),
                Piece::Value(slot) => {
                    let start = path.len();
                    match lookup(&slot.variable) {
                        None => path.push_str(&slot.missing),
                        Some(value) => slot
                            .write(&value, self.settled, &mut path)
                            .map_err(|kind| ValueError { variable: slot.variable.clone(), kind })?,
                    }
                    landed(&slot.variable, start..path.len());
                }
            }
        }
        Ok(path)
    }

    /// Refuses a value that takes part in one of the dot segments of the filled `path`; those of the pattern itself stay.
    fn check_dots<'v>(
        &self,
        path: &str,
        lookup: impl Fn(&Variable) -> Option<Cow<'v, str>>,
    ) -> Result<(), ValueError> {
        let mut climbs = None;
        self.fill(lookup, |variable, value| {
            // An empty value in the middle of a segment takes part as well: `/.{x}` becomes `/.`.
            if climbs.is_none()
                && dot_segments(path).any(|segment| segment.start <= value.end && value.start <= segment.end)
            {
                climbs = Some(variable.clone());
            }
        })?;
        match climbs {
            Some(variable) => Err(ValueError { variable, kind: ValueErrorKind::DotSegment }),
            None => Ok(()),
        }
    }
}

// === impl Variable ===

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Param(name) | Self::Jwt(name) | Self::Resp { name, .. } => f.write_str(name),
            Self::InputHeader(name) => write!(f, "input_headers.{name}"),
            Self::InputQuery(name) => write!(f, "input_query_strings.{name}"),
            Self::Rest => f.write_str("*"),
        }
    }
}
