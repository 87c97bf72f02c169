//! What comes back through a pipe: a response, an error, or both (a partial result).

use fjord_http::Headers;
use fjord_json::Data;

use crate::platform::{Body, Stream};

use super::Error;

/// The result of a pipe. KrakenD returns a response and an error side by side: a merge with one failed backend has both.
#[derive(Debug, Default)]
pub struct Reply {
    /// The response, if there is anything to answer.
    pub response: Option<Response>,
    /// What went wrong, if anything did.
    pub error: Option<Error>,
}

/// A response inside the gateway.
#[derive(Debug, Default)]
pub struct Response {
    /// The decoded object; `None` is KrakenD's nil map.
    pub data: Data,
    /// Whether everything that was asked for is there.
    pub complete: bool,
    /// Status and headers of the origin, where a step keeps them.
    pub metadata: Metadata,
    /// The undecoded body (no-op).
    pub io: Option<Body>,
}

/// What a response says about itself beside its data.
#[derive(Debug, Default, Clone)]
pub struct Metadata {
    /// The status code; 0 means none.
    pub status: u16,
    /// The header lines.
    pub headers: Headers,
    /// The answer whose header lines the host passes on, so that lines of one name stay apart.
    pub passed: Option<Stream>,
    /// Whether steps read them: they are here, too, as the steps left them.
    pub seen: bool,
}

// === impl Reply ===

impl Reply {
    /// A response and no error.
    pub fn ok(response: Response) -> Self {
        Self { response: Some(response), error: None }
    }

    /// An error and no response.
    pub fn err(error: impl Into<Error>) -> Self {
        Self { response: None, error: Some(error.into()) }
    }
}

impl From<Result<Response, Error>> for Reply {
    fn from(result: Result<Response, Error>) -> Self {
        match result {
            Ok(response) => Self::ok(response),
            Err(error) => Self::err(error),
        }
    }
}

// === impl Response ===

impl Response {
    /// Whether there is at least one member at the top level.
    pub fn has_data(&self) -> bool {
        self.data.as_ref().is_some_and(|data| !data.is_empty())
    }
}
