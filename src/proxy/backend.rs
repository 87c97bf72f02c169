//! One backend: builds the call, makes it through the configured layers, decodes and shapes the answer.
//!
//! The order is KrakenD's (spec §1): query filter, path and method, concurrent calls, choice of the host and URL,
//! header filter, layers, exchange, status, decoder, shape.

use std::borrow::Cow;
use std::rc::Rc;

use fjord_http::Headers;
use fjord_http::template::UrlPattern;

use crate::context::Cx;
use crate::options::Capability;
use crate::platform::{Body, Fetch};

use super::exchange::{Exchange, NextExchange, Policy};
use super::hosts::Tried;
use super::reply::Metadata;
use super::{
    Decode, Error, Hosts, HttpResponse, Layer, Next, Reply, Request, Response, Retries, When, Workflow,
    concurrent,
};

/// A backend, ready to be called.
pub struct Backend {
    /// When it is called; always where nothing says.
    pub when: Option<When>,
    /// The method, as configured.
    pub method: Cow<'static, str>,
    /// The path and query to call.
    pub url: UrlPattern,
    /// Where to call.
    pub hosts: Hosts,
    /// Which header lines it gets of those that reached the endpoint; none = all.
    pub input_headers: Option<Vec<String>>,
    /// Which query parameters it gets of those that reached the endpoint; none = all.
    pub input_query_strings: Option<Vec<String>>,
    /// How often the call is sent at once.
    pub concurrent_calls: u32,
    /// Milliseconds for concurrent calls: 75 % of the endpoint's timeout.
    pub concurrent_timeout_ms: u32,
    /// How a failed call is made again, if at all.
    pub retries: Option<Retries>,
    /// Layers around the call, outermost first.
    pub layers: Vec<Box<dyn Layer>>,
    /// Steps around the exchange and its redirects.
    pub around: Vec<Box<dyn Exchange>>,
    /// Steps around each hop of the exchange.
    pub hop: Vec<Box<dyn Exchange>>,
    /// How redirects are followed.
    pub redirects: Policy,
    /// By which certificates it's called, if they aren't the platform's (`client_tls`).
    pub certificates: Option<Rc<str>>,
    /// Whether to ask for compressed answers by itself (`disable_compression` is false).
    pub gzip: bool,
    /// Whether anything here or around reads header lines of a good answer.
    pub reads_headers: bool,
    /// Whether the answer's body stays with the host (no-op).
    pub no_op: bool,
    /// What to do with other answers.
    pub decode: Decode,
    /// What runs in place of the call.
    pub workflow: Option<Box<Workflow>>,
}

// === impl Backend ===

impl Backend {
    /// Whether the same request always leads to the same call, and nothing but its body and status tells of the answer.
    pub fn is_steady(&self) -> bool {
        // Without `..`: a field that is added must be judged here.
        let Self {
            when,
            workflow,
            concurrent_calls,
            retries,
            hosts,
            layers,
            around,
            hop,
            reads_headers,
            method: _,
            url: _,
            input_headers: _,
            input_query_strings: _,
            concurrent_timeout_ms: _,
            redirects: _,
            certificates: _,
            gzip: _,
            no_op: _,
            decode: _,
        } = self;
        let repeated = *concurrent_calls > 1 || retries.is_some();
        let chosen = when.is_some() || workflow.is_some() || repeated || !hosts.is_one();
        let steps = !layers.is_empty() || !around.is_empty() || !hop.is_empty();
        !chosen && !steps && !reads_headers
    }

    /// Builds the call and makes it.
    pub async fn run(&self, cx: Cx<'_>, mut request: Request) -> Reply {
        if let Some(allowed) = &self.input_query_strings {
            keep_query(&mut request, allowed);
        }
        let path = match self.url.expand(|variable| request.value(variable).map(Cow::Borrowed)) {
            Ok(Cow::Borrowed(fixed)) => Rc::from(fixed),
            Ok(Cow::Owned(path)) => Rc::from(path),
            Err(error) => return Reply::err(Error::unfit(error.to_string()).with_status(400)),
        };
        request.path = path;
        request.method = self.method.clone();
        if self.concurrent_calls > 1 {
            concurrent::run(self, self.concurrent_calls, self.concurrent_timeout_ms, cx, request).await
        } else {
            self.call(cx, request).await
        }
    }

