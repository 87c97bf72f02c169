//! One client request in flight: its futures, polled whenever the host has completed an effect.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use fjord_http::{Headers, client_ip};
use fjord_memory::Excess;

use crate::context::{Params, Reach};
use crate::platform::hops::Hops;
use crate::platform::{Answer, Caller, Effect, EffectId, Io, LocalFuture, Outcome, Request, RequestBody};

use super::answer::answer;
use super::rewrite::Rewritten;
use super::{Gateway, Incoming, Route};

/// A request whose route is known and whose header lines aren't yet.
pub struct Opening {
    gateway: Gateway,
    route: Route,
    params: Vec<(String, String)>,
    /// The target that steps before the router made of the client's.
    target: Option<String>,
}

/// A request in flight.
pub struct Session {
    io: Rc<Io>,
    answer: Option<LocalFuture<'static, Answer>>,
    tasks: Vec<LocalFuture<'static, ()>>,
    woken: Arc<Woken>,
}

/// How a request continues after a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// It doesn't: the answer is given or not wanted any more, and no task is left.
    pub finished: bool,
    /// Tasks continue after the answer, and after the client.
    pub background: bool,
    /// It holds something that other requests wait for: the host must tell if its client leaves.
    pub watched: bool,
    /// Calls may be given up while the request continues: the host must be able to abort each.
    pub abortable: bool,
}

/// Whether a future of a session woke another while it was polled (the leader of a token fetch its followers).
#[derive(Default)]
struct Woken(AtomicBool);

/// How many shapes of its URLs an endpoint tells: names in a query may be any.
const SHAPES: u8 = 16;

/// The peer where the host tells none.
const LOCAL: &str = "127.0.0.1";

// === impl Gateway ===

impl Gateway {
    /// Finds the route of a request for a host. The header lines that it needs are known then.
    pub fn open(&self, method: &str, host: &str, target: &str) -> Opening {
        let Rewritten { route, params, target } = self.plan.route_of(method, host, target);
        Opening { route, params, target, gateway: self.clone() }
    }
}

// === impl Opening ===

impl Opening {
    /// The number of the list of header lines that [`Opening::start`] must get; none: all. More do no harm.
    pub fn header_list(&self) -> Option<u32> {
        let plan = self.gateway.plan();
        match self.route {
            Route::Endpoint(id) => plan.endpoint(id).header_list,
            Route::Debug | Route::Echo => None,
            _ => plan.header_list(),
        }
    }

    /// Whether the same request always leads to the same calls.
    pub fn is_steady(&self) -> bool {
        matches!(self.route, Route::Endpoint(id) if self.gateway.plan.endpoint(id).is_steady)
    }

    /// Whether the router itself answers, and no step or log sees the request.
    pub fn is_constant(&self) -> bool {
        let service = &self.gateway.plan.service;
        let is_routed = matches!(
            self.route,
            Route::NotFound | Route::MethodNotAllowed | Route::Redirect(_) | Route::BadRequest
        );
        is_routed
            && service.outer.is_empty()
            && service.global.is_empty()
            && service.left_out.is_empty()
            && service.info.log.access.is_none()
    }

    /// The places of values in a target whose calls are the same for all plain values, but for the values: parameters of the path, and what
    /// the query gives to names. None if there are none, or if the endpoint has been asked often enough.
    pub fn values(&self, method: &str, target: &str) -> Option<Vec<Range<usize>>> {
        let plan = &self.gateway.plan;
        let Route::Endpoint(id) = self.route else { return None };
        let endpoint = plan.endpoint(id);
        let asked = endpoint.shapes.get();
        let mut backends = endpoint.pipe.backends().iter();
        if !endpoint.is_steady
            || asked == SHAPES
            || !plan.service.rewrites.is_empty()
            || backends.any(|backend| backend.hosts.are_chosen_by_client())
        {
            return None;
        }
        let mut values = match self.params.is_empty() {
            true => Vec::new(),
            false => plan.router.only_way(method, target).unwrap_or_default(),
        };
        let query = target.find('?').map_or(target.len(), |at| at + 1);
        let mut from = query;
        for pair in target[query..].split('&') {
            if let Some(at) = pair.find('=') {
                values.push(from + at + 1..from + pair.len());
            }
            from += pair.len() + 1;
        }
        values.retain(|value| is_plain(&target[value.clone()]));
        if values.is_empty() {
            return None;
        }
        endpoint.shapes.set(asked + 1);
        Some(values)
    }

    /// Starts the request, at `now` (ms since the epoch) and with a seed for random choices.
    pub fn start(self, mut request: Request, now: f64, seed: u64) -> Session {
        if let Some(target) = self.target {
            request.target = target;
        }
        let io = Io::new(now, seed).behind(Hops::of(&request)).at(request.place.take());
        let io = Rc::new(io.through(self.gateway.plan.service.private.clone()));
        let incoming = incoming(&self.gateway, request, self.route, self.params);
        let (plan, io_of_task) = (self.gateway.plan, Rc::clone(&io));
        let answer = Box::pin(async move {
            let reach = Reach { io: &io_of_task, service: &plan.service.info };
            answer(&plan, reach, incoming).await
        });
        Session::of(io, answer)
    }
}

