//! The host of several requests at once: what `flight.mjs` is on the platform, over virtual time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use fjord::edge::desk::{Desk, Turn};
use fjord::edge::places::PlaceId;
use fjord::edge::protocol::{CLIENT, COPIED, GATEWAYS, MARK, PEER, PLACE, UNSEEN, UNTOLD};
use fjord::gateway::{Message, State, is_plain};
use fjord_http::Headers;

use fjord::platform::{
    Answer, AnswerBody, Body, Caller, Effect, Fetch, Fetched, HostError, Outcome, Passed, Request,
    RequestBody, Stream,
};

use super::{Run, World};

/// A client and its request.
pub struct Client {
    pub request: Request,
    pub body: Vec<u8>,
    /// How long the body takes after the request's head.
    pub body_after_ms: u32,
    /// When the request comes in, in milliseconds from now.
    pub arrives_ms: u32,
    /// When the client resets its connection, in milliseconds from its request.
    pub leaves_ms: Option<u32>,
    /// The queue whose message the body is, and how often it has been delivered: nobody asks then.
    pub queue: Option<(String, u32)>,
}

/// Requests in flight, on one desk or several.
pub struct Host<'a> {
    pub world: &'a mut World,
    desks: Vec<&'a Desk>,
    flights: Vec<Flight>,
    /// Events by their time and order.
    queue: BinaryHeap<Reverse<(u64, usize)>>,
    events: BTreeMap<usize, (usize, Event)>,
    order: usize,
    /// What the core must not do.
    pub faults: Vec<String>,
}

/// A request on its way.
struct Flight {
    client: Client,
    desk: usize,
    place: Option<PlaceId>,
    began: f64,
    /// Nothing of it continues here.
    over: bool,
    left: bool,
    /// As `flight.mjs`: whether the core hears if the client leaves.
    started: bool,
    listens: bool,
    abortable: bool,
    /// The calls under way, and whether each can be aborted.
    fetches: BTreeMap<u32, bool>,
    timers: BTreeSet<u32>,
    /// Header lines and bodies of answers that stay with the host.
    streams: BTreeMap<u32, (Headers, Vec<u8>)>,
    answer: Option<Run>,
    /// As `flight.mjs`: what the recipe that it follows has led to so far, and how many calls that has.
    held: Option<(Vec<(u32, Outcome)>, usize)>,
}

enum Event {
    Arrives,
    Ends(u32, Outcome),
    Leaves,
}

// === impl Host ===

impl<'a> Host<'a> {
    pub fn new(world: &'a mut World, desks: Vec<&'a Desk>) -> Self {
        Self {
            world,
            desks,
            flights: Vec::new(),
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            order: 0,
            faults: Vec::new(),
        }
    }

    /// Lets a client come, to the first desk.
    pub fn add(&mut self, client: Client) -> usize {
        let index = self.flights.len();
        self.later(index, client.arrives_ms, Event::Arrives);
        self.flights.push(Flight {
            client,
            desk: 0,
            place: None,
            began: 0.0,
            over: false,
            left: false,
            started: false,
            listens: false,
            abortable: false,
            fetches: BTreeMap::new(),
            timers: BTreeSet::new(),
            streams: BTreeMap::new(),
            answer: None,
            held: None,
        });
        index
    }

    /// Lets everything happen that is to come.
    pub fn run(&mut self) {
        while self.step() {}
        for (index, flight) in self.flights.iter().enumerate().filter(|(_, flight)| !flight.over) {
            self.faults.push(format!("request {index} ({}) waits for nothing", flight.client.request.target));
        }
    }

    /// Lets the next event happen; whether there was one.
    pub fn step(&mut self) -> bool {
        let Some(Reverse((at, order))) = self.queue.pop() else { return false };
        let (index, event) = self.events.remove(&order).unwrap();
        if self.flights[index].over {
            // Timers end with their request.
            return self.step();
        }
        self.world.now = self.world.now.max(at as f64);
        match event {
            Event::Arrives => self.arrives(index),
            Event::Ends(id, outcome) => self.ends(index, id, outcome),
            Event::Leaves => self.leaves(index),
        }
        true
    }

