//! Reads configured endpoint paths: which parameters they have, and the segments gin would see (spec §2.4).

use std::fmt;

use fjord_http::path::{REST, gin_path};

/// A path of an endpoint, cut into segments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pattern<'p> {
    /// The segments after the leading slash.
    pub segments: Vec<Segment<'p>>,
}

/// One segment of a [`Pattern`].
#[derive(Debug, Clone, PartialEq)]
pub enum Segment<'p> {
    /// Exactly this text.
    Static(&'p str),
    /// This text (often none), then a value up to the next slash.
    Param {
        /// What is before the value.
        prefix: &'p str,
        /// The parameter's name.
        name: &'p str,
    },
    /// Everything from here on. Always the last one.
    CatchAll(&'p str),
}

/// Why a path can't be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// Two parameters in one segment.
    TwoWildcards(Box<str>),
    /// A `:` without a name.
    Unnamed,
    /// A `*` that is not at the end of the path.
    CatchAllNotLast,
    /// A `*` that doesn't follow a slash.
    CatchAllAfterText,
}

/// Whether KrakenD refuses the path (already cleaned): text behind a `*`, or a built-in endpoint's name at the end,
/// under whatever path that is (spec §2.4).
pub fn is_reserved(path: &str) -> bool {
    let builtin = |name: &str| {
        path.match_indices(name)
            .any(|(at, _)| matches!(path.as_bytes().get(at + name.len()), None | Some(b'/')))
    };
    path.find('*').is_some_and(|at| at + 1 < path.len())
        || ["/__debug", "/__echo", "/__health"].into_iter().any(builtin)
}

// === impl Pattern ===

impl<'p> Pattern<'p> {
    /// Cuts a configured path. `form` takes gin's form of it, if that is needed.
    ///
    /// # Errors
    /// What of the path gin refuses.
    pub fn read(path: &'p str, disable_rest: bool, form: &'p mut String) -> Result<Self, PatternError> {
        let mut pattern = Self::default();
        if pattern.read_plain(path) {
            return Ok(pattern);
        }
        *form = gin_path(path, disable_rest);
        Self::parse(form)
    }

    /// Cuts a path whose parameters are whole segments and in which nothing else means anything to gin; false for another
    /// path. Nearly all are like this, and a start reads them all.
    pub fn read_plain(&mut self, path: &'p str) -> bool {
        self.segments.clear();
        for part in path.strip_prefix('/').unwrap_or(path).split('/') {
            let Some(segment) = Segment::plain(part) else { return false };
            self.segments.push(segment);
        }
        true
    }

    /// Cuts gin's form of a path into segments.
    ///
    /// # Errors
    /// What of the path gin refuses.
    pub fn parse(gin_path: &'p str) -> Result<Self, PatternError> {
        let path = gin_path.strip_prefix('/').unwrap_or(gin_path);
        let mut parts = path.split('/').peekable();
        let mut segments = Vec::new();
        while let Some(part) = parts.next() {
            segments.push(Segment::parse(part, parts.peek().is_none())?);
        }
        Ok(Self { segments })
    }

    /// The names of the parameters, in order.
    pub fn names(&self) -> impl Iterator<Item = &'p str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Static(_) => None,
            Segment::Param { name, .. } | Segment::CatchAll(name) => Some(*name),
        })
    }

    /// A text that is equal for paths that match the same requests.
    pub fn shape(&self) -> String {
        let mut shape = String::new();
        for segment in &self.segments {
            shape.push('/');
            match segment {
                Segment::Static(text) => shape.push_str(text),
                Segment::Param { prefix, .. } => {
                    shape.push_str(prefix);
                    shape.push(':');
                }
                Segment::CatchAll(_) => shape.push('*'),
            }
        }
        shape
    }

    /// The whole path, if it has no parameters.
    pub fn as_static(&self) -> Option<String> {
        let is_static = self.segments.iter().all(|segment| matches!(segment, Segment::Static(_)));
        // Without parameters, shape and path are the same text.
        is_static.then(|| self.shape())
    }
}

// === impl Segment ===

impl<'p> Segment<'p> {
    fn plain(part: &'p str) -> Option<Self> {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            let is_name =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
            return is_name.then_some(Self::Param { prefix: "", name });
        }
        let is_text = !part.bytes().any(|b| matches!(b, b'{' | b'}' | b':' | b'*' | b'?'));
        is_text.then_some(Self::Static(part))
    }

    fn parse(part: &'p str, last: bool) -> Result<Self, PatternError> {
        let Some(at) = part.find([':', '*']) else { return Ok(Self::Static(part)) };
        let (prefix, name) = (&part[..at], &part[at + 1..]);
        if name.contains([':', '*']) {
            return Err(PatternError::TwoWildcards(part.into()));
        }
        if part.as_bytes()[at] == b':' {
            return match name.is_empty() {
                true => Err(PatternError::Unnamed),
                false => Ok(Self::Param { prefix, name }),
            };
        }
        match (last, prefix.is_empty()) {
            (false, _) => Err(PatternError::CatchAllNotLast),
            (true, false) => Err(PatternError::CatchAllAfterText),
            (true, true) => Ok(Self::CatchAll(if name.is_empty() { REST } else { name })),
        }
    }
}

// === impl PatternError ===

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoWildcards(part) => {
                write!(f, "only one wildcard per path segment is allowed, has: '{part}'")
            }
            Self::Unnamed => f.write_str("wildcards must be named with a non-empty name"),
            Self::CatchAllNotLast => f.write_str("catch-all routes are only allowed at the end of the path"),
            Self::CatchAllAfterText => f.write_str("no / before catch-all"),
        }
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_path_needs_no_form_of_gin(path in "(/|[a{}:*?-]|\\{a\\}|/\\{a\\}/|/\\{b-1\\}/){0,8}", rest in any::<bool>()) {
            let mut plain = Pattern::default();
            if plain.read_plain(&path) {
                let form = gin_path(&path, rest);
                prop_assert_eq!(Ok(plain), Pattern::parse(&form));
            }
        }
    }

    #[test]
    fn reserved_paths() {
        for path in ["/__debug/foo/bar", "/a/__health", "/__echo", "/__echo/", "/*x", "/a/*/b", "/**"] {
            assert!(is_reserved(path), "{path}");
        }
        for path in ["/", "/a/*", "/__healthz", "/a__health", "/__debugger/x"] {
            assert!(!is_reserved(path), "{path}");
        }
    }

    #[test]
    fn refused_segments() {
        for (path, expected) in [
            ("/supu/:tupu:supu", "only one wildcard per path segment is allowed, has: ':tupu:supu'"),
            ("/:", "wildcards must be named with a non-empty name"),
            ("/*a/b", "catch-all routes are only allowed at the end of the path"),
            ("/a*", "no / before catch-all"),
        ] {
            assert_eq!(Pattern::parse(path).unwrap_err().to_string(), expected);
        }
    }
}
