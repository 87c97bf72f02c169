//! `url_pattern`s: cut once into texts and variables, filled for each call (spec §2.5, §4).
//!
//! Values land in the pattern unescaped, as in KrakenD; [`super::url::join`] makes a URL of the result. One thing
//! KrakenD needs no guard against: `fetch` resolves dot segments, so a value like `..` would climb out of its place.
//! Such a value is refused before the call.

mod climb;
mod compile;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

pub use climb::ClimbError;
pub use compile::{Endpoint, PatternError};

/// A compiled `url_pattern`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPattern {
    text: Box<str>,
    pieces: Box<[Piece]>,
}

/// A part of a [`UrlPattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A text.
    Text(Box<str>),
    /// A value.
    Value {
        /// Which.
        variable: Variable,
        /// What stays if there is no value: `{{.Name}}`.
        missing: Box<str>,
    },
}

/// A variable of a [`UrlPattern`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Variable {
    /// A parameter, by the name KrakenD stores it under: first letter in upper case.
    Param(Box<str>),
    /// `{JWT.claim}`
    Jwt(Box<str>),
    /// `{respN_path}` of a sequential endpoint.
    Resp {
        /// N. A number too large to be one is the largest.
        backend: usize,
        /// Where in the response.
        path: Box<str>,
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

    /// The parts.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The variables, in order.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Value { variable, .. } => Some(variable),
        })
    }

    /// Whether the pattern itself has a `.` or `..` segment, which `fetch` resolves before the upstream sees it.
    pub fn has_dot_segments(&self) -> bool {
        climb::dot_segments(&self.text).next().is_some()
    }

    /// The path (with the pattern's query) for one call. A variable without a value stays as `{{.Name}}`.
    pub fn expand<'v>(
        &self,
        lookup: impl Fn(&Variable) -> Option<Cow<'v, str>>,
    ) -> Result<Cow<'_, str>, ClimbError> {
        if let Some(text) = self.as_static() {
            return Ok(Cow::Borrowed(text));
        }
        let mut path = String::with_capacity(self.text.len() + 32);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => path.push_str(text),
                Piece::Value { variable, missing } => {
                    path.push_str(lookup(variable).as_deref().unwrap_or(missing));
                }
            }
        }
        if climb::dot_segments(&path).next().is_some() {
            climb::check(self, &path, lookup)?;
        }
        Ok(Cow::Owned(path))
    }
}

// === impl Variable ===

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Param(name) => f.write_str(name),
            Self::Jwt(claim) => write!(f, "JWT.{claim}"),
            Self::Resp { backend, path } => write!(f, "Resp{backend}_{path}"),
            Self::InputHeader(name) => write!(f, "input_headers.{name}"),
            Self::InputQuery(name) => write!(f, "input_query_strings.{name}"),
            Self::Rest => f.write_str("*"),
        }
    }
}
