//! The client's request as the steps in front of the pipes see it.

use std::rc::Rc;

use fjord_http::Headers;
use fjord_router::Redirect;

use crate::context::{EndpointInfo, Params};
use crate::platform::RequestBody;

use super::EndpointId;

/// The client's request.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The method, as sent.
    pub method: String,
    /// `http` or `https`.
    pub scheme: String,
    /// The `Host` header.
    pub host: String,
    /// Path and query, exactly as on the wire.
    pub target: String,
    /// The header lines, canonical names. Only those the plan asked for are here.
    pub headers: Headers,
    /// The address of the client, found by the rules of the `router` options.
    pub client_ip: String,
    /// The peer's address.
    pub peer: String,
    /// The body.
    pub body: RequestBody,
    /// Where the router leads.
    pub route: Route,
    /// The endpoint that it leads to.
    pub endpoint: Option<Rc<EndpointInfo>>,
    /// Milliseconds for the whole request: the endpoint's, or the service's where no endpoint answers.
    pub timeout_ms: u32,
    /// The url parameters, names as in the endpoint's path, values decoded once.
    pub params: Vec<(String, String)>,
    /// More parameters for the backends, set by steps (`JWT.sub`).
    pub claims: Params,
}

/// Where the router leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// To a configured endpoint.
    Endpoint(EndpointId),
    /// To the health answer.
    Health,
    /// To the debug endpoint.
    Debug,
    /// To the echo endpoint.
    Echo,
    /// To the list of methods (`router.auto_options`).
    Options(String),
    /// To the same resource under another path.
    Redirect(Redirect<'static>),
    /// Nowhere: 404.
    NotFound,
    /// Nowhere for this method: 405.
    MethodNotAllowed,
    /// The target is invalid: 400.
    BadRequest,
}

// === impl Incoming ===

impl Incoming {
    /// The path, as on the wire.
    pub fn raw_path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// Which part of the gateway a line of the log is about: `ENDPOINT: /users/{id}`, or `SERVICE: Gin` where no endpoint answers.
    pub fn part(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("ENDPOINT: {}", endpoint.path),
            None => "SERVICE: Gin".to_owned(),
        }
    }

    /// The query, as on the wire, without `?`.
    pub fn raw_query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}