    /// Makes the call, and makes it again as often as it may be.
    pub(super) async fn call(&self, cx: Cx<'_>, request: Request) -> Reply {
        match &self.retries {
            Some(retries) if Capability::Failover.is_included() => {
                Box::pin(retries.run(self, cx, request)).await
            }
            _ => self.attempt(cx, request, None).await,
        }
    }

    /// Chooses a host that hasn't been tried and goes through the layers.
    pub(super) async fn attempt(&self, cx: Cx<'_>, mut request: Request, tried: Option<&Tried>) -> Reply {
        if self.workflow.is_none() {
            (request.url, request.via) = match self.hosts.url(cx, &request, tried).await {
                Ok(call) => call,
                Err(error) => return Reply::err(error),
            };
        }
        if let Some(allowed) = &self.input_headers {
            keep_headers(&mut request, allowed);
        }
        if self.layers.is_empty() {
            self.exchange(cx, request).await
        } else {
            Next::backend(&self.layers, self).run(cx, request).await
        }
    }

    /// Calls the origin and makes a response of its answer.
    pub(super) async fn exchange(&self, cx: Cx<'_>, request: Request) -> Reply {
        if let Some(workflow) = &self.workflow {
            return workflow.run(cx, request, &self.decode.shape).await;
        }
        let compress = self.gzip
            && request.headers.get("Accept-Encoding").is_none()
            && request.headers.get("Range").is_none();
        let call = Fetch {
            via: request.via,
            method: upper(request.method),
            url: request.url,
            headers: request.headers,
            trace: None,
            body: request.body,
            stream: self.no_op,
            gzip: compress,
            want_headers: self.reads_headers,
            cut_after: self.no_op.then(|| cx.deadline.outermost_ms()),
            certificates: self.certificates.clone(),
            millis: 0,
        };
        let steps = NextExchange::new(&self.around, &self.hop, self.redirects).with_params(&request.params);
        match steps.go(cx, call).await {
            Err(error) => Reply::err(error),
            Ok(answer) if self.no_op => Reply::ok(undecoded(answer, self.reads_headers)),
            Ok(answer) => {
                let answer = match whole(cx, answer).await {
                    Ok(answer) => answer,
                    Err(error) => return Reply::err(error),
                };
                self.decode.run(&self.method, self.url.text(), answer).into()
            }
        }
    }
}

/// A no-op answer: any status is fine, the body stays with the host (spec §15).
fn undecoded(answer: HttpResponse, reads_headers: bool) -> Response {
    let passed = match answer.body {
        Body::Stream(stream) => Some(stream),
        Body::Bytes(_) => None,
    };
    let seen = reads_headers || passed.is_none();
    let headers = if seen { answer.headers } else { Headers::default() };
    Response {
        data: Some(Default::default()),
        complete: true,
        metadata: Metadata { status: answer.status, headers, passed, seen },
        io: Some(answer.body),
    }
}

/// A step may have left the body with the host; a decoder needs it here.
async fn whole(cx: Cx<'_>, mut answer: HttpResponse) -> Result<HttpResponse, Error> {
    if let Body::Stream(stream) = answer.body {
        let body = cx.deadline.bound(cx.io.read_stream(stream)).await?;
        answer.body = Body::Bytes(body.map_err(Error::from)?);
    }
    Ok(answer)
}

/// Keeps the listed header lines only. There is no wildcard here: `*` matches nothing (spec §4).
fn keep_headers(request: &mut Request, allowed: &[String]) {
    let is_allowed = |name: &str| allowed.iter().any(|known| known == name);
    if request.headers.iter().all(|(name, _)| is_allowed(name)) {
        return;
    }
    let mut kept = Headers::default();
    for (name, value) in request.headers.iter().filter(|(name, _)| is_allowed(name)) {
        kept.add(name.to_owned(), value);
    }
    request.headers = Rc::new(kept);
}

/// Keeps the listed query parameters only.
fn keep_query(request: &mut Request, allowed: &[String]) {
    let is_allowed = |name: &str| allowed.iter().any(|known| known == name);
    if !request.query.iter().all(|(name, _)| is_allowed(name)) {
        Rc::make_mut(&mut request.query).retain(is_allowed);
    }
}

fn upper(method: Cow<'static, str>) -> Cow<'static, str> {
    if method.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Cow::Owned(method.to_ascii_uppercase())
    } else {
        method
    }
}
