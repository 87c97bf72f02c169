//! The values a path gives to an endpoint's parameters, as places in the decoded path.

use std::borrow::Cow;
use std::fmt;

use fjord_http::escape;
use fjord_http::escape::EscapeError;

use super::texts::{Text, Texts};

const INLINE: usize = 6;

/// An endpoint and the values of its parameters.
#[derive(Debug)]
pub struct Found<'r, 't> {
    /// The id the endpoint was registered with.
    pub route: usize,
    path: Cow<'t, str>,
    names: Names<'r>,
    spans: Spans,
}

/// The names of an endpoint's parameters.
#[derive(Debug, Clone, Copy)]
pub struct Names<'r> {
    pub(super) texts: &'r Texts,
    pub(super) names: &'r [Text],
}

/// Why a parameter's value is refused (400, spec §3). The text is the answer's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamError {
    /// It can't be percent-decoded once more.
    Escape(EscapeError),
    /// It is still encoded, or has a `?` or `#`.
    Encoded,
}

/// Places in a path: most endpoints have few parameters, those need no allocation.
#[derive(Debug, Default)]
pub struct Spans {
    len: usize,
    inline: [(u32, u32); INLINE],
    more: Vec<(u32, u32)>,
}

/// What KrakenD requires of a parameter's value unless `router.disable_path_decoding` is set (spec §3).
///
/// # Errors
/// What the value may not have.
pub fn check_value(value: &str) -> Result<(), ParamError> {
    if !value.bytes().any(|byte| matches!(byte, b'%' | b'?' | b'#')) {
        return Ok(());
    }
    match escape::unescape_bytes(value) {
        Err(error) => Err(ParamError::Escape(error)),
        // One of the three is there, and an escape that is valid always changes the value.
        Ok(_) => Err(ParamError::Encoded),
    }
}

// === impl Found ===

impl<'r, 't> Found<'r, 't> {
    pub(super) fn new(route: usize, path: Cow<'t, str>, names: Names<'r>, spans: Spans) -> Self {
        Self { route, path, names, spans }
    }

    /// The decoded path that matched.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The parameters with their configured names and decoded values, in the order of the path.
    pub fn params(&self) -> impl ExactSizeIterator<Item = (&'r str, &str)> {
        let Names { texts, names } = self.names;
        let named = &names[..names.len().min(self.spans.len())];
        named.iter().enumerate().map(|(at, name)| (texts.get(*name), &self.path[self.spans.range(at)]))
    }

    /// The value of one parameter; the last one if several have that name.
    pub fn param(&self, name: &str) -> Option<&str> {
        let Names { texts, names } = self.names;
        let at = names.iter().rposition(|other| texts.is(*other, name))?;
        (at < self.spans.len()).then(|| &self.path[self.spans.range(at)])
    }

    /// The param checker: the first value that is refused. Not to be asked with `router.disable_path_decoding`.
    ///
    /// # Errors
    /// What the value may not have.
    pub fn check_params(&self) -> Result<(), ParamError> {
        self.params().try_for_each(|(_, value)| check_value(value))
    }
}

// === impl ParamError ===

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Escape(error) => write!(f, "error: {error}"),
            Self::Encoded => f.write_str("error: encoded url params"),
        }
    }
}

impl std::error::Error for ParamError {}

// === impl Spans ===

impl Spans {
    pub(super) fn push(&mut self, from: usize, to: usize) {
        let span = (from as u32, to as u32);
        match self.inline.get_mut(self.len) {
            Some(slot) => *slot = span,
            None => self.more.push(span),
        }
        self.len += 1;
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        self.more.truncate(self.len.saturating_sub(INLINE));
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    fn range(&self, at: usize) -> std::ops::Range<usize> {
        let (from, to) = if at < INLINE { self.inline[at] } else { self.more[at - INLINE] };
        from as usize..to as usize
    }
}
