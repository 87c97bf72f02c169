//! The requests in flight in this instance, each at a place of its own, from its first line to its end.
//!
//! A request leaves its place by its answer, because its client left, or because it's overdue: whichever comes first, everything
//! that it held goes with it. The desk knows no memory addresses, so that whole-gateway tests run over it natively.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use fjord_http::Headers;
use fjord_json::Body;
use fjord_memory::{Excess, afford};

use crate::gateway::{AgentId, Gateway, Message, Opening, Pace, Session, State};
use crate::platform::{Answer, Caller, Effect, EffectId, Outcome, Request, RequestBody};

use super::places::{PlaceId, Places};
use super::protocol::{CLIENT, GATEWAYS, PEER, PLACE};
use super::shape::{self, Shape};

/// Everything this instance holds of requests.
#[derive(Default)]
pub struct Desk {
    gateway: RefCell<Option<Gateway>>,
    places: RefCell<Places<Holder>>,
    seed: Cell<u64>,
    /// When places are looked through for overdue ones again.
    next_sweep: Cell<f64>,
}

/// Who has a place.
enum Holder {
    /// A request whose header lines are still to come.
    Opening { method: String, url: String, opening: Opening },
    /// A request in flight.
    Session(Session),
    /// The request is being polled. It is off its place then: if it traps, nothing stays borrowed.
    Polled,
}

/// What an entry of the host led to.
#[derive(Debug, Default)]
pub struct Turn {
    /// What the host has to do.
    pub effects: Vec<(EffectId, Effect)>,
    /// The answer, once.
    pub answer: Option<Answer>,
    /// How the request continues.
    pub state: State,
    /// Whether the same request leads to the same effects again: the host may perform them unasked then, and enter the core with
    /// their outcomes ([`Desk::resume`]).
    pub recipe: bool,
    /// Whether the same request has the same answer, without effects: the host may give it unasked then.
    pub constant: bool,
    /// With a recipe: for which other URLs it holds.
    pub shape: Option<Shape>,
}

/// The number of the header list that stands for all headers. Other lists are counted from 1.
pub const ALL_HEADERS: u32 = 0;

/// What a request may take before it reads a body: its own head, the calls of its backends, their answers' heads.
const REQUEST: usize = 1 << 18;

/// Milliseconds between two looks for overdue places.
const SWEEP_EVERY_MS: f64 = 1000.0;

/// A place is free this many milliseconds after its last deadline at the latest: the host's event that ends it, which may come
/// late on a busy machine, was lost.
const GRACE_MS: f64 = 10_000.0;

// === impl Desk ===

impl Desk {
    /// Serves `gateway` from now on.
    pub fn serve(&self, gateway: Gateway, seed: u64) {
        self.seed.set(seed | 1);
        *self.gateway.borrow_mut() = Some(gateway);
    }

    /// Begins random choices anew: what was drawn before the first request may be the same in all isolates.
    pub fn reseed(&self, seed: u64) {
        self.seed.set(seed | 1);
    }

    /// Whether requests come with the places of their clients.
    pub fn wants_place(&self) -> bool {
        self.gateway.borrow().as_ref().is_some_and(|gateway| gateway.plan().service.wants_place)
    }

    /// Opens a request. None before [`Desk::serve`], while every place is taken, or while there's no memory for one more.
    pub fn open(&self, method: String, url: String, now: f64) -> Option<PlaceId> {
        self.sweep(now);
        afford(REQUEST).ok()?;
        let (_, host, target) = split_url(&url);
        let opening = self.gateway.borrow().as_ref()?.open(&method, host, target);
        self.places.borrow_mut().add(Holder::Opening { method, url, opening })
    }

    /// The number of the header list of an opened request.
    pub fn header_list(&self, place: PlaceId) -> u32 {
        match self.places.borrow().get(place) {
            Some(Holder::Opening { opening, .. }) => {
                opening.header_list().map_or(ALL_HEADERS, |number| number + 1)
            }
            _ => ALL_HEADERS,
        }
    }

    /// The names of a header list.
    pub fn header_names(&self, list: u32) -> Vec<String> {
        let gateway = self.gateway.borrow();
        let plan = gateway.as_ref().map(Gateway::plan);
        plan.and_then(|plan| plan.header_names(list.checked_sub(1)?)).unwrap_or_default()
    }

    /// Starts an opened request.
    pub fn start(&self, place: PlaceId, headers: Headers, has_body: bool, now: f64) -> Option<Turn> {
        let asked = (!has_body).then(|| self.asked(place, &headers)).flatten();
        let is_constant = !has_body && self.is_constant(place, &headers);
        let (session, is_steady) = self.begin(place, headers, has_body, now)?;
        let turn = self.go(place, session);
        let asks_alone = turn.answer.is_none() && turn.state == State::default();
        let recipe =
            is_steady && !has_body && asks_alone && turn.effects.iter().all(|(_, effect)| is_plain(effect));
        let shape = asked.filter(|_| recipe).and_then(|asked| self.shape(asked, &turn.effects, now));
        let constant = is_constant && turn.answer.is_some() && turn.effects.is_empty() && turn.state.finished;
        Some(Turn { recipe, constant, shape, ..turn })
    }

