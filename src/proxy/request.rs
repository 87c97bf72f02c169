//! A request inside the gateway: what the endpoint let through, on its way to the backends.

use std::borrow::Cow;
use std::rc::Rc;

use crate::platform::{Io, RequestBody, Via};
pub use fjord_http::path::REST;
use fjord_http::template::Variable;
use fjord_http::{Headers, Query};
use fjord_json::Body;

use crate::context::Params;

use super::Error;

/// A request on its way through a pipe. Cloning is cheap: backends share what none of them changes.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method: the client's, then the backend's.
    pub method: Cow<'static, str>,
    /// The client's path, then the one generated from `url_pattern` (with its query).
    pub path: Rc<str>,
    /// The whole URL; empty before a host is chosen.
    pub url: Rc<str>,
    /// Which way the call takes.
    pub via: Via,
    /// The parameters.
    pub params: Rc<Params>,
    /// The header lines for the origin.
    pub headers: Rc<Headers>,
    /// The query parameters for the origin, beside those of `url_pattern`.
    pub query: Rc<Query>,
    /// The body.
    pub body: RequestBody,
}

// === impl Request ===

impl Request {
    /// The value of a variable of `url_pattern`.
    pub fn value(&self, variable: &Variable) -> Option<&str> {
        match variable {
            Variable::Param(name) | Variable::Jwt(name) | Variable::Resp { name, .. } => {
                self.params.get(name)
            }
            Variable::InputHeader(name) => self.headers.get(name),
            Variable::InputQuery(name) => self.query.get(name),
            Variable::Rest => self.params.get(REST),
        }
    }

    /// Reads the client's body to its end if it still is with the host; the request then carries it as bytes.
    ///
    /// KrakenD sends a copied body in chunks, without a length, even an empty one (spec §5).
    ///
    /// # Errors
    /// If the body doesn't come whole, or is longer than the gateway keeps.
    pub async fn buffer_body(&mut self, io: &Io) -> Result<Rc<Body>, Error> {
        match &self.body {
            RequestBody::Chunked(bytes) | RequestBody::Sized(bytes) => return Ok(bytes.clone()),
            RequestBody::None => {
                let empty = Rc::new(Body::zeroed(0));
                self.body = RequestBody::Chunked(empty.clone());
                return Ok(empty);
            }
            RequestBody::Incoming => {}
        }
        let body = Rc::new(io.read_body().await.map_err(Error::of_client)?);
        self.body = RequestBody::Chunked(body.clone());
        Ok(body)
    }
}

/// Whether a method asks for nothing but an answer: only then may backends share one body (spec §10).
pub(super) fn is_safe(method: &str) -> bool {
    method.eq_ignore_ascii_case("GET") || method.eq_ignore_ascii_case("HEAD")
}
