//! Why a backend's body could not be decoded, in KrakenD's words: clients see them with `return_error_msg` (spec §34).

use std::fmt;

use super::xml::token::Fault;

/// Why a body could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The body ended before anything was found.
    Eof,
    /// The body is not XML.
    Xml(Fault),
}

// === impl DecodeError ===

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Eof => f.write_str("EOF"),
            DecodeError::Xml(fault) => write!(f, "xml.Decoder.Token() - {fault}"),
        }
    }
}

impl std::error::Error for DecodeError {}
