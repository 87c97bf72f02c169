//! Why a pipe has no answer: what failed, whose fault it is, whether it may be tried again, and what of it the client may see.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use fjord_memory::Excess;

use crate::platform::{Expired, HostError, hops};

/// A failed step of a pipe.
///
/// It becomes a text at the edge only: in the log, and in answers with `router.return_error_msg`. The text is KrakenD's where
/// KrakenD has one, and a merge joins several with line breaks (spec §10, §34).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What failed.
    pub kind: Kind,
    /// The status that the endpoint answers with, if the error carries one; else 500.
    pub status: Option<u16>,
    /// The content type of the text, if it isn't plain text.
    pub content_type: Option<String>,
}

/// What failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The deadline passed first.
    Expired,
    /// There is no host to call.
    NoHost,
    /// A backend gave neither a response nor an error.
    NoResponse,
    /// What the client sent makes no request: a parameter, a header line, a body. The text says which.
    Unfit(Cow<'static, str>),
    /// The client's body couldn't be read, or is more than the gateway keeps.
    ClientBody(HostError),
    /// An origin wasn't reached, or its answer broke off.
    Call(Box<Call>),
    /// The host couldn't do something else.
    Host(String),
    /// An origin answered with a status other than 200 and 201.
    Status(Box<BadStatus>),
    /// The same; the text is the origin's body (`return_error_code`).
    Passed(String),
    /// Redirects that lead nowhere.
    Redirects(String),
    /// An origin's answer can't be decoded.
    Decode(Cow<'static, str>),
    /// What an origin sent is more than the gateway keeps.
    Excess(Excess),
    /// An answer that a step doesn't let out. The text is the body that the configuration has for clients, so that it is always sent.
    Answer(Cow<'static, str>),
    /// A step refused the request or couldn't do its work. The text is its own.
    Step(Blame, Cow<'static, str>),
    /// Several backends failed.
    Merged(Vec<Error>),
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Cow<'static, str>,
    /// The URL.
    pub url: Rc<str>,
    /// What the host says.
    pub cause: HostError,
}

/// A status other than 200 and 201.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadStatus {
    /// The status.
    pub status: u16,
    /// The backend's method and `url_pattern`.
    pub backend: String,
    /// The URL that answered.
    pub url: Rc<str>,
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The client's: another request would have passed.
    Client,
    /// An origin's, or the way's to it.
    Origin,
    /// The gateway's: its configuration, or what it has room for.
    Gateway,
}

// === impl Error ===

impl Error {
    /// An error without a status of its own.
    pub fn new(kind: Kind) -> Self {
        Self { kind, status: None, content_type: None }
    }

    /// A step refused the request, or couldn't do its work.
    pub fn of_step(blame: Blame, text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Step(blame, text.into()))
    }

    /// An answer isn't let out; the client gets this body instead.
    pub fn answer(body: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Answer(body.into()))
    }

    /// What the client sent makes no request.
    pub fn unfit(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unfit(text.into()))
    }

    /// An origin's answer can't be decoded.
    pub fn decode(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Decode(text.into()))
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
        Self { status, ..Self::new(Kind::ClientBody(error)) }
    }

    /// The deadline passed first.
    pub fn expired() -> Self {
        Self::new(Kind::Expired)
    }

    /// A backend gave neither a response nor an error.
    pub fn no_response() -> Self {
        Self::new(Kind::NoResponse)
    }

    /// A call failed.
    pub fn of_call(method: Cow<'static, str>, url: Rc<str>, cause: HostError) -> Self {
        let status = match &cause {
            HostError::Failed(_) => None,
            HostError::Excess(excess) => of_excess(*excess),
        };
        Self { status, ..Self::new(Kind::Call(Box::new(Call { method, url, cause }))) }
    }

    /// The errors of several backends as one, without a status (spec §10), unless the request goes round in a loop.
    pub fn merged(errors: Vec<Error>) -> Option<Self> {
        if errors.is_empty() {
            return None;
        }
        let status = errors.iter().find_map(|error| error.status.filter(|status| *status == hops::STATUS));
        Some(Self { status, ..Self::new(Kind::Merged(errors)) })
    }

    /// Whose fault it is. Of several the first counts that isn't an origin's: another origin wouldn't help.
    pub fn blame(&self) -> Blame {
        match &self.kind {
            Kind::Unfit(_) => Blame::Client,
            Kind::ClientBody(HostError::Excess(Excess::Room)) | Kind::Excess(Excess::Room) => Blame::Gateway,
            Kind::ClientBody(_) => Blame::Client,
            Kind::Call(call) if call.cause == HostError::Excess(Excess::Room) => Blame::Gateway,
            Kind::NoHost | Kind::Host(_) => Blame::Gateway,
            Kind::Step(blame, _) => *blame,
            Kind::Merged(errors) => {
                let others = errors.iter().map(Error::blame).find(|blame| *blame != Blame::Origin);
                others.unwrap_or(Blame::Origin)
            }
            Kind::Expired
            | Kind::NoResponse
            | Kind::Call(_)
            | Kind::Status(_)
            | Kind::Passed(_)
            | Kind::Redirects(_)
            | Kind::Decode(_)
            | Kind::Answer(_)
            | Kind::Excess(_) => Blame::Origin,
        }
    }

    /// Whether the same request may succeed a moment later, with nothing changed. Says nothing of whether the origin has acted
    /// on it already.
    pub fn may_be_retried(&self) -> bool {
        match &self.kind {
            Kind::Expired | Kind::NoResponse | Kind::Host(_) => true,
            Kind::Call(call) => !matches!(call.cause, HostError::Excess(excess) if excess != Excess::Room),
            Kind::Status(bad) => is_passing(bad.status),
            Kind::Passed(_) => self.status.is_some_and(is_passing),
            Kind::ClientBody(HostError::Excess(excess)) | Kind::Excess(excess) => *excess == Excess::Room,
            Kind::Step(blame, _) => *blame == Blame::Origin,
            Kind::Merged(errors) => errors.iter().all(Error::may_be_retried),
            Kind::NoHost
            | Kind::Unfit(_)
            | Kind::ClientBody(HostError::Failed(_))
            | Kind::Redirects(_)
            | Kind::Answer(_)
            | Kind::Decode(_) => false,
        }
    }
}

