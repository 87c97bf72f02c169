//! The vocabulary between the core and its host.

use std::borrow::Cow;
use std::rc::Rc;

use fjord_http::Headers;
use fjord_memory::Excess;

/// A client's request as the host received it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method, as sent.
    pub method: String,
    /// `http` or `https`.
    pub scheme: String,
    /// The `Host` header (or the URL's authority).
    pub host: String,
    /// Path and query, exactly as on the wire.
    pub target: String,
    /// The header lines that the plan asked for.
    pub headers: Headers,
    /// Who asks.
    pub caller: Caller,
    /// Where the client is, as the platform tells it in JSON; only if the plan asks for it.
    pub place: Option<Rc<str>>,
    /// Whether a body follows.
    pub has_body: bool,
}

/// Who asks, as far as the host tells. Header lines don't count: a client may write what it likes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Caller {
    /// The host doesn't tell.
    #[default]
    Unknown,
    /// The address at the other end of the connection: a client, or some proxy.
    Peer(String),
    /// The client's address: the platform vouches for it.
    Client(String),
}

/// The gateway's answer to a client.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header lines, repeated names allowed.
    pub headers: Headers,
    /// With the header lines of an origin's answer, which the host holds, behind those of the gateway.
    pub passed: Option<Passed>,
    /// The body.
    pub body: AnswerBody,
}

/// Header lines that go from an origin to the client without entering the core: lines of one name stay lines of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The answer they belong to.
    pub of: Stream,
    /// Leave out `Content-Type` (a 304 has none).
    pub without_type: bool,
    /// `Some(n)`: steps have read the origin's header lines, and may have changed some. They follow the gateway's first `n` lines in
    /// [`Answer::headers`]. Unchanged ones are still sent as lines of their own.
    pub seen_behind: Option<u32>,
}

/// The body of an [`Answer`].
#[derive(Debug)]
pub enum AnswerBody {
    /// No body.
    Empty,
    /// Bytes made by the gateway.
    Bytes(Vec<u8>),
    /// The body of an origin's answer, which the host holds: it never enters the core.
    Stream(Stream),
}

/// A number the host gave to one effect.
pub type EffectId = u32;

/// A body that stays with the host, by the id of the fetch that received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream(pub EffectId);

/// Something for the host to do.
#[derive(Debug)]
pub enum Effect {
    /// Call an origin. Completed by [`Outcome::Fetched`].
    Fetch(Fetch),
    /// Wait some milliseconds. Completed by [`Outcome::Elapsed`].
    Timer(u32),
    /// Nobody waits for this effect any more.
    Cancel(EffectId),
    /// Read the client's body to its end. Completed by [`Outcome::Body`].
    ReadBody,
    /// Read a body that stayed with the host. Completed by [`Outcome::Body`].
    ReadStream(Stream),
    /// One of the host's rarer services. Completed by [`Outcome::Called`].
    Call(Call),
    /// A line for the log; never completed.
    Log(Level, String),
}

/// A call to an origin.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// Which way the call takes.
    pub via: Via,
    /// The method, upper-cased.
    pub method: Cow<'static, str>,
    /// The whole URL.
    pub url: Rc<str>,
    /// The header lines. Shared, as parallel calls often send the same.
    pub headers: Rc<Headers>,
    /// The header lines about the trace, which no other call has: they replace those of their names. None until the border adds
    /// them; none at all where nothing is traced.
    pub trace: Option<Headers>,
    /// The body.
    pub body: RequestBody,
    /// Keep the body with the host: [`Fetched::body`] is then a [`Body::Stream`].
    pub stream: bool,
    /// Hand over the header lines of the answer. They always come when the status is neither 200 nor 201.
    pub want_headers: bool,
    /// Ask the origin for a compressed answer and inflate it; not set where the client's own wish is passed on.
    pub gzip: bool,
    /// With `stream`: milliseconds after which the body is cut, counted from now.
    pub cut_after: Option<u32>,
    /// By which certificates the origin is called, if they aren't the platform's. Without effect on `http://` and on bindings.
    pub certificates: Option<Rc<str>>,
    /// Milliseconds for a call by `certificates`, which the host ends by itself.
    pub millis: u32,
}

