//! One value for many requests of an isolate, over virtual time: how often it is fetched, whatever becomes of the leader.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;
use std::task::{Context, Poll};

use fjord::gateway::{Gateway, Session};
use fjord_http::Headers;

use fjord::options::Environment;
use fjord::plan;
use fjord::platform::{
    Body, CALL_MS, Deadline, Effect, Fetch, Fetched, HostError, Io, LocalFuture, Outcome, Request,
    RequestBody, Shared, Via,
};
use futures::task::noop_waker_ref;

type Token = Shared<u16, String>;
type Got = Result<u16, String>;

/// A request, and the tasks that continue after it.
struct Client {
    io: Rc<Io>,
    answer: Option<LocalFuture<'static, Got>>,
    tasks: Vec<LocalFuture<'static, ()>>,
    got: Option<(Got, f64)>,
    timers: usize,
    /// The host has forgotten it: nothing reaches it, and nothing of it is dropped.
    is_lost: bool,
}

/// An isolate, and the server that its requests ask.
struct World {
    now: f64,
    token: Token,
    clients: Vec<Client>,
    /// Milliseconds that each call takes, and its status or the reason of its failure; the last continues.
    server: Vec<(u32, Result<u16, &'static str>)>,
    calls: usize,
    /// When the effects end, by their number.
    queue: BinaryHeap<Reverse<(u64, usize)>>,
    outcomes: BTreeMap<usize, (usize, u32, Outcome)>,
    effects: usize,
}

impl World {
    fn new(server: &[(u32, Result<u16, &'static str>)]) -> Self {
        Self {
            now: 0.0,
            token: Shared::default(),
            clients: Vec::new(),
            server: server.to_vec(),
            calls: 0,
            queue: BinaryHeap::new(),
            outcomes: BTreeMap::new(),
            effects: 0,
        }
    }

    /// A request comes that waits no longer than `patience` ms.
    fn come(&mut self, patience: u32) -> usize {
        let io = Rc::new(Io::new(self.now, 1));
        let (token, own) = (self.token.clone(), Rc::clone(&io));
        let answer = Box::pin(async move {
            let call = || -> LocalFuture<'static, Got> {
                let io = Rc::clone(&own);
                Box::pin(async move { ask(&io).await })
            };
            let deadline = Deadline::new(&own, patience);
            let got = deadline.bound(token.get(&own, |_| true, call)).await;
            got.unwrap_or_else(|_| Err("too late".to_owned()))
        });
        let client =
            Client { io, answer: Some(answer), tasks: Vec::new(), got: None, timers: 0, is_lost: false };
        self.clients.push(client);
        let number = self.clients.len() - 1;
        self.turn(number);
        number
    }

    /// Its client leaves: tasks continue, if the host keeps them.
    fn leave(&mut self, number: usize, keeps_tasks: bool) {
        let client = &mut self.clients[number];
        client.answer = None;
        if !keeps_tasks {
            client.tasks.clear();
            client.io.take_spawned();
        }
        self.turn(number);
    }

    /// Lets time pass until then.
    fn run_to(&mut self, until: f64) {
        while let Some(Reverse((at, order))) = self.queue.peek().copied()
            && at as f64 <= until
        {
            self.queue.pop();
            self.now = at as f64;
            let (number, id, outcome) = self.outcomes.remove(&order).unwrap();
            let client = &mut self.clients[number];
            if !client.is_lost {
                client.io.set_now(self.now);
                client.io.complete(id, outcome);
                self.turn(number);
            }
        }
        self.now = until;
    }

    fn turn(&mut self, number: usize) {
        let mut cx = Context::from_waker(noop_waker_ref());
        let client = &mut self.clients[number];
        if let Some(answer) = &mut client.answer
            && let Poll::Ready(got) = answer.as_mut().poll(&mut cx)
        {
            client.answer = None;
            client.got = Some((got, self.now));
        }
        client.tasks.append(&mut client.io.take_spawned());
        client.tasks.retain_mut(|task| task.as_mut().poll(&mut cx).is_pending());
        for (id, effect) in client.io.take_effects() {
            let (after, outcome) = match effect {
                Effect::Timer(ms) => {
                    client.timers += 1;
                    (ms, Outcome::Elapsed)
                }
                Effect::Fetch(_) => {
                    let (after, answer) = self.server[self.calls.min(self.server.len() - 1)];
                    self.calls += 1;
                    (
                        after,
                        Outcome::Fetched(
                            answer.map(fetched).map_err(|why| HostError::Failed(why.to_owned())),
                        ),
                    )
                }
                Effect::Cancel(_) => continue,
                other => panic!("{other:?}"),
            };
            self.queue.push(Reverse(((self.now + f64::from(after)) as u64, self.effects)));
            self.outcomes.insert(self.effects, (number, id, outcome));
            self.effects += 1;
        }
    }

    /// What the requests got, and when the last had it.
    fn got(&self) -> (Vec<Option<Got>>, f64) {
        let got = self.clients.iter().map(|client| client.got.as_ref().map(|(got, _)| got.clone()));
        let last = self.clients.iter().filter_map(|client| client.got.as_ref().map(|(_, at)| *at));
        (got.collect(), last.fold(0.0, f64::max))
    }
}

async fn ask(io: &Io) -> Got {
    let call = Fetch {
        via: Via::Network,
        method: "GET".into(),
        url: "http://keys.test/".into(),
        headers: Rc::new(Headers::default()),
        trace: None,
        body: RequestBody::None,
        stream: false,
        want_headers: false,
        gzip: false,
        cut_after: None,
        certificates: None,
        millis: 0,
    };
    let answer = Deadline::new(io, CALL_MS).bound(io.fetch(call)).await;
    answer
        .map_err(|expired| expired.to_string())?
        .map(|answer| answer.status)
        .map_err(|error| error.to_string())
}

fn fetched(status: u16) -> Fetched {
    Fetched { status, headers: Headers::default(), body: Body::Bytes(fjord_json::Body::from(Vec::new())) }
}

#[test]
fn thirty_requests_make_one_call() {
    let mut world = World::new(&[(400, Ok(200)), (0, Ok(500))]);
    for _ in 0..30 {
        world.come(2_000);
    }
    world.run_to(450.0);
    let (got, last) = world.got();
    assert_eq!((world.calls, got), (1, vec![Some(Ok(200)); 30]));
    assert!((400.0..=450.0).contains(&last), "{last}");
    // Waiting costs a look now and then, and the value then costs nothing.
    assert!(world.clients.iter().all(|client| client.timers <= 14));
    world.come(2_000);
    assert_eq!((world.calls, world.clients[30].timers), (1, 0));
}

#[test]
fn a_failure_is_everybodys_and_the_next_request_asks_again() {
    let mut world = World::new(&[(300, Err("refused")), (10, Ok(200))]);
    for _ in 0..30 {
        world.come(2_000);
    }
    world.run_to(400.0);
    assert_eq!((world.calls, world.got().0), (1, vec![Some(Err("refused".to_owned())); 30]));
    world.come(2_000);
    world.run_to(500.0);
    assert_eq!((world.calls, world.got().0[30].clone()), (2, Some(Ok(200))));
}

#[test]
fn a_call_goes_on_when_its_leader_has_no_time_left() {
    let mut world = World::new(&[(400, Ok(200))]);
    for patience in [100, 2_000, 2_000] {
        world.come(patience);
    }
    world.run_to(500.0);
    let late = Some(Err("too late".to_owned()));
    assert_eq!((world.calls, world.got().0), (1, vec![late, Some(Ok(200)), Some(Ok(200))]));
    // A server that is slower than every request has time: the next ones find what the first has asked for.
    let mut world = World::new(&[(400, Ok(200))]);
    world.come(100);
    world.run_to(500.0);
    world.come(100);
    assert_eq!((world.calls, world.got().0[1].clone()), (1, Some(Ok(200))));
}

#[test]
fn a_call_goes_on_when_its_leader_leaves() {
    let mut world = World::new(&[(400, Ok(200))]);
    for _ in 0..30 {
        world.come(2_000);
    }
    world.run_to(100.0);
    world.leave(0, true);
    world.run_to(500.0);
    let (got, last) = world.got();
    assert_eq!((world.calls, &got[0], &got[1..]), (1, &None, &vec![Some(Ok(200)); 29][..]));
    assert!(last <= 450.0, "{last}");
}

#[test]
fn a_leader_that_is_dropped_leaves_its_place_to_the_next() {
    let mut world = World::new(&[(400, Ok(200))]);
    for _ in 0..30 {
        world.come(2_000);
    }
    world.run_to(100.0);
    world.leave(0, false);
    world.run_to(600.0);
    let (got, last) = world.got();
    assert_eq!((world.calls, &got[1..]), (2, &vec![Some(Ok(200)); 29][..]));
    assert!(last <= 600.0, "{last}");
}

#[test]
fn a_leader_that_is_never_heard_of_again_is_waited_for_a_second() {
    let mut world = World::new(&[(400, Ok(200))]);
    for _ in 0..30 {
        world.come(2_000);
    }
    world.clients[0].is_lost = true;
    world.run_to(2_000.0);
    let (got, last) = world.got();
    assert_eq!((world.calls, &got[1..]), (2, &vec![Some(Ok(200)); 29][..]));
    assert!((1_400.0..=1_550.0).contains(&last), "{last}");
}

#[test]
fn a_slow_call_is_one_call_as_long_as_its_leader_lives() {
    let mut world = World::new(&[(7_000, Ok(200))]);
    for _ in 0..30 {
        world.come(9_000);
    }
    world.run_to(7_100.0);
    assert_eq!((world.calls, world.got().0), (1, vec![Some(Ok(200)); 30]));
    // One that never ends is given up, for all.
    let mut world = World::new(&[(60_000, Ok(200))]);
    for _ in 0..30 {
        world.come(20_000);
    }
    world.run_to(10_100.0);
    assert_eq!(
        (world.calls, world.got().0[29].clone()),
        (1, Some(Err("context deadline exceeded".to_owned())))
    );
}

#[test]
fn what_comes_late_counts_if_it_is_good() {
    // The first call's leader is silent for long, so a second one asks; the first is answered before.
    let mut world = World::new(&[(1_200, Ok(200)), (5_000, Ok(201))]);
    world.come(9_000);
    world.come(9_000);
    world.clients[0].is_lost = true;
    world.run_to(1_150.0);
    assert_eq!(world.calls, 2);
    world.clients[0].is_lost = false;
    world.run_to(1_300.0);
    assert_eq!(world.got().0[1], None, "the leader of the second call waits for its own");
    world.come(9_000);
    assert_eq!((world.calls, world.got().0[2].clone()), (2, Some(Ok(200))));
}

/// A gateway with a key set, a token and an address to fetch; what a request asks for first.
fn gateway() -> Gateway {
    let config = r#"{"version": 3, "host": ["http://a"], "endpoints": [
        {"endpoint": "/keys", "backend": [{"url_pattern": "/"}], "extra_config": {"auth/validator":
            {"alg": "HS256", "jwk_url": "http://keys.test/", "disable_jwk_security": true, "cache": true}}},
        {"endpoint": "/token", "backend": [{"url_pattern": "/", "extra_config": {"auth/client-credentials":
            {"client_id": "a", "client_secret": "b", "token_url": "http://token.test/"}}}]},
        {"endpoint": "/found", "backend": [{"url_pattern": "/", "host": ["api.test"], "disable_host_sanitize": true, "sd": "dns"}]}]}"#;
    Gateway::new(plan::build(config.as_bytes().to_vec(), Environment::default()).unwrap())
}

