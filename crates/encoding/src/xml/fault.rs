//! Why a document is not XML, in the words of Go's `encoding/xml`.

use std::fmt;

use fjord_memory::Excess;

use crate::MAX_DEPTH;

/// Why a document is not XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not well-formed.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong, in Go's words.
        message: String,
    },
    /// Declared as another version than 1.0.
    Version(String),
    /// Declared in a charset that nobody knows.
    Charset(String),
    /// Nested deeper than [`MAX_DEPTH`].
    Depth,
    /// Would take more memory than it may.
    Excess(Excess),
}

// === impl Fault ===

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Syntax { line, message } => write!(f, "XML syntax error on line {line}: {message}"),
            Fault::Version(version) => {
                write!(f, "xml: unsupported version {version:?}; only version 1.0 is supported")
            }
            Fault::Charset(label) => {
                write!(f, "xml: opening charset {label:?}: unsupported charset: {label:?}")
            }
            Fault::Depth => write!(f, "xml: nested deeper than {MAX_DEPTH} elements"),
            Fault::Excess(excess) => excess.fmt(f),
        }
    }
}

impl From<Excess> for Fault {
    fn from(excess: Excess) -> Self {
        Self::Excess(excess)
    }
}

impl std::error::Error for Fault {}