    /// Whether nothing but the request decides on the answer of an opened one, and nobody hears of it.
    fn is_constant(&self, place: PlaceId, headers: &Headers) -> bool {
        matches!(self.places.borrow().get(place), Some(Holder::Opening { opening, .. }) if opening.is_constant())
            && !GATEWAYS.iter().any(|name| headers.contains(name))
    }

    /// What is needed to find the shape of an opened request; none if it has none.
    fn asked(&self, place: PlaceId, headers: &Headers) -> Option<(Request, shape::Places)> {
        let places = self.places.borrow();
        let Some(Holder::Opening { method, url, opening }) = places.get(place) else { return None };
        let (_, _, target) = split_url(url);
        let from = url.len() - target.len();
        let values = opening.values(method, target)?;
        let places = shape::Places::new(
            url,
            values.into_iter().map(|value| value.start + from..value.end + from).collect(),
        )?;
        Some((request(method.clone(), url, headers.clone(), false), places))
    }

    fn shape(
        &self,
        (mut request, places): (Request, shape::Places),
        effects: &[(EffectId, Effect)],
        now: f64,
    ) -> Option<Shape> {
        let probed = places.probed();
        request.target = split_url(&probed).2.to_owned();
        let opening = self.gateway.borrow().as_ref()?.open(&request.method, &request.host, &request.target);
        if !opening.is_steady() {
            return None;
        }
        let mut session = opening.start(request, now, 0);
        let answer = session.poll();
        let shape = places.shape(effects, &session.take_effects());
        shape.filter(|_| answer.is_none())
    }

    /// Starts an opened request whose recipe the host has followed since `began`: its effects are performed, these are the outcomes
    /// that have come in so far.
    pub fn resume(
        &self,
        place: PlaceId,
        headers: Headers,
        began: f64,
        outcomes: impl IntoIterator<Item = (EffectId, Outcome)>,
        now: f64,
    ) -> Option<Turn> {
        let (mut session, _) = self.begin(place, headers, false, began)?;
        let answer = session.poll();
        let mut effects = session.take_effects();
        effects.retain(|(_, effect)| !is_plain(effect));
        if answer.is_some() {
            return Some(self.turn(place, session, answer));
        }
        for (id, outcome) in outcomes {
            session.complete(id, outcome, now);
        }
        let mut turn = self.go(place, session);
        turn.effects.splice(0..0, effects);
        Some(turn)
    }

    fn begin(&self, place: PlaceId, headers: Headers, has_body: bool, now: f64) -> Option<(Session, bool)> {
        let Holder::Opening { method, url, opening } = self.lift(place)? else { return None };
        let is_steady = opening.is_steady();
        let request = request(method, &url, headers, has_body);
        Some((opening.start(request, now, self.next_seed(now)), is_steady))
    }

    fn next_seed(&self, now: f64) -> u64 {
        let seed = self.seed.get().wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        self.seed.set(seed);
        seed ^ now.to_bits()
    }

    /// The agent that a queue feeds, and its pace.
    pub fn agent(&self, queue: &str) -> Option<(AgentId, Pace)> {
        let gateway = self.gateway.borrow();
        let endpoints = &gateway.as_ref()?.plan().endpoints;
        let id = endpoints.agent_of(queue)?;
        Some((id, endpoints.agent(id)?.pace))
    }

    /// Takes a message for an agent. None if there's no such agent, no place is free, or there's no memory for one more.
    pub fn take(&self, agent: AgentId, message: Message, now: f64) -> Option<(PlaceId, Turn)> {
        self.sweep(now);
        afford(REQUEST).ok()?;
        let seed = self.next_seed(now);
        let session = self.gateway.borrow().as_ref()?.take(agent, message, now, seed)?;
        let place = self.places.borrow_mut().add(Holder::Polled)?;
        Some((place, self.go(place, session)))
    }

    /// A body of `len` bytes is announced for an effect. False if it isn't wanted.
    pub fn expect(&self, place: PlaceId, id: EffectId, len: usize) -> bool {
        matches!(self.places.borrow().get(place), Some(Holder::Session(session)) if session.expect(id, len))
    }

    /// Makes room for the next `len` bytes of the body that an effect waits for, and has them written. None if they aren't wanted.
    pub fn receive<T>(
        &self,
        place: PlaceId,
        id: EffectId,
        len: usize,
        write: impl FnOnce(&mut [u8]) -> T,
    ) -> Option<T> {
        match self.places.borrow().get(place)? {
            Holder::Session(session) => session.receive(id, len, write),
            Holder::Opening { .. } | Holder::Polled => None,
        }
    }