// === impl Fetch ===

impl Fetch {
    /// A call that the gateway makes for itself, over the network: the answer comes whole, with its header lines.
    pub fn new(method: impl Into<Cow<'static, str>>, url: impl Into<Rc<str>>, headers: Headers) -> Self {
        Self {
            via: Via::Network,
            method: method.into(),
            url: url.into(),
            headers: Rc::new(headers),
            trace: None,
            body: RequestBody::None,
            stream: false,
            want_headers: true,
            gzip: true,
            cut_after: None,
            certificates: None,
            millis: 0,
        }
    }

    /// Whether the call goes over a socket of the host's, as the platform's fetch knows public roots alone.
    pub fn takes_socket(&self) -> bool {
        self.certificates.is_some()
            && !matches!(self.via, Via::Binding(_))
            && self.url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }
}

/// Which way a [`Fetch`] takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Via {
    /// The platform's global fetch, or the binding that `@fjord.hosts` names for the host.
    Network,
    /// The platform's global fetch: the client has chosen a part of the host, and no private one.
    Public,
    /// The fetch of a service or assets binding (`host: ["service://NAME"]`).
    Binding(Rc<str>),
}

/// The body of a call to an origin.
#[derive(Debug, Clone, Default)]
pub enum RequestBody {
    /// None: no length is announced for methods without one, 0 for the others.
    #[default]
    None,
    /// The client's body, passed on as it comes, never copied.
    Incoming,
    /// Bytes, sent in chunks with no announced length (as KrakenD sends what it copied).
    Chunked(Rc<fjord_json::Body>),
    /// Bytes with their length announced.
    Sized(Rc<fjord_json::Body>),
}

// === impl RequestBody ===

impl RequestBody {
    /// Bytes without a length.
    pub fn chunked(bytes: impl Into<fjord_json::Body>) -> Self {
        Self::Chunked(Rc::new(bytes.into()))
    }

    /// Bytes with their length.
    pub fn sized(bytes: impl Into<fjord_json::Body>) -> Self {
        Self::Sized(Rc::new(bytes.into()))
    }
}

/// An origin's answer.
#[derive(Debug)]
pub struct Fetched {
    /// The status code.
    pub status: u16,
    /// The header lines, if wanted or the status is neither 200 nor 201.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

/// The body of an origin's answer.
#[derive(Debug)]
pub enum Body {
    /// All of it.
    Bytes(fjord_json::Body),
    /// It stays with the host.
    Stream(Stream),
}

/// A rarer service of the host: `op` names it, `args` are its arguments as bytes.
///
/// The host's table of operations is in `src/edge/ops.mjs`.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation.
    pub op: &'static str,
    /// Its arguments.
    pub args: Vec<Vec<u8>>,
}

/// How an effect ended.
#[derive(Debug)]
pub enum Outcome {
    /// A [`Effect::Fetch`] ended.
    Fetched(Result<Fetched, HostError>),
    /// A [`Effect::Timer`] ended.
    Elapsed,
    /// A [`Effect::ReadBody`] or [`Effect::ReadStream`] ended.
    Body(Result<fjord_json::Body, HostError>),
    /// A [`Effect::Call`] ended.
    Called(Result<Vec<u8>, HostError>),
}

/// The host could not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostError {
    /// The text says why, in the host's words.
    Failed(String),
    /// What came is more than the gateway keeps.
    Excess(Excess),
}

/// How much a line of the log matters, in KrakenD's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For developers.
    Debug,
    /// Usual events.
    Info,
    /// Something odd.
    Warning,
    /// A request failed.
    Error,
    /// The gateway can't do its work.
    Critical,
}

impl std::fmt::Display for HostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(text) => f.write_str(text),
            Self::Excess(excess) => excess.fmt(f),
        }
    }
}

impl From<Excess> for HostError {
    fn from(excess: Excess) -> Self {
        Self::Excess(excess)
    }
}