    /// The answer of a request, once.
    pub fn answer(&mut self, index: usize) -> Option<Run> {
        self.flights[index].answer.take()
    }

    /// The client resets its connection.
    pub fn leaves(&mut self, index: usize) {
        let now = self.world.now;
        let flight = &mut self.flights[index];
        if flight.over || flight.place.is_none() && flight.held.is_none() {
            return;
        }
        flight.left = true;
        if !flight.listens {
            // The platform ends what it began, and nobody tells the core.
            flight.over = true;
            return;
        }
        let turn = self.desks[flight.desk].leave(flight.place.unwrap(), now);
        self.perform(index, turn);
    }

    fn later(&mut self, index: usize, after_ms: u32, event: Event) {
        let at = (self.world.now + f64::from(after_ms)) as u64;
        self.queue.push(Reverse((at, self.order)));
        self.events.insert(self.order, (index, event));
        self.order += 1;
    }

    fn arrives(&mut self, index: usize) {
        let now = self.world.now;
        let flight = &mut self.flights[index];
        let request = flight.client.request.clone();
        let desk = self.desks[flight.desk];
        if let Some((queue, attempts)) = flight.client.queue.clone() {
            flight.began = now;
            let message = Message { attempts, body: fjord_json::Body::from(flight.client.body.clone()) };
            let (agent, _) = desk.agent(&queue).expect("the queue has an agent");
            let (place, turn) = desk.take(agent, message, now).expect("there is a place");
            flight.place = Some(place);
            return self.perform(index, Some(turn));
        }
        let place = desk.open(request.method.clone(), url_of(&request), now).expect("there is a place");
        flight.place = Some(place);
        flight.began = now;
        if let Some(after) = flight.client.leaves_ms {
            self.later(index, after, Event::Leaves);
        }
        let turn = desk.start(place, lines_of(&request), request.has_body, now);
        match turn {
            Some(turn) if turn.recipe && self.world.recipes => self.follow(index, turn),
            Some(turn) if turn.constant => {
                self.is_constant(index, &turn);
                self.perform(index, Some(turn));
            }
            turn => self.perform(index, turn),
        }
    }

    /// Others who ask for the same have the same answer.
    fn is_constant(&mut self, index: usize, turn: &Turn) {
        let request = &self.flights[index].client.request;
        let desk = self.desks[self.flights[index].desk];
        let place =
            desk.open(request.method.clone(), url_of(request), self.world.now).expect("there is a place");
        let mut lines = lines_of(request);
        let marked = format!("{COPIED}{CLIENT}");
        if lines.contains(CLIENT) && desk.header_names(desk.header_list(place)).contains(&marked) {
            lines.set(CLIENT, "192.0.2.99");
        }
        let other = desk.start(place, lines, false, self.world.now + 5_000.0);
        let shown = |turn: &Turn| format!("{:?} {:?}", turn.answer, turn.effects);
        if other.as_ref().is_none_or(|other| !other.constant || shown(other) != shown(turn)) {
            self.faults.push(format!("request {index} has a constant answer, and then {other:?}"));
        }
    }

    /// Performs a recipe: the core forgets that it was asked for it. A request with other values in the lines that the plan marks has
    /// the same recipe, but for the lines that repeat them: `slots.mjs` relies on that.
    fn follow(&mut self, index: usize, turn: Turn) {
        if let Some(fault) = self.differs_by_more_than_slots(index, &turn) {
            self.faults.push(fault);
        }
        if let Some(fault) = self.differs_by_more_than_values(index, &turn) {
            self.faults.push(fault);
        }
        let flight = &mut self.flights[index];
        self.desks[flight.desk].close(flight.place.take().expect("it was opened"));
        let calls = turn.effects.iter().filter(|(_, effect)| matches!(effect, Effect::Fetch(_))).count();
        flight.held = Some((Vec::new(), calls));
        self.world.followed += 1;
        for (id, effect) in turn.effects {
            self.effect(index, id, effect, turn.state);
        }
    }

