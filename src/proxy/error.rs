//! Why a pipe has no answer, and what of it the client may see.

use std::borrow::Cow;

use fjord_memory::Excess;

use crate::platform::{HostError, hops};

/// A failed step of a pipe.
///
/// The text is KrakenD's where KrakenD has one: clients see it with `router.return_error_msg`, and a merge joins
/// several with line breaks (spec §10, §34).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The text.
    pub message: Cow<'static, str>,
    /// The status that the endpoint answers with, if the error carries one; else 500.
    pub status: Option<u16>,
    /// The content type of the text, if it isn't plain text.
    pub content_type: Option<String>,
}

// === impl Error ===

impl Error {
    /// An error without a status of its own.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), status: None, content_type: None }
    }

    /// The same with a status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// A client's body couldn't be read, or is more than the gateway keeps.
    pub fn of_client(error: impl Into<HostError>) -> Self {
        let error = error.into();
        let status = match error {
            HostError::Failed(_) => None,
            HostError::Excess(excess) => Some(excess.status()),
        };
        Self { status, ..Self::new(error.to_string()) }
    }

    /// The deadline passed first.
    pub fn expired() -> Self {
        Self::new("context deadline exceeded")
    }

    /// A backend gave neither a response nor an error.
    pub fn no_response() -> Self {
        Self::new("invalid response")
    }

    /// The errors of several backends as one, without a status (spec §10), unless the request goes round in a loop.
    pub fn merged(errors: &[Error]) -> Option<Self> {
        match errors {
            [] => None,
            _ => {
                let texts: Vec<&str> = errors.iter().map(|e| &*e.message).collect();
                let status =
                    errors.iter().find_map(|error| error.status.filter(|status| *status == hops::STATUS));
                Some(Self { status, ..Self::new(texts.join("\n")) })
            }
        }
    }
}

impl From<crate::platform::Expired> for Error {
    fn from(_: crate::platform::Expired) -> Self {
        Self::expired()
    }
}

/// What the gateway can't keep is its own fault where an origin sent it, unless there's room for it later.
impl From<Excess> for Error {
    fn from(excess: Excess) -> Self {
        let error = Self::new(excess.to_string());
        if excess == Excess::Room { error.with_status(503) } else { error }
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Failed(message) => Self::new(message),
            HostError::Excess(excess) => excess.into(),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