/// Whether a value in a URL is written as it was read: `a-b`, `2.0`. An empty one, or one that begins with a dot, may mean something.
pub fn is_plain(value: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !value.is_empty() && !value.starts_with('.') && value.bytes().all(is_unreserved)
}

fn incoming(gateway: &Gateway, request: Request, route: Route, params: Vec<(String, String)>) -> Incoming {
    let headers = canonical(request.headers);
    let trust = &gateway.plan.service.router.client_ip;
    // KrakenD trusts every peer unless it is told otherwise. Where the platform knows the client there is none to trust.
    let (peer, forwarded) = match request.caller {
        Caller::Client(client) => (client, trust.forwarded && trust.is_given),
        Caller::Peer(peer) => (peer, trust.forwarded),
        Caller::Unknown => (LOCAL.to_owned(), trust.forwarded),
    };
    let client_ip = client_ip(&headers, Some(&peer), &trust.proxies, &trust.headers, forwarded);
    let client_ip = client_ip.unwrap_or_default().into_owned();
    let endpoint = match route {
        Route::Endpoint(id) => Some(Rc::clone(&gateway.plan.endpoint(id).info)),
        _ => None,
    };
    let timeout_ms = endpoint.as_ref().map_or(gateway.plan.service.timeout_ms, |info| info.timeout_ms);
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
        endpoint,
        timeout_ms,
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
    /// A request that this future answers.
    pub(super) fn of(io: Rc<Io>, answer: LocalFuture<'static, Answer>) -> Self {
        Self { io, answer: Some(answer), tasks: Vec::new(), woken: Arc::default() }
    }

    /// Lets everything continue that can; returns the answer once.
    pub fn poll(&mut self) -> Option<Answer> {
        let waker = Waker::from(Arc::clone(&self.woken));
        let mut cx = Context::from_waker(&waker);
        let mut answered = None;
        loop {
            self.woken.0.store(false, Ordering::Relaxed);
            if let Some(answer) = &mut self.answer
                && let Poll::Ready(answer) = answer.as_mut().poll(&mut cx)
            {
                self.answer = None;
                answered = Some(answer);
            }
            self.tasks.append(&mut self.io.take_spawned());
            self.tasks.retain_mut(|task| task.as_mut().poll(&mut cx).is_pending());
            // Tasks may have begun further ones, or let continue what was polled before them.
            if !self.io.has_spawned() && !self.woken.0.load(Ordering::Relaxed) {
                return answered;
            }
        }
    }

    /// The client left, at `now`: nothing works for the answer any more. Tasks continue with the next [`Session::poll`].
    pub fn leave(&mut self, now: f64) {
        self.io.set_now(now);
        self.answer = None;
    }

    /// The effects recorded since the last call.
    pub fn take_effects(&self) -> Vec<(EffectId, Effect)> {
        self.io.take_effects()
    }

    /// Gives an effect its outcome, at `now`. [`Session::poll`] then continues.
    pub fn complete(&self, id: EffectId, outcome: Outcome, now: f64) {
        self.io.set_now(now);
        self.io.complete(id, outcome);
    }

    /// A body is announced: see [`Io::expect`].
    pub fn expect(&self, id: EffectId, len: usize) -> bool {
        self.io.expect(id, len)
    }

    /// Makes room for the next part of a body: see [`Io::receive`].
    pub fn receive<T>(&self, id: EffectId, len: usize, write: impl FnOnce(&mut [u8]) -> T) -> Option<T> {
        self.io.receive(id, len, write)
    }

    /// The body that came part by part: see [`Io::received`].
    ///
    /// # Errors
    /// If it was more than the gateway keeps.
    pub fn received(&self, id: EffectId) -> Result<fjord_json::Body, Excess> {
        self.io.received(id)
    }

    /// How the request continues.
    pub fn state(&self) -> State {
        State {
            finished: self.answer.is_none() && self.tasks.is_empty(),
            background: !self.tasks.is_empty(),
            watched: self.io.is_watched(),
            abortable: self.io.is_abortable(),
        }
    }

    /// The last moment that anything of the request waits for, as far as it's known.
    pub fn last_deadline(&self) -> f64 {
        self.io.last_deadline()
    }
}

impl Drop for Session {
    /// What is dropped may hand work over to a task ([`Shared`](crate::platform::Shared)). A task holds the border and the border
    /// holds the task: nothing would free that ring.
    fn drop(&mut self) {
        self.answer = None;
        self.tasks.clear();
        while self.io.has_spawned() {
            drop(self.io.take_spawned());
        }
    }
}

// === impl Woken ===

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
