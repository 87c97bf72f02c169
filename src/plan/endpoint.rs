//! One endpoint of the plan.

use fjord_encoding::Output;

use crate::gateway::Handler;
use crate::proxy::{Layer, Pipe, Shadow};

/// The place of an endpoint in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointId(pub u32);

/// An endpoint, ready to answer.
pub struct Endpoint {
    /// Its place.
    pub id: EndpointId,
    /// The path, as configured.
    pub path: String,
    /// The method, upper-cased.
    pub method: String,
    /// Milliseconds for everything.
    pub timeout_ms: u32,
    /// The `Cache-Control` of a complete answer.
    pub cache_control: Option<String>,
    /// How the answer is rendered.
    pub output: Output,
    /// Which header lines of the client enter.
    pub input_headers: Headers,
    /// Which query parameters of the client enter.
    pub input_query_strings: Queries,
    /// Steps around the pipe that see the client's request (authentication, rate limits), outermost first.
    pub handlers: Vec<Box<dyn Handler>>,
    /// Layers around the pipe, outermost first.
    pub layers: Vec<Box<dyn Layer>>,
    /// The backends.
    pub pipe: Pipe,
    /// The shadow backends.
    pub shadow: Option<Shadow>,
    /// The number of the list of header lines that it needs ([`Plan::header_names`](super::Plan::header_names)); none: all.
    pub header_list: Option<u32>,
    /// Why this endpoint can't be served: it answers 501 and the log tells this.
    pub refused: Option<String>,
}

/// Which header lines of the client enter an endpoint (`input_headers`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Headers {
    /// Nothing listed: `Content-Type` alone.
    ContentType,
    /// The listed ones, canonical.
    Listed(Vec<String>),
    /// `*`
    All,
}

/// Which query parameters of the client enter an endpoint (`input_query_strings`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queries {
    /// None.
    None,
    /// The listed ones.
    Listed(Vec<String>),
    /// `*`
    All,
}