    fn differs_by_more_than_slots(&self, index: usize, turn: &Turn) -> Option<String> {
        let desk = self.desks[self.flights[index].desk];
        let request = &self.flights[index].client.request;
        if GATEWAYS.iter().any(|name| request.headers.contains(name)) {
            return None;
        }
        let place =
            desk.open(request.method.clone(), url_of(request), self.world.now).expect("there is a place");
        let names = desk.header_names(desk.header_list(place));
        let is_told = matches!(request.caller, Caller::Client(_));
        let mut lines = lines_of(request);
        let mut slots = Vec::new();
        for name in &names {
            let name = name.trim_start_matches(UNTOLD);
            let Some(copied) = name.strip_prefix(COPIED) else {
                if let Some(unseen) = name.strip_prefix(UNSEEN).filter(|name| lines.contains(name)) {
                    lines.set(unseen.to_owned(), "unseen");
                }
                continue;
            };
            let (of_call, value) = match copied {
                CLIENT => ("X-Forwarded-For", "192.0.2.99".to_owned()),
                _ => (copied, format!("another {copied}")),
            };
            if lines.get(copied).is_some_and(|line| !line.is_empty()) && (copied != CLIENT || is_told) {
                lines.set(copied.to_owned(), value.as_str());
                slots.push((of_call.to_owned(), value));
            }
        }
        let other = desk.start(place, lines, request.has_body, self.world.now)?;
        desk.close(place);
        let filled: Vec<_> = turn.effects.iter().map(|(id, effect)| (id, shown(effect, &slots))).collect();
        let made: Vec<_> = other.effects.iter().map(|(id, effect)| (id, shown(effect, &[]))).collect();
        let is_same = other.recipe && filled == made;
        (!is_same).then(|| format!("by recipe {filled:?}, with {slots:?} the core makes {made:?}"))
    }

    /// Where a recipe tells its shape, requests with other values in their URLs have the same recipe with these values.
    fn differs_by_more_than_values(&mut self, index: usize, turn: &Turn) -> Option<String> {
        let shape = turn.shape.as_ref()?;
        self.world.shapes += 1;
        let desk = self.desks[self.flights[index].desk];
        let request = &self.flights[index].client.request;
        // Texts that the configuration may have at the same places, too.
        let of_url = request.target.split(['/', '?', '&', '=']).filter(|text| is_plain(text));
        for value in ["other", "a.b", "-~_.", "0", "list", "health", "__health"].into_iter().chain(of_url) {
            let filled = |text: &str| {
                (0..10).fold(text.to_owned(), |text, number| text.replace(&format!("{MARK}{number}"), value))
            };
            let place = desk
                .open(request.method.clone(), filled(&shape.url), self.world.now)
                .expect("there is a place");
            let other = desk.start(place, lines_of(request), false, self.world.now)?;
            desk.close(place);
            let mut calls = shape.calls.iter();
            let recipe = turn.effects.iter().map(|(id, effect)| match effect {
                Effect::Fetch(fetch) => {
                    let url = filled(calls.next().expect("each call has a shape")).into();
                    (id, format!("{:?}", Fetch { url, ..fetch.clone() }))
                }
                effect => (id, format!("{effect:?}")),
            });
            let recipe: Vec<_> = recipe.collect();
            let made: Vec<_> = other.effects.iter().map(|(id, effect)| (id, shown(effect, &[]))).collect();
            if !other.recipe || recipe != made {
                return Some(format!(
                    "{shape:?} with {value}: by recipe {recipe:?}, the core makes {made:?}"
                ));
            }
        }
        None
    }