/// Statuses that say "later": too many requests, and gateways whose origin is away.
fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}

/// What the gateway can't keep is its own fault where an origin sent it, unless there's room for it later.
fn of_excess(excess: Excess) -> Option<u16> {
    (excess == Excess::Room).then_some(503)
}

impl From<Expired> for Error {
    fn from(_: Expired) -> Self {
        Self::expired()
    }
}

impl From<Excess> for Error {
    fn from(excess: Excess) -> Self {
        Self { status: of_excess(excess), ..Self::new(Kind::Excess(excess)) }
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Failed(text) => Self::new(Kind::Host(text)),
            HostError::Excess(excess) => excess.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Expired => f.write_str("context deadline exceeded"),
            Kind::NoHost => f.write_str("no hosts available"),
            Kind::NoResponse => f.write_str("invalid response"),
            Kind::Unfit(text) | Kind::Decode(text) | Kind::Answer(text) | Kind::Step(_, text) => {
                f.write_str(text)
            }
            Kind::ClientBody(error) => error.fmt(f),
            Kind::Call(call) => write!(f, "{} \"{}\": {}", go_verb(&call.method), call.url, call.cause),
            Kind::Host(text) | Kind::Passed(text) | Kind::Redirects(text) => f.write_str(text),
            Kind::Status(bad) => {
                let BadStatus { status, backend, url } = &**bad;
                write!(f, "invalid status code {status} [{backend}]: {url}")
            }
            Kind::Excess(excess) => excess.fmt(f),
            Kind::Merged(errors) => errors.iter().enumerate().try_for_each(|(index, error)| {
                let line_break = if index == 0 { "" } else { "\n" };
                write!(f, "{line_break}{error}")
            }),
        }
    }
}

impl std::error::Error for Error {}

/// Go's client prints a method as `Get`, `Post` before the URL.
fn go_verb(method: &str) -> String {
    let lower = method.to_ascii_lowercase();
    let mut chars = lower.chars();
    chars
        .next()
        .map_or_else(|| "Get".to_owned(), |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(cause: impl Into<HostError>) -> Error {
        Error::of_call("GET".into(), "http://a/b".into(), cause.into())
    }

    fn status(status: u16) -> Error {
        let url = "http://a/b".into();
        Error::new(Kind::Status(Box::new(BadStatus { status, backend: "GET /b".to_owned(), url })))
    }

    #[test]
    fn errors_say_whose_fault_they_are_and_become_texts_at_the_edge() {
        let refused = || HostError::Failed("connection refused".to_owned());
        let merged = |errors| Error::merged(errors).expect("there are errors");
        let rows = [
            (Error::expired(), Blame::Origin, true, None, "context deadline exceeded"),
            (Error::new(Kind::NoHost), Blame::Gateway, false, None, "no hosts available"),
            (Error::no_response(), Blame::Origin, true, None, "invalid response"),
            (Error::unfit("no such host").with_status(400), Blame::Client, false, Some(400), "no such host"),
            (call(refused()), Blame::Origin, true, None, "Get \"http://a/b\": connection refused"),
            (status(503), Blame::Origin, true, None, "invalid status code 503 [GET /b]: http://a/b"),
            (status(404), Blame::Origin, false, None, "invalid status code 404 [GET /b]: http://a/b"),
            (Error::of_client(refused()), Blame::Client, false, None, "connection refused"),
            (
                Error::of_step(Blame::Origin, "circuit breaker is open"),
                Blame::Origin,
                true,
                None,
                "circuit breaker is open",
            ),
            (
                merged(vec![Error::expired(), status(404)]),
                Blame::Origin,
                false,
                None,
                "context deadline exceeded\ninvalid status code 404 [GET /b]: http://a/b",
            ),
            (
                merged(vec![Error::expired(), status(hops::STATUS).with_status(hops::STATUS)]),
                Blame::Origin,
                false,
                Some(hops::STATUS),
                "context deadline exceeded\ninvalid status code 508 [GET /b]: http://a/b",
            ),
        ];
        for (error, blame, may_be_retried, status, text) in rows {
            assert_eq!(error.blame(), blame, "{text}");
            assert_eq!(error.may_be_retried(), may_be_retried, "{text}");
            assert_eq!((error.status, error.to_string().as_str()), (status, text));
        }
        assert_eq!(Error::merged(Vec::new()), None);
    }

    #[test]
    fn what_has_no_room_may_have_it_later() {
        for error in [call(Excess::Room), Excess::Room.into(), Error::of_client(Excess::Room)] {
            assert!(error.may_be_retried(), "{error}");
            assert_eq!((error.status, error.blame()), (Some(503), Blame::Gateway), "{error}");
        }
        for error in [call(Excess::Body), Excess::Body.into(), Error::of_client(Excess::Body)] {
            assert!(!error.may_be_retried(), "{error}");
        }
        assert_eq!(Error::of_client(Excess::Body).blame(), Blame::Client);
    }
}
