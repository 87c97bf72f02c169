//! Answers at an endpoint: checks the url parameters, builds the request of the pipe, renders the reply.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::{Rc, Weak};

use fjord_http::template::title;
use fjord_http::{Headers, Query};

use crate::context::{Cx, EndpointInfo, Reach};
use crate::platform::{Answer, Deadline, Level, LocalFuture, Via};
use crate::proxy::{Error, Layer, Merge, Next, Pipe, Reply, Request};
use crate::{KRAKEND_AGENT, render};

use super::handler::{Inside, NextHandler};
use super::{Handler, Incoming};

/// The place of an endpoint in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointId(pub u32);

/// An endpoint, ready to answer.
pub struct Endpoint {
    /// What steps know of it.
    pub info: Rc<EndpointInfo>,
    /// Which header lines of the client enter.
    pub input_headers: InputHeaders,
    /// Which query parameters of the client enter.
    pub input_query_strings: InputQueries,
    /// Steps around the pipe that see the client's request (authentication, rate limits), outermost first.
    pub handlers: Vec<Box<dyn Handler>>,
    /// Layers around the pipe, outermost first.
    pub layers: Vec<Box<dyn Layer>>,
    /// The backends.
    pub pipe: Pipe,
    /// The number of the list of header lines that it needs ([`Plan::header_names`](super::Plan::header_names)); none: all.
    pub header_list: Option<u32>,
    /// Whether the same request always leads to the same calls: nothing acts before them, nothing is chosen.
    pub is_steady: bool,
    /// How many shapes of its URLs it has told.
    pub shapes: Cell<u8>,
    /// Why this endpoint can't be served: it answers 501 and the log tells this.
    pub refused: Option<String>,
    /// This endpoint, for work that goes on after a request.
    pub me: Weak<Endpoint>,
}

/// Which header lines of the client enter an endpoint (`input_headers`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputHeaders {
    /// Nothing listed: `Content-Type` alone.
    ContentType,
    /// The listed ones, canonical.
    Listed(Vec<String>),
    /// `*`
    All,
}

/// Which query parameters of the client enter an endpoint (`input_query_strings`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputQueries {
    /// None.
    None,
    /// The listed ones.
    Listed(Vec<String>),
    /// `*`
    All,
}

// === impl Endpoint ===

impl Endpoint {
    /// An endpoint that answers 501.
    pub fn refused(info: EndpointInfo, reason: String) -> Self {
        Self {
            info: Rc::new(info),
            input_headers: InputHeaders::ContentType,
            input_query_strings: InputQueries::None,
            handlers: Vec::new(),
            layers: Vec::new(),
            pipe: Pipe::Parallel(Merge {
                backends: Vec::new(),
                flatmap: None,
                join: Vec::new(),
                timeout_ms: 0,
            }),
            header_list: None,
            is_steady: false,
            shapes: Cell::new(0),
            refused: Some(reason),
            me: Weak::new(),
        }
    }

    /// Answers a request.
    pub(super) async fn answer(
        &self,
        reach: Reach<'_>,
        decode_paths: bool,
        mut incoming: Incoming,
    ) -> Answer {
        if let Some(reason) = &self.refused {
            reach.log(Level::Error, || format!("[ENDPOINT: {}] not served: {reason}", self.info.path));
            return render::status(501);
        }
        let mut values = incoming.params.iter().map(|(_, value)| value);
        if decode_paths && let Some(error) = values.find_map(|value| fjord_router::check_value(value).err()) {
            return render::bad_params(&error.to_string());
        }
        // Before the handlers: what they set of a token, the client's `Connection` must not take away.
        if incoming.headers.contains("Connection") {
            incoming.headers.remove_hop_by_hop();
        }
        let deadline = Deadline::of_request(reach.io, self.info.timeout_ms);
        let cx = Cx { io: reach.io, service: reach.service, endpoint: &self.info, deadline: &deadline };
        if self.handlers.is_empty() {
            self.serve(cx, incoming).await
        } else {
            NextHandler::new(&self.handlers, self).run(cx, incoming).await
        }
    }

    /// Answers after the handlers: the pipe gets what they left of the request's time.
    async fn serve(&self, cx: Cx<'_>, incoming: Incoming) -> Answer {
        let accept = incoming.headers.get("Accept").map(str::to_owned);
        let reply = self.run(cx, incoming).await;
        if let Some(error) = &reply.error {
            cx.log(Level::Error, || format!("[ENDPOINT: {}] {error}", self.info.path));
        }
        render::reply(cx, reply, accept.as_deref())
    }

    /// Runs the pipe for a client's request.
    async fn run(&self, cx: Cx<'_>, incoming: Incoming) -> Reply {
        let request = build(self, incoming);
        let done = if self.layers.is_empty() {
            cx.deadline.bound(self.pipe.run(cx, request)).await
        } else {
            cx.deadline.bound(Next::pipe(&self.layers, &self.pipe).run(cx, request)).await
        };
        done.unwrap_or_else(|_| Reply::err(Error::expired()))
    }
}

impl Inside for Endpoint {
    fn answer<'a>(&'a self, cx: Cx<'a>, incoming: Incoming) -> LocalFuture<'a, Answer> {
        Box::pin(self.serve(cx, incoming))
    }

    fn reply<'a>(&'a self, cx: Cx<'a>, incoming: Incoming) -> LocalFuture<'a, Reply> {
        Box::pin(self.run(cx, incoming))
    }

    fn detached(&self) -> Option<Rc<dyn Inside>> {
        Some(self.me.upgrade()?)
    }
}

/// What of a client's request enters the pipe (spec §4).
fn build(endpoint: &Endpoint, incoming: Incoming) -> Request {
    let query = queries(&endpoint.input_query_strings, incoming.raw_query());
    let path: Rc<str> = incoming.raw_path().into();
    let mut params = incoming.claims;
    for (name, value) in incoming.params {
        params.set(&title(&name), value);
    }
    let headers = headers(endpoint, incoming.headers, incoming.client_ip, incoming.host);
    Request {
        method: Cow::Owned(incoming.method),
        path,
        url: Rc::from(""),
        via: Via::Network,
        params: Rc::new(params),
        headers: Rc::new(headers),
        query: Rc::new(query),
        body: incoming.body,
    }
}

fn headers(endpoint: &Endpoint, client: Headers, client_ip: String, host: String) -> Headers {
    let mut headers = match &endpoint.input_headers {
        InputHeaders::All => {
            let mut headers = client;
            headers.remove_hop_by_hop();
            headers
        }
        InputHeaders::ContentType => pick(&client, &["Content-Type"]),
        InputHeaders::Listed(names) => pick(&client, names),
    };
    // What is cached for everybody isn't fetched in the name of one client: an origin could write its address into the answer.
    if !endpoint.info.is_cached {
        headers.set("X-Forwarded-For", client_ip);
    }
    headers.set("X-Forwarded-Host", host);
    let name = if headers.get("User-Agent").is_some() { "X-Forwarded-Via" } else { "User-Agent" };
    headers.set(name, KRAKEND_AGENT);
    headers
}

fn pick<N: AsRef<str>>(headers: &Headers, names: &[N]) -> Headers {
    let mut picked = Headers::default();
    for name in names {
        for value in headers.get_all(name.as_ref()) {
            picked.add(name.as_ref().to_owned(), value);
        }
    }
    picked
}

fn queries(allowed: &InputQueries, raw: &str) -> Query {
    match allowed {
        InputQueries::None => Query::default(),
        InputQueries::All => Query::parse(raw),
        InputQueries::Listed(names) => Query::parse_some(raw, |name| names.iter().any(|known| known == name)),
    }
}
