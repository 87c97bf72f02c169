//! One client request in flight: its futures, polled whenever the host has completed an effect.

use std::rc::Rc;
use std::task::{Context, Poll};

use futures::task::noop_waker_ref;

use crate::http::{Headers, client_ip};
use crate::plan::{Plan, Target};
use crate::platform::{Answer, Effect, EffectId, Io, LocalFuture, Outcome, Request, RequestBody};
use crate::proxy::Params;
use crate::router::Outcome as Found;

use super::handler::NextGlobal;
use super::{Gateway, Incoming, Reach, Route};

/// A request whose route is known and whose header lines aren't yet.
pub struct Opening {
    gateway: Gateway,
    route: Route,
    params: Vec<(String, String)>,
}

/// A request in flight.
pub struct Session {
    io: Rc<Io>,
    answer: Option<LocalFuture<'static, Answer>>,
    tasks: Vec<LocalFuture<'static, ()>>,
}

/// The peer of a local run, whose runtime doesn't tell.
const LOCAL: &str = "127.0.0.1";

// === impl Gateway ===

impl Gateway {
    /// Finds the route of a request. The header lines that it needs are known then.
    pub fn open(&self, method: &str, target: &str) -> Opening {
        let found = self.plan.router.find(method, target);
        let params = match &found {
            Found::Found(found) => {
                found.params().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
            }
            _ => Vec::new(),
        };
        Opening { route: route(&self.plan, &found), params, gateway: self.clone() }
    }
}

fn route(plan: &Plan, found: &Found<'_, '_>) -> Route {
    match found {
        Found::Found(found) => match plan.target(found.route) {
            Target::Endpoint(id) => Route::Endpoint(id),
            Target::Health => Route::Health,
            Target::Debug => Route::Debug,
            Target::Echo => Route::Echo,
        },
        Found::Options { allow } => Route::Options((*allow).to_owned()),
        Found::Redirect(_) => Route::Redirect,
        Found::NotFound => Route::NotFound,
        Found::MethodNotAllowed { .. } => Route::MethodNotAllowed,
        Found::BadRequest => Route::BadRequest,
    }
}

// === impl Opening ===

impl Opening {
    /// The number of the list of header lines that [`Opening::start`] must get; none: all. More do no harm.
    pub fn header_list(&self) -> Option<u32> {
        match self.route {
            Route::Endpoint(id) => self.gateway.plan.endpoint(id).header_list,
            _ => None,
        }
    }

    /// Starts the request, at `now` (ms since the epoch) and with a seed for random choices.
    pub fn start(self, request: Request, now: f64, seed: u64) -> Session {
        let io = Rc::new(Io::new(now, seed));
        let incoming = incoming(&self.gateway, request, self.route, self.params);
        let (plan, io_of_task) = (self.gateway.plan, Rc::clone(&io));
        let answer = Box::pin(async move {
            let reach = Reach { io: &io_of_task, plan: &plan };
            NextGlobal::outside(&plan.service.outer).run(reach, incoming).await
        });
        Session { io, answer: Some(answer), tasks: Vec::new() }
    }
}

fn incoming(gateway: &Gateway, request: Request, route: Route, params: Vec<(String, String)>) -> Incoming {
    let headers = canonical(request.headers);
    let peer = request.peer.unwrap_or_else(|| LOCAL.to_owned());
    let trust = &gateway.plan.service.router.client_ip;
    let client_ip = client_ip(&headers, Some(&peer), &trust.proxies, &trust.headers, trust.forwarded);
    let client_ip = client_ip.unwrap_or_default().into_owned();
    Incoming {
        method: request.method,
        scheme: request.scheme,
        host: request.host,
        target: request.target,
        client_ip,
        peer,
        headers,
        body: if request.has_body { RequestBody::Incoming } else { RequestBody::None },
        route,
        params,
        claims: Params::default(),
    }
}

/// Drops what Go's server doesn't leave among the header lines (spec §33).
fn canonical(mut headers: Headers) -> Headers {
    headers.remove("Host");
    headers.remove("Transfer-Encoding");
    headers
}

// === impl Session ===

impl Session {
    /// Lets everything go on that can; returns the answer once.
    pub fn poll(&mut self) -> Option<Answer> {
        let mut cx = Context::from_waker(noop_waker_ref());
        let mut answered = None;
        if let Some(answer) = &mut self.answer
            && let Poll::Ready(answer) = answer.as_mut().poll(&mut cx)
        {
            self.answer = None;
            answered = Some(answer);
        }
        self.tasks.append(&mut self.io.take_spawned());
        self.tasks.retain_mut(|task| task.as_mut().poll(&mut cx).is_pending());
        answered
    }

    /// The effects recorded since the last call.
    pub fn take_effects(&self) -> Vec<(EffectId, Effect)> {
        self.io.take_effects()
    }

    /// Gives an effect its outcome, at `now`. [`Session::poll`] then goes on.
    pub fn complete(&self, id: EffectId, outcome: Outcome, now: f64) {
        self.io.set_now(now);
        self.io.complete(id, outcome);
    }

    /// Whether the answer is given and nothing goes on behind it.
    pub fn is_finished(&self) -> bool {
        self.answer.is_none() && self.tasks.is_empty()
    }
}