    /// The body that came part by part.
    ///
    /// # Errors
    /// If it was more than the gateway keeps.
    pub fn received(&self, place: PlaceId, id: EffectId) -> Result<Body, Excess> {
        match self.places.borrow().get(place) {
            Some(Holder::Session(session)) => session.received(id),
            _ => Ok(Body::zeroed(0)),
        }
    }

    /// Gives an effect its outcome and lets the request continue. None if the request is gone.
    pub fn complete(&self, place: PlaceId, id: EffectId, outcome: Outcome, now: f64) -> Option<Turn> {
        let Holder::Session(session) = self.lift(place)? else { return None };
        session.complete(id, outcome, now);
        Some(self.go(place, session))
    }

    /// The client left: what works for its answer is dropped, tasks beside it continue. None if the request is gone.
    pub fn leave(&self, place: PlaceId, now: f64) -> Option<Turn> {
        let Holder::Session(mut session) = self.lift(place)? else {
            self.close(place);
            return None;
        };
        session.leave(now);
        Some(self.go(place, session))
    }

    /// Drops a request with all that it holds.
    pub fn close(&self, place: PlaceId) {
        let holder = self.places.borrow_mut().remove(place);
        // Dropped when nothing is borrowed: what it held may look at the desk.
        drop(holder);
    }

    /// How many requests have a place.
    pub fn taken(&self) -> usize {
        self.places.borrow().len()
    }

    /// The same, without those that are overdue.
    pub fn in_flight(&self, now: f64) -> usize {
        self.sweep(now);
        self.taken()
    }

    fn go(&self, place: PlaceId, mut session: Session) -> Turn {
        let answer = session.poll();
        self.turn(place, session, answer)
    }

    /// What a poll led to.
    fn turn(&self, place: PlaceId, session: Session, answer: Option<Answer>) -> Turn {
        let (effects, state) = (session.take_effects(), session.state());
        if state.finished {
            self.close(place);
        } else {
            self.places.borrow_mut().put(place, Holder::Session(session));
        }
        Turn { effects, answer, state, recipe: false, constant: false, shape: None }
    }

    fn lift(&self, place: PlaceId) -> Option<Holder> {
        self.places.borrow_mut().replace(place, Holder::Polled)
    }

    /// Frees the places of requests whose last deadline passed long ago.
    fn sweep(&self, now: f64) {
        if now < self.next_sweep.get() {
            return;
        }
        self.next_sweep.set(now + SWEEP_EVERY_MS);
        let overdue = self.places.borrow_mut().remove_if(
            |holder| matches!(holder, Holder::Session(session) if session.last_deadline() + GRACE_MS < now),
        );
        drop(overdue);
    }
}

/// Whether the same effect can be performed again for another request: a timer, or a plain call, without a body, outside of any
/// trace, not over a socket.
fn is_plain(effect: &Effect) -> bool {
    match effect {
        Effect::Timer(_) => true,
        Effect::Fetch(fetch) => {
            matches!(fetch.body, RequestBody::None) && fetch.trace.is_none() && fetch.certificates.is_none()
        }
        _ => false,
    }
}

/// The request of a URL and header lines as the host hands them over.
fn request(method: String, url: &str, mut headers: Headers, has_body: bool) -> Request {
    let (scheme, host, target) = split_url(url);
    Request {
        method,
        scheme: scheme.to_owned(),
        host: host.to_owned(),
        target: target.to_owned(),
        caller: caller(&mut headers),
        place: taken(&mut headers, PLACE).map(Rc::from),
        headers,
        has_body,
    }
}

/// Takes what the script knows of who asks out of the header lines.
fn caller(headers: &mut Headers) -> Caller {
    let client = taken(headers, CLIENT).map(Caller::Client);
    // The host tells the peer with its port.
    let peer = |address: String| match address.parse::<SocketAddr>() {
        Ok(socket) => Caller::Peer(socket.ip().to_string()),
        Err(_) => Caller::Peer(address),
    };
    client.or_else(|| taken(headers, PEER).map(peer)).unwrap_or_default()
}

/// Takes a line of the script's own out of the header lines.
fn taken(headers: &mut Headers, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_owned();
    headers.remove(name);
    Some(value)
}

/// Scheme, authority and target of an absolute URL as the runtime shows it: nothing is normalised.
fn split_url(url: &str) -> (&str, &str, &str) {
    let scheme = url.split_once(':').filter(|(_, rest)| rest.starts_with("//"));
    let (scheme, rest) = scheme.map_or(("http", url), |(scheme, rest)| (scheme, &rest[2..]));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, target) = rest.split_at(end);
    (scheme, host, if target.is_empty() { "/" } else { target })
}
