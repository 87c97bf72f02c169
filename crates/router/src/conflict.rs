//! What is odd about a list of endpoints: where gin would panic at start, the router reports and continues.

use std::fmt;

use super::Route;
use super::pattern::PatternError;

/// Something KrakenD would refuse to start with (spec §2.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The endpoint it is about.
    pub route: RouteRef,
    /// The earlier endpoint it conflicts with.
    pub other: Option<RouteRef>,
    /// What it is.
    pub kind: ConflictKind,
}

/// An endpoint in a [`Conflict`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRef {
    /// The id it was registered with.
    pub id: usize,
    /// Its method.
    pub method: Box<str>,
    /// Its configured path.
    pub path: Box<str>,
}

/// The kinds of [`Conflict`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictKind {
    /// The path has a form no router takes: the endpoint is left out.
    Pattern(PatternError),
    /// An earlier endpoint answers exactly the same requests: the endpoint is left out.
    Duplicate,
    /// Another name for the parameter at one place. Both endpoints work here.
    ParamName {
        /// The name in this endpoint.
        name: Box<str>,
        /// The name in the earlier one.
        other: Box<str>,
    },
    /// A wildcard beside other endpoints below the same path. Both work here; the wildcard gets what is left.
    Wildcard,
}

// === impl Conflict ===

impl Conflict {
    pub(super) fn new(route: RouteRef, other: Option<RouteRef>, kind: ConflictKind) -> Self {
        Self { route, other, kind }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RouteRef { method, path, .. } = &self.route;
        match &self.kind {
            ConflictKind::Pattern(error) => write!(f, "{error} in path '{path}'")?,
            ConflictKind::Duplicate => write!(f, "handlers are already registered for path '{path}'")?,
            ConflictKind::ParamName { name, other } => {
                write!(f, "'{name}' in new path '{path}' conflicts with existing wildcard '{other}'")?;
            }
            ConflictKind::Wildcard => {
                write!(f, "catch-all wildcard conflicts with paths beside '{method} {path}'")?
            }
        }
        match &self.other {
            Some(other) => write!(f, " ('{} {}')", other.method, other.path),
            None => Ok(()),
        }
    }
}

// === impl ConflictKind ===

impl ConflictKind {
    /// Whether the endpoint is left out. Otherwise it works, and only KrakenD would not start with it.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Pattern(_) | Self::Duplicate)
    }
}

// === impl RouteRef ===

impl From<&Route<'_>> for RouteRef {
    fn from(route: &Route<'_>) -> Self {
        Self { id: route.id, method: route.method.into(), path: route.path.into() }
    }
}