/// Starts a request; the URLs that it calls at once.
fn begin(gateway: &Gateway, target: &str) -> (Session, Vec<String>) {
    let bearer = crate::token::token(&serde_json::json!({}));
    let request = Request {
        method: "GET".to_owned(),
        target: target.to_owned(),
        headers: Headers::from_iter([("Authorization", bearer)]),
        ..Request::default()
    };
    let mut session = gateway.open("GET", "gateway", target).start(request, 0.0, 1);
    session.poll();
    let calls = session.take_effects().into_iter().filter_map(|(_, effect)| match effect {
        Effect::Fetch(fetch) => Some(fetch.url.to_string()),
        _ => None,
    });
    let calls = calls.collect();
    (session, calls)
}

#[test]
fn what_a_dropped_session_has_begun_the_next_begins_again() {
    for target in ["/keys", "/token", "/found"] {
        let gateway = gateway();
        let (leader, calls) = begin(&gateway, target);
        assert_eq!(calls.len(), 1, "{target}");
        let (waiter, none) = begin(&gateway, target);
        assert!(none.is_empty(), "{target}: {none:?}");
        drop(leader);
        assert_eq!(begin(&gateway, target).1, calls, "{target}");
        drop(waiter);
    }
}

#[test]
fn a_host_is_told_whose_leaving_matters() {
    for target in ["/keys", "/token", "/found"] {
        let gateway = gateway();
        let (mut leader, _) = begin(&gateway, target);
        let (waiter, _) = begin(&gateway, target);
        assert_eq!((leader.state().watched, waiter.state().watched), (true, false), "{target}");
        // Its client leaves: the call is still under way, and nobody makes another.
        leader.leave(1.0);
        leader.poll();
        assert!(leader.state().background && !leader.state().watched, "{target}");
        assert!(begin(&gateway, target).1.is_empty(), "{target}");
    }
}
