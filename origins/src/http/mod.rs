//! HTTP/1.1 as a client: writes a request, reads its response, without input or output of its own.
//!
//! `request` and `head` and `body` work on bytes alone. `exchange` runs them over any stream.

pub mod body;
pub mod exchange;
pub mod head;
pub mod request;

/// What is wrong with a response, or with the connection that brings it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpFault {
    /// The connection ended before a response head was complete.
    #[error("the connection ended before the response head was complete")]
    NoHead,
    /// The connection ended before the body was complete.
    #[error("the connection ended before the response body was complete")]
    Cut,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The head is longer than [`head::MAX_HEAD`] or has more lines than [`head::MAX_LINES`].
    #[error("the response head is longer than {} KB or has more than {} lines", head::MAX_HEAD >> 10, head::MAX_LINES)]
    HeadTooLong,
    /// The head isn't HTTP/1.
    #[error("the response isn't HTTP/1.1: {0}")]
    Malformed(String),
    /// More informational responses than [`head::MAX_INFORMATIONAL`].
    #[error("more than {} informational responses", head::MAX_INFORMATIONAL)]
    Informational,
    /// `101 Switching Protocols`: no request asks for it.
    #[error("the origin switched protocols without being asked to")]
    Switched,
    /// Several lengths that differ, or one that isn't a number.
    #[error("the Content-Length {0:?} isn't one number")]
    ContentLength(String),
    /// A transfer coding other than `chunked`.
    #[error("the Transfer-Encoding {0:?} isn't supported")]
    TransferEncoding(String),
    /// The chunked body isn't well formed.
    #[error("the chunked body is malformed: {0}")]
    Chunk(&'static str),
}

impl HttpFault {
    /// A word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoHead => "no-response",
            Self::Cut => "response-cut",
            Self::Connection(_) => "connection-failed",
            Self::HeadTooLong => "head-too-long",
            Self::Malformed(_) | Self::Informational | Self::Switched => "not-http",
            Self::ContentLength(_) | Self::TransferEncoding(_) | Self::Chunk(_) => "bad-framing",
        }
    }
}
