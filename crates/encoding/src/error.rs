//! Why a backend's body could not be decoded, in KrakenD's words: clients see them with `return_error_msg` (spec §34).

use std::fmt;

use fjord_memory::Excess;

use super::xml::Fault;

/// Why a body could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The body ended before anything was found.
    Eof,
    /// The body is not XML.
    Xml(Fault),
    /// The body is neither RSS, Atom nor a JSON feed.
    NotAFeed,
    /// The body is a feed, but not well-formed.
    FeedXml(Fault),
    /// The body is a JSON feed with a member of the wrong type.
    FeedJson(String),
    /// The body is not YAML, or YAML that has no place in JSON.
    Yaml(String),
    /// It would take more memory than it may.
    Excess(Excess),
}

// === impl DecodeError ===

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Eof => f.write_str("EOF"),
            DecodeError::Excess(excess) | DecodeError::Xml(Fault::Excess(excess)) => excess.fmt(f),
            DecodeError::Xml(fault) => write!(f, "xml.Decoder.Token() - {fault}"),
            DecodeError::NotAFeed => f.write_str("Failed to detect feed type"),
            DecodeError::FeedXml(fault) => fault.fmt(f),
            DecodeError::FeedJson(message) | DecodeError::Yaml(message) => f.write_str(message),
        }
    }
}

impl DecodeError {
    /// What there was too little memory for, if that's the reason.
    pub fn excess(&self) -> Option<Excess> {
        match self {
            Self::Excess(excess)
            | Self::Xml(Fault::Excess(excess))
            | Self::FeedXml(Fault::Excess(excess)) => Some(*excess),
            _ => None,
        }
    }
}

impl From<Excess> for DecodeError {
    fn from(excess: Excess) -> Self {
        Self::Excess(excess)
    }
}

impl std::error::Error for DecodeError {}