    /// Enters the core with what a recipe has led to.
    fn resume(&mut self, index: usize) {
        let flight = &mut self.flights[index];
        let Some((outcomes, _)) = flight.held.take() else { return };
        let (now, request) = (self.world.now, flight.client.request.clone());
        flight.started = !outcomes.is_empty();
        let desk = self.desks[flight.desk];
        let place = desk.open(request.method.clone(), url_of(&request), now).expect("there is a place");
        flight.place = Some(place);
        let turn = desk.resume(place, lines_of(&request), flight.began, outcomes, now);
        self.perform(index, turn);
    }

    fn ends(&mut self, index: usize, id: u32, mut outcome: Outcome) {
        let flight = &mut self.flights[index];
        match outcome {
            Outcome::Elapsed if !flight.timers.remove(&id) => return,
            Outcome::Fetched(_) if flight.fetches.remove(&id).is_none() => return,
            _ => {}
        }
        if let Some((outcomes, calls)) = &mut flight.held {
            match outcome {
                Outcome::Fetched(Ok(fetched)) if matches!(fetched.status, 200 | 201) => {
                    // Nobody asked for header lines.
                    outcomes
                        .push((id, Outcome::Fetched(Ok(Fetched { headers: Headers::default(), ..fetched }))));
                    if outcomes.len() == *calls {
                        self.resume(index);
                    }
                    return;
                }
                other => outcome = other,
            }
            self.resume(index);
            let flight = &self.flights[index];
            if flight.over || flight.place.is_none() {
                return;
            }
        }
        let flight = &self.flights[index];
        let turn = self.desks[flight.desk].complete(flight.place.unwrap(), id, outcome, self.world.now);
        self.perform(index, turn);
    }

    fn perform(&mut self, index: usize, turn: Option<Turn>) {
        let Some(Turn { effects, answer, state, .. }) = turn else {
            return self.faults.push(format!("request {index} was dropped while it was in flight"));
        };
        self.flights[index].abortable |= state.abortable;
        for (id, effect) in effects {
            self.effect(index, id, effect, state);
        }
        if let Some(answer) = answer {
            self.answered(index, answer);
        }
        self.go_on(index, state);
    }

    fn effect(&mut self, index: usize, id: u32, effect: Effect, state: State) {
        match effect {
            Effect::Fetch(fetch) => self.fetch(index, id, fetch),
            Effect::Timer(ms) => {
                self.flights[index].timers.insert(id);
                self.later(index, ms, Event::Ends(id, Outcome::Elapsed));
            }
            Effect::ReadBody => {
                let client = &self.flights[index].client;
                let passed = (self.world.now - self.flights[index].began) as u32;
                let (body, after) = (client.body.clone(), client.body_after_ms.saturating_sub(passed));
                let body = Outcome::Body(Ok(fjord_json::Body::from(body)));
                self.later(index, after, Event::Ends(id, body));
            }
            Effect::ReadStream(Stream(of)) => {
                let body = self.flights[index].streams[&of].1.clone();
                self.later(index, 0, Event::Ends(id, Outcome::Body(Ok(fjord_json::Body::from(body)))));
            }
            Effect::Call(call) => {
                let outcome = Outcome::Called(self.world.call(call));
                self.later(index, 0, Event::Ends(id, outcome));
            }
            Effect::Log(_, line) => self.world.log.push(line),
            Effect::Cancel(id) => self.cancel(index, id, state),
        }
    }

    fn go_on(&mut self, index: usize, state: State) {
        let flight = &mut self.flights[index];
        flight.over = state.finished;
        if flight.over && flight.answer.is_none() && !flight.left {
            self.faults.push(format!("request {index} ended without an answer"));
        }
        let flight = &mut self.flights[index];
        if flight.timers.len() > 1 && !flight.over {
            self.faults.push(format!("request {index} has {} timers", flight.timers.len()));
        }
        let flight = &mut self.flights[index];
        if flight.left && !flight.over && !state.background {
            self.faults.push(format!("request {index} goes on without its client"));
        }
        let flight = &mut self.flights[index];
        flight.listens |= flight.started || state.background || state.watched;
        flight.started = true;
    }

