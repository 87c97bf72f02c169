//! One exchange with an origin: the call, the redirects that follow from it, the whole body under the deadline.

use std::rc::Rc;

use fjord_http::redirect::{Follow, Redirects, Step};
use fjord_http::{Headers, redirect, url};

use crate::context::{Cx, Params};
use crate::platform::{Body, Fetch, LocalFuture, RequestBody, Via};

use super::{Error, Kind};

/// A call to an origin as a step sees it.
pub type HttpRequest = Fetch;

/// The answer of an origin.
#[derive(Debug)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The header lines, if a step or the status asks for them.
    pub headers: Headers,
    /// The body.
    pub body: Body,
    /// The URL that answered, behind all redirects.
    pub url: Rc<str>,
}

/// A step around the exchange with an origin.
///
/// Steps that modify the exchange as a whole (Martian) run outside of the redirects, steps of the transport (tokens,
/// cache) see every hop.
pub trait Exchange {
    /// Handles a call, by `next` or without it.
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>>;

    /// Whether the step reads header lines of the answer.
    fn reads_headers(&self) -> bool {
        true
    }
}

/// What is inside a step of an exchange.
#[derive(Clone, Copy)]
pub struct NextExchange<'a> {
    /// Steps around the redirects that are still to come.
    around: &'a [Box<dyn Exchange>],
    /// Steps of each hop that are still to come.
    hop: &'a [Box<dyn Exchange>],
    policy: Policy,
    in_hop: bool,
    /// Redirects have led away from the first origin.
    away: bool,
    params: Option<&'a Params>,
}

/// How redirects are followed.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Send the body again on 307 and 308 (`backend/http/client.send_body_on_redirect`).
    pub send_body: bool,
    /// Follow at all (`backend/http/client.no_redirect` is false).
    pub follow: bool,
}

// === impl NextExchange ===

impl<'a> NextExchange<'a> {
    /// The steps of a backend; none for a call that the gateway makes for itself.
    pub fn new(around: &'a [Box<dyn Exchange>], hop: &'a [Box<dyn Exchange>], policy: Policy) -> Self {
        Self { around, hop, policy, in_hop: false, away: false, params: None }
    }

    /// For a request with these parameters.
    pub fn with_params(self, params: &'a Params) -> Self {
        Self { params: Some(params), ..self }
    }

    /// The parameter of the request that has this name.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params?.get(name)
    }

    /// Whether redirects have led the call away from the origin it was made for: its credentials stay there. Once away,
    /// always away, as the way back would be another origin's choice.
    pub fn is_away(&self) -> bool {
        self.away
    }

    /// The call alone: no redirect is followed, and none of the steps that are still to come runs.
    pub fn alone(self) -> Self {
        Self { around: &[], hop: &[], policy: Policy { follow: false, ..self.policy }, ..self }
    }

    /// Makes the call.
    pub fn run(self, cx: Cx<'a>, request: HttpRequest) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(self.go(cx, request))
    }

    pub(super) async fn go(self, cx: Cx<'a>, request: HttpRequest) -> Result<HttpResponse, Error> {
        if !self.in_hop {
            return match self.around.split_first() {
                Some((step, around)) => step.call(cx, request, Self { around, ..self }).await,
                None => self.follow(cx, request).await,
            };
        }
        match self.hop.split_first() {
            Some((step, hop)) => step.call(cx, request, Self { hop, ..self }).await,
            None => fetch(cx, request).await,
        }
    }

    async fn hop(self, cx: Cx<'a>, request: HttpRequest) -> Result<HttpResponse, Error> {
        let inner = Self { in_hop: true, ..self };
        if inner.hop.is_empty() { fetch(cx, request).await } else { inner.run(cx, request).await }
    }

    /// Follows redirects by the rules of Go's client (spec §5): the platform's own would set no `Referer`.
    async fn follow(mut self, cx: Cx<'a>, mut request: HttpRequest) -> Result<HttpResponse, Error> {
        if self.policy.send_body && matches!(request.body, RequestBody::Incoming) {
            let body = cx.deadline.bound(cx.io.read_body()).await?.map_err(Error::of_client)?;
            request.body = RequestBody::Chunked(Rc::new(body));
        }
        if !self.policy.follow {
            return self.hop(cx, request).await;
        }
        let first = request.headers.clone();
        let body = match request.body {
            RequestBody::None => redirect::Body::Empty,
            _ if self.policy.send_body => redirect::Body::Kept,
            _ => redirect::Body::Stream,
        };
        let mut redirects = None;
        loop {
            let response = self.hop(cx, request.clone()).await?;
            if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            let location = response.headers.get("Location");
            let redirects: &mut Redirects =
                redirects.get_or_insert_with(|| Redirects::new(&request.method, &request.url, body));
            match redirects.next(&request.method, &request.url, response.status, location) {
                Step::Answer => return Ok(response),
                Step::Stop(text) => return Err(Error::new(Kind::Redirects(text.to_string()))),
                Step::Follow(next) => {
                    self.away |= !redirect::keeps_origin(&request.url, &next.url);
                    follow(&mut request, next, &first);
                }
            }
        }
    }
}

/// Turns a request into the next one of a redirect. The headers are the first request's (spec §5).
fn follow(request: &mut HttpRequest, next: Follow, first: &Headers) {
    let mut headers = first.clone();
    let referer = next.referer.filter(|_| !headers.contains("Referer"));
    headers.retain(|name, _| {
        !(next.strip_sensitive && redirect::SENSITIVE.contains(&name)
            || next.strip_of_body && redirect::OF_BODY.contains(&name))
    });
    if let Some(referer) = referer {
        headers.set("Referer", referer);
    }
    if !next.with_body {
        request.body = RequestBody::None;
    }
    // A binding is left with its host.
    if url::authority(&next.url) != url::authority(&request.url) {
        request.via = Via::Network;
    }
    request.headers = Rc::new(headers);
    request.method = next.method.into();
    request.url = next.url.into();
}

/// The call itself, with the answer's body, under the deadline.
async fn fetch(cx: Cx<'_>, mut request: HttpRequest) -> Result<HttpResponse, Error> {
    // Go names itself where nothing else does (spec §4).
    match request.headers.get("User-Agent") {
        Some("") => {
            Rc::make_mut(&mut request.headers).remove("User-Agent");
        }
        Some(_) => {}
        None => Rc::make_mut(&mut request.headers).set("User-Agent", "Go-http-client/1.1"),
    }
    // A client's length of nothing says nothing of a copy (spec §5).
    if matches!(request.body, RequestBody::Chunked(_)) && request.headers.get("Content-Length") == Some("0") {
        Rc::make_mut(&mut request.headers).remove("Content-Length");
    }
    request.millis = cx.deadline.remaining_ms();
    let (method, url) = (request.method.clone(), request.url.clone());
    match cx.deadline.bound(cx.io.fetch(request)).await? {
        Ok(answer) => {
            Ok(HttpResponse { status: answer.status, headers: answer.headers, body: answer.body, url })
        }
        // The host cuts a stream at the same moment: whichever comes first, it is the deadline.
        Err(_) if cx.deadline.is_past() => Err(Error::expired()),
        Err(cause) => Err(Error::of_call(method, url, cause)),
    }
}
