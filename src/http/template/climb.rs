//! Finds values that would leave their place in a path once `fetch` has resolved its dot segments.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::{Piece, UrlPattern, Variable};

/// A value made a `.` or `..` segment. The request is at fault (400), and no call may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClimbError {
    /// The variable whose value it is.
    pub variable: Variable,
}

/// The dot segments of the part of `path` before its query, as a browser's URL parser, or a server that decodes the
/// path first, sees them: `%2e` is a dot, `\`, `%5c` and `%2f` are slashes.
pub fn dot_segments(path: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = &path.as_bytes()[..path.find(['?', '#']).unwrap_or(path.len())];
    let mut at = 0;
    std::iter::from_fn(move || {
        while at <= bytes.len() {
            let start = at;
            let (mut dots, mut others) = (0, false);
            loop {
                let (byte, len) = match bytes.get(at) {
                    None => (b'/', 1),
                    Some(b'%') => encoded(&bytes[at..]),
                    Some(byte) => (*byte, 1),
                };
                let end = at;
                at += len;
                match byte {
                    b'.' => dots += 1,
                    b'/' | b'\\' if matches!(dots, 1 | 2) && !others => return Some(start..end),
                    b'/' | b'\\' => break,
                    _ => others = true,
                }
            }
        }
        None
    })
}

fn encoded(bytes: &[u8]) -> (u8, usize) {
    match bytes {
        [_, b'2', b'e' | b'E', ..] => (b'.', 3),
        [_, b'2', b'f' | b'F', ..] => (b'/', 3),
        [_, b'5', b'c' | b'C', ..] => (b'\\', 3),
        _ => (b'%', 1),
    }
}

/// Whether a value takes part in one of the dot segments of the expanded `path`.
pub(super) fn check<'v>(
    pattern: &UrlPattern,
    path: &str,
    lookup: impl Fn(&Variable) -> Option<Cow<'v, str>>,
) -> Result<(), ClimbError> {
    let mut at = 0;
    for piece in &pattern.pieces {
        match piece {
            Piece::Text(text) => at += text.len(),
            Piece::Value { variable, missing } => {
                let end = at + lookup(variable).as_deref().unwrap_or(missing).len();
                // An empty value in the middle of a segment takes part as well: `/.{x}` becomes `/.`.
                if dot_segments(path).any(|segment| segment.start <= end && at <= segment.end) {
                    return Err(ClimbError { variable: variable.clone() });
                }
                at = end;
            }
        }
    }
    Ok(())
}

// === impl ClimbError ===

impl fmt::Display for ClimbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of '{}' would leave its place in the path", self.variable)
    }
}

impl std::error::Error for ClimbError {}