    fn cancel(&mut self, index: usize, id: u32, state: State) {
        let flight = &mut self.flights[index];
        flight.timers.remove(&id);
        if flight.fetches.remove(&id) == Some(false) && !state.finished {
            self.faults.push(format!("request {index} gave up call {id}, which can't be aborted"));
        }
    }

    fn fetch(&mut self, index: usize, id: u32, fetch: Fetch) {
        let flight = &mut self.flights[index];
        flight.fetches.insert(id, flight.abortable);
        let sent = match &fetch.body {
            RequestBody::None => Vec::new(),
            RequestBody::Incoming => flight.client.body.clone(),
            RequestBody::Chunked(bytes) | RequestBody::Sized(bytes) => bytes.as_slice().to_vec(),
        };
        let script = self.world.fetch(&fetch, sent);
        let Some(after) = script.after_ms else { return };
        if let Some(fault) = script.fault {
            return self.later(
                index,
                after,
                Event::Ends(id, Outcome::Fetched(Err(HostError::Failed(fault)))),
            );
        }
        let mut headers = Headers::default();
        for (name, value) in &script.headers {
            headers.add(name.clone(), value.as_str());
        }
        let body = if fetch.stream {
            self.flights[index].streams.insert(id, (headers.clone(), script.body));
            Body::Stream(Stream(id))
        } else {
            Body::Bytes(fjord_json::Body::from(script.body))
        };
        let fetched = Fetched { status: script.status, headers, body };
        self.later(index, after, Event::Ends(id, Outcome::Fetched(Ok(fetched))));
    }

    fn answered(&mut self, index: usize, answer: Answer) {
        let flight = &mut self.flights[index];
        let body = match answer.body {
            AnswerBody::Empty => Vec::new(),
            AnswerBody::Bytes(bytes) => bytes,
            AnswerBody::Stream(Stream(id)) => flight.streams[&id].1.clone(),
        };
        let mut headers = answer.headers;
        if let Some(Passed { of: Stream(id), without_type, seen_behind: None }) = answer.passed {
            for (name, value) in flight.streams[&id].0.iter() {
                if !(without_type && name.eq_ignore_ascii_case("Content-Type")) {
                    headers.add(name.to_owned(), value);
                }
            }
        }
        let elapsed_ms = self.world.now - flight.began;
        let answer = Run { status: answer.status, headers, body, elapsed_ms };
        if flight.answer.replace(answer).is_some() {
            self.faults.push(format!("request {index} has two answers"));
        }
    }
}

/// An effect, with slots in place of the lines that have their names.
fn shown(effect: &Effect, slots: &[(String, String)]) -> String {
    let Effect::Fetch(fetch) = effect else { return format!("{effect:?}") };
    let mut headers = (*fetch.headers).clone();
    for (name, value) in slots.iter().filter(|(name, _)| fetch.headers.contains(name)) {
        headers.set(name.clone(), value.as_str());
    }
    format!("{:?}", Fetch { headers: headers.into(), ..fetch.clone() })
}

fn url_of(request: &Request) -> String {
    format!("{}://{}{}", request.scheme, request.host, request.target)
}

/// The header lines, and who asks.
fn lines_of(request: &Request) -> Headers {
    let mut headers = request.headers.clone();
    match &request.caller {
        Caller::Unknown => {}
        Caller::Peer(address) => headers.add(PEER, address.as_str()),
        Caller::Client(address) => headers.add(CLIENT, address.as_str()),
    }
    if let Some(place) = &request.place {
        headers.add(PLACE, &**place);
    }
    headers
}
